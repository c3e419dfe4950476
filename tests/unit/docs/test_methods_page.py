"""docs/methods.md says what the code and the stored simulations say."""

import re

import pytest

from tools import methods_page
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.spec import Margins
from trust_core.report.criteria import CRITERIA


@pytest.fixture(scope="module")
def page() -> str:
    """The page."""
    return methods_page.PAGE.read_text(encoding="utf-8")


def test_the_generated_parts_are_up_to_date(page: str) -> None:
    """`python -m tools.methods_page` would change nothing."""
    assert methods_page.rendered(page) == page, "run: python -m tools.methods_page"


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_measure_is_listed_once(page: str, key: str) -> None:
    """Each key of the catalogue begins one row of the section that lists them all."""
    section = page.partition("\n## 13. ")[2].partition("\n## ")[0]
    assert len(re.findall(rf"^\| `{key}` \|", section, flags=re.MULTILINE)) == 1


def test_sections_that_the_catalogue_cites_exist(page: str) -> None:
    """Whoever follows a source of the catalogue finds the section."""
    cited = {
        number
        for entry in CATALOGUE.values()
        for number in re.findall(r"docs/methods\.md section (\d+)", entry.source)
    }
    sections = set(re.findall(r"^## (\d+)\. ", page, flags=re.MULTILINE))
    assert cited
    assert cited <= sections


def test_the_margins_in_the_text_are_the_defaults(page: str) -> None:
    """The table of margins gives each voting measure the default of the spec."""
    for name, value in Margins().model_dump().items():
        assert re.search(rf"^\| `{name}` \|.*\| {value:g} \|", page, flags=re.MULTILINE), name
        assert name in CRITERIA


def test_a_page_without_markers_is_refused() -> None:
    """A marker that was lost is an error, not a table that silently stays old."""
    with pytest.raises(ValueError, match="markers"):
        methods_page.replaced("no markers", "measures", "new")


def test_what_stands_between_markers_is_replaced_and_nothing_else() -> None:
    """The text around a generated part stays as it was written."""
    page = "before\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n"
    expected = "before\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nafter\n"
    assert methods_page.replaced(page, "x", "new") == expected


def test_a_bar_in_a_cell_does_not_end_the_cell() -> None:
    """`|g|` stays in its cell."""
    assert methods_page.table(["a"], [["|g|"]]).splitlines()[-1] == "| \\|g\\| |"


@pytest.mark.parametrize(
    "low, high, expected",
    [
        (0.0, 1.0, "0 to 1"),
        (0.0, None, "0 and above"),
        (None, None, "any number"),
        (None, 2.0, "at most 2"),
    ],
)
def test_ranges_are_said_in_words(low: float | None, high: float | None, expected: str) -> None:
    """An open end is said, not left blank."""
    assert methods_page.value_range(low, high) == expected
