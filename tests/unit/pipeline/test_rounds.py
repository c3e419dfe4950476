"""Where rounds of explanations end."""

from __future__ import annotations

from itertools import pairwise

import pytest

from trust_core.pipeline.rounds import STOPPING, round_ends
from trust_core.pipeline.work import EXPLAIN_CHUNK


@pytest.mark.parametrize(
    "total, ends",
    [(0, []), (1, [1]), (16, [16]), (24, [16, 24]), (100, [16, 32, 64, 100]), (240, [16, 32, 64, 128, 240])],
)
def test_each_round_doubles_the_texts(total: int, ends: list[int]) -> None:
    """Rounds double, end where chunks end, and come to the last text."""
    assert list(round_ends(total)) == ends
    assert all(end % EXPLAIN_CHUNK == 0 for end in ends[:-1])


def test_rounds_that_may_be_the_last_are_short() -> None:
    """Where the run may stop, a round is a quarter of what was explained before it, or one chunk."""
    ends = [0, *round_ends(1000, STOPPING)]
    assert ends[:6] == [0, 16, 32, 48, 64, 80]
    assert all(
        end - before <= max(EXPLAIN_CHUNK, STOPPING * before + EXPLAIN_CHUNK)
        for before, end in pairwise(ends)
    )
    assert ends[-1] == 1000
    assert len(ends) < 20
