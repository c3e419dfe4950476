"""Further measures of the dimension `reliability`: what recalibration changes, and where gaps lie."""

from __future__ import annotations

from typing import Any

from trust_core.domain.catalogue.entry import Direction, Entry

_BASIC = "basic bootstrap over texts with the bins held fixed; not a test"
_SCALED_MEAN = (
    "percentile bootstrap over texts, in which the temperatures move as well; paired for the difference"
)
_FIXED = "basic bootstrap over texts with bins and temperatures held fixed; not a test"
_LEVEL = "no interval of an estimate: the range that holds 95 % of simulated calibrated models"
_SCALED = (
    "each half of the texts is scaled by the temperature that the other half asks for, so no text helps to "
    "choose its own; no answer changes"
)


def _entry(key: str, title: str, meaning: str, source: str, interval: str, **more: Any) -> Entry:
    """An entry of the dimension; by default a probability that is best when it is low."""
    direction: Direction = more.pop("direction", "lower")
    filled = {"unit": "probability", "low": 0.0, "high": 1.0, **more}
    return Entry(
        key=key,
        title=title,
        dimension="reliability",
        direction=direction,
        meaning=meaning,
        source=source,
        interval=interval,
        **filled,
    )


def _level(key: str, title: str, simulated: str = "gold drawn from the model's own probabilities") -> Entry:
    """The level beside a calibration error."""
    return _entry(
        f"{key}_level",
        f"{title} of a calibrated model",
        "What this error would be on as many texts if every confidence were exactly right.",
        f"simulation: {simulated}, mean over the draws",
        _LEVEL,
        direction="none",
    )


RELIABILITY_DEPTH: tuple[Entry, ...] = (
    _entry(
        "log_temperature",
        "Log temperature",
        "Natural logarithm of the temperature that calibrates the model best: above 0 the model is too sure, "
        "below 0 not sure enough. The difference says how much of a gap is a matter of one scale.",
        "Guo et al. 2017, section 4.2, fitted on all texts by negative log-likelihood",
        "percentile bootstrap over texts, one Newton step from the fit in every resample",
        unit="",
        low=None,
        high=None,
        direction="zero",
    ),
    _entry(
        "brier_scaled",
        "Brier score after recalibration",
        f"The Brier score that is left when both models are recalibrated by temperature: {_SCALED}.",
        "Brier 1950, sum form; Guo et al. 2017",
        _SCALED_MEAN,
        unit="",
        high=2.0,
    ),
    _entry(
        "nll_scaled",
        "Negative log-likelihood after recalibration",
        f"The negative log-likelihood that is left after temperature scaling: {_SCALED}.",
        "Good 1952; Guo et al. 2017",
        _SCALED_MEAN,
        unit="nats",
        high=None,
    ),
    _entry(
        "signed_gap_scaled",
        "Over-confidence after recalibration",
        f"Mean confidence minus accuracy after temperature scaling: {_SCALED}.",
        "Guo et al. 2017, with its sign kept",
        _SCALED_MEAN,
        low=-1.0,
        direction="zero",
    ),
    _entry(
        "curve_distance_scaled",
        "Distance of reliability curves after recalibration",
        f"How far apart the two models' smoothed gaps lie after temperature scaling: {_SCALED}.",
        "as the distance of reliability curves; Guo et al. 2017",
        "as for the distance of reliability curves, with the temperatures held fixed",
        high=2.0,
        identity=0.0,
    ),
    _entry(
        "curve_distance_scaled_level",
        "Distance of recalibrated curves by chance",
        "The distance that remains when the recalibrated models are exchanged at random within each text.",
        "random swaps within texts, mean over the swaps",
        "no interval of an estimate: the range that holds 95 % of random swaps",
        high=2.0,
        direction="none",
        identity=0.0,
    ),
    _entry(
        "ece_scaled",
        "ECE after recalibration",
        f"Expected calibration error after temperature scaling: {_SCALED}. Read it beside its level.",
        "Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017",
        _FIXED,
    ),
    _level("ece_scaled", "ECE after recalibration"),
    _entry(
        "smooth_ece_scaled",
        "SmoothECE after recalibration",
        f"SmoothECE after temperature scaling: {_SCALED}. Read it beside its level.",
        "Blasiok and Nakkiran, arXiv 2309.12236; Guo et al. 2017",
        "basic bootstrap over texts with the temperatures held fixed; not a test",
    ),
    _level("smooth_ece_scaled", "SmoothECE after recalibration"),
    _entry(
        "brier_miscalibration",
        "Miscalibration part of the Brier score",
        "What isotonic recalibration of each class would take off the Brier score: it can be mended without "
        "training. Noise lifts it above 0.",
        "CORP: Dimitriadis, Gneiting and Jordan 2021, each class against the rest, summed",
        "basic bootstrap over texts; not a test",
        unit="",
        high=2.0,
    ),
    _entry(
        "brier_discrimination",
        "Discrimination part of the Brier score",
        "What the order of the model's probabilities takes off the uncertainty of the texts: what a model "
        "loses here, recalibration does not bring back.",
        "CORP: Dimitriadis, Gneiting and Jordan 2021, each class against the rest, summed",
        "basic bootstrap over texts; not a test",
        unit="",
        high=2.0,
        direction="higher",
    ),
    _entry(
        "brier_uncertainty",
        "Uncertainty part of the Brier score",
        "The Brier score of the class shares themselves, the same for every model. Brier score = "
        "miscalibration - discrimination + uncertainty.",
        "CORP: Dimitriadis, Gneiting and Jordan 2021, each class against the rest, summed",
        "basic bootstrap over texts; not a test",
        unit="",
        high=2.0,
        direction="none",
    ),
    _entry(
        "ece_sweep",
        "ECE by sweep",
        "ECE at the largest number of equal-mass bins that leaves accuracy rising with confidence, so that "
        "nobody has to choose a number of bins. Read it beside its level.",
        "Roelofs, Cain, Shlens and Mozer 2022, algorithm 1, with the absolute gap",
        _BASIC,
    ),
    _level("ece_sweep", "ECE by sweep", "the whole sweep on gold drawn from the model's own probabilities"),
    _entry(
        "top_label_ece",
        "Top-label-conditional ECE",
        "ECE within the texts of each predicted class: an overconfident class cannot hide behind an "
        "underconfident one. Read it beside its level.",
        "Gupta and Ramdas 2022, top-label calibration",
        _BASIC,
    ),
    _level("top_label_ece", "Top-label-conditional ECE"),
    _entry(
        "wasserstein",
        "Distance of the laws of confidence",
        "How far confidence has to be moved to turn the distribution of one model's confidences into the "
        "other's, whatever the texts: it sees a general shift, not who changed. Needs no gold labels.",
        "Wasserstein-1 distance",
        "bootstrap over texts: basic lower and percentile upper limit",
        identity=0.0,
    ),
    _entry(
        "wasserstein_level",
        "Distance of the laws of confidence by chance",
        "The distance that remains when the two models are exchanged at random within each text.",
        "random swaps within texts, mean over the swaps",
        "no interval of an estimate: the range that holds 95 % of random swaps",
        direction="none",
        identity=0.0,
    ),
    _entry(
        "class_gap",
        "How much too often a class is announced",
        "Mean probability of a class minus the share of texts in which it is the right one: above 0 the "
        "model promises it too often.",
        "calibration in the large, class against the rest",
        "percentile bootstrap over texts, paired for the difference",
        low=-1.0,
        direction="zero",
    ),
    _entry(
        "class_ece",
        "ECE of one class",
        "ECE of the probability of one class, in all texts. Read it beside its level.",
        "Kull et al. 2019, one class",
        _BASIC,
    ),
    _level("class_ece", "ECE of one class"),
)
