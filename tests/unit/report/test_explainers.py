"""The explainers' verdicts beside each other."""

from __future__ import annotations

import pytest

from trust_core.domain.report import DimensionVerdict, Status, TestRow, Verdict
from trust_core.report.explainers import explainers_side_by_side


def verdict(**statuses: Status) -> Verdict:
    """A verdict whose reasons hold one test of each explainer."""
    tests = tuple(
        TestRow(
            key="alignment",
            explainer=name.replace("_", "-"),
            status=status,
            estimate=None if status == "not_measured" else 0.8,
            margin=0.75,
            why="",
        )
        for name, status in statuses.items()
    )
    return Verdict(
        overall="inconclusive",
        why="",
        dimensions={"reasons": DimensionVerdict(status="inconclusive", why="", tests=tests)},
    )


def test_one_explainer_has_nothing_beside_it() -> None:
    """With a single test there is nothing to compare."""
    assert explainers_side_by_side(verdict(lime="equivalent")) == ""
    assert explainers_side_by_side(verdict()) == ""
    assert explainers_side_by_side(verdict(lime="not_measured", shap_partition="not_measured")) == ""


def test_equal_findings_support_each_other() -> None:
    """Where both decide alike the finding does not hang on one explainer."""
    said = explainers_side_by_side(verdict(lime="different", shap_partition="different"))
    assert said.startswith("Side by side: LIME different and SHAP different.")
    assert "They agree" in said


def test_opposite_findings_are_explained() -> None:
    """Equivalent by one and different by the other says what each looks at, and what to look at next."""
    said = explainers_side_by_side(verdict(lime="equivalent", shap_partition="different"))
    assert "They disagree" in said
    assert "LIME looks at texts" in said
    assert "SHAP lets words join" in said
    assert "The dimension counts as different." in said


@pytest.mark.parametrize("open_status", ["inconclusive", "not_measured"])
def test_an_open_test_contradicts_nobody(open_status: Status) -> None:
    """Where one is decided and one is open, the open one is named as such."""
    said = explainers_side_by_side(verdict(lime=open_status, shap_partition="equivalent"))
    assert "no contradiction: LIME cannot tell" in said
    assert "SHAP's finding stands alone" in said


def test_two_open_tests_say_nothing() -> None:
    """Where none is settled there is no agreement to speak of."""
    said = explainers_side_by_side(verdict(lime="inconclusive", shap_partition="inconclusive"))
    assert "None of them settles it" in said
    assert "cannot tell" in explainers_side_by_side(
        verdict(lime="inconclusive", shap_partition="not_measured")
    )
