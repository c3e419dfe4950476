"""How a model's forward pass is computed: by which library, and in which precision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trust_core.domain.texts import TextPair

BackendChoice = Literal["auto", "torch", "openvino"]
Precision = Literal["fp32", "bf16", "fp16"]

TOLERANCE = 1e-5
"""The most that a probability in single precision may differ from torch's."""

PROBES: tuple[TextPair, ...] = (
    ("A man in a blue shirt is fixing the roof of a small house.", "Somebody works outdoors."),
    ("Two dogs run.", "The dogs are asleep."),
    ("The committee, which met on Tuesday, did not accept the third proposal.", "It was refused."),
    ("No.", "Yes, it did!"),
    ("Rain fell on the hills for days before the river rose over its banks near the old mill.", "It rained."),
    ("She paid 45 euros for the ticket (second class).", "The ticket cost less than 50 euros."),
    ("Children play football in the street while an old man watches them from a window.", "Nobody watches."),
    ("This is a text that stands alone and has a good many words in it, more than most of them.", ""),
)
"""Texts that a forward pass is held against torch on, beside the first texts of a run."""


@dataclass(frozen=True, slots=True)
class Compute:
    """How the forward pass is asked to be computed.

    Attributes:
        backend: `auto` takes OpenVINO on the CPU where it can convert the model, and torch elsewhere.
        precision: of the arithmetic inside the network.
        probes: texts that another backend or precision is held against torch in single precision on.
        cache: where converted models are kept; None: nowhere.
    """

    backend: BackendChoice = "torch"
    precision: Precision = "fp32"
    probes: tuple[TextPair, ...] = PROBES
    cache: Path | None = None


AS_TORCH = Compute()
"""Torch in single precision."""


@dataclass(frozen=True, slots=True)
class Forward:
    """How it is computed.

    Attributes:
        backend: the library, with its version.
        precision: of the arithmetic inside the network.
        deviation: the largest difference of a probability from torch in single precision on the probes;
            0 where that is what computes.
        note: why it is not what could be expected, in a sentence; empty elsewhere.
    """

    backend: str
    precision: Precision
    deviation: float
    note: str = ""
