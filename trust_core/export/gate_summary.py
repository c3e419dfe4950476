"""The Markdown summary of a gate: the answer, then the tests of each candidate."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from trust_core.domain.report import CandidateReport, Report, Status, TestRow
from trust_core.export.choice_text import choice
from trust_core.export.foreign_text import visible
from trust_core.export.tables import markdown_row, markdown_text
from trust_core.report.choice import chosen_dimensions
from trust_core.report.controls import failed
from trust_core.report.criteria import CRITERIA, METHOD, label
from trust_core.report.verdict import WORDS, held_back, not_after_correction
from trust_core.report.wording import interval, spoken, suffix

_MARKS: Final[dict[Status, str]] = {
    "equivalent": "✅ equivalent",
    "different": "❌ different",
    "inconclusive": "❔ not settled",
    "not_measured": "❔ not measured",
    "information": "no vote",
}

_ANSWERS: Final = {
    0: "✅ passed: every candidate is equivalent",
    1: "❌ failed: a candidate is different",
    2: "❔ not passed: not every candidate is shown to be equivalent",
}

_LONGEST: Final = 4000
"""Characters of an error that are shown."""


def gate_summary(report: Report, code: int) -> str:
    """The summary as Markdown; names from outside are escaped.

    Args:
        report: of the evaluation.
        code: the exit code that it stands for.
    """
    data = report.resolved.data
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    lines = [
        f"## TrustEq gate: {_ANSWERS[code]}",
        "",
        (
            f"May the candidate replace {markdown_text(reference)}? {data.predicted:,} texts of "
            f"{markdown_text(data.source)} predicted, {data.explained:,} explained."
        ),
    ]
    # Such as margins that few texts have widened: without it a gate that passes says too much.
    lines += [line for note in report.notes if note != METHOD for line in ("", markdown_text(note))]
    for name in failed(report.controls):
        lines += ["", f"**Control {name} came out wrong.** {markdown_text(report.controls[name].why)}"]
    found = choice(report)
    if found is not None:
        lines += ["", *(f"- {markdown_text(sentence)}" for sentence in found.sentences)]
    for candidate in report.candidates:
        lines += ["", *_candidate(candidate, chosen_dimensions(report))]
    return "\n".join([*lines, ""])


def error_summary(message: str) -> str:
    """The summary of a gate that could not be run: its lines as code, which they cannot end."""
    shown = visible(message[:_LONGEST])
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"## TrustEq gate: ❌ could not be run\n\n{fence}text\n{shown}\n{fence}\n"


def _candidate(candidate: CandidateReport, chosen: Collection[str]) -> list[str]:
    verdict = candidate.verdict
    lines = [
        f"### {markdown_text(candidate.name)}: {_MARKS[verdict.overall]}",
        "",
        markdown_text(verdict.why),
        "",
        markdown_row(["Question", "Test", "Estimate (90 % interval)", "n", "Margin", "Outcome"]),
        markdown_row(["---", "---", "---:", "---:", "---:", "---"]),
    ]
    counted = sum(test.p_adjusted is not None for part in verdict.dimensions.values() for test in part.tests)
    for dimension, part in verdict.dimensions.items():
        for test in part.tests:
            criterion = CRITERIA.get(test.key)
            if criterion is None or test.estimate is None or test.low is None or test.high is None:
                said = markdown_text(test.why.removeprefix(f"{label(test)}: "))
            else:
                unit = criterion.unit
                limits = interval(test.low, test.high, unit)
                said = f"{spoken(test.estimate, unit)}{suffix(unit)} ({limits})"
            lines.append(
                markdown_row(
                    [
                        WORDS[dimension],
                        markdown_text(label(test)),
                        said,
                        "–" if test.n is None else f"{test.n:,}",
                        "–" if criterion is None else criterion.bound(test.margin),
                        _mark(test, counted) if dimension in chosen else _MARKS["information"],
                    ]
                )
            )
    return lines


def _mark(test: TestRow, counted: int) -> str:
    """The outcome of a test that votes; what the correction for `counted` tests holds back is not decided."""
    return f"❔ {not_after_correction(counted)}" if held_back(test) else _MARKS[test.status]
