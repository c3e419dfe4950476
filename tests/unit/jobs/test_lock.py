"""Locks that say who is there."""

import threading
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


def test_a_glance_keeps_nobody_out(tmp_path: Path) -> None:
    """Whoever looks has the lock for a moment, and whoever wants it waits that long; a holder is a holder."""
    glance = lock.acquired(tmp_path, lock.WEB)
    threading.Timer(0.2, glance.close).start()
    holder = lock.acquired_soon(tmp_path, lock.WEB, shared=True)
    with pytest.raises(lock.Taken):
        lock.acquired_soon(tmp_path, lock.WEB)
    holder.close()


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """The refusal names the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="TRUST_HOME"):
        lock.acquired(tmp_path / "file", lock.WORKER)
