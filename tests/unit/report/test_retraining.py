"""What the reference's twin says of a candidate's figures and margins."""

import pytest

from tests.support.report_evidence import MISSING, vote
from trust_core.domain.measures import Exact, Findings, Measure, Measured, NotMeasured, Vote
from trust_core.domain.report import MeasureRow
from trust_core.domain.spec import Margins
from trust_core.export.figure_text import figure_text
from trust_core.report.assemble import candidate_report
from trust_core.report.retraining import (
    Retraining,
    beside_twin,
    margin_note,
    votes_from_floor,
    votes_from_twin,
    widened_margins,
)
from trust_core.report.verdict import verdict


def findings(accuracy: float = -0.03, alignment: float = 0.6, settings: dict | None = None):
    """Findings of a pair: a difference, figures of the pair, figures that no twin can stand beside."""
    votes = (vote("accuracy", accuracy, 0.01), vote("negative_flip_rate", abs(accuracy), 0.01))
    reasons = (vote("alignment", alignment, 0.05, explainer="lime", n=40),)
    return {
        "answers": Findings(
            (
                Measure("accuracy", "reference", Measured(0.8, 0.78, 0.82, 0.95, 500)),
                Measure(
                    "accuracy",
                    "difference",
                    Measured(accuracy, accuracy - 0.012, accuracy + 0.012, 0.95, 500),
                ),
                Measure("agreement", "pair", Measured(0.9, 0.88, 0.92, 0.95, 500)),
                Measure("mcnemar_p", "pair", Exact(0.2)),
                Measure("churn", "pair", NotMeasured("too few", "more")),
            ),
            votes,
        ),
        "reasons": Findings(
            (
                Measure(
                    "alignment",
                    "pair",
                    Measured(alignment, alignment - 0.06, alignment + 0.06, 0.95, 40),
                    "lime",
                    settings or {"k": "0.2w"},
                ),
            ),
            reasons,
        ),
    }


def retraining(**given) -> Retraining:
    """What a twin with these findings shows."""
    found = findings(**given)
    report = candidate_report("twin", found, verdict(found, Margins(), ("answers", "reasons")))
    return Retraining("twin", report.measures, tuple(v for part in found.values() for v in part.votes))


def report_of(name: str = "small", **given):
    """A candidate with these findings."""
    found = findings(**given)
    return candidate_report(name, found, verdict(found, Margins(), ("answers", "reasons")))


@pytest.mark.parametrize(
    "accuracy, says",
    [(-0.031, "within"), (0.03, "within"), (-0.0419, "within"), (-0.043, "beyond"), (0.05, "beyond")],
)
def test_a_difference_is_within_up_to_the_twins_upper_limit(accuracy: float, says: str) -> None:
    """The twin's interval is -4.2 to -1.8 points: 4.2 points either way are within, more is beyond."""
    found = beside_twin(report_of(accuracy=accuracy), retraining(accuracy=-0.03))
    (row,) = [row for row in found.measures if (row.key, row.of) == ("accuracy", "difference")]
    assert row.twin is not None
    assert row.twin.says == says
    assert row.twin.reach == pytest.approx(0.042)
    assert (row.twin.value, row.twin.n) == (-0.03, 500)
    (test,) = [test for test in found.verdict.dimensions["answers"].tests if test.key == "accuracy"]
    assert test.twin == row.twin
    assert test.why.endswith(f"this is {says} what retraining does.")
    assert figure_text(row).retraining.startswith(
        f"{says} what retraining does: \u22123.0 points (95 % interval"
    )


def test_a_similarity_counts_from_identity() -> None:
    """The twin's S is .54 to .66, so .46 below 1 is its reach: S = .55 is within, .5 beyond."""
    for alignment, says in ((0.55, "within"), (0.99, "within"), (0.5, "beyond")):
        found = beside_twin(report_of(alignment=alignment), retraining(alignment=0.6))
        (row,) = [row for row in found.measures if row.key == "alignment"]
        assert row.twin is not None
        assert row.twin.says == says


def test_the_limits_of_a_run_that_may_stop_are_no_other_figure() -> None:
    """A figure with limits for any time stands beside the twin's, whose run had a fixed number of texts."""
    stopping = report_of(settings={"k": "0.2w", "interval": "confidence sequence"})
    (row,) = [row for row in beside_twin(stopping, retraining()).measures if row.key == "alignment"]
    assert row.twin is not None
    other = report_of(settings={"k": 5})
    (row,) = [row for row in beside_twin(other, retraining()).measures if row.key == "alignment"]
    assert row.twin is None


def test_figures_without_a_value_of_equal_models_say_nothing() -> None:
    """One model's figures, p-values and figures that could not be had have no word about retraining."""
    found = beside_twin(report_of(), retraining())
    silent = {(row.key, row.of) for row in found.measures if row.twin is None}
    assert silent == {("accuracy", "reference"), ("mcnemar_p", "pair"), ("churn", "pair")}


def test_chance_levels_have_no_word_about_retraining() -> None:
    """The level of random swaps is 0 for equal models, but says nothing of what retraining does."""

    def rows(distance: float) -> tuple[MeasureRow, ...]:
        low, high = distance / 2, distance * 2
        keys = ("curve_distance", "curve_distance_level", "wasserstein", "wasserstein_level")
        found = Findings(tuple(Measure(k, "pair", Measured(distance, low, high, 0.95, 500)) for k in keys))
        votes = verdict({"reliability": found}, Margins(), ("reliability",))
        return candidate_report("small", {"reliability": found}, votes).measures

    candidate = report_of().model_copy(update={"measures": rows(0.02)})
    found = beside_twin(candidate, Retraining("twin", rows(0.01), ()))
    assert {row.key for row in found.measures if row.twin} == {"curve_distance", "wasserstein"}


def test_another_number_of_texts_left_out_is_no_other_figure() -> None:
    """How many texts were left out belongs to the sample: the twin's figure stands beside all the same."""

    def report(left_out: int):
        settings = {"order": "its own", "left_out": left_out}
        figure = Measured(-0.02, -0.05, 0.01, 0.95, 40)
        found = {
            "reasons": Findings((Measure("normalised_aopc", "difference", figure, "lime", settings),), ())
        }
        return candidate_report("small", found, verdict(found, Margins(), ("reasons",)))

    (row,) = beside_twin(report(3), Retraining("twin", report(1).measures, ())).measures
    assert row.twin is not None


def test_the_twin_is_not_compared_with_itself() -> None:
    """A candidate that is the twin stays as it is."""
    report = report_of("twin")
    assert beside_twin(report, retraining()) is report


def test_margins_become_the_twins_upper_limits() -> None:
    """Each margin is the larger of its own and the 95 % interval's farther limit; S keeps its floor."""
    twin = Retraining(
        "twin",
        (),
        (
            vote("accuracy", -0.03, 0.01),
            vote("negative_flip_rate", 0.001, 0.001),
            vote("curve_distance", 0.03, 0.01),
            vote("alignment", 0.5, 0.1, explainer="lime"),
            Vote("brier", MISSING),
        ),
    )
    given = Margins()
    found = widened_margins(given, twin)
    half = 0.01 * 1.959964 / 1.644854
    assert found.accuracy == pytest.approx(0.03 + half, abs=1e-6)
    assert found.curve_distance == pytest.approx(0.03 + half, abs=1e-6)
    assert found.negative_flip_rate == given.negative_flip_rate
    assert (found.alignment, found.brier) == (given.alignment, given.brier)
    note = margin_note(given, found, twin)
    assert "accuracy ±4.192 points in place of ±1 point" in note
    assert "The fewer texts, the wider that limit" in note
    assert "none was smaller" in margin_note(given, given, twin)


def test_the_paired_vote_takes_the_place_of_the_floor() -> None:
    """With margins from the twin the reasons are judged beside the twin's; without, by the floor."""
    found = findings()
    paired = vote("alignment_beside_twin", -0.02, 0.02, explainer="lime", n=40)
    both = {**found, "reasons": Findings((), (*found["reasons"].votes, paired))}
    assert [one.key for one in votes_from_twin(both)["reasons"].votes] == ["alignment_beside_twin"]
    assert [one.key for one in votes_from_floor(both)["reasons"].votes] == ["alignment"]
    assert [one.key for one in votes_from_twin(found)["reasons"].votes] == ["alignment"]
    assert votes_from_twin({"answers": found["answers"]}) == {"answers": found["answers"]}
    assert votes_from_floor({"answers": found["answers"]}) == {"answers": found["answers"]}


@pytest.mark.parametrize(
    "estimate, half, status",
    [
        (-0.02, 0.02, "equivalent"),
        (-0.04, 0.02, "inconclusive"),
        (-0.2, 0.1, "different"),
        (0.3, 0.2, "equivalent"),
    ],
)
def test_reasons_may_fall_behind_the_twins_by_less_than_the_margin(
    estimate: float, half: float, status: str
) -> None:
    """S less the twin's S must lie above -.05; more alike than the twin is no fault."""
    votes = Findings((), (vote("alignment_beside_twin", estimate, half, explainer="lime", n=40),))
    judged = verdict({"reasons": votes}, Margins(), ("reasons",))
    (test,) = judged.dimensions["reasons"].tests
    assert test.status == status
    assert "margin \u22120.05" in test.why
    if status == "inconclusive":
        assert test.n_needed is not None
        assert test.n_needed > 40


def test_a_row_with_a_twin_is_read_back() -> None:
    """The twin's figure survives the way through JSON, and is no second kind of figure."""
    found = beside_twin(report_of(), retraining())
    row = next(row for row in found.measures if row.twin is not None)
    assert MeasureRow.model_validate_json(row.model_dump_json(exclude_none=True)) == row
