"""The runs of this server as rows of a table, and two runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trust_core.domain.report import Report
from trust_core.export.figure_text import NO_FIGURE
from trust_core.jobs.record import Job
from trust_core.report.criteria import CRITERIA, label
from trust_core.report.wording import interval, spoken
from trust_core.ui.known_runs import KnownRun


def state_of(run: KnownRun) -> str:
    """What has become of a run, in a word."""
    if run.job is not None:
        return run.job.state
    return run.entry.state if run.entry else "done"


def run_row(run: KnownRun) -> dict[str, str]:
    """One run of the history."""
    job, entry = run.job, run.entry
    return {
        "Name": run.name,
        "State": _state_words(run),
        "Result": (entry.overall or entry.message or "") if entry else job.message if job else "",
        "Began": _when(job.created) if job else _shortened(entry.started) if entry else NO_FIGURE,
        "Owner": job.owner if job else "",
        "Started from": _origin(run),
        "Id": run.id,
    }


def _origin(run: KnownRun) -> str:
    if run.job is not None:
        return "the app"
    if run.example:
        return "bundled"
    return "imported" if run.imported else "the command line"


def _state_words(run: KnownRun) -> str:
    job = run.job
    if job is None:
        return state_of(run)
    if job.state == "queued" and job.position is not None:
        return f"waiting, place {job.position}"
    if job.state == "running":
        return f"running, {_progress(job)}"
    return job.state


def _progress(job: Job) -> str:
    if not job.phase:
        return "starting"
    return f"{job.phase}: {job.done:,} of {job.total:,} {job.unit}"


def _when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _shortened(stamp: str) -> str:
    return f"{stamp[:16].replace('T', ' ')} UTC"


def spec_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, str]]:
    """The fields in which two specs differ, by their dotted names."""
    one, other = _flat(first), _flat(second)
    return [
        {"Setting": name, "First run": one.get(name, "default"), "Second run": other.get(name, "default")}
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def _flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            found[prefix + name] = ", ".join(str(one) for one in value)
        else:
            found[prefix + name] = str(value)
    return found


def figure_differences(first: Report, second: Report) -> list[dict[str, str]]:
    """The verdicts and voting figures of two runs, one row a candidate and test, with their intervals."""
    one, other = _figures(first), _figures(second)
    return [
        {
            "Candidate": candidate,
            "Figure": figure,
            "First run": one.get((candidate, figure), NO_FIGURE),
            "Second run": other.get((candidate, figure), NO_FIGURE),
        }
        for candidate, figure in dict.fromkeys((*one, *other))
    ]


def _figures(report: Report) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for candidate in report.candidates:
        found[candidate.name, "Verdict"] = candidate.verdict.overall
        for part in candidate.verdict.dimensions.values():
            for test in part.tests:
                if test.estimate is None or test.low is None or test.high is None:
                    found[candidate.name, label(test)] = "not measured"
                    continue
                unit = CRITERIA[test.key].unit
                said = f"{spoken(test.estimate, unit)} ({interval(test.low, test.high, unit)})"
                found[candidate.name, label(test)] = f"{said}, {test.status}, n = {test.n:,}"
    return found
