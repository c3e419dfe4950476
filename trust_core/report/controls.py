"""Do the measures say "same" of a model and itself, and "different" of a broken one?

A ladder from the same to the broken: C0 compares the reference with itself, C1 with itself under other
explainer seeds, C2 with a near-lossless variant of itself, C3 with itself trained again, C5 with a model that
is broken on purpose. Where C0 or C5 comes out wrong, the measurement and not the candidate is at fault, and
no verdict counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import TEST_LEVEL, Evidence, Findings, NotMeasured, Vote
from trust_core.domain.report import ControlReport, MeasureRow, TestRow
from trust_core.domain.spec import Margins
from trust_core.report.assemble import measure_rows
from trust_core.report.criteria import CRITERIA, explainer_title, label, labels
from trust_core.report.verdict import verdict
from trust_core.report.wording import in_sentence, listed, spoken, suffix

CONTROLS: Final[Mapping[str, str]] = {
    "C0": "The reference against itself",
    "C1": "The reference against itself, explained with other seeds",
    "C2": "The reference against a near-lossless variant of itself",
    "C3": "The reference against its twin, trained again with another seed",
    "C5": "The reference against a model that is broken on purpose",
}
"""The controls of every run, in words."""

DECISIVE: Final = ("C0", "C5")
"""Controls without which nothing can be judged: a measurement that cannot tell the same from the broken."""

ROUNDING: Final = 1e-12
"""How far rounding alone may carry a sum from its value."""


def identity_control(findings: Mapping[Dimension, Findings]) -> ControlReport:
    """C0: a model against itself must have every measure at its best value.

    Votes exactly: both sides are computed from the same numbers, so the smallest difference is a mistake.
    Besides them every figure of the pair whose value for the same model the catalogue names, and every
    difference (0); sums of many terms may be off by `ROUNDING`.
    """
    votes = _votes(findings)
    measured = [vote for vote in votes if isinstance(vote.evidence, Evidence)]
    if not measured:
        return _unmeasured(votes)
    wrong = [vote for vote in measured if _estimate(vote) != CRITERIA[vote.key].best]
    rows = measure_rows(findings)
    off = [row for row in rows if _off(row)]
    if wrong or off:
        # A vote and its figure are named once.
        found = listed(
            list(
                dict.fromkeys(
                    [
                        *(f"{_title(vote)} {_estimate(vote):.6g}" for vote in wrong),
                        *(f"{_row_title(row)} {row.value:.6g}" for row in off),
                    ]
                )
            )
        )
        why = f"The reference compared with itself is not found to be the same: {found}."
        return ControlReport(status="different", held=False, why=why, measures=rows)
    why = (
        f"The reference compared with itself is the same in every measure ({len(measured)} voting "
        f"measures, and {sum(_best(row) is not None for row in rows)} figures).{_missing(votes)}"
    )
    return ControlReport(status="equivalent", held=True, why=why, measures=rows)


def ceiling_control(findings: Mapping[Dimension, Findings]) -> ControlReport:
    """C1: how alike the reference is to itself when the explainer draws other samples; a scale, no test."""
    votes = [vote for vote in _votes(findings) if vote.key == "alignment"]
    measured = [vote for vote in votes if isinstance(vote.evidence, Evidence)]
    if not measured:
        return _unmeasured(votes)
    said = listed([f"{_at(vote)} by {_explainer(vote)}" for vote in measured])
    why = (
        f"Explained again with other seeds, the reference aligns with itself at {said}: the highest that a "
        f"candidate can be expected to reach on these texts.{_missing(votes)}"
    )
    return ControlReport(status="information", held=None, why=why, measures=measure_rows(findings))


def broken_control(
    findings: Mapping[Dimension, Findings],
    margins: Margins,
    dimensions: Sequence[Dimension],
    *,
    broken: str,
) -> ControlReport:
    """C5: a model that is broken on purpose must be called different; `broken` says which and how."""
    votes = _votes(findings)
    if not any(isinstance(vote.evidence, Evidence) for vote in votes):
        return _unmeasured(votes)
    judged = verdict(findings, margins, dimensions)
    rows = measure_rows(findings)
    if judged.overall == "different":
        why = f"A broken model ({broken}) is recognised. {judged.why}"
        return ControlReport(status="different", held=True, why=why, measures=rows)
    why = f"A broken model ({broken}) is not recognised as different. {judged.why}"
    return ControlReport(status=judged.overall, held=False, why=why, measures=rows)


def lossless_control(
    findings: Mapping[Dimension, Findings],
    margins: Margins,
    dimensions: Sequence[Dimension],
    *,
    variant: str,
) -> ControlReport:
    """C2: a near-lossless variant of the reference should pass; `variant` says which.

    Held where it is equivalent, wrong where it is called different. On few texts it may be neither.
    """
    votes = _votes(findings)
    if not any(isinstance(vote.evidence, Evidence) for vote in votes):
        return _unmeasured(votes)
    judged = verdict(findings, margins, dimensions)
    rows = measure_rows(findings)
    held: bool | None = None
    if judged.overall == "equivalent":
        held, said = True, "passes"
    elif judged.overall == "different":
        held = False
        said = "is called different: the margins are tighter than rounding, or rounding hurts this model"
    else:
        said = "is not called different, but these texts do not settle that it is the same"
    why = f"A near-lossless variant ({variant}) {said}. {judged.why}"
    return ControlReport(status=judged.overall, held=held, why=why, measures=rows, other=variant)


def retrained_control(findings: Mapping[Dimension, Findings], *, twin: str) -> ControlReport:
    """C3: how far another training of the reference lies from it; a scale, no test."""
    votes = _votes(findings)
    measured = [vote for vote in votes if isinstance(vote.evidence, Evidence)]
    if not measured:
        return _unmeasured(votes)
    said = listed([_found(vote) for vote in measured])
    why = (
        f"Trained again with another seed ({twin}), the reference differs from itself: {said}. Whoever would "
        f"accept another training of the reference accepts this much.{_missing(votes)}"
    )
    return ControlReport(
        status="information", held=None, why=why, measures=measure_rows(findings), other=twin
    )


def skipped_control(why: str, *, needs: str | None = None) -> ControlReport:
    """A control that this run cannot have, with the reason and what it needs."""
    return ControlReport(status="not_measured", held=None, why=why, needs=needs)


def failed(controls: Mapping[str, ControlReport]) -> tuple[str, ...]:
    """Names of the decisive controls that came out wrong: a run that has any cannot judge."""
    return tuple(name for name in _wrong(controls) if name in DECISIVE)


def doubtful(controls: Mapping[str, ControlReport]) -> tuple[str, ...]:
    """Names of the other controls that came out wrong: verdicts count, but should be read with care."""
    return tuple(name for name in _wrong(controls) if name not in DECISIVE)


def cannot_judge(controls: Mapping[str, ControlReport]) -> str:
    """Why a run cannot judge, in a sentence; empty where it can."""
    wrong = failed(controls)
    reasons = {
        "C0": "its measures find a difference between the reference and itself",
        "C5": "its measures do not tell a model that is broken on purpose from the reference",
    }
    said = listed([reasons[name] for name in wrong])
    return f"This run cannot judge: {said}. Every verdict of it is inconclusive." if wrong else ""


def control_sentence(control: ControlReport) -> str:
    """What a control showed, and what it needs where it could not be had."""
    if control.needs is None:
        return control.why
    return f"{control.why} It needs {control.needs.rstrip('.')}."


def _wrong(controls: Mapping[str, ControlReport]) -> list[str]:
    return [name for name, control in controls.items() if control.held is False]


def _votes(findings: Mapping[Dimension, Findings]) -> list[Vote]:
    return [vote for found in findings.values() for vote in found.votes]


def _estimate(vote: Vote) -> float:
    assert isinstance(vote.evidence, Evidence)
    return vote.evidence.estimate


def _best(row: MeasureRow) -> float | None:
    """The value of a measured figure of a model and itself; None where the figure says nothing of that."""
    if row.value is None:
        return None
    if row.of == "difference":
        return 0.0
    return CATALOGUE[row.key].identity if row.of == "pair" else None


def _off(row: MeasureRow) -> bool:
    best = _best(row)
    return best is not None and row.value is not None and abs(row.value - best) > ROUNDING


def _row_title(row: MeasureRow) -> str:
    title = in_sentence(CATALOGUE[row.key].title)
    return title if row.explainer is None else f"{title}, {explainer_title(row.explainer)}"


def _title(vote: Vote) -> str:
    return in_sentence(label(_row(vote)))


def _row(vote: Vote) -> TestRow:
    return TestRow(key=vote.key, explainer=vote.explainer, status="information", margin=0, why="")


def _explainer(vote: Vote) -> str:
    return explainer_title(vote.explainer or "its explainer")


def _found(vote: Vote) -> str:
    """A vote as it is counted up in a sentence: "accuracy +0.3 points (90 % interval ...)"."""
    return f"{_title(vote)} {_at(vote)}"


def _at(vote: Vote) -> str:
    """The figure of a vote with its interval and n: "+0.3 points (90 % interval ..., n = 300)"."""
    assert isinstance(vote.evidence, Evidence)
    criterion = CRITERIA[vote.key]
    number = spoken(vote.evidence.estimate, criterion.unit) + suffix(criterion.unit)
    limits = criterion.interval(*vote.evidence.interval(TEST_LEVEL))
    return f"{number} ({limits}, n = {vote.evidence.n:,})"


def _missing(votes: Sequence[Vote]) -> str:
    """A sentence on what could not be measured, with a space before it; empty if nothing is missing."""
    absent = [vote for vote in votes if isinstance(vote.evidence, NotMeasured)]
    return f" Not measured here: {labels([_row(vote) for vote in absent])}." if absent else ""


def _unmeasured(votes: Sequence[Vote]) -> ControlReport:
    reasons = dict.fromkeys(vote.evidence.reason for vote in votes if isinstance(vote.evidence, NotMeasured))
    said = "; ".join(reasons) or "there is nothing to compare"
    return skipped_control(f"Not measured: {said.rstrip('.')}.")
