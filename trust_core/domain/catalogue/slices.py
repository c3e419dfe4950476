"""Measures of parts of the texts, and published figures that stand beside ours."""

from __future__ import annotations

from trust_core.domain.catalogue.entry import Entry

SLICES: tuple[Entry, ...] = (
    Entry(
        key="disagreement_order",
        title="Changed answers where people disagree",
        dimension="answers",
        unit="share",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "How often people disagree more about a text whose answer changed than about one whose answer "
            "stayed: 50 % if it makes no difference, more if answers change where people disagree, too. "
            "Measured where the data brings the annotators' labels or their entropy."
        ),
        source="area under the ROC curve; Nie, Zhou, Bansal 2020, arXiv 2010.03532, for the question",
        interval="Newcombe 2006, method 5",
    ),
    Entry(
        key="chi_squared_p",
        title="Chi-squared test of independence, as published",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "The test of arXiv 2510.06125, to compare with its figures. It takes the two models' answers for "
            "independent samples, although both answer the same texts, and so misses changes that the paired "
            "tests see. It never votes."
        ),
        source="Pearson 1900, as used in arXiv 2510.06125; models by classes, no continuity correction",
        interval="none: a p-value",
        identity=1.0,
    ),
    Entry(
        key="share_shift",
        title="Change of class shares (Cohen's w)",
        dimension="answers",
        unit="",
        low=0.0,
        high=1.0,
        direction="lower",
        meaning=(
            "Effect size of the Stuart-Maxwell test: how far the candidate uses the classes in other shares. "
            "0 no change beyond chance, .1 small, .3 medium, .5 large, 1 every text moves the same way."
        ),
        source="Cohen 1988, of Stuart 1955 and Maxwell 1970",
        interval="noncentral chi-squared, Steiger and Fouladi 1997",
        identity=0.0,
    ),
    Entry(
        key="stuart_maxwell_p_holm",
        title="Stuart-Maxwell test, corrected",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "The p-value of the Stuart-Maxwell test in one part, corrected for all tested parts of the same "
            "candidate; each candidate is a family of its own."
        ),
        source="Holm 1979",
        interval="none: a p-value",
        identity=1.0,
    ),
    Entry(
        key="slice_search_p",
        title="Search for parts, corrected",
        dimension="answers",
        unit="p-value",
        low=0.0,
        high=1.0,
        direction="none",
        meaning=(
            "How often the most striking part of any search through so many parts would look as striking as "
            "this one if the changed answers fell on any texts alike."
        ),
        source="Westfall and Young 1993, largest statistic over 999 permutations",
        interval="none: a p-value",
        identity=1.0,
    ),
)
