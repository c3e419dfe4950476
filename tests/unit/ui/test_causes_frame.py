"""The table of what the top words do to the answers."""

from pathlib import Path

from trust_core.domain.report import Report
from trust_core.ui.reasons.causes import causes_frame


def test_the_example_has_every_cause(repository: Path) -> None:
    """Keep rates, cross-deletion and AOPC of both explainers stand in one table, each with its interval."""
    report = Report.model_validate_json((repository / "assets" / "example" / "report.json").read_bytes())
    rows = [
        row
        for row in report.candidates[0].measures
        if row.key in {"keep_rate", "cross_deletion", "cross_deletion_chance", "normalised_aopc"}
    ]
    frame = causes_frame(rows)
    assert list(frame.columns) == ["Tried out", "LIME", "SHAP"]
    assert len(frame) == 9
    assert frame["LIME"].str.contains(r"\(.* to .*\)", regex=True).all()
    own, foreign = (
        next(
            row
            for row in rows
            if (row.key, row.of, row.explainer, row.settings["words"]) == ("keep_rate", of, "lime", words)
        )
        for of, words in (("candidate", "its own"), ("pair", "the reference's"))
    )
    assert own.value is not None
    assert foreign.value is not None
    assert frame["LIME"][1].startswith(f"{own.value * 100:.1f} %")
    assert frame["LIME"][2].startswith(f"{foreign.value * 100:.1f} %")


def test_what_no_explainer_tried_has_no_row(repository: Path) -> None:
    """Only figures that the run has are listed."""
    report = Report.model_validate_json((repository / "assets" / "example" / "report.json").read_bytes())
    rows = [row for row in report.candidates[0].measures if row.key == "cross_deletion"]
    assert causes_frame(rows)["Tried out"].tolist() == ["Cross-deletion"]
