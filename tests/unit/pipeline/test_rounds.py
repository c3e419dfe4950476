"""Where rounds of explanations end."""

from __future__ import annotations

import pytest

from trust_core.pipeline.rounds import round_ends
from trust_core.pipeline.work import EXPLAIN_CHUNK


@pytest.mark.parametrize(
    "total, ends",
    [(0, []), (1, [1]), (16, [16]), (24, [16, 24]), (100, [16, 48, 100]), (240, [16, 48, 112, 240])],
)
def test_each_round_has_twice_the_texts(total: int, ends: list[int]) -> None:
    """Rounds double, end where chunks end, and come to the last text."""
    assert list(round_ends(total)) == ends
    assert all(end % EXPLAIN_CHUNK == 0 for end in ends[:-1])
