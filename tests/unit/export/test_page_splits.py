"""The table of reasons by answers."""

from __future__ import annotations

from trust_core.domain.measures import Figure, Measure, Measured, NotMeasured, Of
from trust_core.domain.report import MeasureRow
from trust_core.export.page_splits import split_table


def row(key: str, figure: Figure, part: str, *, of: Of = "pair", explainer: str = "lime", **more: str):
    """A row of a part."""
    return MeasureRow.of_measure(Measure(key, of, figure, explainer, {"texts": part, **more}), "share")


SURE = Measured(0.5, 0.4, 0.6, 0.95, 40)
FEW = NotMeasured("3 texts are too few", "at least 20")


def test_one_row_a_figure_and_one_column_a_part() -> None:
    """Figures keep their order, parts theirs; what a part does not have is empty."""
    found = split_table(
        [
            row("jaccard", SURE, "same answer"),
            row("keep_rate", SURE, "same answer", of="candidate", words="its own"),
            row("keep_rate", SURE, "same answer", of="candidate", words="random"),
            row("jaccard", FEW, "another answer"),
            row("jaccard", SURE, "same answer", explainer="shap-partition"),
        ]
    )
    assert found is not None
    assert found.parts == ("same answer", "another answer")
    assert [(one.title, one.note) for one in found.rows] == [
        ("Jaccard@K", "LIME"),
        ("Keep rate", "LIME, candidate, words: its own"),
        ("Keep rate", "LIME, candidate, words: random"),
        ("Jaccard@K", "SHAP"),
    ]
    first = found.rows[0].cells
    assert first[0] is not None
    assert "n\u00a0=\u00a040" in first[0].detail
    assert first[1] is not None
    assert first[1].value == "not measured"
    assert found.rows[1].cells[1] is None


def test_an_older_report_has_no_table() -> None:
    """Without such figures nothing is shown."""
    assert split_table([]) is None
