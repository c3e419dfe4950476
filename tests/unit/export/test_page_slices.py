"""Parts of the texts as tables, and on the report's page."""

import numpy as np
import pytest

from tests.support.export_tables import run_tables, text_set
from tests.support.report_samples import HOSTILE, sample_report
from tests.support.slices import with_slices
from trust_core.domain.measures import Exact, Measure, Measured, NotMeasured
from trust_core.domain.report import MeasureRow, SliceReport, SliceRow
from trust_core.export.html import report_html
from trust_core.export.page_slices import slice_table, slices_view

N = 120


@pytest.fixture(scope="module")
def report():
    """The sample report with parts of 120 texts."""
    rng = np.random.default_rng(0)
    words = ("dog", "cat", "never", "two", "river")
    texts = [
        (" ".join(rng.choice(words, rng.integers(3, 9))), "a dog", int(rng.integers(0, 3))) for _ in range(N)
    ]
    return with_slices(sample_report(), run_tables(texts=text_set(texts), explainers=()))


def test_every_part_has_a_row_and_every_figure_its_interval(report):
    """A cell is a figure with limits, a p-value, or says why there is none."""
    slices = report.candidates[0].slices
    table = slice_table(slices.rows)
    assert table.columns[:3] == ("Part", "n", "Same answer")
    assert len(table.rows) == len(slices.rows)
    assert len(table.meanings) == len(table.columns)
    for row in table.rows:
        for name, cell in zip(table.columns[2:], row[2:], strict=True):
            if name.startswith("p"):
                assert cell == "–" or cell.startswith("not measured") or float(cell) <= 1
            else:
                assert " to " in cell or cell.startswith("not measured: ")


def test_a_figure_of_fewer_texts_says_on_how_many_it_rests():
    """Reasons rest on the explained texts of a part; columns that no part has are left out."""
    figures = (
        Measure("agreement", "pair", Measured(0.9, 0.8, 0.95, 0.95, 100)),
        Measure("alignment", "pair", Measured(0.7, 0.5, 0.9, 0.95, 33), "lime"),
        Measure("share_shift", "pair", NotMeasured("too few", "more")),
        Measure("slice_search_p", "pair", Exact(0.012)),
    )
    rows = tuple(MeasureRow.of_measure(one, "share" if one.key == "agreement" else "") for one in figures[:3])
    rows += (MeasureRow.of_measure(figures[3], "p-value"),)
    table = slice_table([SliceRow(by="label", name="a", n=100, measures=rows)])
    assert table.columns == ("Part", "n", "Same answer", "LIME S", "Class shares, w", "p of the search")
    assert table.rows == (
        (
            "Label: a",
            "100",
            "90.0 % (80.0 to 95.0)",
            "0.700 (0.500 to 0.900, n = 33)",
            "not measured: too few",
            "0.012",
        ),
    )


def test_the_page_tells_the_worst_part_and_the_search(report):
    """Worst part, search, findings and all parts stand in the report, with the choice before them."""
    page = report_html(report)
    slices = report.candidates[0].slices
    assert slices.worst_why.split(" is the worst")[0] in page
    assert "parts were searched" in page
    assert f"All {len(slices.rows)} parts" in page
    assert page.index('id="choice"') < page.index("Part by part")
    assert "is the smallest candidate inside all margins" in page


def test_a_report_without_parts_has_no_such_section():
    """Reports of older versions, and runs that asked for no parts, read as before."""
    assert slices_view(None) is None
    assert "Part by part" not in report_html(sample_report())


def test_hostile_columns_and_values_are_shown_as_text():
    """Names of columns and values come from outside: none becomes markup."""
    figure = MeasureRow(
        key="agreement", of="pair", unit="share", value=0.9, low=0.8, high=1, level=0.95, n=50
    )
    rows = tuple(
        SliceRow(by=f"column:{name[:100]}", name=name[:100], n=50, measures=(figure,)) for name in HOSTILE
    )
    slices = SliceReport(rows=rows, found=rows, worst=0, worst_why=HOSTILE[0], search_why=HOSTILE[1])
    report = sample_report()
    first, *others = report.candidates
    changed = (first.model_copy(update={"slices": slices}), *others)
    page = report_html(report.model_copy(update={"candidates": changed}))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
