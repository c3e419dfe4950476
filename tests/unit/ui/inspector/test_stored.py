import numpy as np
import pytest

from tests.support.export_tables import CLASSES, TEXTS, run_tables, segmented
from trust_core.ui.inspector.stored import stored_reasons, stored_text, words_of

REFERENCE, CANDIDATE = "nli-reference", "nli-student-3l"


@pytest.fixture(scope="module")
def tables():
    """The four tables of a small run."""
    found = run_tables()
    return {
        name: getattr(found, name).to_pandas() for name in ("texts", "predictions", "pairs", "attributions")
    }


def text_of(tables, name="t0", **changed):
    """A text read from the tables, some of them replaced."""
    given = {key: tables[key] for key in ("texts", "predictions", "pairs")} | changed
    return stored_text(name, **given, reference=REFERENCE, candidate=CANDIDATE)


def test_a_text_comes_with_both_answers(tables):
    """A text is read with its label, both models' probabilities, its flip, shift and alignments."""
    found = text_of(tables)
    assert found.pair == TEXTS[0][:2]
    assert found.gold == CLASSES[TEXTS[0][2]]
    assert (found.reference.model, found.candidate.model) == (REFERENCE, CANDIDATE)
    for answer in (found.reference, found.candidate):
        assert sum(answer.probabilities) == pytest.approx(1)
        assert answer.of(answer.predicted) == max(answer.probabilities)
    shift = max(found.candidate.probabilities) - max(found.reference.probabilities)
    assert found.shift == pytest.approx(shift)
    assert found.alignments == {"lime": pytest.approx(0.2), "shap-partition": pytest.approx(0.2)}
    assert found.explained == (found.reference.predicted, found.reference.predicted)


def test_an_unknown_id_is_no_text(tables):
    """An id that the run does not hold gives nothing, so that a stale link can be answered."""
    assert text_of(tables, "nothing") is None


def test_a_text_that_was_only_predicted_has_no_explained_class(tables):
    """Without an explained class and alignment a text counts as predicted only."""
    pairs = tables["pairs"].copy()
    pairs[["explained_class", "candidate_class", "alignment_lime", "alignment_shap-partition"]] = None
    found = text_of(tables, pairs=pairs)
    assert found.explained is None
    assert found.alignments == {}


def test_a_run_without_texts_has_no_pair():
    """In a run with --no-texts the text itself is missing, and the answers are there."""
    found = run_tables(no_texts=True)
    text = stored_text(
        "t0",
        texts=found.texts.to_pandas(),
        predictions=found.predictions.to_pandas(),
        pairs=found.pairs.to_pandas(),
        reference=REFERENCE,
        candidate=CANDIDATE,
    )
    assert text.pair is None
    assert text.reference.predicted in CLASSES


def test_single_texts_have_no_second(tables):
    """A missing second text is None."""
    texts = tables["texts"].assign(text_b=None)
    assert text_of(tables, texts=texts).pair == (TEXTS[0][0], None)


def test_words_are_those_that_were_explained(tables):
    """The words of an explained text are read from its explanation, places and all."""
    rows = tables["attributions"][tables["attributions"]["id"] == "t0"]
    words = words_of("t0", TEXTS[0][:2], rows)
    assert words == segmented("t0", TEXTS[0][:2])


def test_words_of_a_text_that_was_not_explained(tables):
    """Without an explanation the words are those that one would be made of."""
    words = words_of("t0", TEXTS[0][:2], tables["attributions"].iloc[:0])
    assert [word.text for word in words.words][:3] == ["A", "man", "in"]


def test_weights_of_each_explainer_and_class(tables):
    """Weights are those of the class asked for, with halves for LIME and without for SHAP, base and fit."""
    rows = tables["attributions"][tables["attributions"]["id"] == "t1"]
    found = stored_reasons(
        rows,
        ("lime", "shap-partition", "shap-exact"),
        reference=REFERENCE,
        candidate=CANDIDATE,
        classes=("neutral", "contradiction"),
    )
    assert [reasons.explainer for reasons in found] == ["lime", "shap-partition"]
    lime, shap = found
    picked = rows[
        (rows["model"] == CANDIDATE)
        & (rows["explainer"] == "lime")
        & (rows["half"] == "h2")
        & (rows["class"] == "contradiction")
    ]
    assert np.array_equal(lime.candidate.halves[1], picked["weight"])
    assert shap.reference.halves is None
    assert lime.reference.base == pytest.approx(0.3)
    assert lime.candidate.fidelity == pytest.approx(0.7)
