"""Buttons that hand out results as files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from trust_core.export.frames import safe_cell

_NUMBER: Final = re.compile(r"[+-][0-9]+(\.[0-9]+)?")
"""What begins like a formula and is none."""


def csv(label: str, frame: pd.DataFrame, *, name: str, key: str) -> None:
    """A button for a table as CSV; it is written when the button is pressed."""
    file(label, lambda: _csv(frame), name=f"{name}.csv", mime="text/csv", key=key)


def file(label: str, content: Callable[[], bytes], *, name: str, mime: str, key: str) -> None:
    """A button for a file that is made when the button is pressed."""
    st.download_button(label, content, file_name=file_name(name), mime=mime, key=key, on_click="ignore")


def file_name(text: str) -> str:
    """A name of a file that every system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:120] or "file"


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.map(_safe)
    safe.columns = pd.Index([_safe(name) for name in frame.columns])
    return safe.to_csv(index=False).encode("utf-8")


def _safe(cell: Any) -> Any:
    return cell if isinstance(cell, str) and _NUMBER.fullmatch(cell) else safe_cell(cell)
