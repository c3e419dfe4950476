"""Where the files of the app lie, whatever folder it was started from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

PAGES: Final = ROOT / "pages"

ASSETS: Final = ROOT / "assets"

EXAMPLE: Final = ASSETS / "example"
"""A finished run of our own models and texts."""
