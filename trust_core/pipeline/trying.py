"""The words of the explanations tried out: texts with words kept or deleted, answered by the models."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trust_core.alignment.causal import Tried
from trust_core.alignment.comparison import same_weights
from trust_core.alignment.deletion import (
    BEAM_WIDTH,
    CurveLimits,
    Trials,
    WordSets,
    curve_limits,
    random_words,
    read_trials,
    supporting_order,
    trial_masks,
)
from trust_core.alignment.ranking import choose_k, is_all_zero, rank_words
from trust_core.domain.arrays import FloatArray, IntArray
from trust_core.domain.attributions import Explanation
from trust_core.domain.requests import MaskRequest
from trust_core.domain.texts import SegmentedText, TextPair
from trust_core.inference.pool import explain
from trust_core.perturb.words import segment
from trust_core.pipeline.measuring import ModelResults
from trust_core.pipeline.outcome import Workplace
from trust_core.pipeline.plan import Plan, explained_classes
from trust_core.pipeline.remembering import Memories, Memory
from trust_core.pipeline.resident import ResidentModel
from trust_core.pipeline.rounds import CONTROL_FOLDERS
from trust_core.pipeline.work import TITLES, Piece, phase_of, piece

TRIAL_CHUNK = 64
LIMIT_CHUNK = 32
"""Texts a shard."""

MOST_WORDS = 64
"""Texts with more words have no limits searched for: the search asks for more texts than any explainer."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One text that is to be tried: its row, its words and the sets of them."""

    row: int
    text: SegmentedText
    sets: WordSets

    @property
    def name(self) -> str:
        """Names the answers: the id and the masks."""
        masks = np.packbits(trial_masks(self.sets), axis=1)
        return f"{self.text.id} {hashlib.blake2b(masks.tobytes(), digest_size=16).hexdigest()}"


def tried(
    plan: Plan,
    place: Workplace,
    folder: str,
    model: ResidentModel,
    reference: ModelResults,
    own: ModelResults,
    memories: Memories,
) -> dict[str, Tried]:
    """What a model says of texts with words kept or deleted, by explainer.

    Each piece is done in chunks that are kept, like every other work of a run.

    Args:
        plan: the plan.
        place: where shards go.
        folder: of its shards; that of a control is named in the progress.
        model: the model.
        reference: what the reference has said.
        own: what the model has said, of the first explained texts; of the reference, the same object.
        memories: what the model has said in earlier runs.
    """
    most = max((len(found) for found in own.explanations.values()), default=0)
    if not most:
        return {}
    limits = _limits(plan, place, folder, model, plan.explained[:most], reference, own, memories)
    found = {}
    for explainer, theirs in own.explanations.items():
        ours = reference.explanations[explainer][: len(theirs)]
        rows = plan.explained[: len(theirs)]
        classes = [_classes(plan, rows, reference, one).tolist() for one in (reference, own)]
        jobs = list(_jobs(plan, rows, ours, theirs, classes, candidate=own is not reference))
        trials = _trials(plan, place, folder, model, jobs, explainer, memories)
        found[explainer] = Tried(
            trials={one.text_id: one for one in trials},
            limits={one.text_id: one for one in limits},
            classes={plan.texts.ids[row]: of for row, of in zip(rows, classes[1], strict=True)},
        )
    return found


def _classes(plan: Plan, rows: Sequence[int], reference: ModelResults, own: ModelResults) -> IntArray:
    """The class that is explained of each row for one of the models."""
    return explained_classes(
        plan.spec,
        plan.texts,
        rows,
        reference=reference.predictions.predicted,
        own=own.predictions.predicted,
    )


def _jobs(
    plan: Plan,
    rows: Sequence[int],
    ours: Sequence[Explanation],
    theirs: Sequence[Explanation],
    classes: Sequence[Sequence[int]],
    *,
    candidate: bool,
) -> Iterator[_Job]:
    """The texts with more than K words whose explanations both name some word."""
    spec = plan.spec
    pairs = plan.texts.pairs_of(rows)
    for index, (row, pair) in enumerate(zip(rows, pairs, strict=True)):
        first, second = ours[index], theirs[index]
        weights = [
            np.ascontiguousarray(one.whole.weights[:, of[index]])
            for one, of in zip((first, second), classes, strict=True)
        ]
        w = len(weights[0])
        k = choose_k(w, fraction=spec.k.fraction, fixed=spec.k.fixed)
        if w <= k or any(is_all_zero(column) for column in weights):
            continue
        alike = not candidate or (same_weights(first, second) and classes[0][index] == classes[1][index])
        # As the comparison does: equal weights take equal ties.
        roles = ("reference", "reference" if alike else "candidate")
        keys = [(first.text_id, role, "all") for role in roles]
        tops = [rank_words(column, tie_key=key)[:k] for column, key in zip(weights, keys, strict=True)]
        steps = k if index < spec.aopc_texts and w <= MOST_WORDS else 0
        orders = [
            supporting_order(column, tie_key=key)[:steps] for column, key in zip(weights, keys, strict=True)
        ]
        yield _Job(
            row,
            segment(first.text_id, pair),
            WordSets(
                w=w,
                own=tops[1],
                reference=tops[0],
                random=random_words(w, k, seed=spec.seed, text_id=first.text_id),
                own_order=orders[1],
                reference_order=orders[0],
            ),
        )


def _trials(
    plan: Plan,
    place: Workplace,
    folder: str,
    model: ResidentModel,
    jobs: Sequence[_Job],
    explainer: str,
    memories: Memories,
) -> list[Trials]:
    """The answers to all masks of these texts."""
    rule = plan.spec.mask

    def make(wanted: Sequence[int]) -> list[FloatArray]:
        requests = [(jobs[one].text, trial_masks(jobs[one].sets)) for one in wanted]
        return model.engine.predict_masked(requests, rule=rule)

    phase = phase_of(
        f"Keeping and deleting words, {model.member.name}, {TITLES[explainer]}",
        CONTROL_FOLDERS.get(folder, ""),
    )
    answers = _answers(
        place,
        piece(place.run.shards(folder, f"trials-{explainer}"), phase, len(jobs), TRIAL_CHUNK),
        [job.name for job in jobs],
        [job.text.pair for job in jobs],
        make,
        memories.trials(rule),
    )
    return [read_trials(job.text.id, job.sets, one) for job, one in zip(jobs, answers, strict=True)]


def _limits(
    plan: Plan,
    place: Workplace,
    folder: str,
    model: ResidentModel,
    rows: Sequence[int],
    reference: ModelResults,
    own: ModelResults,
    memories: Memories,
) -> list[CurveLimits]:
    """The limits of the deletion curves of the first texts: the same for every explainer."""
    spec = plan.spec
    rows = rows[: spec.aopc_texts]
    classes = _classes(plan, rows, reference, own).tolist()
    wanted: list[tuple[SegmentedText, int, int]] = []
    for row, pair, of_class in zip(rows, plan.texts.pairs_of(rows), classes, strict=True):
        text = segment(plan.texts.ids[row], pair)
        k = choose_k(len(text), fraction=spec.k.fraction, fixed=spec.k.fixed)
        if k < len(text) <= MOST_WORDS:
            wanted.append((text, k, of_class))

    def make(missing: Sequence[int]) -> list[FloatArray]:
        asked = {wanted[one][0].id: wanted[one] for one in missing}

        def search(text: SegmentedText) -> Generator[MaskRequest, FloatArray, CurveLimits]:
            _, steps, of_class = asked[text.id]
            return curve_limits(text.id, len(text), steps, of_class)

        texts = [wanted[one][0] for one in missing]
        found = explain(texts, search, model.engine, rule=spec.mask)
        return [np.array([[one.low, one.high]]) for one in found]

    phase = phase_of(
        f"Searching the limits of deletion, {model.member.name}", CONTROL_FOLDERS.get(folder, "")
    )
    answers = _answers(
        place,
        piece(place.run.shards(folder, "deletion-limits"), phase, len(wanted), LIMIT_CHUNK),
        [f"{text.id} limits {of_class} {k} {BEAM_WIDTH}" for text, k, of_class in wanted],
        [text.pair for text, _, _ in wanted],
        make,
        memories.trials(spec.mask),
    )
    return [
        CurveLimits(text.id, float(one[0, 0]), float(one[0, 1]))
        for (text, _, _), one in zip(wanted, answers, strict=True)
    ]


def _answers(
    place: Workplace,
    whole: Piece,
    names: Sequence[str],
    pairs: Sequence[TextPair],
    make: Callable[[Sequence[int]], Sequence[FloatArray]],
    memory: Memory[FloatArray],
) -> list[FloatArray]:
    """One array for each name, in chunks that are kept; made only where neither folder nor cache has it."""
    if not names:
        return []

    def do(start: int, stop: int) -> None:
        found = memory.completed(
            names[start:stop], pairs[start:stop], lambda missing: make([start + one for one in missing])
        )
        whole.shards.write_table(
            start,
            stop,
            {
                "rows": [one.ravel().tolist() for one in found],
                "columns": [one.shape[1] for one in found],
            },
        )

    for _ in whole.finish(do, 0, len(names), place.progress):
        pass
    tables = [whole.shards.read_table(*span) for span in whole.spans(0, len(names))]
    return [
        np.array(numbers, dtype=np.float64).reshape(-1, columns)
        for table in tables
        for numbers, columns in zip(table["rows"], table["columns"], strict=True)
    ]
