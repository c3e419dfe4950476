"""Measures of the dimension `answers`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

ANSWERS: tuple[Entry, ...] = (
    Entry(
        key="accuracy",
        title="Accuracy",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Share of texts whose predicted class is the gold class; the difference is what the candidate"
            " gains or loses."
        ),
        source="docs/methods.md section 6",
        interval="Wilson; the difference Bonett-Price",
        votes=True,
        margin="accuracy",
    ),
    Entry(
        key="negative_flip_rate",
        title="Negative flips",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Share of all texts that the reference answers rightly and the candidate wrongly: new "
            "mistakes, which an equal accuracy can hide."
        ),
        source="Dutta et al., arXiv 2407.09141; Yan et al. 2021",
        interval="Wilson",
        identity=0.0,
        votes=True,
        margin="negative_flip_rate",
    ),
    Entry(
        key="positive_flip_rate",
        title="Positive flips",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "Share of all texts that the reference answers wrongly and the candidate rightly. Accuracy "
            "difference is positive minus negative flips."
        ),
        source="Dutta et al., arXiv 2407.09141",
        interval="Wilson",
        identity=0.0,
    ),
    Entry(
        key="flip_rate",
        title="Flips",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning="Share of all texts that go from right to wrong or from wrong to right.",
        source="Dutta et al., arXiv 2407.09141",
        interval="Wilson",
        identity=0.0,
    ),
    Entry(
        key="agreement",
        title="Agreement",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Share of texts to which both models give the same answer, right or wrong.",
        source="docs/methods.md section 6",
        interval="Wilson",
        identity=1.0,
    ),
    Entry(
        key="churn",
        title="Churn",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning="Share of texts to which the models give different answers: 1 minus agreement.",
        source="Milani Fard et al. 2016",
        interval="Wilson",
        identity=0.0,
    ),
    Entry(
        key="macro_f1",
        title="Macro-F1",
        dimension="answers",
        unit="",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Mean over classes of the harmonic mean of precision and recall: rare classes count as much "
            "as frequent ones."
        ),
        source="van Rijsbergen 1979, averaged over the classes that occur or are predicted",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="error_consistency",
        title="Error consistency (kappa)",
        dimension="answers",
        unit="",
        low=-1.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Whether both models err on the same texts, beyond what their accuracies make likely: 1 the "
            "same texts, 0 as by chance."
        ),
        source="Geirhos, Meding, Wichmann 2020, arXiv 2006.16736",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="probability_loyalty",
        title="Probability loyalty",
        dimension="answers",
        unit="",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "How near the candidate's class probabilities stay to the reference's: 1 minus the Jensen-"
            "Shannon distance, averaged over texts."
        ),
        source="Xu et al., arXiv 2109.03228",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="confidence_shift",
        title="Confidence shift",
        dimension="answers",
        unit="probability",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning="Mean absolute difference of the two models' confidence in their own answers.",
        source="docs/methods.md section 5",
        interval="percentile bootstrap over texts",
        identity=0.0,
    ),
    Entry(
        key="kl_forward",
        title="KL divergence, reference to candidate",
        dimension="answers",
        unit="nats",
        low=0.0,
        high=None,
        direction="lower",
        meaning=(
            "Information lost when the candidate's probabilities stand in for the reference's: mean over "
            "texts, and the percentiles of the texts that change most."
        ),
        source="Kullback and Leibler 1951, probabilities at least 1e-7",
        interval="mean: percentile bootstrap over texts; percentiles: order statistics",
        identity=0.0,
    ),
    Entry(
        key="kl_backward",
        title="KL divergence, candidate to reference",
        dimension="answers",
        unit="nats",
        low=0.0,
        high=None,
        direction="lower",
        meaning=(
            "The same with the models exchanged: large where the candidate is sure of what the reference "
            "rules out."
        ),
        source="Kullback and Leibler 1951, probabilities at least 1e-7",
        interval="mean: percentile bootstrap over texts; percentiles: order statistics",
        identity=0.0,
    ),
    Entry(
        key="js_divergence",
        title="Jensen-Shannon divergence",
        dimension="answers",
        unit="bits",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Symmetric, bounded distance of the two models' probabilities: mean over texts, and the "
            "percentiles of the texts that change most."
        ),
        source="Lin 1991",
        interval="mean: percentile bootstrap over texts; percentiles: order statistics",
        identity=0.0,
    ),
    Entry(
        key="mcnemar_p",
        title="McNemar's test",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "Probability of a gain or loss of right answers at least as lopsided if both were equally "
            "likely. A large value is no proof of equality."
        ),
        source="McNemar 1947, exact binomial form",
        interval="none: a p-value",
        identity=1.0,
    ),
    Entry(
        key="stuart_maxwell_p",
        title="Stuart-Maxwell test",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "Probability of class shares at least as different if both models used the classes equally often."
        ),
        source="Stuart 1955, Maxwell 1970",
        interval="none: a p-value",
        identity=1.0,
    ),
    Entry(
        key="bowker_p",
        title="Bowker's test",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "Probability of changes of class at least as one-sided if every change were as frequent as "
            "its reverse."
        ),
        source="Bowker 1948",
        interval="none: a p-value",
        identity=1.0,
    ),
)
