"""One candidate on parts of the texts: figures of each part, the worst one, and those that stand out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from trust_core.alignment.figures import mean_figure
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.behaviour.flips import count_flips
from trust_core.behaviour.slice_parts import (
    MOST_COLUMNS,
    MOST_VALUES,
    ChosenParts,
    CutTexts,
    Part,
    chosen_parts,
    no_such_column,
)
from trust_core.behaviour.slice_search import ALARM, Search, search_parts, searched_parts
from trust_core.calibration.scores import gold_scores, score_evidence
from trust_core.domain.arrays import BoolArray, FloatArray
from trust_core.domain.catalogue import CATALOGUE
from trust_core.domain.measures import MIN_TEXTS, Exact, Figure, Measure, Measured, NotMeasured
from trust_core.domain.predictions import Predictions
from trust_core.domain.report import MeasureRow, SliceReport, SliceRow
from trust_core.domain.slicing import ANSWER, COLUMN, part_title, slice_title
from trust_core.stats.bootstrap import Resamples
from trust_core.stats.class_shares import share_shift
from trust_core.stats.evidence import measured, too_few
from trust_core.stats.intervals import paired_difference_evidence, rate_evidence
from trust_core.stats.multiplicity import holm
from trust_core.stats.paired_tests import cross_table, stuart_maxwell
from trust_core.stats.seeds import derived_rng

UNLABELLED: Final = NotMeasured("the texts have no labels", "a gold class for every text")

ONE_SIDED: Final = NotMeasured(
    "these texts were chosen by what the reference answers, so that every change leads away from it",
    "parts that do not depend on a model",
)
"""Why parts by the reference's answer have no figure that compares both models from both sides."""

SCORES: Final = ("signed_gap", "brier")
"""Figures of reliability that are means over texts, so that small parts have them, too."""

SELECTION: Final = (
    "Parts that a search brought up look worse than they are, and their intervals do not allow for that: "
    "test what was found on new texts."
)


@dataclass(frozen=True, slots=True)
class ExplainedTexts:
    """What one explainer says of single texts.

    Attributes:
        rows: (m,) the compared texts, as rows of all texts.
        adjusted: (m,) chance-adjusted Jaccard index of each text.
        halves: what S is computed from; None where it was not kept.
        budgets: samples a text.
    """

    rows: Sequence[int]
    adjusted: FloatArray
    halves: CrossedHalves | None = None
    budgets: Budgets = field(default_factory=lambda: Budgets(0, 0))


@dataclass(frozen=True, slots=True)
class PairOnTexts:
    """Both models' answers to n texts, and what is known of their reasons.

    Attributes:
        gold: (n,) gold classes; None unless every text has one.
        reference, candidate: their predictions.
        explained: by explainer.
        resamples, seed: of the bootstrap.
    """

    gold: np.ndarray | None
    reference: Predictions
    candidate: Predictions
    explained: Mapping[str, ExplainedTexts] = field(default_factory=dict)
    resamples: int = 2000
    seed: int = 0

    @property
    def changed(self) -> BoolArray:
        """(n,) whether the candidate answers something else."""
        changed: BoolArray = self.reference.predicted != self.candidate.predicted
        return changed

    @property
    def outcomes(self) -> np.ndarray:
        """(o, n) the kinds of change that a search looks for: any, and right to wrong."""
        kinds = [self.changed]
        if self.gold is not None:
            kinds.append((self.reference.predicted == self.gold) & (self.candidate.predicted != self.gold))
        return np.stack(kinds)


def check_slices(names: Sequence[str], columns: Collection[str]) -> None:
    """Refuse a column to cut by that the data does not have, before any work is done.

    Raises:
        SpecError: with the columns that there are.
    """
    for name in names:
        if name.startswith(COLUMN) and name.removeprefix(COLUMN) not in columns:
            raise no_such_column(name.removeprefix(COLUMN), columns)


def slice_report(
    names: Sequence[str],
    texts: CutTexts,
    pair: PairOnTexts,
    *,
    words: bool = True,
    notes: Sequence[str] = (),
) -> SliceReport:
    """The figures of the parts that a spec asks for, and the search through them.

    Args:
        names: the cuts, as a spec names them.
        texts: what the texts can be cut by.
        pair: what both models say of them.
        words: whether the search may look at single words, and name them.
        notes: what else a reader should know.

    Raises:
        SpecError: a column that the data does not have.
    """
    chosen = chosen_parts(names, texts)
    rows, tested = slice_rows(chosen.parts, pair)
    worst, worst_why = _worst(rows)
    search = search_parts(
        searched_parts(chosen.parts, texts if words else replace(texts, words=None)),
        pair.outcomes,
        rng=derived_rng(pair.seed, "slices"),
    )
    shown = search.standing_out or search.found[:1]
    found = [
        row.model_copy(
            update={
                "measures": (
                    *row.measures,
                    _row(Measure("slice_search_p", "pair", Exact(one.p))),
                )
            }
        )
        for row, one in zip((_measured_part(one.part, pair) for one in shown), shown, strict=True)
    ]
    return SliceReport(
        rows=rows,
        tested=tested,
        worst=worst,
        worst_why=worst_why,
        found=tuple(found),
        searched=search.searched,
        search_why=_search_why(search, pair),
        notes=(*notes, *_left_out(chosen), *([SELECTION] if search.standing_out else [])),
    )


def _left_out(chosen: ChosenParts) -> list[str]:
    """What was asked for and is not there, in words."""
    notes = []
    if chosen.without:
        titles = ", ".join(slice_title(name) for name in chosen.without)
        notes.append(
            f"No parts by {titles}: the run has no texts or labels for it, all texts are alike in it, or a "
            f"column has more than {MOST_VALUES} different values that are not numbers."
        )
    if chosen.untried:
        columns = f"{chosen.untried:,} further column" + ("" if chosen.untried == 1 else "s")
        notes.append(
            f"The texts were cut by the first {MOST_COLUMNS} columns that allow it; {columns} can be asked "
            "for by name."
        )
    return notes


def slice_rows(parts: Sequence[Part], pair: PairOnTexts) -> tuple[tuple[SliceRow, ...], int]:
    """The figures of each part, with Holm's correction over all that are tested; and how many these are."""
    rows = [_measured_part(part, pair) for part in parts]
    p_values = {at: _p(row) for at, row in enumerate(rows)}
    tested = [at for at, p in p_values.items() if p is not None]
    adjusted = holm(np.array([p_values[at] for at in tested], dtype=np.float64))
    for at, p in zip(tested, adjusted.tolist(), strict=True):
        corrected = _row(Measure("stuart_maxwell_p_holm", "pair", Exact(p), settings={"parts": len(tested)}))
        rows[at] = rows[at].model_copy(update={"measures": (*rows[at].measures, corrected)})
    return tuple(rows), len(tested)


def _measured_part(part: Part, pair: PairOnTexts) -> SliceRow:
    """One part with its figures; a figure of fewer than 20 texts is not measured."""
    inside = np.flatnonzero(part.rows)
    rows = inside.tolist()
    ours, theirs = pair.reference.take(rows), pair.candidate.take(rows)
    n = len(rows)
    table = cross_table(ours.predicted, theirs.predicted, len(ours.classes))
    if part.by == ANSWER:
        return SliceRow(
            by=part.by,
            name=part.name,
            n=n,
            measures=(
                _row(Measure("agreement", "pair", measured(rate_evidence(int(np.trace(table)), n)))),
                _row(Measure("accuracy", "difference", ONE_SIDED)),
                _row(Measure("stuart_maxwell_p", "pair", ONE_SIDED)),
            ),
        )
    few = too_few(n)
    found = [
        Measure("agreement", "pair", measured(rate_evidence(int(np.trace(table)), n))),
        *_labelled(None if pair.gold is None else pair.gold[inside], ours, theirs, pair),
        *_explained(part, pair),
        Measure("share_shift", "pair", share_shift(table)),
        Measure("stuart_maxwell_p", "pair", few or Exact(stuart_maxwell(table).p)),
    ]
    explained = max((int(part.rows[list(one.rows)].sum()) for one in pair.explained.values()), default=0)
    return SliceRow(by=part.by, name=part.name, n=n, explained=explained, measures=tuple(map(_row, found)))


def _labelled(
    gold: np.ndarray | None, ours: Predictions, theirs: Predictions, pair: PairOnTexts
) -> list[Measure]:
    """Flips, accuracy and reliability of one part."""
    n = len(ours)
    without = UNLABELLED if gold is None else too_few(n)
    if without is not None or gold is None:
        why = without or UNLABELLED
        return [
            Measure("negative_flip_rate", "pair", why),
            *(Measure(key, "difference", why) for key in ("accuracy", *SCORES)),
        ]
    flips = count_flips(gold, ours.predicted, theirs.predicted)
    scores, _ = gold_scores(gold, ours, theirs)
    means = score_evidence(
        tuple(score for score in scores if score.key in SCORES),
        Resamples(n=n, count=pair.resamples, seed=pair.seed),
    )
    return [
        Measure("negative_flip_rate", "pair", measured(rate_evidence(flips.negative, n))),
        Measure(
            "accuracy",
            "difference",
            measured(paired_difference_evidence(flips.negative, flips.positive, n)),
        ),
        *(Measure(key, "difference", measured(means[key, "difference"])) for key in SCORES),
    ]


def _explained(part: Part, pair: PairOnTexts) -> list[Measure]:
    """Alignment of the reasons in one part, by explainer."""
    found = []
    for explainer, texts in pair.explained.items():
        inside = np.flatnonzero(part.rows[list(texts.rows)])
        s: Figure | None = None
        few = _too_few_explained(len(inside))
        if texts.halves is not None:
            halves = texts.halves
            s = few or measured(
                assess_alignment(
                    CrossedHalves(
                        cross=halves.cross[inside],
                        self_reference=halves.self_reference[inside],
                        self_candidate=halves.self_candidate[inside],
                        chance=halves.chance[inside],
                        identical=halves.identical,
                    ),
                    resamples=pair.resamples,
                    seed=pair.seed,
                    budgets=texts.budgets,
                )
            )
            found.append(Measure("alignment", "pair", s, explainer))
        overlap = few or mean_figure(
            texts.adjusted[inside].tolist(), (-1.0, 1.0), resamples=pair.resamples, seed=pair.seed
        )
        found.append(Measure("jaccard_adjusted", "pair", overlap, explainer))
    return found


def _too_few_explained(m: int) -> NotMeasured | None:
    if m >= MIN_TEXTS:
        return None
    return NotMeasured(
        f"{m} explained texts are too few", f"at least {MIN_TEXTS} explained texts in the part"
    )


def _row(measure: Measure) -> MeasureRow:
    return MeasureRow.of_measure(measure, CATALOGUE[measure.key].unit)


def slice_figure(row: SliceRow, key: str, explainer: str | None = None) -> MeasureRow | None:
    """One figure of a part; None where it has none of that key."""
    return next((one for one in row.measures if (one.key, one.explainer) == (key, explainer)), None)


def _p(row: SliceRow) -> float | None:
    found = slice_figure(row, "stuart_maxwell_p")
    return None if found is None else found.value


def _worst(rows: Sequence[SliceRow]) -> tuple[int | None, str]:
    """The part whose agreement has the lowest upper limit, which few texts do not reach by luck; in words."""
    measured_ones = {at: figure for at, row in enumerate(rows) if (figure := _agreement(row)) is not None}
    if not measured_ones:
        return None, "No part has 20 texts or more, so none was measured." if rows else ""
    worst = min(measured_ones, key=lambda at: (measured_ones[at].high, at))
    row, figure = rows[worst], measured_ones[worst]
    if figure.value == 1.0:
        # No measured part has a changed answer: none is worse than another.
        return None, ""
    return worst, (
        f"{part_title(row.by, row.name)} is the worst part: {100 * figure.value:.1f} % of its {row.n:,} "
        f"texts keep their answer (95 % interval {100 * figure.low:.1f} to {100 * figure.high:.1f} %), the "
        "lowest upper limit of all parts."
    )


def _agreement(row: SliceRow) -> Measured | None:
    found = slice_figure(row, "agreement")
    figure = None if found is None else found.figure
    return figure if isinstance(figure, Measured) else None


def _search_why(search: Search, pair: PairOnTexts) -> str:
    if not search.searched:
        return "No part has 20 texts or more and leaves as many outside, so nothing was searched."
    looked = f"{search.searched:,} parts were searched for more changed answers than elsewhere"
    if not search.found:
        return f"{looked}: no answer changed." if not pair.changed.any() else f"{looked}: none has more."
    out = search.standing_out
    if not out:
        return (
            f"{looked}: none stands out. The most striking one is no more than chance finds in such a search "
            f"(corrected p = {search.found[0].p:.3g}, above {ALARM:g})."
        )
    count = "one stands" if len(out) == 1 else f"{len(out)} stand"
    return f"{looked}: {count} out (corrected p at most {ALARM:g})."
