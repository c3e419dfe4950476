from dataclasses import replace

import numpy as np
import pytest

from tests.support.calibration_pairs import predictions, simulated_pair
from trust_core.calibration.summary import UNLABELLED, reliability_findings
from trust_core.domain.catalogue.reliability import RELIABILITY
from trust_core.domain.measures import Evidence, Findings, Measured, NotMeasured
from trust_core.domain.texts import NO_LABEL
from trust_core.stats.equivalence import judge

DEMO_MARGINS = {"brier": 0.03, "signed_gap": 0.03, "curve_distance": 0.06}


def findings(gold, reference, candidate, *, resamples=200, seed=0) -> Findings:
    """The findings with ten bins."""
    return reliability_findings(gold, reference, candidate, bins=10, resamples=resamples, seed=seed)


def listed(found: Findings):
    """Which figures are listed: key, whom, settings."""
    return [(m.key, m.of, tuple(sorted(m.settings.items()))) for m in found.measures]


def figure(found: Findings, key: str, of: str, **settings) -> Measured:
    """The one measured figure with these settings."""
    named = [m for m in found.measures if (m.key, m.of) == (key, of)]
    (one,) = [m.figure for m in named if settings.items() <= m.settings.items()]
    assert isinstance(one, Measured)
    return one


@pytest.fixture(scope="module")
def pair():
    """A pair of 300 texts."""
    return simulated_pair(300)


@pytest.fixture(scope="module")
def found(pair):
    """Its findings."""
    return findings(*pair)


def test_every_key_of_the_catalogue_is_found_and_no_other(found):
    """The catalogue's reliability section and the findings list the same keys and votes."""
    assert {m.key for m in found.measures} == {entry.key for entry in RELIABILITY}
    assert [vote.key for vote in found.votes] == [entry.key for entry in RELIABILITY if entry.votes]
    assert len(set(listed(found))) == len(found.measures)


def test_figures_lie_in_the_catalogues_range(found):
    """Estimates and limits stay in the range of their entry."""
    entries = {entry.key: entry for entry in RELIABILITY}
    for measure in found.measures:
        entry, shown = entries[measure.key], measure.figure
        assert isinstance(shown, Measured)
        low = -np.inf if entry.low is None else entry.low
        high = np.inf if entry.high is None else entry.high
        if measure.of == "difference":
            low, high = low - high, high - low
        assert low - 1e-12 <= shown.value <= high + 1e-12, measure
        assert low <= shown.low < shown.high <= high, measure


def test_scores_are_their_definitions(pair, found):
    """Scores are plain means; differences are candidate - reference."""
    gold, reference, candidate = pair
    gaps = [m.confidence.mean() - (m.predicted == gold).mean() for m in (reference, candidate)]
    assert figure(found, "signed_gap", "reference").value == pytest.approx(gaps[0])
    assert figure(found, "signed_gap", "difference").value == pytest.approx(gaps[1] - gaps[0])
    briers = [((m.probabilities - np.eye(3)[gold]) ** 2).sum(axis=1).mean() for m in (reference, candidate)]
    assert figure(found, "brier", "difference").value == pytest.approx(briers[1] - briers[0])
    shift = candidate.confidence.mean() - reference.confidence.mean()
    assert figure(found, "mean_confidence", "difference").value == pytest.approx(shift)


def test_a_vote_and_its_figure_say_the_same(found):
    """The 95 % limits of a vote's evidence are those of the figure that is shown."""
    shown = {
        "brier": figure(found, "brier", "difference"),
        "signed_gap": figure(found, "signed_gap", "difference"),
        "curve_distance": figure(found, "curve_distance", "pair"),
    }
    for vote in found.votes:
        assert isinstance(vote.evidence, Evidence)
        assert (shown[vote.key].low, shown[vote.key].high) == vote.evidence.interval(0.95)
        assert shown[vote.key].value == vote.evidence.estimate


def test_differences_need_common_edges(found):
    """A difference is listed only where both models share the bins."""
    for measure in found.measures:
        if measure.of == "difference":
            assert measure.settings.get("edges") != "own"
    own = figure(found, "ece", "candidate", binning="equal-width", edges="own")
    assert own == figure(found, "ece", "candidate", binning="equal-width", edges="pooled")


def test_a_model_against_itself_is_equivalent_under_the_demos_margins(pair):
    """300 texts of A against A: differences are exactly 0, no interval is empty, all votes pass."""
    gold, reference, _ = pair
    same = findings(gold, reference, reference)
    for measure in same.measures:
        if measure.of in ("difference", "pair"):
            assert isinstance(measure.figure, Measured)
            assert measure.figure.value == 0
            if not measure.key.endswith("_level"):
                assert measure.figure.low < measure.figure.high
    for vote in same.votes:
        assert isinstance(vote.evidence, Evidence)
        kind = "upper" if vote.key == "curve_distance" else "difference"
        assert judge(vote.evidence, DEMO_MARGINS[vote.key], kind) == "equivalent"


def test_a_shuffled_candidate_is_different(pair):
    """A candidate whose rows are permuted fails: Brier and signed gap are different."""
    gold, reference, candidate = pair
    rows = np.random.default_rng(0).permutation(300)
    broken = replace(candidate, probabilities=candidate.probabilities[rows])
    votes = {vote.key: vote.evidence for vote in findings(gold, reference, broken).votes}
    for key in ("brier", "signed_gap"):
        assert judge(votes[key], DEMO_MARGINS[key]) == "different"
    assert judge(votes["curve_distance"], DEMO_MARGINS["curve_distance"], "upper") == "different"


def test_unlabelled_texts_measure_only_confidence(pair, found):
    """One missing gold class leaves the same list of figures, all NotMeasured but mean confidence."""
    gold, reference, candidate = pair
    partial = gold.copy()
    partial[7] = NO_LABEL
    without = findings(partial, reference, candidate)
    assert listed(without) == listed(found)
    for measure, labelled in zip(without.measures, found.measures, strict=True):
        if measure.key == "mean_confidence":
            assert measure.figure == labelled.figure
        else:
            assert measure.figure == UNLABELLED
    assert all(isinstance(vote.evidence, NotMeasured) for vote in without.votes)


@pytest.mark.parametrize("n", [0, 1, 19])
def test_few_texts_measure_nothing(pair, found, n):
    """Below 20 texts, none included, the same list of figures is NotMeasured."""
    gold, reference, candidate = pair
    few = findings(gold[:n], reference.take(range(n)), candidate.take(range(n)))
    assert listed(few) == listed(found)
    assert all(isinstance(measure.figure, NotMeasured) for measure in few.measures)
    assert all(isinstance(vote.evidence, NotMeasured) for vote in few.votes)


def test_the_same_seed_gives_the_same_bytes(pair, found):
    """Equal input and seed give equal findings; another seed moves the limits, never the estimates."""
    again = findings(*pair)
    assert again.measures == found.measures
    other = findings(*pair, seed=1)
    first, second = figure(found, "brier", "reference"), figure(other, "brier", "reference")
    assert first.value == second.value
    assert first.low != second.low


def test_clipped_probabilities_are_noted():
    """Without logits, a gold class of probability 0 is clipped, counted and said."""
    gold, reference, _ = simulated_pair(40)
    harsh = np.eye(3)[(gold + (np.arange(40) == 5)) % 3]
    notes = findings(gold, reference, predictions(harsh, model="b")).notes
    assert notes == ("NLL of b: 1 probability of a gold class below 1e-7 was taken as 1e-7.",)


def test_predictions_of_other_texts_are_refused(pair):
    """Two models on other texts, or gold of another length, cannot be compared."""
    gold, reference, candidate = pair
    with pytest.raises(ValueError, match="cannot be compared on 300 gold classes"):
        findings(gold, reference, candidate.take(range(299, -1, -1)))
    with pytest.raises(ValueError, match=r"\(300 texts\) cannot be compared on 20 gold classes"):
        findings(gold[:20], reference, candidate)
