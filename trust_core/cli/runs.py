"""`runs`: what was run on this machine, and what can be done with it again."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

from trust_core.cli.evaluate import bound
from trust_core.cli.exit_codes import DONE
from trust_core.cli.terminal import progress_display, say
from trust_core.domain.spec import Spec
from trust_core.domain.spec_reading import read_part
from trust_core.errors import UsageError, nearest
from trust_core.export.frames import csv_of_parquet
from trust_core.export.terminal import verdict_lines
from trust_core.settings import settings_from
from trust_core.store.folder import directory_of_run, existing_run, is_claimed, load_report, spec_of_run
from trust_core.store.registry import Registry, RunEntry
from trust_core.wiring.engine import evaluate

FORMATS = ("html", "json", "md", "tex", "csv", "parquet")


def add_command(subparsers: Any) -> None:
    """Add the command and its own commands to the parser."""
    parser: ArgumentParser = subparsers.add_parser("runs", help="list, show, resume or export runs")
    own = parser.add_subparsers(required=True, metavar="list|show|resume|export")
    own.add_parser("list", help="all runs, the newest first").set_defaults(command=_list)
    show = own.add_parser("show", help="the verdict of a run")
    resume = own.add_parser("resume", help="go on with a run that was stopped")
    export = own.add_parser("export", help="copy a run's results")
    for command, function in ((show, _show), (resume, _resume), (export, _export)):
        command.add_argument("run", metavar="RUN", help="its id (the beginning will do) or its folder")
        command.set_defaults(command=function, goes_on=function is _resume)
    export.add_argument("--format", required=True, metavar="F", help="one of " + ", ".join(FORMATS))
    export.add_argument("--out", required=True, metavar="DIR", help="where to")


def _list(options: Namespace) -> int:
    del options
    runs = _registry().runs()
    if not runs:
        say(["No run is registered yet. `python -m trust_core demo` makes one."])
        return DONE
    head = ("ID", "CHANGED (UTC)", "STATE", "NAME", "VERDICTS", "FOLDER")
    rows = [
        (
            run.id,
            run.changed[:16].replace("T", " "),
            _state(run),
            run.name,
            run.overall or run.message or "-",
            str(run.path),
        )
        for run in runs
    ]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    say(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )
    return DONE


def _show(options: Namespace) -> int:
    say(verdict_lines(load_report(_folder(options.run))))
    return DONE


def _resume(options: Namespace) -> int:
    folder = _folder(options.run).resolve()
    spec = read_part(Spec, spec_of_run(folder), source=str(folder / "spec.json"))
    settings = settings_from(os.environ)
    if not _began_here(folder):
        # A folder that somebody handed over may name any path, its own directory included.
        settings = bound(settings, (folder, Path.cwd()))
    with chdir(directory_of_run(folder) or Path.cwd()), progress_display() as progress:
        report = evaluate(spec, folder, settings=settings, progress=progress)
    say(verdict_lines(report))
    return DONE


def _began_here(folder: Path) -> bool:
    """Whether this machine's registry knows the run: then its paths were allowed when it began."""
    fingerprint = existing_run(folder).fingerprint
    return any(run.path == folder and run.fingerprint == fingerprint for run in _registry().runs())


def _state(run: RunEntry) -> str:
    """The state of a run; one that was killed could not say itself that it no longer runs."""
    return "stopped" if run.state == "running" and not is_claimed(run.path) else run.state


def _export(options: Namespace) -> int:
    if options.format not in FORMATS:
        raise UsageError(f"There is no format {options.format!r}.", allowed=nearest(options.format, FORMATS))
    folder = _folder(options.run)
    load_report(folder)
    target = Path(options.out)
    try:
        target.mkdir(parents=True, exist_ok=True)
        if options.format == "csv":
            for file in sorted(folder.glob("*.parquet")):
                content = csv_of_parquet(file.read_bytes())
                (target / f"{file.stem}.csv").write_text(content, encoding="utf-8")
                say([str(target / f"{file.stem}.csv")])
            return DONE
        for file in sorted(folder.glob(f"*.{options.format}")):
            (target / file.name).write_bytes(file.read_bytes())
            say([str(target / file.name)])
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(
            f"The results cannot be copied to {target}: {error.strerror or error}.",
            remedy="Give a folder that can be written with --out.",
        ) from error
    return DONE


def _folder(run: str) -> Path:
    # A name that is no path (~nobody) may still be the beginning of an id.
    with suppress(OSError, ValueError, RuntimeError):
        here = Path(run).expanduser()
        if (here / "run.json").exists():
            return here
    return _registry().find(run).path


def _registry() -> Registry:
    return Registry(settings_from(os.environ).home)
