"""A torch model as the stages see it: texts to token ids, token ids to logits in canonical class order."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import nn

from trust_core.domain.texts import TextPair
from trust_core.errors import DeviceError, ModelError, OutOfMemory
from trust_core.models.forward import Precision
from trust_core.models.full_memory import is_out_of_memory
from trust_core.models.parts import part_tokenizer
from trust_core.models.pretrained import PreTrainedModel
from trust_core.models.tokenization import MASK_PLACEHOLDER, PairTokenizer
from trust_core.ports import Encoded

NO_PADDING = -1
"""A padding id that equals no token: our batches have no padding, so the last token is the last token."""

_ALWAYS_TYPED = frozenset({"xlnet"})
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
_CUDA_ERROR = "CUDA error"


class TorchClassifier:
    """A loaded transformers classifier; implements `trust_core.ports.Classifier`.

    Attributes:
        module: the network, in evaluation mode, its weights not trainable.
        tokenizer: texts to ids.
        uses_types: whether the network reads segment ids.
        parts: the tokenizer for parts of texts, where there is one.
        vocabulary: how many token ids the network has embeddings for.
        precision: of the arithmetic inside the network.
    """

    def __init__(
        self,
        name: str,
        module: PreTrainedModel,
        tokenizer: PairTokenizer,
        classes: tuple[str, ...],
        *,
        order: Sequence[int],
        type_ids_expected: bool,
    ) -> None:
        """Wrap a network.

        Args:
            name: its name in this run.
            module: the network.
            tokenizer: its tokenizer.
            classes: canonical class names, k of them.
            order: for each canonical class, its column in the network's own output.
            type_ids_expected: whether the model's tokenizer hands segment ids to it.
        """
        self.module = module
        self.tokenizer = tokenizer
        self.uses_types = type_ids_expected and reads_types(module)
        self.parts = part_tokenizer(tokenizer, types=self.uses_types)
        self._name = name
        self._classes = classes
        self._columns = None if list(order) == list(range(len(order))) else list(order)
        self._device = next(module.parameters()).device
        self.vocabulary = input_rows(module)
        self.precision: Precision = "fp32"
        if hasattr(module.config, "pad_token_id") and module.config.pad_token_id is None:
            module.config.pad_token_id = NO_PADDING

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
        """Tokens of each text; special-token strings in the texts are ordinary characters.

        With `masks`, the placeholder `mask_token` becomes the tokenizer's mask token (its unknown token
        where it has none); a "[MASK]" that the user typed stays what it is: seven characters.
        """
        return self.tokenizer.encode_pairs(pairs, masks=masks, types=self.uses_types)

    def release(self) -> None:
        """Let go of the network, so that its memory is free; the classifier answers no more."""
        del self.module

    @torch.inference_mode()
    def logits(
        self, ids: Int[np.ndarray, "b t"], types: Int[np.ndarray, "b t"] | None
    ) -> Float[np.ndarray, "b k"]:
        """Logits (b, k), float64, of b inputs of one length t.

        Raises:
            OutOfMemory: the batch does not fit.
            ModelError: a token id that the model has no embedding for.
            DeviceError: the GPU failed.
        """
        self.check_ids(ids)
        try:
            inputs = {"input_ids": self._on_device(ids)}
            if self.uses_types and types is not None:
                inputs["token_type_ids"] = self._on_device(types)
            with self._in_precision():
                output = self.module(**inputs, return_dict=True).logits
            values: np.ndarray = output.double().cpu().numpy()
        except RuntimeError as error:
            if is_out_of_memory(error):
                torch.cuda.empty_cache()
                raise OutOfMemory(str(error)) from error
            if _CUDA_ERROR in str(error):
                raise DeviceError(
                    f"The device of {self._name!r} failed: {str(error).splitlines()[0][:200]}",
                    remedy="Start again; if it fails again, use --device cpu.",
                ) from error
            raise
        return self.in_order(values)

    def check_ids(self, ids: Int[np.ndarray, "b t"]) -> None:
        """Refuse token ids that the network has no embedding for.

        Raises:
            ModelError: there is one.
        """
        if ids.size and int(ids.max()) >= self.vocabulary:
            raise ModelError(
                f"The tokenizer of {self._name!r} gives the token id {int(ids.max())}, but the model knows "
                f"{self.vocabulary} tokens.",
                remedy="Tokenizer and weights are of different models: save both from the same one.",
            )

    def in_order(self, values: Float[np.ndarray, "b k"]) -> Float[np.ndarray, "b k"]:
        """The network's own columns in the order of the canonical classes."""
        return values if self._columns is None else values[:, self._columns]

    def _on_device(self, values: Int[np.ndarray, "b t"]) -> torch.Tensor:
        """The values where the network lies; on the way to a GPU, the next ones can be made ready."""
        tensor = torch.from_numpy(np.ascontiguousarray(values, dtype=np.int64))
        if self._device.type == "cuda":
            return tensor.pin_memory().to(self._device, non_blocking=True)
        return tensor.to(self._device)

    def _in_precision(self) -> contextlib.AbstractContextManager[None]:
        if self.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(self._device.type, dtype=_DTYPES[self.precision])


def reads_types(module: nn.Module) -> bool:
    """Whether a network distinguishes segments: it takes segment ids, and has more than one of them."""
    config = getattr(module, "config", None)
    if "token_type_ids" not in inspect.signature(module.forward).parameters:
        return False
    return getattr(config, "model_type", "") in _ALWAYS_TYPED or getattr(config, "type_vocab_size", 0) > 1


def input_rows(module: PreTrainedModel) -> int:
    """How many token ids the network has embeddings for."""
    return int(module.get_input_embeddings().weight.shape[0])
