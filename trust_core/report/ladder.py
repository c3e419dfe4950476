"""The control ladder beside the candidates: from the reference itself down to a model broken on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.report import CandidateReport, ControlReport, MeasureRow, Report
from trust_core.report.controls import CONTROLS, cannot_judge, doubtful
from trust_core.report.criteria import explainer_title

STEPS: Final[Mapping[str, str]] = {
    "C0": "Itself",
    "C1": "Itself, other seeds",
    "C2": "Near-lossless",
    "C3": "Twin: trained again",
    "C5": "Broken on purpose",
}
"""Each control in a few words."""

SHOWN: Final = ("accuracy", "negative_flip_rate", "alignment", "brier", "curve_distance")
"""Measures of the ladder, in the order of its columns."""

_SHORT: Final[Mapping[str, str]] = {
    "accuracy": "Accuracy",
    "negative_flip_rate": "Negative flips",
    "alignment": "S",
    "brier": "Brier",
    "curve_distance": "Curves apart",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One measure of the ladder, by one explainer where it has any."""

    key: str
    explainer: str | None

    @property
    def title(self) -> str:
        """What stands over it."""
        title = _SHORT[self.key]
        return title if self.explainer is None else f"{title}, {explainer_title(self.explainer)}"


@dataclass(frozen=True, slots=True)
class Rung:
    """One comparison with the reference.

    Attributes:
        name: of the control; of a candidate, its own.
        title: what the reference is compared with.
        outcome: how it came out, in words.
        figures: one a column; None where there is none.
        control: the control; None of a candidate.
    """

    name: str
    title: str
    outcome: str
    figures: tuple[MeasureRow | None, ...]
    control: ControlReport | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every control and the candidates, the most alike first; broken models last."""

    columns: tuple[Column, ...]
    rungs: tuple[Rung, ...]


def ladder(report: Report, candidates: Sequence[CandidateReport]) -> Ladder:
    """The ladder of a run with these candidates between its controls; empty where it has no control."""
    if not report.controls:
        return Ladder((), ())
    found = [control.measures for control in report.controls.values()]
    found += [candidate.measures for candidate in candidates]
    known = [
        (row.key, row.explainer)
        for rows in found
        for row in rows
        if row.key in SHOWN and row.of in ("difference", "pair")
    ]
    ordered = sorted(dict.fromkeys(known), key=lambda one: SHOWN.index(one[0]))
    columns = tuple(Column(key, explainer) for key, explainer in ordered)
    rungs = []
    for name in (*CONTROLS, *(name for name in report.controls if name not in CONTROLS)):
        if name == "C5":
            rungs += [_candidate(candidate, columns) for candidate in candidates]
        if name in report.controls:
            rungs.append(_control(name, report.controls[name], columns))
    return Ladder(columns, tuple(rungs))


def ladder_says(controls: Mapping[str, ControlReport]) -> str:
    """What the controls say of the measurement as a whole."""
    wrong = cannot_judge(controls)
    if wrong:
        return wrong
    measured = [name for name in ("C0", "C5") if name in controls and controls[name].held]
    if len(measured) < 2:
        said = (
            "Whether this run can tell the same from the broken is not known: a control that shows it was "
            "not measured."
        )
    else:
        said = (
            "The reference is found to be the same as itself, and a model that is broken on purpose is "
            "recognised: this run can tell the same from the broken."
        )
    if "C2" in doubtful(controls):
        said += " But it calls a near-lossless variant of the reference different: read C2 first."
    return said


def outcome(name: str, control: ControlReport) -> str:
    """How a control came out, in words."""
    if control.status == "not_measured":
        return "not measured"
    if control.held is None:
        return {"C1": "the ceiling", "C3": "the scale"}.get(name, "not settled")
    return "as it should be" if control.held else "came out wrong"


def _control(name: str, control: ControlReport, columns: Sequence[Column]) -> Rung:
    figures = tuple(_figure(control.measures, column) for column in columns)
    return Rung(name, STEPS.get(name, name), outcome(name, control), figures, control)


def _candidate(candidate: CandidateReport, columns: Sequence[Column]) -> Rung:
    figures = tuple(_figure(candidate.measures, column) for column in columns)
    return Rung(candidate.name, "Candidate", "the question", figures, None)


def _figure(rows: Sequence[MeasureRow], column: Column) -> MeasureRow | None:
    return next(
        (
            row
            for row in rows
            if (row.key, row.explainer) == (column.key, column.explainer) and row.of in ("difference", "pair")
        ),
        None,
    )
