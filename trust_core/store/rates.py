"""How fast this machine has explained so far, to say beforehand what a run will take."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import median_low

from trust_core.errors import RunError
from trust_core.store.atomic import write_atomically

KEPT = 5
"""Rates of so many runs are kept: machines and engines change."""

_FILE = "rates.json"


def known_rate(home: Path, device: str) -> float | None:
    """Seconds of a forward pass for each byte of a model on this device; None: nothing has run on it.

    The median of the last runs, of two in the middle the faster one: other work on the machine slows a run
    down, and nothing speeds it up.
    """
    rates = _rates(home, device)
    return median_low(rates) if rates else None


def keep_rate(home: Path, device: str, rate: float) -> None:
    """Take the rate of a run in; a folder that cannot be written costs the estimate alone."""
    rates = [*_rates(home, device), rate][-KEPT:]
    try:
        write_atomically(home / _FILE, json.dumps({**_content(home), device: rates}).encode())
    except RunError:
        return


def _rates(home: Path, device: str) -> list[float]:
    """The rates on this device, the newest last."""
    known = _content(home).get(device)
    # Earlier versions kept one number, made of all runs.
    listed = known if isinstance(known, list) else [known]
    return [rate for rate in listed if isinstance(rate, float) and math.isfinite(rate) and rate > 0]


def _content(home: Path) -> dict[str, object]:
    try:
        content = json.loads((home / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
