"""A run in one zip file: to hand it over, and to take in what somebody else hands over."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from trust_core.domain.report import Report
from trust_core.errors import RunError
from trust_core.store.atomic import write_atomically
from trust_core.store.folder import load_report

TABLES: Final = ("texts.parquet", "predictions.parquet", "pairs.parquet", "attributions.parquet")

TAKEN_IN: Final = ("report.json", *TABLES)
"""What is taken out of an archive. Pages, such as report.html, are not: they could hold anything."""

MOST_ENTRIES = 200
MOST_REPORT_BYTES = 64 * 1024**2


def archived(folder: Path) -> bytes:
    """A finished run as a zip file: every file but the work that an unfinished one has.

    Raises:
        RunIncomplete: it is not finished.
        RunError: it cannot be read.
    """
    load_report(folder)
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                    archive.write(file, file.name)
    except OSError as error:
        raise RunError(f"The run in {folder} cannot be read: {error.strerror or error}.") from error
    return buffer.getvalue()


def unpacked(content: bytes, folder: Path, *, max_bytes: int) -> Report:
    """Put the run in a zip file into a new folder; returns its report.

    Everything is checked before the first file is written. Files lie at the top of the archive or in one
    folder in it; names lead nowhere, since files are looked up by the names that a run has.

    Args:
        content: the zip file.
        folder: where to; must not exist.
        max_bytes: what all files together may take, unpacked.

    Raises:
        RunError: it is no archive of a finished run, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = dict(_files(archive, max_bytes))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as error:
        # An encrypted file is a RuntimeError, an unknown method a NotImplementedError.
        raise _refused(f"it is no zip file that can be read ({error})") from error
    report = _report(files)
    for name in TABLES:
        _check_table(name, files)
    marker = {"fingerprint": report.resolved.fingerprint, "name": name_of(report)}
    written = {**files, "spec.json": _json(report.spec), "run.json": _json(marker)}
    for name, data in written.items():
        write_atomically(folder / name, data)
    return report


def _files(archive: zipfile.ZipFile, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """The files that are taken in, by their names in a run."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _refused(f"it holds {len(entries):,} files, and a run has a dozen")
    reports = [entry.filename for entry in entries if entry.filename.split("/")[-1] == "report.json"]
    tops = sorted(name for name in reports if name.count("/") <= 1)
    if not tops:
        raise _refused("it holds no report.json, so it is no finished run")
    if len(tops) > 1:
        raise _refused("it holds more than one run")
    prefix = tops[0].removesuffix("report.json")
    left = max_bytes
    for name in TAKEN_IN:
        if prefix + name not in archive.namelist():
            raise _refused(f"{name} is missing")
        limit = min(left, MOST_REPORT_BYTES) if name == "report.json" else left
        # The size that the archive states may be false: what comes out is what counts.
        with archive.open(prefix + name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise _refused(f"its files take more than {max_bytes:,} bytes")
        left -= len(data)
        yield name, data


def _report(files: dict[str, bytes]) -> Report:
    try:
        return Report.model_validate_json(files["report.json"])
    except ValueError as error:
        raise _refused("its report.json is no report that this version can read") from error


def _check_table(name: str, files: dict[str, bytes]) -> None:
    try:
        pq.read_schema(io.BytesIO(files[name]))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refused(f"{name} is no Parquet file") from error


def name_of(report: Report) -> str:
    """What a list of runs calls the run of this report."""
    candidates = ", ".join(candidate.name for candidate in report.candidates)
    reference = next((model.name for model in report.resolved.models if model.role == "reference"), "")
    return f"{candidates} against {reference}"[:200]


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _refused(why: str) -> RunError:
    return RunError(
        f"The file cannot be taken in: {why}.",
        allowed="A zip file of a finished run: report.json and its four Parquet tables.",
    )
