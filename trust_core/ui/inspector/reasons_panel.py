"""The heatmap with its controls, the word that a click has kept, and the numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from trust_core.domain.texts import SegmentedText
from trust_core.ui import downloads
from trust_core.ui.choice_table import choice_table
from trust_core.ui.inspector.bench import Workbench, asked
from trust_core.ui.inspector.contrast import CONTRAST, HELP, LABEL, contrast_classes, contrasted, said
from trust_core.ui.inspector.focus import Focus, heat_rows, settings_sentence
from trust_core.ui.inspector.heat import Drawing, HeatRow, Reasons, heatmap_data, weight_table
from trust_core.ui.inspector.live import live_reasons
from trust_core.ui.inspector.units import Granularity, Units, units_of
from trust_core.ui.inspector.word_panel import elsewhere, weights_by_class
from trust_core.ui.token_heatmap import token_heatmap

AS_REPORTED: Final = ""
"""The choice of class that takes what the report has explained."""

_UNITS: Final[dict[str, Granularity]] = {"Words": "word", "Tokens": "word", "Sentences": "sentence"}
_SCALES: Final = {"Shared": True, "Own": False}
_CHOSEN: Final = "inspector_chosen"

_CLASS_HELP: Final = (
    "Whose probability the weights explain, the same for both models. The report explains one class of each "
    "text; the weights of every class are kept."
)
_UNIT_HELP: Final = (
    "A sentence weighs what its words weigh together. Tokens shows where each model cuts the words: both are "
    "explained by the same words, so the tokens of a word share its weight."
)
_SCALE_HELP: Final = (
    "Shared: the same colour is the same weight in both models. Own: the strongest colour is the heaviest "
    "word of each model."
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the controls over the heatmap say.

    Attributes:
        classes: the class that is explained of reference and candidate.
        kind: word or sentence.
        tokens: whether the tokens that each model cuts the words into are shown.
        shared_scale: one colour scale for both models.
        difference: whether the differences are drawn.
        against: two classes, the first of which is set against the second for both models; None: `classes`.
    """

    classes: tuple[str, str]
    kind: Granularity
    tokens: bool
    shared_scale: bool
    difference: bool
    against: tuple[str, str] | None = None

    @property
    def named(self) -> tuple[str, str]:
        """What is explained of reference and candidate, in words."""
        return self.classes if self.against is None else (said(self.against), said(self.against))


def controls(
    names: Sequence[str], reported: tuple[str, str] | None, apart: tuple[str, str] | None = None
) -> Choices:
    """The controls over the heatmap.

    Args:
        names: class names.
        reported: the classes that the report explains; None where it does not explain the text.
        apart: the answers of reference and candidate where they differ.
    """
    contrast = [CONTRAST] if apart else []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        choice = st.selectbox(
            "Class to explain",
            [*([AS_REPORTED] if reported else []), *contrast, *names],
            # The same label for every text: the menu would go on showing that of the text before.
            format_func=lambda name: LABEL if name == CONTRAST else name or "as reported",
            key="inspector_class",
            width=280,
            persist_state="session",
            help=f"{_CLASS_HELP} {HELP}" if apart else _CLASS_HELP,
        )
        unit = st.segmented_control(
            "Colour by",
            list(_UNITS),
            default="Words",
            required=True,
            key="inspector_unit",
            persist_state="session",
            help=_UNIT_HELP,
        )
        scale = st.segmented_control(
            "Colour scale",
            list(_SCALES),
            default="Shared",
            required=True,
            key="inspector_scale",
            persist_state="session",
            help=_SCALE_HELP,
        )
        difference = st.toggle("Difference", value=True, key="inspector_difference", persist_state="session")
    against = apart if choice == CONTRAST else None
    # A menu may go on for a moment with what only the text before could choose.
    single = choice in names
    classes = (choice, choice) if single else reported or (names[0], names[0])
    return Choices(classes, _UNITS[unit], unit == "Tokens", _SCALES[scale], difference, against)


def heatmap(
    words: SegmentedText, reasons: list[Reasons], choices: Choices, focus: Focus, bench: Workbench
) -> tuple[int | None, list[HeatRow], Units]:
    """Draw the heatmap; returns the unit that a click has kept, the rows and the units.

    Args:
        words: the text with its words.
        reasons: both models' weights, one an explainer.
        choices: what the controls say.
        focus: the text of the run.
        bench: who is asked for the tokens.
    """
    units = units_of(words, choices.kind, focus.settings.labels)
    rows = heat_rows(reasons, units, text_id=focus.text.id, settings=focus.settings)
    of = f"{bench.run}/{focus.text.id}/{choices.kind}"
    kept = st.session_state.get(_CHOSEN)
    chosen = kept[1] if kept and kept[0] == of else None

    def click(unit: int) -> None:
        st.session_state[_CHOSEN] = None if unit == chosen else (of, unit)

    drawing = Drawing(focus.models, choices.named, choices.shared_scale, choices.difference)
    cuts = (asked(lambda: bench.cuts(words)) or ()) if choices.tokens else ()
    token_heatmap(
        heatmap_data(rows, units, drawing, of=of, chosen=chosen, cuts=cuts),
        key="inspector_heatmap",
        on_click=click,
    )
    return chosen, rows, units


def reasons_panel(
    focus: Focus,
    bench: Workbench,
    *,
    words_elsewhere: Callable[[], pd.DataFrame],
    open_text: Callable[[str], None],
) -> None:
    """Draw heatmap, word and table of a text that was explained: by the run, or now.

    Args:
        focus: the text.
        bench: who explains a text that the run has only predicted, and who is asked for tokens.
        words_elsewhere: words of all explained texts, see `word_panel.explained_words`.
        open_text: called with the id of another text that is chosen.
    """
    if focus.words is None or not len(focus.words):
        st.info("This text has no words that could be explained.")
        return
    live = None
    if focus.text.explained is None:
        st.info("The run has predicted this text, not explained it.")
        live = bench.explained_now(focus.text.id, focus.words.pair, focus.settings)
        if live is None:
            return
        st.caption(
            f"Explained now, with {bench.samples(focus.settings):,} samples: no part of the run's figures."
        )
    choices = controls(focus.text.reference.classes, focus.text.explained, contrast_classes(focus.text))

    def of(classes: tuple[str, str]) -> list[Reasons]:
        return focus.reasons(classes) if live is None else live_reasons(live, classes)

    if choices.against is None:
        reasons = of(choices.classes)
    else:
        reasons = contrasted(*(of((name, name)) for name in choices.against))
    if not reasons:
        st.info("The run holds no word weights for this text.")
        return
    if live is None:
        st.caption(settings_sentence(focus.settings))
    chosen, rows, units = heatmap(focus.words, reasons, choices, focus, bench)
    if live is None and chosen is not None and choices.kind == "word":
        _word(focus, chosen, words_elsewhere, open_text)
    table(rows, units, focus)


def table(rows: list[HeatRow], units: Units, focus: Focus) -> None:
    """The numbers of the heatmap, to read and to take away."""
    with st.expander("The weights as a table"):
        weights = weight_table(rows, units, models=focus.models)
        st.dataframe(
            weights,
            hide_index=True,
            key=f"inspector_table/{focus.text.id}/{units.kind}",
            column_config=_signed([*focus.models, "difference"]),
        )
        downloads.csv("Download as CSV", weights, name=f"weights-{focus.text.id}", key="inspector_csv")


def _word(
    focus: Focus, chosen: int, words_elsewhere: Callable[[], pd.DataFrame], open_text: Callable[[str], None]
) -> None:
    assert focus.words is not None
    word = focus.words.words[chosen]
    with st.container(border=True):
        st.text(f"The word “{word.text[:60]}”, for every class")
        st.dataframe(
            weights_by_class(
                focus.attributions, segment=word.segment, position=word.position, models=focus.models
            ),
            hide_index=True,
            key=f"inspector_by_class/{focus.text.id}/{chosen}",
            column_config=_signed([*focus.models, "difference"]),
        )
        others = elsewhere(
            words_elsewhere(), word.text, besides=focus.text.id, explainers=focus.settings.explainers
        )
        if others.empty:
            st.caption("No other explained text holds this word.")
            return
        st.caption(
            f"The same word in other explained texts ({others['id'].nunique()}), for the class explained "
            "there. Choose a row to open its text."
        )
        key = f"inspector_elsewhere/{focus.text.id}/{chosen}"
        choice_table(
            others,
            ids=others["id"].tolist(),
            key=key,
            choose=open_text,
            height=min(280, 38 + 35 * len(others)),
            column_config=_signed(["reference", "candidate", "difference"]),
        )


def _signed(names: list[str]) -> dict[str, Any]:
    """Columns of weights, with their sign."""
    return {name: st.column_config.NumberColumn(format="%+.3f") for name in names}
