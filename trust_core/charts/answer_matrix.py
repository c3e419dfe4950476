"""Which answers of the reference became which answers of the candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Int

from trust_core.charts.table import Table
from trust_core.charts.theme import Theme, faded, framed, plain
from trust_core.domain.arrays import IntArray, locked_ints


@dataclass(frozen=True, slots=True)
class AnswerMatrix:
    """Counts of answers.

    Attributes:
        classes: canonical class names, k of them.
        counts: (k, k) texts that the reference answers with the row's class and the candidate with the
            column's.
    """

    classes: tuple[str, ...]
    counts: IntArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", locked_ints(self.counts))
        if self.counts.shape != (len(self.classes), len(self.classes)):
            raise ValueError("an answer matrix needs one row and one column a class")

    def cell(self, point: int) -> tuple[str, str]:
        """The two answers, reference's and candidate's, of the point with this index in the chart."""
        row, column = divmod(point, len(self.classes))
        return self.classes[row], self.classes[column]


def answer_matrix_of(
    reference: Int[np.ndarray, " n"], candidate: Int[np.ndarray, " n"], classes: tuple[str, ...]
) -> AnswerMatrix:
    """The matrix of n predictions of both models, each an index into `classes`."""
    k = len(classes)
    counts = np.bincount(reference * k + candidate, minlength=k * k).reshape(k, k)
    return AnswerMatrix(classes, counts)


def answer_matrix(matrix: AnswerMatrix, *, theme: Theme) -> go.Figure:
    """One square a pair of answers with its count; squares off the diagonal are changed answers.

    In the middle of each square lies a marker that nobody sees, row by row, so that a click gives the index
    that `AnswerMatrix.cell` takes: a heatmap would send no click.
    """
    k = len(matrix.classes)
    names = [plain(name, longest=22) for name in matrix.classes]
    counts = matrix.counts.ravel()
    total = max(1, int(counts.sum()))
    largest = max(1, int(counts.max(initial=1)))
    rows, columns = np.divmod(np.arange(k * k), k)
    changed = rows != columns
    shade = 0.10 + 0.55 * np.sqrt(counts / largest)
    colours = [
        faded(theme.candidate if moved else theme.reference, float(opacity) if count else 0.04)
        for moved, opacity, count in zip(changed, shade, counts, strict=True)
    ]
    side = max(22.0, min(84.0, 300.0 / k))
    figure = go.Figure()
    figure.add_scatter(
        x=columns.tolist(),
        y=rows.tolist(),
        mode="markers+text",
        text=[f"{count:,}" for count in counts.tolist()],
        textfont={"color": theme.ink, "size": 15 if k <= 6 else 10},
        marker={"symbol": "square", "size": side * 0.8, "color": "rgba(0,0,0,0)", "line": {"width": 0}},
        customdata=[
            [names[row], names[column], f"{count / total:.1%}"]
            for row, column, count in zip(rows.tolist(), columns.tolist(), counts.tolist(), strict=True)
        ],
        hovertemplate=(
            "reference: %{customdata[0]}<br>candidate: %{customdata[1]}<br>%{text} texts, "
            "%{customdata[2]}<extra></extra>"
        ),
        showlegend=False,
    )
    squares = [
        {
            "type": "rect",
            "x0": column - 0.47,
            "x1": column + 0.47,
            "y0": row - 0.47,
            "y1": row + 0.47,
            "fillcolor": colour,
            "line": {"width": 0},
            "layer": "below",
        }
        for row, column, colour in zip(rows.tolist(), columns.tolist(), colours, strict=True)
    ]
    ticks = {"tickmode": "array", "tickvals": list(range(k)), "ticktext": names, "showgrid": False}
    return framed(
        figure,
        theme,
        height=max(300, 130 + int(side * k)),
        shapes=squares,
        xaxis={
            "title": {"text": "candidate answers", "standoff": 12},
            "range": [-0.6, k - 0.4],
            "automargin": True,
            "side": "bottom",
            **ticks,
        },
        yaxis={
            "title": {"text": "reference answers", "standoff": 12},
            "range": [k - 0.4, -0.6],
            "automargin": True,
            **ticks,
        },
    )


def answer_matrix_alt(matrix: AnswerMatrix) -> str:
    """The chart in a sentence."""
    total = int(matrix.counts.sum())
    moved = total - int(np.trace(matrix.counts))
    if total == 0:
        return "No text was answered."
    if moved == 0:
        return f"Both models give the same answer to all {total:,} texts."
    off = np.where(np.eye(len(matrix.classes), dtype=bool), -1, matrix.counts)
    before, after = matrix.cell(int(off.argmax()))
    return (
        f"{moved:,} of {total:,} texts get another answer from the candidate; the most frequent change is "
        f"from {before} to {after}, {int(off.max()):,} texts."
    )


def answer_matrix_table(matrix: AnswerMatrix) -> Table:
    """The chart's data: one row a class of the reference, one column a class of the candidate."""
    return Table(
        ("reference \\ candidate", *matrix.classes),
        tuple(
            (name, *(f"{count:,}" for count in row))
            for name, row in zip(matrix.classes, matrix.counts.tolist(), strict=True)
        ),
    )
