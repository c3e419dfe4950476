"""One word that a click has kept: its weights for every class, and where else it weighs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trust_core.report.criteria import explainer_title


def weights_by_class(
    attributions: pd.DataFrame, *, segment: int, position: int, models: tuple[str, str]
) -> pd.DataFrame:
    """The weights of one word of one text: a row for each explainer and class.

    Columns: explainer, class, then each model's weight, then candidate minus reference.

    Args:
        attributions: the rows of this text.
        segment: of the word.
        position: of the word in its segment.
        models: names of reference and candidate.
    """
    rows = attributions[
        (attributions["half"] == "all")
        & (attributions["segment"] == segment)
        & (attributions["position"] == position)
    ]
    keys = ["explainer", "class"]
    sides = [rows[rows["model"] == model].set_index(keys)["weight"].rename(model) for model in models]
    table = pd.concat(sides, axis=1).dropna().reset_index()
    table["explainer"] = [explainer_title(str(name)) for name in table["explainer"]]
    table["class"] = table["class"].astype(str)
    table["difference"] = table[models[1]] - table[models[0]]
    return table


def explained_words(
    attributions: pd.DataFrame, pairs: pd.DataFrame, *, reference: str, candidate: str
) -> pd.DataFrame:
    """Every word of every explained text with both models' weights for the class that was explained.

    Columns: folded (the word without regard to case), word, id, explainer, reference, candidate.
    """
    of_candidate = pairs[(pairs["candidate"] == candidate) & pairs["explained_class"].notna()]
    if of_candidate.empty or "word" not in attributions:
        return pd.DataFrame(columns=["folded", "word", "id", "explainer", "reference", "candidate"])
    whole = attributions[attributions["half"] == "all"]
    keys = ["id", "explainer", "segment", "position"]
    sides = []
    for model, column, name in (
        (reference, "explained_class", "reference"),
        (candidate, "candidate_class", "candidate"),
    ):
        classes = of_candidate.set_index("id")[column]
        rows = whole[whole["model"] == model]
        wanted = rows["id"].astype(str).map(classes)
        rows = rows[rows["class"].astype(str) == wanted]
        sides.append(rows[[*keys, "word", "weight"]].rename(columns={"weight": name}))
    joined = sides[0].merge(sides[1].drop(columns="word"), on=keys)
    joined["folded"] = joined["word"].str.casefold()
    return joined[["folded", "word", "id", "explainer", "reference", "candidate"]]


def elsewhere(words: pd.DataFrame, word: str, *, besides: str, explainers: Sequence[str]) -> pd.DataFrame:
    """Other explained texts that hold the word: id, explainer, both weights, the largest difference first.

    Args:
        words: see `explained_words`.
        word: whatever its case.
        besides: id of the text that is shown.
        explainers: whose weights are listed.
    """
    rows = words[
        (words["folded"] == word.casefold())
        & (words["id"] != besides)
        & words["explainer"].isin(list(explainers))
    ]
    table = pd.DataFrame(
        {
            "id": rows["id"].astype(str).to_numpy(),
            "explainer": [explainer_title(str(name)) for name in rows["explainer"]],
            "reference": rows["reference"].to_numpy(),
            "candidate": rows["candidate"].to_numpy(),
        }
    )
    table["difference"] = table["candidate"] - table["reference"]
    order = np.argsort(-np.abs(table["difference"].to_numpy()), kind="stable")
    return table.iloc[order].reset_index(drop=True)
