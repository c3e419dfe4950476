"""Integrated gradients of a torch model, by captum: what each token adds on the way from placeholders.

Gradients need the network itself in single precision: neither OpenVINO's graph, nor an ONNX graph, nor
layers that compute with whole numbers have any.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from trust_core.domain.arrays import FloatArray
from trust_core.domain.spec import Scale
from trust_core.domain.texts import SegmentedText
from trust_core.models.classifier import TorchClassifier
from trust_core.models.full_memory import is_out_of_memory, memory_for
from trust_core.models.inspection import InspectedModel
from trust_core.models.tokenization import MASK_PLACEHOLDER

_AT_ONCE = 32
"""Points whose gradients are computed together, as long as they fit into memory."""

_CLIP = 1e-7
"""Probabilities are held this far from 0 and 1 before their log-odds are taken."""


@dataclass(frozen=True, slots=True)
class PathAttribution:
    """What integrated gradients say of one text; w words, k classes.

    Attributes:
        weights: (w, k) sums over the pieces of each word.
        base, full: (k,) output for the baseline, and for the text.
    """

    weights: FloatArray
    base: FloatArray
    full: FloatArray


def without_gradients(inspected: InspectedModel) -> str:
    """Why a model has no gradients, as a clause; empty where it has them."""
    if inspected.facts.weights == "onnx":
        return "an ONNX graph has no gradients"
    recipe = inspected.recipe or inspected.checkpoint.recipe
    if recipe is not None and recipe.method == "int8":
        return "int8 layers have no gradients"
    return ""


def integrated_gradients(
    classifier: TorchClassifier, text: SegmentedText, *, scale: Scale, steps: int
) -> PathAttribution:
    """Word weights by integrated gradients (Sundararajan, Taly, Yan 2017, arXiv 1703.01365).

    The path runs through the embeddings of the tokens. In the baseline every piece of a word is the
    tokenizer's mask token (its unknown token where it has none); special tokens, punctuation and positions
    stay as they are, so that they get no weight. The weights of a word's pieces are summed. Deterministic.
    Computed by captum's IntegratedGradients.

    Args:
        classifier: the model.
        text: the text with its words; what is cut off at the model's longest input weighs nothing.
        scale: whether probabilities or their log-odds are explained.
        steps: points of the Gauss-Legendre rule on the path.

    Raises:
        DeviceFull: not even one point fits into memory.
    """
    with memory_for(f"The gradient of one text of {classifier.name!r}", device=str(_device(classifier))):
        return _attributed(classifier, text, scale, steps)


def _attributed(
    classifier: TorchClassifier, text: SegmentedText, scale: Scale, steps: int
) -> PathAttribution:
    from captum.attr import IntegratedGradients  # slow to import, and needed by those alone who ask for it

    encoded = classifier.encode([text.pair])[0]
    ids = torch.tensor([encoded.ids], device=_device(classifier))
    types = torch.tensor([encoded.types], device=ids.device) if encoded.types else None
    owners = _owners(classifier, text, len(encoded.ids))
    placeholder = classifier.tokenizer.masking.encode(MASK_PLACEHOLDER, add_special_tokens=False).ids[0]
    masked = ids.clone()
    masked[0, torch.tensor([at for at, word in enumerate(owners) if word >= 0], dtype=torch.long)] = (
        placeholder
    )
    output = _output(classifier, types, scale)
    with torch.no_grad():
        embedding = classifier.module.get_input_embeddings()
        inputs, baseline = embedding(ids).detach(), embedding(masked).detach()
        full, base = (output(one).double().cpu().numpy()[0] for one in (inputs, baseline))
    weights = np.zeros((len(text), len(classifier.classes)))
    attribute = partial(IntegratedGradients(output).attribute, inputs, baselines=baseline, n_steps=steps)
    at_once = min(_AT_ONCE, steps)
    for of_class in range(len(classifier.classes)):
        found, at_once = _as_many_at_once(partial(attribute, target=of_class), at_once)
        tokens = found.sum(dim=-1).detach().double().cpu().numpy()[0]
        for at, word in enumerate(owners):
            if word >= 0:
                weights[word, of_class] += tokens[at]
    return PathAttribution(weights, base, full)


def _as_many_at_once(attribute: Callable[..., torch.Tensor], at_once: int) -> tuple[torch.Tensor, int]:
    """Attributions with at most so many points at once, halved until they fit, and how many that were."""
    while True:
        try:
            with warnings.catch_warnings():
                # captum warns that it sets requires_grad on inputs; it is there for that.
                warnings.simplefilter("ignore")
                return attribute(internal_batch_size=at_once), at_once
        except RuntimeError as error:
            if at_once == 1 or not is_out_of_memory(error):
                raise
        torch.cuda.empty_cache()
        at_once //= 2


def _device(classifier: TorchClassifier) -> torch.device:
    device: torch.device = next(classifier.module.parameters()).device
    return device


def _output(
    classifier: TorchClassifier, types: torch.Tensor | None, scale: Scale
) -> Callable[[torch.Tensor], torch.Tensor]:
    """From embeddings (b, t, d) to what is explained (b, k), in the order of the canonical classes."""
    places = np.arange(len(classifier.classes), dtype=np.float64)[None, :]
    order = torch.tensor(classifier.in_order(places)[0].astype(np.int64), device=_device(classifier))

    def output(embeddings: torch.Tensor) -> torch.Tensor:
        given = {"inputs_embeds": embeddings}
        if types is not None and classifier.uses_types:
            given["token_type_ids"] = types.expand(len(embeddings), -1)
        logits = classifier.module(**given, return_dict=True).logits[:, order]
        probabilities: torch.Tensor = torch.softmax(logits, dim=-1)
        if scale == "probability":
            return probabilities
        clipped = probabilities.clamp(_CLIP, 1 - _CLIP)
        return torch.log(clipped) - torch.log1p(-clipped)

    return output


def _owners(classifier: TorchClassifier, text: SegmentedText, tokens: int) -> Sequence[int]:
    """The word that each token lies in; -1 for special tokens and punctuation."""
    first, second = text.pair
    plain = classifier.tokenizer.plain
    encoding = plain.encode(first) if second is None else plain.encode(first, second)
    owners = [-1] * tokens
    if len(encoding.ids) != tokens:
        # An empty text, for which a lone special token stands.
        return owners
    spans = [(word.segment, word.start, word.end) for word in text.words]
    for at, ((start, end), segment) in enumerate(zip(encoding.offsets, encoding.sequence_ids, strict=True)):
        shared = [min(end, stop) - max(start, begin) if segment == of else 0 for of, begin, stop in spans]
        if shared and max(shared) > 0:
            owners[at] = int(np.argmax(shared))
    return owners
