"""The page Runs."""

from pathlib import Path

import pytest

from tests.support.report_samples import sample_report
from tests.support.ui_runs import RUN, app_on, said, write_hostile_run, write_run
from trust_core.settings import settings_from
from trust_core.store.folder import load_report
from trust_core.store.registry import Registry
from trust_core.ui.runs.rows import figure_differences, spec_differences
from trust_core.wiring.web import workplace

pytestmark = pytest.mark.slow


def _history(app):
    return next(one.value for one in app.dataframe if "Started from" in one.value)


def test_empty_server_shows_the_example(home: Path, repository: Path) -> None:
    """Before anything has been run, the example is listed, and the page says what it is."""
    app = app_on("runs", repository, run="")
    assert not app.exception
    assert list(_history(app)["Started from"]) == ["bundled"]
    assert any("Nothing has been run here yet" in one.value for one in app.caption)


def test_finished_run_is_listed_with_its_state(home: Path, repository: Path) -> None:
    """A run of the command line stands in the history."""
    write_run(home)
    app = app_on("runs", repository)
    assert not app.exception
    assert dict(zip(_history(app)["Id"], _history(app)["State"], strict=True))[RUN] == "done"


def test_killed_run_is_interrupted(home: Path, repository: Path) -> None:
    """A run that no process works on any more is not called running."""
    write_run(home, partial=True)
    app = app_on("runs", repository)
    assert dict(zip(_history(app)["Id"], _history(app)["State"], strict=True))[RUN] == "interrupted"


def test_failed_run_says_why(home: Path, repository: Path) -> None:
    """The reason of a failure is in the list."""
    folder = write_run(home)
    Registry(home).record(
        folder,
        fingerprint="c0ffee" + "0" * 58,
        name="sample",
        state="failed",
        message="The weights are incomplete.",
    )
    app = app_on("runs", repository)
    assert "The weights are incomplete." in list(_history(app)["Result"])


def test_chosen_run_can_be_opened_and_exported(home: Path, repository: Path) -> None:
    """A chosen run shows its command and the ways on."""
    write_run(home)
    app = app_on("runs", repository)
    app.session_state["runs-chosen"] = RUN
    app.run()
    assert not app.exception
    assert any(button.key == "run-open" for button in app.button)
    assert any("python -m trust_core evaluate" in code.value for code in app.code)


def test_the_second_run_of_an_evaluation_is_meant_when_it_is_chosen(home: Path, repository: Path) -> None:
    """The original below its import opens, and goes off the list, as itself; the import stays."""
    original = write_run(home / "other")
    fingerprint = load_report(original).resolved.fingerprint
    Registry(home).record(original, fingerprint=fingerprint, name="sample", state="done")
    web = workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"}))
    taken = web.import_run(web.export_run(original))
    app = app_on("runs", repository, run="")
    history = _history(app)
    assert history["Started from"].tolist() == ["bundled", "imported", "the command line"]
    app.session_state["runs-chosen"] = history["Id"][2]
    app.run()
    assert str(original) in said(app)
    app.button(key="run-open").click().run()
    assert app.session_state["run"] == history["Id"][2]
    app.switch_page("../../pages/runs.py").run()
    app.button(key="run-forget").click().run()
    assert not app.exception
    assert (taken.path / "report.json").exists()
    assert _history(app)["Started from"].tolist() == ["bundled", "imported"]
    # It was looked at, and is gone: no warning about what the visitor has just removed.
    assert app.session_state["run"] == ""
    assert not app.warning


def test_read_only_server_changes_nothing(home: Path, repository: Path, monkeypatch) -> None:
    """On a read-only server no button changes a run."""
    monkeypatch.setenv("TRUST_READ_ONLY", "1")
    write_run(home)
    app = app_on("runs", repository)
    app.session_state["runs-chosen"] = RUN
    app.run()
    assert not app.exception
    assert not {button.key for button in app.button} & {
        "run-forget",
        "run-delete",
        "run-cancel",
        "run-resume",
    }


def test_two_runs_are_compared(home: Path, repository: Path) -> None:
    """The example and another run stand side by side: settings that differ, and voting figures."""
    write_run(home)
    app = app_on("runs", repository)
    assert any("First run" in one.value and "Setting" in one.value for one in app.dataframe)
    assert any("First run" in one.value and "Figure" in one.value for one in app.dataframe)


def test_hostile_run_is_listed_as_text(home: Path, repository: Path) -> None:
    """Hostile names draw, and the chosen run's name is escaped."""
    write_hostile_run(home)
    app = app_on("runs", repository)
    app.session_state["runs-chosen"] = RUN
    app.run()
    assert not app.exception


def test_spec_differences_name_nested_settings() -> None:
    """A setting that one run leaves at its default is named as such."""
    found = spec_differences({"lime": {"samples": 500}, "seed": 1}, {"seed": 1})
    assert found == [{"Setting": "lime.samples", "First run": "500", "Second run": "default"}]


def test_figure_differences_hold_every_voting_figure() -> None:
    """Every test of both runs has a row, with its interval and n."""
    report = sample_report()
    rows = figure_differences(report, report)
    tests = [
        test
        for candidate in report.candidates
        for part in candidate.verdict.dimensions.values()
        for test in part.tests
    ]
    assert len(rows) == len(tests) + len(report.candidates)
    assert all(row["First run"] == row["Second run"] for row in rows)
