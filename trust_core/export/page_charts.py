"""All charts of a report, each in both themes with its sentence and its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trust_core.charts.forest_plot import ForestRow, forest_alt, forest_plot, forest_table
from trust_core.charts.k_sweep import k_sweep, k_sweep_alt, k_sweep_table
from trust_core.charts.offline import figure_json
from trust_core.charts.reliability_diagram import reliability_alt, reliability_diagram, reliability_table
from trust_core.charts.table import Table
from trust_core.charts.theme import DARK, LIGHT, Theme
from trust_core.charts.tradeoff import tradeoff, tradeoff_alt, tradeoff_table
from trust_core.domain.report import CandidateReport, KSweep, ReliabilityCurve, Report, TestRow
from trust_core.export.costs import costs
from trust_core.export.page_tradeoff import WORST, tradeoff_points, trusts
from trust_core.report.criteria import CRITERIA, explainer_title, label
from trust_core.report.wording import interval, spoken


@dataclass(frozen=True, slots=True)
class PageChart:
    """One chart of a page.

    Attributes:
        id: unique on the page.
        title: its heading.
        alt: what it shows, in a sentence.
        table: its data.
        light, dark: the figure in both themes, as JSON for a <script> element.
        caption: how to read it; empty where its title says enough.
    """

    id: str
    title: str
    alt: str
    table: Table
    light: str
    dark: str
    caption: str = ""


def chart(
    key: str, title: str, alt: str, table: Table, draw: Callable[[Theme], Any], *, caption: str = ""
) -> PageChart:
    """A chart drawn in both themes."""
    return PageChart(key, title, alt, table, figure_json(draw(LIGHT)), figure_json(draw(DARK)), caption)


def forest_row(test: TestRow) -> ForestRow:
    """A test on the axis that all tests share."""
    criterion = CRITERIA.get(test.key)
    if criterion is None or test.estimate is None or test.low is None or test.high is None:
        margin = "" if criterion is None else criterion.bound(test.margin)
        return ForestRow(label(test), "not measured", margin, test.why, test.status, None)
    said = f"{spoken(test.estimate, criterion.unit)} ({interval(test.low, test.high, criterion.unit)})"
    scaled = [criterion.scaled(value, test.margin) for value in (test.low, test.estimate, test.high)]
    ends = sorted(value for value in scaled if value is not None)
    place = (ends[0], ends[1], ends[2]) if len(ends) == 3 else None
    return ForestRow(label(test), said, criterion.bound(test.margin), test.why, test.status, place, test.n)


def forest_chart(candidate: CandidateReport, *, key: str) -> PageChart | None:
    """The forest plot of a candidate's verdict; None without tests."""
    rows = tuple(forest_row(test) for part in candidate.verdict.dimensions.values() for test in part.tests)
    if not rows:
        return None
    return chart(
        key,
        "Every test against its margin",
        forest_alt(rows),
        forest_table(rows),
        lambda theme: forest_plot(rows, theme=theme),
    )


def choice_chart(report: Report, *, key: str) -> PageChart | None:
    """What the worst test of each candidate uses of its margin, against its size; None if unknown."""
    trust = next((one for one in trusts(report) if one.key == WORST), None)
    known = costs(report)
    if trust is None or not known or len(report.candidates) < 2:
        return None
    points, axes = tradeoff_points(report, trust, known[0])
    return chart(
        key,
        "Trust against size",
        tradeoff_alt(points, axes),
        tradeoff_table(points, axes),
        lambda theme: tradeoff(points, axes, theme=theme),
    )


def reliability_charts(report: Report, candidate: str, *, prefix: str) -> tuple[PageChart, ...]:
    """The reliability diagrams of a candidate and the reference: pooled edges, equal width and equal mass."""
    reference = next((m.name for m in report.resolved.models if m.role == "reference"), "reference")
    charts = []
    for binning in ("equal-width", "equal-mass"):
        curves = tuple(
            curve
            for of in ("reference", "candidate")
            for curve in report.curves.reliability
            if (curve.candidate, curve.binning, curve.edges, curve.of) == (candidate, binning, "pooled", of)
        )
        if not curves:
            continue
        names = tuple(reference if curve.of == "reference" else candidate for curve in curves)
        charts.append(_reliability_chart(curves, names, f"{prefix}-{binning}", binning))
    return tuple(charts)


def _reliability_chart(
    curves: tuple[ReliabilityCurve, ...], names: tuple[str, ...], key: str, binning: str
) -> PageChart:
    words = "bins of equal width" if binning == "equal-width" else "bins of equal size"
    return chart(
        key,
        f"Reliability, {words}",
        reliability_alt(curves, names),
        reliability_table(curves, names),
        lambda theme: reliability_diagram(curves, names, theme=theme),
    )


def sweep_charts(report: Report, candidate: str, *, prefix: str) -> tuple[PageChart, ...]:
    """The K sweeps of a candidate, one an explainer."""
    sweeps = [sweep for sweep in report.curves.k_sweep if sweep.candidate == candidate and sweep.k]
    return tuple(_sweep_chart(sweep, f"{prefix}-{at}") for at, sweep in enumerate(sweeps))


def _sweep_chart(sweep: KSweep, key: str) -> PageChart:
    return chart(
        key,
        f"Shared top words by K, {explainer_title(sweep.explainer)}",
        k_sweep_alt(sweep),
        k_sweep_table(sweep),
        lambda theme: k_sweep(sweep, theme=theme),
    )
