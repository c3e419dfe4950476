"""How often a value of one group lies above one of another."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from trust_core.domain.measures import Measured, NotMeasured
from trust_core.stats.ordering import probability_above

NAMES = ("changed", "kept")


def test_value_agrees_with_scikit_learn() -> None:
    """It is the area under the ROC curve, ties counting half."""
    rng = np.random.default_rng(0)
    group, others = rng.integers(0, 6, 60).astype(float), rng.integers(0, 5, 90).astype(float)
    found = probability_above(group, others, named=NAMES)
    assert isinstance(found, Measured)
    truth = roc_auc_score([1] * 60 + [0] * 90, np.concatenate([group, others]))
    assert found.value == pytest.approx(truth)
    assert found.low < found.value < found.high
    assert found.n == 150


def test_interval_has_a_width_at_the_ends() -> None:
    """Groups that do not overlap have the value 1, and a lower limit below it."""
    found = probability_above(np.full(30, 2.0), np.zeros(30), named=NAMES)
    assert isinstance(found, Measured)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 1


@pytest.mark.parametrize("sizes", [(19, 100), (100, 19)])
def test_small_groups_are_not_measured(sizes: tuple[int, int]) -> None:
    """Fewer than 20 values in either group give no figure, and the reason names the group."""
    found = probability_above(np.zeros(sizes[0]), np.zeros(sizes[1]), named=NAMES)
    assert isinstance(found, NotMeasured)
    assert NAMES[int(sizes[1] < 20)] in found.reason


@pytest.mark.parametrize("apart", [0.0, 0.5, 1.5])
@pytest.mark.parametrize("sizes", [(20, 280), (150, 150)])
def test_interval_holds_the_truth(apart: float, sizes: tuple[int, int]) -> None:
    """In 250 draws of two normal groups the 95 % interval holds the truth in at least 91 %."""
    rng = np.random.default_rng(7)
    truth, held = float(norm.cdf(apart / np.sqrt(2))), 0
    for _ in range(250):
        found = probability_above(rng.normal(apart, 1, sizes[0]), rng.normal(0, 1, sizes[1]), named=NAMES)
        assert isinstance(found, Measured)
        held += found.low <= truth <= found.high
    assert held / 250 >= 0.91
