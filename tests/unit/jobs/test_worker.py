"""The worker, with processes that stand in for jobs."""

import os
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.support.jobs_home import Home, is_running, plan_of, until
from trust_core.errors import RunConflict, Unavailable
from trust_core.jobs import lock
from trust_core.jobs.warm_client import WarmClient
from trust_core.jobs.worker import Worker


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty queue."""
    return Home(tmp_path)


def test_jobs_run_one_after_the_other(home: Home) -> None:
    """In the order of the queue, each with its own ending; the queue goes on after every one of them."""
    jobs = {name: home.submit(name) for name in ("ends with 0", "ends with 3", "kills itself", "ends with 2")}
    with home.worker():
        ended = {name: home.ended(job) for name, job in jobs.items()}
    assert (home.path / "order.txt").read_text().splitlines() == list(jobs)
    assert [job.state for job in ended.values()] == ["done", "failed", "failed", "done"]
    assert ended["ends with 3"].log_tail == "the last words, with ..."
    assert "signal 9" in ended["kills itself"].message
    assert "want of memory" in ended["kills itself"].message
    assert ended["ends with 0"].log_tail == ""
    assert all(job.finished is not None and job.started is not None for job in ended.values())


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_process_that_breaks_down_has_no_verdict(home: Home, code: int) -> None:
    """Python's own exit code for an error is that of a verdict: without a report the job has failed."""
    job = home.submit(f"breaks down with {code}")
    with home.worker():
        failed = home.ended(job)
    assert (failed.state, failed.resumable) == ("failed", True)
    assert f"code {code} and left no report" in failed.message
    assert "ImportError: no such library, with ..." in failed.message
    assert "Traceback" in failed.log_tail


def test_cancel(home: Home) -> None:
    """A job that is cancelled ends, with what it has started, and the next one begins."""
    job, after = home.submit("with a child"), home.submit("ends with 0")
    with home.worker():
        number = home.process_of(job)
        grandchild = int((home.path / "grandchild.pid").read_text())
        home.queue.cancel(job.id)
        assert home.ended(job).state == "cancelled"
        assert not is_running(number)
        until(lambda: not is_running(grandchild), what="the end of the grandchild")
        assert home.ended(after).state == "done"


def test_cancel_of_a_job_that_does_not_listen(home: Home) -> None:
    """After the time of grace it is killed."""
    job = home.submit("stubborn")
    with home.worker():
        number = home.process_of(job)
        home.queue.cancel(job.id)
        assert home.ended(job).state == "cancelled"
        assert not is_running(number)


def test_a_job_that_is_killed_from_outside(home: Home) -> None:
    """Kill -9 of its process: failed, with the reason; the queue goes on, and the job can be resumed."""
    job, after = home.submit("waits"), home.submit("ends with 1")
    with home.worker():
        os.kill(home.process_of(job), signal.SIGKILL)
        failed = home.ended(job)
        assert (failed.state, failed.resumable) == ("failed", True)
        assert "What is done is kept" in failed.message
        assert home.ended(after).state == "done"
        home.queue.resume(job.id)
        home.process_of(job)
        home.queue.cancel(job.id)
        home.ended(job)


def test_a_job_that_is_asked_to_end_from_outside(home: Home) -> None:
    """SIGTERM of its process: interrupted, and its name is said."""
    job = home.submit("waits")
    with home.worker():
        os.kill(home.process_of(job), signal.SIGTERM)
        ended = home.ended(job)
    assert (ended.state, ended.interruptions) == ("interrupted", 1)
    assert "SIGTERM" in ended.message


def test_a_job_that_is_deleted_while_it_begins(home: Home) -> None:
    """Nothing is left of a job whose row has gone."""
    job = home.submit("waits")
    with home.worker():
        number = home.process_of(job)
        with sqlite3.connect(home.path / "jobs.sqlite") as table:
            table.execute("DELETE FROM jobs")
        until(lambda: not is_running(number), what="its end")
    assert home.queue.jobs() == []


@pytest.mark.slow
def test_a_worker_that_is_stopped(home: Home) -> None:
    """SIGTERM: the job is interrupted and comes first with the next worker, however often that happens."""
    job, other = home.submit("waits"), home.submit("ends with 0")
    for _ in range(3):
        with home.worker_process() as worker:
            number = home.process_of(job)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
            assert not is_running(number)
            seen = home.queue.job(job.id)
            assert (seen.state, seen.interruptions) == ("interrupted", 0)
            assert "next worker" in seen.message
    assert home.state(other) == "queued"


@pytest.mark.slow
def test_a_worker_that_is_killed(home: Home) -> None:
    """Kill -9: the job's process dies too, the job is shown as interrupted, and the next worker goes on."""
    job = home.submit("waits")
    with home.worker_process() as worker:
        number = home.process_of(job)
        assert home.state(job) == "running"
        worker.kill()
        worker.wait(60)
        until(lambda: not is_running(number), what="the end of the job's process")
        assert home.state(job) == "interrupted"
    with home.worker():
        home.process_of(job)
        assert home.queue.job(job.id).interruptions == 1
        home.queue.cancel(job.id)
        home.ended(job)


@pytest.mark.slow
def test_two_workers(home: Home) -> None:
    """The second one says so and ends; the first one works."""
    with home.worker_process() as first:
        until(home.queue.worker_alive, what="the first worker")
        with home.worker_process() as second:
            assert second.wait(60) == 3
            assert second.stdout is not None
            assert "Another worker serves" in second.stdout.read()
        job = home.submit("ends with 0")
        assert home.ended(job).state == "done"
        assert first.poll() is None


def test_a_second_worker_in_this_process(home: Home) -> None:
    """The refusal says that nothing needs to be done."""
    with home.worker(), pytest.raises(RunConflict, match="Nothing needs to be done"):
        Worker(plan_of(home.path), log=lambda line: None).run()


def test_the_device_is_shown(home: Home) -> None:
    """The answer of the probe and the worker's own heartbeat are in the table."""
    with home.worker():
        until(lambda: (found := home.queue.worker()) is not None and found.kind == "cpu", what="the device")
        worker = home.queue.worker()
        assert worker is not None
        assert (worker.alive, worker.pid, worker.device, worker.threads) == (True, os.getpid(), "CPU", 2)
        before = worker.heartbeat
        until(
            lambda: (found := home.queue.worker()) is not None and found.heartbeat > before,
            what="a heartbeat",
        )
    worker = home.queue.worker()
    assert worker is not None
    assert not worker.alive


def test_the_table_is_locked_while_a_job_ends(home: Home) -> None:
    """The worker waits until it can write down the end: nothing is lost."""
    job = home.submit("waits for a file")
    with home.worker():
        home.process_of(job)
        other = sqlite3.connect(home.path / "jobs.sqlite", isolation_level=None, timeout=30)
        other.execute("BEGIN IMMEDIATE")
        (home.path / "go").touch()
        assert home.state(job) == "running"
        other.execute("COMMIT")
        other.close()
        assert home.ended(job).state == "done"


def test_a_program_that_is_not_there(home: Home) -> None:
    """A process that cannot be started fails its job with the reason."""
    job = home.submit("ends with 0")
    with home.worker(folder=Path("/nowhere")):
        failed = home.ended(job)
    assert failed.state == "failed"
    assert "cannot be started" in failed.message


def test_a_worker_ends_with_the_web_server_that_wanted_it(home: Home) -> None:
    """It stays for as long as a web server or a job is there."""
    presence = lock.acquired(home.path, lock.WEB, shared=True)
    job = home.submit("ends with 0")
    with home.worker(alone_s=0.2):
        home.ended(job)
        assert home.queue.worker_alive()
        presence.close()
        until(lambda: not home.queue.worker_alive(), what="its end")


def asked(home: Home, kind: str, text: str = "") -> dict[str, object]:
    """What the warm process says."""
    return WarmClient(home.path, wake=lambda: False).ask(kind, {"text": text}, timeout_s=60.0)


def test_edits_are_answered_while_a_job_runs(home: Home) -> None:
    """The warm process is started by the first request, stays, and is started anew after it broke down."""
    job = home.submit("waits")
    with home.worker():
        home.process_of(job)
        first = asked(home, "echo", "<b>hello</b>")
        assert first["said"] == "<b>hello</b>"
        assert asked(home, "echo")["pid"] == first["pid"]
        with pytest.raises(Unavailable, match="ended before it had answered"):
            asked(home, "die")
        second = asked(home, "echo")
        assert second["pid"] != first["pid"]
        assert home.state(job) == "running"
        home.queue.cancel(job.id)
        home.ended(job)
    assert not is_running(int(str(second["pid"])))


def test_a_warm_process_that_does_not_come_up(home: Home) -> None:
    """Whoever waits for it is told what it said, and the next request tries again."""
    with home.worker():
        (home.path / "broken").touch()
        with pytest.raises(Unavailable, match="nothing works"):
            asked(home, "echo")
        (home.path / "broken").unlink()
        assert asked(home, "echo", "x")["said"] == "x"


def test_an_idle_warm_process_ends(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives its memory back, and comes again when it is asked."""
    monkeypatch.setenv("TRUST_TEST_IDLE_S", "0.05")
    with home.worker():
        first = int(str(asked(home, "echo")["pid"]))
        until(lambda: not is_running(first), what="its end")
        assert asked(home, "echo")["pid"] != first


def test_refusals_of_the_warm_process(home: Home) -> None:
    """Too little memory and an unknown request are said in plain words."""
    with home.worker():
        with pytest.raises(Unavailable, match="Not enough memory"):
            asked(home, "full")
        with pytest.raises(Unavailable, match="does not know"):
            asked(home, "nonsense")


def test_no_worker_no_answer(home: Home) -> None:
    """The refusal says how to start one."""
    with pytest.raises(Unavailable, match="python -m trust_core worker"):
        asked(home, "echo")
