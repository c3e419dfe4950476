"""What the visitor has filled in so far, and the spec that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trust_core.domain.demo import EXPLAINED, LIME_SAMPLES, LIMITS_SEARCHED
from trust_core.domain.spec import DEMO_MARGINS, NO_LABELS, Margins, Spec
from trust_core.domain.spec_reading import read_part

NOTHING: Final = "(none)"
"""What stands in a list of columns for: the data has no such column."""

AUTOMATIC: Final = "(by its name)"
"""What stands there for: the column with a usual name."""

ROLES: Final = ("data", "reference", "candidate")
"""Whose labels a row of the label map names."""


@dataclass(frozen=True, slots=True)
class DataDraft:
    """Texts, or saved predictions, as chosen on the page.

    Attributes:
        source: `bundled:nli`, a file, or `hub:OWNER/NAME`; empty where nothing is chosen.
        columns: text_a, text_b, label and id, each a column's name, NOTHING or AUTOMATIC.
        hub: config, split and revision of a hub data set; empty ones are left out.
        reference_predictions: a file, in place of models.
        candidate_predictions, twin_predictions: likewise.
        further: columns of the data that are none of the above; None where nobody knows them yet.
    """

    source: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    hub: Mapping[str, str] = field(default_factory=dict)
    reference_predictions: str = ""
    candidate_predictions: tuple[str, ...] = ()
    twin_predictions: str = ""
    further: tuple[str, ...] | None = None

    @property
    def saved(self) -> bool:
        """Whether saved predictions are compared, not models."""
        return bool(self.reference_predictions or self.candidate_predictions or self.twin_predictions)

    @property
    def lacks(self) -> str:
        """What has to be chosen before there is anything to compare; empty where nothing is missing."""
        if self.saved and not self.reference_predictions:
            return "Choose the predictions of the reference."
        if self.saved and not self.candidate_predictions:
            return "Choose the predictions of at least one candidate."
        return "" if self.source or self.saved else "Choose texts, or saved predictions, first."

    def content(self) -> dict[str, Any] | None:
        """The part `data` of a spec; None where no texts are chosen."""
        if not self.source:
            return None
        found: dict[str, Any] = {"source": self.source}
        for role, column in self.columns.items():
            if column == NOTHING:
                if role in ("label", "text_b"):
                    found[role] = NO_LABELS
            elif column != AUTOMATIC:
                found[role] = column
        found |= {name: value for name, value in self.hub.items() if value}
        return found


@dataclass(frozen=True, slots=True)
class Choices:
    """What is compared and how, as chosen on the page: fields of the spec by name, defaults included."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    margins: Mapping[str, float] = field(default_factory=dict)
    label_map: Sequence[tuple[str, str, str]] = ()


def spec_of(reference: str, candidates: Sequence[str], data: DataDraft, choices: Choices) -> Spec:
    """The spec that was filled in.

    Raises:
        SpecError: something is missing or out of its range; all of it is listed.
    """
    content: dict[str, Any] = dict(choices.fields)
    if data.saved:
        content |= {
            "reference_predictions": data.reference_predictions or None,
            "candidate_predictions": list(data.candidate_predictions),
            "twin_predictions": data.twin_predictions or None,
        }
    else:
        content |= {"reference": reference.strip() or None, "candidates": [one.strip() for one in candidates]}
    content["data"] = data.content()
    content["margins"] = dict(choices.margins)
    content["label_map"] = label_map_of(choices.label_map)
    return read_part(Spec, content, source="This comparison")


def label_map_of(rows: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """The part `label_map` of a spec, from rows (whose, given name, class); unfinished rows are left out."""
    found: dict[str, dict[str, str]] = {}
    for whose, given, name in rows:
        if whose in ROLES and given and name:
            found.setdefault(whose, {})[given] = name
    return found


def preset(data: DataDraft) -> dict[str, Any]:
    """Values to begin with: the demo's for bundled texts, the usual defaults for all others."""
    spec = Spec.model_fields
    if data.source.startswith("bundled:"):
        return {
            "explain_limit": EXPLAINED,
            "control_texts": EXPLAINED,
            "aopc_texts": LIMITS_SEARCHED,
            "samples": LIME_SAMPLES,
            "margins": DEMO_MARGINS,
        }
    return {
        "explain_limit": spec["explain_limit"].default,
        "control_texts": spec["control_texts"].default,
        "aopc_texts": spec["aopc_texts"].default,
        "samples": spec["lime"].default.samples,
        "margins": Margins(),
    }
