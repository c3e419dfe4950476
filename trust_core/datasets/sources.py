"""Texts from whatever `data.source` names."""

from __future__ import annotations

from trust_core.datasets.builtin import PREFIX as BUNDLED
from trust_core.datasets.builtin import bundled_texts
from trust_core.datasets.columns import Texts, texts_from_table
from trust_core.datasets.hub import PREFIX as HUB
from trust_core.datasets.hub import hub_texts
from trust_core.datasets.limits import Limits
from trust_core.datasets.tables import table_from_file
from trust_core.domain.spec import DataSpec


def texts_from(spec: DataSpec, limits: Limits) -> Texts:
    """The texts that the spec names: bundled, of the hub, or in a file.

    Raises:
        DataError: they are not to be had, or not usable as they are.
    """
    if spec.source.startswith(BUNDLED):
        return bundled_texts(spec)
    if spec.source.startswith(HUB):
        return hub_texts(spec, limits)
    return texts_from_table(table_from_file(spec.source, limits), spec)
