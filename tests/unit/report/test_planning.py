"""The plan of a run, and what is missing after it."""

import pytest

from tests.support.report_samples import sample_report
from trust_core.behaviour.threshold import FEWEST_ACCEPTED
from trust_core.domain.spec import DEMO_MARGINS, Margins
from trust_core.export.html import report_html
from trust_core.export.planning_text import (
    MISSING_COLUMNS,
    PLAN_COLUMNS,
    hopeless_lines,
    missing_rows,
    plan_lines,
    plan_rows,
)
from trust_core.export.terminal import verdict_lines
from trust_core.report.planning import DISCORDANCE, assumed, assumptions, missing_texts, planned

ALL = ("answers", "reasons", "reliability", "cost")


def plan(margins: Margins = DEMO_MARGINS, **given):
    """The plan of 300 predicted and 30 explained texts."""
    return planned(margins, **{"predicted": 300, "explained": 30, "dimensions": ALL, **given})


def test_every_voting_measure_of_the_chosen_dimensions_is_planned() -> None:
    """Each dimension has its measures, on the texts that they rest on; what is left out has none."""
    found = {one.key: one.n for one in plan()}
    assert found == {
        "accuracy": 300, "negative_flip_rate": 300, "alignment": 30,
        "brier": 300, "signed_gap": 300, "curve_distance": 300, "risk": 300,
    }  # fmt: skip
    assert {one.key for one in plan(dimensions=("reasons",)) if one.votes} == {"alignment"}
    assert {one.key for one in plan(explained=0)} == set(found) - {"alignment"}
    voting = {one.key for one in plan(dimensions=("reasons",), from_twin=True) if one.votes}
    assert voting == {"alignment_beside_twin"}


def test_confidence_in_use_is_planned_whether_it_votes_or_not() -> None:
    """Every run with labels shows the risk at the tuned threshold, so every plan does; it says who votes."""
    (row,) = [one for one in plan() if one.key == "risk"]
    assert not row.votes
    assert plan_rows((row,))[0][0] == "confidence in use (no vote)"
    (row,) = [one for one in plan(dimensions=("confidence_use",)) if one.votes]
    assert plan_rows((row,))[0][0] == "confidence in use"
    assert not [one for one in plan(predicted=0) if one.key == "risk"]


def test_a_threshold_takes_texts_to_tune() -> None:
    """Below the texts that tune a threshold nothing is settled, and no margin needs fewer than these."""
    least = 4 * FEWEST_ACCEPTED
    wide = Margins(risk=0.9)
    for n, enough in ((least - 1, False), (least, True)):
        (row,) = [one for one in plan(wide, predicted=n) if one.key == "risk"]
        assert row.needed == least
        assert row.enough is enough
        assert (row.settles is not None) is enough
        assert (plan_rows((row,))[0][3] == "too few texts") is not enough


def test_what_suffices_and_what_is_needed_agree() -> None:
    """A margin is kept by the texts that it needs, and by no fewer."""
    for one in plan():
        assert one.enough == (one.needed is not None and one.needed <= one.n)
        if one.needed is None:
            continue
        key = {"alignment": "explained"}.get(one.key, "predicted")
        (again,) = [other for other in plan(**{key: one.needed}) if other.key == one.key]
        assert again.enough
        (fewer,) = [other for other in plan(**{key: one.needed - 1}) if other.key == one.key]
        assert not fewer.enough


def test_models_that_disagree_more_need_more_texts() -> None:
    """The expected discordance moves every measure of predictions and none of the reasons."""
    few, many = assumed(0.02), assumed(0.2)
    for key, one in few.items():
        assert (one == many[key]) is (key in ("alignment", "alignment_beside_twin"))
    assert "20.0 %" in assumptions(0.2)[0]
    assert f"{100 * DISCORDANCE:.1f} %" in assumptions(0.2)[0]


def test_the_plan_in_words() -> None:
    """One line a measure; a truth outside the margin is called what no number of texts settles."""
    rows = {row[1]: row for row in plan_rows(plan(Margins()))}
    assert all(len(row) == len(PLAN_COLUMNS) for row in rows.values())
    assert rows["Negative flips"][-2:] == ("no number of texts", "no")
    assert rows["Accuracy"][3:6] == ("±5.38 points", "±1 point", "8,000")
    assert len(plan_lines(plan())) == 1 + len(plan())


def test_more_than_a_million_texts_are_not_called_impossible() -> None:
    """A margin that some number of texts settles, however many, is told from one that none does."""
    tight = plan(Margins(accuracy=0.0005, negative_flip_rate=0.0366), discordance=0.073)
    said = {row[1]: row[-2] for row in plan_rows(tight)}
    assert (said["Accuracy"], said["Negative flips"]) == ("more than a million", "more than a million")
    assert hopeless_lines(tight, 0.073) == []
    beyond = plan(Margins(negative_flip_rate=0.03), discordance=0.073)
    assert {row[1]: row[-2] for row in plan_rows(beyond)}["Negative flips"] == "no number of texts"
    assert len(hopeless_lines(beyond, 0.073)) == 1


def test_a_run_says_how_many_texts_are_missing() -> None:
    """What is missing is what would settle an open test less what is there; settled tests miss nothing."""
    candidate = sample_report().candidates[0]
    found = missing_texts(candidate)
    assert found
    for one in found:
        if one.test.status == "inconclusive" and one.needed is not None:
            assert one.missing == one.needed - one.test.n
        else:
            assert one.missing is None
    assert any(one.missing for one in found)
    # At its own spread the accuracy of +-.9 points of half width is settled by twice that.
    (accuracy,) = [one for one in found if one.test.key == "accuracy"]
    assert accuracy.settles == pytest.approx(2 * 0.009)


def test_what_is_missing_stands_in_every_view() -> None:
    """The table is on the page, and the terminal says how many more texts an open test takes."""
    report = sample_report()
    rows = missing_rows(report.candidates[0])
    assert all(len(row) == len(MISSING_COLUMNS) for row in rows)
    page = report_html(report)
    assert page.count("How many texts it takes") == len(report.candidates)
    assert " more)" in "\n".join(verdict_lines(report))
