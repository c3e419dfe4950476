"""The repository speaks of the project alone: no machine's paths, no package registry's hosts."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import label, tracked_files

TEXT_SUFFIXES = {
    *("", ".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".cfg", ".ini"),
    *(".sh", ".css", ".js", ".html", ".svg", ".sql", ".j2", ".csv", ".tsv", ".jsonl"),
}
# Written in halves, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:ho" + r"me|Use" + r"rs|wo" + r"rk|ro" + r"ot|mnt|opt)/[\w.-]+")
REGISTRY_HOSTS = re.compile(
    r"py" + r"pi\.org|pypi" + r"\.python\.org|python" + r"hosted\.org|registry\.npm" + r"js|npm" + r"js\.com"
    r"|deb\.deb" + r"ian\.org|debian\.org/deb" + r"ian|archive\.ubun" + r"tu\.com"
)
# Data that other people wrote may mention any path.
DATA_FOLDERS = ("assets/demo/",)


def text_files() -> list[Path]:
    """Tracked files that people read or edit."""
    return [
        path
        for path in tracked_files()
        if path.suffix in TEXT_SUFFIXES and not label(path).startswith(DATA_FOLDERS)
    ]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    """File, line number and text of each match."""
    found = []
    for path in text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{label(path)}:{number}: {line.strip()[:120]}")
    return found


def test_no_file_names_a_path_of_one_machine() -> None:
    """Paths are relative, come from settings, or are made up in a temporary folder."""
    assert lines_matching(MACHINE_PATHS) == []


def test_no_file_names_a_host_of_a_package_registry() -> None:
    """Where packages come from is the business of whoever installs: mirrors must work."""
    assert lines_matching(REGISTRY_HOSTS) == []


@pytest.mark.parametrize("line", ["open('/ho" + "me/ada/x.csv')", "cd /Use" + "rs/ada", "/mn" + "t/data"])
def test_the_search_finds_machine_paths(line: str) -> None:
    """Paths of a home or mount are found in code and in prose."""
    assert MACHINE_PATHS.search(line)


@pytest.mark.parametrize("line", ["https://example.org/home/page", "runs/demo", "~/models", "docs/work/x"])
def test_the_search_leaves_other_paths_alone(line: str) -> None:
    """Relative paths, home-relative paths and addresses pass."""
    assert not MACHINE_PATHS.search(line)
