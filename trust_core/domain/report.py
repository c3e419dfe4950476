"""The report as it is written to report.json and read back.

Pydantic models: frozen, every name known. Optional fields are left out of the file when empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from trust_core.domain.catalogue.entry import Dimension
from trust_core.domain.measures import Exact, Figure, Measure, Measured, NotMeasured, Of, Setting

SCHEMA_VERSION: Final = 1
"""Raised with every change that an older reader could not read."""

Status = Literal["equivalent", "different", "inconclusive", "not_measured", "information"]


class ReportPart(BaseModel):
    """A part of the report."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_KINDS = (
    frozenset({"value", "low", "high", "level", "n"}),
    frozenset({"value", "exact"}),
    frozenset({"not_measured", "needs"}),
)
"""Which fields of a `MeasureRow` make a figure: one of these sets, and none of the others."""

_OF_FIGURES = frozenset().union(*_KINDS)


class BesideTwin(ReportPart):
    """What the reference's twin shows of the same figure, and where the candidate lies by it.

    `reach` is the upper limit, at `level`, of the twin's distance from the value of equal models. A candidate
    whose own distance is not larger is `within` what retraining does, else `beyond` it.
    """

    value: float
    low: float
    high: float
    level: float
    n: int
    reach: float
    says: Literal["within", "beyond"]


class MeasureRow(ReportPart):
    """One figure: exactly one of an interval, `exact`, or a reason why there is none."""

    key: str
    of: Of
    explainer: str | None = None
    settings: dict[str, Setting] = Field(default_factory=dict)
    unit: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None
    exact: Literal[True] | None = None
    not_measured: str | None = None
    needs: str | None = None
    twin: BesideTwin | None = None

    @model_validator(mode="after")
    def _one_kind_of_figure(self) -> MeasureRow:
        if frozenset(name for name in _OF_FIGURES if getattr(self, name) is not None) not in _KINDS:
            raise ValueError(
                f"{self.key} needs exactly one of: value with low, high, level and n; value with exact;"
                " not_measured with needs"
            )
        # A figure refuses what is not finite, and limits in the wrong order.
        _ = self.figure
        return self

    @property
    def figure(self) -> Figure:
        """The figure as a record."""
        if self.not_measured is not None:
            return NotMeasured(self.not_measured, self.needs or "")
        # The validator has seen to it that the rest is there.
        value = cast("float", self.value)
        if self.exact:
            return Exact(value)
        interval = self.low, self.high, self.level, self.n
        low, high, level, n = cast("tuple[float, float, float, int]", interval)
        return Measured(value, low, high, level, n)

    @classmethod
    def of_measure(cls, measure: Measure, unit: str) -> MeasureRow:
        """The row of a measure."""
        figure = measure.figure
        parts: dict[str, Any]
        if isinstance(figure, Measured):
            parts = {name: getattr(figure, name) for name in ("value", "low", "high", "level", "n")}
        elif isinstance(figure, Exact):
            parts = {"value": figure.value, "exact": True}
        else:
            parts = {"not_measured": figure.reason, "needs": figure.needs}
        return cls(
            key=measure.key,
            of=measure.of,
            explainer=measure.explainer,
            settings=dict(measure.settings),
            unit=unit,
            **parts,
        )


class TestRow(ReportPart):
    """One vote: two one-sided tests at 5 %, read off the 90 % interval.

    `status` is that of the interval alone. `p` is the p-value of "beyond the margin", `p_adjusted` the same
    after Holm's correction over the candidate's tests in the chosen dimensions. `p_equivalent` is the p-value
    of "not inside the margin": the larger of the two one-sided tests.
    """

    key: str
    explainer: str | None = None
    status: Status
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None
    margin: float
    p: float | None = None
    p_adjusted: float | None = None
    p_equivalent: float | None = None
    n_needed: int | None = None
    twin: BesideTwin | None = None
    why: str

    @model_serializer(mode="wrap")
    def _with_n_needed(self, write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """The row with `n_needed` even where it is empty: no number is an answer, too."""
        row = write(self)
        why = row.pop("why")
        return row | {"n_needed": self.n_needed, "why": why}


class DimensionVerdict(ReportPart):
    """What the tests of one dimension say together."""

    status: Status
    why: str
    tests: tuple[TestRow, ...] = ()


class Verdict(ReportPart):
    """The answer for one candidate."""

    overall: Literal["equivalent", "different", "inconclusive"]
    why: str
    dimensions: dict[Dimension, DimensionVerdict]


class SliceRow(ReportPart):
    """One part of the texts: what it was cut by, its name, its texts and its figures."""

    by: str
    name: str
    n: int
    explained: int = 0
    measures: tuple[MeasureRow, ...] = ()


class SliceReport(ReportPart):
    """A candidate on parts of the texts, and what the search for the part that stands out found.

    `tested` parts share Holm's correction; `worst` is the place in `rows` of the part that is surely
    changed most. The search went through `searched` parts.
    """

    rows: tuple[SliceRow, ...] = ()
    tested: int = 0
    worst: int | None = None
    worst_why: str = ""
    found: tuple[SliceRow, ...] = ()
    searched: int = 0
    search_why: str = ""
    notes: tuple[str, ...] = ()


class CandidateReport(ReportPart):
    """One candidate: its verdict, then every figure.

    `reasons_by_answers` holds the figures of reasons again, where the models agree or not and where the
    reference is right or not; the setting `texts` names the part.
    """

    name: str
    verdict: Verdict
    measures: tuple[MeasureRow, ...]
    notes: tuple[str, ...] = ()
    slices: SliceReport | None = None
    reasons_by_answers: tuple[MeasureRow, ...] = ()


class ControlReport(ReportPart):
    """One control: what it showed, and whether that is what it must show.

    `held` is None where the control says nothing that can be right or wrong (C1, a ceiling; C3, a scale) or
    was not measured; `needs` then says what it would take. `other` is what the reference is compared with.
    """

    status: Status
    why: str
    held: bool | None = None
    other: str | None = None
    needs: str | None = None
    measures: tuple[MeasureRow, ...] = ()


class ReliabilityCurve(ReportPart):
    """Data of a reliability diagram: one entry a bin that holds texts."""

    of: Literal["reference", "candidate"]
    candidate: str
    binning: Literal["equal-width", "equal-mass"]
    bins: int
    edges: Literal["own", "pooled"]
    left: tuple[float, ...]
    right: tuple[float, ...]
    n: tuple[int, ...]
    conf: tuple[float, ...]
    acc: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class KSweep(ReportPart):
    """Top-K overlap at every K that at least 20 texts allow."""

    candidate: str
    explainer: str
    k: tuple[int, ...]
    n: tuple[int, ...]
    jaccard: tuple[float, ...]
    chance: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class RiskCoverage(ReportPart):
    """Selective risk of one model over coverage: at each threshold the texts that are accepted and wrong."""

    of: Literal["reference", "candidate"]
    candidate: str
    threshold: tuple[float, ...]
    coverage: tuple[float, ...]
    n: tuple[int, ...]
    risk: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Curves(ReportPart):
    """What the charts draw."""

    reliability: tuple[ReliabilityCurve, ...] = ()
    k_sweep: tuple[KSweep, ...] = ()
    risk_coverage: tuple[RiskCoverage, ...] = ()


class ModelInfo(ReportPart):
    """What is known of a model that took part."""

    name: str
    role: Literal["reference", "candidate"]
    source: str
    content_hash: str
    architecture: str | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    dtype: str | None = None
    backend: str | None = None
    max_length: int | None = None
    revision: str | None = None
    licence: str | None = None
    truncated: int | None = None


class TwinInfo(ReportPart):
    """What is known of the reference's twin."""

    name: str
    source: str
    content_hash: str
    architecture: str | None = None
    revision: str | None = None
    licence: str | None = None


class DataInfo(ReportPart):
    """What is known of the texts."""

    source: str
    content_hash: str
    n: int
    predicted: int
    explained: int
    classes: tuple[str, ...]
    class_counts: dict[str, int] = Field(default_factory=dict)
    labelled: bool
    notes: tuple[str, ...] = ()


class Resolved(ReportPart):
    """The spec with every open choice filled in; its fingerprint names the run."""

    fingerprint: str
    models: tuple[ModelInfo, ...]
    twin: TwinInfo | None = None
    data: DataInfo
    device: str
    explainers: tuple[str, ...]
    settings: dict[str, Any] = Field(default_factory=dict)
    command: str


class Report(ReportPart):
    """Everything that a run found out."""

    schema_version: Literal[1] = SCHEMA_VERSION
    spec: dict[str, Any]
    resolved: Resolved
    versions: dict[str, str]
    timing: dict[str, Any]
    controls: dict[str, ControlReport]
    curves: Curves
    candidates: tuple[CandidateReport, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The bytes of report.json: stable order, two spaces, no empty optional fields but n_needed."""
        return self.model_dump_json(indent=2, exclude_none=True) + "\n"
