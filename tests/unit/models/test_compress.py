"""Models made from another: each does what it says, is the same every time, and leaves its base alone."""

from __future__ import annotations

import json
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.support.models_checkpoints import make_checkpoint
from trust_core.domain.texts import TextPair
from trust_core.errors import ModelError, RunConflict, SpecError
from trust_core.models.classifier import TorchClassifier
from trust_core.models.compress.linear_layers import inner_layers, output_layer
from trust_core.models.compress.low_rank import FactoredLinear
from trust_core.models.compress.making import make_model
from trust_core.models.compress.recipe import parse_recipe
from trust_core.models.compress.saving import save_compressed
from trust_core.models.device import choose_device
from trust_core.models.facts import LoadedModel
from trust_core.models.footprint import measure_footprint
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.loader import build_module, load_model
from trust_core.models.policy import Policy
from trust_core.models.pretrained import PreTrainedModel

TYPED = Policy("typed")
CPU = choose_device("cpu")
RECIPES = ("int8", "prune=0.5", "low-rank=0.5", "low-rank=1", "layers=0,2", "shuffled-head=1", "bf16")
PAIRS: list[TextPair] = [("A man is riding.", "It rained in Paris."), ("Nobody sings!", "the lazy fox")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InspectedModel:
    """A tiny BERT with four layers."""
    return inspect_model(str(make_checkpoint(tmp_path_factory.mktemp("base") / "bert")), policy=TYPED)


@pytest.fixture
def model(base: InspectedModel) -> PreTrainedModel:
    """Its network."""
    return build_module(base).eval()


def logits(module: nn.Module) -> np.ndarray:
    """Answers on fixed token ids."""
    ids = torch.arange(5, 53).reshape(4, 12)
    with torch.inference_mode():
        return module(input_ids=ids).logits.double().numpy()


def answers(loaded: LoadedModel) -> np.ndarray:
    """Answers on fixed texts, each alone."""
    encoded = loaded.classifier.encode(PAIRS)
    return np.concatenate([loaded.classifier.logits(np.array([e.ids]), None) for e in encoded])


def derived(name: str, base: InspectedModel) -> LoadedModel:
    """A model made from the base, as a candidate or control names it."""
    return load_model(inspect_model(name, policy=TYPED, base=base), device=CPU)


@pytest.mark.parametrize("recipe", RECIPES)
def test_making_is_deterministic_and_leaves_the_base(model: PreTrainedModel, recipe: str) -> None:
    """Twice the same recipe gives bit-identical answers, and the base answers as before."""
    before = logits(model)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    first, second = (logits(make_model(model, parse_recipe(recipe)).eval()) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(logits(model), before)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert model.config.num_hidden_layers == 4


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_pruning_removes_the_smallest(model: PreTrainedModel, fraction: float) -> None:
    """In each inner layer that share is 0, nothing kept is smaller than what went, the rest is the same."""
    pruned = make_model(model, parse_recipe(f"prune={fraction}"))
    for before, after in zip(inner_layers(model), inner_layers(pruned), strict=True):
        gone = after.layer.weight == 0
        assert int(gone.sum()) == round(fraction * gone.numel())
        assert before.layer.weight[gone].abs().max() <= before.layer.weight[~gone].abs().min()
        assert torch.equal(before.layer.weight[~gone], after.layer.weight[~gone])
    assert torch.equal(output_layer(model).layer.weight, output_layer(pruned).layer.weight)


def test_pruning_counts_its_zeros(model: PreTrainedModel) -> None:
    """A pruned model has as many parameters and bytes as before, and half of the inner weights are 0."""
    pruned = make_model(model, parse_recipe("prune=0.5"))
    before, after = measure_footprint(model, "cpu"), measure_footprint(pruned, "cpu")
    inner = sum(found.layer.weight.numel() for found in inner_layers(model))
    assert (after.parameters, after.memory_bytes) == (before.parameters, before.memory_bytes)
    assert before.nonzero_parameters is not None
    assert after.nonzero_parameters == before.nonzero_parameters - inner // 2


def test_low_rank_is_the_nearest_of_its_rank(model: PreTrainedModel) -> None:
    """Each layer's error is that of the singular values left out (Eckart-Young), and factors save numbers."""
    factored = make_model(model, parse_recipe("low-rank=0.25"))
    for found in inner_layers(model):
        module = factored.get_submodule(found.name)
        layer = module.product() if isinstance(module, FactoredLinear) else module
        weight = found.layer.weight.detach().double()
        rank = ceil(0.25 * min(weight.shape))
        values = torch.linalg.svdvals(weight)
        error = torch.linalg.norm(weight - layer.weight.detach().double())
        torch.testing.assert_close(error, values[rank:].square().sum().sqrt(), rtol=1e-4, atol=1e-6)
        assert isinstance(module, FactoredLinear) == (rank * sum(weight.shape) < weight.numel())
    parameters = measure_footprint(factored, "cpu").parameters
    assert parameters is not None
    assert parameters < (measure_footprint(model, "cpu").parameters or 0)


def test_full_rank_changes_nothing(model: PreTrainedModel) -> None:
    """Keeping the whole rank gives the base's answers."""
    full = make_model(model, parse_recipe("low-rank=1")).eval()
    np.testing.assert_allclose(logits(full), logits(model), atol=1e-4)


def test_kept_layers_are_the_listed_ones(model: PreTrainedModel) -> None:
    """Keeping layers 0 and 2 is the model without layers 1 and 3, in weights, config and answers."""
    shorter = make_model(model, parse_recipe("layers=0,2")).eval()
    assert shorter.config.num_hidden_layers == 2
    expected = [model.get_submodule(f"bert.encoder.layer.{index}") for index in (0, 2)]
    for index, layer in enumerate(expected):
        kept = shorter.get_submodule(f"bert.encoder.layer.{index}").state_dict()
        assert all(torch.equal(value, kept[name]) for name, value in layer.state_dict().items())
    np.testing.assert_array_equal(
        logits(make_model(model, parse_recipe("layers=0,1,2,3")).eval()), logits(model)
    )
    assert not np.allclose(logits(shorter), logits(model))


@pytest.mark.parametrize("seed", [0, 1, 2, 17])
def test_shuffled_head_never_agrees(model: PreTrainedModel, seed: int) -> None:
    """The broken model gives each class the logit of another one: it never predicts what the base does."""
    broken = make_model(model, parse_recipe(f"shuffled-head={seed}")).eval()
    before, after = logits(model), logits(broken)
    np.testing.assert_array_equal(np.sort(before, axis=1), np.sort(after, axis=1))
    assert not (before.argmax(axis=1) == after.argmax(axis=1)).any()


def test_int8_is_near_and_smaller(model: PreTrainedModel) -> None:
    """Quantised layers answer nearly as before, and take about a quarter of their memory."""
    small = make_model(model, parse_recipe("int8")).eval()
    before, after = measure_footprint(model, "cpu"), measure_footprint(small, "cpu")
    spread = np.ptp(logits(model))
    assert 0 < np.abs(logits(small) - logits(model)).max() < 0.1 * spread
    inner = sum(found.layer.weight.numel() for found in inner_layers(model))
    assert after.dtype == "int8"
    assert after.parameters == before.parameters
    assert before.memory_bytes - 3 * inner <= after.memory_bytes < before.memory_bytes - 2 * inner


def test_int8_does_not_depend_on_the_batch(model: PreTrainedModel) -> None:
    """A text's answer is the same alone and beside others: activations are scaled token by token."""
    small = make_model(model, parse_recipe("int8")).eval()
    ids = torch.arange(5, 53).reshape(4, 12)
    with torch.inference_mode():
        together = small(input_ids=ids).logits
        alone = torch.cat([small(input_ids=ids[row : row + 1]).logits for row in range(4)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("recipe", ["int8", "prune=0.5", "low-rank=0.5", "layers=0,2"])
def test_saved_models_load_as_the_derived_ones(base: InspectedModel, tmp_path: Path, recipe: str) -> None:
    """A compressed model that was written out answers as the one made on the spot, in the same memory."""
    footprint = save_compressed(base, parse_recipe(recipe), tmp_path / "out")
    stored = load_model(inspect_model(str(tmp_path / "out"), policy=TYPED), device=CPU)
    made = derived(f"ref:{recipe}", base)
    # The stored product of low rank is rounded to float32; weights that lie elsewhere in memory may be summed
    # in another order.
    tolerance = 2e-5 if recipe.startswith("low-rank") else 1e-6
    np.testing.assert_allclose(answers(stored), answers(made), rtol=0, atol=tolerance)
    assert stored.footprint == footprint == made.footprint
    assert stored.facts.labels == base.facts.labels
    card = (tmp_path / "out" / "README.md").read_text()
    assert recipe in card
    assert base.facts.content_hash in card
    assert str(tmp_path) not in card


def test_saving_keeps_the_licence(tmp_path: Path) -> None:
    """The card of a compressed model carries the licence of its base."""
    folder = make_checkpoint(tmp_path / "base")
    (folder / "README.md").write_text('---\nlanguage: en\nlicense: "apache-2.0"\n---\ntext\n')
    save_compressed(inspect_model(str(folder), policy=TYPED), parse_recipe("prune=0.5"), tmp_path / "out")
    assert inspect_model(str(tmp_path / "out"), policy=TYPED).facts.licence == "apache-2.0"


def test_saving_overwrites_nothing(base: InspectedModel, tmp_path: Path) -> None:
    """A folder that holds anything is refused."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunConflict, match="no empty folder"):
        save_compressed(base, parse_recipe("int8"), tmp_path)


def test_saving_into_an_empty_folder(base: InspectedModel, tmp_path: Path) -> None:
    """A folder that is there and empty is filled, and holds nothing but the model."""
    (tmp_path / "out").mkdir()
    save_compressed(base, parse_recipe("prune=0.5"), tmp_path / "out")
    assert inspect_model(str(tmp_path / "out"), policy=TYPED).facts.kind == "folder"
    assert not [path for path in (tmp_path / "out").iterdir() if path.is_dir() or path.name.startswith(".")]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_whoever_may_read_the_config_may_read_the_weights(base: InspectedModel, tmp_path: Path) -> None:
    """Weights have the permissions of the files beside them."""
    save_compressed(base, parse_recipe("prune=0.5"), tmp_path / "out")
    modes = {path.name: path.stat().st_mode for path in (tmp_path / "out").iterdir()}
    assert modes["model.safetensors"] == modes["config.json"]


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("broken_by", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_saving_leaves_nothing(
    base: InspectedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, broken_by: Any
) -> None:
    """Ctrl-C or a full disk after the weights were written leaves no folder, and an empty one empty."""

    def interrupted(*_: object, **__: object) -> None:
        raise broken_by

    out = tmp_path / "out"
    if there:
        out.mkdir()
    monkeypatch.setattr("trust_core.models.compress.saving.shutil.copyfile", interrupted)
    with pytest.raises(KeyboardInterrupt if broken_by is KeyboardInterrupt else ModelError):
        save_compressed(base, parse_recipe("prune=0.5"), out)
    assert list(tmp_path.rglob("*")) == ([out] if there else [])


def test_places_that_cannot_be_written(base: InspectedModel, tmp_path: Path) -> None:
    """An `out` below a file is an error that says so, before the model is built."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"out' cannot be written: Not a directory\.\n.*--out"):
        save_compressed(base, parse_recipe("prune=0.5"), tmp_path / "file" / "out")


def test_derived_hash_follows_base_and_recipe(base: InspectedModel, tmp_path: Path) -> None:
    """A derived model's hash differs by recipe and by base, and needs no building."""
    other = inspect_model(str(make_checkpoint(tmp_path / "other", seed=1)), policy=TYPED)
    names = ("ref:int8", "ref:prune=0.5", "ref:prune=0.6", "control:shuffled-head=1")
    hashes = {inspect_model(n, policy=TYPED, base=b).facts.content_hash for n in names for b in (base, other)}
    assert len(hashes | {base.facts.content_hash, other.facts.content_hash}) == 10
    assert inspect_model("ref:prune=.50", policy=TYPED, base=base).facts.content_hash in hashes
    assert inspect_model("ref:int8", policy=TYPED, base=base).facts.recipe == "int8"


def test_compressed_models_are_no_base(base: InspectedModel, tmp_path: Path) -> None:
    """Neither a derived model nor a stored int8 one can be compressed again."""
    once = inspect_model("ref:int8", policy=TYPED, base=base)
    save_compressed(base, parse_recipe("int8"), tmp_path / "out")
    stored = inspect_model(str(tmp_path / "out"), policy=TYPED)
    for again in (once, stored):
        with pytest.raises(SpecError, match="is compressed already"):
            inspect_model("ref:prune=0.5", policy=TYPED, base=again)
        for recipe in ("prune=0.5", "int8"):
            with pytest.raises(SpecError, match=f"'{recipe}' cannot be made .* is compressed already"):
                save_compressed(again, parse_recipe(recipe), tmp_path / "twice")
    assert not (tmp_path / "twice").exists()


def test_graphs_are_no_base(base: InspectedModel, tmp_path: Path) -> None:
    """An ONNX graph can neither be derived from nor be saved compressed."""
    graph = replace(base, facts=replace(base.facts, weights="onnx"))
    with pytest.raises(SpecError, match="is an ONNX graph"):
        inspect_model("ref:int8", policy=TYPED, base=graph)
    with pytest.raises(SpecError, match=r"'int8' cannot be made .* is an ONNX graph"):
        save_compressed(graph, parse_recipe("int8"), tmp_path / "out")


def test_layers_that_are_not_there(base: InspectedModel) -> None:
    """A layer beyond the last is refused with how many there are."""
    with pytest.raises(SpecError, match=r"names layer 4; the model has 4 layers"):
        derived("ref:layers=0,4", base)


@pytest.mark.parametrize(
    "family,recipe,why",
    [("albert", "layers=0", "share their weights"), ("gpt2", "prune=0.5", "no linear layers")],
)
def test_kinds_that_a_method_cannot_take(tmp_path: Path, family: str, recipe: str, why: str) -> None:
    """A model that a method cannot be applied to is refused with the reason."""
    folder = inspect_model(str(make_checkpoint(tmp_path / family, family)), policy=TYPED)
    with pytest.raises(SpecError, match=why):
        derived(f"ref:{recipe}", folder)


@pytest.mark.parametrize("family", ["distilbert", "roberta", "albert", "electra", "deberta-v2", "llama"])
def test_other_families_can_be_compressed(tmp_path: Path, family: str) -> None:
    """Every method works on the other families, but for layers where they are shared."""
    base = inspect_model(str(make_checkpoint(tmp_path / family, family)), policy=TYPED)
    whole = answers(load_model(base, device=CPU))
    for recipe in ("int8", "prune=0.3", "low-rank=0.5", *(["layers=0,2"] if family != "albert" else [])):
        changed = answers(derived(f"ref:{recipe}", base))
        assert np.isfinite(changed).all()
        assert not np.array_equal(changed, whole)


def test_importing_the_loader_leaves_torchao_alone() -> None:
    """Torchao is imported when a model is quantised, not before: it slows every start."""
    import subprocess
    import sys

    code = (
        "import sys, json\nimport trust_core.models.loader\n"
        "from transformers import BertForSequenceClassification\n"
        "print(json.dumps('torchao' in sys.modules))"
    )
    repository = Path(__file__).resolve().parents[3]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) is False


def test_derived_classifier_is_a_torch_classifier(base: InspectedModel) -> None:
    """A derived model is wrapped like any other."""
    assert isinstance(derived("ref:layers=1,3", base).classifier, TorchClassifier)


def test_rounded_weights_are_those_of_bfloat16(model: PreTrainedModel) -> None:
    """Each weight is off by at most 2^-8 of itself, as bfloat16 holds it; once more changes nothing."""
    rounded = make_model(model, parse_recipe("bf16"))
    changed = 0
    for before, after in zip(model.parameters(), rounded.parameters(), strict=True):
        assert torch.equal(after, after.to(torch.bfloat16).to(after.dtype))
        assert bool(((after - before).abs() <= before.abs() / 2**8).all())
        changed += int((after != before).sum())
    assert changed > 0
    again = make_model(rounded, parse_recipe("bf16"))
    assert np.array_equal(logits(again), logits(rounded))
    assert not np.array_equal(logits(rounded), logits(model))
