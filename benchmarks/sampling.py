"""What LIME's sampling saves: `python -m benchmarks.sampling`.

For each text and model a converged run is made, 28,000 independent draws with lime's kernel. Its weights, at
the penalty a sample that s samples have, are the target of s samples. Each way to sample is asked how well
its top words agree with that target's, by number of forward passes, and how far its mean over seeds is off.

Every probability is kept in a folder by mask, every text's answers when it is done: a run that was stopped
goes on. Writes results/sampling.json and docs/images/lime-sampling.svg, and prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.figures import RESULTS, row, write
from benchmarks.known_masks import KnownMasks, Run, chosen_texts
from benchmarks.published_path import SNLI
from benchmarks.sampling_chart import chart
from trust_core.alignment.ranking import choose_k
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.texts import SegmentedText
from trust_core.explain.lime_sampling import Sample, closeness, draw_independent, draw_stratified
from trust_core.explain.lime_text import RIDGE, fit
from trust_core.inference.engine import Engine
from trust_core.models.device import choose_device
from trust_core.models.forward import Compute
from trust_core.models.inspection import inspect_model
from trust_core.models.loader import resident
from trust_core.models.policy import Policy
from trust_core.stats.seeds import derived_rng

IMAGE = Path(__file__).parents[1] / "docs" / "images" / "lime-sampling.svg"
FIGURE_OF = {"nli-reference": "sampling", "nli-tiny": "sampling-tiny"}
SIZES = (125, 250, 500, 1000)
SEEDS = 5
RUNS, RUN = 14, 2000
"""The converged run is so many independent runs of so many draws; a run never counts in its own target."""

BASE = 1000
DONE = "answers-2"
"""Folder of the texts that are done; another number where other figures are taken."""

K_FRACTION = 0.2
METHODS = ("independent", "stratified, words alone", "stratified")
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Converged:
    """Sums over all runs of one text, from which the target of any number of samples follows."""

    moments: tuple[tuple[FloatArray, FloatArray], ...]
    full: float

    @classmethod
    def of(cls, known: KnownMasks, of_class: int) -> Converged:
        """Draw and run what is not known yet."""
        moments = []
        draws = [run_of(known.text, run).keep[1:] for run in range(RUNS)]
        known(np.concatenate(draws))
        for keep in draws:
            design = np.concatenate([np.ones((len(keep), 1)), keep], axis=1)
            pull = design.T * closeness(keep.sum(axis=1).astype(np.float64), keep.shape[1])
            moments.append((pull @ design, pull @ known(keep)[:, of_class]))
        everything = np.ones((1, len(known.text)), dtype=np.bool_)
        return cls(tuple(moments), float(known(everything)[0, of_class]))

    def target(self, samples: int, *, without: int | None = None) -> FloatArray:
        """(w,) the weights that `samples` draws would give if their sums were those of endless draws."""
        kept = [one for run, one in enumerate(self.moments) if run != without]
        share = (samples - 1) / (len(kept) * (RUN - 1))
        left = sum(one[0] for one in kept) * share + 1.0
        right = sum(one[1] for one in kept) * share + self.full
        penalty = RIDGE * np.eye(len(right))
        penalty[0, 0] = 0
        weights: FloatArray = np.linalg.solve(left + penalty, right)[1:]
        return weights


def run_of(text: SegmentedText, run: int) -> Sample:
    """One of the independent runs: its first s masks are lime's with s samples."""
    return draw_independent(len(text), RUN, rng=derived_rng(0, "converged", text.id, str(run)))


def stratified(text: SegmentedText, samples: int, seed: int) -> Sample:
    """What the product draws: two halves."""
    halves = [
        draw_stratified(
            len(text), samples // 2, rng=derived_rng(seed, "sampling", text.id, str(samples), half)
        )
        for half in ("h1", "h2")
    ]
    return Sample(
        np.concatenate([half.keep for half in halves]), np.concatenate([half.weights for half in halves])
    )


def overlap(weights: FloatArray, target: FloatArray) -> float:
    """Jaccard index of the top words."""
    k = choose_k(len(target), fraction=K_FRACTION)
    ours, theirs = (set(np.argsort(-np.abs(one), kind="stable")[:k].tolist()) for one in (weights, target))
    return len(ours & theirs) / len(ours | theirs)


Answers = dict[str, dict[str, float | list[float]]]
"""By "method/samples": agreement of each seed, passes, noise, and the squared distance of their mean."""


def measured_text(text: SegmentedText, file: Path, run: Run) -> Answers:
    """Every way to sample one text, at every size, with every seed."""
    known = KnownMasks(text, file, run)
    everything = np.ones((1, len(text)), dtype=np.bool_)
    of_class = int(known(everything)[0].argmax())
    converged = Converged.of(known, of_class)
    drawn = {
        ("stratified", size, seed): stratified(text, size, seed) for size in SIZES for seed in range(SEEDS)
    }
    known(np.concatenate([sample.keep for sample in drawn.values()]))
    answers: Answers = {}
    for size in SIZES:
        found: dict[str, list[FloatArray]] = {method: [] for method in METHODS}
        targets: dict[str, list[FloatArray]] = {method: [] for method in METHODS}
        passes: dict[str, list[int]] = {method: [] for method in METHODS}
        for seed in range(SEEDS):
            first = run_of(text, seed)
            samples = {
                "independent": Sample(first.keep[:size], first.weights[:size]),
                "stratified": drawn["stratified", size, seed],
            }
            for method in METHODS:
                sample = samples[method.split(",")[0]]
                fitted = fit(
                    sample.keep,
                    known(sample.keep)[:, [of_class]],
                    sample.weights,
                    pairs_of=size if method == "stratified" else None,
                )
                found[method].append(fitted.weights[:, 0])
                own = seed if method == "independent" else None
                targets[method].append(converged.target(size, without=own))
                passes[method].append(len(np.unique(sample.keep, axis=0)))
        for method in METHODS:
            weights, aims = np.array(found[method]), np.array(targets[method])
            scale = float(np.square(aims).sum(axis=1).mean())
            answers[f"{method}/{size}"] = {
                "agreement": [overlap(one, aim) for one, aim in zip(weights, aims, strict=True)],
                "passes": float(np.mean(passes[method])),
                "error": float(np.square(weights - aims).sum(axis=1).mean()) / scale,
                "noise": float(weights.var(axis=0, ddof=1).sum()) / scale,
                "off": float(np.square((weights - aims).mean(axis=0)).sum()) / scale,
            }
    return answers


def measured_model(name: str, texts: Sequence[SegmentedText], cache: Path) -> list[Answers]:
    """All texts that are done or can be done; those that were done before are read."""
    done = cache / name / DONE
    waiting = [text for text in texts if not (done / f"{text.id}.json").exists()]
    if waiting:
        inspected = inspect_model(name, policy=Policy(origin="typed"))
        with resident(inspected, device=choose_device("cpu"), compute=Compute(backend="auto")) as loaded:
            engine = Engine(loaded.classifier)

            def run(text: SegmentedText, keep: np.ndarray) -> FloatArray:
                return engine.predict_masked([(text, keep)])[0]

            done.mkdir(parents=True, exist_ok=True)
            for place, text in enumerate(waiting, 1):
                answers = measured_text(text, cache / name / f"{text.id}.npz", run)
                part = done / f"{text.id}.part"
                part.write_text(json.dumps(answers), encoding="utf-8")
                part.replace(done / f"{text.id}.json")
                print(f"{name}: {place} of {len(waiting)} texts", flush=True)
    return [json.loads((done / f"{text.id}.json").read_text(encoding="utf-8")) for text in texts]


def column(answers: Sequence[Answers], method: str, size: int, name: str) -> FloatArray:
    """(n,) one value a text."""
    return np.array([np.mean(one[f"{method}/{size}"][name]) for one in answers])


def saving(answers: Sequence[Answers], rows: IntArray, cost: Callable[[str, int], FloatArray]) -> float:
    """Passes of `BASE` independent draws over those of stratified ones that agree as well with the target."""
    curve = [float(column(answers, "stratified", size, "agreement")[rows].mean()) for size in SIZES]
    wanted = float(column(answers, "independent", BASE, "agreement")[rows].mean())
    # Noise may make a curve dip: it is read as the best that so many passes have reached.
    rising = np.maximum.accumulate(curve) + np.arange(len(SIZES)) * 1e-9
    needed = np.interp(wanted, rising, np.log([cost("stratified", size)[rows].mean() for size in SIZES]))
    return float(cost("independent", BASE)[rows].mean() / np.exp(needed))


def interval(answers: Sequence[Answers], of: Callable[[IntArray], float]) -> tuple[float, float, float]:
    """A figure with its 95 % bootstrap interval over texts."""
    n = len(answers)
    rng = derived_rng(0, "interval of the saving")
    draws = [of(rng.integers(0, n, size=n)) for _ in range(RESAMPLES)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return of(np.arange(n)), float(low), float(high)


def summary(name: str, answers: Sequence[Answers]) -> dict[str, object]:
    """The curves of a model, and what is saved at equal agreement.

    Savings are counted in forward passes, with the duplicates among a text's masks run once, as the engine
    does; and in samples asked for.
    """
    curves = []
    for method in METHODS:
        for size in SIZES:
            noise, off = column(answers, method, size, "noise"), column(answers, method, size, "off")
            value, low, high = interval(
                answers, lambda rows, m=method, s=size: float(column(answers, m, s, "agreement")[rows].mean())
            )
            curves.append(
                {
                    "method": method,
                    "samples": size,
                    "passes": float(column(answers, method, size, "passes").mean()),
                    "agreement": value,
                    "low": low,
                    "high": high,
                    "relative_error": float(np.sqrt(column(answers, method, size, "error").mean())),
                    # The mean of five seeds is off by a fifth of their variance even without any bias.
                    "relative_bias": float(np.sqrt(max(0.0, (off - noise / SEEDS).mean()))),
                }
            )
    costs: dict[str, Callable[[str, int], FloatArray]] = {
        "passes": lambda m, s: column(answers, m, s, "passes"),
        "samples": lambda _, s: np.full(len(answers), float(s)),
    }
    savings = {
        title: interval(answers, lambda rows, c=cost: saving(answers, rows, c))
        for title, cost in costs.items()
    }
    # Runs differ by their noise; the target is the mean of all of them.
    own = float(np.sqrt(column(answers, "independent", BASE, "noise").mean() * BASE / (RUNS * RUN)))
    return {
        "model": name,
        "texts": len(answers),
        "curves": curves,
        "savings": savings,
        "relative_noise_of_target": own,
    }


def table(found: dict[str, object]) -> str:
    """The curves of a model as a Markdown table."""
    curves: list[dict[str, float]] = found["curves"]  # type: ignore[assignment]
    head = ["samples", *(f"{method}: agreement (passes; bias)" for method in METHODS)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for size in SIZES:
        cells = [
            f"{row['agreement']:.3f} ({row['passes']:.0f}; {row['relative_bias']:.3f})"
            for method in METHODS
            for row in curves
            if (row["method"], row["samples"]) == (method, size)
        ]
        lines.append(f"| {size} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(FIGURE_OF))
    parser.add_argument("--texts", type=int, default=100)
    parser.add_argument("--data", type=Path, default=SNLI)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sampling-cache")
    parser.add_argument("--done-only", action="store_true", help="report the texts that are done, run none")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--image", type=Path, default=IMAGE)
    chosen = parser.parse_args()
    texts = chosen_texts(chosen.data, chosen.texts)
    found = []
    for name in chosen.models:
        of_model = texts
        if chosen.done_only:
            done = chosen.cache / name / DONE
            of_model = [text for text in texts if (done / f"{text.id}.json").exists()]
        if of_model:
            found.append(summary(name, measured_model(name, of_model, chosen.cache)))
            print(
                f"\n{name}, {len(of_model)} texts\n\n{table(found[-1])}\n{found[-1]['savings']}", flush=True
            )
    rows = [
        row(FIGURE_OF[str(one["model"])], *one["savings"]["passes"])  # type: ignore[index]
        for one in found
        if one["model"] in FIGURE_OF and one["texts"] == chosen.texts
    ]
    details = {"draws_of_target": (RUNS - 1) * RUN, "seeds": SEEDS, "models": found}
    write("sampling", rows, details, chosen.out)
    chosen.image.parent.mkdir(parents=True, exist_ok=True)
    chosen.image.write_text(chart(found), encoding="utf-8")


if __name__ == "__main__":
    main()
