"""The page Verdict."""

from pathlib import Path

import pytest

from tests.support.report_samples import HOSTILE, sample_report
from tests.support.ui_runs import app_on, said, write_hostile_run, write_run
from trust_core.domain.report import Report
from trust_core.ui.verdict import headline

pytestmark = pytest.mark.slow


def test_finished_run_answers_the_question(home: Path, repository: Path) -> None:
    """The head of the page says in words whether the candidate may replace the reference."""
    write_run(home)
    app = app_on("verdict", repository)
    assert not app.exception
    assert app.header[0].value == "No, it differs"
    for status in ("equivalent", "different"):
        assert status in said(app)


def test_every_test_is_told_in_a_sentence(home: Path, repository: Path) -> None:
    """No test of the verdict is left out of the page."""
    write_run(home)
    app = app_on("verdict", repository)
    words = said(app)
    for part in sample_report().candidates[0].verdict.dimensions.values():
        for test in part.tests:
            assert test.why in words


def test_another_candidate_has_its_own_verdict(home: Path, repository: Path) -> None:
    """The candidate that the address names is the one that the page speaks of."""
    write_run(home)
    app = app_on("verdict", repository, candidate="ref:int8")
    assert not app.exception
    assert app.header[0].value == "Yes, within the margins"


def test_failed_control_comes_first(home: Path, repository: Path) -> None:
    """A control that came out wrong is an alarm above the verdict."""
    write_run(home, sample_report(control_failed=True))
    app = app_on("verdict", repository)
    assert "This run cannot judge" in app.error[0].value
    assert "Control C5 came out wrong" in app.error[1].value
    assert app.header[0].value == "Not settled"


def test_partial_results_are_called_partial(home: Path, repository: Path) -> None:
    """A run on its way shows what it has, and says that it is not all."""
    write_run(home, partial=True)
    app = app_on("verdict", repository)
    assert not app.exception
    assert any("artial" in one.value for one in app.info)
    assert app.header[0].value == "So far: no, it differs"


def test_an_open_answer_of_a_partial_run_is_not_final() -> None:
    """Not settled is said to be so only so far while the run goes on."""
    assert headline("inconclusive", partial=True) == "So far: not settled"
    assert headline("inconclusive", partial=False) == "Not settled"


def test_next_steps_name_the_page_that_lists_the_flips(home: Path, repository: Path) -> None:
    """Where the answers differ, the page sends the reader to a page and not to a file it does not offer."""
    report: Report = sample_report(names=("nli-student-3l",))
    candidate = report.candidates[0]
    parts = candidate.verdict.dimensions
    lost = parts["answers"].model_copy(update={"status": "different"})
    verdict = candidate.verdict.model_copy(update={"dimensions": parts | {"answers": lost}})
    write_run(
        home, report.model_copy(update={"candidates": (candidate.model_copy(update={"verdict": verdict}),)})
    )
    words = said(app_on("verdict", repository))
    assert "the page Answers lists the texts that flipped" in words
    assert "pairs.parquet" not in words
    assert "Test on more texts" not in words


def test_next_steps_name_the_field_of_the_app(home: Path, repository: Path) -> None:
    """Where more explained texts would settle it, the page names its field and no option of a terminal."""
    report: Report = sample_report(names=("nli-student-3l",))
    candidate = report.candidates[0]
    parts = {
        name: part.model_copy(update={"status": "equivalent", "tests": ()})
        for name, part in candidate.verdict.dimensions.items()
    }
    (lime, *_) = candidate.verdict.dimensions["reasons"].tests
    unclear = lime.model_copy(update={"status": "inconclusive", "n_needed": 400})
    parts["reasons"] = parts["reasons"].model_copy(update={"status": "inconclusive", "tests": (unclear,)})
    verdict = candidate.verdict.model_copy(update={"dimensions": parts, "overall": "inconclusive"})
    write_run(
        home, report.model_copy(update={"candidates": (candidate.model_copy(update={"verdict": verdict}),)})
    )
    words = said(app_on("verdict", repository))
    assert "(explained texts: “Texts explained” on the page New comparison)" in words
    assert "--explain-limit" not in words


def test_run_without_tests_says_why(home: Path, repository: Path) -> None:
    """Where nothing was tested there is no empty chart, and the reason is told."""
    report: Report = sample_report(names=("nli-student-3l",))
    candidate = report.candidates[0]
    bare = {
        name: part.model_copy(
            update={"tests": (), "status": "not_measured", "why": "The run has not come so far."}
        )
        for name, part in candidate.verdict.dimensions.items()
    }
    verdict = candidate.verdict.model_copy(update={"dimensions": bare, "overall": "inconclusive"})
    write_run(
        home, report.model_copy(update={"candidates": (candidate.model_copy(update={"verdict": verdict}),)})
    )
    app = app_on("verdict", repository)
    assert not app.exception
    assert "The run has not come so far" in said(app)
    assert "Every test against its margin" not in [one.value for one in app.subheader]


def test_hostile_names_stay_text(home: Path, repository: Path) -> None:
    """Names and notes of others reach Markdown only with every sign of markup taken literally."""
    write_hostile_run(home)
    app = app_on("verdict", repository)
    assert not app.exception
    for kind in (app.markdown, app.caption, app.error, app.info):
        for one in kind:
            for text in HOSTILE:
                # What is left of a hostile string unescaped would be found here.
                if any(sign in text for sign in "<[$`"):
                    assert text not in one.value


def test_tradeoff_follows_the_choice(home: Path, repository: Path) -> None:
    """Another measure and another cost draw another chart without an error."""
    write_run(home)
    app = app_on("verdict", repository)
    app.selectbox(key="tradeoff-trust").select("Brier score").run()
    app.selectbox(key="tradeoff-cost").select("parameters").run()
    assert not app.exception


def test_the_ladder_stands_before_the_verdict(home: Path, repository: Path) -> None:
    """The controls, from the same to the broken, are the first table, with the candidate between them."""
    write_run(home)
    app = app_on("verdict", repository)
    ladder = app.table[0].value
    steps = ladder["Reference against"].str.replace("\\", "").tolist()
    assert [step.split()[0] for step in steps] == ["C0", "C1", "C2", "C3", "nli-student-3l", "C5"]
    assert any("can tell the same from the broken" in one.value for one in app.caption)
    # Figure and interval each stay on one line, or the answer would be pushed off the first screen.
    assert steps[0] == "C0\u00a0Itself (as\u00a0it\u00a0should\u00a0be)"
    # How many texts a column rests on stands once, in its head; S by SHAP was not measured.
    figures = [name for name in ladder.columns if "n\u00a0\\=\u00a0" in name]
    assert len(figures) == len(ladder.columns) - 2
    assert not any("n\u00a0\\=" in cell for name in figures for cell in ladder[name])
    assert any("\u00a0to\u00a0" in cell for name in figures for cell in ladder[name])


def test_the_page_says_how_many_texts_are_missing(home: Path, repository: Path) -> None:
    """Each measured test has a row with what these texts settle and what is missing."""
    write_run(home)
    app = app_on("verdict", repository)
    (table,) = [one.value for one in app.dataframe if "These texts settle" in one.value]
    assert "Accuracy" in table["Test"].tolist()
    assert any(cell.startswith("about ") for cell in table["Missing"])
