"""What the address of the page carries: run, candidate, bin and example.

Each is a text field that nobody sees, bound to the query. So a value outlives navigation and reload, the
browser's buttons back and forward restore it, and it reads as it is (`?run=3fa9...`), which a menu bound to
the query could not offer: it would put its label there.
"""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Field = Literal["run", "candidate", "bin", "example"]

FIELDS: Final[tuple[Field, ...]] = ("run", "candidate", "bin", "example")

_LONGEST: Final = 300

_HIDDEN: Final = "address-fields"


def fields() -> None:
    """Put the fields on the page; before anything reads them."""
    with st.sidebar.container(key=_HIDDEN):
        # The wrapper goes too: it would leave a gap.
        st.html(f"<style>:has(> .st-key-{_HIDDEN}) {{ display: none }}</style>")
        for name in FIELDS:
            st.text_input(name, key=name, bind="query-params", max_chars=_LONGEST)


def read(name: Field) -> str:
    """What the address says; empty where it says nothing. From anybody, so to be checked."""
    value = st.session_state.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""


def write(name: Field, value: str) -> None:
    """Let the address say this; in a callback only, since the field of this visit is on the page already."""
    st.session_state[name] = value


def taken_along() -> dict[str, str]:
    """What the address says, for the next page; the fields of this page let go of it first.

    Streamlit refuses to leave for another page while a field is bound to a part of the address that it
    would have to write, and has no public way to end that.
    """
    context = get_script_run_ctx()
    if context is not None:
        with context.session_state.query_params() as bound:
            for name in FIELDS:
                binding = bound.get_binding_for_param(name)
                if binding is not None:
                    bound.unbind_widget(binding.widget_id)
    return {name: value for name in FIELDS if (value := read(name))}
