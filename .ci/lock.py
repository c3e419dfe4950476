"""Work out the exact versions of everything TrustEq installs, and write them down.

Reads the short lists of direct requirements in pyproject.toml, asks pip to resolve them without
installing anything, and writes one file of exact pins for each list:

    requirements.txt        what trust_core needs
    requirements-dev.txt    what the checks and the tests need on top
    requirements-tools.txt  what the scripts in tools/ need on top

Packages that belong to one build of torch (CUDA libraries, triton) and local version labels such as
`+cpu` are left out: pip brings the right ones along with torch on each machine.

Usage: `make lock`, or `python .ci/lock.py [--keep]`; with --keep the versions already written down
stay where they still fit, so that only new requirements move.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD_SPECIFIC = re.compile(r"^(nvidia-|cuda-|triton$|pytorch-triton)")
HEAD = "# Written by `make lock` from pyproject.toml: edit the list there, not here.\n"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(requirements: list[str], constraints: list[str]) -> dict[str, str]:
    """Ask pip which versions it would install into an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        limits = Path(folder, "constraints.txt")
        limits.write_text("\n".join(constraints), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        subprocess.run([*command, "--report", report, "-c", limits, *requirements], check=True)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    versions = {normal(item["metadata"]["name"]): item["metadata"]["version"] for item in found}
    return {
        name: version.partition("+")[0]
        for name, version in sorted(versions.items())
        if not BUILD_SPECIFIC.match(name)
    }


def pins(path: Path) -> list[str]:
    """The `name==version` lines of a lock."""
    if not path.exists():
        return []
    return [line for line in path.read_text(encoding="utf-8").splitlines() if "==" in line]


def write(path: Path, versions: dict[str, str], direct: set[str], first_line: str = "") -> None:
    """Write a lock: the direct requirements first, then what they bring along."""
    asked = [f"{name}=={version}" for name, version in versions.items() if name in direct]
    brought = [f"{name}=={version}" for name, version in versions.items() if name not in direct]
    text = HEAD + first_line + "\n# Direct\n" + "\n".join(asked) + "\n"
    if brought:
        text += "\n# What they bring along\n" + "\n".join(brought) + "\n"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(asked)} direct, {len(brought)} brought along")


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]) for text in requirements}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the requirements files.")
    parser.add_argument("--keep", action="store_true", help="keep the versions already written down")
    keep = parser.parse_args().keep
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = project["project"]["dependencies"]
    groups = project["dependency-groups"]

    target = ROOT / "requirements.txt"
    base = resolve(runtime, pins(target) if keep else [])
    write(target, base, names(runtime))

    fixed = [f"{name}=={version}" for name, version in base.items()]
    for group in ("dev", "tools"):
        target = ROOT / f"requirements-{group}.txt"
        wanted = groups[group]
        found = resolve([*fixed, *wanted], pins(target) if keep else [])
        more = {name: version for name, version in found.items() if name not in base or name in names(wanted)}
        write(target, more, names(wanted), "\n-r requirements.txt\n")


if __name__ == "__main__":
    main()
