"""A torch network run by OpenVINO on the CPU.

OpenVINO's package reports its own use over the network, from the moment it is imported. It is imported here
alone, and never finds the package that does so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from jaxtyping import Float, Int
from torch import Tensor, nn

from trust_core.domain.texts import TextPair
from trust_core.errors import OutOfMemory
from trust_core.models.classifier import TorchClassifier
from trust_core.models.first_token import last_layer_for_first_token
from trust_core.models.forward import Precision
from trust_core.models.parts import PartTexts
from trust_core.models.tokenization import MASK_PLACEHOLDER
from trust_core.ports import Encoded

KEPT = 8
"""Converted models that are kept; the ones that were used longest ago go first."""

_LAYOUT = "2"
_OUT_OF_MEMORY = ("bad_alloc", "allocate", "out of memory")
_KEPT_SHAPES = 64
"""Of 5,000 by default. Batches come in hundreds of shapes, and what is prepared for each is kept: memory
would grow with the texts. With 64, explanations take about 5 % longer."""

_HINTS: dict[Precision, str] = {"fp32": "f32", "bf16": "bf16"}


def openvino() -> Any:
    """The library, which then reports nothing about its use to anyone."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library  # late, and here alone: see above

    return library


def version() -> str:
    """Its release, as the package names it."""
    return str(openvino().__version__).split("-", maxsplit=1)[0]


def is_installed() -> bool:
    """Whether OpenVINO is there, without importing it."""
    return importlib.util.find_spec("openvino") is not None


class OpenVinoClassifier:
    """A compiled network with the tokenizer and classes of the torch model that it was made from.

    Implements `trust_core.ports.Classifier`.

    Args:
        original: the torch classifier; its network may be released.
        graph: the converted network.
        precision: of the arithmetic.
        threads: how many it may use.
    """

    def __init__(self, original: TorchClassifier, graph: Any, *, precision: Precision, threads: int) -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            # Otherwise matrix products may be turned to int8 on some machines.
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
            "CPU_RUNTIME_CACHE_CAPACITY": _KEPT_SHAPES,
        }
        self._original = original
        self._request: Any = openvino().Core().compile_model(graph, "CPU", settings).create_infer_request()

    @property
    def name(self) -> str:
        """Its name in this run."""
        return self._original.name

    @property
    def classes(self) -> tuple[str, ...]:
        """Canonical class names, k of them: the order of the columns of `logits`."""
        return self._original.classes

    @property
    def mask_token(self) -> str:
        """What the masking rule puts for a word: a placeholder that no user's text holds."""
        return MASK_PLACEHOLDER

    @property
    def parts(self) -> PartTexts | None:
        """Its tokenizer for parts of texts; None where only whole texts can be tokenised."""
        return self._original.parts

    def encode(self, pairs: Sequence[TextPair], *, masks: bool = False) -> list[Encoded]:
        """Tokens of each text; see `trust_core.models.tokenization`."""
        return self._original.encode(pairs, masks=masks)

    def release(self) -> None:
        """Let go of the network, so that its memory is free; the classifier answers no more."""
        del self._request

    def logits(
        self, ids: Int[np.ndarray, "b t"], types: Int[np.ndarray, "b t"] | None
    ) -> Float[np.ndarray, "b k"]:
        """Logits (b, k), float64, of b inputs of one length t.

        Raises:
            OutOfMemory: the batch does not fit.
            ModelError: a token id that the model has no embedding for.
        """
        self._original.check_ids(ids)
        feed = [np.ascontiguousarray(ids, dtype=np.int64)]
        if self._original.uses_types:
            feed.append(np.zeros_like(feed[0]) if types is None else np.ascontiguousarray(types, np.int64))
        try:
            found = self._request.infer(feed, share_inputs=True, share_outputs=True)[0]
        except RuntimeError as error:
            if any(sign in str(error) for sign in _OUT_OF_MEMORY):
                raise OutOfMemory(str(error)) from error
            raise
        return self._original.in_order(np.asarray(found, dtype=np.float64))


class _LogitsOnly(nn.Module):
    """A network with token ids in and logits out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        """Logits (b, k)."""
        kinds = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        logits: Tensor = self.network(input_ids=input_ids, **kinds, return_dict=True).logits
        return logits


def converted(original: TorchClassifier, *, content_hash: str, cache: Path | None) -> Any:
    """The network as an OpenVINO graph for any batch and length: from the cache, else converted and kept.

    Args:
        original: the torch classifier.
        content_hash: of the model's files and recipe.
        cache: where converted models are kept; None: nowhere.

    Raises:
        Exception: whatever the library raises for a network that it cannot convert.
    """
    library = openvino()
    if cache is None:
        return _convert(original, library)
    folder = cache / "openvino" / _key(original, content_hash, library)
    graph = folder / "model.xml"
    if graph.is_file():
        folder.touch()
        return library.Core().read_model(graph)
    model = _convert(original, library)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        library.save_model(model, Path(made) / "new" / "model.xml", compress_to_fp16=False)
        if not folder.exists():
            (Path(made) / "new").replace(folder)
    _prune(folder.parent)
    return model


def _convert(original: TorchClassifier, library: Any) -> Any:
    ids = torch.tensor([[1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]]) % original.vocabulary
    example = (ids, torch.zeros_like(ids)) if original.uses_types else (ids,)
    wanted = [([-1, -1], library.Type.i64)] * len(example)
    with warnings.catch_warnings(), torch.inference_mode(), last_layer_for_first_token(original.module):
        warnings.simplefilter("ignore")
        return library.convert_model(_LogitsOnly(original.module), example_input=example, input=wanted)


def _key(original: TorchClassifier, content_hash: str, library: Any) -> str:
    versions = (library.__version__, torch.__version__, transformers.__version__)
    parts = (_LAYOUT, content_hash, str(original.uses_types), *versions)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _prune(folder: Path) -> None:
    """Remove the converted models that were used longest ago."""
    kept = sorted(
        (entry for entry in folder.iterdir() if (entry / "model.xml").is_file()),
        key=lambda entry: entry.stat().st_mtime,
        reverse=True,
    )
    for entry in kept[KEPT:]:
        shutil.rmtree(entry, ignore_errors=True)
