"""A small report with one entry of every kind."""

from trust_core.domain.measures import Exact, Measure, Measured, NotMeasured
from trust_core.domain.report import (
    CandidateReport,
    ControlReport,
    Curves,
    DataInfo,
    DimensionVerdict,
    KSweep,
    MeasureRow,
    ModelInfo,
    ReliabilityCurve,
    Report,
    Resolved,
    TestRow,
    Verdict,
)


def small_report() -> Report:
    """A report of one candidate."""
    rows = (
        MeasureRow.of_measure(Measure("accuracy", "reference", Measured(0.9, 0.8, 0.95, 0.95, 40)), "share"),
        MeasureRow.of_measure(Measure("parameters", "candidate", Exact(12.0)), "parameters"),
        MeasureRow.of_measure(Measure("jaccard", "pair", NotMeasured("few texts", "20"), "lime"), "share"),
    )
    test = TestRow(key="brier", status="inconclusive", estimate=0.0, margin=0.01, why="too wide")
    verdict = Verdict(
        overall="inconclusive",
        why="too few texts",
        dimensions={"answers": DimensionVerdict(status="inconclusive", why="too few", tests=(test,))},
    )
    curve = ReliabilityCurve(
        of="candidate", candidate="b", binning="equal-width", bins=10, edges="own",
        left=(0.5,), right=(0.6,), n=(40,), conf=(0.55,), acc=(0.5,), low=(0.4,), high=(0.6,),
    )  # fmt: skip
    sweep = KSweep(
        candidate="b",
        explainer="lime",
        k=(1,),
        n=(40,),
        jaccard=(0.5,),
        chance=(0.1,),
        low=(0.4,),
        high=(0.6,),
    )
    return Report(
        spec={"reference": "a", "candidates": ["b"]},
        resolved=Resolved(
            fingerprint="f" * 64,
            models=(ModelInfo(name="a", role="reference", source="a", content_hash="0"),),
            data=DataInfo(
                source="d.csv", content_hash="1", n=40, predicted=40, explained=0, classes=("x", "y"),
                labelled=True,
            ),
            device="cpu",
            explainers=("lime",),
            command="evaluate",
        ),
        versions={"trusteq": "0.1.0"},
        timing={"seconds": 1.5},
        controls={"C0": ControlReport(status="equivalent", held=True, why="same", measures=rows[:1])},
        curves=Curves(reliability=(curve,), k_sweep=(sweep,)),
        candidates=(CandidateReport(name="b", verdict=verdict, measures=rows),),
    )  # fmt: skip
