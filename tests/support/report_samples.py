"""Reports as a run would write them, without a run: for tests of charts, exports and views."""

from __future__ import annotations

import math
from typing import Any

from tests.support.report_evidence import MISSING, evidence, vote
from trust_core.domain.measures import Evidence, Findings, Vote
from trust_core.domain.report import (
    CandidateReport,
    ControlReport,
    Curves,
    DataInfo,
    KSweep,
    MeasureRow,
    ModelInfo,
    ReliabilityCurve,
    Report,
    Resolved,
)
from trust_core.domain.spec import DataSpec, Margins, Spec
from trust_core.report.controls import (
    broken_control,
    ceiling_control,
    identity_control,
    lossless_control,
    skipped_control,
)
from trust_core.report.criteria import METHOD
from trust_core.report.verdict import verdict

DIMENSIONS = ("answers", "reasons", "reliability", "cost")

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg/onload=alert(1)>",
    "a|b [link](https://example.org) **bold** `code`",
    r"50% & $x_1^2$ \input{secret} #1 {~}",
    '=HYPERLINK("https://example.org")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\u202eright to left\u202c",
    "\x1b[31mred\x1b[0m\x07",
    "{{ 7 * 7 }} {% raw %}",
    "%{x} ${y} <b>bold</b><br>",
    "y" * 5000,
)
"""Strings that must be shown as they are, and do nothing."""


def good() -> dict[str, Findings]:
    """Findings of a candidate that is equivalent."""
    return {
        "answers": Findings((), (vote("accuracy", -0.001, 0.006), vote("negative_flip_rate", 0.004, 0.005))),
        "reasons": Findings(
            (),
            (
                vote("alignment", 0.93, 0.05, explainer="lime", n=100),
                vote("alignment", 0.96, 0.04, explainer="shap-partition", n=100),
            ),
        ),
        "reliability": Findings(
            (),
            (
                vote("brier", 0.001, 0.004),
                vote("signed_gap", -0.002, 0.005),
                vote("curve_distance", 0.006, 0.006, null_p=0.4),
            ),
        ),
    }


def mixed() -> dict[str, Findings]:
    """Findings of a candidate with something different, something open and something not measured."""
    return {
        "answers": Findings((), (vote("accuracy", -0.008, 0.009), vote("negative_flip_rate", 0.021, 0.011))),
        "reasons": Findings(
            (),
            (
                vote("alignment", 0.57, 0.06, explainer="lime", n=100),
                Vote("alignment", MISSING, "shap-partition"),
            ),
        ),
        "reliability": Findings(
            (),
            (
                vote("brier", 0.004, 0.004),
                vote("signed_gap", 0.062, 0.012),
                vote("curve_distance", 0.058, 0.012, null_p=0.001),
            ),
        ),
    }


def _rows(findings: dict[str, Findings], shift: float) -> tuple[MeasureRow, ...]:
    """Figures that go with the votes, and some beside them."""
    rows: list[dict[str, Any]] = []
    bases = {"accuracy": 0.86, "brier": 0.21, "signed_gap": 0.03}
    units = {"accuracy": "share", "negative_flip_rate": "share", "curve_distance": "probability"}
    for found in findings.values():
        for one in found.votes:
            head = {"key": one.key, "explainer": one.explainer, "unit": units.get(one.key, "")}
            if not isinstance(one.evidence, Evidence):
                rows.append(
                    head | {"of": "pair", "not_measured": one.evidence.reason, "needs": one.evidence.needs}
                )
                continue
            low, high = one.evidence.interval(0.95)
            limits = {"low": low, "high": high, "level": 0.95, "n": one.evidence.n}
            value = one.evidence.estimate
            if one.key in bases:
                base = bases[one.key]
                for of, centre in (("reference", base), ("candidate", base + value)):
                    around = {"low": centre - 0.02, "high": centre + 0.02, "level": 0.95, "n": one.evidence.n}
                    rows.append(head | {"of": of, "value": centre} | around)
                rows.append(head | {"of": "difference", "value": value} | limits)
            else:
                rows.append(head | {"of": "pair", "value": value} | limits)
    for binning in ("equal-width", "equal-mass"):
        for of, value in (("reference", 0.041), ("candidate", 0.041 + abs(shift))):
            for key, factor in (("ece", 1.0), ("mce", 3.0)):
                rows.append(
                    {
                        "key": key,
                        "of": of,
                        "unit": "probability",
                        "settings": {"binning": binning, "bins": 10, "edges": "own"},
                        "value": value * factor,
                        "low": value * factor - 0.012,
                        "high": value * factor + 0.015,
                        "level": 0.95,
                        "n": 500,
                    }
                )
    for explainer in ("lime", "shap-partition"):
        rows.append(
            {
                "key": "jaccard",
                "of": "pair",
                "explainer": explainer,
                "unit": "share",
                "settings": {"k": "ceil(0.2 w)", "class": "reference-prediction", "scale": "probability"},
                "value": 0.62,
                "low": 0.57,
                "high": 0.67,
                "level": 0.95,
                "n": 100,
            }
        )
        rows.append(
            {
                "key": "chance_jaccard",
                "of": "pair",
                "explainer": explainer,
                "unit": "share",
                "value": 0.14,
                "exact": True,
            }
        )
    return tuple(MeasureRow(**row) for row in rows)


def _curves(names: list[str]) -> Curves:
    reliability = []
    for at, name in enumerate(names):
        for binning in ("equal-width", "equal-mass"):
            for of, lift in (("reference", 0.02), ("candidate", 0.03 + 0.04 * at)):
                conf = [0.38 + 0.09 * i for i in range(7)]
                acc = [max(0.0, min(1.0, c - lift * (1 + math.sin(3 * c)))) for c in conf]
                reliability.append(
                    ReliabilityCurve(
                        of=of,
                        candidate=name,
                        binning=binning,
                        bins=10,
                        edges="pooled",
                        left=tuple(c - 0.045 for c in conf),
                        right=tuple(c + 0.045 for c in conf),
                        n=(12, 25, 38, 52, 77, 110, 186),
                        conf=tuple(conf),
                        acc=tuple(acc),
                        low=tuple(max(0.0, a - 0.11 + 0.012 * i) for i, a in enumerate(acc)),
                        high=tuple(min(1.0, a + 0.10 - 0.012 * i) for i, a in enumerate(acc)),
                    )
                )
    k = tuple(range(1, 13))
    sweeps = tuple(
        KSweep(
            candidate=name,
            explainer=explainer,
            k=k,
            n=tuple(100 - 3 * i for i in k),
            jaccard=tuple(0.55 + 0.02 * i for i in k),
            chance=tuple(0.03 + 0.045 * i for i in k),
            low=tuple(0.50 + 0.02 * i for i in k),
            high=tuple(0.60 + 0.02 * i for i in k),
        )
        for name in names
        for explainer in ("lime", "shap-partition")
    )
    return Curves(reliability=tuple(reliability), k_sweep=sweeps)


def controls(*, broken: bool = False) -> dict[str, ControlReport]:
    """The ladder as it should come out; with `broken`, C5 does not recognise a broken model."""
    identical = {
        "answers": Findings((), (vote("accuracy", 0.0, 0.05), vote("negative_flip_rate", 0.0, 0.04))),
        "reasons": Findings((), (vote("alignment", 1.0, explainer="lime"),)),
    }
    again = {"reasons": Findings((), (vote("alignment", 0.98, 0.03, explainer="lime", n=30),))}
    rounded = {"reasons": Findings((), (vote("alignment", 0.99, 0.02, explainer="lime", n=30),))}
    shuffled = {"answers": Findings((), (vote("accuracy", -0.5, 0.15, n=30),))}
    return {
        "C0": identity_control(identical),
        "C1": ceiling_control(again),
        "C2": lossless_control(rounded, Margins(), ("reasons",), variant="nli-reference, rounded"),
        "C3": skipped_control("Not measured: the run knows no twin of the reference.", needs="a twin"),
        "C5": broken_control(
            identical if broken else shuffled, Margins(), DIMENSIONS, broken="its head shuffled"
        ),
    }


def sample_report(
    *,
    names: tuple[str, ...] = ("nli-student-3l", "ref:int8"),
    reference: str = "nli-reference",
    classes: tuple[str, ...] = ("entailment", "neutral", "contradiction"),
    control_failed: bool = False,
    notes: tuple[str, ...] = ("Two texts were empty and were left out.",),
    no_texts: bool = False,
    source: str = "bundled:nli",
) -> Report:
    """A report of a reference and some candidates: the first is mixed, the others are equivalent."""
    spec = Spec(reference=reference, candidates=names, data=DataSpec(source=source), no_texts=no_texts)
    ran = controls(broken=control_failed)
    failed = ("C5",) if control_failed else ()
    reports = []
    for at, name in enumerate(names):
        findings = mixed() if at == 0 else good()
        shift = 0.03 if at == 0 else 0.002
        decided = verdict(findings, spec.margins, spec.dimensions, controls_failed=failed)
        reports.append(
            CandidateReport(name=name, verdict=decided, measures=_rows(findings, shift), notes=notes[:1])
        )
    models = [
        ModelInfo(
            name=name,
            role="candidate" if at else "reference",
            source=name,
            content_hash=f"{at:064x}",
            architecture="BertForSequenceClassification",
            parameters=17_000_000 // (at + 1),
            size_bytes=34_000_000 // (at + 1),
            dtype="float16",
            max_length=512,
            licence="Apache-2.0",
            truncated=0,
        )
        for at, name in enumerate((reference, *names))
    ]
    return Report(
        spec=spec.model_dump(mode="json", by_alias=True),
        resolved=Resolved(
            fingerprint="9f" * 32,
            models=tuple(models),
            data=DataInfo(
                source=source,
                content_hash="ab" * 32,
                n=500,
                predicted=500,
                explained=100,
                classes=classes,
                class_counts={name: 500 // len(classes) for name in classes},
                labelled=True,
                notes=notes,
            ),
            device="cpu",
            explainers=("lime", "shap-partition"),
            settings={"lime.samples": 1000, "k.fraction": 0.2, "mask": "delete"},
            command=f"python -m trust_core evaluate --reference {reference} --data {source}",
        ),
        versions={"python": "3.11", "torch": "2.13.0", "trust_core": "0.1.0"},
        timing={"durations_s": {"predict": 4.2, "explain": 71.0}},
        controls=ran,
        curves=_curves(list(names)),
        candidates=tuple(reports),
        notes=(METHOD, *notes),
    )


def hostile_report() -> Report:
    """A report whose every free string is hostile."""
    return sample_report(
        names=HOSTILE[:4], reference=HOSTILE[4], classes=HOSTILE[5:8], notes=HOSTILE, source=HOSTILE[0]
    )


__all__ = [
    "DIMENSIONS",
    "HOSTILE",
    "controls",
    "evidence",
    "good",
    "hostile_report",
    "mixed",
    "sample_report",
]
