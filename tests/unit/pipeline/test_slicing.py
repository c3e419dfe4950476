"""Figures of parts of the texts."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from tests.support.behaviour_predictions import draw_pair
from trust_core.alignment.split_half import Budgets, CrossedHalves, assess_alignment
from trust_core.behaviour.slice_parts import CutTexts, Part, cut_texts
from trust_core.behaviour.summary import answers_findings
from trust_core.calibration.summary import reliability_findings
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.domain.report import SliceReport, SliceRow
from trust_core.errors import SpecError
from trust_core.pipeline.slicing import (
    ExplainedTexts,
    PairOnTexts,
    check_slices,
    slice_figure,
    slice_report,
    slice_rows,
)
from trust_core.stats.evidence import measured

N = 400
GOLD, REFERENCE, CANDIDATE = draw_pair(N, 3, seed=4)
RNG = np.random.default_rng(8)
GENRE = RNG.choice(["a", "b", "rare"], N, p=[0.6, 0.37, 0.03]).tolist()
PARTS = tuple(Part("column:genre", name, np.array(GENRE) == name) for name in ("a", "b", "rare"))
PAIR = PairOnTexts(GOLD, REFERENCE, CANDIDATE, resamples=300, seed=3)


def _texts(pair: PairOnTexts = PAIR, columns: dict[str, list[str]] | None = None) -> CutTexts:
    names = [f"c{at}" for at in pair.reference.predicted.tolist()]
    return cut_texts(None, gold=None, answers=names, columns=columns or {"genre": GENRE})


def _figure(row: SliceRow, key: str, explainer: str | None = None) -> Measured:
    found = slice_figure(row, key, explainer)
    assert found is not None
    figure = found.figure
    assert isinstance(figure, Measured)
    return figure


@pytest.mark.slow
def test_figures_are_those_of_the_parts_texts_alone() -> None:
    """Every figure of a part is what the whole comparison says of its texts."""
    rows, _ = slice_rows(PARTS, PAIR)
    for row, part in zip(rows[:2], PARTS, strict=False):
        inside = np.flatnonzero(part.rows).tolist()
        ours, theirs = REFERENCE.take(inside), CANDIDATE.take(inside)
        alone = [
            *answers_findings(GOLD[inside], ours, theirs, resamples=300, seed=3).measures,
            *reliability_findings(GOLD[inside], ours, theirs, bins=5, resamples=300, seed=3).measures,
        ]
        expected = {(one.key, one.of): one.figure for one in alone if not one.settings}
        for key, of in (
            ("agreement", "pair"),
            ("negative_flip_rate", "pair"),
            ("accuracy", "difference"),
            ("signed_gap", "difference"),
            ("brier", "difference"),
        ):
            found, truth = _figure(row, key), expected[key, of]
            assert isinstance(truth, Measured)
            assert (found.value, found.low, found.high, found.n) == pytest.approx(
                (truth.value, truth.low, truth.high, truth.n)
            )


def test_rates_and_tests_agree_with_statsmodels() -> None:
    """Wilson's interval, the Stuart-Maxwell test, and Holm's correction over the tested parts."""
    rows, tested = slice_rows(PARTS, PAIR)
    assert tested == 2
    p_values = []
    for row, part in zip(rows[:2], PARTS, strict=False):
        same = REFERENCE.predicted[part.rows] == CANDIDATE.predicted[part.rows]
        agreement = _figure(row, "agreement")
        limits = proportion_confint(int(same.sum()), row.n, method="wilson")
        assert (agreement.low, agreement.high) == pytest.approx(limits)
        table = np.zeros((3, 3))
        np.add.at(table, (REFERENCE.predicted[part.rows], CANDIDATE.predicted[part.rows]), 1)
        p_values.append(SquareTable(table, shift_zeros=False).homogeneity().pvalue)
        found = slice_figure(row, "stuart_maxwell_p")
        assert found is not None
        assert found.value == pytest.approx(p_values[-1])
    corrected = [slice_figure(row, "stuart_maxwell_p_holm") for row in rows]
    assert [one.value for one in corrected if one is not None] == pytest.approx(
        multipletests(p_values, method="holm")[1].tolist()
    )


def test_a_part_of_few_texts_is_listed_and_not_measured() -> None:
    """Fewer than 20 texts have no figure, no p-value and no share in the correction."""
    rare = slice_rows(PARTS, PAIR)[0][2]
    assert 0 < rare.n < 20
    assert all(isinstance(one.figure, NotMeasured) for one in rare.measures)
    assert slice_figure(rare, "stuart_maxwell_p_holm") is None


def test_without_labels_answers_alone_are_compared() -> None:
    """Agreement and the change of class shares need no label; what does says why it is missing."""
    row = slice_rows(PARTS[:1], replace(PAIR, gold=None))[0][0]
    assert isinstance(_figure(row, "agreement"), Measured)
    for key in ("negative_flip_rate", "accuracy", "signed_gap", "brier"):
        found = slice_figure(row, key)
        assert found is not None
        assert found.not_measured == "the texts have no labels"


def test_parts_by_the_references_answer_have_no_test() -> None:
    """Texts chosen by what the reference says can only change away from it: agreement alone is shown."""
    part = Part("answer", "c0", REFERENCE.predicted == 0)
    rows, tested = slice_rows([part], PAIR)
    assert tested == 0
    assert isinstance(_figure(rows[0], "agreement"), Measured)
    found = slice_figure(rows[0], "stuart_maxwell_p")
    assert found is not None
    assert "leads away from it" in (found.not_measured or "")


def test_reasons_are_those_of_the_explained_texts_of_the_part() -> None:
    """S and the overlap of a part come from its explained texts; fewer than 20 are not measured."""
    m = 90
    chosen = np.sort(RNG.choice(N, m, replace=False))
    halves = CrossedHalves(
        cross=RNG.uniform(0.4, 0.9, m),
        self_reference=RNG.uniform(0.6, 1.0, m),
        self_candidate=RNG.uniform(0.6, 1.0, m),
        chance=RNG.uniform(0.1, 0.2, m),
    )
    adjusted = RNG.uniform(-0.1, 0.9, m)
    explained = ExplainedTexts(chosen.tolist(), adjusted, halves, Budgets(1000, 1000))
    rows, _ = slice_rows(PARTS, replace(PAIR, explained={"lime": explained}))
    for row, part in zip(rows, PARTS, strict=True):
        inside = np.flatnonzero(part.rows[chosen])
        assert row.explained == len(inside)
        if len(inside) < 20:
            found = slice_figure(row, "alignment", "lime")
            assert found is not None
            assert "too few" in (found.not_measured or "")
            continue
        alone = CrossedHalves(
            halves.cross[inside],
            halves.self_reference[inside],
            halves.self_candidate[inside],
            halves.chance[inside],
        )
        expected = measured(assess_alignment(alone, resamples=300, seed=3, budgets=Budgets(1000, 1000)))
        assert _figure(row, "alignment", "lime") == expected
        overlap = _figure(row, "jaccard_adjusted", "lime")
        assert overlap.value == pytest.approx(adjusted[inside].mean())
        assert overlap.n == len(inside)


def test_a_broken_part_is_the_worst_and_is_found() -> None:
    """A candidate that answers at random on one kind of text: the part is named, and the search finds it."""
    broken = np.array(GENRE) == "b"
    probabilities = REFERENCE.probabilities.copy()
    probabilities[broken] = np.roll(probabilities[broken], 1, axis=1)
    theirs = replace(CANDIDATE, probabilities=probabilities)
    found = slice_report(("auto",), _texts(), replace(PAIR, candidate=theirs))
    assert found.worst is not None
    assert found.rows[found.worst].name == "b"
    assert found.worst_why.startswith("genre: b is the worst part: 0.0 % of its")
    assert found.found[0].name == "b"
    p = slice_figure(found.found[0], "slice_search_p")
    assert p is not None
    assert p.value == pytest.approx(0.001)
    assert "one stands out" in found.search_why
    assert any("look worse than they are" in note for note in found.notes)
    assert SliceReport.model_validate_json(found.model_dump_json()) == found


def test_a_search_that_finds_nothing_says_so() -> None:
    """The most striking part is shown with its corrected p-value even where chance explains it."""
    found = slice_report(("auto",), _texts(), PAIR)
    assert "none stands out" in found.search_why or "none has more" in found.search_why
    assert found.notes == ()
    same = slice_report(("auto",), _texts(), replace(PAIR, candidate=REFERENCE))
    assert "no answer changed" in same.search_why
    assert same.found == ()


def test_no_part_is_the_worst_where_no_answer_changed() -> None:
    """Parts that all keep every answer are not ranked, whatever their sizes."""
    same = slice_report(("auto",), _texts(), replace(PAIR, candidate=REFERENCE))
    assert same.rows
    assert same.worst is None
    assert same.worst_why == ""


def test_parts_that_are_all_small_are_said_to_be() -> None:
    """Where no part has 20 texts there is no worst part, and nothing is searched."""
    many = [f"g{at % 30}" for at in range(N)]
    found = slice_report(("column:genre",), _texts(columns={"genre": many}), PAIR)
    assert found.worst is None
    assert "No part has 20 texts" in found.worst_why
    assert "nothing was searched" in found.search_why


def test_what_could_not_be_cut_is_noted() -> None:
    """A part that was asked for and is not there has a reason in the report."""
    columns = {"uid": [f"u{at}" for at in range(N)]} | {f"c{at}": GENRE for at in range(51)}
    notes = slice_report(("auto", "column:uid", "text:cat"), _texts(columns=columns), PAIR).notes
    assert notes[0].startswith("No parts by uid, Text search: cat: the run has no texts or labels")
    assert notes[1].startswith("The texts were cut by the first 50 columns")
    assert "1 further column can be" in notes[1]


def test_words_are_searched_only_where_they_may_be_named() -> None:
    """Without texts in the files no single word appears in the report."""
    pairs = [("the dog runs" if at % 3 else "the cat sits", None) for at in range(N)]
    texts = cut_texts(pairs, gold=None, answers=["c0"] * N, columns={"genre": GENRE})
    searched = [slice_report(("auto",), texts, PAIR, words=words).searched for words in (True, False)]
    assert searched[0] > searched[1]


def test_a_column_that_is_not_there_is_refused_before_the_work() -> None:
    """A plan names the columns that there are."""
    check_slices(("auto", "text:dog", "column:genre"), {"genre"})
    with pytest.raises(SpecError, match="no column 'gender'"):
        check_slices(("column:gender",), {"genre"})
