"""From the results of a run to the parts of its texts."""

import numpy as np
import pytest

from tests.support.export_tables import explanations, predictions, text_set
from trust_core.alignment.summary import reasons_findings
from trust_core.domain.report import SliceReport
from trust_core.domain.spec import DataSpec, Spec
from trust_core.pipeline.measuring import CandidateResults, ModelResults
from trust_core.pipeline.sliced import EARLY, sliced

RNG = np.random.default_rng(2)
WORDS = ("dog", "cat", "runs", "sleeps", "river", "park", "never", "two")
TEXTS = text_set(
    [
        (" ".join(RNG.choice(WORDS, 8)), " ".join(RNG.choice(WORDS, 6)), int(RNG.integers(0, 3)))
        for _ in range(80)
    ]
)
EXPLAINED = 70


def _model(name: str, seed: int) -> ModelResults:
    explained = explanations(TEXTS.take(range(EXPLAINED)), "lime", seed)
    return ModelResults(predictions(name, TEXTS, seed), {"lime": tuple(explained)})


REFERENCE, CANDIDATE = _model("a", 1), _model("b", 2)
FOUND = CandidateResults(
    by_dimension={},
    reasons={
        "lime": reasons_findings(
            REFERENCE.explanations["lime"],
            CANDIDATE.explanations["lime"],
            np.zeros(EXPLAINED, dtype=np.int64),
            explainer="lime",
            k_fraction=0.2,
            k_fixed=None,
            resamples=200,
            seed=0,
        )
    },
)


def _sliced(**changes: object) -> SliceReport | None:
    given = {"reference": "a", "candidates": ("b",), "data": DataSpec(source="d"), "resamples": 200}
    return sliced(Spec.model_validate(given | changes), TEXTS, REFERENCE, CANDIDATE, FOUND)


def test_parts_have_the_reasons_of_their_explained_texts() -> None:
    """A part counts its explained texts, and its overlap is the mean of theirs."""
    found = _sliced(slices=("label",))
    assert found is not None
    assert sum(row.explained for row in found.rows) == EXPLAINED
    adjusted = dict(zip(FOUND.reasons["lime"].text_ids, FOUND.reasons["lime"].adjusted.tolist(), strict=True))
    for row in found.rows:
        rows = np.flatnonzero(TEXTS.gold == TEXTS.classes.index(row.name))
        values = [adjusted[TEXTS.ids[at]] for at in rows if TEXTS.ids[at] in adjusted]
        overlap = next(one for one in row.measures if one.key == "jaccard_adjusted")
        assert row.explained == len(values)
        if len(values) >= 20:
            assert overlap.value == pytest.approx(np.mean(values))
        else:
            assert overlap.not_measured is not None
        assert any(one.key == "alignment" and one.explainer == "lime" for one in row.measures)


def test_a_run_that_may_stop_early_says_so() -> None:
    """The intervals of the alignment in parts do not allow for stopping, and a note says it."""
    plain, stopped = _sliced(slices=("label",)), _sliced(slices=("label",), stop_when_settled=True)
    assert plain is not None
    assert stopped is not None
    assert EARLY not in plain.notes
    assert EARLY in stopped.notes


def test_no_parts_where_none_are_asked_for() -> None:
    """With `none` the report has no parts; without texts columns must be asked for by name."""
    assert _sliced(slices=("none",)) is None
    without = _sliced(no_texts=True)
    assert without is not None
    assert not any(row.by.startswith("column:") or row.by == "answer" for row in without.rows)
    assert not any("No parts by" in note for note in without.notes)
