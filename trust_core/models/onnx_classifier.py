"""An ONNX graph as a classifier, run by onnxruntime on the CPU."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import onnxruntime
import torch
from jaxtyping import Float, Int

from trust_core.domain.texts import TextPair
from trust_core.errors import ModelRefused, OutOfMemory
from trust_core.models.facts import Footprint, LoadedModel
from trust_core.models.forward import Forward
from trust_core.models.inspection import InspectedModel
from trust_core.models.parts import part_tokenizer
from trust_core.models.pretrained import quiet_transformers
from trust_core.models.tokenization import MASK_PLACEHOLDER, PairTokenizer
from trust_core.models.tokenizer_reading import read_tokenizer
from trust_core.ports import Encoded

_IDS = ("input_ids", "input", "ids")
_MASKS = ("attention_mask", "mask", "input_mask")
_TYPES = ("token_type_ids", "segment_ids", "type_ids")
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_OUT_OF_MEMORY = ("bad_alloc", "Failed to allocate", "BFCArena")


class OnnxClassifier:
    """A graph with token ids in and logits out; implements `trust_core.ports.Classifier`.

    Attributes:
        session: onnxruntime's session.
        tokenizer: texts to ids.
        uses_types: whether the graph takes segment ids.
        parts: the tokenizer for parts of texts, where there is one.
    """

    def __init__(
        self,
        name: str,
        session: onnxruntime.InferenceSession,
        tokenizer: PairTokenizer,
        classes: tuple[str, ...],
        *,
        order: Sequence[int],
    ) -> None:
        """Wrap a session.

        Args:
            name: its name in this run.
            session: the graph.
            tokenizer: its tokenizer.
            classes: canonical class names, k of them.
            order: for each canonical class, its column in the graph's own output.

        Raises:
            ModelRefused: the graph takes inputs that nothing is known about, or gives other than k logits.
        """
        self.session = session
        self.tokenizer = tokenizer
        self._name = name
        self._classes = classes
        self._order = list(order)
        self._inputs = {_role(node.name): node for node in session.get_inputs()}
        self._output = _logits_output(session, len(classes))
        strange = [node.name for node in session.get_inputs() if not _role(node.name)]
        strange += [
            node.name for node in session.get_inputs() if _role(node.name) and node.type not in _INTEGERS
        ]
        reasons = [f"its graph takes the input {node!r}, which nothing is known about" for node in strange]
        if "ids" not in self._inputs:
            reasons.append(f"its graph has no input for token ids ({', '.join(_IDS)})")
        if not self._output:
            shapes = ", ".join(f"{node.name} {node.shape}" for node in session.get_outputs())
            reasons.append(f"its graph gives {shapes}, not logits of shape (batch, {len(classes)})")
        if reasons:
            raise ModelRefused(
                name,
                reasons,
                remedy="Export it with input_ids, attention_mask and token_type_ids as inputs.",
            )
        self.uses_types = "types" in self._inputs
        self.parts = part_tokenizer(tokenizer, types=self.uses_types)

    @property
    def name(self) -> str:
        """Its name in this run."""
        return self._name

    @property
    def classes(self) -> tuple[str, ...]:
        """Canonical class names, k of them: the order of the columns of `logits`."""
        return self._classes

    @property
    def mask_token(self) -> str:
        """What the masking rule puts for a word: a placeholder that no user's text holds."""
        return MASK_PLACEHOLDER

    def encode(self, pairs: Sequence[TextPair], *, masks: bool = False) -> list[Encoded]:
        """Tokens of each text; see `trust_core.models.tokenization`."""
        return self.tokenizer.encode_pairs(pairs, masks=masks, types=self.uses_types)

    def release(self) -> None:
        """Let go of the graph, so that its memory is free; the classifier answers no more."""
        del self.session

    def logits(
        self, ids: Int[np.ndarray, "b t"], types: Int[np.ndarray, "b t"] | None
    ) -> Float[np.ndarray, "b k"]:
        """Logits (b, k), float64, of b inputs of one length t.

        Raises:
            OutOfMemory: the batch does not fit.
        """
        values = {
            "ids": ids,
            "mask": np.ones_like(ids),
            "types": np.zeros_like(ids) if types is None else types,
        }
        feed = {
            node.name: np.ascontiguousarray(values[role], dtype=_INTEGERS[node.type])
            for role, node in self._inputs.items()
        }
        try:
            (output,) = self.session.run([self._output], feed)
        except Exception as error:
            if any(sign in str(error) for sign in _OUT_OF_MEMORY):
                raise OutOfMemory(str(error)) from error
            raise
        return np.asarray(output, dtype=np.float64)[:, self._order]


def load_onnx(
    inspected: InspectedModel, name: str, classes: tuple[str, ...], order: tuple[int, ...]
) -> LoadedModel:
    """Open the graph of an inspected model.

    Raises:
        ModelRefused: onnxruntime cannot read the graph, or its inputs and outputs are not a classifier's.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # As many as torch and OpenVINO use: latencies of models are compared.
    options.intra_op_num_threads = torch.get_num_threads()
    graph = next(path for path in inspected.checkpoint.weights if path.suffix == ".onnx")
    try:
        session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        if any(sign in str(error) for sign in _OUT_OF_MEMORY):
            raise OutOfMemory(str(error)) from error
        raise ModelRefused(name, [f"onnxruntime cannot read {graph.name}: {str(error)[:300]}"]) from error
    with quiet_transformers():
        tokenizer = read_tokenizer(inspected)
    classifier = OnnxClassifier(name, session, tokenizer.pairs, classes, order=order)
    size = inspected.facts.stored_bytes
    footprint = Footprint(None, None, memory_bytes=size, dtype="onnx", device="cpu")
    forward = Forward(f"onnxruntime {onnxruntime.__version__}", "fp32", 0.0)
    return LoadedModel(name, classifier, inspected.facts, footprint, forward)


def _role(name: str) -> str:
    for role, names in (("ids", _IDS), ("mask", _MASKS), ("types", _TYPES)):
        if name in names:
            return role
    return ""


def _logits_output(session: onnxruntime.InferenceSession, k: int) -> str:
    """The output called logits, else the first with two dimensions; it must not contradict k classes."""
    flat = [node for node in session.get_outputs() if len(node.shape) == 2]
    ordered = sorted(flat, key=lambda node: (node.name != "logits", math.inf if node.shape[1] != k else 0))
    if ordered and (ordered[0].shape[1] == k or not isinstance(ordered[0].shape[1], int)):
        return str(ordered[0].name)
    return ""
