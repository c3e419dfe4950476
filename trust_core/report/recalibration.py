"""Can recalibration close the gap? Said from the figures of a report before and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from trust_core.domain.measures import LEVEL
from trust_core.domain.report import MeasureRow
from trust_core.report.criteria import CRITERIA, Criterion
from trust_core.report.wording import in_sentence, interval, listed, spoken, suffix

GAPS: Final[Mapping[str, str]] = {
    "brier": "brier_scaled",
    "signed_gap": "signed_gap_scaled",
    "curve_distance": "curve_distance_scaled",
}
"""Each voting measure of reliability, and what it is called after recalibration."""

Place = Literal["inside", "beyond", "open"]


def recalibration_sentences(rows: Sequence[MeasureRow], margins: Mapping[str, float]) -> tuple[str, ...]:
    """The answer, then one sentence a measure with both figures, their intervals and n.

    Temperature scaling of both models, cross-fitted. A gap is closed where the whole 95 % interval lies
    beyond the margin as answered and inside it afterwards.

    Args:
        rows: figures of one candidate.
        margins: by the measure's key.

    Returns:
        Nothing where a figure is missing on either side.
    """
    found: list[tuple[Criterion, MeasureRow, MeasureRow]] = []
    for key, scaled in GAPS.items():
        of = "pair" if key == "curve_distance" else "difference"
        before, after = (_measured(rows, one, of) for one in (key, scaled))
        if before is None or after is None or key not in margins:
            return ()
        found.append((CRITERIA[key], before, after))
    places = [
        tuple(_place(row, criterion, margins[criterion.key]) for row in (before, after))
        for criterion, before, after in found
    ]
    sentences = [
        _sentence(criterion, before, after, place, margins[criterion.key])
        for (criterion, before, after), place in zip(found, places, strict=True)
    ]
    return (_answer([criterion for criterion, _, _ in found], places), *sentences)


def _measured(rows: Sequence[MeasureRow], key: str, of: str) -> MeasureRow | None:
    row = next((one for one in rows if (one.key, one.of) == (key, of)), None)
    return None if row is None or row.value is None or row.low is None else row


def _place(row: MeasureRow, criterion: Criterion, margin: float) -> Place:
    """Where the interval lies to the margin."""
    assert row.low is not None
    assert row.high is not None
    least = 0.0 if row.low <= 0 <= row.high else min(abs(row.low), abs(row.high))
    most = row.high if criterion.kind == "upper" else max(abs(row.low), abs(row.high))
    if most < margin:
        return "inside"
    return "beyond" if least > margin else "open"


def _answer(criteria: Sequence[Criterion], places: Sequence[tuple[Place, ...]]) -> str:
    """The question answered in one sentence."""
    beyond = [at for at, (before, _) in enumerate(places) if before == "beyond"]
    if not beyond:
        if all(before == "inside" for before, _ in places):
            return "Can recalibration close the gap? There is none: every figure lies within its margin."
        return "Can recalibration close the gap? No gap is shown beyond its margin that it could close."
    names = [in_sentence(criteria[at].title) for at in beyond]
    closed = [name for name, at in zip(names, beyond, strict=True) if places[at][1] == "inside"]
    left = [name for name, at in zip(names, beyond, strict=True) if places[at][1] == "beyond"]
    undecided = [name for name in names if name not in closed and name not in left]
    if closed == names:
        return f"Can recalibration close the gap? Yes: {listed(closed)} then lies within the margin."
    parts = []
    if closed:
        parts.append(f"within the margin then: {listed(closed)}")
    if left:
        parts.append(f"still beyond it: {listed(left)}")
    if undecided:
        parts.append(f"not settled by these texts: {listed(undecided)}")
    head = "In part" if closed else ("No" if left else "Perhaps")
    return f"Can recalibration close the gap? {head}; {'; '.join(parts)}."


def _sentence(
    criterion: Criterion, before: MeasureRow, after: MeasureRow, place: tuple[Place, ...], margin: float
) -> str:
    words = {"inside": "within", "beyond": "beyond", "open": "across"}
    return (
        f"{criterion.title}: {_said(before, criterion)} as answered, {_said(after, criterion)} after "
        f"temperature scaling ({LEVEL * 100:.0f} % intervals, n = {after.n:,}); {words[place[0]]} the "
        f"{criterion.bound(margin)} before, {words[place[1]]} it after."
    )


def _said(row: MeasureRow, criterion: Criterion) -> str:
    assert row.value is not None
    assert row.low is not None
    assert row.high is not None
    value = spoken(row.value, criterion.unit)
    return f"{value}{suffix(criterion.unit)} ({interval(row.low, row.high, criterion.unit)})"
