"""The folder of one run."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trust_core.domain.report import Report
from trust_core.domain.spec import NOT_IN_FINGERPRINT
from trust_core.errors import RunConflict, RunError, RunIncomplete
from trust_core.store.atomic import remove_partials, write_atomically
from trust_core.store.shards import Shards

_PARTIAL = "partial"
_PARTIAL_FOLDER = re.compile(r"partial-([0-9]{1,9})")

_CLAIM = "work/.claim"
"""The file whose lock says that a process works on the run; it goes with the work when that is done."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Everything that one run has written.

    Attributes:
        path: the folder, absolute.
        fingerprint: of the run's resolved spec.
    """

    path: Path
    fingerprint: str

    def shards(self, *parts: str) -> Shards:
        """The shards of one piece of work, named by `parts`."""
        return Shards(self.path.joinpath("work", *parts))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one of the run's files."""
        path = self.path / name
        write_atomically(path, content.encode() if isinstance(content, str) else content)
        return path

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the folder while its run is worked on; the claim goes with the process, however that ends.

        Raises:
            RunConflict: another process works on this run.
        """
        file = self.path / _CLAIM
        file.parent.mkdir(exist_ok=True)
        with file.open("w", encoding="utf-8") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunConflict(
                    f"Another process is working on the run in {self.path}.",
                    remedy="Wait for it, or stop it: the same command then goes on from there.",
                ) from error
            remove_partials(self.path)
            yield

    def write_partial(self, files: Mapping[str, bytes]) -> Path:
        """Put down what is known so far, beside the work: `results_folder` finds the newest.

        The one before it stays, for readers that have it open.
        """
        work = self.path / "work"
        known = sorted(_partials(work))
        folder = work / f"{_PARTIAL}-{known[-1] + 1 if known else 1}"
        for name, content in files.items():
            write_atomically(folder / name, content)
        write_atomically(work / _PARTIAL, folder.name.encode())
        for number in known[:-1]:
            shutil.rmtree(work / f"{_PARTIAL}-{number}", ignore_errors=True)
        return folder

    def remove_work(self) -> None:
        """Remove the shards: the run is finished, and its tables hold what they held."""
        shutil.rmtree(self.path / "work", ignore_errors=True)

    @property
    def finished(self) -> bool:
        """Whether the report is written."""
        return (self.path / "report.json").exists()


def open_run(
    path: Path, *, fingerprint: str, spec: dict[str, Any], name: str, directory: Path | None = None
) -> RunFolder:
    """The folder of the run with this fingerprint: a new one, or the one that is there already.

    Args:
        path: the folder.
        fingerprint: of the resolved spec.
        spec: as given.
        name: for lists of runs.
        directory: what relative paths in the spec start from, kept for `runs resume`.

    Raises:
        RunConflict: the folder belongs to another spec, or holds files of something else.
    """
    path = path.resolve()
    if (path / "run.json").exists():
        known = existing_run(path).fingerprint
        if known != fingerprint:
            raise RunConflict(
                f"{path} already holds the run {known[:12]} of another spec"
                f" ({_difference(spec_of_run(path), spec)}).",
                allowed="One folder holds one run.",
                remedy="Give another --out, or repeat the command that began this run to go on with it.",
            )
        return RunFolder(path, fingerprint)
    if path.exists() and not path.is_dir():
        raise RunConflict(f"{path} is a file.", remedy="Give a new or empty folder with --out.")
    if path.exists() and _holds_something_else(path):
        raise RunConflict(
            f"{path} is not empty and holds no run.", remedy="Give a new or empty folder with --out."
        )
    run = RunFolder(path, fingerprint)
    run.write("spec.json", json.dumps(spec, indent=2, ensure_ascii=False) + "\n")
    # Last, since this file makes the folder a run.
    marker = {"fingerprint": fingerprint, "name": name}
    if directory is not None:
        marker["directory"] = str(directory.resolve())
    run.write("run.json", json.dumps(marker, indent=2, ensure_ascii=False) + "\n")
    return run


def existing_run(path: Path) -> RunFolder:
    """The run in a folder.

    Raises:
        RunError: there is none.
    """
    marker = path / "run.json"
    content = _json(marker)
    if not isinstance(content.get("fingerprint"), str):
        raise RunError(
            f"{marker} names no fingerprint.", remedy="The folder is damaged: give another one with --out."
        )
    return RunFolder(path.resolve(), content["fingerprint"])


def results_folder(path: Path) -> tuple[Path, bool] | None:
    """Where the newest results of a run are, and whether they are final; None: nothing is known yet.

    The folder holds report.json, texts.parquet, predictions.parquet, pairs.parquet and attributions.parquet.
    A partial one goes when a run has ended or has come further twice: whoever reads it then asks again.
    """
    for folder, final in ((path, True), (_newest_partial(path), False), (path, True)):
        # The last look is for a run that has ended in between.
        if folder is not None and (folder / "report.json").exists():
            return folder, final
    return None


def _newest_partial(path: Path) -> Path | None:
    try:
        name = (path / "work" / _PARTIAL).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return path / "work" / name if _PARTIAL_FOLDER.fullmatch(name) else None


def _partials(work: Path) -> Iterator[int]:
    for entry in work.glob(f"{_PARTIAL}-*"):
        if found := _PARTIAL_FOLDER.fullmatch(entry.name):
            yield int(found[1])


def is_claimed(path: Path) -> bool:
    """Whether a process works on the run in this folder now."""
    try:
        with (path / _CLAIM).open(encoding="utf-8") as claim:
            fcntl.flock(claim, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def directory_of_run(path: Path) -> Path | None:
    """What relative paths in a run's spec start from, where it was kept and is still there."""
    kept = _json(path / "run.json").get("directory")
    return Path(kept) if isinstance(kept, str) and Path(kept).is_dir() else None


def spec_of_run(path: Path) -> dict[str, Any]:
    """The spec as it was given to the run in a folder."""
    return _json(path / "spec.json")


def load_report(path: str | Path) -> Report:
    """Read a finished report from a run folder or from its report.json.

    Needs neither the models nor the data.

    Raises:
        RunIncomplete: the run has no report yet.
        RunError: the file is no report of a version that this program reads.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "report.json"
    try:
        return Report.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise RunIncomplete(
            f"{file} does not exist: the run is not finished, or this is no run folder.",
            remedy="Repeat the command of the run to finish it: it goes on where it stopped.",
        ) from error
    except OSError as error:
        raise RunError(f"{file} cannot be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunError(
            f"{file} is no report that this version can read: {first['msg']} at {where}.",
            allowed="A report.json with schema_version 1.",
        ) from error


def _holds_something_else(path: Path) -> bool:
    # A run that was killed while it was being opened has left spec.json or a partial file.
    return any(
        entry.name != "spec.json" and not (entry.name.startswith(".") and entry.name.endswith(".partial"))
        for entry in path.iterdir()
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise RunError(f"{path.parent} holds no run: {path.name} is missing.") from error
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} is not what a run writes.")
    return content


def _difference(known: dict[str, Any], given: dict[str, Any]) -> str:
    before, now = (_flat(json.loads(json.dumps(spec))) for spec in (known, given))
    names = sorted(
        name
        for name in before.keys() | now.keys()
        if name.split(".")[0] not in NOT_IN_FINGERPRINT and before.get(name) != now.get(name)
    )
    return "different: " + ", ".join(names) if names else "the contents of the data or of a model changed"


def _flat(spec: dict[str, Any], above: str = "") -> dict[str, Any]:
    """The single values of a spec by their path, such as `lime.samples`."""
    values: dict[str, Any] = {}
    for name, value in spec.items():
        values |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return values
