"""Runs as zip files."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.support.ui_runs import write_run
from trust_core.errors import RunError, RunIncomplete
from trust_core.store import archive
from trust_core.store.archive import archived, unpacked
from trust_core.store.folder import existing_run, load_report

PLENTY = 50_000_000


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run with a page in it."""
    folder = write_run(tmp_path)
    (folder / "report.html").write_text("<script>alert(1)</script>")
    return folder


def packed(files: dict[str, bytes]) -> bytes:
    """A zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


def files_of(content: bytes) -> dict[str, bytes]:
    """What a zip file holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return {name: source.read(name) for name in source.namelist()}


def test_there_and_back(run: Path, tmp_path: Path) -> None:
    """A run arrives as it left, and is one of its own; pages are left out, since they could hold anything."""
    content = archived(run)
    assert "report.html" in files_of(content)
    target = tmp_path / "elsewhere"
    report = unpacked(content, target, max_bytes=PLENTY)
    assert report == load_report(run) == load_report(target)
    assert existing_run(target).fingerprint == report.resolved.fingerprint
    assert sorted(file.name for file in target.iterdir()) == sorted(
        ["report.json", "run.json", "spec.json", *archive.TABLES]
    )
    assert all((target / name).read_bytes() == (run / name).read_bytes() for name in archive.TABLES)


def test_a_folder_in_the_archive(run: Path, tmp_path: Path) -> None:
    """Whoever zips the folder itself is understood."""
    inner = {f"my run/{name}": content for name, content in files_of(archived(run)).items()}
    assert unpacked(packed(inner), tmp_path / "new", max_bytes=PLENTY) == load_report(run)


def test_no_name_leads_elsewhere(run: Path, tmp_path: Path) -> None:
    """Entries with other names, paths upwards among them, are never written."""
    files = files_of(archived(run)) | {
        "../evil.txt": b"x",
        "/etc/evil": b"x",
        "work/../../evil": b"x",
        "evil.py": b"x",
    }
    before = set(tmp_path.rglob("*"))
    unpacked(packed(files), tmp_path / "new", max_bytes=PLENTY)
    written = {path.name for path in tmp_path.rglob("*") if path not in before}
    assert written == {"new", "report.json", "run.json", "spec.json", *archive.TABLES}


def test_a_link_is_no_file(run: Path, tmp_path: Path) -> None:
    """A link in an archive is read as the text that it holds, which is no table."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files_of(archived(run)).items():
            if name == "texts.parquet":
                entry = zipfile.ZipInfo(name)
                entry.external_attr = 0o120777 << 16
                target.writestr(entry, "/etc/passwd")
            else:
                target.writestr(name, content)
    with pytest.raises(RunError, match="no Parquet file"):
        unpacked(buffer.getvalue(), tmp_path / "new", max_bytes=PLENTY)
    assert not (tmp_path / "new").exists()


def broken(files: dict[str, bytes], how: str) -> bytes:
    """An archive with one thing wrong."""
    if how == "missing":
        del files["pairs.parquet"]
    elif how == "no report":
        del files["report.json"]
    elif how == "bad report":
        files["report.json"] = json.dumps({"schema_version": 1}).encode()
    elif how == "two runs":
        files |= {f"other/{name}": content for name, content in files.items()}
    elif how == "many":
        files |= {f"{at}.txt": b"" for at in range(300)}
    return packed(files)


@pytest.mark.parametrize(
    "how, said",
    [
        ("missing", r"pairs\.parquet is missing"),
        ("no report", "no finished run"),
        ("bad report", "no report that this version can read"),
        ("two runs", "more than one run"),
        ("many", "a dozen"),
    ],
)
def test_what_is_no_run_is_refused(run: Path, tmp_path: Path, how: str, said: str) -> None:
    """The refusal says what is wrong, and nothing is written."""
    with pytest.raises(RunError, match=said):
        unpacked(broken(files_of(archived(run)), how), tmp_path / "new", max_bytes=PLENTY)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"x" * 1000])
def test_what_is_no_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Any bytes may be uploaded."""
    with pytest.raises(RunError, match="no zip file"):
        unpacked(content, tmp_path / "new", max_bytes=PLENTY)


def test_damaged_contents_are_refused(run: Path, tmp_path: Path) -> None:
    """A single bit within the packed data is noticed."""
    content = bytearray(archived(run))
    content[len(content) // 3] ^= 0xFF
    with pytest.raises(RunError):
        unpacked(bytes(content), tmp_path / "new", max_bytes=PLENTY)


def test_a_small_file_that_unpacks_to_a_large_one(run: Path, tmp_path: Path) -> None:
    """What comes out is counted, whatever the archive says of itself."""
    files = files_of(archived(run)) | {"texts.parquet": b"0" * 30_000_000}
    content = packed(files)
    assert len(content) < 1_000_000
    with pytest.raises(RunError, match="more than 20,000,000 bytes"):
        unpacked(content, tmp_path / "new", max_bytes=20_000_000)


def test_an_unfinished_run_is_not_handed_over(tmp_path: Path) -> None:
    """There is nothing to hand over before the report."""
    with pytest.raises(RunIncomplete):
        archived(write_run(tmp_path, partial=True))
