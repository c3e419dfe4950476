import sqlite3
from pathlib import Path
from typing import Any

import pytest

from trust_core.errors import RunError
from trust_core.store.registry import Registry

FIRST, SECOND, THIRD = "abcd11" + "0" * 58, "abcd22" + "0" * 58, "ffff33" + "0" * 58


def _record(registry: Registry, path: Path, fingerprint: str = FIRST, **changes: Any) -> None:
    registry.record(
        path, **{"fingerprint": fingerprint, "name": "b against a", "state": "running", **changes}
    )


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A registry with three runs, two of which begin alike."""
    made = Registry(tmp_path / "home")
    for name, fingerprint in (("one", FIRST), ("two", SECOND), ("three", THIRD)):
        _record(made, tmp_path / name, fingerprint)
    return made


def test_an_empty_registry(tmp_path: Path) -> None:
    """Asking makes no file; there are no runs, and finding one says so."""
    registry = Registry(tmp_path / "home")
    assert registry.runs() == []
    assert not (tmp_path / "home").exists()
    with pytest.raises(RunError, match="No run is registered yet"):
        registry.find("abcd")


def test_newest_first(registry: Registry) -> None:
    """Runs are listed by their start, the newest first, also within one moment."""
    assert [run.path.name for run in registry.runs()] == ["three", "two", "one"]


def test_a_run_is_entered_once(registry: Registry, tmp_path: Path) -> None:
    """What becomes of a run is entered in its place; its start stays."""
    before = registry.find(FIRST)
    assert (before.state, before.overall, before.message) == ("running", None, None)
    _record(registry, tmp_path / "one", state="done", overall="equivalent", message="m")
    after = registry.find(FIRST)
    assert len(registry.runs()) == 3
    assert (after.state, after.overall, after.message) == ("done", "equivalent", "m")
    assert after.started == before.started
    assert after.changed >= before.changed


def test_another_process_sees_the_runs(registry: Registry, tmp_path: Path) -> None:
    """A second registry of the same home reads what the first has written."""
    assert Registry(tmp_path / "home").runs() == registry.runs()


@pytest.mark.parametrize("name", [THIRD, THIRD[:12], "ffff", "three"])
def test_found_by_id_or_folder(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A run is found by its id, the beginning of it, and its folder as seen from here."""
    monkeypatch.chdir(tmp_path)
    assert registry.find(name).path == tmp_path / "three"
    assert registry.find(name).id == THIRD[:12]


def test_found_through_a_link(registry: Registry, tmp_path: Path) -> None:
    """A folder is the same run through a link."""
    (tmp_path / "alias").symlink_to(tmp_path / "two")
    assert registry.find(str(tmp_path / "alias")).fingerprint == SECOND


def test_ambiguous_id(registry: Registry) -> None:
    """A beginning that several runs share is refused with their folders."""
    with pytest.raises(RunError, match=r"'abcd' names 2 runs: .*one[\s\S]*Give the folder instead"):
        registry.find("abcd")


@pytest.mark.parametrize("name", ["fff", "0000", "nul\0", "~no-such-user-at-all", "x" * 5000])
def test_unknown_run(registry: Registry, name: str) -> None:
    """Anything else names no run, and the message says what would."""
    with pytest.raises(RunError, match=r"There is no run [\s\S]*4 letters of its id or more"):
        registry.find(name)


def test_nearest_run(registry: Registry) -> None:
    """A mistyped id is answered with the nearest."""
    with pytest.raises(RunError, match=f"Did you mean '{THIRD[:12]}'"):
        registry.find("fffe33000000")


def test_unwritable_home(tmp_path: Path) -> None:
    """A home that cannot be made is an error that names TRUST_HOME."""
    (tmp_path / "home").write_text("a file")
    with pytest.raises(RunError, match=r"cannot be used[\s\S]*TRUST_HOME"):
        _record(Registry(tmp_path / "home"), tmp_path / "r")


def test_damaged_registry(tmp_path: Path) -> None:
    """A file that is no database is an error of the registry."""
    (tmp_path / "runs.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(RunError, match="cannot be used"):
        Registry(tmp_path).runs()


def test_names_are_data(tmp_path: Path) -> None:
    """Quotes in a name are stored as they are."""
    registry = Registry(tmp_path)
    _record(registry, tmp_path / "r", name="'); DROP TABLE runs; --")
    assert registry.runs()[0].name == "'); DROP TABLE runs; --"
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    connection.close()
