"""Measures of the dimension `reasons` that try the words of an explanation out on the models."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

CAUSES: tuple[Entry, ...] = (
    Entry(
        key="keep_rate",
        title="Keep rate",
        dimension="reasons",
        unit="share",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "Share of texts where a model that sees nothing but K words gives the same answer as to the "
            "whole text: each model with its own top words, the candidate with the reference's, and with "
            "random ones, which is what any K words do."
        ),
        source="Keep_AA, Keep_BB and Keep_AB, docs/methods.md section 4",
        interval="Wilson",
    ),
    Entry(
        key="keep_rate_change",
        title="Change of the keep rate",
        dimension="reasons",
        unit="share",
        low=-1.0,
        high=1.0,
        direction="zero",
        meaning=(
            "Keep rate of the candidate with the reference's top words minus that with its own: below 0 the "
            "reference's words hold the candidate's answer less often than its own do."
        ),
        source="Keep_AB - Keep_BB, docs/methods.md section 4",
        interval="Bonett and Price, paired",
        identity=0.0,
    ),
    Entry(
        key="deletion_drop",
        title="Drop without the top words",
        dimension="reasons",
        unit="probability",
        low=-1.0,
        high=1.0,
        direction="none",
        meaning=(
            "How far the probability of the explained class falls, on average over texts, when K words go: "
            "each model's own top words, the reference's from the candidate, and random ones."
        ),
        source="comprehensiveness, DeYoung et al., arXiv 1911.03429",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="cross_deletion",
        title="Cross-deletion",
        dimension="reasons",
        unit="",
        low=None,
        high=None,
        direction="higher",
        meaning=(
            "Mean drop of the candidate when the reference's top words go, over its mean drop when its own "
            "go: 1 if the reference's words matter to the candidate as much as its own. Compare it with its "
            "chance level."
        ),
        source="docs/methods.md section 4; a ratio of means",
        interval="percentile bootstrap over texts",
        identity=1.0,
    ),
    Entry(
        key="cross_deletion_chance",
        title="Chance level of cross-deletion",
        dimension="reasons",
        unit="",
        low=None,
        high=None,
        direction="none",
        meaning="The same ratio with K random words in place of the reference's.",
        source="docs/methods.md section 4; a ratio of means",
        interval="percentile bootstrap over texts",
    ),
    Entry(
        key="normalised_aopc",
        title="Normalised AOPC",
        dimension="reasons",
        unit="",
        low=0.0,
        high=1.0,
        direction="higher",
        meaning=(
            "How fast a model's probability falls when K words go in the order of their weights, between the "
            "slowest (0) and the fastest (1) that any order of that model's words gives. The limits make "
            "it comparable across models; the pair follows the reference's order on the candidate."
        ),
        source="NAOPC by beam search, Edin et al., arXiv 2408.08137, over the first K words",
        interval="percentile bootstrap over texts",
    ),
)
