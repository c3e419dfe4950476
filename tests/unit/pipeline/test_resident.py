"""Which models of a run stay loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from trust_core.errors import DeviceFull, RunConflict
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device, choose_device
from trust_core.models.facts import LoadedModel
from trust_core.models.forward import AS_TORCH, Compute
from trust_core.models.inspection import InspectedModel
from trust_core.pipeline import resident
from trust_core.pipeline.plan import Member
from trust_core.pipeline.resident import ResidentModels


@pytest.fixture
def full() -> dict[str, DeviceFull]:
    """What the next attempt to load a model ends in."""
    return {}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, full: dict[str, DeviceFull]) -> list[str]:
    """What is loaded and released, in order; a model is as large as its name says."""
    events: list[str] = []

    @contextmanager
    def loads(inspected: Any, *, name: str, **_: object) -> Iterator[Any]:
        if name in full:
            raise full.pop(name)
        events.append(f"+{name}")
        yield Mock(
            spec=LoadedModel,
            classifier=Mock(spec=TorchClassifier),
            footprint=SimpleNamespace(memory_bytes=inspected.checkpoint.loaded_bytes),
        )
        events.append(f"-{name}")

    monkeypatch.setattr(resident, "resident", loads)
    return events


def _member(name: str, *, changed: bool = False) -> Member:
    size = int(name[1:])
    # Stored in half precision.
    facts = SimpleNamespace(content_hash=name, stored_bytes=size // 2)
    checkpoint = SimpleNamespace(loaded_bytes=size, changed=changed)
    return Member(name, "candidate", Mock(spec=InspectedModel, facts=facts, checkpoint=checkpoint), (0, 1))


def _use(models: ResidentModels, *names: str) -> None:
    for name in names:
        with models.of(_member(name)) as model:
            assert model.bytes in (0, int(name[1:]))
            _ = model.loaded
            assert model.bytes == int(name[1:])


def _models(kept_bytes: int, *, device: Device | None = None, compute: Compute = AS_TORCH) -> ResidentModels:
    place = device or choose_device("cpu")
    return ResidentModels(("a", "b"), device=place, batch_tokens=64, compute=compute, kept_bytes=kept_bytes)


def test_small_models_are_loaded_once(told: list[str]) -> None:
    """Round after round the same two models answer; both are released at the end."""
    with _models(10) as models:
        _use(models, "a4", "b5", "a4", "b5")
        assert told == ["+a4", "+b5"]
    assert sorted(told[2:]) == ["-a4", "-b5"]


def test_large_models_are_there_one_at_a_time(told: list[str]) -> None:
    """A model over the limit goes as soon as it is done with, and everything else before it is loaded."""
    with _models(10) as models:
        _use(models, "a4", "b50", "c60", "a4")
        assert told == ["+a4", "-a4", "+b50", "-b50", "+c60", "-c60", "+a4"]


def test_who_waited_longest_goes_first(told: list[str]) -> None:
    """A third model pushes out the one that was used longest ago."""
    with _models(10) as models:
        _use(models, "a4", "b5", "a4", "c6")
        assert told == ["+a4", "+b5", "-b5", "+c6"]


def test_what_needs_no_model_loads_none(told: list[str]) -> None:
    """A run whose work is done already enters and leaves, and nothing is loaded."""
    with _models(10) as models, models.of(_member("a4")):
        pass
    assert told == []


def test_an_error_releases_all(told: list[str]) -> None:
    """Whatever ends a run ends its models with it."""

    def interrupted() -> None:
        with _models(10) as models:
            _use(models, "a4")
            with models.of(_member("b5")) as model:
                _ = model.loaded
                raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert sorted(told[2:]) == ["-a4", "-b5"]


def test_a_small_gpu_keeps_less(told: list[str]) -> None:
    """On a GPU what stays is no more than a twentieth of its memory."""
    with _models(100, device=Device("cuda:0", "a GPU", 180, total_bytes=200)) as models:
        _use(models, "a4", "b5", "c6")
        assert told == ["+a4", "+b5", "-a4", "-b5", "+c6"]


@pytest.mark.parametrize(
    "place, compute, copies",
    [
        ("cpu", AS_TORCH, 1),
        ("cpu", Compute("auto"), 2),
        ("cpu", Compute("torch", "bf16"), 2),
        ("cuda:0", Compute("auto"), 1),
        ("cuda:0", Compute("openvino"), 1),
        ("cuda:0", Compute("auto", "fp16"), 2),
    ],
)
@pytest.mark.parametrize("gradients_first", [True, False])
def test_gradients_share_the_weights_of_torch(
    told: list[str], place: str, compute: Compute, copies: int, gradients_first: bool
) -> None:
    """One copy of a model gives answers and gradients where torch computes both in single precision."""
    device = Device(place, "a device", None)
    with _models(20, device=device, compute=compute) as models, models.of(_member("a4")) as model:
        parts = ("network", "loaded") if gradients_first else ("loaded", "network")
        for part in (*parts, *parts):
            getattr(model, part)
        assert (model.network is model.loaded.classifier) == (copies == 1)
        assert model.bytes == 4 * copies
        assert told == ["+a4"] * copies


def test_what_does_not_fit_gets_the_memory_of_the_others(
    told: list[str], full: dict[str, DeviceFull]
) -> None:
    """Where memory is full all other models go, and loading is tried once more."""
    with _models(20) as models:
        _use(models, "a4", "b5")
        full["c6"] = DeviceFull("full")
        _use(models, "c6", "a4")
        assert told == ["+a4", "+b5", "-a4", "-b5", "+c6", "+a4"]


def test_what_does_not_fit_alone_is_an_error(told: list[str], full: dict[str, DeviceFull]) -> None:
    """Where there is nothing to let go, nothing is tried again."""
    full["a4"] = DeviceFull("full")
    with _models(20) as models, models.of(_member("a4")) as model, pytest.raises(DeviceFull):
        _ = model.loaded
    assert told == []


def test_a_folder_that_changed_is_not_loaded(told: list[str]) -> None:
    """Answers of other weights are never mixed in: the run ends and says whose files have changed."""
    with _models(20) as models, models.of(_member("a4", changed=True)) as model:
        with pytest.raises(RunConflict, match="'a4' have changed") as caught:
            _ = model.loaded
        assert "Start again" in caught.value.remedy
    assert told == []
