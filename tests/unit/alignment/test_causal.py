"""Keep rate, cross-deletion and normalised AOPC on hand-made answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from trust_core.alignment.causal import LEAST_DROP, Tried, causal_findings
from trust_core.alignment.deletion import CurveLimits, Trials
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Exact, Figure, Findings, Measured, NotMeasured

N = 30


def two(p: float) -> np.ndarray:
    """Probabilities of two classes, the first of which is explained."""
    return np.array([p, 1 - p])


def trial(at: int, **given: float) -> Trials:
    """One text; probabilities of the explained class by the trial's name, 0.9 where none is given."""
    names = (
        "own_kept",
        "own_deleted",
        "reference_kept",
        "reference_deleted",
        "random_kept",
        "random_deleted",
    )
    own = np.array([two(given.get("first", 0.5)), two(given.get("second", 0.3))])
    theirs = np.array([two(given.get("theirs", 0.7)), two(given.get("theirs", 0.7))])
    return Trials(
        text_id=f"t{at}",
        same_words=bool(given.get("same", 0)),
        whole=two(given.get("whole", 0.9)),
        **{name: two(given.get(name, 0.9)) for name in names},
        own_curve=own,
        reference_curve=theirs,
    )


def tried(trials: Sequence[Trials], limits: tuple[float, float] | None = (0.0, 0.8)) -> Tried:
    """What a model said of these texts, the first class explained."""
    ends = {} if limits is None else {one.text_id: CurveLimits(one.text_id, *limits) for one in trials}
    return Tried(
        {one.text_id: one for one in trials}, ends, dict.fromkeys((one.text_id for one in trials), 0)
    )


def findings(reference: Tried, candidate: Tried) -> Findings:
    """The figures over all texts of the candidate."""
    return causal_findings(
        reference,
        candidate,
        list(candidate.trials),
        explainer="lime",
        settings={"k": 3, "scale": "logit"},
        resamples=300,
        seed=1,
    )


def figure(found: Findings, key: str, of: str, **settings: str | int) -> Figure:
    """The one figure of that name."""
    (only,) = [
        one.figure
        for one in found.measures
        if (one.key, one.of) == (key, of) and settings.items() <= dict(one.settings).items()
    ]
    return only


def value(found: Findings, key: str, of: str, **settings: str | int) -> float:
    """Its value."""
    shown = figure(found, key, of, **settings)
    assert isinstance(shown, Measured | Exact), shown
    return shown.value


def test_keep_rates_count_predictions_that_stay() -> None:
    """Each model with its own words, the candidate with the reference's, and with random ones."""
    reference = tried([trial(at, own_kept=0.6) for at in range(N)])
    candidate = tried(
        [trial(at, own_kept=0.6, reference_kept=0.6 if at < 10 else 0.4, random_kept=0.1) for at in range(N)]
    )
    found = findings(reference, candidate)
    assert value(found, "keep_rate", "reference") == 1.0
    assert value(found, "keep_rate", "candidate", words="its own") == 1.0
    assert value(found, "keep_rate", "candidate", words="random") == 0.0
    assert value(found, "keep_rate", "pair") == pytest.approx(1 / 3)
    change = figure(found, "keep_rate_change", "pair")
    assert isinstance(change, Measured)
    assert (change.value, change.n) == (pytest.approx(-2 / 3), N)
    assert change.high < -0.4


def test_the_prediction_that_is_kept_is_the_models_own() -> None:
    """A candidate that answers otherwise than the explained class keeps its own answer, not that class."""
    others = [trial(at, whole=0.2, own_kept=0.3, reference_kept=0.9) for at in range(N)]
    found = findings(tried(others), tried(others))
    assert value(found, "keep_rate", "candidate", words="its own") == 1.0
    assert value(found, "keep_rate", "pair") == 0.0


def test_cross_deletion_is_a_ratio_of_means_with_signs() -> None:
    """Texts that rise count against those that fall; a text without any drop is not left out."""
    own = [0.9 - 0.6, 0.9 + 0.05, 0.9] * 10
    theirs = [0.9 - 0.3, 0.9, 0.9] * 10
    trials = [
        trial(at, own_deleted=own[at], reference_deleted=theirs[at], random_deleted=0.9 - 0.1 * (at % 3 == 0))
        for at in range(N)
    ]
    found = findings(tried(trials), tried(trials))
    assert value(found, "cross_deletion", "pair") == pytest.approx(0.3 / (0.6 - 0.05))
    assert value(found, "cross_deletion_chance", "pair") == pytest.approx(0.1 / 0.55)
    assert value(found, "deletion_drop", "pair") == pytest.approx(0.1)
    shown = figure(found, "cross_deletion", "pair")
    assert isinstance(shown, Measured)
    assert shown.low < shown.value < shown.high


def test_nothing_is_divided_by_a_drop_near_zero() -> None:
    """Where the candidate's own words hardly matter, or where the drop is below 0, there is no ratio."""
    for own in (0.9 - LEAST_DROP / 2, 0.99):
        trials = [trial(at, own_deleted=own, reference_deleted=0.5) for at in range(N)]
        shown = figure(findings(tried(trials), tried(trials)), "cross_deletion", "pair")
        assert isinstance(shown, NotMeasured)
        assert "hardly depends on its own top words" in shown.reason


def test_equal_words_give_exactly_one() -> None:
    """Where every text has the same words for both models nothing is sampled: C0 stays at its best."""
    trials = [trial(at, same=1, own_deleted=0.2, reference_deleted=0.2) for at in range(N)]
    found = findings(tried(trials), tried(trials))
    assert figure(found, "cross_deletion", "pair") == Exact(1.0)
    assert value(found, "keep_rate_change", "pair") == 0.0
    assert value(found, "normalised_aopc", "difference") == 0.0


def test_normalised_aopc_lies_between_the_limits() -> None:
    """(AOPC - low) / (high - low) of each model along its own order, and along the reference's."""
    reference = tried([trial(at, first=0.9, second=0.5) for at in range(N)], (0.0, 0.4))
    candidate = tried([trial(at, first=0.5, second=0.3, theirs=0.7) for at in range(N)], (-0.2, 0.6))
    found = findings(reference, candidate)
    assert value(found, "normalised_aopc", "reference") == pytest.approx(0.5)
    assert value(found, "normalised_aopc", "candidate") == pytest.approx(0.7 / 0.8)
    assert value(found, "normalised_aopc", "difference") == pytest.approx(0.7 / 0.8 - 0.5)
    assert value(found, "normalised_aopc", "pair") == pytest.approx(0.4 / 0.8)


def test_an_order_that_beats_the_search_counts_as_the_fastest() -> None:
    """The limits are what a search found: beyond them the share is cut to 1."""
    trials = [trial(at, first=0.1, second=0.1) for at in range(N)]
    assert value(findings(tried(trials), tried(trials, (0.0, 0.5))), "normalised_aopc", "candidate") == 1.0


def test_texts_where_no_order_matters_are_left_out_and_counted() -> None:
    """With equal limits there is nothing to normalise by; the others are measured, with their count."""
    trials = [trial(at) for at in range(N)]
    candidate = tried(trials)
    flat = {name: CurveLimits(name, 0.3, 0.305) for name in list(candidate.limits)[:8]}
    candidate = Tried(candidate.trials, {**candidate.limits, **flat}, candidate.classes)
    shown = figure(findings(tried(trials), candidate), "normalised_aopc", "candidate", left_out=8)
    assert isinstance(shown, Measured)
    assert shown.n == N - 8


def test_few_texts_are_not_measured() -> None:
    """Under 20 texts, and without any limits, every figure gives its reason."""
    few = [trial(at) for at in range(19)]
    found = findings(tried(few), tried(few))
    assert all(isinstance(one.figure, NotMeasured) for one in found.measures)
    many = [trial(at, own_deleted=0.2) for at in range(N)]
    without = findings(tried(many, None), tried(many, None))
    shown = figure(without, "normalised_aopc", "pair")
    assert isinstance(shown, NotMeasured)
    assert "aopc_texts" in shown.needs
    assert isinstance(figure(without, "cross_deletion", "pair"), Measured)


def test_every_figure_is_in_the_catalogue_and_in_its_range() -> None:
    """Keys are known, none votes, and the figures say that they are of probabilities."""
    trials = [trial(at, own_deleted=0.4, reference_deleted=0.6) for at in range(N)]
    found = findings(tried(trials), tried(trials))
    assert not found.votes
    for one in found.measures:
        entry = CATALOGUE[one.key]
        assert entry.dimension == "reasons"
        assert one.settings["scale"] == "probability"
        if isinstance(one.figure, Measured) and entry.low is not None and one.of != "difference":
            assert entry.low <= one.figure.low <= one.figure.high <= (entry.high or 1.0)
