"""Measures of the dimension `reasons`."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Direction, Entry

_KRISHNA = "Krishna et al., arXiv 2202.01602"
_BOOTSTRAP = "percentile bootstrap over texts"


def _entry(
    key: str,
    title: str,
    meaning: str,
    source: str,
    *,
    unit: str = "",
    low: float | None = 0.0,
    high: float | None = 1.0,
    direction: Direction = "higher",
    interval: str = _BOOTSTRAP,
    identity: float | None = 1.0,
) -> Entry:
    """An entry with what most measures of reasons share."""
    return Entry(
        key=key,
        title=title,
        dimension="reasons",
        unit=unit,
        low=low,
        high=high,
        direction=direction,
        meaning=meaning,
        source=source,
        interval=interval,
        identity=identity,
    )


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
            "How far both models rest on the same words, freed of chance and of the explainer's own noise: "
            "0 is chance, 1 is what the models agree with themselves. Compare it at equal samples only."
        ),
        source="crossed split halves, docs/methods.md section 4",
        interval="percentile bootstrap over texts; identical models are exactly 1",
        identity=1.0,
        votes=True,
        margin="alignment",
    ),
    _entry(
        "cross_agreement",
        "Agreement across halves",
        "Mean Jaccard index of the reference's top words from one half of the samples and the candidate's "
        "from the other half: the numerator of S before chance is taken away.",
        "docs/methods.md section 4",
        unit="share",
        identity=None,
    ),
    _entry(
        "self_agreement",
        "Self-agreement",
        "Mean Jaccard index of a model's top words from two independent halves of its samples: the most that "
        "any other model can be asked to reach. Exactly 1 where the explainer has no sampling noise.",
        "docs/methods.md section 4",
        unit="share",
        identity=None,
    ),
    _entry(
        "jaccard",
        "Jaccard@K",
        "Share of the top words of either model that are top words of both. Read it beside its chance level; "
        "both models are explained on the same masks, so shared noise lifts it.",
        "Jaccard 1901; arXiv 2508.13533",
        unit="share",
    ),
    _entry(
        "chance_jaccard",
        "Chance level of Jaccard@K",
        "Mean Jaccard index of random sets of the same sizes out of the same words.",
        "mean of the hypergeometric law, docs/methods.md section 4",
        unit="share",
        direction="none",
        interval="none: worked out from the sizes of the sets",
        identity=None,
    ),
    _entry(
        "jaccard_adjusted",
        "Jaccard@K above chance",
        "Jaccard@K on a scale where 0 is chance and 1 is identity, averaged over texts.",
        "(J - E[J]) / (1 - E[J]), docs/methods.md section 4",
        low=-1.0,
    ),
    _entry(
        "feature_agreement",
        "Feature agreement",
        "Share of the K top words that both models name.",
        f"FA, {_KRISHNA}",
        unit="share",
    ),
    _entry(
        "rank_agreement",
        "Rank agreement",
        "Share of the K top places that hold the same word for both models.",
        f"RA, {_KRISHNA}",
        unit="share",
    ),
    _entry(
        "sign_agreement",
        "Sign agreement",
        "Share of the K top words that both models name and that push both in the same direction.",
        f"SA, {_KRISHNA}",
        unit="share",
    ),
    _entry(
        "signed_rank_agreement",
        "Signed rank agreement",
        "Share of the K top places that hold the same word with the same direction for both models.",
        f"SRA, {_KRISHNA}",
        unit="share",
    ),
    _entry(
        "rbo",
        "Rank-biased overlap",
        "Agreement of the whole order of words, in which the first places count most.",
        "Webber, Moffat, Zobel 2010, extrapolated, p = 0.8",
    ),
    _entry(
        "spearman",
        "Spearman correlation of weights",
        "Correlation of the ranks that the models give to the words by absolute weight.",
        "Spearman 1904",
        low=-1.0,
    ),
    _entry(
        "kendall",
        "Kendall correlation of weights",
        "Pairs of words in the same order by absolute weight minus pairs in opposite order, corrected for ties.",
        "tau-b, Kendall 1945",
        low=-1.0,
    ),
    _entry(
        "cosine",
        "Cosine of weights",
        "Cosine of the angle between the models' signed word weights; -1 means opposite reasons.",
        "cosine similarity",
        low=-1.0,
    ),
    _entry(
        "ruzicka",
        "Ruzicka overlap of weights",
        "Overlap of the shares of absolute weight that the models give to the words.",
        "Ruzicka 1958, on weights that sum to 1",
    ),
    _entry(
        "signed_mass_agreement",
        "Signed mass agreement",
        "Share of the weight that both models lay on the same words in the same direction.",
        "1 - half the L1 distance of normalised weights, docs/methods.md section 4",
        unit="share",
    ),
    _entry(
        "unstable_texts",
        "Unstable explanations",
        "Share of texts whose K-th and (K+1)-th word cannot be told apart given the spread between two halves.",
        "docs/methods.md section 3",
        unit="share",
        direction="lower",
        interval="Wilson",
        identity=None,
    ),
    _entry(
        "close_neighbours",
        "Near ties at the border",
        "Texts whose K-th and (K+1)-th word are nearer than 0.00001, so that another machine or batch size may "
        "swap them.",
        "docs/methods.md section 4",
        unit="texts",
        high=None,
        direction="lower",
        interval="none: a count",
        identity=None,
    ),
    _entry(
        "local_r2",
        "Fit of LIME",
        "Share of a model's behaviour around a text that the linear explanation reproduces.",
        "weighted R2 of the local fit, Ribeiro et al. 2016",
        unit="share",
        identity=None,
    ),
    _entry(
        "additivity_gap",
        "Additivity gap of SHAP",
        "The largest difference between the sum of a text's word weights and what the model's output changes from "
        "the empty to the full text.",
        "Lundberg and Lee 2017",
        high=None,
        direction="lower",
        interval="none: the largest of all texts",
        identity=None,
    ),
    _entry(
        "texts_left_out",
        "Texts left out of the reasons",
        "Explained texts that could not be compared: no more than K words, or no word with any weight.",
        "docs/methods.md section 4",
        unit="texts",
        high=None,
        direction="none",
        interval="none: a count",
        identity=None,
    ),
)
