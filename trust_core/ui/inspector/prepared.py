"""What is worked out once a run and candidate, and goes with the run's results."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import pandas as pd

from trust_core.ui.inspector.browse import listing
from trust_core.ui.inspector.word_panel import explained_words
from trust_core.ui.run_view import RunView

_PREPARED: WeakKeyDictionary[RunView, dict[tuple[str, str], pd.DataFrame]] = WeakKeyDictionary()


def listed_texts(view: RunView, candidate: str) -> pd.DataFrame:
    """Every text of the run; see `browse.listing`."""
    return _once(
        view,
        ("texts", candidate),
        lambda: listing(
            view.texts, view.predictions, view.pairs, reference=view.reference, candidate=candidate
        ),
    )


def words_of_run(view: RunView, candidate: str) -> pd.DataFrame:
    """Every explained word; see `word_panel.explained_words`."""
    return _once(
        view,
        ("words", candidate),
        lambda: explained_words(view.attributions, view.pairs, reference=view.reference, candidate=candidate),
    )


def _once(view: RunView, key: tuple[str, str], work_out: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    known = _PREPARED.setdefault(view, {})
    if key not in known:
        known[key] = work_out()
    return known[key]
