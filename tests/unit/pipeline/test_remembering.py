"""What is kept of predictions and explanations, and under which keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trust_core.domain.attributions import Attribution, Explanation, Half
from trust_core.explain.settings import Settings
from trust_core.pipeline.remembering import Memories, PredictedText
from trust_core.store.cache import ResultCache

TEXTS = [("a man sings", "nobody"), ("dogs run", None)]


def _memories(folder: Path | None, **changes: Any) -> Memories:
    cache = None if folder is None else ResultCache(folder / "c.sqlite", max_bytes=10**9)
    return Memories(cache, {"content": "abc", "backend": "torch", **changes}, {})


def _attribution(text_id: str, half: Half, rng: np.random.Generator) -> Attribution:
    drawn = rng.standard_normal((5, 3)), *rng.standard_normal((3, 3))
    return Attribution(text_id, "lime", half, *drawn, "local_r2", 40, complete=False)


def _explanation(text_id: str, *, halves: bool) -> Explanation:
    rng = np.random.default_rng(3)
    whole, first, second = (_attribution(text_id, half, rng) for half in ("all", "h1", "h2"))  # type: ignore[arg-type]
    return Explanation(whole, (first, second) if halves else None)


def _same(one: Explanation, other: Explanation) -> bool:
    names = ("weights", "base", "full", "fidelity")
    return len(one.attributions) == len(other.attributions) and all(
        (a.text_id, a.half, a.explainer, a.fidelity_kind, a.passes, a.complete)
        == (b.text_id, b.half, b.explainer, b.fidelity_kind, b.passes, b.complete)
        and all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in names)
        for a, b in zip(one.attributions, other.attributions, strict=True)
    )


@pytest.mark.parametrize("halves", [True, False])
def test_an_explanation_comes_back_bit_for_bit(tmp_path: Path, halves: bool) -> None:
    """Weights, halves and all the rest are what they were; only what is missing is made."""
    memory = _memories(tmp_path).explanations("lime", Settings(seed=1))
    asked: list[Sequence[int]] = []

    def make(missing: Sequence[int]) -> list[Explanation]:
        asked.append(list(missing))
        return [_explanation("ab"[at], halves=halves) for at in missing]

    made = memory.completed("a", TEXTS[:1], make)
    found = memory.completed("ab", TEXTS, make)
    assert asked == [[0], [1]]
    assert _same(found[0], made[0])
    assert _same(found[1], _explanation("b", halves=halves))


def test_a_prediction_comes_back_bit_for_bit(tmp_path: Path) -> None:
    """Probabilities, logits and whether the text was cut."""
    one = PredictedText(np.array([0.1, 0.9]), np.array([-1.0, 1 / 3]), truncated=True)
    _memories(tmp_path).predictions().completed("a", TEXTS[:1], lambda _: [one])
    memories = _memories(tmp_path)
    (found,) = memories.predictions().completed("a", TEXTS[:1], lambda _: [])
    assert found.probabilities.tobytes() == one.probabilities.tobytes()
    assert found.logits.tobytes() == one.logits.tobytes()
    assert found.truncated is True
    assert memories.found == {"predictions": 1}


@pytest.mark.parametrize(
    "explainer, settings, changes, known",
    [
        ("lime", Settings(seed=1), {}, True),
        ("lime", Settings(seed=1, permutations=4, budget=9), {}, True),
        ("lime", Settings(seed=2), {}, False),
        ("lime", Settings(seed=1, samples=500), {}, False),
        ("lime", Settings(seed=1, sampling="independent"), {}, False),
        ("lime", Settings(seed=1, scale="logit"), {}, False),
        ("lime", Settings(seed=1, rule="mask"), {}, False),
        ("lime", Settings(seed=1), {"content": "abd"}, False),
        ("lime", Settings(seed=1), {"backend": "openvino"}, False),
        ("shap-partition", Settings(seed=1), {}, False),
    ],
)
def test_what_an_explanation_depends_on(
    tmp_path: Path, explainer: str, settings: Settings, changes: dict[str, Any], known: bool
) -> None:
    """Another model, backend, seed or setting that the explainer reads is another explanation."""
    made = [_explanation("a", halves=True)]
    _memories(tmp_path).explanations("lime", Settings(seed=1)).completed("a", TEXTS[:1], lambda _: made)
    again: list[int] = []

    def make(missing: Sequence[int]) -> list[Explanation]:
        again.extend(missing)
        return made

    _memories(tmp_path, **changes).explanations(explainer, settings).completed("a", TEXTS[:1], make)
    assert (again == []) is known


def test_without_a_cache_everything_is_made() -> None:
    """No cache, no memory."""
    memory = _memories(None).explanations("lime", Settings(seed=1))
    for _ in range(2):
        (found,) = memory.completed("a", TEXTS[:1], lambda _: [_explanation("a", halves=True)])
        assert found.text_id == "a"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"shapes": [[2]]}\n1234', b'{"shapes": [["x"]]}\n', b"\xff\xfe\n"]
)
def test_bytes_that_are_no_result(tmp_path: Path, content: bytes) -> None:
    """What cannot be read is made anew."""
    memories = _memories(tmp_path)
    assert memories.predictions().read("a", content) is None
    assert memories.explanations("lime", Settings(seed=1)).read("a", content) is None
