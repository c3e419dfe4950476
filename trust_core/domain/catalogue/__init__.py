"""The one list of measures: charts, help texts, docs, exports and tests read it."""

from __future__ import annotations

from trust_core.domain.catalogue.answers import ANSWERS
from trust_core.domain.catalogue.causes import CAUSES
from trust_core.domain.catalogue.confidence_use import CONFIDENCE_USE
from trust_core.domain.catalogue.cost import COST
from trust_core.domain.catalogue.entry import DIMENSIONS, Dimension, Direction, Entry
from trust_core.domain.catalogue.reasons import REASONS
from trust_core.domain.catalogue.reliability import RELIABILITY
from trust_core.domain.catalogue.reliability_depth import RELIABILITY_DEPTH
from trust_core.domain.catalogue.slices import SLICES

__all__ = ["CATALOGUE", "DIMENSIONS", "Dimension", "Direction", "Entry"]

CATALOGUE: dict[str, Entry] = {
    entry.key: entry
    for entry in (
        *ANSWERS,
        *SLICES,
        *REASONS,
        *CAUSES,
        *RELIABILITY,
        *RELIABILITY_DEPTH,
        *CONFIDENCE_USE,
        *COST,
    )
}
"""Every measure by its key."""
