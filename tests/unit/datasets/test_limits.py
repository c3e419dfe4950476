from pathlib import Path

import pytest

from tests.support.datasets_files import GENEROUS
from trust_core.datasets.limits import Limits, allowed_file
from trust_core.errors import DataError


def _limits(*roots: Path) -> Limits:
    return Limits(max_bytes=100, max_rows=10, roots=roots)


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A mistyped file name is answered with the file that was probably meant."""
    (tmp_path / "snli_test.csv").write_text("x")
    with pytest.raises(DataError, match=r"There is no file[\s\S]*Did you mean 'snli_test.csv'\?"):
        allowed_file(str(tmp_path / "snli_tset.csv"), GENEROUS)
    with pytest.raises(DataError, match="Check the path"):
        allowed_file(str(tmp_path / "quite-another.parquet"), GENEROUS)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """Where the folder is missing too, the message says that."""
    with pytest.raises(DataError, match=r"There is no folder .*nowhere either"):
        allowed_file(str(tmp_path / "nowhere" / "d.csv"), GENEROUS)


def test_folder_is_no_file(tmp_path: Path) -> None:
    """A folder is refused as a folder."""
    with pytest.raises(DataError, match="is a folder"):
        allowed_file(str(tmp_path), GENEROUS)


def test_too_large(tmp_path: Path) -> None:
    """A file of exactly the largest size passes, one byte more does not."""
    path = tmp_path / "d.csv"
    path.write_bytes(b"x" * 100)
    assert allowed_file(str(path), _limits(tmp_path)) == path
    path.write_bytes(b"x" * 101)
    with pytest.raises(DataError, match=r"101 bytes[\s\S]*100 \(TRUST_MAX_DATA_MIB\)"):
        allowed_file(str(path), _limits(tmp_path))


@pytest.mark.parametrize("name", ["nul\0byte.csv", "x" * 5000 + ".csv", "~no-such-user-at-all/d.csv"])
def test_impossible_names(name: str) -> None:
    """Names that no file can have are refused like any other wrong path."""
    with pytest.raises(DataError, match="cannot be opened"):
        allowed_file(name, GENEROUS)


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde stands for the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "d.csv").write_text("x")
    assert allowed_file("~/d.csv", GENEROUS) == tmp_path / "d.csv"
