import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.inference_bert import tiny_bert
from tests.support.models_checkpoints import make_checkpoint
from trust_core.domain.arrays import FloatArray
from trust_core.errors import DeviceError, OutOfMemory
from trust_core.models import openvino_classifier
from trust_core.models.backends import with_backend
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device
from trust_core.models.facts import LoadedModel
from trust_core.models.first_token import FirstTokenLayer, last_layer_for_first_token
from trust_core.models.forward import TOLERANCE, Compute
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.loader import load_model, resident
from trust_core.models.openvino_classifier import OpenVinoClassifier, converted
from trust_core.models.policy import Policy
from trust_core.ports import Classifier

CPU = Device("cpu", "CPU", None)
GPU = Device("cuda:0", "a GPU", 10**9)
TYPED = Policy(origin="typed")
PAIRS = [("A man is riding a horse.", "Nobody is outdoors."), ("Two dogs", ""), ("The fox jumps over", "a")]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> InspectedModel:
    """A small BERT."""
    return inspect_model(str(make_checkpoint(tmp_path_factory.mktemp("bert"))), policy=TYPED)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for converted models that the tests share."""
    return tmp_path_factory.mktemp("cache")


def _logits(classifier: Classifier) -> FloatArray:
    rows = [
        classifier.logits(np.array([one.ids]), np.array([one.types]) if one.types else None)
        for one in classifier.encode(PAIRS)
    ]
    return np.concatenate(rows)


def _loaded(model: InspectedModel, compute: Compute) -> LoadedModel:
    return load_model(model, device=CPU, compute=compute)


def test_openvino_answers_as_torch(bert: InspectedModel, cache: Path) -> None:
    """Where it is asked for, OpenVINO computes, within the tolerance of torch, columns in their order."""
    order = (2, 0, 1)
    torch_alone = load_model(bert, device=CPU, order=order)
    loaded = load_model(bert, device=CPU, order=order, compute=Compute("openvino", cache=cache))
    assert isinstance(loaded.classifier, OpenVinoClassifier)
    assert loaded.forward.backend.startswith("OpenVINO 20")
    assert loaded.forward.note == ""
    assert 0 < loaded.forward.deviation <= TOLERANCE
    assert (loaded.classifier.name, loaded.classifier.classes) == (
        loaded.name,
        torch_alone.classifier.classes,
    )
    assert loaded.classifier.mask_token == torch_alone.classifier.mask_token
    assert loaded.classifier.parts is not None
    np.testing.assert_allclose(_logits(loaded.classifier), _logits(torch_alone.classifier), atol=1e-4)


def test_segment_ids_reach_openvino() -> None:
    """A network that tells its two texts apart does so under OpenVINO, for any batch and length."""
    classifier = tiny_bert(PAIRS)
    graph = converted(classifier, content_hash="tiny", cache=None)
    compiled = OpenVinoClassifier(classifier, graph, precision="fp32", threads=1)
    for b, t in ((1, 3), (5, 40), (64, 9)):
        ids = np.arange(b * t).reshape(b, t) % classifier.vocabulary
        for types in (None, np.zeros_like(ids), np.ones_like(ids)):
            expected = classifier.logits(ids, types)
            np.testing.assert_allclose(compiled.logits(ids, types), expected, atol=1e-4)
    assert np.abs(classifier.logits(ids, None) - classifier.logits(ids, np.ones_like(ids))).max() > 0.01


@pytest.mark.parametrize("family", ["bert", "roberta", "electra", "gpt2"])
def test_the_last_layer_is_cut_to_what_the_head_reads(family: str, tmp_path: Path) -> None:
    """With its last layer for the first token alone a network answers the same; then it is whole again."""
    model = inspect_model(str(make_checkpoint(tmp_path, family)), policy=TYPED)
    classifier = load_model(model, device=CPU).classifier
    assert isinstance(classifier, TorchClassifier)
    expected, before = _logits(classifier), list(classifier.module.modules())
    with last_layer_for_first_token(classifier.module):
        cut = [layer for layer in classifier.module.modules() if isinstance(layer, FirstTokenLayer)]
        assert len(cut) == (family != "gpt2")
        np.testing.assert_allclose(_logits(classifier), expected, atol=1e-5)
    assert list(classifier.module.modules()) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "family", ["distilbert", "roberta", "albert", "electra", "deberta-v2", "gpt2", "llama"]
)
def test_every_family_is_computed_by_one_backend_or_the_other(family: str, tmp_path: Path) -> None:
    """Whether OpenVINO can convert a network or not, the answers are those of torch."""
    model = inspect_model(str(make_checkpoint(tmp_path, family)), policy=TYPED)
    expected = _logits(_loaded(model, Compute("torch")).classifier)
    loaded = _loaded(model, Compute("auto"))
    assert loaded.forward.deviation <= TOLERANCE
    assert loaded.forward.backend.startswith("OpenVINO") or loaded.forward.note
    np.testing.assert_allclose(_logits(loaded.classifier), expected, atol=1e-4)


def test_converted_models_are_kept(
    bert: InspectedModel, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second load reads the converted network, which is kept by the model's hash without any pickle."""
    first = _loaded(bert, Compute("auto", cache=cache))
    (folder,) = (cache / "openvino").iterdir()
    assert sorted(file.name for file in folder.iterdir()) == ["model.bin", "model.xml"]
    monkeypatch.setattr(openvino_classifier, "_convert", _fail)
    second = _loaded(bert, Compute("auto", cache=cache))
    assert second.forward == first.forward
    np.testing.assert_array_equal(_logits(second.classifier), _logits(first.classifier))


def _fail(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("no conversion rule for aten::strange\nand more")


def test_a_network_that_cannot_be_converted_stays_with_torch(
    bert: InspectedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing converter ends in torch and a note, not in an error."""
    monkeypatch.setattr(openvino_classifier, "_convert", _fail)
    loaded = _loaded(bert, Compute("auto"))
    assert isinstance(loaded.classifier, TorchClassifier)
    assert loaded.forward.backend == f"torch {torch.__version__}"
    assert loaded.forward.note == (
        "OpenVINO cannot run this network (no conversion rule for aten::strange). torch computes instead."
    )
    assert _logits(loaded.classifier).shape == (3, 3)


def test_a_network_that_answers_otherwise_is_refused(
    bert: InspectedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A converted network whose probabilities are not torch's is not used, and the note says by how much."""
    other = inspect_model(str(make_checkpoint(tmp_path, seed=1)), policy=TYPED)
    wrong = load_model(other, device=CPU).classifier
    assert isinstance(wrong, TorchClassifier)
    graph = converted(wrong, content_hash="other", cache=None)
    monkeypatch.setattr(openvino_classifier, "converted", lambda *args, **kwargs: graph)
    loaded = _loaded(bert, Compute("openvino"))
    assert isinstance(loaded.classifier, TorchClassifier)
    assert "differ from torch's by" in loaded.forward.note
    assert "more than 1e-05" in loaded.forward.note


def test_int8_layers_stay_with_torch(bert: InspectedModel) -> None:
    """A quantised candidate is computed by torch; only who asked for OpenVINO is told why."""
    int8 = inspect_model("ref:int8", policy=TYPED, base=bert)
    assert _loaded(int8, Compute("auto")).forward.note == ""
    asked = _loaded(int8, Compute("openvino"))
    assert isinstance(asked.classifier, TorchClassifier)
    assert asked.forward.note == "OpenVINO does not take torch's int8 layers. torch computes instead."


def test_without_openvino_torch_computes(bert: InspectedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without OpenVINO works, and says so to whoever asks for it."""
    monkeypatch.setattr(openvino_classifier, "is_installed", lambda: False)
    assert _loaded(bert, Compute("auto")).forward.note == ""
    assert _loaded(bert, Compute("openvino")).forward.note.startswith("OpenVINO is not installed.")


@pytest.mark.parametrize("backend", ["torch", "openvino"])
def test_lower_precision_reports_its_deviation(bert: InspectedModel, backend: Any) -> None:
    """bf16 is used as asked, and how far it moves the probabilities of real texts is known."""
    loaded = _loaded(bert, Compute(backend, "bf16", probes=tuple(PAIRS)))
    assert loaded.forward.precision == "bf16"
    expected = _logits(_loaded(bert, Compute("torch")).classifier)
    np.testing.assert_allclose(_logits(loaded.classifier), expected, atol=0.5)
    assert loaded.forward.deviation > (1e-5 if backend == "torch" else -1)


def test_fp16_needs_a_gpu(bert: InspectedModel) -> None:
    """On the CPU fp16 is refused with what can be used."""
    with pytest.raises(DeviceError, match="fp32 or bf16"):
        _loaded(bert, Compute("torch", "fp16"))


def test_released_classifiers_answer_no_more(bert: InspectedModel, cache: Path) -> None:
    """A compiled network is gone when its `with` block is left."""
    with resident(bert, device=CPU, compute=Compute("auto", cache=cache)) as loaded:
        classifier = loaded.classifier
        assert _logits(classifier).shape == (3, 3)
    with pytest.raises(AttributeError):
        _logits(classifier)


def test_a_batch_that_does_not_fit_is_out_of_memory(bert: InspectedModel, cache: Path) -> None:
    """The library's allocation failure is the error that halves batches; any other passes through."""
    classifier = _loaded(bert, Compute("auto", cache=cache)).classifier

    class _Full:
        message = "std::bad_alloc"

        def infer(self, *args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(self.message)

    classifier._request = _Full()  # type: ignore[attr-defined]
    with pytest.raises(OutOfMemory):
        _logits(classifier)
    _Full.message = "shape mismatch"
    with pytest.raises(RuntimeError, match="shape mismatch"):
        _logits(classifier)


def test_models_used_longest_ago_are_removed(tmp_path: Path) -> None:
    """The cache holds a fixed number of models; other files in it are left alone."""
    for age in range(openvino_classifier.KEPT + 3):
        folder = tmp_path / f"model-{age}"
        folder.mkdir()
        (folder / "model.xml").write_text("")
        os.utime(folder, (10**9 - age, 10**9 - age))
    (tmp_path / "note.txt").write_text("")
    openvino_classifier._prune(tmp_path)
    left = {entry.name for entry in tmp_path.iterdir()}
    assert left == {f"model-{age}" for age in range(openvino_classifier.KEPT)} | {"note.txt"}


_WATCHED = """
import socket, sys, threading
tried = []
def refuse(*args, **kwargs):
    tried.append(args)
    raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.create_connection = refuse
from pathlib import Path
from trust_core.models.device import Device
from trust_core.models.forward import Compute
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import load_model
from trust_core.models.policy import Policy
loaded = load_model(
    inspect_model(sys.argv[1], policy=Policy(origin="typed")),
    device=Device("cpu", "CPU", None),
    compute=Compute("openvino", cache=Path(sys.argv[2])),
)
assert loaded.forward.backend.startswith("OpenVINO"), loaded.forward
for thread in threading.enumerate():
    if thread is not threading.current_thread() and not thread.daemon:
        thread.join()
assert not tried, tried
assert sys.modules["openvino_telemetry"] is None
assert not [name for name in sys.modules if name.startswith("openvino_telemetry.")]
"""


@pytest.mark.slow
def test_openvino_reports_nothing_to_anyone(bert: InspectedModel, tmp_path: Path) -> None:
    """Importing, converting and running opens no connection, and the reporting package is never loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, bert.facts.written, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_gpu_is_left_to_torch(bert: InspectedModel) -> None:
    """On a CUDA device `auto` is torch, without a word; who asks for OpenVINO is told."""
    classifier = load_model(bert, device=CPU).classifier
    assert isinstance(classifier, TorchClassifier)
    for backend, said in (("auto", ""), ("openvino", "OpenVINO computes on the CPU alone.")):
        chosen, forward = with_backend(
            classifier,
            Compute(backend),
            device=GPU,
            content_hash="",
            quantised=False,  # type: ignore[arg-type]
        )
        assert chosen is classifier
        assert forward.note.startswith(said)
        assert bool(forward.note) == bool(said)
