"""What the shards of a published protocol hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from trust_core.alignment.published import published_overlap
from trust_core.domain.attributions import PublishedFeatures
from trust_core.domain.texts import TextSet
from trust_core.pipeline import work
from trust_core.pipeline.resident import ResidentModel
from trust_core.store.shards import Shards

STRINGS = {"a": ("zebra", "[SEP]", "yak", "xerus"), "b": ("yak", "zebra", "", "wolf")}


def _features(folder: Path, model: str, monkeypatch: pytest.MonkeyPatch, *, no_texts: bool) -> Any:
    def explained(text_id: str, *_: object, seed: int, **__: object) -> PublishedFeatures:
        weights = np.arange(4.0, 0, -1)
        return PublishedFeatures(
            text_id=text_id, explainer="lime", seed=seed, features=STRINGS[model], weights=weights
        )

    monkeypatch.setattr(work, "explain_as_published", explained)
    texts = TextSet(
        ids=("t",), text_a=("zebra yak",), text_b=("xerus",), gold=np.array([0]), classes=("x", "y")
    )
    growing = work.published_features(
        model, texts, [0], protocol="published-nli", explainer="lime", no_texts=no_texts,
        shards=Shards(folder / model), clock=lambda: 0.0,
    )  # fmt: skip
    growing.extend(Mock(spec=ResidentModel, engine=Mock()), 1, lambda _: None)
    return growing.found


def test_no_texts_keeps_digests_that_overlap_like_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no_texts no shard holds a word, and the Jaccard index is what it is of the words."""
    found = {}
    for hidden in (False, True):
        folder = tmp_path / str(hidden)
        sides = [_features(folder, model, monkeypatch, no_texts=hidden) for model in STRINGS]
        found[hidden] = published_overlap(*sides, {"t": 0}, protocol="published-nli").mean
        shards = [Shards(folder / model).read_table(0, 1) for model in STRINGS]
        assert any(word in str(shards) for word in ("zebra", "yak", "xerus", "wolf")) is not hidden
    assert found[True] == found[False] == pytest.approx(2 / 4)
