"""Measures of the dimension `confidence_use`: does a threshold tuned on the reference still hold?"""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

_TUNED = (
    "percentile bootstrap over texts, with the threshold tuned again in every resample and all copies of a "
    "text in one half; for the difference, one text lost and one gained are imagined"
)
_HALVES = (
    "docs/methods.md section 7; threshold tuned on one half of the texts, tried on the other, 20 halvings"
)

CONFIDENCE_USE: tuple[Entry, ...] = (
    Entry(
        key="risk",
        title="Risk at the reference's threshold",
        dimension="confidence_use",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Error rate among the answers whose confidence reaches a threshold that was tuned on the "
            "reference. Both models get the same threshold, as when one replaces the other behind a service."
        ),
        source=_HALVES,
        interval=_TUNED,
        votes=True,
        margin="risk",
    ),
    Entry(
        key="coverage",
        title="Coverage at the reference's threshold",
        dimension="confidence_use",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Share of the texts whose answer reaches the threshold that was tuned on the reference. Where it "
            "falls, more texts go to a person."
        ),
        source=_HALVES,
        interval=_TUNED,
    ),
    Entry(
        key="threshold",
        title="Threshold tuned on the reference",
        dimension="confidence_use",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "Smallest confidence from which on the reference errs at most at the accepted rate (by default "
            "half of its error) wherever at least 50 texts are accepted. This one is tuned on all texts; "
            "risk and coverage beside it are of texts that did not help to tune."
        ),
        source="selective risk: Geifman and El-Yaniv 2017",
        interval="no interval of an estimate: the range of 95 % of the thresholds that resamples give",
    ),
    Entry(
        key="aurc",
        title="Area under the risk-coverage curve (AURC)",
        dimension="confidence_use",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Error rate among the most confident answers, averaged over every share of answers that may be "
            "taken. Low where the model is right often and knows when it is not."
        ),
        source="Geifman, Uziel and El-Yaniv 2019",
        interval="percentile bootstrap over texts, paired for the difference",
    ),
)
