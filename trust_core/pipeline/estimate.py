"""What a run will take, before it begins: forward passes times what a pass has taken on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from trust_core.alignment.deletion import BEAM_WIDTH
from trust_core.alignment.ranking import choose_k
from trust_core.domain.preflight import CostEstimate
from trust_core.domain.spec import Spec
from trust_core.explain.methods import GRADIENTS, NOISE_FREE, canonical_name
from trust_core.explain.published import SEEDS
from trust_core.explain.settings import GRADIENT_STEPS
from trust_core.models.device import Device
from trust_core.perturb.words import segment
from trust_core.pipeline.controls import int8_member
from trust_core.pipeline.plan import Plan, explains
from trust_core.pipeline.trying import MOST_WORDS
from trust_core.pipeline.work import TITLES

USUAL_RATE: Mapping[str, float] = {"cpu": 8e-12, "cuda": 2e-13}
"""Seconds of a pass for each byte of the weights: of a short text on two cores, or on one large GPU."""

LOOKED_AT = 200
"""Explained texts whose words are counted."""

TRIALS_A_TEXT = 7
"""Texts with words kept or deleted, for each explained text and explainer; deletion curves apart."""

LEAST_LEARNED = 16
"""Explained texts from which on a run says how fast the machine is; loading and warming up weigh on fewer."""

CONTROLS_S = 10.0
"""What timing a model takes."""


def passes(explainer: str, words: int, spec: Spec) -> int:
    """About how many texts an explainer asks for, of a text with so many words."""
    if explainer == "lime":
        return spec.lime.samples
    if explainer == "shap-permutation":
        return spec.shap.permutations * max(1, words - 1) + 2
    if explainer in GRADIENTS:
        # For each class, forwards and backwards; a way back takes about two ways there.
        return 3 * 3 * GRADIENT_STEPS
    if explainer == "shap-exact":
        return 1 << words
    complete = 2 * words * words // 3 + 2
    return complete if spec.shap.budget is None else min(complete, spec.shap.budget)


def curve_passes(plan: Plan, explained: int) -> int:
    """About how many texts the deletion curves and the search for their limits take of a model.

    Args:
        plan: the run.
        explained: how many texts the model explains.
    """
    spec = plan.spec
    rows = plan.explained[: min(explained, spec.aopc_texts)]
    counted = 0
    for row, pair in zip(rows, plan.texts.pairs_of(rows), strict=True):
        w = len(segment(plan.texts.ids[row], pair))
        k = choose_k(w, fraction=spec.k.fraction, fixed=spec.k.fixed)
        if k < w <= MOST_WORDS:
            counted += 2 * BEAM_WIDTH * k * w + 2 * k * len(spec.explainers)
    return counted


def trial_passes(plan: Plan, explained: int) -> int:
    """About how many texts with words kept or deleted a model is asked that explains so many texts."""
    return TRIALS_A_TEXT * len(plan.spec.explainers) * explained + curve_passes(plan, explained)


def mean_passes(plan: Plan) -> dict[str, float]:
    """Passes of a text by canonical explainer, on average over the first explained texts."""
    rows = list(islice(plan.explained, LOOKED_AT))
    words = [
        len(segment(plan.texts.ids[row], pair))
        for row, pair in zip(rows, plan.texts.pairs_of(rows), strict=True)
    ]
    names = [canonical_name(name) for name in plan.spec.explainers]
    return {name: sum(passes(name, w, plan.spec) for w in words) / max(1, len(words)) for name in names}


def sizes_of_controls(plan: Plan) -> list[int]:
    """Bytes of the weights of each model that the controls load besides the members."""
    reference = plan.members[0].inspected.facts.stored_bytes
    # C5 always; C2 where no int8 candidate stands in for it; C3 where the twin is no candidate.
    sizes = [reference]
    if int8_member(plan.members) is None:
        sizes.append(reference)
    twin = size_of_twin(plan)
    return sizes if twin is None else [*sizes, twin]


def size_of_twin(plan: Plan) -> int | None:
    """Bytes of the twin's weights; None where there is none, or where it is a candidate."""
    twin = None if plan.twin is None else plan.twin.inspected.facts
    if twin is None or any(twin.content_hash == m.inspected.facts.content_hash for m in plan.members):
        return None
    return twin.stored_bytes


def estimate(plan: Plan, *, device: Device, rate: float | None) -> CostEstimate:
    """Seconds of each part of a run.

    A run that stops when its reasons are settled is estimated at its most, and nothing is taken off for what
    is in the cache.

    Args:
        plan: the run.
        device: where it will be done.
        rate: seconds of a pass for each byte of a model's weights, from earlier runs; None: as usual.
    """
    spec = plan.spec
    each = USUAL_RATE["cpu" if device.torch_name == "cpu" else "cuda"] if rate is None else rate
    sizes = [member.inspected.facts.stored_bytes for member in plan.members]
    control_sizes = sizes_of_controls(plan)
    predicting = each * len(plan.texts) * (sum(sizes) + sum(control_sizes))
    phases = [("Predicting", predicting)]
    controls = CONTROLS_S * len(sizes)
    if plan.explains:
        twin = size_of_twin(plan) or 0
        twin_texts = len(plan.explained if spec.margins_from_twin else plan.control_rows)
        repeats = 1 if explains(spec) else len(SEEDS)
        for name, count in mean_passes(plan).items():
            phases.append(
                (f"Explaining by {TITLES[name]}", each * count * repeats * len(plan.explained) * sum(sizes))
            )
            if explains(spec):
                again = 0 if name in NOISE_FREE else sizes[0]
                controls += each * count * len(plan.control_rows) * (sum(control_sizes) + again)
                controls += each * count * (twin_texts - len(plan.control_rows)) * twin
        if explains(spec):
            phases.append(
                ("Keeping and deleting words", each * trial_passes(plan, len(plan.explained)) * sum(sizes))
            )
            controls += each * trial_passes(plan, twin_texts) * twin
    phases.append(("Timing and controls", controls))
    return CostEstimate(
        phases=tuple(phases),
        seconds=sum(seconds for _, seconds in phases),
        basis="a usual machine, as nothing has run on this one yet"
        if rate is None
        else "earlier runs on this machine",
    )


def observed_rate(plan: Plan, spent: Sequence[Mapping[str, float]]) -> float | None:
    """Seconds of a pass for each byte of a model's weights in a run; None where it explained too little anew.

    Args:
        plan: the run.
        spent: for each member, seconds of a text by explainer.
    """
    if not explains(plan.spec) or len(plan.explained) < LEAST_LEARNED:
        return None
    counts = mean_passes(plan)
    seconds = work_done = 0.0
    for member, by_explainer in zip(plan.members, spent, strict=True):
        for name, one in by_explainer.items():
            seconds += one
            work_done += counts[name] * member.inspected.facts.stored_bytes
    return seconds / work_done if seconds > 0 and work_done > 0 else None
