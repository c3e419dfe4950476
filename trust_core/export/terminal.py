"""The verdict, and the explanation of one text, as plain lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Attribution
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.report import CandidateReport, Report, Status, TestRow
from trust_core.domain.texts import SegmentedText
from trust_core.export.choice_text import choice
from trust_core.export.figure_text import figure_text
from trust_core.export.foreign_text import printable
from trust_core.export.ladder_text import ladder_lines
from trust_core.report.advice import next_steps
from trust_core.report.controls import cannot_judge, control_sentence, failed
from trust_core.report.criteria import CRITERIA, METHOD, explainer_title, label
from trust_core.report.explainers import explainers_side_by_side
from trust_core.report.retraining import SAYS
from trust_core.report.verdict import WORDS, held_back, not_after_correction
from trust_core.report.wording import MINUS, count, counted_up, interval, spoken

OUTCOMES: Final[dict[Status, str]] = {
    "equivalent": "equivalent",
    "different": "DIFFERENT",
    "inconclusive": "not settled",
    "not_measured": "not measured",
    "information": "no vote",
}

_SENTENCE: Final = 2000
"""Characters of a sentence that are shown."""


def verdict_lines(report: Report) -> list[str]:
    """What a run found, in the order in which it should be read: failed controls before anything else."""
    lines: list[str] = []
    wrong = failed(report.controls)
    if wrong:
        lines += [
            cannot_judge(report.controls).replace("This run cannot judge", "THIS RUN CANNOT JUDGE", 1),
            "",
        ]
    for name in wrong:
        lines += [f"CONTROL {name} FAILED. {printable(report.controls[name].why, longest=_SENTENCE)}", ""]
    data = report.resolved.data
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    saved = all(model.source == "saved predictions" for model in report.resolved.models)
    work = (
        f"{data.predicted:,} saved predictions of each model"
        if saved
        else f"{data.predicted:,} texts predicted, {data.explained:,} explained"
    )
    lines.append(f"Reference {printable(reference)} on {printable(data.source)}: {work}")
    steps = ladder_lines(report)
    lines += ["", *steps] if steps else []
    for candidate in report.candidates:
        lines += ["", *_candidate_lines(candidate, wrong)]
    found = choice(report)
    if found is not None:
        lines += [
            "",
            "Which candidate",
            *(f"  {printable(one, longest=_SENTENCE)}" for one in found.sentences),
        ]
    lines += ["", "Controls"]
    lines += [
        f"  {name}  {_held(control.held)}  {printable(control_sentence(control), longest=_SENTENCE)}"
        for name, control in report.controls.items()
    ]
    notes = [printable(note, longest=_SENTENCE) for note in report.notes if note != METHOD]
    return [*lines, "", METHOD, *notes]


def _held(held: bool | None) -> str:
    return {True: "held  ", False: "FAILED", None: "-     "}[held]


def _candidate_lines(candidate: CandidateReport, wrong: Sequence[str]) -> list[str]:
    """One candidate: the answer, its tests, what was gained, what to do next."""
    verdict = candidate.verdict
    lines = [
        f"{printable(candidate.name)}: {verdict.overall.upper()}",
        f"  {printable(verdict.why, longest=_SENTENCE)}",
    ]
    counted = sum(test.p_adjusted is not None for part in verdict.dimensions.values() for test in part.tests)
    for dimension, part in verdict.dimensions.items():
        if not part.tests:
            # What was never chosen needs no line of its own.
            if part.status == "not_measured" and not part.why.endswith("does not vote."):
                lines.append(f"  {WORDS[dimension]}: not measured. {printable(part.why, longest=_SENTENCE)}")
            continue
        lines.append(f"  {WORDS[dimension]}: {OUTCOMES[part.status]}")
        lines += [_test_line(test, counted) for test in part.tests]
        if dimension == "reasons" and (together := explainers_side_by_side(verdict)):
            lines.append(f"    {printable(together, longest=_SENTENCE)}")
    if candidate.slices is not None:
        told = (candidate.slices.worst_why, candidate.slices.search_why, *candidate.slices.notes)
        lines += [f"  parts: {printable(sentence, longest=_SENTENCE)}" for sentence in told if sentence]
    gained = _cost_lines(candidate)
    lines += ["  cost", *gained] if gained else []
    lines += [f"  Next: {step}" for step in next_steps(verdict, controls_failed=wrong)]
    return lines


def _test_line(test: TestRow, counted: int) -> str:
    """One test: estimate, interval, margin, outcome; `counted` tests of the candidate are corrected for."""
    head = f"    {label(test):<31}"
    criterion = CRITERIA.get(test.key)
    if criterion is None or test.estimate is None or test.low is None or test.high is None:
        return f"{head} {printable(test.why.removeprefix(f'{label(test)}: '), longest=_SENTENCE)}"
    figure = spoken(test.estimate, criterion.unit)
    limits = f"[{interval(test.low, test.high, criterion.unit)}]"
    held = held_back(test)
    outcome = not_after_correction(counted) if held else OUTCOMES[test.status]
    if (held or test.status == "inconclusive") and test.n_needed is not None:
        outcome += f", about {count(test.n_needed)} texts would do"
        if test.n is not None and test.n_needed > test.n:
            outcome += f" ({count(counted_up(test.n_needed) - test.n)} more)"
    if test.twin is not None:
        outcome += f"; {SAYS[test.twin.says]}"
    return f"{head} {figure:>7} {limits:<26} {criterion.bound(test.margin):<16} {outcome}"


def _cost_lines(candidate: CandidateReport) -> list[str]:
    rows = [
        row
        for row in candidate.measures
        if row.key in CATALOGUE and CATALOGUE[row.key].dimension == "cost" and row.not_measured is None
    ]
    lines = []
    for key in dict.fromkeys(row.key for row in rows):
        of = {row.of: figure_text(row).value for row in reversed(rows) if row.key == key}
        if "reference" in of and "candidate" in of:
            lines.append(f"    {CATALOGUE[key].title:<31} {of['reference']} -> {of['candidate']}")
    return lines


@dataclass(frozen=True, slots=True)
class ExplainedSide:
    """What one model says of one text, and why.

    Attributes:
        name: the model.
        probabilities: (k,) for all classes.
        attribution: its word weights.
    """

    name: str
    probabilities: FloatArray
    attribution: Attribution


def explanation_lines(
    text: SegmentedText,
    reference: ExplainedSide,
    candidate: ExplainedSide,
    *,
    classes: Sequence[str],
    class_index: int,
) -> list[str]:
    """Both models on one text, side by side: probabilities, then every word with both weights.

    Args:
        text: the text with its words.
        reference: the reference's answer and reasons.
        candidate: the candidate's.
        classes: class names, k of them.
        class_index: the class that is explained, the same for both models.
    """
    sides = (reference, candidate)
    lines = [
        f"Explained: {printable(classes[class_index])}, by {explainer_title(reference.attribution.explainer)}"
    ]
    lines += ["", _columns("", *(side.name for side in sides))]
    for at, name in enumerate(classes):
        values = [f"{float(side.probabilities[at]) * 100:.1f} %" for side in sides]
        lines.append(_columns(name, *values))
    fidelity = [_fidelity(side.attribution, class_index) for side in sides]
    lines += [_columns("fit of the explanation", *fidelity), ""]
    weights = [side.attribution.weights[:, class_index] for side in sides]
    largest = max((abs(float(w)) for column in weights for w in column), default=0.0)
    segment = -1
    for at, word in enumerate(text.words):
        if word.segment != segment:
            segment = word.segment
            lines.append("first text" if segment == 0 else "second text")
        lines.append(_columns("  " + word.text, *(_weight(float(column[at]), largest) for column in weights)))
    if not text.words:
        lines.append("The text holds no word, so there is nothing to explain.")
    lines += [
        "",
        "+ speaks for the explained class, " + MINUS + " against it; bars are on one scale for both models.",
    ]
    return lines


def _columns(head: str, left: str, right: str) -> str:
    widths = (28, 28, 28)
    cells = [
        f"{printable(cell, longest=w):<{w}}" for cell, w in zip((head, left, right), widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _weight(weight: float, largest: float) -> str:
    """A weight with a bar of up to ten marks."""
    marks = round(10 * abs(weight) / largest) if largest > 0 else 0
    sign = "+" if weight >= 0 else MINUS
    return f"{sign}{abs(weight):.3f} {sign * marks}"


def _fidelity(attribution: Attribution, class_index: int) -> str:
    value = float(attribution.fidelity[class_index])
    if attribution.fidelity_kind == "local_r2":
        return f"local R² {value:.2f}"
    gap = f"additivity gap {abs(value):.1e}"
    return gap if attribution.complete else f"{gap}, cut"
