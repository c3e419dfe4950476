"""Locks that say who is there."""

from pathlib import Path

import pytest

from trust_core.errors import RunError
from trust_core.jobs import lock


def test_one_holds_it_and_all_see_it(tmp_path: Path) -> None:
    """While it is held nobody else gets it; afterwards it is free."""
    assert not lock.is_held(tmp_path, lock.WORKER)
    with lock.held(tmp_path, lock.WORKER):
        assert lock.is_held(tmp_path, lock.WORKER)
        with pytest.raises(lock.Taken), lock.held(tmp_path, lock.WORKER):
            pass
    assert not lock.is_held(tmp_path, lock.WORKER)


def test_web_servers_share_theirs(tmp_path: Path) -> None:
    """Several hold it at once, and it is held until the last lets go."""
    first = lock.acquired(tmp_path, lock.WEB, shared=True)
    second = lock.acquired(tmp_path, lock.WEB, shared=True)
    first.close()
    assert lock.is_held(tmp_path, lock.WEB, shared=True)
    second.close()
    assert not lock.is_held(tmp_path, lock.WEB, shared=True)


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """The refusal names the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="TRUST_HOME"):
        lock.acquired(tmp_path / "file", lock.WORKER)
