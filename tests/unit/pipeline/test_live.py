"""Models that stay loaded."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.models_checkpoints import NLI
from tests.support.pipeline_runs import make_workbench, write_model, write_neighbour
from trust_core.domain.report import ModelInfo
from trust_core.domain.spec import DataSpec, LimeSpec, Spec
from trust_core.errors import DeviceFull, ModelRefused, RunConflict, SpecError
from trust_core.explain.settings import Settings
from trust_core.models.policy import Policy
from trust_core.perturb.words import segment
from trust_core.pipeline import resident
from trust_core.pipeline.live import MOST_PAIRS, LiveModels, Origin, limited

PAIR = ("man sings", "nobody sings")


def origin_of(known: tuple[ModelInfo, ...] = (), policy: Policy | None = None) -> Origin:
    """Where tiny models come from."""
    return Origin(NLI, known, policy or Policy(origin="typed"), str)


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    """An evaluation of two tiny models."""
    bench = make_workbench(tmp_path, texts=3)
    return Spec(
        reference=str(bench.reference),
        candidates=(str(bench.candidate), "ref:int8"),
        data=DataSpec(source="x"),
        lime=LimeSpec(samples=40),
    )


@pytest.mark.slow
def test_answers_and_reasons(spec: Spec) -> None:
    """Both models answer and explain the same words; the same question has the same answer."""
    live = LiveModels()
    pair = live.pair(spec, spec.candidates[0], origin_of())
    first, second = pair.probabilities([PAIR, ("man", None)])
    assert first.shape == second.shape == (2, 3)
    assert np.allclose(first.sum(axis=1), 1.0)
    assert not np.allclose(first, second)
    assert [part.shape for part in pair.probabilities([])] == [(0, 3), (0, 3)]
    text = segment("edited", PAIR)
    found = pair.explanations(text, ("lime", "shap"), samples=100)
    assert set(found) == {"lime", "shap-partition"}
    again = pair.explanations(text, ("lime",), samples=100)
    assert np.array_equal(found["lime"][0].whole.weights, again["lime"][0].whole.weights)
    assert found["shap-partition"][1].whole.full == pytest.approx(second[0], abs=1e-6)
    assert pair.pieces(("man sings", None))[1] == ((0, 0, 3), (0, 4, 9))
    assert live.pair(spec, spec.candidates[0], origin_of()) is pair
    with pytest.raises(SpecError, match="at most"):
        pair.explanations(segment("edited", ("man " * 40, None)), ("shap-exact",), samples=100)
    with pytest.raises(SpecError, match="no explainer"):
        pair.explanations(text, ("magic",), samples=100)


@pytest.mark.slow
def test_the_last_pairs_stay(spec: Spec, tmp_path: Path) -> None:
    """A pair that has not been asked for longest is let go."""
    live = LiveModels()
    third = str(write_neighbour(tmp_path / "third", Path(spec.reference or ""), seed=3))
    names = (*spec.candidates, third)
    wide = spec.model_copy(update={"candidates": names})
    pairs = [live.pair(wide, name, origin_of()) for name in names]
    assert len(names) == MOST_PAIRS + 1
    assert live.pair(wide, names[2], origin_of()) is pairs[2]
    assert live.pair(wide, names[1], origin_of()) is pairs[1]
    assert live.pair(wide, names[0], origin_of()) is not pairs[0]


@pytest.mark.slow
def test_other_pairs_go_where_memory_is_full(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair that does not fit beside those that were asked before takes their place."""
    live = LiveModels()
    first = live.pair(spec, spec.candidates[0], origin_of())
    first.probabilities([PAIR])
    load, full = resident.resident, [DeviceFull("full")]

    def loads(*args: Any, **kwargs: Any) -> Any:
        if full:
            raise full.pop()
        return load(*args, **kwargs)

    monkeypatch.setattr(resident, "resident", loads)
    second = live.pair(spec, "ref:int8", origin_of())
    assert second.probabilities([PAIR])[0].shape == (1, 3)
    assert [model.bytes for model in first.models] == [0, 0]
    assert live.pair(spec, "ref:int8", origin_of()) is second
    assert live.pair(spec, spec.candidates[0], origin_of()) is not first


@pytest.mark.slow
def test_a_changed_model_is_noticed(spec: Spec) -> None:
    """Files that have changed are read again; a model that is not that of the run any more is refused."""
    live, candidate = LiveModels(), spec.candidates[0]
    pair = live.pair(spec, candidate, origin_of())
    infos = tuple(
        ModelInfo(
            name=model.member.name,
            role=model.member.role,
            source="folder",
            content_hash=model.member.inspected.facts.content_hash,
        )
        for model in pair.models
    )
    assert live.pair(spec, candidate, origin_of(infos)) is pair
    before = pair.probabilities([PAIR])[1]
    write_model(Path(candidate), seed=9)
    after = live.pair(spec, candidate, origin_of()).probabilities([PAIR])[1]
    assert not np.allclose(before, after)
    write_model(Path(candidate), seed=10)
    with pytest.raises(RunConflict, match="has changed since the run"):
        live.pair(spec, candidate, origin_of(infos))
    for file in Path(candidate).iterdir():
        file.unlink()
    with pytest.raises(ModelRefused):
        live.pair(spec, candidate, origin_of())


def test_a_place_that_is_not_allowed(spec: Spec, tmp_path: Path) -> None:
    """The policy of the app holds for edits too."""
    with pytest.raises(ModelRefused, match="outside the allowed folders"):
        LiveModels().pair(spec, "ref:int8", origin_of(policy=Policy(roots=(tmp_path / "elsewhere",))))


@pytest.mark.parametrize("words, samples", [(3, 500), (200, 500), (3, 1), (3, 31)])
def test_limits_keep_within_the_samples(words: int, samples: int) -> None:
    """No explainer asks for more texts than somebody can wait for, and the settings stay valid."""
    found = limited(
        Settings(seed=0, samples=1000, permutations=20, budget=None), words=words, samples=samples
    )
    assert found.samples <= max(samples, 20)
    assert found.budget is not None
    assert found.budget <= max(samples, 20)
    assert found.permutations * (words + 1) <= max(samples, 2 * (words + 1), 20)
    small = limited(Settings(seed=0, samples=40, permutations=4, budget=30), words=words, samples=5000)
    assert (small.samples, small.permutations, small.budget) == (40, 4, 30)
