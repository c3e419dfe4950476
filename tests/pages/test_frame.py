"""What every page has around it: runs, jobs in all their states, chosen texts, and who may do what."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.ui_jobs import ended_job, queue_of, running_job, waiting_job
from tests.support.ui_runs import RUN, app_on, said, write_hostile_run, write_run
from trust_core.jobs.record import Job
from trust_core.ui.state import TextFilter

pytestmark = pytest.mark.slow

ENTRY = "trust_core/ui/entry.py"

HOSTILE_NAME = "<b>bold</b> ![x](http://127.0.0.1:9/x.png) $x$ \u202e"


def keys(app: AppTest) -> set[str]:
    """The buttons that are there."""
    return {str(button.key) for button in app.button}


def with_partial_results(home: Path, job: Job) -> None:
    """Give a job the results of a run that is on its way."""
    shutil.copytree(write_run(home, partial=True), job.folder)
    shutil.rmtree(home / "runs" / "sample")


def test_a_waiting_job_says_its_place(home: Path, repository: Path) -> None:
    """Who waits is told for how many, that nobody works, and may leave the queue."""
    job = waiting_job(home)
    app = app_on("reasons", repository, run=job.id)
    assert not app.exception
    assert "This run waits. It is the next one." in said(app).replace("*", "")
    assert "No worker runs" in said(app)
    app.button(key="job-cancel").click().run()
    assert queue_of(home).job(job.id).state == "cancelled"
    assert "This run was cancelled." in said(app)


def test_a_running_job_says_how_far_it_is(home: Path, repository: Path) -> None:
    """Phase, count, rate and time left are there while nothing else is."""
    with running_job(home) as job:
        app = app_on("answers", repository, run=job.id)
        assert not app.exception
        bar = app.get("progress")[0]
        assert "Explaining nli-reference by LIME" in said(app)
        assert bar.value == 20
        text = bar.text.replace("\\", "")
        assert text == "12 of 60 texts, 2.0 s for each, about 2 min left in this step"


def test_results_so_far_are_shown_while_the_run_goes_on(home: Path, repository: Path) -> None:
    """The page is drawn from what is known, and says that it is not all."""
    with running_job(home) as job:
        with_partial_results(home, job)
        app = app_on("verdict", repository, run=job.id)
        assert not app.exception
        assert app.get("progress")
        assert "Partial results" in said(app)
        assert app.header


@pytest.mark.parametrize(
    "state, headline",
    [
        ("failed", "This run failed."),
        ("cancelled", "This run was cancelled."),
        ("interrupted", "This run was interrupted."),
    ],
)
def test_a_stopped_job_says_why_and_goes_on_when_asked(
    home: Path, repository: Path, state: Any, headline: str
) -> None:
    """The reason, the last lines of the log, what is kept, and the way on."""
    job = ended_job(
        home, state, message="The weights of <b>student</b> are missing.", log_tail="line 1\nline 2"
    )
    app = app_on("verdict", repository, run=job.id)
    assert not app.exception
    words = said(app)
    assert headline in words
    assert "The weights of <b>student</b> are missing." in words
    assert "line 1\nline 2" in words
    app.button(key="job-resume").click().run()
    assert queue_of(home).job(job.id).state == "queued"
    assert "This run waits." in said(app)


def test_a_stopped_job_keeps_its_results(home: Path, repository: Path) -> None:
    """What was finished before the end is shown below the reason."""
    job = ended_job(home, "interrupted", message="Its worker ended.")
    with_partial_results(home, job)
    app = app_on("verdict", repository, run=job.id)
    assert "The results so far are below." in said(app)
    assert app.header


def test_a_job_that_cannot_go_on_says_why(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is shown beside the button that was pressed."""
    job = ended_job(home, "failed", message="It failed.")
    app = app_on("verdict", repository, run=job.id)
    monkeypatch.setenv("TRUST_MAX_QUEUE", "1")
    waiting_job(home, spec=waiting_spec())
    app.button(key="job-resume").click().run()
    assert "The queue is full" in said(app)
    assert queue_of(home).job(job.id).state == "failed"


def waiting_spec() -> Any:
    """Another evaluation than the usual one."""
    from tests.support.ui_jobs import SPEC

    return SPEC.model_copy(update={"seed": 7})


def test_a_read_only_server_changes_nothing(
    home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no button, and one that was there before does nothing."""
    job = ended_job(home, "failed", message="It failed.")
    before = app_on("verdict", repository, run=job.id)
    monkeypatch.setenv("TRUST_READ_ONLY", "1")
    after = app_on("verdict", repository, run=job.id)
    assert "job-resume" not in keys(after)
    before.button(key="job-resume").click().run()
    assert queue_of(home).job(job.id).state == "failed"


def test_a_folder_that_is_no_run_of_ours_is_named(home: Path, repository: Path) -> None:
    """A damaged report is an error on the page, and the frame stays whole."""
    folder = write_run(home)
    (folder / "report.json").write_text('{"schema_version": 99}', encoding="utf-8")
    app = app_on("verdict", repository)
    assert not app.exception
    assert "This cannot be shown." in said(app)
    assert "schema_version" in said(app)
    assert len(app.sidebar.selectbox) == 1


def test_a_run_without_results_offers_the_way_on(home: Path, repository: Path) -> None:
    """Nothing yet is a state of its own."""
    folder = write_run(home)
    (folder / "report.json").unlink()
    app = app_on("reasons", repository)
    assert not app.exception
    assert "This run has no results yet." in said(app)


def test_a_home_that_cannot_be_read_still_shows_the_example(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its tables the app says so and shows what it brings along."""
    (tmp_path / "runs.sqlite").mkdir()
    monkeypatch.setenv("TRUST_HOME", str(tmp_path))
    app = app_on("verdict", repository)
    assert not app.exception
    assert "runs.sqlite" in said(app)
    assert app.header


def test_the_choice_in_the_sidebar_is_what_the_address_says(home: Path, repository: Path) -> None:
    """Choosing a run or a candidate writes the address, and another run begins anew."""
    write_run(home)
    app = AppTest.from_file(str(repository / ENTRY), default_timeout=60).run()
    app.sidebar.selectbox(key="run-choice").set_value(RUN).run()
    assert app.session_state["run"] == RUN
    second = app.sidebar.selectbox(key="candidate-choice").options[-1]
    app.sidebar.selectbox(key="candidate-choice").set_value(second).run()
    assert app.session_state["candidate"] == second
    app.sidebar.selectbox(key="run-choice").set_value("example").run()
    assert app.session_state["run"] == ""
    assert app.session_state["candidate"] == ""


PAGES = ("verdict", "answers", "reliability", "reasons", "inspector", "setup", "runs", "methods")


def test_a_link_that_leads_nowhere_says_so_on_every_page(home: Path, repository: Path) -> None:
    """Nobody takes the example for the run that the address names; a run that is there has no such words."""
    write_run(home)
    warning = "The run that the address names is not here, or not yours. The example is shown."
    app = app_on("verdict", repository, run="0123456789ab")
    for page in PAGES:
        app.switch_page(f"../../pages/{page}.py").run()
        assert warning in said(app), page
    for known in (RUN, "example", ""):
        assert warning not in said(app_on("methods", repository, run=known)), known


def test_chosen_texts_are_named_on_every_page_and_let_go(home: Path, repository: Path) -> None:
    """A choice of texts is a chip on each page of its run; one click ends it."""
    write_run(home)
    app = app_on("answers", repository)
    app.session_state["text-filter"] = TextFilter(RUN, ("a", "b"), "bin <b>0.8</b>")
    for page in ("reliability", "verdict"):
        app.switch_page(f"../../pages/{page}.py").run()
        chip = app.button(key="text-filter-chip")
        assert chip.label.replace("\\", "") == "Only bin <b>0.8</b> (2 texts)"
    chip.click().run()
    assert "text-filter-chip" not in keys(app)


def test_texts_of_another_run_are_not_chosen(home: Path, repository: Path) -> None:
    """A choice belongs to the run whose texts it holds."""
    write_run(home)
    app = app_on("verdict", repository)
    app.session_state["text-filter"] = TextFilter("another", ("a",), "bin")
    app.run()
    assert "text-filter-chip" not in keys(app)


def test_app_py_is_a_script_as_well(home: Path, repository: Path) -> None:
    """A test that runs app.py as a script gets the pages, as a server does that imports it."""
    app = AppTest.from_file(str(repository / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Verdict"]


def test_names_of_others_stay_names(home: Path, repository: Path) -> None:
    """A run with a hostile name, hostile models and texts opens on every page, and its name is a name."""
    write_hostile_run(home)
    job = waiting_job(home, name=HOSTILE_NAME)
    for page in ("verdict", "answers", "reliability", "reasons", "inspector", "runs"):
        assert not app_on(page, repository).exception, page
    app = app_on("verdict", repository, run=job.id)
    assert any(HOSTILE_NAME in option for option in app.sidebar.selectbox(key="run-choice").options)


def test_sign_in_comes_before_everything(home: Path, repository: Path) -> None:
    """Where the server asks for a sign-in, nothing is shown without one."""
    write_run(home)
    app = AppTest.from_file(str(repository / ENTRY), default_timeout=60)
    app.secrets["auth"] = {"redirect_uri": "http://127.0.0.1/oauth2callback", "cookie_secret": "x"}
    app.run()
    assert not app.exception
    assert [button.label for button in app.button] == ["Sign in"]
    assert len(app.sidebar) == 0
