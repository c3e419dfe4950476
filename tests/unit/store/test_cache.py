"""Results that are kept for later runs."""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path

import pytest

from trust_core.store.cache import ResultCache


def _cache(folder: Path, *, max_bytes: int = 10**9) -> ResultCache:
    ticks = count()
    return ResultCache(folder / "deep/results.sqlite", max_bytes=max_bytes, now=lambda: float(next(ticks)))


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """Results come back under their keys, also to another process; unknown keys have none."""
    keys = [b"%04d" % at for at in range(1200)]
    _cache(tmp_path).keep({key: key * 2 for key in keys})
    assert _cache(tmp_path).find([*keys, b"other"]) == {key: key * 2 for key in keys}


def test_the_first_result_stays(tmp_path: Path) -> None:
    """Two runs that compute the same at once end with one result, which both find from then on."""
    one, other = _cache(tmp_path), _cache(tmp_path)
    one.keep({b"k": b"first"})
    other.keep({b"k": b"second"})
    assert one.find([b"k"]) == other.find([b"k"]) == {b"k": b"first"}


def test_the_oldest_go(tmp_path: Path) -> None:
    """Beyond its size the cache lets go of what was not used for longest."""
    cache = _cache(tmp_path, max_bytes=200_000)
    cache.keep({b"used": b"x" * 1000, b"unused": b"y" * 1000})
    for at in range(100):
        cache.keep({b"%d" % at: b"z" * 4000})
        assert cache.find([b"used"])
    assert not cache.find([b"unused"])
    assert cache.find([b"99"])
    assert (tmp_path / "deep/results.sqlite").stat().st_size < 400_000
    assert cache.problem == ""


def test_a_damaged_result_is_not_there(tmp_path: Path) -> None:
    """A result whose bytes have changed is not handed out, and what is computed instead takes its place."""
    cache = _cache(tmp_path)
    cache.keep({b"k": b"whole", b"other": b"whole"})
    with sqlite3.connect(tmp_path / "deep/results.sqlite") as connection:
        connection.execute("UPDATE results SET content = ? WHERE key = ?", (b"x" * 21, b"k"))
    connection.close()
    assert cache.find([b"k", b"other"]) == {b"other": b"whole"}
    cache.keep({b"k": b"again"})
    assert _cache(tmp_path).find([b"k", b"other"]) == {b"k": b"again", b"other": b"whole"}


@pytest.mark.parametrize("broken", ["file", "folder", "table"])
def test_a_broken_file_is_left_alone_and_said(tmp_path: Path, broken: str) -> None:
    """What is no cache is neither used nor changed, and the problem names it."""
    file = tmp_path / "deep/results.sqlite"
    file.parent.mkdir()
    if broken == "file":
        file.write_bytes(b"no database at all" * 100)
    elif broken == "folder":
        file.mkdir()
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE results (other TEXT)")
        connection.close()
    cache = _cache(tmp_path)
    assert cache.find([b"k"]) == {}
    cache.keep({b"k": b"v"})
    assert cache.find([b"k"]) == {}
    assert str(file) in cache.problem
    assert "left alone" in cache.problem
    if broken == "file":
        assert file.read_bytes() == b"no database at all" * 100
