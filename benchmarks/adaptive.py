"""Whether texts whose top words are settled could do with fewer samples: `python -m benchmarks.adaptive`.

Needs the kept probabilities of benchmarks.sampling and runs no model. A first look at every text with few
samples decides how many it gets; as draws that took part in a decision must not be measured by, the text is
then drawn again. Mean cost and agreement of that are held against giving every text the same number.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figures import RESULTS, write
from benchmarks.known_masks import KnownMasks, chosen_texts
from benchmarks.published_path import SNLI
from benchmarks.sampling import K_FRACTION, SEEDS, SIZES, Converged, overlap, stratified
from trust_core.alignment.ranking import choose_k
from trust_core.alignment.stability import is_unstable
from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.texts import SegmentedText
from trust_core.explain.lime_sampling import Sample
from trust_core.explain.lime_text import fit

LOOKS = ((125, 500), (125, 1000), (250, 1000), (250, 2000), (500, 2000))
"""Samples of the first look, which a settled text gets again, and of texts that are not settled."""


def unknown(text: SegmentedText, keep: BoolArray) -> FloatArray:
    """What happens where a probability is missing."""
    raise LookupError(f"{len(keep)} masked versions of {text.id} are not kept: run benchmarks.sampling first")


def weights_of(sample: Sample, values: FloatArray, samples: int) -> FloatArray:
    """(w,) as the product fits them."""
    return fit(sample.keep, values[:, None], sample.weights, pairs_of=samples).weights[:, 0]


def looked_at(text: SegmentedText, file: Path) -> dict[str, list[float]]:
    """Agreement and cost of one text: at each size, and with each first look."""
    known = KnownMasks(text, file, unknown)
    of_class = int(known(np.ones((1, len(text)), dtype=np.bool_))[0].argmax())
    converged = Converged.of(known, of_class)
    k = choose_k(len(text), fraction=K_FRACTION)
    agreement: dict[tuple[int, int], float] = {}
    settled: dict[tuple[int, int], bool] = {}
    for size in SIZES:
        for seed in range(SEEDS):
            sample = stratified(text, size, seed)
            values = known(sample.keep)[:, of_class]
            whole = weights_of(sample, values, size)
            agreement[size, seed] = overlap(whole, converged.target(size))
            cut = int(np.flatnonzero(sample.keep.all(axis=1))[1])
            first, second = (
                weights_of(Sample(sample.keep[part], sample.weights[part]), values[part], size // 2)
                for part in (slice(0, cut), slice(cut, None))
            )
            settled[size, seed] = not is_unstable(whole, first, second, k)
    found = {str(size): [float(size), np.mean([agreement[size, s] for s in range(SEEDS)])] for size in SIZES}
    for few, many in LOOKS:
        # The next seed's draws stand for those that are made again.
        chosen = [few if settled[few, seed] else many for seed in range(SEEDS)]
        after = [agreement[size, (seed + 1) % SEEDS] for seed, size in enumerate(chosen)]
        found[f"{few} then {many}"] = [few + float(np.mean(chosen)), float(np.mean(after))]
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["nli-reference", "nli-tiny"])
    parser.add_argument("--data", type=Path, default=SNLI)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "sampling-cache")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    for name in given.models:
        done = given.cache / name / "answers-1"
        texts = [text for text in chosen_texts(given.data, 100) if (done / f"{text.id}.json").exists()]
        found = [looked_at(text, given.cache / name / f"{text.id}.npz") for text in texts]
        for way in found[0] if found else ():
            samples, agreement = np.mean([one[way] for one in found], axis=0)
            rows.append(
                {
                    "model": name,
                    "texts": len(texts),
                    "way": way,
                    "samples": float(samples),
                    "agreement": float(agreement),
                }
            )
            print(
                f"{name}, {len(texts)} texts, {way}: {agreement:.3f} with {samples:.0f} samples", flush=True
            )
    write("adaptive", [], {"ways": rows}, given.out)


if __name__ == "__main__":
    main()
