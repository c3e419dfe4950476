"""Which of several candidates."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from tests.support.report_evidence import MISSING, same_everywhere, vote
from tests.support.report_samples import sample_report
from trust_core.domain.measures import Findings, Vote
from trust_core.domain.report import CandidateReport
from trust_core.domain.spec import Margins
from trust_core.export.choice_text import choice
from trust_core.report.choice import pick, standings
from trust_core.report.verdict import verdict

DIMENSIONS = ("answers", "reasons", "reliability", "cost")


def candidate(name, *answers):
    """A candidate with these votes on its answers, and the same reasons and reliability."""
    findings = same_everywhere() | ({"answers": Findings((), answers)} if answers else {})
    return CandidateReport(name=name, verdict=verdict(findings, Margins(), DIMENSIONS), measures=())


def of(candidates):
    """A report of these candidates."""
    return sample_report().model_copy(update={"candidates": tuple(candidates)})


def close(name, half_width):
    """A candidate whose accuracy is the same but for an interval of this half width."""
    return candidate(name, vote("accuracy", 0.0, half_width), vote("negative_flip_rate", 0.004, 0.003))


def test_p_is_that_of_the_worst_test():
    """A candidate is as far inside as its worst test: a 90 % interval that just fits is 5 %."""
    (found,) = standings(of([close("edge", 0.01)]))
    assert found.p == pytest.approx(0.05, rel=1e-6)


def test_p_values_are_corrected_by_holm():
    """With several candidates the p-values are Holm's."""
    found = standings(of([close("a", 0.008), close("b", 0.006), close("c", 0.0095)]))
    expected = multipletests([one.p for one in found], method="holm")[1]
    assert [one.p_adjusted for one in found] == pytest.approx(expected.tolist())


def test_a_candidate_that_only_just_passes_alone_does_not_pass_among_many():
    """An interval that just fits is enough for one candidate, and not for the best of three."""
    assert standings(of([close("a", 0.0098)]))[0].inside
    among = standings(of([close("a", 0.0098), close("b", 0.02), close("c", 0.02)]))
    assert not any(one.inside for one in among)
    assert "not after correction for 3 candidates" in among[0].why


def test_the_cheapest_inside_is_picked():
    """The smallest candidate of those inside all margins is picked, and none without a cost."""
    found = standings(of([close("big", 0.001), close("small", 0.001), close("tiny", 0.03)]))
    assert [one.inside for one in found] == [True, True, False]
    picked = pick(found, {"big": 9.0, "small": 3.0, "tiny": 1.0})
    assert picked is not None
    assert picked.name == "small"
    assert pick(found, {"tiny": 1.0}) is None


def test_what_was_not_measured_leaves_a_candidate_open():
    """Without a figure for one vote there is no p-value, and the candidate counts as one that failed."""
    open_one = candidate("open", Vote("accuracy", MISSING), vote("negative_flip_rate", 0.004, 0.003))
    found = standings(of([close("a", 0.0085), open_one]))
    assert found[1].p is None
    assert found[1].p_adjusted is None
    assert not found[1].inside
    # With one in the family that failed, the other is corrected for two.
    assert found[0].p_adjusted == pytest.approx(2 * found[0].p)


@pytest.mark.slow
def test_picking_among_equally_bad_candidates_errs_in_at_most_5_percent():
    """With five candidates that all lie on the margin, some candidate is let in in at most 5 % of runs."""
    rng = np.random.default_rng(2)
    let_in = 0
    for _ in range(300):
        family = [
            close_to_the_margin(str(at), estimate)
            for at, estimate in enumerate(rng.normal(0.01, 0.0005 / 1.6449, 5).tolist())
        ]
        let_in += any(one.inside for one in standings(of(family)))
    assert let_in / 300 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def close_to_the_margin(name, estimate):
    """A candidate whose accuracy differs by so much, with a short interval."""
    return candidate(name, vote("accuracy", estimate, 0.0005), vote("negative_flip_rate", 0.004, 0.003))


def test_the_page_says_which_one_for_every_cost():
    """One sentence a cost, and one row a candidate with both p-values."""
    report = sample_report()
    found = choice(report)
    assert found is not None
    assert len(found.sentences) == len(found.costs) == 2
    assert [row.name for row in found.rows] == [one.name for one in report.candidates]
    assert any("ref:int8 is the smallest candidate inside all margins" in one for one in found.sentences)
    assert all(cost.endswith("(exact)") for row in found.rows for cost in row.costs)


def timed(milliseconds, **more):
    """The sample report with these median latencies of reference and candidates, in their order."""
    report = sample_report()
    latency = {
        model.name: {"p50_ms_batch_1": value, **more}
        for model, value in zip(report.resolved.models, milliseconds, strict=True)
    }
    return report.model_copy(update={"timing": {"latency": latency}})


def test_a_latency_has_its_interval_and_calls():
    """What was timed is never said alone, neither in the sentence nor in the rows."""
    limits = {"p50_ms_batch_1_low": 1.0, "p50_ms_batch_1_high": 9.0, "p50_ms_batch_1_n": 80}
    found = choice(timed([8.0, 2.0, 4.0], **limits))
    assert found is not None
    (said,) = [one for one in found.sentences if one.startswith("Latency")]
    assert "4 ms (95 % interval 1 to 9 ms, n\u00a0=\u00a080 calls)" in said
    assert "nothing is gained" not in said
    assert "n\u00a0=\u00a080 calls" in found.rows[0].costs[found.costs.index("Latency of one text, median")]


def test_the_best_candidate_may_gain_nothing():
    """A candidate that is the fastest inside all margins, and slower than the reference, is said to be so."""
    found = choice(timed([2.0, 1.0, 4.0]))
    assert found is not None
    (said,) = [one for one in found.sentences if one.startswith("Latency")]
    assert "ref:int8 is the fastest candidate inside all margins, at 4 ms (its interval was not kept)" in said
    assert "the reference is at 2 ms (its interval was not kept), so nothing is gained" in said


def test_a_single_candidate_is_no_choice():
    """With one candidate its verdict says it all."""
    report = sample_report()
    assert choice(report.model_copy(update={"candidates": report.candidates[:1]})) is None


def test_a_control_that_failed_forbids_the_choice():
    """While the measurement itself cannot be trusted, no candidate is picked."""
    report = sample_report()
    controls = {name: control.model_copy(update={"held": False}) for name, control in report.controls.items()}
    found = choice(report.model_copy(update={"controls": controls}))
    assert found is not None
    assert all("Keep the reference" in sentence for sentence in found.sentences)
