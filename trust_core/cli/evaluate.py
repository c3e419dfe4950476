"""`evaluate`: the whole evaluation of one reference and its candidates."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from trust_core.cli.exit_codes import DIFFERENT, DONE, INCONCLUSIVE
from trust_core.cli.spec_options import add_spec_options, assignments, spec_from_options
from trust_core.cli.terminal import complain, progress_display, say
from trust_core.domain.measures import MIN_TEXTS
from trust_core.domain.report import Report
from trust_core.export.terminal import verdict_lines
from trust_core.report.controls import failed
from trust_core.settings import Settings, settings_from
from trust_core.wiring.engine import evaluate

Paths = Sequence[str]


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "evaluate",
        help="compare a reference with its candidates",
        description="Compare a reference with its candidates and write a report. Exit code 0: every "
        "candidate is equivalent; 1: one is different; 2: inconclusive, or a control failed.",
    )
    add_spec_options(parser)
    parser.add_argument("--out", metavar="DIR", required=True, help="folder of the run, new or to go on with")
    parser.add_argument(
        "--no-cache", action="store_true", help="compute everything anew, and keep nothing for later runs"
    )
    parser.set_defaults(command=_run, goes_on=True)


def _run(options: Namespace) -> int:
    report = evaluated_by_options(options)
    say(verdict_lines(report))
    say([f"Report: {Path(options.out) / 'report.html'}"])
    return exit_code(report)


def evaluated_by_options(options: Namespace) -> Report:
    """The report of the evaluation that the flags describe, in the folder that they name.

    Raises:
        TrustError: anything that the user has to mend first.
    """
    spec = spec_from_options(options)
    settings = settings_by_options(options)
    if options.no_cache:
        settings = replace(settings, cache_bytes=0)
    if spec.protocol == "corrected" and "reasons" in spec.dimensions and not spec.from_predictions:
        _warn_of_few(spec.most_explained)
    with progress_display() as progress:
        return evaluate(spec, Path(options.out), settings=settings, progress=progress)


def settings_by_options(options: Namespace) -> Settings:
    """Settings of the machine, which hold the paths of a spec file to its own folder and the current one."""
    settings = settings_from(os.environ)
    if not options.spec:
        return settings
    models, files = _typed(options)
    here = (Path(options.spec).resolve().parent, Path.cwd())
    return bound(settings, here, models=models, files=files)


def _warn_of_few(explained: int | None) -> None:
    """Say before the work begins that so few explained texts will not do."""
    if explained is not None and 0 < explained < MIN_TEXTS:
        complain(
            f"Note: {explained} explained texts are too few to compare reasons, which will read "
            f"`not measured`: it takes {MIN_TEXTS} or more (--explain-limit)."
        )


def exit_code(report: Report) -> int:
    """The exit code that a report stands for."""
    verdicts = [candidate.verdict.overall for candidate in report.candidates]
    if failed(report.controls):
        return INCONCLUSIVE
    if "different" in verdicts:
        return DIFFERENT
    return DONE if all(verdict == "equivalent" for verdict in verdicts) else INCONCLUSIVE


def bound(settings: Settings, folders: Sequence[Path], *, models: Paths = (), files: Paths = ()) -> Settings:
    """Settings that hold the paths of a spec that was read from a file to these folders, if no roots are set.

    Args:
        settings: of the machine.
        folders: where models and data may lie.
        models: models that were typed, which stay allowed wherever they lie.
        files: files that were typed, likewise.
    """
    return replace(
        settings,
        model_roots=settings.model_roots or tuple(dict.fromkeys((*folders, *_resolved(models)))),
        data_roots=settings.data_roots or tuple(dict.fromkeys((*folders, *_resolved(files)))),
    )


def _typed(options: Namespace) -> tuple[Paths, Paths]:
    """Names of models and of files that stand in the command line, as flags or in --set."""
    models = [options.reference, options.twin, *(options.candidate or ())]
    files = [
        *(options.data, options.reference_predictions, options.twin_predictions),
        *(options.candidate_predictions or ()),
    ]
    for path, value in assignments(options):
        values = value if isinstance(value, list) else [value]
        if path in {"reference", "twin", "candidates"}:
            models += values
        elif path in {
            *("data.source", "reference_predictions", "twin_predictions", "candidate_predictions"),
        }:
            files += values
        elif path == "data" and isinstance(value, dict):
            files.append(value.get("source"))
    return (
        [name for name in models if isinstance(name, str) and name],
        [name for name in files if isinstance(name, str) and name],
    )


def _resolved(names: Paths) -> list[Path]:
    paths = []
    for name in names:
        # A name that is no path (~nobody) is refused where it is opened.
        with suppress(OSError, ValueError, RuntimeError):
            paths.append(Path(name).expanduser().resolve())
    return paths
