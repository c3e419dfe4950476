"""Our explainers against unmodified lime and shap on the published path: `python -m benchmarks explain`.

Both explain the same texts by the same model in one process, a few texts each in turn, so that a busy machine
slows both. Ours gets the masks and orders that the library drew, and must give the library's values.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.figures import RESULTS, Row, ratio_row, row, write
from benchmarks.published_path import SNLI, PublishedPath, published_path, snli_pairs
from trust_core.domain.arrays import BoolArray
from trust_core.domain.attributions import Attribution
from trust_core.domain.texts import SegmentedText
from trust_core.explain import reference, shap_text
from trust_core.explain.library_check import NEAR, TOP, Asked, lime_on, permutation_on
from trust_core.explain.methods import Explain
from trust_core.explain.settings import Settings
from trust_core.inference.composition import compose_ids
from trust_core.inference.engine import Engine
from trust_core.inference.pool import explain
from trust_core.models.device import choose_device, limit_threads
from trust_core.models.forward import Compute
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import load_model
from trust_core.models.policy import Policy
from trust_core.perturb.masks import compose_all
from trust_core.ports import TakesParts
from trust_core.settings import settings_from
from trust_core.stats.seeds import derived_rng

TURN = 10
"""Texts that one side explains before it is the other's turn."""

SAMPLES, PERMUTATIONS = 1000, 10
CHECKED_MASKS = 4


@dataclass(slots=True)
class Timed:
    """One explainer on both paths: seconds of each turn, and what came out.

    Attributes:
        theirs, ours: seconds, one entry a turn.
        expected, found: attributions, in the order of the texts.
        forward_s: seconds of ours inside the forward pass.
    """

    theirs: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    expected: list[Attribution] = field(default_factory=list)
    found: list[Attribution] = field(default_factory=list)
    forward_s: float = 0.0


Library = Callable[[SegmentedText, reference.MaskedPredict, Settings], Attribution]
Ours = Callable[[dict[str, list[BoolArray]]], Explain]


def timed(
    texts: Sequence[SegmentedText],
    path: PublishedPath,
    engine: Engine,
    library: Library,
    ours: Ours,
    settings: Settings,
) -> Timed:
    """Explain the texts by both, turn by turn.

    Args:
        texts: the texts.
        path: the published predict function.
        engine: ours.
        library: lime's or shap's explainer.
        ours: our explainer, given what the library asked of each text.
        settings: of both.
    """
    done = Timed()
    for start in range(0, len(texts), TURN):
        turn = texts[start : start + TURN]
        asked: dict[str, list[BoolArray]] = {}
        began = time.perf_counter()
        for text in turn:
            recorded = Asked(path.of(text))
            done.expected.append(library(text, recorded, settings))
            asked[text.id] = recorded.keep
        done.theirs.append(time.perf_counter() - began)
        before = engine.usage.forward_s
        explainer = ours(asked)
        began = time.perf_counter()
        done.found += [one.whole for one in explain(turn, explainer, engine)]
        done.ours.append(time.perf_counter() - began)
        done.forward_s += engine.usage.forward_s - before
    return done


def other_orders(done: Timed) -> tuple[int, int]:
    """Texts and classes whose top words stand in another order than lime's, and those of near ties alone."""
    wrong = ties = 0
    for theirs, ours in zip(done.expected, done.found, strict=True):
        for k in range(theirs.weights.shape[1]):
            size = np.abs(theirs.weights[:, k])
            first, second = (
                np.argsort(-np.abs(one.weights[:, k]), kind="stable")[:TOP] for one in (theirs, ours)
            )
            if (first == second).all():
                continue
            near = np.abs(size[first] - size[second]) < NEAR
            wrong, ties = (wrong, ties + 1) if near.all() else (wrong + 1, ties)
    return wrong, ties


def largest(done: Timed) -> float:
    """The largest difference of a weight between both."""
    pairs = zip(done.expected, done.found, strict=True)
    return max(float(np.abs(one.weights - other.weights).max()) for one, other in pairs)


def composed_mismatches(texts: Sequence[SegmentedText], classifier: Any) -> dict[str, int]:
    """Masked texts whose composed ids are not the tokenizer's, and texts that were written out."""
    assert isinstance(classifier, TakesParts)
    assert classifier.parts is not None
    wrong = compared = written = 0
    for text in texts:
        keep = derived_rng(0, "composed ids", text.id).random((CHECKED_MASKS, len(text))) < 0.6
        composed = compose_ids(
            text, keep, rule="delete", mask_token=classifier.mask_token, tokenizer=classifier.parts
        )
        if composed is None:
            written += 1
            continue
        pairs = compose_all(text, keep[composed.rows], rule="delete", mask_token=classifier.mask_token)
        ends = np.cumsum(composed.inputs.lengths)
        for at, one in enumerate(classifier.encode(pairs)):
            place = slice(ends[at] - composed.inputs.lengths[at], ends[at])
            same = one.ids == tuple(composed.inputs.ids[place].tolist())
            if composed.inputs.types is not None:
                same = same and one.types == tuple(composed.inputs.types[place].tolist())
            wrong += not same
            compared += 1
    return {"wrong": wrong, "compared": compared, "texts": len(texts), "texts_written_out": written}


def rows_of(name: str, done: Timed) -> tuple[list[Row], dict[str, Any]]:
    """The rows of an explainer's speed, and what is behind them."""
    count = len(done.found)
    details = {
        "published_s_per_text": sum(done.theirs) / count,
        "ours_s_per_text": sum(done.ours) / count,
        "share_in_forward": done.forward_s / sum(done.ours),
        "turns": [round(one / other, 3) for one, other in zip(done.theirs, done.ours, strict=True)],
        "largest_difference": largest(done),
    }
    return [ratio_row(name, done.theirs, done.ours)], details


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--model", default="nli-reference")
    parser.add_argument("--backend", choices=("auto", "torch", "openvino"), default="auto")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--data", type=Path, default=SNLI)
    parser.add_argument("--explainers", nargs="+", default=["lime", "shap-partition", "shap-permutation"])
    parser.add_argument("--checked", type=int, help="texts whose composed ids are checked (default: all)")
    parser.add_argument("--device", choices=("cpu",), default="cpu", help="a GPU has a benchmark of its own")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    if not chosen.data.is_file():
        parser.error(f"there is no file {chosen.data}; name it with --data or set TRUST_SHARED_DATA")
    limit_threads(chosen.threads)
    texts = snli_pairs(chosen.data, chosen.texts)
    path = published_path(chosen.model)
    cache = settings_from({}).home / "cache"
    loaded = load_model(
        inspect_model(chosen.model, policy=Policy(origin="typed")),
        device=choose_device("cpu"),
        compute=Compute(chosen.backend, cache=cache),
    )
    engine = Engine(loaded.classifier)
    settings = Settings(seed=0, samples=SAMPLES, permutations=PERMUTATIONS)
    plans: dict[str, tuple[Library, Ours]] = {
        "lime": (reference.lime, lambda asked: lime_on(asked, settings)),
        "shap-partition": (reference.shap_partition, lambda _: shap_text.partition(settings)),
        "shap-permutation": (reference.shap_permutation, lambda asked: permutation_on(asked, settings)),
    }
    details: dict[str, Any] = {
        "texts": len(texts),
        "model": chosen.model,
        "forward": str(loaded.forward),
        "threads": torch.get_num_threads(),
    }
    rows: list[Row] = []
    values = []
    for name in chosen.explainers:
        library, ours = plans[name]
        # Once before the clock counts: imports, compiled loops and memory are paid for by neither.
        timed(texts[:2], path, engine, library, ours, settings)
        done = timed(texts, path, engine, library, ours, settings)
        found, details[name] = rows_of(name, done)
        rows += found
        if name == "lime":
            wrong, ties = other_orders(done)
            details[name] |= {
                "orders_compared": len(texts) * len(loaded.facts.labels),
                "near_ties": ties,
            }
            rows += [row("lime-weights", largest(done)), row("lime-orders", wrong)]
        else:
            values.append(largest(done))
        print(name, details[name], flush=True)
    if values:
        rows.append(row("shap-values", max(values)))
    ids = composed_mismatches(snli_pairs(chosen.data, chosen.checked), loaded.classifier)
    details["composed_ids"] = ids
    rows.append(row("composed-ids", ids["wrong"]))
    write("explain", rows, details, chosen.out)


if __name__ == "__main__":
    main()
