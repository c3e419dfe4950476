"""The choice of what computes a model's forward pass, held against torch in single precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from trust_core.domain.arrays import FloatArray
from trust_core.errors import DeviceError
from trust_core.models.classifier import TorchClassifier
from trust_core.models.device import Device
from trust_core.models.forward import PROBES, TOLERANCE, Compute, Forward
from trust_core.ports import Classifier, Encoded

MOST_PROBES = 32
LONG = 160
"""Tokens of the longest probe, where the model takes that many."""


def with_backend(
    original: TorchClassifier, compute: Compute, *, device: Device, content_hash: str, quantised: bool
) -> tuple[Classifier, Forward]:
    """The classifier that computes as asked, or as near to it as can be, and what that is.

    What is not torch in single precision is held against it on the probes. OpenVINO in single precision must
    agree within `TOLERANCE`; where it does not, or cannot convert the network, torch computes.

    Args:
        original: the model as torch computes it.
        compute: what is asked for.
        device: where it lies.
        content_hash: of the model's files and recipe.
        quantised: whether its layers compute with whole numbers, as torch alone can.

    Raises:
        DeviceError: fp16 on the CPU.
    """
    on_cpu = device.torch_name == "cpu"
    if compute.precision == "fp16" and on_cpu:
        raise DeviceError(
            "The precision fp16 needs a CUDA device.",
            allowed="On the CPU: fp32 or bf16.",
            remedy="Use --precision fp32, or --device cuda where there is one.",
        )
    note = ""
    if compute.backend != "torch":
        reason = _no_openvino(on_cpu=on_cpu, quantised=quantised)
        found = reason or _openvino(original, compute, content_hash)
        if not isinstance(found, str):
            return found
        if compute.backend == "openvino" or not reason:
            note = f"{found} torch computes instead."
    library = f"torch {torch.__version__}"
    if compute.precision == "fp32" or quantised:
        return original, Forward(library, "fp32", 0.0, note)
    expected = _answers(original, _probes(original, compute))
    original.precision = compute.precision
    deviation = _largest(_answers(original, _probes(original, compute)) - expected)
    return original, Forward(library, compute.precision, deviation, note)


def _no_openvino(*, on_cpu: bool, quantised: bool) -> str:
    """Why OpenVINO is not even tried; empty where it is."""
    from trust_core.models.openvino_classifier import is_installed

    if not on_cpu:
        return "OpenVINO computes on the CPU alone."
    if quantised:
        return "OpenVINO does not take torch's int8 layers."
    return "" if is_installed() else "OpenVINO is not installed."


def _openvino(
    original: TorchClassifier, compute: Compute, content_hash: str
) -> tuple[Classifier, Forward] | str:
    """The model as OpenVINO computes it; why not, where it cannot or differs from torch."""
    from trust_core.models.openvino_classifier import OpenVinoClassifier, converted, version

    try:
        graph = converted(original, content_hash=content_hash, cache=compute.cache)
        made = OpenVinoClassifier(
            original, graph, precision=compute.precision, threads=torch.get_num_threads()
        )
        probes = _probes(original, compute)
        found = _answers(made, probes)
    except Exception as error:  # noqa: BLE001  (a converter fails in every way there is, and torch is at hand)
        lines = str(error).strip().splitlines()
        return f"OpenVINO cannot run this network ({(lines or [type(error).__name__])[0][:200]})."
    deviation = _largest(found - _answers(original, probes))
    if compute.precision == "fp32" and not deviation <= TOLERANCE:
        made.release()
        return f"OpenVINO's probabilities differ from torch's by {deviation:.1e}, more than {TOLERANCE:.0e}."
    original.release()
    return made, Forward(f"OpenVINO {version()}", compute.precision, deviation)


def _probes(original: TorchClassifier, compute: Compute) -> list[Encoded]:
    """Texts of many lengths: those that were given, our own, and a long one."""
    given = list(dict.fromkeys([*compute.probes[: MOST_PROBES - len(PROBES)], *PROBES]))
    encoded = original.encode(given)
    longest = max(encoded, key=lambda one: len(one.ids))
    times = -(-min(LONG, original.tokenizer.max_length) // len(longest.ids))
    room = original.tokenizer.max_length
    long = Encoded((longest.ids * times)[:room], (longest.types * times)[:room], False)
    return [*encoded, long]


def _answers(classifier: Classifier, probes: Sequence[Encoded]) -> FloatArray:
    """(2 n, k) probabilities: of each text alone, and of all texts in one batch, cut to the shortest."""
    shortest = min(len(one.ids) for one in probes)
    together = np.array([one.ids[:shortest] for one in probes])
    kinds = np.array([one.types[:shortest] for one in probes]) if probes[0].types else None
    rows = [
        classifier.logits(np.array([one.ids]), np.array([one.types]) if one.types else None) for one in probes
    ]
    logits = np.concatenate([*rows, classifier.logits(together, kinds)])
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _largest(differences: FloatArray) -> float:
    return float(np.abs(differences).max())
