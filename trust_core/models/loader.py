"""Build an inspected model: weights complete, float32, evaluation mode, on its device."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from trust_core.errors import ModelRefused, WeightsIncomplete
from trust_core.models.backends import with_backend
from trust_core.models.classifier import TorchClassifier
from trust_core.models.compress.making import make_model
from trust_core.models.device import Device
from trust_core.models.facts import LoadedModel
from trust_core.models.footprint import measure_footprint
from trust_core.models.forward import AS_TORCH, Compute
from trust_core.models.full_memory import is_out_of_memory, memory_for
from trust_core.models.inspection import InspectedModel
from trust_core.models.policy import ENCODER_REMEDY
from trust_core.models.pretrained import (
    AutoConfig,
    AutoModelForSequenceClassification,
    PreTrainedModel,
    quiet_transformers,
)
from trust_core.models.tokenizer_reading import first_line, read_tokenizer

_HARMLESS_LEFTOVERS = (".position_ids", ".inv_freq", ".attn.bias", ".attn.masked_bias")
_POOLERLESS_TYPES = ("roberta", "xlm-roberta", "camembert", "electra", "distilbert")
_HEAD_PARTS = (
    "classifier",
    "score",
    "out_proj",
    "pre_classifier",
    "sequence_summary",
    "logits_proj",
    "pooler",
)

WORTH_COLLECTING = 64 * 2**20
"""Looking through all objects of the process for what a model left takes a third of a second."""


def load_model(
    inspected: InspectedModel,
    *,
    device: Device,
    classes: tuple[str, ...] | None = None,
    order: Sequence[int] | None = None,
    name: str | None = None,
    compute: Compute = AS_TORCH,
) -> LoadedModel:
    """Build a model and wrap it as a classifier.

    Args:
        inspected: what `inspect_model` found.
        device: where it computes.
        classes: canonical class names, k of them; None takes the model's own.
        order: for each canonical class, its position among the model's own (`match_labels`); None: the same.
        name: its name in this run; None takes what the user wrote.
        compute: how its forward pass is computed; an ONNX graph is left to onnxruntime.

    Raises:
        DeviceError: a precision that the device does not have.
        DeviceFull: it does not fit into the free memory.
        WeightsIncomplete: weights are missing, left over, or of other shapes than the config says.
        ModelRefused: the library knows no classifier of this kind, or the tokenizer has no fast form.
        SpecError: a recipe that cannot be applied to a model of this kind.
    """
    facts = inspected.facts
    named = name or facts.written
    with memory_for(f"The model {named!r}", device=device.torch_name):
        return _load(inspected, device, classes or facts.labels, order, named, compute)


def _load(
    inspected: InspectedModel,
    device: Device,
    wanted: tuple[str, ...],
    order: Sequence[int] | None,
    named: str,
    compute: Compute,
) -> LoadedModel:
    facts = inspected.facts
    columns = tuple(range(len(facts.labels))) if order is None else tuple(order)
    if facts.weights == "onnx":
        from trust_core.models.onnx_classifier import load_onnx  # onnxruntime is needed by ONNX folders alone

        return load_onnx(inspected, named, wanted, columns)
    with quiet_transformers():
        module = build_module(inspected)
        tokenizer = read_tokenizer(inspected)
    module = module.to(device.torch_name).eval().requires_grad_(False)
    classifier = TorchClassifier(
        named, module, tokenizer.pairs, wanted, order=columns, type_ids_expected=tokenizer.gives_types
    )
    footprint = measure_footprint(module, device.torch_name)
    del module  # the classifier may give it up
    chosen, forward = with_backend(
        classifier,
        compute,
        device=device,
        content_hash=facts.content_hash,
        quantised=footprint.dtype == "int8",
    )
    return LoadedModel(named, chosen, facts, footprint, forward)


@contextlib.contextmanager
def resident(
    inspected: InspectedModel,
    *,
    device: Device,
    classes: tuple[str, ...] | None = None,
    order: Sequence[int] | None = None,
    name: str | None = None,
    compute: Compute = AS_TORCH,
) -> Iterator[LoadedModel]:
    """`load_model` for the length of a `with` block; its memory is free afterwards."""
    loaded = load_model(inspected, device=device, classes=classes, order=order, name=name, compute=compute)
    try:
        yield loaded
    finally:
        loaded.classifier.release()  # type: ignore[attr-defined]  # both of our classifiers have it; the port does not
        large = loaded.footprint.memory_bytes >= WORTH_COLLECTING
        del loaded
        if large:
            gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def build_module(inspected: InspectedModel) -> PreTrainedModel:
    """The network of an inspected model, its recipe applied; on the CPU, float32."""
    module = _read_network(inspected.checkpoint.folder, inspected.facts.written)
    recipe = inspected.recipe or inspected.checkpoint.recipe
    return module if recipe is None else make_model(module, recipe)


def _read_network(folder: Path, written: str) -> PreTrainedModel:
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise ModelRefused(
            written, [f"its config.json describes no model that transformers knows: {first_line(error)}"]
        ) from error
    kind = AutoModelForSequenceClassification._model_mapping.get(type(config), None)  # noqa: SLF001  (no public form)
    if kind is None:
        raise ModelRefused(
            written, [f"there is no text classifier of the type {config.model_type!r}"], remedy=ENCODER_REMEDY
        )
    try:
        module, report = kind.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            # Named here, so that a config cannot ask for an implementation from the hub.
            attn_implementation="sdpa" if kind._supports_sdpa else "eager",  # noqa: SLF001  (no public form)
        )
    except (RuntimeError, ValueError, OSError, KeyError, TypeError) as error:
        if is_out_of_memory(error):
            raise
        raise WeightsIncomplete(
            f"The weights of {written!r} do not fit its config.json: {first_line(error)}",
            remedy="Save model and config together with model.save_pretrained(folder).",
        ) from error
    _check_complete(report, config.model_type, written)
    if hasattr(module.config, "use_cache"):
        module.config.use_cache = False  # decoders would keep keys and values for a text that never goes on
    network: PreTrainedModel = module
    return network


def _check_complete(report: Mapping[str, Any], model_type: str, written: str) -> None:
    """Raise where any weight was left at random, or any stored weight found no place."""
    missing = sorted(report["missing_keys"])
    mismatched = sorted(str(entry[0]) for entry in report["mismatched_keys"])
    left_over = sorted(key for key in report["unexpected_keys"] if not _harmless(key, model_type))
    if not (missing or mismatched or left_over):
        return
    lines = [
        f"  {title}: {_shortened(keys)}"
        for title, keys in (("missing", missing), ("of another shape", mismatched), ("left over", left_over))
        if keys
    ]
    headless = bool(missing) and all(_of_head(key) for key in missing)
    raise WeightsIncomplete(
        f"The weights of {written!r} do not fill the model that its config.json describes.\n"
        + "\n".join(lines),
        allowed="Every weight must be there, and none may be left over."
        if not headless
        else "It is an encoder without a trained head.",
        remedy=ENCODER_REMEDY
        if headless
        else "Save model and config together with model.save_pretrained(folder).",
    )


def _harmless(key: str, model_type: str) -> bool:
    """Whether a left-over weight takes no part: old buffers, and poolers of models that have none."""
    return key.endswith(_HARMLESS_LEFTOVERS) or (".pooler." in f".{key}" and model_type in _POOLERLESS_TYPES)


def _of_head(key: str) -> bool:
    return any(part in _HEAD_PARTS for part in key.split("."))


def _shortened(keys: Sequence[str]) -> str:
    shown = ", ".join(keys[:6])
    return shown if len(keys) <= 6 else f"{shown} and {len(keys) - 6} more"
