"""Measures of the dimension `reliability`: is the candidate's confidence worth the reference's?"""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

_BASIC = "basic bootstrap over texts with the bins held fixed; not a test"
_MEAN = "percentile bootstrap over texts, paired for the difference"
_LEVEL = "no interval of an estimate: the range that holds 95 % of simulated calibrated models"


def _level(key: str, title: str, low: float, unit: str = "probability") -> Entry:
    """The level beside a calibration error."""
    return Entry(
        key=f"{key}_level",
        title=f"{title[0].upper()}{title[1:]} of a calibrated model",
        dimension="reliability",
        unit=unit,
        low=low,
        high=1.0,
        direction="none",
        meaning=(
            f"What {title} would show on this many texts if every confidence were exactly right: "
            "the part of the figure beside it that sampling alone explains."
        ),
        source="simulation: gold drawn from the model's own probabilities, mean over the draws",
        interval=_LEVEL,
    )


RELIABILITY: tuple[Entry, ...] = (
    Entry(
        key="brier",
        title="Brier score",
        dimension="reliability",
        unit="",
        low=0.0,
        high=2.0,
        direction="lower",
        meaning=(
            "Mean squared distance of the probabilities from the right answer, summed over classes: 0 is "
            "certain and right, 2 is certain and wrong. For two classes it is twice the binary form."
        ),
        source="Brier 1950, sum form",
        interval=_MEAN,
        votes=True,
        margin="brier",
    ),
    Entry(
        key="nll",
        title="Negative log-likelihood",
        dimension="reliability",
        unit="nats",
        low=0.0,
        high=None,
        direction="lower",
        meaning=(
            "Mean of -log of the probability of the right class. One text that is certain and wrong can "
            "outweigh all others; without logits, probabilities are taken as at least 1e-7."
        ),
        source="Good 1952",
        interval=_MEAN,
    ),
    Entry(
        key="signed_gap",
        title="Over-confidence",
        dimension="reliability",
        unit="probability",
        low=-1.0,
        high=1.0,
        direction="zero",
        meaning="Mean confidence minus accuracy: above 0 the model is overconfident, below 0 underconfident.",
        source="Guo et al. 2017, with its sign kept",
        interval=_MEAN,
        votes=True,
        margin="signed_gap",
    ),
    Entry(
        key="curve_distance",
        title="Distance of reliability curves",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=2.0,
        direction="lower",
        meaning=(
            "How far apart the two models' smoothed gaps (confidence minus accuracy) lie at the same "
            "confidence, on average over the confidences of both. 0 where they are reliable alike everywhere."
        ),
        source="integral of |g_A - g_B| over the pooled law of confidence, one bandwidth for both",
        interval=(
            "bootstrap over texts at a fixed bandwidth: percentile upper and basic lower limit, the lower "
            "less what noise adds, and 0 where random swaps do not tell the models apart"
        ),
        identity=0.0,
        votes=True,
        margin="curve_distance",
    ),
    Entry(
        key="curve_distance_level",
        title="Distance of reliability curves by chance",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=2.0,
        direction="none",
        meaning=(
            "The distance of the curves that remains when the two models are exchanged at random within "
            "each text: what two models of the same reliability would show."
        ),
        source="random swaps within texts, mean over the swaps",
        interval="no interval of an estimate: the range that holds 95 % of random swaps",
        identity=0.0,
    ),
    Entry(
        key="ece",
        title="Expected calibration error (ECE)",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Mean absolute gap between confidence and accuracy over bins of confidence. Even a perfectly "
            "calibrated model shows more than 0: read it beside its level."
        ),
        source="Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017",
        interval=_BASIC,
    ),
    _level("ece", "ECE", 0.0),
    Entry(
        key="mce",
        title="Maximum calibration error (MCE)",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Largest absolute gap of any bin. A bin with a handful of texts decides it, so it is large even "
            "for a calibrated model: read it beside its level."
        ),
        source="Naeini, Cooper and Hauskrecht 2015",
        interval=_BASIC,
    ),
    _level("mce", "MCE", 0.0),
    Entry(
        key="ece_debiased",
        title="Debiased squared calibration error",
        dimension="reliability",
        unit="",
        low=-0.25,
        high=1.0,
        direction="lower",
        meaning=(
            "Mean squared gap over bins without the part that sampling adds, so that it averages 0 for a "
            "calibrated model and can fall below 0. Its root is a root-mean-square, not comparable to ECE."
        ),
        source="Kumar, Liang and Ma 2019; Broecker 2012",
        interval=(
            "basic bootstrap over texts with the bins held fixed, its draws counted from the error with the "
            "noise left in; not a test"
        ),
    ),
    _level("ece_debiased", "the debiased squared error", -0.25, unit=""),
    Entry(
        key="classwise_ece",
        title="Class-wise ECE",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "ECE of the probability of each class, averaged over classes: also sees probabilities of classes "
            "that the model does not answer with."
        ),
        source="Kull et al. 2019",
        interval=_BASIC,
    ),
    _level("classwise_ece", "class-wise ECE", 0.0),
    Entry(
        key="smooth_ece",
        title="SmoothECE",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Calibration error from a smoothed gap instead of bins; its bandwidth is its own value. It "
            "too is above 0 for a calibrated model: read it beside its level."
        ),
        source="Blasiok and Nakkiran, arXiv 2309.12236",
        interval="basic bootstrap over texts; not a test",
    ),
    _level("smooth_ece", "SmoothECE", 0.0),
    Entry(
        key="mean_confidence",
        title="Mean confidence",
        dimension="reliability",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="none",
        meaning="Mean probability of the predicted class. Needs no gold labels.",
        source="-",
        interval=_MEAN,
    ),
)
