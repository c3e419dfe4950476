"""Hostile data files and paths are refused before they cost anything."""

import gzip
import io
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.datasets_files import GENEROUS
from trust_core.datasets.hub import hub_texts
from trust_core.datasets.limits import Limits, allowed_file
from trust_core.datasets.tables import table_from_file
from trust_core.domain.spec import DataSpec
from trust_core.errors import DataError

SMALL = Limits(max_bytes=1_000_000, max_rows=100_000)


@pytest.fixture
def roots(tmp_path: Path) -> tuple[Path, Path]:
    """An allowed folder and another one beside it, each with a file."""
    inside, outside = tmp_path / "data", tmp_path / "data-secret"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "d.csv").write_text("text\nx\n")
    return inside, outside


def _limits(root: Path) -> Limits:
    return Limits(max_bytes=1000, max_rows=10, roots=(root,))


def test_paths_outside_the_roots(roots: tuple[Path, Path]) -> None:
    """Neither another folder, nor dots, nor a folder whose name begins alike leads out of the roots."""
    inside, outside = roots
    assert allowed_file(str(inside / "d.csv"), _limits(inside)) == inside / "d.csv"
    for name in (outside / "d.csv", inside / ".." / "data-secret" / "d.csv", "/etc/passwd"):
        with pytest.raises(
            DataError, match=r"outside the folders[\s\S]*set TRUST_DATA_ROOTS to allow others"
        ):
            allowed_file(str(name), _limits(inside))


def test_links_that_lead_out(roots: tuple[Path, Path]) -> None:
    """A link within the roots to a file outside of them is refused, of a file and of a folder."""
    inside, outside = roots
    (inside / "link.csv").symlink_to(outside / "d.csv")
    (inside / "folder").symlink_to(outside)
    for name in ("link.csv", "folder/d.csv"):
        with pytest.raises(DataError, match="outside the folders"):
            allowed_file(str(inside / name), _limits(inside))


def test_links_that_stay(roots: tuple[Path, Path]) -> None:
    """A root that is itself a link, and links within it, are allowed."""
    inside, _ = roots
    alias = inside.parent / "alias"
    alias.symlink_to(inside)
    (inside / "link.csv").symlink_to(inside / "d.csv")
    assert allowed_file(str(alias / "link.csv"), _limits(alias)) == inside / "d.csv"


def test_outside_is_not_told_whether_it_exists(roots: tuple[Path, Path]) -> None:
    """The refusal is the same whether the file outside exists or not."""
    inside, outside = roots
    said = []
    for name in ("d.csv", "e.csv"):
        with pytest.raises(DataError) as caught:
            allowed_file(str(outside / name), _limits(inside))
        said.append(str(caught.value).replace(name, ""))
    assert said[0] == said[1]


def test_links_in_a_circle(tmp_path: Path) -> None:
    """Links that point at each other are refused, not followed for ever."""
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(DataError):
        allowed_file(str(tmp_path / "a.csv"), GENEROUS)


def test_no_roots_at_all(roots: tuple[Path, Path]) -> None:
    """An empty list of roots allows nothing."""
    with pytest.raises(DataError, match="Allowed: none"):
        allowed_file(str(roots[0] / "d.csv"), Limits(max_bytes=1000, max_rows=10, roots=()))


def test_gzip_bomb(tmp_path: Path) -> None:
    """A few kilobytes that unpack to far more than allowed are refused."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"text\n" + b"x" * 20_000_000))
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match=r"unpacks to more than 1,000,000 bytes[\s\S]*TRUST_MAX_DATA_MIB"):
        table_from_file(str(path), SMALL)


def test_gzip_bomb_in_a_chain(tmp_path: Path) -> None:
    """Many small members in one gzip file count together."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"text\n") + gzip.compress(b"x" * 99_999 + b"\n") * 20)
    with pytest.raises(DataError, match="unpacks to more"):
        table_from_file(str(path), SMALL)


def test_parquet_bomb(tmp_path: Path) -> None:
    """A Parquet file that repeats one long text a hundred thousand times is refused while it unpacks."""
    long = pa.array(["x" * 10_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), long)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": column}), buffer, store_schema=False)
    path = tmp_path / "bomb.parquet"
    path.write_bytes(buffer.getvalue())
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match="unpacks to more than 1,000,000 bytes"):
        table_from_file(str(path), SMALL)


def test_damaged_gzip_stream(tmp_path: Path) -> None:
    """A stream that the unpacker cannot follow is an error of the file, not of the program."""
    whole = bytearray(gzip.compress(bytes(range(256)) * 50, compresslevel=9))
    whole[15:25] = b"\xff" * 10
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(bytes(whole))
    path = tmp_path / "d.csv.gz"
    path.write_bytes(bytes(whole))
    with pytest.raises(DataError, match="cannot be unpacked"):
        table_from_file(str(path), GENEROUS)


@pytest.mark.parametrize(
    "source",
    [
        "hub:../secret",
        "hub:/etc",
        "hub:./data",
        "hub:~/data",
        "hub:csv",
        "hub:",
        "hub:a/b/c",
        "hub:a/../b",
        "hub:a/" + "b" * 5000,
    ],
)
def test_hub_names_are_no_paths(source: str) -> None:
    """A hub name cannot be a path or one of the library's file readers."""
    with pytest.raises(DataError, match=r"names no data set of the hub[\s\S]*hub:OWNER/NAME"):
        hub_texts(DataSpec(source=source), GENEROUS)


def test_hub_name_of_a_local_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A local folder that is called like a hub data set is not read in its place."""
    (tmp_path / "owner" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="also the path"):
        hub_texts(DataSpec(source="hub:owner/name"), GENEROUS)
