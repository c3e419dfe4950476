"""The control ladder beside the candidates."""

from tests.support.report_evidence import vote
from tests.support.report_samples import sample_report
from trust_core.domain.measures import Findings, Measure, Measured
from trust_core.domain.report import Report
from trust_core.domain.spec import Margins
from trust_core.export.figure_text import FigureText
from trust_core.export.html import report_html
from trust_core.export.ladder_text import ladder_lines, ladder_table
from trust_core.export.terminal import verdict_lines
from trust_core.report.controls import (
    cannot_judge,
    control_sentence,
    doubtful,
    failed,
    lossless_control,
    retrained_control,
    skipped_control,
)
from trust_core.report.ladder import ladder, ladder_says


def pair(accuracy: float, half: float):
    """Findings of one voting difference."""
    figure = Measured(accuracy, accuracy - half, accuracy + half, 0.95, 300)
    return {
        "answers": Findings((Measure("accuracy", "difference", figure),), (vote("accuracy", accuracy, half),))
    }


def with_controls(**controls) -> Report:
    """A report with other controls."""
    report = sample_report()
    return report.model_copy(update={"controls": {**report.controls, **controls}})


def test_c2_passes_warns_or_stays_open():
    """Equivalent holds; different is a warning that takes no verdict away; few texts leave it open."""
    for accuracy, half, held in ((0.0, 0.005, True), (-0.3, 0.05, False), (0.0, 0.1, None)):
        control = lossless_control(pair(accuracy, half), Margins(), ("answers",), variant="rounded")
        assert control.held is held
        assert control.other == "rounded"
        assert failed({"C2": control}) == ()
        assert doubtful({"C2": control}) == (("C2",) if held is False else ())
    nothing = lossless_control({"answers": Findings(())}, Margins(), ("answers",), variant="rounded")
    assert nothing.status == "not_measured"


def test_c3_is_a_scale():
    """C3 tells how far another training lies, and can be neither right nor wrong."""
    control = retrained_control(pair(-0.013, 0.01), twin="twin")
    assert (control.status, control.held, control.other) == ("information", None, "twin")
    assert "accuracy \u22121.3 points (90 % interval" in control.why
    assert retrained_control({"answers": Findings(())}, twin="twin").status == "not_measured"


def test_what_is_missing_says_what_it_needs():
    """A control that could not be had ends with what it needs."""
    control = skipped_control("Not measured: no twin.", needs="a twin.")
    assert control_sentence(control) == "Not measured: no twin. It needs a twin."


def test_the_ladder_goes_from_the_same_to_the_broken():
    """The candidate stands between the twin and the broken model, and every step has its figures."""
    report = with_controls(C3=retrained_control(pair(-0.013, 0.01), twin="twin"))
    found = ladder(report, report.candidates[:1])
    assert [rung.name for rung in found.rungs] == ["C0", "C1", "C2", "C3", "nli-student-3l", "C5"]
    assert [rung.outcome for rung in found.rungs] == [
        "as it should be", "the ceiling", "as it should be", "the scale", "the question", "as it should be"
    ]  # fmt: skip
    assert [column.title for column in found.columns] == [
        "Accuracy", "Negative flips", "S, LIME", "S, SHAP", "Brier", "Curves apart"
    ]  # fmt: skip
    table = ladder_table(report, report.candidates[:1])
    assert table is not None
    assert all(len(row.cells) + 2 == len(table.columns) for row in table.rows)
    assert table.rows[3].cells[0] == FigureText(
        "\u22121.3 points", "\u22122.3 to \u22120.3 points, n\u00a0=\u00a0300"
    )
    assert "95 % intervals" in table.caption
    assert "Beyond what retraining does" in table.caption
    assert "A dash" in table.caption


def test_a_run_that_can_tell_says_so():
    """With C0 and C5 as they should be, the ladder says that the run can tell the same from the broken."""
    assert "can tell the same from the broken" in ladder_says(sample_report().controls)
    wrong = lossless_control(pair(-0.3, 0.05), Margins(), ("answers",), variant="rounded")
    assert ladder_says(with_controls(C2=wrong).controls).endswith("read C2 first.")
    unknown = ladder_says(with_controls(C5=skipped_control("Not measured.")).controls)
    assert unknown.startswith("Whether this run can tell")


def test_a_run_that_cannot_judge_says_so_before_anything_else():
    """Where a broken model is not recognised, terminal and page begin with that, and nothing is decided."""
    report = sample_report(control_failed=True)
    said = cannot_judge(report.controls)
    assert said.startswith(
        "This run cannot judge: its measures do not tell a model that is broken on purpose"
    )
    assert cannot_judge(sample_report().controls) == ""
    assert verdict_lines(report)[0].startswith("THIS RUN CANNOT JUDGE")
    page = report_html(report)
    assert page.index("This run cannot judge") < page.index('id="ladder"') < page.index('id="verdict"')
    assert {one.verdict.overall for one in report.candidates} == {"inconclusive"}


def test_the_terminal_shows_the_ladder_before_the_first_verdict():
    """One line a step, then what the controls say, then the candidates."""
    report = sample_report()
    lines = verdict_lines(report)
    steps = ladder_lines(report)
    at = lines.index(steps[0])
    assert lines[at : at + len(steps)] == steps
    assert at < next(i for i, line in enumerate(lines) if line.startswith("nli-student-3l: "))
    assert [line.split()[0] for line in steps[1:5]] == ["C0", "C1", "C2", "C3"]


def test_an_old_report_without_controls_has_no_ladder():
    """Nothing is shown where nothing was controlled."""
    report = sample_report().model_copy(update={"controls": {}})
    assert ladder_table(report, report.candidates) is None
    assert ladder_lines(report) == []
