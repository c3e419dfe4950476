"""Real jobs: the app's queue, a worker, and evaluations of tiny models, each in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.jobs_home import environment, is_running, until
from tests.support.pipeline_runs import Workbench, make_workbench, report_of, without_timing
from trust_core.cli.main import main
from trust_core.domain.spec import DataSpec, LimeSpec, Spec
from trust_core.errors import RunConflict, TrustError
from trust_core.jobs.record import Job
from trust_core.settings import Settings, settings_from
from trust_core.store.folder import is_claimed
from trust_core.wiring.web import Web, workplace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Two tiny models and forty texts."""
    return make_workbench(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def settings(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a machine whose models and data lie in one folder."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRUST_MODEL_ROOTS", str(bench.folder))
    monkeypatch.setenv("TRUST_DATA_ROOTS", str(bench.folder))
    return replace(settings_from(os.environ), start_worker=False)


@pytest.fixture
def web(settings: Settings) -> Web:
    """The app's view of that machine."""
    return workplace(settings)


@pytest.fixture
def worker(repository: Path, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, started as a person would; killed at the end."""
    process = _worker(repository)
    yield process
    process.kill()
    process.wait()


def _worker(repository: Path, command: list[str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command or [sys.executable, "-m", "trust_core", "worker"],
        cwd=repository,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _spec(bench: Workbench, **changed: object) -> Spec:
    spec = Spec(
        reference=str(bench.reference),
        candidates=(str(bench.candidate),),
        data=DataSpec(source=str(bench.data)),
        explainers=("lime",),
        lime=LimeSpec(samples=40),
        resamples=200,
        explain_limit=20,
        control_texts=4,
    )
    return spec.model_copy(update=changed)


def _comes(condition: Callable[[], object], what: str) -> None:
    """Wait for whole evaluations, on machines that have other work to do."""
    until(condition, what=what, within_s=400.0)


def _ended(web: Web, job: Job) -> Job:
    _comes(lambda: not web.queue.job(job.id).live, "the end of the job")
    return web.queue.job(job.id)


def _shards(job: Job) -> dict[Path, int]:
    """The finished pieces of work and when they were written; a run that ends removes them meanwhile."""
    found = {}
    with suppress(FileNotFoundError):
        for file in (job.folder / "work").rglob("*.parquet"):
            if not file.relative_to(job.folder / "work").parts[0].startswith("partial"):
                found[file] = file.stat().st_mtime_ns
    return found


def test_a_job_is_a_run(
    bench: Workbench, web: Web, worker: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """From the queue to a report that the command line lists, with its device; asked again, it is offered."""
    job = web.queue.submit(_spec(bench), owner="ann", name="tiny")
    ended = _ended(web, job)
    assert (ended.state, ended.message) == ("done", "")
    assert ended.device
    assert report_of(job.folder)["candidates"][0]["name"] == str(bench.candidate)
    assert web.queue.submit(_spec(bench), owner="bob", name="again") == ended
    (entry,) = web.runs()
    assert (entry.path, entry.state) == (job.folder, "done")
    assert main(["runs", "list"]) == 0
    assert str(job.folder) in capsys.readouterr().out

    answers = web.interactive.predict(
        [("man sings", "nobody sings")], folder=job.folder, candidate=str(bench.candidate)
    )
    assert answers.probabilities[0].shape == (1, 3)
    edited = web.interactive.explain(
        ("man sings", "nobody sings"),
        folder=job.folder,
        candidate=str(bench.candidate),
        explainers=("lime", "shap"),
    )
    assert edited.probabilities[0] == pytest.approx(answers.probabilities[0][0], abs=1e-5)
    assert set(edited.explanations) == {"lime", "shap-partition"}
    assert edited.explanations["lime"][1].whole.weights.shape == (4, 3)
    first, _ = web.interactive.pieces(("man sings", None), folder=job.folder, candidate=str(bench.candidate))
    assert [(piece.segment, piece.start, piece.end) for piece in first] == [(0, 0, 3), (0, 4, 9)]
    with pytest.raises(TrustError, match="no candidate"):
        web.interactive.predict([], folder=job.folder, candidate="another")

    checked = web.check(_spec(bench))
    assert checked.ok, checked.problems
    assert checked.data is not None
    assert (checked.data.n, checked.data.predicted, checked.data.explained) == (40, 40, 20)
    assert [model.labels for model in checked.models] == [("entailment", "neutral", "contradiction")] * 2
    assert web.check(_spec(bench)) is checked

    content = web.export_run(job.folder)
    taken = web.import_run(content)
    assert "(imported)" in taken.name
    assert without_timing(taken.path) == without_timing(job.folder)
    with pytest.raises(RunConflict, match="before"):
        web.import_run(content)
    web.forget(taken.path)
    assert not taken.path.exists()
    web.delete(job.id)
    assert web.runs() == []
    assert not job.folder.exists()


def test_a_killed_worker_loses_no_work(bench: Workbench, web: Web, repository: Path) -> None:
    """Kill -9 of the worker: the next one goes on by itself, repeats nothing, and ends in the same report."""
    job = web.queue.submit(_spec(bench, explain_limit=40), owner="", name="tiny")
    first = _worker(repository)
    _comes(lambda: len(_shards(job)) >= 3, "some work")
    first.kill()
    first.wait()
    _comes(lambda: not is_claimed(job.folder), "the end of the job's process")
    assert web.queue.job(job.id).state == "interrupted"
    kept = _shards(job)
    seen: dict[Path, int] = {}
    second = _worker(repository)
    try:

        def over() -> bool:
            seen.update(_shards(job))
            return not web.queue.job(job.id).live and web.queue.worker_alive()

        _comes(lambda: web.queue.job(job.id).state == "running", "the second start")
        _comes(over, "the end of the job")
    finally:
        second.kill()
        second.wait()
    ended = web.queue.job(job.id)
    assert (ended.state, ended.interruptions) == ("done", 1)
    assert {file: seen.get(file, kept[file]) for file in kept} == kept
    whole = bench.folder / "whole"
    main(["evaluate", "--spec", str(job.folder / "spec.json"), "--out", str(whole)])
    assert without_timing(whole) == without_timing(job.folder)


def test_a_job_that_cannot_be_done_says_why(
    bench: Workbench, web: Web, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """A broken model fails its job with what is wrong; one outside the allowed folders is not even queued."""
    broken = bench.folder / "broken"
    broken.mkdir()
    for file in bench.reference.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00nonsense")
    job = web.queue.submit(_spec(bench, candidates=(str(broken),)), owner="", name="broken")
    ended = _ended(web, job)
    assert ended.state == "failed"
    assert "model.safetensors" in ended.message
    assert "model.safetensors" in ended.log_tail
    checked = web.check(_spec(bench, candidates=(str(broken), "nowhere", str(tmp_path))))
    assert not checked.ok
    assert {problem.about for problem in checked.problems} >= {str(broken), "nowhere", str(tmp_path)}
    with pytest.raises(TrustError, match="allowed folders"):
        web.queue.submit(_spec(bench, reference=str(tmp_path)), owner="", name="outside")


def test_a_cancelled_job_goes_on_later(bench: Workbench, web: Web, worker: subprocess.Popen[bytes]) -> None:
    """Cancel stops the process and keeps what is done; resume finishes the run."""
    job = web.queue.submit(_spec(bench, explain_limit=40, seed=5), owner="", name="tiny")
    _comes(lambda: len(_shards(job)) >= 2, "some work")
    web.queue.cancel(job.id)
    assert _ended(web, job).state == "cancelled"
    assert len(_shards(job)) >= 2
    assert web.runs()[0].state == "interrupted"
    web.queue.resume(job.id)
    assert _ended(web, job).state == "done"


def test_a_full_disk(web: Web, repository: Path, tmp_path: Path) -> None:
    """Where a file cannot grow, the job fails with the reason; with room again it is resumed and done."""
    files = []
    for name, shift in (("r", 0.0), ("s", 0.01)):
        lines = [f"{at},{'yes' if at % 2 else 'no'},{0.4 + shift},{0.6 - shift}" for at in range(60)]
        content = "\n".join(["id,label,p_yes,p_no", *lines]).encode()
        files.append(str(web.uploads.save("ann", f"{name}.csv", content)))
    spec = Spec(reference_predictions=files[0], candidate_predictions=(files[1],), resamples=200)
    job = web.queue.submit(spec, owner="ann", name="saved")
    assert job.private
    limited = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000));"
        "os.execv(sys.executable, [sys.executable, '-m', 'trust_core', 'worker'])"
    )
    for command, state in (([sys.executable, "-c", limited], "failed"), (None, "done")):
        process = _worker(repository, command)
        try:
            assert _ended(web, job).state == state
        finally:
            process.kill()
            process.wait()
        if state == "failed":
            failed = web.queue.job(job.id)
            assert "cannot be written" in failed.message
            assert "Make room" in failed.message
            assert not (job.folder / "report.json").exists()
            web.queue.resume(job.id)


def test_the_web_server_brings_its_worker(settings: Settings, web: Web) -> None:
    """A worker is started where none runs, once; switched off, none is."""
    assert not web.start_worker_if_free()
    own = workplace(replace(settings, start_worker=True))
    assert own.start_worker_if_free()
    _comes(own.queue.worker_alive, "the worker")
    assert not own.start_worker_if_free()
    _comes(lambda: (found := own.worker()) is not None and found.kind != "", "the device")
    worker = own.worker()
    assert worker is not None
    assert worker.message == ""
    os.kill(worker.pid, 15)
    _comes(lambda: not is_running(worker.pid), "its end")
