"""How this program starts itself."""

from __future__ import annotations

import sys
from pathlib import Path


def program() -> tuple[tuple[str, ...], Path]:
    """What starts this program, and the folder that it starts in."""
    return (sys.executable, "-m", "trust_core"), Path(__file__).resolve().parents[2]
