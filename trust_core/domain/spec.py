"""The whole input of an evaluation: what a spec file, the command line and the app fill in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.slicing import slice_problems
from trust_core.domain.uploads import called

Margin = Annotated[float, Field(gt=0.0, le=1.0)]

Explainer = Literal[
    "lime", "shap", "shap-partition", "shap-permutation", "shap-exact", "ig", "integrated-gradients"
]
Protocol = Literal["corrected", "published-nli", "published-pi"]
Scale = Literal["probability", "logit"]
MaskRule = Literal["delete", "mask"]
Sampling = Literal["independent", "stratified"]

REFERENCE_PREDICTION = "reference-prediction"
OWN_PREDICTION = "own-prediction"
GOLD = "gold"

NO_TWIN = "none"
"""What `twin` says where the reference shall have none."""

BUNDLED_TWINS = {"nli-reference": "nli-twin", "bundled:nli-reference": "nli-twin"}
"""References that come with a twin: the same network, trained again with another seed."""

NO_LABELS = "none"
"""What `data.label` says where the texts have no gold labels."""


class SpecPart(BaseModel):
    """A part of the spec: frozen, and every name in it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DataSpec(SpecPart):
    """Which texts, and which of their columns.

    Attributes:
        source: `bundled:nli`, `bundled:pi`, a file (CSV, TSV, JSONL, Parquet, each also gzipped) or
            `hub:OWNER/NAME` for a data set of the hub.
        text_a, text_b, label, id: column names; None takes the usual names. A `label` of "none" says
            that the texts have no gold labels. A `text_b` of "none" says that they are single texts.
        config, split, revision: of a hub data set.
        subset: with saved predictions: the texts are some of those predicted, and the others are left out.
    """

    source: str
    text_a: str | None = None
    text_b: str | None = None
    label: str | None = None
    id: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    subset: bool = False


class LabelMap(SpecPart):
    """Given label name -> canonical class name, for whoever names the classes differently."""

    data: dict[str, str] = Field(default_factory=dict)
    reference: dict[str, str] = Field(default_factory=dict)
    candidate: dict[str, str] = Field(default_factory=dict)


class LimeSpec(SpecPart):
    """LIME: `samples` perturbed texts a text, in two independent halves; even, at least 20.

    `sampling` says how they are drawn: `independent`, one by one as lime does, or `stratified`, spread so
    that the same weights come out with less noise.
    """

    samples: Annotated[int, Field(ge=20, le=100_000, multiple_of=2)] = 1000
    sampling: Sampling = "stratified"


class ShapSpec(SpecPart):
    """SHAP: at the most `budget` perturbed texts a text (None: complete); `permutations` where sampled."""

    budget: Annotated[int, Field(ge=4)] | None = None
    permutations: Annotated[int, Field(ge=2, le=10_000, multiple_of=2)] = 20


class KSpec(SpecPart):
    """How many top words are compared: ceil(fraction * w), or `fixed` for every text."""

    fraction: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.2
    fixed: Annotated[int, Field(ge=1)] | None = None


class Margins(SpecPart):
    """Equivalence margins: a convention, printed with every verdict.

    Differences must stay inside +-margin, rates and distances below it, `alignment` above it, and
    `alignment_beside_twin` above -margin.
    """

    accuracy: Margin = 0.01
    negative_flip_rate: Margin = 0.02
    brier: Margin = 0.01
    signed_gap: Margin = 0.01
    curve_distance: Margin = 0.02
    alignment: Margin = 0.75
    alignment_beside_twin: Margin = 0.05
    risk: Margin = 0.01


DEMO_MARGINS = Margins(
    accuracy=0.03, negative_flip_rate=0.05, brier=0.03, signed_gap=0.03, curve_distance=0.06, risk=0.03
)
"""The margins of the bundled demo, whose 300 texts could settle nothing tighter."""


class Spec(SpecPart):
    """One evaluation. Its resolved form names the run: same fingerprint, same results.

    Either `reference` and `candidates` name models, or `reference_predictions` and
    `candidate_predictions` name files of saved predictions.

    Attributes:
        reference: bundled name, folder, or hub id (`owner/name@revision`).
        candidates: likewise, or made from the reference: `ref:int8`, `ref:prune=0.5`,
            `ref:low-rank=0.5`, `ref:layers=0,2,4`.
        twin: the reference trained again with another seed, for control C3; None takes the one that comes
            with a bundled reference, `none` has none.
        twin_predictions: a file, likewise, with saved predictions.
        data: the texts; may be left out with saved predictions.
        label_map: how given label names map to canonical ones.
        limit: predict a seeded stratified sample of that many texts; None takes all.
        explain_limit: explain a random subset of that many texts, or `all`.
        stop_when_settled: explain no more texts for a candidate and an explainer than its test of the reasons
            takes; `explain_limit` is then the most.
        explained_class: `reference-prediction`, `own-prediction`, `gold` or a class name.
        control_texts: how many of the explained texts the controls use.
        aopc_texts: how many of the explained texts the limits of normalised AOPC are searched for; 0: none.
        accepted_risk: error rate that is accepted among answers at or above a threshold, which is tuned on
            the reference; None for half of the reference's error.
        dimensions: what the verdict is about; one that is left out does not vote.
        margins_from_twin: each margin is at least the upper 95 % limit of what the twin differs by, and the
            reasons are judged beside the twin's.
        batch_tokens, threads, device, backend: how the work is done; no part of the fingerprint.
        precision: of the arithmetic inside the models; below fp32 the report says how far they deviate.
        no_texts: leave texts and words out of every file.
        slices: what the texts are cut by into parts with figures of their own: `auto`, `none`, names of
            `SLICES`, `column:NAME` for a further column of the data, `text:WORDS` for a text search.
    """

    reference: str | None = None
    candidates: tuple[str, ...] = ()
    reference_predictions: str | None = None
    candidate_predictions: tuple[str, ...] = ()
    twin: str | None = None
    twin_predictions: str | None = None
    data: DataSpec | None = None
    label_map: LabelMap = LabelMap()
    limit: Annotated[int, Field(ge=1)] | None = None
    explainers: tuple[Explainer, ...] = ("lime", "shap")
    explain_limit: Annotated[int, Field(ge=0)] | Literal["all"] = 100
    stop_when_settled: bool = False
    protocol: Protocol = "corrected"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    lime: LimeSpec = LimeSpec()
    shap: ShapSpec = ShapSpec()
    k: KSpec = KSpec()
    explained_class: Annotated[str, Field(alias="class")] = REFERENCE_PREDICTION
    scale: Scale = "probability"
    mask: MaskRule = "delete"
    bins: Annotated[int, Field(ge=2, le=100)] = 10
    resamples: Annotated[int, Field(ge=200, le=100_000)] = 2000
    control_texts: Annotated[int, Field(ge=0)] = 30
    aopc_texts: Annotated[int, Field(ge=0)] = 50
    accepted_risk: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    dimensions: tuple[Dimension, ...] = ("answers", "reasons", "reliability", "cost")
    margins: Margins = Margins()
    margins_from_twin: bool = False
    device: Literal["auto", "cpu", "cuda"] = "auto"
    backend: Literal["auto", "torch", "openvino"] = "auto"
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"
    batch_tokens: Annotated[int, Field(ge=256)] = 4096
    threads: Annotated[int, Field(ge=1)] | None = None
    no_texts: bool = False
    slices: tuple[str, ...] = ("auto",)

    @model_validator(mode="after")
    def _one_kind_of_input(self) -> Spec:
        by_model = self.reference is not None or bool(self.candidates)
        by_file = self.reference_predictions is not None or bool(self.candidate_predictions)
        problems = []
        if by_model and by_file:
            problems.append("give models or saved predictions, not both")
        if not by_model and not by_file:
            problems.append("give a reference and a candidate, as models or as saved predictions")
        if by_model and (self.reference is None or not self.candidates):
            problems.append("models come as one reference and at least one candidate")
        if by_file and (self.reference_predictions is None or not self.candidate_predictions):
            problems.append("saved predictions come as one reference and at least one candidate")
        if by_model and self.data is None:
            problems.append("models need texts: give data")
        for name, values in (
            ("candidates", self.candidates),
            ("candidate_predictions", self.candidate_predictions),
            ("explainers", self.explainers),
            ("dimensions", self.dimensions),
            ("slices", self.slices),
        ):
            if len(set(values)) != len(values):
                said = ", ".join(called(str(value)) for value in values)
                problems.append(f"{name} names something twice: {said}")
        # Tables name a model by its name here, so two of one name would mix their rows.
        for first, others in (
            (self.reference, self.candidates),
            (self.reference_predictions, self.candidate_predictions),
        ):
            if first is not None and first in others:
                problems.append(
                    f"candidate {called(first)} is the reference itself, which control C0 of every run covers"
                )
        problems += self._twin_problems(by_file=by_file)
        problems += slice_problems(self.slices)
        if self.explainers and set(self.explainers) <= {"ig", "integrated-gradients"}:
            problems.append("integrated gradients inform and do not vote: give lime or shap beside them")
        if {"ig", "integrated-gradients"} <= set(self.explainers):
            problems.append("explainers names integrated gradients twice")
        if self.stop_when_settled and self.protocol != "corrected":
            problems.append(f"stop_when_settled needs intervals that {self.protocol} does not have")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _twin_problems(self, *, by_file: bool) -> list[str]:
        """What cannot be done with this twin, in words."""
        problems = []
        if self.twin is not None and self.twin.startswith(("ref:", "control:")):
            problems.append(f"twin {self.twin} is made from the reference: a twin is another training")
        if by_file and self.twin not in (None, NO_TWIN):
            problems.append("saved predictions go with twin_predictions, not with a model as twin")
        if not by_file and self.twin_predictions is not None:
            problems.append("models go with twin, not with twin_predictions")
        for twin, reference in (
            (self.twin, self.reference),
            (self.twin_predictions, self.reference_predictions),
        ):
            if twin is not None and twin == reference:
                problems.append(f"twin {called(twin)} is the reference itself: give one of another training")
        if self.margins_from_twin:
            if (self.twin_predictions if by_file else self.twin_name) is None:
                problems.append("margins_from_twin needs a twin")
            if self.stop_when_settled:
                problems.append("margins_from_twin judges all explained texts: leave out stop_when_settled")
        return problems

    @property
    def twin_name(self) -> str | None:
        """The twin of the reference, given or bundled; None: there is none."""
        if self.twin is None:
            return BUNDLED_TWINS.get(self.reference or "")
        return None if self.twin == NO_TWIN else self.twin

    @property
    def from_predictions(self) -> bool:
        """Whether the evaluation starts from saved predictions instead of models."""
        return self.reference_predictions is not None

    @property
    def most_explained(self) -> int | None:
        """At the most so many texts are explained; None: all."""
        return None if self.explain_limit == "all" else self.explain_limit


NOT_IN_FINGERPRINT = frozenset({"device", "backend", "batch_tokens", "threads"})
"""Fields that say how the work is done, not what is computed."""
