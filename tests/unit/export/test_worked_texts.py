import numpy as np
import pytest

from tests.support.export_tables import run_tables, text_set
from trust_core.export.worked_texts import LEVELS, worked_texts

NAMES = {"reference": "nli-reference", "candidate": "nli-student-3l"}


def test_lowest_middle_and_highest_alignment_are_chosen():
    """Three texts are shown, from least to most alike."""
    worked = worked_texts(run_tables(), explainer="lime", **NAMES)
    assert [(text.id, text.place) for text in worked] == [
        ("t0", "least alike"),
        ("t2", "in the middle"),
        ("t3", "most alike"),
    ]
    assert [text.alignment for text in worked] == [pytest.approx(value) for value in (0.2, 0.6, 0.8)]


def test_order_of_the_tables_changes_nothing():
    """The same texts are chosen whatever the order of the rows."""
    tables = run_tables()
    shuffled = type(tables)(
        **{
            name: getattr(tables, name).take(
                np.random.default_rng(0).permutation(getattr(tables, name).num_rows)
            )
            for name in ("texts", "predictions", "pairs", "attributions")
        }
    )
    assert worked_texts(shuffled, explainer="lime", **NAMES) == worked_texts(
        tables, explainer="lime", **NAMES
    )


def test_pieces_give_back_the_texts():
    """Words and what stands between them are the whole text, on both sides."""
    texts = text_set()
    for text in worked_texts(run_tables(), explainer="shap-partition", **NAMES):
        at = texts.ids.index(text.id)
        for side in (text.reference, text.candidate):
            assert tuple("".join(p.text for p in segment) for segment in side.segments) == texts.pairs[at]


def test_tints_share_one_scale():
    """The heaviest word of both models has the deepest tint, and signs follow the weights."""
    for text in worked_texts(run_tables(), explainer="lime", **NAMES):
        pieces = [
            piece
            for side in (text.reference, text.candidate)
            for segment in side.segments
            for piece in segment
            if piece.weight is not None
        ]
        heaviest = max(pieces, key=lambda piece: abs(piece.weight))
        assert abs(heaviest.level) == LEVELS
        assert all(piece.level * piece.weight >= 0 for piece in pieces)
        assert abs(text.reference.top[0].weight) == max(
            abs(piece.weight)
            for segment in text.reference.segments
            for piece in segment
            if piece.weight is not None
        )


def test_each_model_is_shown_for_the_class_that_was_explained_for_it():
    """Where the candidate's own prediction was explained, its weights and probability are of that class."""
    own = {f"t{at}": "neutral" for at in range(4)}
    tables = run_tables(candidate_classes=own)
    for text in worked_texts(tables, explainer="lime", **NAMES):
        assert text.candidate.explained_class == "neutral"
        rows = tables.attributions.to_pylist()
        expected = [
            row["weight"]
            for row in rows
            if (row["id"], row["model"], row["explainer"]) == (text.id, "nli-student-3l", "lime")
            and (row["half"], row["class"]) == ("all", "neutral")
        ]
        shown = [p.weight for segment in text.candidate.segments for p in segment if p.weight is not None]
        assert sorted(shown) == pytest.approx(sorted(expected))


def test_nothing_is_shown_without_texts_or_alignments():
    """Tables without texts, and explainers that were not run, show nothing."""
    assert worked_texts(run_tables(no_texts=True), explainer="lime", **NAMES) == ()
    assert worked_texts(run_tables(), explainer="shap-exact", **NAMES) == ()
    assert worked_texts(run_tables(), explainer="lime", reference="nli-reference", candidate="unknown") == ()


def test_one_explained_text_is_shown_once():
    """With a single explained text there is one entry, not three."""
    tables = run_tables(texts=text_set([("Only one text.", "It is short.", 0)]))
    assert len(worked_texts(tables, explainer="lime", **NAMES)) == 1


def test_very_long_words_are_cut():
    """A word of thousands of characters is shown cut."""
    tables = run_tables(texts=text_set([("y" * 5000, "end", 0)]))
    (text,) = worked_texts(tables, explainer="lime", **NAMES)
    assert len(text.reference.segments[0][0].text) == 60
