"""Who looks, and what they may do."""

from __future__ import annotations

import os
from functools import lru_cache

import streamlit as st

from trust_core.errors import UsageError
from trust_core.jobs.record import Job
from trust_core.settings import Settings, settings_from
from trust_core.wiring.web import Web, workplace


def web() -> Web:
    """The app's view of this machine, one for all visitors."""
    return _web(settings_from(os.environ))


@lru_cache(maxsize=2)
def _web(settings: Settings) -> Web:
    return workplace(settings)


def sign_in_is_on() -> bool:
    """Whether visitors have to sign in: the server's secrets have a part [auth]."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def owner() -> str:
    """Whom jobs and uploads belong to: the user who has signed in; empty where nobody signs in."""
    if not sign_in_is_on():
        return ""
    return str(st.user.get("email") or st.user.get("sub") or "")


def viewer() -> str | None:
    """Who must not see the private jobs of others; None where all visitors are one."""
    return owner() if sign_in_is_on() else None


def read_only() -> bool:
    """Whether this server only shows what is there."""
    return web().settings.read_only


def may_change(job: Job | None = None) -> bool:
    """Whether the visitor may start something, or cancel, resume or delete this job."""
    return not read_only() and (job is None or not sign_in_is_on() or job.owner == owner())


def demand_change(job: Job | None = None) -> None:
    """Refuse what the visitor may not do; a hidden button is no protection.

    Raises:
        UsageError: the server is read-only, or the job belongs to somebody else.
    """
    if read_only():
        raise UsageError(
            "This server only shows what is there.",
            remedy="To run comparisons of your own, install TrustEq, or ask whoever runs this server.",
        )
    if not may_change(job):
        raise UsageError("This run belongs to somebody else.", allowed="Only its owner may change it.")


def signed_in() -> bool:
    """Whether the visitor may see the pages; offers the sign-in where that is still to be done."""
    if not sign_in_is_on() or st.user.get("is_logged_in"):
        return True
    st.title("TrustEq", anchor=False)
    st.write("Please sign in to see the runs of this server.")
    st.button("Sign in", type="primary", on_click=st.login)
    return False


def sign_out_button() -> None:
    """Who has signed in, and the way out; nothing where nobody signs in."""
    if sign_in_is_on():
        st.text(owner())
        st.button("Sign out", key="sign-out", on_click=st.logout)
