import numpy as np

from tests.support.export_tables import (
    CLASSES,
    explanations,
    predictions,
    run_tables,
    segmented,
    text_set,
)
from tests.support.report_evidence import same_everywhere
from tests.support.report_samples import sample_report
from tests.support.slices import with_slices
from trust_core.domain.measures import Findings, Vote
from trust_core.domain.report import Report, SliceReport
from trust_core.domain.spec import Margins
from trust_core.export.report_json import report_json
from trust_core.export.terminal import ExplainedSide, explanation_lines, verdict_lines
from trust_core.report.criteria import METHOD
from trust_core.report.explainers import explainers_side_by_side
from trust_core.report.verdict import verdict
from trust_core.stats.intervals import paired_difference_evidence


def test_verdict_lines_say_all_that_matters():
    """Each candidate's answer, tests with interval and margin, and next step are printed; the method once."""
    text = "\n".join(verdict_lines(sample_report()))
    assert "nli-student-3l: DIFFERENT" in text
    assert "ref:int8: EQUIVALENT" in text
    assert "[\u22121.7 to +0.1 points]" in text
    assert "margin ±1 point" in text
    assert "about 11,000 texts would do" in text
    assert "Next: " in text
    assert text.count(METHOD) == 1


def test_a_test_held_back_by_the_correction_is_not_shown_as_decided():
    """28 answers lost and 5 gained of 1,000 are "different alone", with the number of texts that would do."""
    found = same_everywhere()
    lost = Vote("accuracy", paired_difference_evidence(28, 5, 1000))
    found["answers"] = Findings((), (lost, *found["answers"].votes[1:]))
    report = sample_report()
    held = verdict(found, Margins(), ("answers", "reasons", "reliability"))
    candidate = report.candidates[0].model_copy(update={"verdict": held})
    lines = verdict_lines(report.model_copy(update={"candidates": (candidate,)}))
    (line,) = [line for line in lines if line.strip().startswith("Accuracy")]
    assert "different alone, not after correction for 7 tests, about" in line
    assert not any("DIFFERENT" in line for line in lines)
    assert any(line.strip().startswith("Next: ") for line in lines)


def test_what_is_missing_adds_up_to_what_would_do():
    """3,705 texts are said as 3,800; with 3,000 there, 800 more are asked for."""
    report = sample_report()
    candidate = report.candidates[0]
    answers = candidate.verdict.dimensions["answers"]
    accuracy = answers.tests[0].model_copy(update={"status": "inconclusive", "n": 3000, "n_needed": 3705})
    dimensions = candidate.verdict.dimensions | {
        "answers": answers.model_copy(update={"tests": (accuracy, *answers.tests[1:])})
    }
    verdict_of = candidate.verdict.model_copy(update={"dimensions": dimensions})
    changed = candidate.model_copy(update={"verdict": verdict_of})
    lines = verdict_lines(report.model_copy(update={"candidates": (changed,)}))
    assert any("about 3,800 texts would do (800 more)" in line for line in lines)


def test_the_explainers_stand_side_by_side_below_their_tests():
    """Below the tests of the reasons a sentence says what LIME and SHAP find together; one alone has none."""
    report = sample_report()
    lines = verdict_lines(report)
    at = [place for place, line in enumerate(lines) if line.startswith("    Side by side: LIME ")]
    assert len(at) == len(report.candidates)
    assert lines[at[0]].strip() == explainers_side_by_side(report.candidates[0].verdict)
    assert all(lines[place - 1].startswith("    Alignment of reasons, SHAP") for place in at)
    part = report.candidates[0].verdict.dimensions["reasons"]
    alone = part.model_copy(update={"tests": tuple(t for t in part.tests if t.explainer == "lime")})
    held = report.candidates[0].verdict.model_copy(update={"dimensions": {"reasons": alone}})
    candidate = report.candidates[0].model_copy(update={"verdict": held})
    single = verdict_lines(report.model_copy(update={"candidates": (candidate,)}))
    assert "  reasons: DIFFERENT" in single
    assert not any("Side by side" in line for line in single)


def test_saved_predictions_are_not_called_predicted():
    """A run from files says how many predictions it has read, and nothing of explained texts."""
    report = sample_report()
    models = tuple(
        model.model_copy(update={"source": "saved predictions"}) for model in report.resolved.models
    )
    resolved = report.resolved.model_copy(update={"models": models})
    lines = verdict_lines(report.model_copy(update={"resolved": resolved}))
    (line,) = [line for line in lines if line.startswith("Reference ")]
    assert line.endswith("saved predictions of each model")


def test_a_failed_control_is_the_first_line():
    """Before anything else stands the control that failed, and no advice builds on the figures."""
    lines = verdict_lines(sample_report(control_failed=True))
    assert lines[0].startswith("THIS RUN CANNOT JUDGE: its measures do not tell a model")
    assert lines[2].startswith("CONTROL C5 FAILED.")
    steps = [line for line in lines if "Next:" in line]
    assert steps
    assert all("Look at control C5 first" in line for line in steps)


def _sides(texts, at):
    return [
        ExplainedSide(
            name, predictions(name, texts, n).probabilities[at], explanations(texts, "lime", n)[at].whole
        )
        for n, name in enumerate(("big", "small"))
    ]


def test_explanation_has_a_line_a_word_and_both_models():
    """Every word stands on its own line with both weights, below the probabilities of both models."""
    texts = text_set()
    sides = _sides(texts, 0)
    text = segmented(texts.ids[0], texts.pairs[0])
    lines = explanation_lines(text, *sides, classes=CLASSES, class_index=2)
    assert lines[0] == "Explained: contradiction, by LIME"
    assert any("big" in line and "small" in line for line in lines)
    ladder = next(line for line in lines if line.strip().startswith("ladder"))
    weight = [word.text for word in text.words].index("ladder")
    for side in sides:
        assert f"{abs(side.attribution.weights[weight, 2]):.3f}" in ladder
    words = lines[lines.index("first text") :]
    assert sum(line.startswith("  ") for line in words) == len(text.words)
    assert any(line.startswith("neutral") and line.count("%") == 2 for line in lines)


def test_explanation_of_a_text_without_words():
    """A text of punctuation alone is said to hold no word."""
    texts = text_set([("...", "!", 0)])
    lines = explanation_lines(
        segmented("t0", ("...", "!")), *_sides(texts, 0), classes=CLASSES, class_index=0
    )
    assert any("holds no word" in line for line in lines)


def test_cut_explanations_say_so():
    """A SHAP explanation that a budget ended early is marked."""
    texts = text_set()
    sides = []
    for n, name in enumerate(("big", "small")):
        whole = explanations(texts, "shap-partition", n)[0].whole
        cut = type(whole)(
            **{f: getattr(whole, f) for f in whole.__slots__}
            | {"complete": n == 0, "fidelity": np.full(3, 1e-9)}
        )
        sides.append(ExplainedSide(name, np.full(3, 1 / 3), cut))
    lines = explanation_lines(segmented("t0", texts.pairs[0]), *sides, classes=CLASSES, class_index=0)
    fit = next(line for line in lines if line.startswith("fit"))
    assert fit.endswith(", cut")
    assert fit.count("cut") == 1


def test_report_json_is_read_back():
    """The bytes of report.json are those of the report, and give it back."""
    report = sample_report()
    assert Report.model_validate_json(report_json(report)) == report
    assert report_json(report) == report_json(sample_report())


def test_parts_and_the_choice_are_told():
    """The worst part, the search and the candidate to take have their lines."""
    tables = run_tables(texts=text_set([(f"a dog {at}", "a dog", at % 3) for at in range(90)]), explainers=())
    text = "\n".join(verdict_lines(with_slices(sample_report(), tables)))
    assert "is the worst part" in text
    assert "parts were searched" in text
    assert "ref:int8 is the smallest candidate inside all margins" in text


def test_notes_on_the_whole_run_stand_last():
    """What a reader should know of the run, such as margins that the twin widened, follows the method."""
    lines = verdict_lines(sample_report().model_copy(update={"notes": (METHOD, "Wide margins.")}))
    assert lines[-2:] == [METHOD, "Wide margins."]


def test_parts_that_cut_nothing_are_told():
    """What was asked for with --slices and cuts nothing has a line of its own."""
    report = sample_report()
    slices = SliceReport(rows=(), search_why="Nothing was searched.", notes=("No parts by Text search: x.",))
    changed = (report.candidates[0].model_copy(update={"slices": slices}), *report.candidates[1:])
    lines = verdict_lines(report.model_copy(update={"candidates": changed}))
    assert "  parts: No parts by Text search: x." in lines
