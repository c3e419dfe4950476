"""Files that users bring."""

from pathlib import Path

import pytest

from trust_core.errors import DataError, RunError
from trust_core.store.uploads import LONGEST_NAME, Uploads, safe_name


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """An empty home that takes files of a hundred bytes."""
    return Uploads(tmp_path, max_bytes=100)


def test_each_user_has_their_own(uploads: Uploads, tmp_path: Path) -> None:
    """Files lie in a folder of their owner, whatever the owner is called, and are listed for them alone."""
    mine = uploads.save("ann@example.org", "texts.csv", b"a,b\n1,2\n")
    theirs = uploads.save("../bob", "texts.csv", b"a,b\n1,2\n")
    nobodys = uploads.save("", "texts.csv.gz", b"x")
    assert len({mine.parent.parent, theirs.parent.parent, nobodys.parent.parent}) == 3
    assert all(path.is_relative_to(tmp_path / "uploads") for path in (mine, theirs, nobodys))
    assert [upload.path for upload in uploads.listed("ann@example.org")] == [mine]
    assert uploads.listed("ANN@example.org") == []
    assert uploads.owns("ann@example.org", mine)
    assert not uploads.owns("../bob", mine)
    assert uploads.holds(mine)
    assert not uploads.holds(tmp_path / "uploads" / ".." / "x.csv")


def test_the_same_content_is_kept_once(uploads: Uploads) -> None:
    """Another content under the same name is another file."""
    first = uploads.save("ann", "t.csv", b"one")
    assert uploads.save("ann", "t.csv", b"one") == first
    second = uploads.save("ann", "t.csv", b"two")
    assert second != first
    found = uploads.listed("ann")
    assert {(upload.path, upload.name, upload.size) for upload in found} == {
        (first, "t.csv", 3),
        (second, "t.csv", 3),
    }


@pytest.mark.parametrize(
    "given, kept",
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\x\\my texts.CSV", "my_texts.CSV"),
        ("<script>alert(1)</script>.jsonl", "script_.jsonl"),
        (".hidden.csv", "hidden.csv"),
        ("\u202egnp.csv", "gnp.csv"),
        ("", "file"),
        ("///", "file"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    """No folders, blanks, markup or marks of direction stay in a name."""
    assert safe_name(given) == kept


def test_long_names_keep_their_ending() -> None:
    """A name is cut before its ending, which says what the file is."""
    cut = safe_name("x" * 500 + ".parquet.gz")
    assert len(cut) == LONGEST_NAME
    assert cut.endswith("x.parquet.gz")


@pytest.mark.parametrize("name", ["run.exe", "page.html", "table.csv.zip", "csv"])
def test_other_kinds_are_refused(uploads: Uploads, name: str) -> None:
    """Only tables are taken."""
    with pytest.raises(DataError, match="CSV, TSV, JSONL and Parquet"):
        uploads.save("ann", name, b"x")


def test_too_large(uploads: Uploads) -> None:
    """The refusal names the setting."""
    with pytest.raises(DataError, match="TRUST_MAX_DATA_MIB"):
        uploads.save("ann", "t.csv", b"x" * 101)


def test_delete(uploads: Uploads, tmp_path: Path) -> None:
    """A user removes their own files and no other's."""
    mine = uploads.save("ann", "t.csv", b"x")
    with pytest.raises(DataError, match="no such upload"):
        uploads.delete("bob", mine)
    with pytest.raises(DataError, match="no such upload"):
        uploads.delete("ann", tmp_path)
    uploads.delete("ann", mine)
    assert uploads.listed("ann") == []


def test_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    """The refusal says so, and nothing half is left."""
    (tmp_path / "uploads").touch()
    with pytest.raises(RunError, match="cannot be written"):
        Uploads(tmp_path, max_bytes=100).save("ann", "t.csv", b"x")
