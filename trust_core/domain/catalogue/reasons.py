"""Measures of the dimension `reasons`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

REASONS: tuple[Entry, ...] = (
    Entry(
        key="alignment",
        title="Alignment of reasons (S)",
        dimension="reasons",
        unit="",
        low=None,
        high=None,
        direction="higher",
        meaning=(
            "How far both models rest on the same words, freed of chance and of the explainer's own "
            "noise: 0 is chance, 1 is what the models agree with themselves. Compare it at equal samples "
            "only."
        ),
        source="crossed split halves, docs/methods.md section 4",
        interval=(
            "widest of percentile and BCa bootstrap over texts and Student's t with the jackknife; "
            "identical models are exactly 1"
        ),
        identity=1.0,
        votes=True,
        margin="alignment",
    ),
    Entry(
        key="alignment_beside_twin",
        title="Alignment beside the twin's",
        dimension="reasons",
        unit="",
        low=None,
        high=None,
        direction="higher",
        meaning=(
            "The candidate's alignment S less that of the reference's twin, on the same texts: below 0, the "
            "candidate gives more other reasons than retraining alone does."
        ),
        source="paired difference of two S, docs/methods.md section 9",
        interval="percentile bootstrap over texts, the same resamples for both",
        votes=True,
        margin="alignment_beside_twin",
    ),
    Entry(
        key="cross_agreement",
        title="Agreement across halves",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Mean Jaccard index of the reference's top words from one half of the samples and the "
            "candidate's from the other half: the numerator of S before chance is taken away."
        ),
        source="docs/methods.md section 4",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="self_agreement",
        title="Self-agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Mean Jaccard index of a model's top words from two independent halves of its samples: the "
            "most that any other model can be asked to reach. Exactly 1 where the explainer has no "
            "sampling noise."
        ),
        source="docs/methods.md section 4",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="jaccard",
        title="Jaccard@K",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Share of the top words of either model that are top words of both. Read it beside its chance"
            " level; both models are explained on the same masks, so shared noise lifts it."
        ),
        source="Jaccard 1901; arXiv 2508.13533",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="jaccard_seed_variance",
        title="Variance of Jaccard over seeds",
        dimension="reasons",
        unit="",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning="How far the published protocols' mean Jaccard index moves with the explainer's seed.",
        source="sample variance over the seeds' means, docs/methods.md section 11",
        interval="none: the variance of these seeds",
    ),
    Entry(
        key="chance_jaccard",
        title="Chance level of Jaccard@K",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="none",
        meaning="Mean Jaccard index of random sets of the same sizes out of the same words.",
        source="mean of the hypergeometric law, docs/methods.md section 4",
        interval="none: worked out from the sizes of the sets",
    ),
    Entry(
        key="jaccard_adjusted",
        title="Jaccard@K above chance",
        dimension="reasons",
        unit="",
        low=-1.0,
        high=1.0,
        direction="higher",
        meaning="Jaccard@K on a scale where 0 is chance and 1 is identity, averaged over texts.",
        source="(J - E[J]) / (1 - E[J]), docs/methods.md section 4",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="feature_agreement",
        title="Feature agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Share of the K top words that both models name.",
        source="FA, Krishna et al., arXiv 2202.01602",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="rank_agreement",
        title="Rank agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Share of the K top places that hold the same word for both models.",
        source="RA, Krishna et al., arXiv 2202.01602",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="sign_agreement",
        title="Sign agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=("Share of the K top words that both models name and that push both in the same direction."),
        source="SA, Krishna et al., arXiv 2202.01602",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="signed_rank_agreement",
        title="Signed rank agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Share of the K top places that hold the same word with the same direction for both models."
        ),
        source="SRA, Krishna et al., arXiv 2202.01602",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="rbo",
        title="Rank-biased overlap",
        dimension="reasons",
        unit="",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Agreement of the whole order of words, in which the first places count most.",
        source="Webber, Moffat, Zobel 2010, extrapolated, p = 0.8",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="spearman",
        title="Spearman correlation of weights",
        dimension="reasons",
        unit="",
        low=-1.0,
        high=1.0,
        direction="higher",
        meaning="Correlation of the ranks that the models give to the words by absolute weight.",
        source="Spearman 1904",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="kendall",
        title="Kendall correlation of weights",
        dimension="reasons",
        unit="",
        low=-1.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Pairs of words in the same order by absolute weight minus pairs in opposite order, corrected"
            " for ties."
        ),
        source="tau-b, Kendall 1945",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="cosine",
        title="Cosine of weights",
        dimension="reasons",
        unit="",
        low=-1.0,
        high=1.0,
        direction="higher",
        meaning="Cosine of the angle between the models' signed word weights; -1 means opposite reasons.",
        source="cosine similarity",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="ruzicka",
        title="Ruzicka overlap of weights",
        dimension="reasons",
        unit="",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Overlap of the shares of absolute weight that the models give to the words.",
        source="Ruzicka 1958, on weights that sum to 1",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="signed_mass_agreement",
        title="Signed mass agreement",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Share of the weight that both models lay on the same words in the same direction.",
        source="1 - half the L1 distance of normalised weights, docs/methods.md section 4",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="unstable_texts",
        title="Unstable explanations",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Share of texts whose K-th and (K+1)-th word cannot be told apart given the spread between "
            "two halves."
        ),
        source="docs/methods.md section 3",
        interval="Wilson",
    ),
    Entry(
        key="close_neighbours",
        title="Near ties at the border",
        dimension="reasons",
        unit="texts",
        low=0.0,
        high=None,
        direction="lower",
        meaning=(
            "Texts whose K-th and (K+1)-th word are nearer than 0.00001, so that another machine or batch"
            " size may swap them."
        ),
        source="docs/methods.md section 4",
        interval="none: a count",
    ),
    Entry(
        key="local_r2",
        title="Fit of LIME",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning="Share of a model's behaviour around a text that the linear explanation reproduces.",
        source="weighted R2 of the local fit, Ribeiro et al. 2016",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="additivity_gap",
        title="Additivity gap of SHAP",
        dimension="reasons",
        unit="",
        low=0.0,
        high=None,
        direction="lower",
        meaning=(
            "The largest difference between the sum of a text's word weights and what the model's output "
            "changes from the empty to the full text."
        ),
        source="Lundberg and Lee 2017",
        interval="none: the largest of all texts",
    ),
    Entry(
        key="texts_left_out",
        title="Texts left out of the reasons",
        dimension="reasons",
        unit="texts",
        low=0.0,
        high=None,
        direction="none",
        meaning=(
            "Explained texts that could not be compared: no more than K words, or no word with any weight."
        ),
        source="docs/methods.md section 4",
        interval="none: a count",
    ),
)
