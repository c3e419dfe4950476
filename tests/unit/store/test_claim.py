"""One process a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from trust_core.errors import RunConflict
from trust_core.store.folder import open_run


def test_a_run_is_worked_on_by_one_process(tmp_path: Path) -> None:
    """A second claim on the folder is refused while the first is held, and granted after it."""
    first, second = (open_run(tmp_path / "run", fingerprint="f" * 64, spec={}, name="a") for _ in range(2))
    with first.claimed(), pytest.raises(RunConflict, match="Another process"), second.claimed():
        pytest.fail("two claims at once")
    with second.claimed():
        pass


def test_a_refused_claim_leaves_the_work_alone(tmp_path: Path) -> None:
    """What the first process is writing is not taken for the leavings of a dead one."""
    run = open_run(tmp_path / "run", fingerprint="f" * 64, spec={}, name="a")
    partial = run.path / ".report.json.1.partial"
    with run.claimed():
        partial.write_text("half")
        with pytest.raises(RunConflict), run.claimed():
            pytest.fail("two claims at once")
        assert partial.exists()
    with run.claimed():
        assert not partial.exists()
