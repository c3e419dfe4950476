import csv
import gzip

import numpy as np
import pytest

from trust_core.calibration.summary import reliability_findings
from trust_core.domain.measures import Exact, Measured
from trust_core.domain.predictions import Predictions

pytestmark = [pytest.mark.golden, pytest.mark.slow]

CLASSES = ("entailment", "neutral", "contradiction")

KNOWN = {
    "reference": {
        "accuracy": 0.89779,
        "brier": 0.15894,
        "nll": 0.30518,
        "equal-width": 0.04504,
        "equal-mass": 0.04504,
    },
    "candidate": {
        "accuracy": 0.89474,
        "brier": 0.16296,
        "nll": 0.30336,
        "equal-width": 0.02643,
        "equal-mass": 0.02529,
    },
}


def read(path, name):
    """Gold by uid and the predictions of one file, in the order of the uids."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted(
            csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), key=lambda row: row["uid"]
        )
    columns = {part: [[float(row[f"{part}_{c}"]) for c in CLASSES] for row in rows] for part in "pz"}
    ids = tuple(row["uid"] for row in rows)
    gold = np.array([CLASSES.index(row["label"]) for row in rows])
    return gold, Predictions(name, ids, CLASSES, np.array(columns["p"]), np.array(columns["z"]))


@pytest.fixture(scope="module")
def pair(shared_data):
    """Two published fine-tunings of BERT-base on SNLI."""
    stem = "preds_snli_devset_bert-base-uncased_seed"
    gold, first = read(shared_data / f"{stem}0.tsv.gz", "seed0")
    again, second = read(shared_data / f"{stem}1.tsv.gz", "seed1")
    assert (gold == again).all()
    return gold, first, second


@pytest.fixture(scope="module")
def found(pair):
    """Their findings with ten bins."""
    return reliability_findings(*pair, bins=10, resamples=500, seed=0)


def figure(found, key, of, **settings):
    """The value of the one figure with these settings."""
    named = [m for m in found.measures if (m.key, m.of) == (key, of)]
    (one,) = [m.figure for m in named if settings.items() <= m.settings.items()]
    assert isinstance(one, Measured | Exact)
    return one.value


@pytest.mark.parametrize("of", ["reference", "candidate"])
def test_published_predictions_show_the_known_figures(pair, found, of):
    """Accuracy, Brier, NLL and ECE in both binnings equal the known figures to five digits."""
    gold, *models = pair
    model = dict(zip(("reference", "candidate"), models, strict=True))[of]
    known = KNOWN[of]
    assert round(float((model.predicted == gold).mean()), 5) == known["accuracy"]
    assert round(figure(found, "brier", of), 5) == known["brier"]
    assert round(figure(found, "nll", of), 5) == known["nll"]
    for binning in ("equal-width", "equal-mass"):
        assert round(figure(found, "ece", of, binning=binning, edges="own"), 5) == known[binning]


def test_the_two_seeds_differ_by_the_known_ece(found):
    """Two fine-tunings of one architecture differ by .019 in equal-width ECE."""
    difference = figure(found, "ece", "difference", binning="equal-width")
    assert difference == pytest.approx(-0.0186, abs=5e-5)
