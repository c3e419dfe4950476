"""Do answers change where people disagree?"""

import numpy as np
import pytest
from scipy.stats import entropy

from tests.support.behaviour_predictions import predictions
from trust_core.behaviour.disagreement import disagreement, human_disagreement
from trust_core.domain.measures import Measured, NotMeasured
from trust_core.domain.texts import TextSet

CLASSES = ("c0", "c1", "c2")


def _texts(columns, n):
    return TextSet(
        ids=tuple(f"t{at:04d}" for at in range(n)),
        text_a=("",) * n,
        text_b=None,
        gold=np.zeros(n, dtype=np.int64),
        classes=CLASSES,
        metadata=columns,
    )


def test_counts_of_annotators_give_entropy_in_bits():
    """Columns n_<class> come first, whatever else the data brings."""
    columns = {"entropy": ("9", "9"), "n_c0": ("50", "100"), "n_c1": ("50", "0"), "n_c2": ("0", "0")}
    found = human_disagreement(columns, CLASSES)
    assert found is not None
    assert found.values.tolist() == [1.0, 0.0]
    assert found.source == "n_c0, n_c1, n_c2"


@pytest.mark.parametrize(
    "cell",
    [
        '["c0", "c0", "c1", "c2"]',
        "['c0', 'c0', 'c1', 'c2']",
        "['c0' 'c0' 'not c1' 'c2']",
        "[0 0 1 2]",
        '{"c0": 2, "c1": 1, "c2": 1}',
        "c0 c0 c1 c2",
        "c0;c0;c1;c2",
        "c0, c0, c1, c2",
    ],
)
def test_lists_of_labels_are_read_in_any_form(cell):
    """Each annotator's label, or a count of each, may come as JSON, Python and numpy write it, or plainly."""
    found = human_disagreement({"annotator_labels": (cell, cell)}, CLASSES)
    assert found is not None
    assert found.values == pytest.approx([entropy([2, 1, 1], base=2)] * 2)


@pytest.mark.parametrize("name", ["entropy", "entropy_bits", "human_entropy", "Disagreement"])
def test_a_number_by_its_name(name):
    """A column called entropy or disagreement is taken as it is."""
    found = human_disagreement({"genre": ("x", "y"), name: ("0.5", "1")}, CLASSES)
    assert found is not None
    assert found.values.tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"genre": ("x", "y")},
        {"entropy": ("0.5", "")},
        {"annotator_labels": ("c0", "c1 c2")},
        {"annotator_labels": ("['c0']", "['c1', 'c2']")},
        {"annotator_labels": ("3", "c1 c2")},
        {"votes": ('{"c0": "many"}', '{"c0": 3}')},
        {"votes": ('{"c0": -1, "c1": 5}', '{"c0": 3}')},
        {"votes": ("[" * 100_000, "c0 c1")},
        {"n_c0": ("1", "2"), "n_c1": ("x", "2"), "n_c2": ("0", "0")},
        {"n_c0": ("0", "2"), "n_c1": ("0", "2"), "n_c2": ("0", "0")},
    ],
)
def test_data_that_does_not_say_it_of_every_text_says_nothing(columns):
    """Missing cells, single labels and counts of nobody give no figure."""
    assert human_disagreement(columns, CLASSES) is None


def test_answers_that_change_where_people_disagree_are_seen():
    """Where texts that people disagree about change, the order is above one half, interval and all."""
    n = 400
    rng = np.random.default_rng(0)
    spread = rng.random(n)
    changed = rng.random(n) < 0.1 + 0.5 * spread
    first = np.eye(3)[np.zeros(n, dtype=int)]
    second = np.eye(3)[changed.astype(int)]
    texts = _texts({"entropy": tuple(f"{value:.4f}" for value in spread)}, n)
    ours = predictions("a", first)
    theirs = predictions("b", second)
    ours, theirs = (type(one)(one.model, texts.ids, CLASSES, one.probabilities) for one in (ours, theirs))
    (measure,) = disagreement(texts, ours, theirs).measures
    assert measure.settings == {"column": "entropy"}
    assert isinstance(measure.figure, Measured)
    assert measure.figure.low > 0.5
    assert measure.figure.n == n
    (same,) = disagreement(texts, ours, ours).measures
    assert isinstance(same.figure, NotMeasured)
    assert disagreement(_texts({}, n), ours, theirs).measures == ()
