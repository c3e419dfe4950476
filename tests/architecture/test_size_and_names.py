"""Small modules with names that say what is in them."""

from pathlib import Path

import pytest

from tests.architecture.sources import REPOSITORY, label, python_files

LONGEST_MODULE = 350
LONGEST_PAGE = 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "shared", "core"}


def test_no_module_is_longer_than_350_lines() -> None:
    """A module that needs more than 350 lines is two modules."""
    lengths = {label(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    """Names say what is inside: `utils`, `helpers`, `common` and `base` could hold anything."""
    empty = [
        label(path)
        for path in python_files("trust_core", "tests", "tools", "benchmarks", "pages")
        if EMPTY_NAMES & {*path.relative_to(REPOSITORY).parts[:-1], path.stem}
    ]
    assert empty == []


def test_pages_are_thin() -> None:
    """A page is at most 60 lines of calls into trust_core.ui."""
    long = [
        label(path)
        for path in python_files("pages")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_PAGE
    ]
    assert long == []


def test_assets_hold_no_python() -> None:
    """Assets are data, styles and scripts for the browser; code lives in trust_core and tools."""
    assert [label(path) for path in python_files("assets")] == []


@pytest.mark.parametrize("path", python_files("trust_core"), ids=label)
def test_no_module_hides_behind_a_star_import(path: Path) -> None:
    """Readers and checkers can see where each name comes from."""
    assert "import *" not in path.read_text(encoding="utf-8")
