"""table.md and table.tex: one row a model, the columns of arXiv 2508.13533 and ours beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from trust_core.domain.measures import LEVEL, Of, Setting
from trust_core.domain.report import MeasureRow, ModelInfo, Report
from trust_core.export.figure_text import NO_FIGURE
from trust_core.export.table_caption import TWIN, caption
from trust_core.report.criteria import explainer_title

_PUBLISHED: Final[Mapping[str, Setting]] = {"binning": "equal-mass", "edges": "own"}
"""The bins of the published tables: quantiles of each model's own confidences."""

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class ModelTable:
    """One row a model, as text.

    Attributes:
        columns: names of the columns.
        rows: one a model, the reference first, its twin last; as many cells as columns.
        caption: what the figures are, how many texts they rest on, and the margins.
        best: (row, column) of the best candidate in each column, where there are several; equals share it.
        controls: how many of the last rows are controls, which a line sets off.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    best: frozenset[tuple[int, int]] = frozenset()
    controls: int = 0


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of figures: its title, the figure, and how it is written."""

    title: str
    key: str
    explainer: str | None = None
    pair: bool = False
    wanted: Mapping[str, Setting] = field(default_factory=dict)
    factor: float = 1.0
    digits: int = 4
    lower: bool = False


_FIGURES: Final = (
    _Column("Accuracy (%)", "accuracy", factor=100.0, digits=2),
    _Column("Agreement (%)", "agreement", pair=True, factor=100.0, digits=2),
    _Column("Negative flips (%)", "negative_flip_rate", pair=True, factor=100.0, digits=2, lower=True),
    _Column("ECE", "ece", wanted=_PUBLISHED, lower=True),
    _Column("MCE", "mce", wanted=_PUBLISHED, lower=True),
    _Column("Brier", "brier", lower=True),
)


def model_table(report: Report) -> ModelTable:
    """The figures of all models in one table."""
    explainers = list(
        dict.fromkeys(
            row.explainer for candidate in report.candidates for row in candidate.measures if row.explainer
        )
    )
    figures = (
        *_FIGURES,
        *(
            _Column(f"{explainer_title(explainer)} {title}", key, explainer, pair=True, digits=3)
            for explainer in explainers
            for key, title in (("jaccard", "Jaccard@K"), ("alignment", "S"))
        ),
    )
    costs = ("Parameters (M)", "Size (MB)", "Latency (ms)")
    rows, values = [], []
    missing: list[tuple[str, str]] = []
    for model in report.resolved.models:
        reference = model.role == "reference"
        candidate = next((c for c in report.candidates if c.name == model.name), None)
        if reference:
            candidate = report.candidates[0] if report.candidates else None
        known = () if candidate is None else candidate.measures
        found = [_row(known, column, reference=reference) for column in figures]
        missing += _missing(model.name, found, figures)
        spent = (
            None if model.parameters is None else model.parameters / 1e6,
            None if model.size_bytes is None else model.size_bytes / 1e6,
            median_latency(report, model.name),
        )
        rows.append(
            (
                model.name,
                *(_cell(row, column, report) for row, column in zip(found, figures, strict=True)),
                *(NO_FIGURE if cost is None else f"{cost:.1f}" for cost in spent[:2]),
                _latency_cell(latency_row(report, model)),
                "reference" if reference or candidate is None else candidate.verdict.overall,
            )
        )
        values.append([*(None if row is None else row.value for row in found), *spent])
    twin, open_cells = _twin_row(report, figures, empty=len(costs))
    lower = [*(column.lower for column in figures), *(True for _ in costs)]
    candidates = [at for at, model in enumerate(report.resolved.models) if model.role == "candidate"]
    return ModelTable(
        ("Model", *(column.title for column in figures), *costs, "Verdict"),
        (*rows, *twin),
        caption(
            report,
            twin=_twin_of(report),
            several=len(candidates) > 1,
            calls=[
                row.n
                for model in report.resolved.models
                if (row := latency_row(report, model)) is not None and row.n is not None
            ],
            missing=[*missing, *open_cells],
        ),
        _best(values, lower, candidates),
        controls=len(twin),
    )


def _twin_row(
    report: Report, figures: Sequence[_Column], *, empty: int
) -> tuple[tuple[tuple[str, ...], ...], list[tuple[str, str]]]:
    """The reference's twin as a control, and what was not measured of it.

    Nothing where there is no twin, or where it is a candidate with a row.
    """
    twin = _twin_of(report)
    if twin is None or any(model.name == twin for model in report.resolved.models):
        return (), []
    measures = report.controls[TWIN].measures
    found = [_row(measures, column, reference=False) for column in figures]
    cells = [_cell(row, column, report) for row, column in zip(found, figures, strict=True)]
    row = (f"{twin} (control {TWIN})", *cells, *[NO_FIGURE] * empty, "control")
    return (row,), _missing(twin, found, figures)


def _missing(
    model: str, rows: Sequence[MeasureRow | None], columns: Sequence[_Column]
) -> list[tuple[str, str]]:
    """The figures of a model that were not measured, each with the reason."""
    return [
        (f"{column.title} of {model}", row.not_measured)
        for row, column in zip(rows, columns, strict=True)
        if row is not None and row.not_measured is not None
    ]


def _twin_of(report: Report) -> str | None:
    """Name of the twin that the reference was compared with."""
    control = report.controls.get(TWIN)
    return None if control is None or not control.measures else control.other or "twin"


def _best(
    values: Sequence[Sequence[float | None]], lower: Sequence[bool], candidates: Sequence[int]
) -> frozenset[tuple[int, int]]:
    """The best candidate of each column; nothing with a single one, or where all are the same."""
    best = set()
    for column, falls in enumerate(lower):
        known = {at: value for at in candidates if (value := values[at][column]) is not None}
        if len(known) > 1 and len(set(known.values())) > 1:
            top = min(known.values()) if falls else max(known.values())
            # The name comes before the figures.
            best |= {(at, column + 1) for at, value in known.items() if value == top}
    return frozenset(best)


def _row(measures: Sequence[MeasureRow], column: _Column, *, reference: bool) -> MeasureRow | None:
    """The figure of a model, or None where it has none."""
    if reference and column.pair:
        return None
    of: Of = "pair" if column.pair else "reference" if reference else "candidate"
    return next(
        (
            row
            for row in measures
            if (row.key, row.of, row.explainer) == (column.key, of, column.explainer)
            and _matches(row, column.wanted)
        ),
        None,
    )


def _cell(row: MeasureRow | None, column: _Column, report: Report) -> str:
    """The figure as digits, with its interval, and with its n where that is not all predicted texts."""
    if row is None or row.value is None:
        return NO_FIGURE
    value = f"{row.value * column.factor:.{column.digits}f}"
    if row.low is None or row.high is None:
        return value
    limits = f"{row.low * column.factor:.{column.digits}f} to {row.high * column.factor:.{column.digits}f}"
    own = "" if row.n is None or row.n == report.resolved.data.predicted else f"; n = {row.n}"
    return f"{value} ({limits}{own})"


def _matches(row: MeasureRow, wanted: Mapping[str, Setting]) -> bool:
    return all(row.settings.get(name) == value for name, value in wanted.items())


def latency_row(report: Report, model: ModelInfo) -> MeasureRow | None:
    """The median latency of one text with its interval and calls; None where it was not measured."""
    value = median_latency(report, model.name)
    if value is None:
        return None
    own = report.timing["latency"][model.name]
    low, high, calls = (own.get(f"p50_ms_batch_1_{part}") for part in ("low", "high", "n"))
    row = MeasureRow(key="latency", of=model.role, value=value, exact=True, unit="ms")
    # Times come from the file of a run, which somebody may have written by hand.
    if not (isinstance(low, int | float) and isinstance(high, int | float) and isinstance(calls, int)):
        return row
    if not low <= value <= high:
        return row
    return MeasureRow(
        key="latency", of=model.role, value=value, low=low, high=high, level=LEVEL, n=calls, unit="ms"
    )


def _latency_cell(row: MeasureRow | None) -> str:
    if row is None or row.value is None:
        return NO_FIGURE
    if row.low is None or row.high is None:
        return f"{row.value:.1f}"
    return f"{row.value:.1f} ({row.low:.1f} to {row.high:.1f})"


def median_latency(report: Report, model: str) -> float | None:
    """Milliseconds that one text takes a model; it lies under `timing`, as it differs from run to run."""
    by_model = report.timing.get("latency")
    own = by_model.get(model) if isinstance(by_model, dict) else None
    value = own.get("p50_ms_batch_1") if isinstance(own, dict) else None
    return float(value) if isinstance(value, int | float) else None


def markdown_table(report: Report) -> str:
    """table.md."""
    table = model_table(report)
    lines = [
        markdown_row([markdown_text(name) for name in table.columns]),
        markdown_row(["---"] + ["---:"] * (len(table.columns) - 2) + ["---"]),
        *(
            markdown_row(
                [
                    f"**{markdown_text(cell)}**" if (at, column) in table.best else markdown_text(cell)
                    for column, cell in enumerate(row)
                ]
            )
            for at, row in enumerate(table.rows)
        ),
    ]
    return "\n".join([*lines, "", markdown_text(table.caption), ""])


def markdown_row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def markdown_text(text: str) -> str:
    """Text that Markdown and the HTML inside it leave alone."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]|~$" else c for c in _one_line(text))
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Bare addresses become links in many dialects.
    return escaped.replace("://", ":&#47;&#47;").replace("www.", "www&#46;").replace("@", "&#64;")


_LATEX: Final[Mapping[str, str]] = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "\u2013": "--",
    "\u2212": "$-$",
    "[": "{[}",
    "]": "{]}",
}


def latex_table(report: Report) -> str:
    """table.tex: a booktabs table that compiles with any name in it (T1 font encoding)."""
    table = model_table(report)
    body = [
        " & ".join(
            rf"\textbf{{{_latex(cell)}}}" if (at, column) in table.best else _latex(cell)
            for column, cell in enumerate(row)
        )
        + r" \\"
        for at, row in enumerate(table.rows)
    ]
    if table.controls:
        body.insert(len(body) - table.controls, r"\midrule")
    return "\n".join(
        [
            r"% needs \usepackage{booktabs} and \usepackage[T1]{fontenc}",
            r"\begin{table}",
            r"\centering",
            r"\begin{tabular}{l" + "r" * (len(table.columns) - 2) + "l}",
            r"\toprule",
            " & ".join(_latex(name) for name in table.columns) + r" \\",
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\caption{" + _latex(table.caption) + "}",
            r"\end{table}",
            "",
        ]
    )


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in _one_line(text))


def _one_line(text: str) -> str:
    """Text on one line without control characters, cut to a length that a table can hold (captions apart)."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= _LONGEST or " " in shown[:_LONGEST] else shown[: _LONGEST - 1] + "…"
