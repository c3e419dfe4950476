"""What recalibration could mend: the split of the Brier score, and temperature scaling before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st

from trust_core.calibration.binning import equal_width_edges
from trust_core.calibration.corp import BrierSplit, brier_split
from trust_core.calibration.diagram import claims
from trust_core.calibration.scores import GOLD_SCORES, Evidences, gold_scores, score_evidence
from trust_core.calibration.spot import spot_errors
from trust_core.calibration.temperature import Rescaled, cross_fitted
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import Evidence, Figure, Measure, Measured, NotMeasured, Of
from trust_core.domain.report import MeasureRow
from trust_core.export.figure_text import NO_FIGURE, figure_text
from trust_core.stats.evidence import measured
from trust_core.ui.compact import brief, brief_figure, small_table, texts_said
from trust_core.ui.messages import escape_markdown
from trust_core.ui.reliability.answered import Answered

RESAMPLES: Final = 200

_BINS: Final = 10

_SIDES: Final[tuple[Of, ...]] = ("reference", "candidate", "difference")

_PARTS: Final = {
    "miscalibration": "Miscalibration (lower is better)",
    "discrimination": "Discrimination (higher is better)",
    "uncertainty": "Uncertainty (the same for both)",
}


@dataclass(frozen=True, slots=True)
class Mending:
    """What recalibration could and could not change.

    Attributes:
        split: the parts of the Brier score; or why there are none.
        temperatures: of reference and candidate, fitted on each half of the texts.
        before, after: figures as answered, and after cross-fitted temperature scaling.
    """

    split: BrierSplit | NotMeasured
    temperatures: tuple[tuple[float, float], tuple[float, float]]
    before: tuple[MeasureRow, ...]
    after: tuple[MeasureRow, ...]


def mending(found: Answered, *, version: str, chosen: int | None) -> Mending:
    """What recalibration could change of these answers; computed once, shared by all visitors."""
    return _mending(found, version, found.candidate.model, chosen)


@st.cache_resource(max_entries=16, show_spinner=False)
def _mending(_found: Answered, version: str, candidate: str, chosen: int | None) -> Mending:
    del version, candidate, chosen
    return mend(_found)


def mend(found: Answered) -> Mending:
    """What recalibration could change of these answers."""
    split = brier_split(
        found.gold,
        found.reference.probabilities,
        found.candidate.probabilities,
        resamples=RESAMPLES,
        seed=found.seed,
    )
    rescaled = [
        cross_fitted(model, found.gold, seed=found.seed) for model in (found.reference, found.candidate)
    ]
    return Mending(
        split=split,
        temperatures=(rescaled[0].temperatures, rescaled[1].temperatures),
        before=_figures(found),
        after=_figures(_after(found, rescaled)),
    )


def as_reported(found: Mending, rows: tuple[MeasureRow, ...]) -> Mending:
    """The same figures with the intervals of the report, as far as it has them.

    Args:
        found: figures of all texts of the report.
        rows: the report's measures of the candidate.
    """

    def reported(row: MeasureRow, suffix: str) -> MeasureRow:
        for one in rows:
            wanted = {"binning": "equal-width", "edges": "pooled" if row.of == "difference" else "own"}
            if (one.key, one.of) == (row.key + suffix, row.of) and all(
                one.settings.get(name, value) == value for name, value in wanted.items()
            ):
                return one.model_copy(update={"key": row.key})
        return row

    return replace(
        found,
        before=tuple(reported(row, "") for row in found.before),
        after=tuple(reported(row, "_scaled") for row in found.after),
    )


def _after(found: Answered, rescaled: list[Rescaled]) -> Answered:
    return Answered(found.gold, rescaled[0].predictions, rescaled[1].predictions, found.seed)


def _figures(found: Answered) -> tuple[MeasureRow, ...]:
    """Brier, NLL, signed gap and ECE of both models and their difference."""
    models = (found.reference, found.candidate)
    resamples = found.resamples(RESAMPLES)
    scores, _ = gold_scores(found.gold, *models)
    evidences: Evidences = score_evidence(scores, resamples)
    measures = [Measure(key, of, _shown(evidences[key, of])) for key in GOLD_SCORES for of in _SIDES]
    edges = equal_width_edges(_BINS)
    errors = spot_errors(
        found.gold,
        models,
        (claims(models[0], found.gold), claims(models[1], found.gold)),
        edges=(edges, edges),
        resamples=resamples,
        simulations=1,
    )
    measures += [one for one in errors if one.key == "ece"]
    return tuple(MeasureRow.of_measure(one, CATALOGUE[one.key].unit) for one in measures)


def _shown(evidence: Evidence | NotMeasured) -> Figure:
    return measured(evidence)


def split_section(found: Mending, names: tuple[str, str]) -> None:
    """The parts of the Brier score as a table."""
    st.subheader("Is it calibration or discrimination?", anchor=False)
    if isinstance(found.split, NotMeasured):
        st.caption(escape_markdown(f"Not measured: {found.split.reason}; needs {found.split.needs}."))
        return
    small_table(parts_frame(found.split, names), alt="Parts of the Brier score of both models")
    counts = texts_said(one.n for one in found.split.reference.values() if isinstance(one, Measured))
    st.caption(
        "Brier score = miscalibration − discrimination + uncertainty, class by class against the rest "
        "(CORP: Dimitriadis, Gneiting and Jordan 2021). Miscalibration can be mended without training, "
        "discrimination cannot. Noise lifts both parts; the 95 % intervals are basic bootstrap intervals "
        f"({counts}), no test."
    )


def parts_frame(split: BrierSplit, names: tuple[str, str]) -> pd.DataFrame:
    """One row a part: both models and their difference."""
    columns = {names[0]: split.reference, names[1]: split.candidate, "Difference": split.difference}
    return pd.DataFrame(
        {
            "Part of the Brier score": list(_PARTS.values()),
            **{
                name: [
                    # The uncertainty is that of the texts: there is no difference to measure.
                    NO_FIGURE
                    if (name, part) == ("Difference", "uncertainty")
                    else brief_figure(side[part], of="difference" if name == "Difference" else "pair")
                    for part in _PARTS
                ]
                for name, side in columns.items()
            },
        }
    )


def temperature_section(found: Mending, names: tuple[str, str], *, said: tuple[str, ...] = ()) -> None:
    """Figures before and after temperature scaling, with the temperatures; first what the report says."""
    st.subheader("Can recalibration close the gap?", anchor=False)
    for sentence in said:
        st.markdown(f"- {escape_markdown(sentence.removeprefix('Can recalibration close the gap? '))}")
    counts = texts_said(row.n for row in (*found.before, *found.after))
    temperatures = [
        f"{escape_markdown(name)} {pair[0]:.2f} and {pair[1]:.2f}"
        for name, pair in zip(names, found.temperatures, strict=True)
    ]
    brier = [_pick(rows, "brier", "difference") for rows in (found.before, found.after)]
    if not said and brier[0].value is not None and brier[1].value is not None:
        texts = [figure_text(row) for row in brier]
        st.markdown(
            f"After temperature scaling the Brier difference is {escape_markdown(texts[1].value)} "
            f"({escape_markdown(texts[1].detail)}); as answered it is {escape_markdown(texts[0].value)}."
        )
    small_table(mended_frame(found, names), alt="Figures before and after temperature scaling")
    st.caption(
        f"95 % intervals, {counts}. Temperatures on the two halves of the texts: {'; '.join(temperatures)}; "
        "how far the models' temperatures lie apart stands among all figures, with its interval. Above 1, a "
        "model was too sure. Each half is scaled by the temperature that the other half asks for (Guo et al. "
        "2017), so no text helps to choose its own. No answer changes."
    )


def mended_frame(found: Mending, names: tuple[str, str]) -> pd.DataFrame:
    """One row a figure and state, before and after."""
    rows = []
    for key in ("brier", "nll", "signed_gap", "ece"):
        for state, figures in (("as answered", found.before), ("scaled", found.after)):
            cells = {of: _cell(figures, key, of) for of in _SIDES}
            rows.append(
                {
                    "Measure": f"{CATALOGUE[key].title}, {state}",
                    names[0]: cells["reference"],
                    names[1]: cells["candidate"],
                    "Difference": cells["difference"],
                }
            )
    return pd.DataFrame(rows)


def _pick(rows: tuple[MeasureRow, ...], key: str, of: Of) -> MeasureRow:
    return next(row for row in rows if (row.key, row.of) == (key, of))


def _cell(rows: tuple[MeasureRow, ...], key: str, of: Of) -> str:
    return brief(next((row for row in rows if (row.key, row.of) == (key, of)), None))
