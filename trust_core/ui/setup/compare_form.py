"""What is compared and how: explainers, sizes, margins, and what only experts change."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from trust_core.domain.spec import BUNDLED_TWINS, NO_TWIN, Margins, Spec
from trust_core.report.advice import EXPLAINED
from trust_core.report.criteria import CRITERIA
from trust_core.report.retraining import PAIRED
from trust_core.ui.messages import escape_markdown
from trust_core.ui.setup.draft import ROLES, Choices, DataDraft, preset
from trust_core.ui.setup.preflight_panel import unmatched_labels
from trust_core.ui.setup.slices_field import slices_field

_EXPLAINERS: Final = {
    "lime": "LIME",
    "shap": "SHAP, complete tree (no noise)",
    "shap-permutation": "SHAP, sampled orders",
    "shap-exact": "SHAP, exact (up to 10 words)",
    "ig": "integrated gradients (a third opinion, no vote)",
}

_PROTOCOLS: Final = {
    "corrected": "corrected: noise and chance taken out, with intervals",
    "published-nli": "published, inference: as the paper's scripts, for comparison with its tables",
    "published-pi": "published, paraphrase: likewise",
}

_CLASSES: Final = {
    "reference-prediction": "the class that the reference predicts",
    "own-prediction": "the class that each model predicts itself",
    "gold": "the label",
}

_LONGEST_LIMIT: Final = 1_000_000


def compare_form(data: DataDraft, *, reference: str = "", twin: str | None = None) -> Choices:
    """Explainers, sizes, margins and the rest, as chosen.

    Args:
        data: the texts.
        reference: the model.
        twin: of the reference, as a spec has it.
    """
    values = preset(data)
    # Other data begin with other values, so they have fields of their own.
    kind = "demo" if data.source.startswith("bundled:") else "own"
    fields: dict[str, Any] = {}
    if not data.saved:
        fields |= _reasons(values, kind)
        fields["twin"] = twin
    usual = BUNDLED_TWINS.get(reference, NO_TWIN)
    has_twin = bool(data.twin_predictions) if data.saved else (twin or usual) != NO_TWIN
    fields["limit"] = _limit(kind)
    with st.expander("Margins: how much difference is still the same?"):
        if has_twin:
            fields["margins_from_twin"] = _from_twin(stops=bool(fields.get("stop_when_settled")))
        margins = _margins(values["margins"], kind)
    with st.expander("Label names", expanded=bool(unmatched_labels())):
        rows = _label_map()
    with st.expander("For experts"):
        fields |= _expert(fields, values, kind, data)
    return Choices(fields, margins, rows)


def _reasons(values: dict[str, Any], kind: str) -> dict[str, Any]:
    explainers = st.multiselect(
        "Explained by",
        list(_EXPLAINERS),
        default=["lime", "shap"],
        format_func=_EXPLAINERS.__getitem__,
        key="setup-explainers",
        persist_state="session",
        help="None: answers and reliability alone.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input(
            EXPLAINED,
            0,
            _LONGEST_LIMIT,
            values["explain_limit"],
            key=f"setup-explained-{kind}",
            persist_state="session",
            help="A random part of the texts. Explaining takes nearly all of the time.",
        )
        stop = st.toggle(
            "Stop when settled",
            key="setup-stop",
            persist_state="session",
            help="Explain no more texts than the verdict on the reasons takes; the number above is the most.",
        )
    if not explainers:
        return {"explain_limit": 0}
    return {"explainers": explainers, "explain_limit": int(count), "stop_when_settled": bool(stop)}


def _limit(kind: str) -> int | None:
    count = st.number_input(
        "Texts predicted, 0 for all",
        0,
        _LONGEST_LIMIT,
        0,
        key=f"setup-limit-{kind}",
        persist_state="session",
        help="A seeded sample with the same shares of labels as the whole.",
    )
    return int(count) or None


def _from_twin(*, stops: bool) -> bool:
    chosen = st.toggle(
        "No margin smaller than what retraining does",
        key="setup-from-twin",
        disabled=stops,
        persist_state="session",
        help="Each margin below is raised to the upper 95 % limit of what the twin differs by, and the "
        "reasons "
        "are judged beside the twin's. Not together with stopping when settled.",
    )
    return bool(chosen) and not stops


def _margins(values: Margins, kind: str) -> dict[str, float]:
    st.caption(
        "A candidate is equivalent where the whole interval of a figure lies inside its margin. Margins are "
        "a convention: choose them for your use before you look at the figures."
    )
    found = {}
    columns = st.columns(2)
    keys = [key for key in Margins.model_fields if key in CRITERIA and key != PAIRED]
    for at, key in enumerate(keys):
        criterion = CRITERIA[key]
        floor = criterion.kind == "similarity"
        found[key] = columns[at % 2].number_input(
            f"{criterion.title}, {'floor' if floor else 'margin'}",
            0.001,
            1.0,
            float(getattr(values, key)),
            0.005,
            format="%.3f",
            key=f"setup-margin-{kind}-{key}",
            persist_state="session",
            help=escape_markdown(criterion.says.format(estimate="...")),
        )
    return found


def _label_map() -> list[tuple[str, str, str]]:
    st.caption(
        "Where models or data name the classes differently (LABEL_0, 2, CONTRADICTION), say here which name "
        "means which class. Usual synonyms are known; nothing is ever matched by its order."
    )
    rows = unmatched_labels() or (("data", "", ""),)
    edited = st.data_editor(
        [{"Whose": whose, "Name": given, "Class": name} for whose, given, name in rows],
        num_rows="dynamic",
        hide_index=True,
        key=f"setup-label-map-{len(rows)}",
        column_config={
            "Whose": st.column_config.SelectboxColumn(options=list(ROLES), required=True),
            "Name": st.column_config.TextColumn("Name that is given"),
            "Class": st.column_config.TextColumn("Class that it means"),
        },
    )
    return [(str(row["Whose"]), str(row["Name"] or ""), str(row["Class"] or "")) for row in edited]


def _expert(fields: dict[str, Any], values: dict[str, Any], kind: str, data: DataDraft) -> dict[str, Any]:
    defaults = Spec.model_fields
    found: dict[str, Any] = {}
    left, right = st.columns(2)
    found["seed"] = int(left.number_input("Seed", 0, 2**31 - 1, 0, key="setup-seed", persist_state="session"))
    found["bins"] = int(
        right.number_input(
            "Bins of the reliability diagram",
            2,
            100,
            defaults["bins"].default,
            key="setup-bins",
            persist_state="session",
        )
    )
    found["slices"] = slices_field(data)
    found["no_texts"] = left.toggle(
        "Keep no texts",
        key="setup-no-texts",
        persist_state="session",
        help="No text and no word is written to the run's files.",
    )
    if data.saved or not fields.get("explainers"):
        return found
    found["protocol"] = left.selectbox(
        "Protocol",
        list(_PROTOCOLS),
        format_func=_PROTOCOLS.__getitem__,
        key="setup-protocol",
        persist_state="session",
    )
    samples = right.number_input(
        "LIME samples a text",
        20,
        100_000,
        values["samples"],
        20,
        key=f"setup-samples-{kind}",
        persist_state="session",
    )
    found["lime"] = {"samples": int(samples)}
    found["class"] = left.selectbox(
        "Class that is explained",
        list(_CLASSES),
        format_func=_CLASSES.__getitem__,
        key="setup-class",
        persist_state="session",
    )
    found["scale"] = right.selectbox(
        "Scale", ["probability", "logit"], key="setup-scale", persist_state="session"
    )
    found["mask"] = left.selectbox(
        "A word that is taken out",
        ["delete", "mask"],
        format_func={"delete": "is deleted", "mask": "becomes the mask token"}.__getitem__,
        key="setup-mask",
        persist_state="session",
    )
    fraction = right.slider(
        "Share of the words that count as the top",
        0.05,
        0.5,
        0.2,
        0.05,
        key="setup-k",
        persist_state="session",
    )
    found["k"] = {"fraction": fraction}
    found["control_texts"] = int(values["control_texts"])
    found["aopc_texts"] = int(values["aopc_texts"])
    return found
