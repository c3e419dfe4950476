"""Predictions and explanations that an earlier run has made: found by everything that they depend on.

Keys are hashes, and what is kept are numbers: no text and no word is ever in the cache.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import numpy as np

from trust_core.domain.arrays import FloatArray
from trust_core.domain.attributions import Attribution, Explanation, Fidelity, Half
from trust_core.domain.spec import MaskRule
from trust_core.domain.texts import TextPair
from trust_core.explain.settings import Settings
from trust_core.pipeline.fingerprint import METHOD_VERSION
from trust_core.pipeline.versions import versions
from trust_core.store.cache import ResultCache

_COMPUTING = ("torch", "transformers", "tokenizers", "openvino", "onnxruntime", "torchao", "numpy")
"""Libraries whose version a result may depend on."""

_TOLD: Mapping[str, tuple[str, ...]] = {
    "lime": ("seed", "samples", "sampling", "scale", "rule"),
    "shap-permutation": ("seed", "permutations", "scale", "rule"),
    "shap-partition": ("budget", "scale", "rule"),
    "shap-exact": ("scale", "rule"),
    "integrated-gradients": ("scale",),
}
"""What each explainer reads of its settings."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class PredictedText:
    """What a model says of one text: (k,) probabilities and logits, and whether the text was cut."""

    probabilities: FloatArray
    logits: FloatArray
    truncated: bool


@dataclass(frozen=True, slots=True)
class Memory(Generic[Made]):
    """Results of one kind by one model.

    Args:
        cache: where they are kept; None: nowhere.
        depends_on: everything that a result depends on, but for the text.
        write: a result as bytes.
        read: bytes as the result of a text with this id; None where they are none.
        found: counts what was found, by kind.
        kind: the name under which it is counted.
    """

    cache: ResultCache | None
    depends_on: Mapping[str, Any]
    write: Callable[[Made], bytes]
    read: Callable[[str, bytes], Made | None]
    found: dict[str, int]
    kind: str

    def completed(
        self,
        ids: Sequence[str],
        pairs: Sequence[TextPair],
        make: Callable[[Sequence[int]], Sequence[Made]],
    ) -> list[Made]:
        """The results of these texts, those that are not known made now.

        Args:
            ids: of the texts.
            pairs: the texts.
            make: makes the results of the texts at these places; it is not called where all are known.
        """
        if self.cache is None:
            return list(make(range(len(ids))))
        keys = [self._key(text_id, pair) for text_id, pair in zip(ids, pairs, strict=True)]
        kept = self.cache.find(keys)
        results: dict[int, Made] = {}
        for at, key in enumerate(keys):
            known = self.read(ids[at], kept[key]) if key in kept else None
            if known is not None:
                results[at] = known
        self.found[self.kind] = self.found.get(self.kind, 0) + len(results)
        missing = [at for at in range(len(ids)) if at not in results]
        if missing:
            made = dict(zip(missing, make(missing), strict=True))
            self.cache.keep({keys[at]: self.write(one) for at, one in made.items()})
            results |= made
        return [results[at] for at in range(len(ids))]

    def _key(self, text_id: str, pair: TextPair) -> bytes:
        # The id takes part: an explainer's draws depend on it.
        content = json.dumps([self.kind, self.depends_on, text_id, pair], sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class Memories:
    """What one model has said in earlier runs.

    Attributes:
        cache: where it is kept; None: nowhere.
        model: everything about the model and how it computes that its answers depend on.
        found: counts what was found, by kind.
    """

    cache: ResultCache | None
    model: Mapping[str, Any]
    found: dict[str, int]

    def predictions(self) -> Memory[PredictedText]:
        """Its predictions."""
        return Memory(self.cache, self.model, _prediction_bytes, _prediction_of, self.found, "predictions")

    def explanations(self, explainer: str, settings: Settings) -> Memory[Explanation]:
        """Its explanations by one explainer."""
        told = {name: getattr(settings, name) for name in _TOLD[explainer]}
        depends_on = {**self.model, "explainer": explainer, **told}
        return Memory(self.cache, depends_on, _explanation_bytes, _explanation_of, self.found, "explanations")

    def trials(self, rule: MaskRule) -> Memory[FloatArray]:
        """Probabilities (s, k) of a text under masks; the masks are part of the text's name."""
        depends_on = {**self.model, "rule": rule}
        return Memory(self.cache, depends_on, _array_bytes, _array_of, self.found, "trials")


def computing_versions() -> dict[str, str]:
    """Versions of all that computes, and of our own method."""
    known = versions()
    return {"method": str(METHOD_VERSION), **{name: known[name] for name in _COMPUTING if name in known}}


def _array_bytes(one: FloatArray) -> bytes:
    return _packed({}, [one])


def _array_of(text_id: str, content: bytes) -> FloatArray | None:
    del text_id
    opened = _unpacked(content)
    return None if opened is None or len(opened[1]) != 1 else opened[1][0]


def _prediction_bytes(one: PredictedText) -> bytes:
    return _packed({"truncated": one.truncated}, [one.probabilities, one.logits])


def _prediction_of(text_id: str, content: bytes) -> PredictedText | None:
    del text_id
    opened = _unpacked(content)
    if opened is None or len(opened[1]) != 2:
        return None
    header, (probabilities, logits) = opened
    return PredictedText(probabilities, logits, header["truncated"] is True)


def _explanation_bytes(one: Explanation) -> bytes:
    parts = one.attributions
    header = {
        "parts": [[part.half, part.fidelity_kind, part.passes, part.complete] for part in parts],
        "explainer": one.whole.explainer,
    }
    arrays = [array for part in parts for array in (part.weights, part.base, part.full, part.fidelity)]
    return _packed(header, arrays)


def _explanation_of(text_id: str, content: bytes) -> Explanation | None:
    opened = _unpacked(content)
    if opened is None:
        return None
    header, arrays = opened
    parts = header.get("parts", [])
    if len(parts) not in (1, 3) or len(arrays) != 4 * len(parts):
        return None
    whole, *halves = (
        Attribution(
            text_id=text_id,
            explainer=header["explainer"],
            half=cast("Half", half),
            weights=arrays[4 * at],
            base=arrays[4 * at + 1],
            full=arrays[4 * at + 2],
            fidelity=arrays[4 * at + 3],
            fidelity_kind=cast("Fidelity", kind),
            passes=passes,
            complete=complete,
        )
        for at, (half, kind, passes, complete) in enumerate(parts)
    )
    return Explanation(whole, (halves[0], halves[1]) if halves else None)


def _packed(header: dict[str, Any], arrays: Sequence[FloatArray]) -> bytes:
    """A line of JSON with the shapes, then the numbers as they are in memory."""
    head = json.dumps({**header, "shapes": [array.shape for array in arrays]}).encode()
    return b"\n".join((head, b"".join(np.ascontiguousarray(array, "<f8").tobytes() for array in arrays)))


def _unpacked(content: bytes) -> tuple[dict[str, Any], list[FloatArray]] | None:
    head, _, numbers = content.partition(b"\n")
    try:
        header = json.loads(head)
        shapes = [tuple(shape) for shape in header["shapes"]]
        if len(numbers) != 8 * sum(math.prod(shape) for shape in shapes):
            return None
    except (ValueError, KeyError, TypeError):
        return None
    arrays = []
    done = 0
    for shape in shapes:
        size = 8 * math.prod(shape)
        arrays.append(
            np.frombuffer(numbers[done : done + size], dtype="<f8").astype(np.float64).reshape(shape)
        )
        done += size
    return header, arrays
