"""The forward pass against the roofline, and the engine around it: `python -m benchmarks engine`.

Variants run the same masked texts in turn. The roofline is the best rate at which any installed library
multiplies single-precision matrices of the network's own shapes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.figures import RESULTS, row, write
from benchmarks.published_path import SNLI, snli_pairs
from trust_core.domain.arrays import FloatArray
from trust_core.domain.texts import SegmentedText
from trust_core.explain import lime_text
from trust_core.explain.settings import Settings
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.models.device import choose_device, limit_threads
from trust_core.models.facts import LoadedModel
from trust_core.models.forward import BackendChoice, Compute
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.loader import load_model
from trust_core.models.openvino_classifier import openvino
from trust_core.models.policy import Policy
from trust_core.ports import Classifier
from trust_core.settings import settings_from
from trust_core.stats.seeds import derived_rng

BACKENDS: tuple[BackendChoice, ...] = ("torch", "openvino")
BUDGETS = (1024, 4096, 8192, 16384)
TOKENS = 4096
"""Rows of the matrices that the roofline multiplies: the tokens of a batch."""

REPETITIONS = 4
ROUNDS = 8


class Recorded:
    """A classifier that keeps every batch it is given, and answers nothing of use."""

    def __init__(self, model: Classifier) -> None:
        self._model = model
        self.name, self.classes, self.mask_token = model.name, model.classes, model.mask_token
        self.parts = getattr(model, "parts", None)
        self.encode = model.encode
        self.batches: list[tuple[Any, Any]] = []

    def logits(self, ids: Any, types: Any) -> FloatArray:
        """Zeros, after noting the batch."""
        self.batches.append((ids, types))
        return np.zeros((len(ids), len(self.classes)))


def network_flops(config: Any, batches: Sequence[tuple[Any, Any]]) -> float:
    """Multiplications and additions of the matrix products of a BERT over these batches."""
    h, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    dense = 2 * (4 * h * h + 2 * h * inner)
    return float(sum(ids.size * layers * (dense + 4 * h * ids.shape[1]) for ids, _ in batches))


def best_rate(config: Any) -> dict[str, float]:
    """Library -> multiplications and additions a second on the network's own shapes."""
    h, inner = config.hidden_size, config.intermediate_size
    shapes = ((h, h), (h, h), (h, h), (h, h), (h, inner), (inner, h))
    work = ROUNDS * sum(2 * TOKENS * a * b for a, b in shapes)
    return {
        name: work / _fastest(run)
        for name, run in (("torch", _in_torch(shapes)), ("OpenVINO", _in_openvino(shapes)))
    }


def _in_torch(shapes: Sequence[tuple[int, int]]) -> Callable[[], None]:
    layers = [(torch.randn(TOKENS, a), torch.randn(b, a)) for a, b in shapes]

    def run() -> None:
        with torch.inference_mode():
            for _ in range(ROUNDS):
                for values, weights in layers:
                    torch.nn.functional.linear(values, weights)

    return run


def _in_openvino(shapes: Sequence[tuple[int, int]]) -> Callable[[], None]:
    library = openvino()
    ops = library.opset13
    hint = {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "NUM_STREAMS": 1,
    }
    requests = []
    for a, b in dict.fromkeys(shapes):
        given = ops.parameter([TOKENS, a], np.float32)
        weights = ops.constant(np.random.default_rng(0).standard_normal((b, a)).astype(np.float32))
        model = library.Model([ops.matmul(given, weights, False, True)], [given])
        request = library.Core().compile_model(model, "CPU", hint).create_infer_request()
        values = np.ones((TOKENS, a), dtype=np.float32)
        requests += [(request, values)] * sum(shape == (a, b) for shape in shapes)

    def run() -> None:
        for _ in range(ROUNDS):
            for request, values in requests:
                request.infer([values], share_inputs=True, share_outputs=True)

    return run


def _fastest(run: Callable[[], None]) -> float:
    """Seconds of the fastest repetition, after one that does not count."""
    run()
    seconds = []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def seconds_of(model: Classifier, batches: Sequence[tuple[Any, Any]]) -> float:
    """Seconds of one pass over the batches."""
    began = time.perf_counter()
    for ids, types in batches:
        model.logits(ids, types)
    return time.perf_counter() - began


def batches_of(
    texts: Sequence[SegmentedText], model: Classifier, settings: Settings, budget: int
) -> list[Any]:
    """What the engine asks of a model to explain the texts by LIME."""
    recorded = Recorded(model)
    list(explain(texts, lime_text.explainer(settings), Engine(recorded, batch_tokens=budget)))
    return recorded.batches


def agreement(texts: Sequence[SegmentedText], inspected: InspectedModel, cache: Path) -> float:
    """The largest change of a probability by batch budget, threads or order, on either backend."""
    requests = [(text, derived_rng(0, "agreement", text.id).random((300, len(text))) < 0.7) for text in texts]
    threads = torch.get_num_threads()
    worst = 0.0
    for backend in BACKENDS:
        expected: list[FloatArray] = []
        for count in (1, 2):
            limit_threads(count)
            model = loaded(inspected, backend, cache).classifier
            for budget in (1024, 4096, 16384):
                found = Engine(model, batch_tokens=budget).predict_masked(requests)
                turned = Engine(model, batch_tokens=budget).predict_masked(requests[::-1])[::-1]
                expected = expected or found
                for one, other, back in zip(expected, found, turned, strict=True):
                    worst = max(worst, float(np.abs(one - other).max()), float(np.abs(one - back).max()))
    limit_threads(threads)
    return worst


def loaded(inspected: InspectedModel, backend: BackendChoice, cache: Path) -> LoadedModel:
    """The model on the CPU."""
    return load_model(inspected, device=choose_device("cpu"), compute=Compute(backend, cache=cache))


def between(texts: Sequence[SegmentedText], one: Classifier, other: Classifier) -> float:
    """The largest difference of a probability between two classifiers, on texts and masked texts."""
    requests = [(text, derived_rng(0, "backends", text.id).random((50, len(text))) < 0.7) for text in texts]
    first, second = (Engine(model).predict_masked(requests) for model in (one, other))
    return max(float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True))


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--model", default="nli-reference")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--data", type=Path, default=SNLI)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    if not chosen.data.is_file():
        parser.error(f"there is no file {chosen.data}; name it with --data or set TRUST_SHARED_DATA")
    limit_threads(chosen.threads)
    texts = snli_pairs(chosen.data, chosen.texts)
    inspected = inspect_model(chosen.model, policy=Policy(origin="typed"))
    cache = settings_from({}).home / "cache"
    models: dict[str, LoadedModel] = {backend: loaded(inspected, backend, cache) for backend in BACKENDS}
    by_torch, fast = models["torch"].classifier, models["openvino"].classifier
    settings = Settings(seed=0, samples=chosen.samples)
    config = by_torch.module.config  # type: ignore[attr-defined]

    turns: dict[str, list[float]] = {}
    rates: list[dict[str, float]] = []
    batches = batches_of(texts, fast, settings, TOKENS)
    flops = network_flops(config, batches)
    for _ in range(REPETITIONS):
        rates.append(best_rate(config))
        for budget in BUDGETS:
            asked = batches_of(texts, fast, settings, budget)
            turns.setdefault(f"OpenVINO, {budget} tokens a batch", []).append(seconds_of(fast, asked))
        turns.setdefault(f"torch, {TOKENS} tokens a batch", []).append(seconds_of(by_torch, batches))
        print({name: round(seconds[-1], 2) for name, seconds in turns.items()}, rates[-1], flush=True)
    best = max(max(rate.values()) for rate in rates)
    shares = [flops / seconds / best for seconds in turns[f"OpenVINO, {TOKENS} tokens a batch"]]

    inside = []
    for _ in range(3):
        engine = Engine(fast)
        began = time.perf_counter()
        list(explain(texts, lime_text.explainer(settings), engine))
        inside.append(engine.usage.forward_s / (time.perf_counter() - began))

    rows = [
        row("roofline", float(np.median(shares)), min(shares), max(shares)),
        row("in-forward", float(np.median(inside)), min(inside), max(inside)),
        row("budgets", agreement(texts[:5], inspected, cache)),
        row("backends", between(texts[:10], by_torch, fast)),
    ]
    details = {
        "texts": len(texts),
        "samples": chosen.samples,
        "model": chosen.model,
        "threads": torch.get_num_threads(),
        "forward": str(models["openvino"].forward),
        "gflops": flops / 1e9,
        "tokens": int(sum(ids.size for ids, _ in batches)),
        "seconds": turns,
        "gflops_a_second": [{name: rate / 1e9 for name, rate in found.items()} for found in rates],
        "usage": str(engine.usage),
    }
    write("engine", rows, details, chosen.out)


if __name__ == "__main__":
    main()
