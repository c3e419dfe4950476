"""What it means when one explainer's test of the reasons says one thing and another's another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trust_core.domain.report import TestRow, Verdict
from trust_core.report.criteria import explainer_title
from trust_core.report.wording import listed

_OUTCOME: Final = {
    "equivalent": "equivalent",
    "different": "different",
    "inconclusive": "not settled",
    "not_measured": "not measured",
    "information": "no vote",
}

_ASKS: Final = {
    "lime": "LIME looks at texts that lack up to about half of their words",
    "shap": "SHAP lets words join in many orders, almost empty texts among them",
    "integrated-gradients": "integrated gradients follow the slope from a text of placeholders to the text",
}
"""What each explainer looks at, as a clause."""


def explainers_side_by_side(verdict: Verdict) -> str:
    """The explainers' verdicts on the reasons beside each other, and what it means where they differ.

    Empty where fewer than two explainers have a test of the alignment, or none of them was measured.
    """
    tests = [test for part in verdict.dimensions.values() for test in part.tests if test.key == "alignment"]
    if len(tests) < 2 or all(test.status == "not_measured" for test in tests):
        return ""
    said = listed([_said(test) for test in tests])
    return f"Side by side: {said}. {_meaning(tests)}"


def _said(test: TestRow) -> str:
    # The figures stand beside this sentence, each with its interval: here they would stand alone.
    return f"{explainer_title(test.explainer or '')} {_OUTCOME[test.status]}"


def _meaning(tests: Sequence[TestRow]) -> str:
    statuses = {test.status for test in tests}
    decided = statuses & {"equivalent", "different"}
    if len(statuses) == 1:
        if decided:
            return "They agree, so the finding does not hang on one way of explaining."
        return "None of them settles it, so nothing can be said of their agreement."
    if decided == {"equivalent", "different"}:
        asks = listed([_ASKS[_family(test)] for test in tests if _family(test) in _ASKS])
        looked = f" {asks[:1].upper()}{asks[1:]}." if asks else ""
        return (
            f"They disagree, and each may be right about what it looks at.{looked} So the models rest on the "
            "same words in one kind of reduced text and not in the other: look at texts where the explainers "
            "differ most, and at keep rate and cross-deletion, which compare no explanations. The dimension "
            "counts as different."
        )
    open_ones = listed([explainer_title(t.explainer or "") for t in tests if t.status not in decided])
    settled = listed(
        [f"{explainer_title(t.explainer or '')}'s finding" for t in tests if t.status in decided]
    )
    return f"That is no contradiction: {open_ones} cannot tell on these texts, and {settled} stands alone."


def _family(test: TestRow) -> str:
    name = test.explainer or ""
    return "shap" if name.startswith("shap") else name
