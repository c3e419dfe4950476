"""The training, development and test pairs of the two demo tasks, drawn from the project's data folder."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from tools.pair_files import Pair, hold_out, read_pairs, redraw_full_stops

NLI_LABELS = ("entailment", "neutral", "contradiction")
PI_LABELS = ("not_paraphrase", "paraphrase")
NLI_FILES = ("cad_nli_all_train", "snli_dev", "mnli_train_part_a", "mnli_train_part_b")
SPLIT_SEED = 7

Predict = Callable[[Sequence[Pair]], Tensor]
"""Class probabilities of pairs by the natural language inference reference, shape (n, 3)."""


@dataclass(frozen=True, slots=True)
class TaskData:
    """Pairs to train on, a development part held out of the training files, and the evaluation set."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


def nli_data(folder: Path, held: int = 1200) -> TaskData:
    """NLI pairs: four files for training, SNLI test for evaluation only.

    Pairs that stand in SNLI test are left out of training, as are `held` development pairs, held out by
    groups that share a text. The full stops of the development pairs are drawn once; those of the training
    pairs in every epoch.
    """
    test = read_pairs(folder / "snli_test.tsv.gz", NLI_LABELS)
    known = {(pair.text_a, pair.text_b) for pair in test}
    pairs = [pair for name in NLI_FILES for pair in read_pairs(folder / f"{name}.tsv.gz", NLI_LABELS)]
    pairs = [pair for pair in pairs if (pair.text_a, pair.text_b) not in known]
    rows, held_rows = hold_out(pairs, held, SPLIT_SEED)
    dev = redraw_full_stops([pairs[row] for row in held_rows], SPLIT_SEED)
    return TaskData([pairs[row] for row in rows], dev, test)


def paws_data(folder: Path, held: int = 1000) -> TaskData:
    """PAWS pairs: 1,000 rows drawn at random (seed 7) held out for evaluation, the rest for training.

    PAWS comes in groups of near duplicates (the same words in another order), and the random split lets
    groups straddle it: the held-out figure speaks of new pairs, not of new sentences. With whole groups held
    out (`hold_out`) a model of the same kind, trained for 7 epochs, reached .763. There is no development
    part: the number of epochs is fixed.
    """
    pairs = read_pairs(folder / "paws_dev.tsv.gz", PI_LABELS)
    drawn = set(random.Random(SPLIT_SEED).sample(range(len(pairs)), held))
    train = [pair for row, pair in enumerate(pairs) if row not in drawn]
    return TaskData(train, [], [pairs[row] for row in sorted(drawn)])


def everyday_paraphrases(nli: Sequence[Pair], predict: Predict, count: int, seed: int) -> list[Pair]:
    """Everyday pairs for paraphrase identification, mined from NLI training pairs; half of them paraphrases.

    PAWS is encyclopedic prose with nearly equal words on both sides; without these pairs the model never
    sees short everyday sentences. Paraphrases are entailment pairs whose reverse is entailed as well
    according to the reference; non-paraphrases are entailment pairs whose reverse is not, contradictions,
    hypotheses edited to another label under the same premise, and sentences that have nothing to do with
    each other.

    Args:
        nli: NLI training pairs.
        predict: the NLI reference.
        count: how many pairs at most.
        seed: of all draws.
    """
    rng = random.Random(seed)
    entailed = [pair for pair in nli if pair.label == 0 and len(pair.text_a) < 1.8 * len(pair.text_b)]
    back = predict([Pair(pair.text_b, pair.text_a, 0) for pair in entailed]).numpy()
    mutual = [entailed[row] for row in np.flatnonzero(back[:, 0] > 0.9)]
    one_way = [entailed[row] for row in np.flatnonzero(back[:, 0] < 0.1)]
    by_premise: dict[str, list[Pair]] = defaultdict(list)
    for pair in nli:
        by_premise[pair.text_a].append(pair)
    edits = [
        Pair(one.text_b, other.text_b, 0)
        for same in by_premise.values()
        for one in same
        for other in same
        if one.label < other.label and len(set(one.text_b.split()) ^ set(other.text_b.split())) <= 4
    ]
    against = [pair for pair in nli if pair.label == 2]
    strangers = [Pair(rng.choice(nli).text_b, rng.choice(nli).text_b, 0) for _ in range(count)]
    for drawn in (mutual, one_way, edits, against):
        rng.shuffle(drawn)
    half = min(count // 2, len(mutual))
    quarter = half // 4
    unlike = [*one_way[:quarter], *edits[:quarter], *against[:quarter]]
    unlike += strangers[: half - len(unlike)]
    return [Pair(p.text_a, p.text_b, 1) for p in mutual[:half]] + [
        Pair(p.text_a, p.text_b, 0) for p in unlike
    ]


def swap_sides(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """The pairs with their two texts swapped by a fair coin: being a paraphrase has no direction."""
    rng = random.Random(seed)
    return [Pair(p.text_b, p.text_a, p.label) if rng.random() < 0.5 else p for p in pairs]


def perturbed(pairs: Sequence[Pair], seed: int, strangers: float = 0.15) -> list[Pair]:
    """The pairs with words deleted, some with a second text from elsewhere: material for teacher labels.

    Each pair draws a share between 0 and 0.6 and loses about that share of the words of one or both texts,
    as the explainers do it.
    """
    rng = random.Random(seed)
    changed = []
    for pair in pairs:
        share = 0.6 * rng.random()
        sides = rng.choice((1, 2, 3))
        text_b = rng.choice(pairs).text_b if rng.random() < strangers else pair.text_b
        text_a = _thinned(pair.text_a, share, rng) if sides & 1 else pair.text_a
        changed.append(Pair(text_a, _thinned(text_b, share, rng) if sides & 2 else text_b, -1))
    return changed


def _thinned(text: str, share: float, rng: random.Random) -> str:
    """The text without about that share of its words, never without all of them."""
    words = text.split()
    kept = [word for word in words if rng.random() >= share]
    return " ".join(kept or words[:1])
