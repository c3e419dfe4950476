"""`plan`: what a run will be and what it can settle, before it runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from trust_core.cli.evaluate import settings_by_options
from trust_core.cli.exit_codes import DONE, MENDABLE
from trust_core.cli.spec_options import add_spec_options, planned_spec, spec_from_options
from trust_core.cli.terminal import complain, say
from trust_core.domain.preflight import PreflightReport
from trust_core.domain.spec import Spec
from trust_core.errors import UsageError
from trust_core.export.figure_text import duration
from trust_core.export.foreign_text import printable
from trust_core.export.planning_text import hopeless_lines, plan_lines
from trust_core.report.planning import DISCORDANCE, PlannedMeasure, assumptions, planned, planned_of_check
from trust_core.wiring.engine import check

_SENTENCE = 2000
"""Characters of a sentence that are shown."""


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser: ArgumentParser = subparsers.add_parser(
        "plan",
        help="say what so many texts can settle, before anything is run",
        description="Look at models and texts without running them; say what so many texts can settle, how "
        "many a margin needs, and how long the run will take. With --texts nothing is read at all.",
    )
    add_spec_options(parser)
    arithmetic = parser.add_argument_group("planning")
    arithmetic.add_argument(
        "--texts", type=int, metavar="N", help="plan for N predicted texts; models and data are not read"
    )
    arithmetic.add_argument(
        "--discordance",
        type=float,
        metavar="P",
        default=DISCORDANCE,
        help="expected share of texts that one model has right and the other wrong "
        f"(default {DISCORDANCE}: two trainings of one model)",
    )
    parser.set_defaults(command=_run)


def _run(options: Namespace) -> int:
    if not 0 < options.discordance < 1:
        raise UsageError(
            f"--discordance {options.discordance:g} is no share of the texts.",
            allowed="A number above 0 and below 1.",
        )
    if options.texts is not None:
        return _arithmetic(options)
    spec = spec_from_options(options)
    found = check(spec, settings=settings_by_options(options))
    for problem in found.problems:
        complain("\n".join(part for part in (problem.what, problem.allowed, problem.remedy) if part))
    if not found.ok:
        return MENDABLE
    say(_said(spec, found, options.discordance))
    return DONE


def _arithmetic(options: Namespace) -> int:
    """The plan from numbers alone."""
    if options.texts < 1:
        raise UsageError(f"--texts {options.texts} is no number of texts.", allowed="1 or more.")
    spec = planned_spec(options)
    # Saved predictions hold no explanations.
    most = 0 if spec.from_predictions else spec.most_explained
    rows = planned(
        spec.margins,
        predicted=options.texts,
        explained=options.texts if most is None else min(most, options.texts),
        dimensions=spec.dimensions,
        discordance=options.discordance,
        from_twin=spec.margins_from_twin,
    )
    say([*_table(rows, options.discordance), "", *_assumed(options.discordance)])
    return DONE


def _said(spec: Spec, found: PreflightReport, discordance: float) -> list[str]:
    lines = [printable(found.name, longest=_SENTENCE)]
    lines += [printable(note, longest=_SENTENCE) for note in found.notes]
    data = found.data
    if data is not None:
        lines.append(f"{data.predicted:,} of {data.n:,} texts are predicted, {data.explained:,} explained.")
    if found.cost is not None:
        lines.append(f"It will take about {duration(found.cost.seconds)}, going by {found.cost.basis}.")
    if data is not None:
        rows = planned_of_check(spec, data, discordance=discordance)
        lines += ["", *_table(rows, discordance)]
    return [*lines, "", *_assumed(discordance)]


def _table(rows: Sequence[PlannedMeasure], discordance: float) -> list[str]:
    return [*plan_lines(rows), *hopeless_lines(rows, discordance)]


def _assumed(discordance: float) -> list[str]:
    return ["Assumed:", *(f"  {sentence}" for sentence in assumptions(discordance))]
