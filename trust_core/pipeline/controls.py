"""The controls of a run: what the measures say of a model and itself, and of a broken one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trust_core.domain.attributions import Explanation
from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import Findings
from trust_core.domain.report import ControlReport
from trust_core.domain.spec import Spec
from trust_core.domain.texts import TextSet
from trust_core.errors import SpecError
from trust_core.models.inspection import InspectedModel, inspect_model
from trust_core.models.policy import Policy
from trust_core.pipeline.measuring import ModelResults, measured_candidate
from trust_core.pipeline.plan import Member
from trust_core.pipeline.twin import TwinResults
from trust_core.report.controls import (
    broken_control,
    ceiling_control,
    identity_control,
    lossless_control,
    retrained_control,
    skipped_control,
)

SHUFFLED = "control:shuffled-head"

ROUNDED = "control:bf16"

HEAD_SHUFFLED = "with its head shuffled"
"""Ends the name of the member that `broken_member` makes."""

WEIGHTS_ROUNDED = "with its weights rounded to bfloat16"
"""Ends the name of the member that `rounded_member` makes."""

NO_TWIN_GIVEN = skipped_control(
    "Not measured: the run knows no twin of the reference.",
    needs="the reference trained again with another seed (--twin, --twin-predictions)",
)
"""C3 of a run without a twin."""


def identity(spec: Spec, texts: TextSet, rows: Sequence[int], reference: ModelResults) -> ControlReport:
    """C0: the reference against itself, from the very same results."""
    return identity_control(_voting(spec, texts, rows, reference, reference))


def ceiling(
    spec: Spec,
    texts: TextSet,
    rows: Sequence[int],
    reference: ModelResults,
    again: Mapping[str, tuple[Explanation, ...]],
) -> ControlReport:
    """C1: the reference against itself, explained with other seeds.

    Args:
        spec: says how.
        texts: the texts.
        rows: the rows that the controls explain.
        reference: what the reference said; its explanations of `rows`.
        again: its explanations of `rows` with other seeds, by explainers that draw.
    """
    if not again:
        return skipped_control("No explainer of this run draws samples, so other seeds change nothing.")
    ours = replace(reference, explanations={name: reference.explanations[name] for name in again}, tried={})
    found = measured_candidate(spec, texts, rows, ours, replace(ours, explanations=again))
    return ceiling_control({"reasons": found.by_dimension["reasons"]})


def broken(
    spec: Spec, texts: TextSet, rows: Sequence[int], reference: ModelResults, candidate: ModelResults
) -> ControlReport:
    """C5: the reference against a model that is broken on purpose.

    A model with its head shuffled has a name that says so; saved predictions have their rows exchanged.
    """
    how = candidate.predictions.model
    if not how.endswith(HEAD_SHUFFLED):
        how = f"{how} with its rows exchanged"
    found = _voting(spec, texts, rows, reference, candidate)
    return broken_control(found, spec.margins, spec.dimensions, broken=how)


def near_lossless(
    spec: Spec, texts: TextSet, rows: Sequence[int], reference: ModelResults, variant: ModelResults
) -> ControlReport:
    """C2: the reference against a variant of itself that rounding alone sets apart."""
    found = _voting(spec, texts, rows, reference, variant)
    return lossless_control(found, spec.margins, spec.dimensions, variant=variant.predictions.model)


def retrained(
    spec: Spec, texts: TextSet, rows: Sequence[int], reference: ModelResults, twin: ModelResults
) -> tuple[ControlReport, TwinResults]:
    """C3: the reference against its twin, and the figures behind it."""
    ours, theirs = replace(reference, cost=None), replace(twin, cost=None)
    found = measured_candidate(spec, texts, rows, ours, theirs)
    voting = {name: part for name, part in found.by_dimension.items() if name in spec.dimensions}
    name = twin.predictions.model
    return retrained_control(voting, twin=name), TwinResults(name, found)


def first_explanations(results: ModelResults, count: int) -> ModelResults:
    """The results with the explanations of the first `count` explained texts."""
    kept = {name: found[:count] for name, found in results.explanations.items()}
    return replace(results, explanations=kept, published={})


def broken_member(members: Sequence[Member], policy: Policy) -> Member | None:
    """A member with its head shuffled: the first candidate that has weights to shuffle, else the reference.

    None where no model of the run has (ONNX graphs).
    """
    reference, *candidates = members
    for member in (*candidates, reference):
        inspected = _made(SHUFFLED, member.inspected, policy)
        if inspected is not None:
            return Member(f"{member.name} {HEAD_SHUFFLED}", "candidate", inspected, member.columns)
    return None


def rounded_member(reference: Member, policy: Policy) -> Member | None:
    """The reference with rounded weights; None where it has none that could be (ONNX graphs, int8)."""
    inspected = _made(ROUNDED, reference.inspected, policy)
    if inspected is None:
        return None
    return Member(f"{reference.name} {WEIGHTS_ROUNDED}", "candidate", inspected, reference.columns)


def int8_member(members: Sequence[Member]) -> int | None:
    """The place of the candidate that is the reference in int8; None where none is."""
    for at, member in enumerate(members):
        recipe = member.inspected.recipe
        if recipe is not None and recipe.method == "int8":
            return at
    return None


def _made(recipe: str, base: InspectedModel, policy: Policy) -> InspectedModel | None:
    try:
        return inspect_model(recipe, policy=policy, base=base)
    except SpecError:
        # Made from another model itself, or an ONNX graph: there are no weights to take hold of.
        return None


def _voting(
    spec: Spec, texts: TextSet, rows: Sequence[int], reference: ModelResults, candidate: ModelResults
) -> dict[Dimension, Findings]:
    ours, theirs = replace(reference, cost=None), replace(candidate, cost=None)
    found = measured_candidate(spec, texts, rows, ours, theirs).by_dimension
    return {name: findings for name, findings in found.items() if name in spec.dimensions}
