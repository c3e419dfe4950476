"""The one text that the page is about, with what the run has settled for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from trust_core.domain.report import Report
from trust_core.domain.texts import SegmentedText
from trust_core.ui.inspector.heat import HeatRow, Reasons, heat_row
from trust_core.ui.inspector.stored import StoredText, stored_reasons, words_of
from trust_core.ui.inspector.units import Units

_INFERENCE: Final = frozenset({"entailment", "neutral", "contradiction"})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the run has settled for every text.

    Attributes:
        explainers: in the order in which they are shown.
        k_fraction: share of the words that a top set holds.
        k_fixed: size of the top sets where it is fixed.
        scale: what the weights add up to: probability or logit.
        mask: how a word is taken out: delete or mask.
        labels: what the first and the second text are called.
        lime_samples: perturbed texts that LIME makes of a text.
        seed: everything random follows from it.
    """

    explainers: tuple[str, ...]
    k_fraction: float
    k_fixed: int | None
    scale: str
    mask: str
    labels: tuple[str, str]
    lime_samples: int | None
    seed: int | None


@dataclass(frozen=True, slots=True)
class Focus:
    """One text of a run under one candidate.

    Attributes:
        text: what the run has kept of it.
        words: the text with its words; None in a run that keeps no texts.
        attributions: the rows of this text.
        settings: of the run.
    """

    text: StoredText
    words: SegmentedText | None
    attributions: pd.DataFrame
    settings: RunSettings

    @property
    def models(self) -> tuple[str, str]:
        """Names of reference and candidate."""
        return self.text.reference.model, self.text.candidate.model

    def reasons(self, classes: tuple[str, str]) -> list[Reasons]:
        """The stored explanations for a class of the reference and one of the candidate."""
        reference, candidate = self.models
        return stored_reasons(
            self.attributions,
            self.settings.explainers,
            reference=reference,
            candidate=candidate,
            classes=classes,
        )


def run_settings(report: Report) -> RunSettings:
    """What a report says about how its texts were explained."""
    spec: dict[str, Any] = report.spec
    k = spec.get("k") or {}
    data = spec.get("data") or {}
    named = [data.get("text_a"), data.get("text_b")]
    usual = (
        ("Premise", "Hypothesis") if set(report.resolved.data.classes) >= _INFERENCE else ("Text A", "Text B")
    )
    return RunSettings(
        explainers=report.resolved.explainers,
        k_fraction=float(k.get("fraction") or 0.2),
        k_fixed=k.get("fixed"),
        scale=str(spec.get("scale", "probability")),
        mask=str(spec.get("mask", "delete")),
        labels=(named[0] or usual[0], named[1] or usual[1]),
        lime_samples=(spec.get("lime") or {}).get("samples"),
        seed=spec.get("seed"),
    )


def focus_on(text: StoredText, attributions: pd.DataFrame, settings: RunSettings) -> Focus:
    """A text with its words and the rows of its explanations.

    Args:
        text: what the run has kept of it.
        attributions: the rows of its explanations.
        settings: of the run.
    """
    words = words_of(text.id, text.pair, attributions) if text.pair is not None else None
    return Focus(text, words, attributions, settings)


def heat_rows(reasons: list[Reasons], units: Units, *, text_id: str, settings: RunSettings) -> list[HeatRow]:
    """The rows of the heatmap, one an explainer."""
    return [
        heat_row(one, units, text_id=text_id, k_fraction=settings.k_fraction, k_fixed=settings.k_fixed)
        for one in reasons
    ]


def settings_sentence(settings: RunSettings) -> str:
    """How the weights were made, in a sentence."""
    parts = [f"Weights are changes of the {settings.scale} of the class that is explained."]
    if "lime" in settings.explainers and settings.lime_samples:
        parts.append(f"LIME looks at {settings.lime_samples:,} versions of the text with words missing.")
    taken = "are deleted" if settings.mask == "delete" else "are replaced by the mask token"
    parts.append(f"Words that are taken out {taken}.")
    if settings.seed is not None:
        parts.append(f"Seed {settings.seed}.")
    return " ".join(parts)
