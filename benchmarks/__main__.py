"""All benchmarks, or one with its own arguments: `python -m benchmarks [--device cuda] [NAME ...]`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

MODULES: dict[str, str] = {
    "engine": "benchmarks.engine",
    "explain": "benchmarks.explain",
    "memory": "benchmarks.memory",
    "pipeline": "benchmarks.pipeline",
    "gpu": "benchmarks.gpu",
    "sampling": "benchmarks.sampling",
    "app": "benchmarks.app",
}
"""Name -> module with a `main` that reads its own arguments; each can be run by itself, too."""

ON_CUDA = ("gpu",)
"""What `--device cuda` runs."""


def chosen(arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Modules to run, each with its arguments.

    Raises:
        SystemExit: a name that there is not.
    """
    rest = list(arguments)
    device = "cpu"
    if rest[:1] == ["--device"] and len(rest) > 1:
        device, rest = rest[1], rest[2:]
    if not rest:
        names = ON_CUDA if device == "cuda" else tuple(MODULES)
        return [(MODULES[name], []) for name in names]
    name, *own = rest
    if name not in MODULES:
        raise SystemExit(f"There is no benchmark {name!r}. There are: {', '.join(MODULES)}.")
    return [(MODULES[name], own)]


def main() -> None:
    """Run them one after the other."""
    for module, own in chosen(sys.argv[1:]):
        print(f"{module} {' '.join(own)}", flush=True)
        sys.argv = [module, *own]
        importlib.import_module(module).main()


if __name__ == "__main__":
    main()
