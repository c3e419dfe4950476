"""A whole evaluation of models: predict, explain in rounds, time, control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from trust_core.alignment.causal import Tried
from trust_core.domain.attributions import Explanation
from trust_core.domain.progress import Progress
from trust_core.domain.report import ControlReport
from trust_core.explain.methods import GRADIENTS, NOISE_FREE, canonical_name
from trust_core.models.device import choose_device, limit_threads
from trust_core.pipeline import controls, work
from trust_core.pipeline.costs import model_cost
from trust_core.pipeline.explaining import explainer_settings
from trust_core.pipeline.measuring import ModelResults
from trust_core.pipeline.outcome import ModelCost, Outcome, Workplace
from trust_core.pipeline.partial import PartialReports
from trust_core.pipeline.plan import Member, Plan
from trust_core.pipeline.remembering import Memories, computing_versions
from trust_core.pipeline.resident import PROBED, ResidentModel, ResidentModels, compute_of
from trust_core.pipeline.rounds import (
    CONTROL_FOLDERS,
    DOUBLING,
    STOPPING,
    MemberWork,
    corrected_work,
    member_work,
    round_ends,
)
from trust_core.pipeline.stopping import Needed, open_explainers
from trust_core.pipeline.trying import tried
from trust_core.pipeline.twin import TwinResults
from trust_core.report.controls import skipped_control
from trust_core.stats.seeds import derived_seed

NO_HEAD = skipped_control(
    "Not measured: no model of this run has weights that could be shuffled.",
    needs="a model as a safetensors checkpoint",
)
NO_ROUNDING = skipped_control(
    "Not measured: the reference has no weights that could be rounded.",
    needs="the reference as a safetensors checkpoint that is not compressed",
)

TIMING = "Measuring size and speed"
"""What progress calls the timing of the models."""


def run_models(plan: Plan, place: Workplace) -> Outcome:
    """Do all work that needs a model; of large models, one is resident at a time.

    First the predictions of every model, then explanations in rounds, then timing and controls. What is known
    after the predictions and after each round is written beside the work. Work that an earlier start has
    finished is read, not repeated.
    """
    run = _Run(plan, place)
    with run.models:
        members = run.predicted()
        partial = PartialReports(plan, place.run, device=run.device.description)
        partial.write(partial.known([member.results for member in members], 0))
        run.explain(members, partial)
        said = run.tried(members)
        costs, again = run.timed()
        results = [
            replace(member.results, cost=cost.findings(plan.members[at].role), tried=said[at])
            for at, (member, cost) in enumerate(zip(members, costs, strict=True))
        ]
        reports, twin = run.controls(results, again)
    speeds = {
        model.name: member.seconds_per_text for model, member in zip(plan.members, members, strict=True)
    }
    return Outcome(
        results=tuple(results),
        costs=tuple(costs),
        controls=reports,
        predicted=partial.predicted,
        device=run.device.description,
        seconds=run.seconds,
        found=run.found,
        explained=max((piece.rows for piece in members[0].pieces.values()), default=len(plan.explained)),
        explain_s_per_text={name: speed for name, speed in speeds.items() if speed},
        twin=twin,
    )


class _Run:
    """One run of models: its device, and the seconds that each part has taken."""

    def __init__(self, plan: Plan, place: Workplace) -> None:
        self.device = choose_device(plan.spec.device)
        limit_threads(plan.spec.threads)
        self.seconds: dict[str, float] = {}
        self.found: dict[str, int] = {}
        self._plan = plan
        self._place = place
        self._controlled = len(plan.explained)
        self._compute = compute_of(
            plan.spec, place.policy, plan.texts.pairs_of(range(min(PROBED, len(plan.texts))))
        )
        self._versions = computing_versions()
        self.models = ResidentModels(
            plan.texts.classes,
            device=self.device,
            batch_tokens=plan.spec.batch_tokens,
            compute=self._compute,
        )

    def predicted(self) -> list[MemberWork]:
        """Every member with its predictions."""
        plan, place = self._plan, self._place
        members = []
        for at, member in enumerate(plan.members):
            with self._resident(member) as model:
                shards = place.run.shards(f"model-{at}", "predictions")
                memories = self._memories(member)
                predictions = work.predictions(model, plan.texts, shards, place.progress, memories)
            members.append(member_work(plan, place, at, predictions, memories))
        return members

    def explain(self, members: Sequence[MemberWork], partial: PartialReports) -> None:
        """Explain the same next texts by every model, round after round, until no more are needed."""
        pieces = [piece for member in members for piece in member.pieces.values()]
        total, stops = len(self._plan.explained), self._plan.spec.stop_when_settled
        needed: Needed | None = None
        for end in round_ends(total if pieces else 0, STOPPING if stops else DOUBLING):
            before = sum(piece.done for piece in pieces)
            self._round(members, end, needed)
            done_now = sum(piece.done for piece in pieces) > before
            # A round that an earlier start has finished was written then.
            if done_now or stops:
                known = partial.known([member.results for member in members], end)
                if done_now:
                    partial.write(known)
                needed = open_explainers(known.report.candidates) if stops else None
                if needed is not None and not any(needed.values()):
                    break
        # The controls ask no gradients.
        asked = [piece.rows for name, piece in members[0].pieces.items() if name not in GRADIENTS]
        self._controlled = min(asked, default=total)

    def _round(self, members: Sequence[MemberWork], end: int, needed: Needed | None) -> None:
        for plan, member in zip(self._plan.members, members, strict=True):
            wanted = frozenset(member.pieces)
            if needed is not None and plan.role == "candidate":
                wanted = needed[plan.name]
            elif needed is not None:
                # The reference is explained as long as one candidate needs it.
                wanted = frozenset().union(*needed.values())
            if wanted:
                # A third opinion has no test of its own: it keeps up with those that have.
                wanted |= GRADIENTS
            with self._resident(plan) as model:
                for name, piece in member.pieces.items():
                    if name in wanted:
                        piece.extend(model, end, self._place.progress)

    def tried(self, members: Sequence[MemberWork]) -> list[dict[str, Tried]]:
        """What each member says of the explained texts with words kept or deleted, by explainer."""
        plan, results = self._plan, [member.results for member in members]
        found = []
        for at, member in enumerate(plan.members):
            with self._resident(member) as model:
                memories = self._memories(member)
                found.append(
                    tried(plan, self._place, f"model-{at}", model, results[0], results[at], memories)
                )
        return found

    def timed(self) -> tuple[list[ModelCost], dict[str, tuple[Explanation, ...]]]:
        """Size and speed of every model; the control texts explained by the reference with other seeds."""
        plan, place = self._plan, self._place
        costs = []
        again: dict[str, tuple[Explanation, ...]] = {}
        for at, member in enumerate(plan.members):
            place.progress(Progress(TIMING, at, len(plan.members), unit="models"))
            with self._resident(member) as model:
                costs.append(model_cost(model, plan.texts, place.run, f"model-{at}", place.clock))
                if at == 0:
                    again = self._explained_again(model)
        place.progress(Progress(TIMING, len(plan.members), len(plan.members), unit="models"))
        return costs, again

    def controls(
        self, results: Sequence[ModelResults], again: dict[str, tuple[Explanation, ...]]
    ) -> tuple[dict[str, ControlReport], TwinResults | None]:
        """The ladder from C0 to C5, and what the twin shows where there is one."""
        plan, rows = self._plan, self._control_rows
        # The controls have a fixed number of texts, so their intervals need not allow for stopping.
        spec = plan.spec.model_copy(update={"stop_when_settled": False})
        given = (spec, plan.texts, rows, controls.first_explanations(results[0], len(rows)))
        with self._counted("controls"):
            reports = {"C0": controls.identity(*given), "C1": controls.ceiling(*given, again)}
        variant = self._near_lossless(results)
        twin = self._twin(results)
        member = controls.broken_member(plan.members, self._place.policy)
        shuffled = None if member is None else self._control("C5", member, rows)
        with self._counted("controls"):
            reports["C2"] = NO_ROUNDING if variant is None else controls.near_lossless(*given, variant)
            reports["C3"], shown = controls.NO_TWIN_GIVEN, None
            if twin is not None:
                ours = controls.first_explanations(results[0], len(self._twin_rows))
                reports["C3"], shown = controls.retrained(spec, plan.texts, self._twin_rows, ours, twin)
            reports["C5"] = NO_HEAD if shuffled is None else controls.broken(*given, shuffled)
        return reports, shown

    def _near_lossless(self, results: Sequence[ModelResults]) -> ModelResults | None:
        """What the int8 candidate said where the run has one, else the reference with rounded weights."""
        plan, rows = self._plan, self._control_rows
        at = controls.int8_member(plan.members)
        if at is not None:
            return controls.first_explanations(results[at], len(rows))
        member = controls.rounded_member(plan.members[0], self._place.policy)
        return None if member is None else self._control("C2", member, rows)

    def _twin(self, results: Sequence[ModelResults]) -> ModelResults | None:
        """What the twin said: known already where it is a candidate."""
        twin, rows = self._plan.twin, self._twin_rows
        if twin is None:
            return None
        for member, result in zip(self._plan.members, results, strict=True):
            if member.inspected.facts.content_hash == twin.inspected.facts.content_hash:
                return controls.first_explanations(result, len(rows))
        return self._control("C3", twin, rows, results[0])

    def _control(
        self, name: str, member: Member, rows: Sequence[int], reference: ModelResults | None = None
    ) -> ModelResults:
        """What the model of a control says: of all texts, and why of these rows.

        Where what the reference said is given, also what it says of texts with words kept or deleted.
        """
        plan, place = self._plan, self._place
        folder = next(folder for folder, control in CONTROL_FOLDERS.items() if control == name)
        with self._resident(member, part="controls") as model:
            shards = place.run.shards(folder, "predictions")
            memories = self._memories(member)
            predictions = work.predictions(model, plan.texts, shards, place.progress, memories, control=name)
            pieces = corrected_work(plan, place, member.name, folder, rows, memories)
            said = ModelResults(predictions, self._explained(model, pieces, len(rows)))
            if reference is None:
                return said
            found = tried(plan, place, folder, model, reference, said, memories)
            return replace(said, tried=found)

    @property
    def _twin_rows(self) -> tuple[int, ...]:
        """Rows that the twin explains: those of the controls; all where margins come from it."""
        if self._plan.spec.margins_from_twin:
            return self._plan.explained[: self._controlled]
        return self._control_rows

    @property
    def _control_rows(self) -> tuple[int, ...]:
        """Rows that the controls explain: the reference has explained them."""
        return self._plan.control_rows[: self._controlled]

    def _explained_again(self, model: ResidentModel) -> dict[str, tuple[Explanation, ...]]:
        """The control texts explained with other seeds, by every explainer that draws."""
        plan, place = self._plan, self._place
        names = [name for name in map(canonical_name, plan.spec.explainers) if name not in NOISE_FREE]
        settings = explainer_settings(plan.spec, seed=derived_seed(plan.spec.seed, "C1") % 2**31)
        reference, rows = plan.members[0], self._control_rows
        pieces = corrected_work(
            plan,
            place,
            reference.name,
            "control-1",
            rows,
            self._memories(reference),
            settings=settings,
            explainers=names,
        )
        return self._explained(model, pieces, len(rows))

    def _memories(self, member: Member) -> Memories:
        """What the member has said in earlier runs; another machine or program version is another model."""
        facts, compute = member.inspected.facts, self._compute
        model = {
            "content": facts.content_hash,
            "columns": member.columns,
            "device": self.device.description,
            "backend": compute.backend,
            "precision": compute.precision,
            "versions": self._versions,
        }
        return Memories(self._place.cache, model, self.found)

    def _explained(
        self, model: ResidentModel, pieces: dict[str, work.Growing[Explanation]], end: int
    ) -> dict[str, tuple[Explanation, ...]]:
        """The pieces done to their end."""
        for piece in pieces.values():
            piece.extend(model, end, self._place.progress)
        return {name: tuple(piece.found) for name, piece in pieces.items()}

    @contextmanager
    def _resident(self, member: Member, *, part: str | None = None) -> Iterator[ResidentModel]:
        """The member while it is loaded; its seconds count under its name, or under the part's."""
        with self._counted(part or member.name), self.models.of(member) as model:
            yield model

    @contextmanager
    def _counted(self, part: str) -> Iterator[None]:
        began = self._place.clock()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + self._place.clock() - began
