"""What the measures of the dimension `reasons` find for one candidate and one explainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

from trust_core.alignment.comparison import LeftOut, TextComparison, compare_text, same_weights
from trust_core.alignment.figures import (
    ANY_TIME,
    Row,
    fidelity_rows,
    left_out_rows,
    overlap_rows,
    split_half_rows,
    stability_rows,
)
from trust_core.alignment.sequential import sequential_alignment
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.alignment.sweep import KCurve, sweep_k
from trust_core.domain.arrays import BoolArray, FloatArray, locked_bools, locked_floats
from trust_core.domain.attributions import Explanation
from trust_core.domain.measures import Evidence, Exact, Findings, Measure, Measured, Setting, Vote
from trust_core.stats.evidence import measured

POOR_FIT = 0.5
"""Mean local R2 below which a note warns that the weights describe the model badly."""

STOPPING = (
    "This run may have stopped as soon as its reasons were settled. The intervals of the alignment and of "
    "its parts hold whenever a run stops; those of the other figures of the reasons do not allow for that."
)
"""What a reader of a run that may stop early must know."""


@dataclass(frozen=True, slots=True)
class ReasonsFindings:
    """Figures of one explainer, and what single texts show; m texts are compared.

    Attributes:
        findings: figures, the vote "alignment", and notes.
        text_ids: ids of the texts that were compared, sorted.
        adjusted: (m,) chance-adjusted Jaccard index of the weights that are shown.
        unstable_reference, unstable_candidate: (m,) whether the border at K is lost in the explainer's noise.
        left_out: why each text that was not compared was left out, by id.
        halves: what S was computed from, in the random order of the texts where one was given.
        curve: overlap at every K.
    """

    findings: Findings
    text_ids: tuple[str, ...]
    halves: CrossedHalves
    adjusted: FloatArray
    unstable_reference: BoolArray
    unstable_candidate: BoolArray
    curve: KCurve
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "adjusted", locked_floats(self.adjusted))
        for name in ("unstable_reference", "unstable_candidate"):
            object.__setattr__(self, name, locked_bools(getattr(self, name)))


def reasons_findings(  # noqa: PLR0913  (the one entry to this stage: the data, then settings by keyword)
    reference: Sequence[Explanation],
    candidate: Sequence[Explanation],
    explained_class: Int[np.ndarray, "n"],
    *,
    explainer: str,
    k_fraction: float,
    k_fixed: int | None,
    resamples: int,
    seed: int,
    settings: Mapping[str, Setting] | None = None,
    candidate_class: Int[np.ndarray, "n"] | None = None,
    places: Int[np.ndarray, "n"] | None = None,
) -> ReasonsFindings:
    """Compare the explanations of two models on n texts.

    Also serves control C1: there `candidate` holds the reference explained with other seeds.

    Args:
        reference: one explanation a text.
        candidate: one explanation a text, in the same order.
        explained_class: (n,) class whose weights are compared.
        explainer: its name in reports.
        k_fraction: share of its w words that a text's top sets hold: K = ceil(k_fraction * w).
        k_fixed: K of every text, instead.
        resamples: bootstrap resamples of texts.
        seed: the spec's seed.
        settings: what else the figures were made with (class, scale, protocol, ...); kept beside `k`.
        candidate_class: (n,) where the candidate is explained for another class, as for its own prediction.
        places: (n,) the place of each text in the random order in which they were explained, where the run
            may stop as soon as the reasons are settled: S then has limits that allow for it.

    Raises:
        ValueError: the sequences differ in length or in their texts.
    """
    classes = zip(
        explained_class, explained_class if candidate_class is None else candidate_class, strict=True
    )
    compared: list[TextComparison] = []
    drawn: list[int] = []
    left_out: dict[str, LeftOut] = {}
    identical = True
    for row, (ours, theirs, (of_ours, of_theirs)) in enumerate(
        zip(reference, candidate, classes, strict=True)
    ):
        outcome = compare_text(
            ours,
            theirs,
            reference_class=int(of_ours),
            candidate_class=int(of_theirs),
            k_fraction=k_fraction,
            k_fixed=k_fixed,
        )
        if isinstance(outcome, TextComparison):
            compared.append(outcome)
            drawn.append(row if places is None else int(places[row]))
            identical = identical and int(of_ours) == int(of_theirs) and same_weights(ours, theirs)
        else:
            left_out[ours.text_id] = outcome
    budgets = Budgets(reference=_samples(reference), candidate=_samples(candidate))
    in_order = [compared[row] for row in np.argsort(drawn).tolist()]
    halves = _crossed(in_order, identical=identical)
    if places is None:
        evidence = assess_alignment(halves, seed=seed, resamples=resamples, budgets=budgets)
    else:
        evidence = sequential_alignment(halves)
    # Of identical models nothing is sampled: S is 1 whatever texts are drawn.
    shown = Exact(evidence.estimate) if isinstance(evidence, Evidence) and identical else measured(evidence)
    rows: list[Row] = [
        ("alignment", "pair", shown, {} if places is None else dict(ANY_TIME)),
        *split_half_rows(in_order, resamples=resamples, seed=seed, any_time=places is not None),
        *overlap_rows(compared, resamples=resamples, seed=seed),
        *stability_rows(compared),
        *_fidelity(reference, compared, resamples=resamples, seed=seed),
        *left_out_rows(left_out.values()),
    ]
    shared = {**(settings or {}), "k": f"{k_fraction:g}w" if k_fixed is None else k_fixed}
    measures = tuple(
        Measure(key, of, figure, explainer, {**shared, **extra}) for key, of, figure, extra in rows
    )
    notes = (
        *_left_out_notes(left_out, len(reference)),
        *_fit_notes(measures),
        *_budget_notes(reference, candidate),
        *([] if places is None else [STOPPING]),
    )
    return ReasonsFindings(
        findings=Findings(measures, (Vote("alignment", evidence, explainer),), notes),
        text_ids=tuple(row.text_id for row in compared),
        adjusted=np.array([row.overlaps["jaccard_adjusted"] for row in compared], dtype=np.float64),
        unstable_reference=np.array([row.reference.unstable for row in compared], dtype=np.bool_),
        unstable_candidate=np.array([row.candidate.unstable for row in compared], dtype=np.bool_),
        halves=halves,
        curve=sweep_k(compared, resamples=resamples, seed=seed),
        left_out=left_out,
    )


def _crossed(compared: Sequence[TextComparison], *, identical: bool) -> CrossedHalves:
    """The columns of the split-half design."""
    return CrossedHalves(
        cross=np.array([row.cross for row in compared]),
        self_reference=np.array([row.self_reference for row in compared]),
        self_candidate=np.array([row.self_candidate for row in compared]),
        chance=np.array([row.cross_chance for row in compared]),
        identical=identical,
    )


def _samples(explanations: Sequence[Explanation]) -> int:
    """Samples that a text's explanation was made from, on average."""
    return round(float(np.mean([one.whole.passes for one in explanations]))) if explanations else 0


def _fidelity(
    reference: Sequence[Explanation], compared: Sequence[TextComparison], *, resamples: int, seed: int
) -> list[Row]:
    """Rows of fidelity, of the kind that the explainer records."""
    if not reference:
        return []
    return fidelity_rows(compared, reference[0].whole.fidelity_kind, resamples=resamples, seed=seed)


def _left_out_notes(left_out: Mapping[str, LeftOut], n: int) -> list[str]:
    """Sentences about texts that were not compared."""
    reasons = list(left_out.values())
    sentences = (
        ("short", "have no more than K words"),
        ("all-zero", "have an explanation that gives no word any weight"),
    )
    return [
        f"{reasons.count(why)} of {n} explained texts {sentence} and are left out of the reasons."
        for why, sentence in sentences
        if why in reasons
    ]


def _fit_notes(measures: Sequence[Measure]) -> list[str]:
    """A warning for each model that the explainer's linear fit describes badly."""
    return [
        f"{measure.explainer} explains less than half of the {measure.of}'s behaviour around a text "
        f"(mean local R2 {measure.figure.value:.2f}): read its weights with care."
        for measure in measures
        if measure.key == "local_r2"
        and isinstance(measure.figure, Measured)
        and measure.figure.value < POOR_FIT
    ]


def _budget_notes(*models: Sequence[Explanation]) -> list[str]:
    """A sentence where explanations ended early."""
    cut = {one.text_id for explanations in models for one in explanations if not one.whole.complete}
    return [f"{len(cut)} explanations ended at the budget before they were complete."] if cut else []
