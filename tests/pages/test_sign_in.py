"""Where visitors sign in, nobody sees what others have brought."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ui_jobs import SPEC, queue_of, waiting_job
from tests.support.ui_runs import app_on, said, write_run
from trust_core.domain.spec import DataSpec
from trust_core.jobs.record import Job
from trust_core.settings import settings_from
from trust_core.store.registry import Registry
from trust_core.ui import visitor
from trust_core.wiring.web import workplace

pytestmark = pytest.mark.slow


@pytest.fixture
def upload(home: Path) -> Path:
    """A file that Ann has brought."""
    web = workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"}))
    return web.uploads.save("ann", "secret.csv", b"text_a,text_b,label\nA dog runs.,A dog.,entailment\n")


@pytest.fixture
def private(home: Path, upload: Path) -> Job:
    """Her comparison on it, which waits."""
    spec = SPEC.model_copy(update={"data": DataSpec(source=str(upload))})
    return waiting_job(home, spec=spec, owner="ann", name="on her own texts")


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Signs a visitor in."""

    def sign_in(name: str) -> None:
        monkeypatch.setattr(visitor, "sign_in_is_on", lambda: True)
        monkeypatch.setattr(visitor, "signed_in", lambda: True)
        monkeypatch.setattr(visitor, "owner", lambda: name)

    return sign_in


def _listed(app) -> list[str]:
    table = next(one.value for one in app.dataframe if "Started from" in one.value)
    return list(table["Name"])


def test_runs_on_uploads_are_their_owners_alone(
    repository: Path, private: Job, signed_in: Callable[[str], None]
) -> None:
    """Ann finds her run in the list; Bob does not, and its address shows him the example."""
    signed_in("ann")
    assert "on her own texts" in _listed(app_on("runs", repository, run=""))
    signed_in("bob")
    assert _listed(app_on("runs", repository, run="")) == ["Example"]
    app = app_on("verdict", repository, run=private.id)
    assert app.sidebar.selectbox(key="run-choice").value == "example"
    assert "not here, or not yours" in said(app)
    assert "on her own texts" not in said(app)


def test_imported_runs_are_their_owners_alone(
    home: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory, signed_in: Callable[[str], None]
) -> None:
    """What Ann has taken in is in her list, not in Bob's, and a button that he kept does not remove it."""
    web = workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"}))
    content = web.export_run(write_run(tmp_path_factory.mktemp("other")))
    entry = web.import_run(content, owner="ann")
    signed_in("ann")
    of_ann = app_on("runs", repository, run="")
    assert _listed(of_ann) == ["Example", entry.name]
    of_ann.session_state["runs-chosen"] = entry.id
    of_ann.run()
    signed_in("bob")
    assert _listed(app_on("runs", repository, run="")) == ["Example"]
    of_ann.button(key="run-forget").click().run()
    assert "belongs to somebody else" in said(of_ann)
    assert (entry.path / "report.json").exists()


def test_nobody_cancels_the_run_of_another(
    home: Path, repository: Path, signed_in: Callable[[str], None]
) -> None:
    """Bob sees a run of Ann's that uses no upload, but has no button to stop it."""
    job = waiting_job(home, owner="ann", name="open to all")
    signed_in("ann")
    assert "job-cancel" in {one.key for one in app_on("verdict", repository, run=job.id).button}
    signed_in("bob")
    app = app_on("verdict", repository, run=job.id)
    assert "This run waits." in said(app)
    assert "job-cancel" not in {one.key for one in app.button}
    assert queue_of(home).job(job.id).state == "queued"


def test_an_upload_cannot_be_named_by_another(
    repository: Path, upload: Path, signed_in: Callable[[str], None]
) -> None:
    """Bob types the path of Ann's file: it is refused, and none of it is shown."""
    signed_in("bob")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    app.text_input(key="setup-server-file").set_value(str(upload)).run()
    assert "outside the folders" in said(app)
    assert all("A dog runs." not in str(table.value) for table in app.dataframe)
    assert "setup-run" not in {one.key for one in app.button}


def test_runs_of_the_command_line_stay_in_the_list(
    home: Path, repository: Path, signed_in: Callable[[str], None]
) -> None:
    """Such a run belongs to nobody who signs in: it is shown without the way to take it off the list."""
    run = write_run(home / "other")
    Registry(home).record(run, fingerprint="e" * 64, name="sample", state="done")
    entry = workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"})).runs()[0]
    forgets = []
    for sign_in in (False, True):
        if sign_in:
            signed_in("ann")
        app = app_on("runs", repository, run="")
        app.session_state["runs-chosen"] = entry.id
        app.run()
        assert not app.exception
        assert app.button(key="run-open")
        forgets.append("run-forget" in {button.key for button in app.button})
    assert forgets == [True, False]
