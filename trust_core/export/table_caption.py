"""What stands below table.md and table.tex: how to read the figures, and why some are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trust_core.domain.report import Report
from trust_core.export.latency_note import backends_differ
from trust_core.report.choice import chosen_dimensions, voting_tests
from trust_core.report.criteria import CRITERIA
from trust_core.report.wording import in_sentence, listed

TWIN: Final = "C3"
"""The control that compares the reference with its twin."""


def caption(
    report: Report,
    *,
    twin: str | None,
    several: bool,
    calls: Sequence[int],
    missing: Sequence[tuple[str, str]],
) -> str:
    """The caption of the table of all models.

    Args:
        report: the report.
        twin: name of the reference's twin, where it has one.
        several: whether the best of several candidates stands out.
        calls: timed calls behind each latency that has an interval.
        missing: figures that were not measured, each with the reason.
    """
    data = report.resolved.data
    return (
        f"{data.predicted} texts predicted and {data.explained} explained of {data.source}. In parentheses: "
        "95 % intervals, with n where it is another number of texts. "
        + ("Bold: the best candidate. " if several else "")
        + _said_of_twin(twin)
        + "ECE and MCE use quantile bins of each model's own confidences; "
        "Brier is the sum over classes, from 0 to 2; S is alignment freed of chance and explainer noise. "
        f"Parameters and sizes are exact; latency is the median of one text at a time{_said_of_calls(calls)}."
        + _said_of_backends(report)
        + _said_of_missing(missing)
        + _said_of_margins(report)
    )


def _said_of_twin(twin: str | None) -> str:
    what = "the reference trained again with another seed: what retraining alone does"
    return "" if twin is None else f"{twin} is control {TWIN}, {what}. "


def _said_of_calls(calls: Sequence[int]) -> str:
    if not calls:
        return ""
    fewest, most = min(calls), max(calls)
    return f" (n = {fewest} timed calls)" if fewest == most else f" (n = {fewest} to {most} timed calls)"


def _said_of_backends(report: Report) -> str:
    said = backends_differ(report)
    return f" {said}" if said else ""


def _said_of_missing(missing: Sequence[tuple[str, str]]) -> str:
    """Why some cells hold a dash, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in missing:
        by_reason.setdefault(reason.rstrip("."), []).append(name)
    if not by_reason:
        return ""
    return f" Not measured: {'; '.join(f'{listed(names)}, {why}' for why, names in by_reason.items())}."


def _said_of_margins(report: Report) -> str:
    margins = report.spec.get("margins", {})
    tested = {
        test.key: test.margin
        for candidate in report.candidates
        for test in voting_tests(candidate, chosen_dimensions(report))
    }
    said = [
        f"{in_sentence(criterion.title)} {criterion.bound(tested.get(key, margins.get(key)))}"
        for key, criterion in CRITERIA.items()
        if key in tested
    ]
    return f" Verdict by 90 % intervals within these margins: {'; '.join(said)}." if said else ""
