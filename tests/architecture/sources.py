"""The repository's own files, as the architecture tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SKIPPED = frozenset({".git", ".venv", "venv", "runs", "build", "dist", "__pycache__"})


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository: what git tracks, or what lies there when git is not at hand."""
    try:
        listing = subprocess.run(
            ["git", "-C", str(REPOSITORY), "ls-files", "-z"], check=True, capture_output=True, text=True
        ).stdout
        names = [name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(REPOSITORY)) for path in REPOSITORY.rglob("*") if path.is_file()]
    paths = (REPOSITORY / name for name in names if not SKIPPED & set(Path(name).parts))
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*folders: str) -> tuple[Path, ...]:
    """The Python files in these folders, all of the repository's without any, tracked or not yet."""
    if not folders:
        return tuple(path for path in tracked_files() if path.suffix == ".py")
    return tuple(sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")))


def label(path: Path) -> str:
    """The path inside the repository, as tests name it."""
    return path.relative_to(REPOSITORY).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of names, an empty string for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (stem := dotted(node.value)):
        return f"{stem}.{node.attr}"
    return ""


def imported_names(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of each import, those inside functions too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
