import numpy as np
import pytest

from tests.support.ui_models import FakeModels
from trust_core.jobs.edits import Piece
from trust_core.perturb.words import segment
from trust_core.ui.inspector.heat import heat_row
from trust_core.ui.inspector.live import cuts_of, live_reasons, top_words, without
from trust_core.ui.inspector.units import units_of

CLASSES = ("yes", "no")
TEXT = segment("t", ("Two dogs run, fast.", "Cats sleep."))


def explained(tmp_path):
    """What the double says of the text."""
    return FakeModels(CLASSES).explain(
        TEXT.pair, folder=tmp_path, candidate="student", explainers=("lime",), samples=20
    )


def test_reasons_of_an_answer_are_read_for_each_models_class(tmp_path):
    """The weights of a class of the reference and of one of the candidate, with base and fit."""
    (reasons,) = live_reasons(explained(tmp_path), ("no", "yes"))
    assert reasons.explainer == "lime"
    assert reasons.reference.whole == pytest.approx(np.linspace(0.1, 0.4, 6))
    assert reasons.candidate.whole == pytest.approx(np.linspace(0.1, 0.4, 6) / 2)
    assert (reasons.reference.base, reasons.reference.fidelity) == (0.2, 0.9)
    assert reasons.reference.halves is None


def test_words_left_out_are_deleted_as_explanations_do():
    """Spacing and punctuation are put right, and the second text is its own."""
    assert without(TEXT, [1, 3]) == ("Two run,.", "Cats sleep.")
    assert without(TEXT, [4, 5]) == ("Two dogs run, fast.", ".")
    assert without(TEXT, []) == TEXT.pair


def test_top_words_of_each_model(tmp_path):
    """A model's top words are those in its own top set."""
    (reasons,) = live_reasons(explained(tmp_path), ("no", "yes"))
    units = units_of(TEXT, "word", ("A", "B"))
    row = heat_row(reasons, units, text_id="t", k_fraction=0.3, k_fixed=None)
    assert top_words(row, 0) == top_words(row, 1) == [4, 5]


def test_cuts_are_places_within_words():
    """A piece that begins inside a word cuts it there; pieces of other texts and of punctuation do not."""
    pieces = [
        Piece(0, 0, 3),
        Piece(0, 4, 6),
        Piece(0, 6, 8),
        Piece(0, 12, 13),
        Piece(1, 0, 2),
        Piece(1, 2, 4),
    ]
    assert cuts_of(TEXT, pieces) == [[], [2], [], [], [2], []]
    assert cuts_of(TEXT, []) == [[]] * 6
