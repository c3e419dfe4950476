"""Which models are compared: one reference, one or several candidates."""

from __future__ import annotations

from typing import Final

import streamlit as st

from trust_core.domain.spec import BUNDLED_TWINS, NO_TWIN
from trust_core.models.names import bundled_models
from trust_core.ui import visitor

REFERENCE: Final = "setup-reference"
CANDIDATES: Final = "setup-candidates"
TWIN: Final = "setup-twin"

_MADE: Final = {
    "ref:int8": "the reference in int8",
    "ref:prune=0.3": "the reference, 30 % of its weights removed",
    "ref:prune=0.5": "the reference, 50 % of its weights removed",
    "ref:low-rank=0.5": "the reference, half the rank",
}

_METHODS: Final = {
    "prune": "Pruned: the smallest weights become 0",
    "low-rank": "Low rank: each matrix by two thin ones",
    "layers": "Fewer layers: only these are kept",
    "int8": "int8: weights and activations in 8 bits",
}


def models_form() -> tuple[str, tuple[str, ...], str | None]:
    """Reference, candidates and the reference's twin as a spec has them."""
    bundled = list(bundled_models())
    st.session_state.setdefault(REFERENCE, "nli-reference")
    st.session_state.setdefault(CANDIDATES, ["nli-student-3l", "ref:int8"])
    reference = st.selectbox(
        "Reference: the large model",
        _with(bundled, st.session_state[REFERENCE]),
        key=REFERENCE,
        accept_new_options=True,
        persist_state="session",
        placeholder="Choose one, or type a hub id or a folder",
        help="A bundled model, a hub id (owner/name or owner/name@revision), or a folder on the server.",
    )
    offered = [name for name in (*bundled, *_MADE) if name != reference]
    candidates = st.multiselect(
        "Candidates: the smaller models",
        _with(offered, *st.session_state[CANDIDATES]),
        key=CANDIDATES,
        format_func=lambda name: f"{name}: {_MADE[name]}" if name in _MADE else name,
        accept_new_options=True,
        persist_state="session",
        placeholder="Choose, or type a hub id or a folder",
        help="Several at once are compared with the same reference on the same texts.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Make one from the reference"):
            _make_one()
        with st.popover("Where do models come from?"):
            _places()
    twin = _twin(reference or "", bundled)
    return reference or "", tuple(name for name in candidates if name != reference), twin


def _twin(reference: str, bundled: list[str]) -> str | None:
    """The twin that is chosen; None: the usual one, which of most references is none."""
    known = BUNDLED_TWINS.get(reference, NO_TWIN)
    key = f"{TWIN}-{known}"
    st.session_state.setdefault(key, known)
    chosen = st.selectbox(
        "Twin of the reference: the same model, trained again with another seed",
        _with([NO_TWIN, *(name for name in bundled if name != reference)], st.session_state[key]),
        key=key,
        accept_new_options=True,
        persist_state="session",
        format_func=lambda name: (
            "none: nothing will say what retraining alone does" if name == NO_TWIN else name
        ),
        help="Control C3. Every figure then says whether it is within or beyond what retraining alone does.",
    )
    written = (chosen or NO_TWIN).strip() or NO_TWIN
    return None if written == known else written


def _with(options: list[str], *chosen: str | None) -> list[str]:
    return [*options, *(name for name in dict.fromkeys(chosen) if name and name not in options)]


def _make_one() -> None:
    method = st.selectbox("How", list(_METHODS), format_func=_METHODS.__getitem__, key="setup-method")
    recipe = "ref:int8"
    if method in ("prune", "low-rank"):
        words = (
            "Share of the weights that is removed" if method == "prune" else "Share of the rank that stays"
        )
        share = st.slider(words, 0.05, 0.95, 0.5, 0.05, key=f"setup-share-{method}")
        recipe = f"ref:{method}={share:g}"
    elif method == "layers":
        kept = st.text_input("Layers that stay, counted from 0", "0,2,4", key="setup-layers")
        recipe = f"ref:layers={kept.replace(' ', '')}"
    st.code(recipe, language=None)
    st.button("Add as a candidate", key="setup-add", on_click=_add, args=(recipe,))


def _add(recipe: str) -> None:
    chosen = st.session_state.get(CANDIDATES, [])
    if recipe not in chosen:
        st.session_state[CANDIDATES] = [*chosen, recipe]


def _places() -> None:
    st.markdown(
        "- **Bundled**: small models that come with TrustEq.\n"
        "- **Hub**: `owner/name` or `owner/name@revision`; safetensors only, no code of the model is run. "
        "For gated models the server's administrator sets `HF_TOKEN` in its environment; it is never shown.\n"
        "- **Folder**: a folder on the server that `save_pretrained` wrote, inside one of these:"
    )
    roots = visitor.web().settings.web_model_roots
    st.text("\n".join(str(root) for root in roots) or "none: set TRUST_MODEL_ROOTS")
    st.markdown(
        "- **Made from the reference**: `ref:int8`, `ref:prune=0.5`, `ref:low-rank=0.5`, `ref:layers=0,2,4`."
    )
