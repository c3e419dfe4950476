"""table.md and table.tex: one row a model, the columns of arXiv 2508.13533 and ours beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trust_core.domain.measures import LEVEL, Of, Setting
from trust_core.domain.report import CandidateReport, MeasureRow, ModelInfo, Report
from trust_core.export.figure_text import NO_FIGURE
from trust_core.report.criteria import explainer_title

_PUBLISHED: Final[Mapping[str, Setting]] = {"binning": "equal-mass", "edges": "own"}
"""The bins of the published tables: quantiles of each model's own confidences."""

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class ModelTable:
    """One row a model, as text.

    Attributes:
        columns: names of the columns.
        rows: one a model, the reference first; as many cells as columns.
        caption: what the figures are and how many texts they rest on.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str


def model_table(report: Report) -> ModelTable:
    """The figures of all models in one table."""
    explainers = list(
        dict.fromkeys(
            row.explainer for candidate in report.candidates for row in candidate.measures if row.explainer
        )
    )
    columns = ["Model", "Accuracy (%)", "ECE", "MCE", "Brier"]
    for explainer in explainers:
        columns += [f"{explainer_title(explainer)} Jaccard@K", f"{explainer_title(explainer)} S"]
    columns += ["Parameters (M)", "Size (MB)", "Latency (ms)", "Verdict"]
    rows = []
    for model in report.resolved.models:
        candidate = next((c for c in report.candidates if c.name == model.name), None)
        if model.role == "reference":
            candidate = report.candidates[0] if report.candidates else None
        of: Of = "reference" if model.role == "reference" else "candidate"
        cells = [
            model.name,
            _cell(candidate, "accuracy", of, factor=100.0, digits=2),
            _cell(candidate, "ece", of, wanted=_PUBLISHED),
            _cell(candidate, "mce", of, wanted=_PUBLISHED),
            _cell(candidate, "brier", of),
        ]
        for explainer in explainers:
            for key in ("jaccard", "alignment"):
                compared = None if model.role == "reference" else candidate
                cells.append(_cell(compared, key, "pair", explainer=explainer, digits=3))
        cells += [
            NO_FIGURE if model.parameters is None else f"{model.parameters / 1e6:.1f}",
            NO_FIGURE if model.size_bytes is None else f"{model.size_bytes / 1e6:.1f}",
            _latency_cell(latency_row(report, model)),
            "reference" if model.role == "reference" or candidate is None else candidate.verdict.overall,
        ]
        rows.append(tuple(cells))
    return ModelTable(tuple(columns), tuple(rows), _caption(report))


def _cell(
    candidate: CandidateReport | None,
    key: str,
    of: Of,
    *,
    explainer: str | None = None,
    wanted: Mapping[str, Setting] | None = None,
    factor: float = 1.0,
    digits: int = 4,
) -> str:
    """The figure as digits, with its interval; a dash where there is none."""
    if candidate is None:
        return NO_FIGURE
    row = next(
        (
            row
            for row in candidate.measures
            if (row.key, row.of, row.explainer) == (key, of, explainer) and _matches(row, wanted or {})
        ),
        None,
    )
    if row is None or row.value is None:
        return NO_FIGURE
    value = f"{row.value * factor:.{digits}f}"
    if row.low is None or row.high is None:
        return value
    return f"{value} ({row.low * factor:.{digits}f} to {row.high * factor:.{digits}f})"


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


def _caption(report: Report) -> str:
    data = report.resolved.data
    return (
        f"{data.predicted} texts predicted and {data.explained} explained of {data.source}. In parentheses: "
        "95 % intervals. ECE and MCE use quantile bins of each model's own confidences; "
        "Brier is the sum over classes, from 0 to 2; S is alignment freed of chance and explainer noise. "
        "Latency is the median of one text at a time."
    )


def markdown_table(report: Report) -> str:
    """table.md."""
    table = model_table(report)
    lines = [
        markdown_row([markdown_text(name) for name in table.columns]),
        markdown_row(["---"] + ["---:"] * (len(table.columns) - 2) + ["---"]),
        *(markdown_row([markdown_text(cell) for cell in row]) for row in table.rows),
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
    body = [" & ".join(_latex(cell) for cell in row) + r" \\" for row in table.rows]
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
