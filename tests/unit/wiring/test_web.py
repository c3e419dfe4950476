"""The app's view of a machine, without a worker."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.jobs_home import environment
from tests.support.ui_runs import write_run
from trust_core.domain.preflight import PreflightReport, Problem
from trust_core.domain.spec import DataSpec, Spec
from trust_core.errors import RunConflict, RunError, Unavailable
from trust_core.jobs.ledger import Ledger
from trust_core.settings import Settings
from trust_core.store.folder import open_run
from trust_core.store.registry import Registry
from trust_core.wiring.web import CHECKED_S, MOST_CHECKED, Web, workplace

SPEC = Spec(reference="nli-reference", candidates=("ref:int8",), data=DataSpec(source="bundled:nli"))


@pytest.fixture
def web(tmp_path: Path) -> Web:
    """A machine where no worker is started."""
    return workplace(Settings(home=tmp_path, start_worker=False))


def test_no_model_library_is_loaded(repository: Path, tmp_path: Path) -> None:
    """The web process never loads torch, transformers, OpenVINO or ONNX Runtime for its jobs."""
    code = (
        "import sys; from pathlib import Path; from trust_core.settings import Settings;"
        "from trust_core.wiring.web import workplace;"
        "web = workplace(Settings(home=Path(sys.argv[1]), start_worker=False)); web.runs(); web.worker();"
        "heavy = {'torch', 'transformers', 'openvino', 'onnxruntime', 'numba', 'shap', 'lime'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment(),
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_runs_of_all_kinds(web: Web, tmp_path: Path) -> None:
    """Runs of the command line are listed too; one that says it runs and does not is shown as interrupted."""
    done = write_run(tmp_path)
    stopped = open_run(tmp_path / "elsewhere", fingerprint="a" * 64, spec={}, name="stopped")
    going = open_run(tmp_path / "going", fingerprint="b" * 64, spec={}, name="going")
    for run in (stopped, going):
        Registry(tmp_path).record(run.path, fingerprint=run.fingerprint, name="x", state="running")
    with going.claimed():
        states = {run.path: run.state for run in web.runs()}
    assert states == {done: "done", stopped.path: "interrupted", going.path: "running"}


def test_runs_of_private_jobs_are_hidden_from_others(web: Web, tmp_path: Path) -> None:
    """Who is signed in sees their own runs and those that use no upload."""
    mine = web.uploads.save("ann", "t.csv", b"x")
    theirs = SPEC.model_copy(update={"data": DataSpec(source=str(mine))})
    job = web.queue.submit(theirs, owner="ann", name="private")
    open_job = web.queue.submit(SPEC, owner="ann", name="open")
    for one in (job, open_job):
        Registry(tmp_path).record(one.folder, fingerprint="c" * 64, name="x", state="done")
    assert {run.path for run in web.runs(viewer="ann")} == {job.folder, open_job.folder}
    assert {run.path for run in web.runs(viewer="bob")} == {open_job.folder}
    assert len(web.runs()) == 2


def test_delete_takes_job_run_and_entry(web: Web, tmp_path: Path) -> None:
    """Nothing of a deleted job is left; while somebody works on its run, it is refused."""
    job = web.queue.submit(SPEC, owner="", name="x")
    run = open_run(job.folder, fingerprint="d" * 64, spec={}, name="x")
    Registry(tmp_path).record(run.path, fingerprint=run.fingerprint, name="x", state="done")
    with run.claimed(), pytest.raises(RunConflict, match="works on the run"):
        web.delete(job.id)
    web.delete(job.id)
    assert web.runs() == []
    assert not job.folder.exists()


def test_there_and_back(web: Web, tmp_path: Path) -> None:
    """A run that was taken in is listed, exported again, and removed for good when it is forgotten."""
    content = web.export_run(write_run(tmp_path / "other"))
    entry = web.import_run(content)
    assert (entry.state, "(imported)" in entry.name) == ("done", True)
    assert entry.overall
    assert entry in web.runs()
    with pytest.raises(RunConflict, match="taken in before"):
        web.import_run(content)
    web.forget(entry.path)
    assert web.runs() == []
    assert not entry.path.exists()


def test_imports_are_their_owners_alone(web: Web, tmp_path: Path) -> None:
    """What Ann has taken in is neither listed for Bob nor removed by him, and Bob may take in the same."""
    content = web.export_run(write_run(tmp_path / "other"))
    of_ann = web.import_run(content, owner="ann")
    assert [run.path for run in web.runs(viewer="ann")] == [of_ann.path]
    assert web.runs(viewer="bob") == []
    with pytest.raises(RunError, match="belongs to somebody else"):
        web.forget(of_ann.path, viewer="bob")
    assert (of_ann.path / "report.json").exists()
    of_bob = web.import_run(content, owner="bob")
    assert [run.path for run in web.runs(viewer="bob")] == [of_bob.path]
    assert {run.path for run in web.runs()} == {of_ann.path, of_bob.path}
    with zipfile.ZipFile(io.BytesIO(web.export_run(of_ann.path))) as archive:
        assert ".owner" not in archive.namelist()
    web.forget(of_ann.path, viewer="ann")
    assert not of_ann.path.exists()
    assert [run.path for run in web.runs()] == [of_bob.path]


def test_forgetting_leaves_foreign_folders_alone(web: Web, tmp_path: Path) -> None:
    """A run of the command line goes off the list and keeps its folder; a job's run is the job's affair."""
    run = open_run(tmp_path / "mine", fingerprint="e" * 64, spec={}, name="x")
    Registry(tmp_path).record(run.path, fingerprint=run.fingerprint, name="x", state="done")
    with run.claimed(), pytest.raises(RunConflict, match="works on the run"):
        web.forget(run.path)
    web.forget(run.path)
    assert web.runs() == []
    assert (run.path / "run.json").exists()
    with pytest.raises(RunConflict, match="Delete the job"):
        web.forget(web.queue.submit(SPEC, owner="", name="x").folder)


def test_runs_of_the_command_line_are_nobodys(web: Web, tmp_path: Path) -> None:
    """Where people sign in, no one takes a run of the command line off the list; elsewhere everybody may."""
    run = open_run(tmp_path / "mine", fingerprint="e" * 64, spec={}, name="x")
    Registry(tmp_path).record(run.path, fingerprint=run.fingerprint, name="x", state="done")
    with pytest.raises(RunError, match="nobody's here"):
        web.forget(run.path, viewer="ann")
    assert [one.path for one in web.runs(viewer="bob")] == [run.path]
    web.forget(run.path)
    assert web.runs() == []


def test_too_large_an_import(tmp_path: Path) -> None:
    """The refusal names the setting."""
    small = workplace(Settings(home=tmp_path, start_worker=False, max_data_bytes=10))
    with pytest.raises(RunError, match="TRUST_MAX_DATA_MIB"):
        small.import_run(b"x" * 11)


def test_a_server_that_only_shows(web: Web, tmp_path: Path) -> None:
    """With TRUST_READ_ONLY nothing is queued, stopped, taken in or removed, whatever a page lets through."""
    job = web.queue.submit(SPEC, owner="", name="x")
    content = web.export_run(write_run(tmp_path / "other"))
    shown = workplace(Settings(home=tmp_path, start_worker=False, read_only=True))
    for change in (
        lambda: shown.queue.submit(SPEC.model_copy(update={"seed": 1}), owner="", name="y"),
        lambda: shown.import_run(content),
        lambda: shown.queue.cancel(job.id),
        lambda: shown.queue.resume(job.id),
        lambda: shown.queue.delete(job.id),
        lambda: shown.delete(job.id),
        lambda: shown.forget(tmp_path / "other"),
    ):
        with pytest.raises(RunConflict, match="only shows what is there"):
            change()
    assert [(one.id, one.state) for one in shown.queue.jobs()] == [(job.id, "queued")]


def test_checks_need_a_worker(web: Web) -> None:
    """Without one the refusal says how to start it."""
    with pytest.raises(Unavailable, match="python -m trust_core worker"):
        web.check(SPEC)


class _Asked:
    """Answers of a warm process, one after the other, the last one again and again; counts the questions."""

    def __init__(self, *answers: PreflightReport) -> None:
        self.times = 0
        self._answers = answers

    def __call__(self, kind: str, content: dict[str, object], *, timeout_s: float) -> dict[str, object]:
        self.times += 1
        return self._answers[min(self.times, len(self._answers)) - 1].model_dump(mode="json")


def test_checks_are_remembered(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same question is asked once for each owner, unless there was a problem; old answers go."""
    problem = Problem(about="m", kind="ModelNotFound", what="x")
    ask = _Asked(PreflightReport(problems=(problem,)), PreflightReport(problems=()))
    monkeypatch.setattr(web.interactive, "ask", ask)
    assert not web.check(SPEC).ok
    assert web.check(SPEC).ok
    assert web.check(SPEC).ok
    assert ask.times == 2
    web.check(SPEC, owner="ann")
    assert ask.times == 3
    for seed in range(MOST_CHECKED + 5):
        web.check(SPEC.model_copy(update={"seed": seed}))
    assert len(web._checked) == MOST_CHECKED


def test_a_new_upload_on_the_hub_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is kept for some minutes: then a model without a revision is looked at anew."""
    now = [0.0]
    web = Web(Settings(home=tmp_path, start_worker=False), clock=lambda: now[0])
    ask = _Asked(*(PreflightReport(problems=(), name=name) for name in ("before", "after")))
    monkeypatch.setattr(web.interactive, "ask", ask)
    spec = SPEC.model_copy(update={"reference": "owner/name"})
    seen = []
    for moment in (0.0, CHECKED_S - 1, CHECKED_S, 2 * CHECKED_S - 1):
        now[0] = moment
        seen.append(web.check(spec).name)
    assert seen == ["before", "before", "after", "after"]
    assert (ask.times, len(web._checked)) == (2, 1)


def test_the_worker_that_was(web: Web, tmp_path: Path) -> None:
    """A worker that has gone is still described, and is not alive."""
    assert web.worker() is None
    Ledger(tmp_path).arrive(7)
    worker = web.worker()
    assert worker is not None
    assert (worker.pid, worker.alive) == (7, False)
    assert not web.start_worker_if_free()
