from pathlib import Path

import pytest

from trust_core.errors import RunError
from trust_core.store import atomic
from trust_core.store.atomic import remove_partials, write_atomically


def test_written_in_full(tmp_path: Path) -> None:
    """A file is written with its folders, replaces the one before, and leaves nothing else."""
    path = tmp_path / "a" / "b" / "f.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["f.json"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Where the disk is full, the file before stays whole, the partial one goes, and the error says so."""
    path = tmp_path / "f.json"
    write_atomically(path, b"old")

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((atomic.os, "fsync", fail) if broken == "fsync" else (Path, "replace", fail)))
    with pytest.raises(RunError, match=r"f\.json cannot be written: No space left on device[\s\S]*Make room"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f.json"]


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """A path through a file cannot be written; that is an error to mend, not a crash."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file" / "f.json", tmp_path / "file" / "deeper" / "f.json"):
        with pytest.raises(RunError, match="cannot be written"):
            write_atomically(path, b"x")


def test_a_kill_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that dies before the end leaves a partial file only, which the next start removes."""
    path = tmp_path / "work" / "f.parquet"

    def die(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, "fsync", die)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"x")
    (left,) = path.parent.iterdir()
    assert left.name.endswith(".partial")
    (tmp_path / "my.partial").write_text("not ours: no dot in front")
    remove_partials(tmp_path)
    assert not left.exists()
    assert (tmp_path / "my.partial").exists()
    assert not path.exists()


def test_partials_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be written any more is an error that names the file."""
    (tmp_path / ".f.json.1.partial").write_text("x")

    def fail(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(RunError, match=r"\.f\.json\.1\.partial[\s\S]*cannot be removed: Permission denied"):
        remove_partials(tmp_path)
