"""A folder with an ONNX graph answers as the model that it was exported from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from tests.support.models_checkpoints import NLI, make_checkpoint
from trust_core.errors import DeviceFull, ModelRefused, OutOfMemory, SpecError
from trust_core.models.device import choose_device
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import load_model, resident
from trust_core.models.onnx_classifier import OnnxClassifier
from trust_core.models.policy import Policy
from trust_core.ports import Classifier

TYPED = Policy("typed")
CPU = choose_device("cpu")
TABLE = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)


def write_graph(
    folder: Path,
    *,
    inputs: tuple[str, ...] = ("input_ids", "attention_mask", "token_type_ids"),
    integers: int = TensorProto.INT64,
    k: int = 3,
) -> Path:
    """Put a graph in place of the weights: the sum of a table's rows, plus the sums of mask and segments."""
    nodes = [
        helper.make_node("Gather", ["table", inputs[0]], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axis"], ["sums"], keepdims=0),
    ]
    last = "sums"
    for name in inputs[1:]:
        nodes += [
            helper.make_node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", [f"{name}_float", "axis"], [f"{name}_sum"], keepdims=1),
            helper.make_node("Add", [last, f"{name}_sum"], [f"with_{name}"]),
        ]
        last = f"with_{name}"
    nodes.append(helper.make_node("Identity", [last], ["logits"]))
    graph = helper.make_graph(
        nodes,
        "sum",
        [helper.make_tensor_value_info(name, integers, ["b", "t"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", k])],
        [numpy_helper.from_array(TABLE[:, :k], "table"), numpy_helper.from_array(np.array([1]), "axis")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    (folder / "model.safetensors").unlink(missing_ok=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with config and tokenizer, for a graph."""
    return make_checkpoint(tmp_path / "onnx")


@pytest.mark.parametrize("integers", [TensorProto.INT64, TensorProto.INT32])
def test_inputs_are_mapped_by_name(folder: Path, integers: int) -> None:
    """Ids, a mask of ones and segment ids reach the inputs of those names, in the graph's own integers."""
    loaded = load_model(inspect_model(str(write_graph(folder, integers=integers)), policy=TYPED), device=CPU)
    ids, types = np.array([[2, 7, 9, 3], [2, 8, 8, 3]]), np.array([[0, 0, 1, 1], [0, 1, 1, 1]])
    expected = TABLE[ids].sum(axis=1) + 4 + types.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loaded.classifier.logits(ids, types), expected, atol=1e-5)
    np.testing.assert_allclose(loaded.classifier.logits(ids, None), TABLE[ids].sum(axis=1) + 4, atol=1e-5)
    assert isinstance(loaded.classifier, Classifier)
    assert loaded.classifier.classes == NLI
    assert loaded.facts.weights == "onnx"
    assert loaded.footprint.parameters is None


def test_types_are_left_out_where_the_graph_has_none(folder: Path) -> None:
    """A graph without segment ids is given none, and texts are encoded without them."""
    path = write_graph(folder, inputs=("input_ids", "attention_mask"))
    classifier = load_model(inspect_model(str(path), policy=TYPED), device=CPU).classifier
    (encoded,) = classifier.encode([("a man", "a dog")])
    assert encoded.types == ()
    ids = np.array([encoded.ids])
    np.testing.assert_allclose(classifier.logits(ids, None), TABLE[ids].sum(axis=1) + ids.size, atol=1e-5)


def test_canonical_order(folder: Path) -> None:
    """Columns follow the canonical classes."""
    inspected = inspect_model(str(write_graph(folder)), policy=TYPED)
    classifier = load_model(inspected, device=CPU, classes=("c", "e", "n"), order=(2, 0, 1)).classifier
    expected = TABLE[[5, 6]].sum(axis=0)[[2, 0, 1]] + 2
    np.testing.assert_allclose(classifier.logits(np.array([[5, 6]]), None)[0], expected, atol=1e-5)
    assert classifier.encode([(f"a {classifier.mask_token}", None)], masks=True)[0].ids[2] == 4


@pytest.mark.parametrize(
    "inputs,k,why",
    [
        (("input_ids", "mystery"), 3, "takes the input 'mystery'"),
        (("attention_mask", "token_type_ids"), 3, "no input for token ids"),
        (("input_ids",), 2, r"not logits of shape \(batch, 3\)"),
    ],
)
def test_graphs_that_are_no_classifiers(folder: Path, inputs: tuple[str, ...], k: int, why: str) -> None:
    """A graph with unknown inputs, without ids or with another number of classes is refused."""
    inspected = inspect_model(str(write_graph(folder, inputs=inputs, k=k)), policy=TYPED)
    with pytest.raises(ModelRefused, match=why):
        load_model(inspected, device=CPU)


def test_broken_graph(folder: Path) -> None:
    """A file that is no graph is refused."""
    write_graph(folder)
    (folder / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelRefused, match="onnxruntime cannot read"):
        load_model(inspect_model(str(folder), policy=TYPED), device=CPU)


def test_external_data_cannot_lead_out_of_the_folder(folder: Path) -> None:
    """A graph whose weights lie in a file outside its folder is refused by the runtime, and that told."""
    write_graph(folder)
    (folder.parent / "outside.bin").write_bytes(TABLE.tobytes())
    model = onnx.load(folder / "model.onnx")
    table = next(entry for entry in model.graph.initializer if entry.name == "table")
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    entry = table.external_data.add()
    entry.key, entry.value = "location", "../outside.bin"
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelRefused, match="onnxruntime cannot read"):
        load_model(inspect_model(str(folder), policy=TYPED), device=CPU)


def test_graphs_are_not_compressed(folder: Path) -> None:
    """An ONNX graph cannot be the base of a derived model."""
    base = inspect_model(str(write_graph(folder)), policy=TYPED)
    with pytest.raises(SpecError, match="ONNX graph"):
        inspect_model("ref:int8", policy=TYPED, base=base)


def test_memory_errors_are_translated(folder: Path) -> None:
    """A failed allocation in the runtime is the error that the engine mends; another one passes through."""

    class Failing:
        def __init__(self, message: str) -> None:
            self.message = message

        def run(self, *_: object) -> None:
            raise RuntimeError(self.message)

    with resident(inspect_model(str(write_graph(folder)), policy=TYPED), device=CPU) as loaded:
        assert isinstance(loaded.classifier, OnnxClassifier)
        loaded.classifier.session = Failing("Failed to allocate memory")  # type: ignore[assignment]
        with pytest.raises(OutOfMemory):
            loaded.classifier.logits(np.array([[5]]), None)
        loaded.classifier.session = Failing("bad shape")  # type: ignore[assignment]
        with pytest.raises(RuntimeError, match="bad shape"):
            loaded.classifier.logits(np.array([[5]]), None)


def test_it_uses_the_threads_of_the_run(folder: Path) -> None:
    """A graph computes with as many threads as torch, so that latencies compare."""
    inspected, before = inspect_model(str(write_graph(folder)), policy=TYPED), torch.get_num_threads()
    try:
        for count in (1, 3):
            torch.set_num_threads(count)
            classifier = load_model(inspected, device=CPU).classifier
            assert isinstance(classifier, OnnxClassifier)
            assert classifier.session.get_session_options().intra_op_num_threads == count
    finally:
        torch.set_num_threads(before)


def test_a_graph_that_does_not_fit_is_no_broken_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory is full, that is said, not that the graph cannot be read."""

    def full(*args: object, **kwargs: object) -> None:
        raise RuntimeError("std::bad_alloc")

    inspected = inspect_model(str(write_graph(folder)), policy=TYPED)
    monkeypatch.setattr(onnxruntime, "InferenceSession", full)
    with pytest.raises(DeviceFull, match="does not fit into the free memory"):
        load_model(inspected, device=CPU)


@pytest.mark.slow
def test_exported_bert_answers_as_the_original(tmp_path: Path) -> None:
    """A BERT exported by torch gives its logits in onnxruntime to 1e-5, at other batches and lengths too."""
    import shutil

    import torch
    from transformers import AutoModelForSequenceClassification

    original = make_checkpoint(tmp_path / "bert")
    exported = Path(shutil.copytree(original, tmp_path / "exported"))
    module = AutoModelForSequenceClassification.from_pretrained(original, attn_implementation="eager").eval()

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.inner(input_ids=input_ids, attention_mask=attention_mask).logits

    shape = {0: torch.export.Dim("b", min=1, max=64), 1: torch.export.Dim("t", min=2, max=64)}
    example = (torch.arange(5, 29).reshape(2, 12), torch.ones(2, 12, dtype=torch.int64))
    names = ["input_ids", "attention_mask"]
    torch.onnx.export(
        Graph(),
        example,
        str(exported / "model.onnx"),
        input_names=names,
        output_names=["logits"],
        dynamic_shapes=dict.fromkeys(names, shape),
        dynamo=True,
    )
    (exported / "model.safetensors").unlink()
    first = load_model(inspect_model(str(original), policy=TYPED), device=CPU).classifier
    second = load_model(inspect_model(str(exported), policy=TYPED), device=CPU).classifier
    for ids in (np.arange(5, 41).reshape(4, 9), np.array([[2, 9, 3]])):
        np.testing.assert_allclose(second.logits(ids, None), first.logits(ids, None), atol=1e-5)
