"""Every family of classifiers loads, in float32 and whole, and answers as the library does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertModel

from tests.support.models_checkpoints import FAMILIES, NLI, make_checkpoint
from trust_core.domain.texts import TextPair
from trust_core.errors import (
    ModelError,
    ModelNotFound,
    ModelRefused,
    OutOfMemory,
    SpecError,
    WeightsIncomplete,
)
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import choose_device
from trust_core.models.facts import LoadedModel
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.loader import load_model, resident
from trust_core.models.policy import Policy
from trust_core.ports import Classifier, Encoded

TYPED = Policy("typed")
CPU = choose_device("cpu")
PAIRS: list[TextPair] = [
    ("A man is riding a brown horse.", "It rained in Paris before the train left."),
    ("Nobody sings, and 3 dogs are quick!", "the lazy fox"),
    ("The woman who sings was heard.", None),
]


def inspect(folder: Path, **options: Any) -> InspectedModel:
    """The folder as somebody at the command line names it."""
    return inspect_model(str(folder), policy=TYPED, **options)


def answers(classifier: Classifier, pairs: list[TextPair]) -> np.ndarray:
    """Logits of each text alone."""
    rows = []
    for encoded in classifier.encode(pairs):
        types = np.array([encoded.types]) if encoded.types else None
        rows.append(classifier.logits(np.array([encoded.ids]), types)[0])
    return np.array(rows)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny random checkpoint of each family."""
    place = tmp_path_factory.mktemp("families")
    return {family: make_checkpoint(place / family, family) for family in FAMILIES}


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_are_those_of_the_library(checkpoints: dict[str, Path], family: str) -> None:
    """Token ids and logits equal what transformers gives for the same texts, pairs and single texts alike."""
    folder = checkpoints[family]
    loaded = load_model(inspect(folder), device=CPU)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    module = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    for (text_a, text_b), ours in zip(PAIRS, answers(loaded.classifier, PAIRS), strict=True):
        inputs = tokenizer(text_a, text_b, return_tensors="pt")
        assert list(loaded.classifier.encode([(text_a, text_b)])[0].ids) == inputs["input_ids"][0].tolist()
        with torch.inference_mode():
            theirs = module(**inputs).logits[0].double().numpy()
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert loaded.classifier.classes == NLI
    assert isinstance(loaded.classifier, Classifier)


@pytest.mark.parametrize("family", FAMILIES)
def test_batch_changes_nothing(checkpoints: dict[str, Path], family: str) -> None:
    """Inputs of one length give the same logits together as alone, also where a padding token is missing."""
    classifier = load_model(inspect(checkpoints[family]), device=CPU).classifier
    rng = np.random.default_rng(0)
    ids = rng.integers(5, 90, size=(6, 9))
    types = np.zeros_like(ids)
    together = classifier.logits(ids, types)
    alone = np.concatenate([classifier.logits(ids[row : row + 1], types[:1]) for row in range(6)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together.dtype == np.float64


@pytest.mark.parametrize("family", FAMILIES)
def test_empty_and_long_texts(checkpoints: dict[str, Path], family: str) -> None:
    """Empty texts give at least one token; long ones are cut to the limit, exactly, and flagged."""
    classifier = load_model(inspect(checkpoints[family]), device=CPU).classifier
    empty, empty_pair, long = classifier.encode([("", None), ("", ""), ("a " * 90, "the " * 90)])
    assert len(empty.ids) >= 1
    assert len(empty_pair.ids) >= 1
    assert (len(long.ids), long.truncated) == (64, True)
    assert not empty.truncated
    np.testing.assert_equal(np.isfinite(answers(classifier, [("", None), ("a " * 90, "the " * 90)])), True)


@pytest.mark.parametrize("words", [1, 10, 28, 29, 30, 31, 80])
def test_truncation_flag_is_exact(checkpoints: dict[str, Path], words: int) -> None:
    """A text is flagged as cut if and only if its whole encoding is longer than the limit of 64 tokens."""
    classifier = load_model(inspect(checkpoints["bert"]), device=CPU).classifier
    tokenizer = AutoTokenizer.from_pretrained(checkpoints["bert"])
    text_a, text_b = "a " * words, "a " * 30
    whole = len(tokenizer(text_a, text_b)["input_ids"])
    assert classifier.encode([(text_a, text_b)])[0].truncated == (whole > 64)


def test_segment_ids_reach_models_that_read_them(tmp_path: Path) -> None:
    """A BERT whose tokenizer gives segment ids is fed them, and they change its answer."""
    folder = make_checkpoint(tmp_path / "typed")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    classifier = load_model(inspect(folder), device=CPU).classifier
    (encoded,) = classifier.encode([("a man", "a dog")])
    assert set(encoded.types) == {0, 1}
    ids, types = np.array([encoded.ids]), np.array([encoded.types])
    inputs = AutoTokenizer.from_pretrained(folder)("a man", "a dog", return_tensors="pt")
    module = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = module(**inputs).logits.double().numpy()
    np.testing.assert_allclose(classifier.logits(ids, types), expected, atol=1e-6)
    assert not np.allclose(classifier.logits(ids, np.zeros_like(types)), expected)


def test_half_precision_weights_compute_in_float32(tmp_path: Path) -> None:
    """fp16 weights load as float32 with the same values, whatever the config says."""
    whole, half = make_checkpoint(tmp_path / "a"), make_checkpoint(tmp_path / "b", half=True)
    loaded = load_model(inspect(half), device=CPU)
    assert isinstance(loaded.classifier, TorchClassifier)
    assert {parameter.dtype for parameter in loaded.classifier.module.parameters()} == {torch.float32}
    assert loaded.footprint.dtype == "float32"
    stored = load_file(half / "model.safetensors")["classifier.weight"]
    assert torch.equal(loaded.classifier.module.state_dict()["classifier.weight"], stored.float())
    assert loaded.footprint.memory_bytes == load_model(inspect(whole), device=CPU).footprint.memory_bytes


def test_sharded_weights_load(tmp_path: Path) -> None:
    """A checkpoint in several files answers as the same checkpoint in one."""
    one, many = make_checkpoint(tmp_path / "one"), make_checkpoint(tmp_path / "many", shard="60KB")
    assert len(list(many.glob("*.safetensors"))) > 2
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (many / name).write_bytes((one / name).read_bytes())
    first, second = (load_model(inspect(folder), device=CPU).classifier for folder in (one, many))
    np.testing.assert_allclose(answers(first, PAIRS), answers(second, PAIRS), atol=1e-6)


def test_canonical_order_of_the_columns(checkpoints: dict[str, Path]) -> None:
    """With a matched order the columns of the logits follow the canonical classes."""
    inspected = inspect(checkpoints["bert"])
    own = load_model(inspected, device=CPU)
    turned = load_model(inspected, device=CPU, classes=("c", "e", "n"), order=(2, 0, 1), name="mine")
    np.testing.assert_array_equal(
        answers(turned.classifier, PAIRS), answers(own.classifier, PAIRS)[:, [2, 0, 1]]
    )
    assert (turned.classifier.name, turned.classifier.classes) == ("mine", ("c", "e", "n"))


def test_missing_head_names_the_finetuning_script(tmp_path: Path) -> None:
    """An encoder whose config claims a classifier lacks its head: an error that says how to train one."""
    folder = make_checkpoint(tmp_path / "headless")
    weights = {k: v for k, v in load_file(folder / "model.safetensors").items() if "classifier" not in k}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsIncomplete, match=r"(?s)missing: classifier.bias.*tools/finetune.py"):
        load_model(inspect(folder), device=CPU)


def test_encoder_names_the_finetuning_script(tmp_path: Path) -> None:
    """A plain encoder is refused by its architecture, before it is built."""
    folder = make_checkpoint(tmp_path / "encoder")
    BertModel.from_pretrained(folder).save_pretrained(folder)
    with pytest.raises(ModelRefused, match=r"(?s)architecture is BertModel.*tools/finetune.py"):
        inspect(folder)


@pytest.mark.parametrize("fault", ["missing", "left over", "of another shape"])
def test_weights_must_fill_the_model(tmp_path: Path, fault: str) -> None:
    """A missing, a superfluous and a misshapen weight are each an error that names the weight."""
    folder = make_checkpoint(tmp_path / "broken")
    weights = load_file(folder / "model.safetensors")
    name = "bert.encoder.layer.1.output.dense.weight"
    match fault:
        case "missing":
            del weights[name]
        case "left over":
            name = "bert.encoder.layer.9.output.dense.weight"
            weights[name] = torch.zeros(3, 3)
        case "of another shape":
            weights[name] = torch.zeros(3, 3)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(
        WeightsIncomplete, match="weight" if fault == "of another shape" else f"{fault}: {name}"
    ):
        load_model(inspect(folder), device=CPU)


def test_unused_pooler_is_no_fault(tmp_path: Path) -> None:
    """RoBERTa checkpoints often carry a pooler that their classifier does not have: they load."""
    folder = make_checkpoint(tmp_path / "pooler", "roberta")
    weights = load_file(folder / "model.safetensors")
    weights["roberta.pooler.dense.weight"] = torch.zeros(32, 32)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert isinstance(load_model(inspect(folder), device=CPU), LoadedModel)


def test_tokenizer_of_another_model(checkpoints: dict[str, Path]) -> None:
    """A token id that the model has no embedding for is an error, not a crash."""
    classifier = load_model(inspect(checkpoints["bert"]), device=CPU).classifier
    with pytest.raises(ModelError, match="token id 400, but the model knows 400"):
        classifier.logits(np.array([[1, 400]]), None)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    ],
)
def test_memory_errors_are_translated(
    checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch, error: RuntimeError
) -> None:
    """Running out of memory on either kind of device is the one error that the engine mends."""
    classifier = load_model(inspect(checkpoints["bert"]), device=CPU).classifier
    assert isinstance(classifier, TorchClassifier)

    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr(classifier.module, "forward", fail)
    with pytest.raises(OutOfMemory):
        classifier.logits(np.array([[1, 2]]), None)


def test_other_errors_pass_through(checkpoints: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the network is not taken for a lack of memory."""
    classifier = load_model(inspect(checkpoints["bert"]), device=CPU).classifier
    assert isinstance(classifier, TorchClassifier)

    def fail(**_: Any) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(classifier.module, "forward", fail)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        classifier.logits(np.array([[1, 2]]), None)


def test_resident_lets_go(checkpoints: dict[str, Path]) -> None:
    """After the `with` block the network is gone, so that the next model has the memory."""
    import gc
    import weakref

    with resident(inspect(checkpoints["bert"]), device=CPU) as loaded:
        assert isinstance(loaded.classifier, TorchClassifier)
        network = weakref.ref(loaded.classifier.module)
        assert answers(loaded.classifier, PAIRS[:1]).shape == (1, 3)
    gc.collect()
    assert network() is None


def test_facts_need_no_model(checkpoints: dict[str, Path]) -> None:
    """Inspection tells labels, limit, architecture and a hash that does not depend on the place."""
    facts = inspect(checkpoints["roberta"]).facts
    assert facts.labels == NLI
    assert facts.max_length == 64
    assert facts.architecture == "RobertaForSequenceClassification"
    assert (facts.kind, facts.weights, facts.revision) == ("folder", "safetensors", "")
    assert len(facts.content_hash) == 64


def test_hash_follows_content(tmp_path: Path) -> None:
    """The content hash is the same in another folder, and changes with weights, config or tokenizer."""
    import shutil

    folder = make_checkpoint(tmp_path / "a")
    shutil.copytree(folder, tmp_path / "b")
    original = inspect(folder).facts.content_hash
    assert inspect(tmp_path / "b").facts.content_hash == original
    (folder / "README.md").write_text("# notes")
    assert inspect(folder).facts.content_hash == original
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        path = tmp_path / "b" / name
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]) if name.endswith("tensors") else before + b" ")
        assert inspect(tmp_path / "b").facts.content_hash != original
        path.write_bytes(before)


def test_missing_folder_lists_the_nearest(tmp_path: Path) -> None:
    """A folder that is not there is answered with its nearest neighbour, a file with what a model is."""
    make_checkpoint(tmp_path / "student")
    with pytest.raises(ModelNotFound, match="Did you mean 'student'"):
        inspect(tmp_path / "studnet")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelNotFound, match="is a file"):
        inspect(tmp_path / "file")


def test_bundled_models_load_by_name(tmp_path: Path) -> None:
    """A bundled name stands for its folder, whatever the roots are."""
    folder = make_checkpoint(tmp_path / "tiny")
    inspected = inspect_model("tiny", policy=Policy("given", roots=()), bundled={"tiny": folder})
    assert inspected.facts.kind == "bundled"


def test_reference_cannot_be_derived() -> None:
    """A name that is made from the reference needs one."""
    with pytest.raises(SpecError, match="cannot be the reference itself"):
        inspect_model("ref:int8", policy=TYPED)


def test_encoded_is_what_the_engine_expects(checkpoints: dict[str, Path]) -> None:
    """Encoding gives plain tuples of ints, which can key a cache."""
    (encoded,) = load_model(inspect(checkpoints["bert"]), device=CPU).classifier.encode([("a man", None)])
    assert isinstance(encoded, Encoded)
    assert hash(encoded.ids)
