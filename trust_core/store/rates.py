"""How fast this machine has explained so far, to say beforehand what a run will take."""

from __future__ import annotations

import json
import math
from pathlib import Path

from trust_core.errors import RunError
from trust_core.store.atomic import write_atomically

_FILE = "rates.json"

_NEW = 0.5
"""Weight of the newest run: machines and engines change."""


def known_rate(home: Path, device: str) -> float | None:
    """Seconds of a forward pass for each byte of a model on this device; None: nothing has run on it."""
    rate = _rates(home).get(device)
    return rate if isinstance(rate, float) and math.isfinite(rate) and rate > 0 else None


def keep_rate(home: Path, device: str, rate: float) -> None:
    """Take the rate of a run in; a folder that cannot be written costs the estimate alone."""
    before = known_rate(home, device)
    now = rate if before is None else _NEW * rate + (1 - _NEW) * before
    try:
        write_atomically(home / _FILE, json.dumps({**_rates(home), device: now}).encode())
    except RunError:
        return


def _rates(home: Path) -> dict[str, object]:
    try:
        content = json.loads((home / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
