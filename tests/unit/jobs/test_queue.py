"""The queue as users see it."""

from pathlib import Path

import pytest

from tests.support.jobs_home import queue_of, spec_of
from trust_core.errors import RunConflict, RunError
from trust_core.jobs import lock
from trust_core.jobs.ledger import Ledger
from trust_core.jobs.queue import JobQueue
from trust_core.jobs.record import Job


def test_a_job_waits_in_its_place(tmp_path: Path) -> None:
    """Jobs come in the order in which they were asked for, and know their place."""
    queue = queue_of(tmp_path)
    first = queue.submit(spec_of(1), owner="ann", name="one")
    second = queue.submit(spec_of(2), owner="bob", name="two")
    assert (first.state, first.position, first.owner, first.name) == ("queued", 1, "ann", "one")
    assert queue.position(second.id) == 2
    assert [job.id for job in queue.jobs()] == [second.id, first.id]
    assert first.folder == tmp_path / "runs" / first.id
    assert first.spec == {"reference_predictions": "a.csv", "candidate_predictions": ["b.csv"], "seed": 1}
    assert first.live
    assert not first.resumable


def test_the_same_evaluation_is_offered_not_repeated(tmp_path: Path) -> None:
    """Asked for a second time, by whomever, an evaluation is the job that is there."""
    queue = queue_of(tmp_path)
    first = queue.submit(spec_of(1), owner="ann", name="one")
    again = queue.submit(spec_of(1).model_copy(update={"threads": 2}), owner="bob", name="other")
    assert again == first
    assert len(queue.jobs()) == 1


def _done(queue: JobQueue, home: Path, job: Job) -> None:
    """Let a job that waits come to its end."""
    ledger = Ledger(home)
    ledger.claim()
    job.folder.mkdir(parents=True)
    (job.folder / "report.json").write_text("{}")
    ledger.finish(job.id, "done")
    assert queue.job(job.id).state == "done"


def test_what_is_done_can_be_done_again(tmp_path: Path) -> None:
    """Beside the first one, which stays; asked twice it is done once, and the newest one is offered."""
    queue = queue_of(tmp_path)
    first = queue.submit(spec_of(1), owner="ann", name="one")
    assert queue.submit(spec_of(1), owner="ann", name="one", again=True) == first
    _done(queue, tmp_path, first)
    second = queue.submit(spec_of(1), owner="bob", name="again", again=True)
    assert (second.state, second.owner, second.folder != first.folder) == ("queued", "bob", True)
    assert queue.submit(spec_of(1), owner="bob", name="again", again=True) == second
    _done(queue, tmp_path, second)
    assert queue.submit(spec_of(1), owner="eve", name="more").id == second.id
    assert queue.job(first.id).state == "done"
    queue.delete(first.id)
    assert queue.submit(spec_of(1), owner="eve", name="more").id == second.id


def test_an_evaluation_is_not_repeated_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has repeated one too often is told to delete some of its runs."""
    monkeypatch.setattr("trust_core.jobs.queue.MOST_REPETITIONS", 2)
    queue = queue_of(tmp_path)
    for _ in range(2):
        _done(queue, tmp_path, queue.submit(spec_of(1), owner="", name="x", again=True))
    with pytest.raises(RunConflict, match="has been run 2 times"):
        queue.submit(spec_of(1), owner="", name="x", again=True)


def test_changed_files_make_another_evaluation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the same name with another content is not the same input."""
    monkeypatch.chdir(tmp_path)
    queue = queue_of(tmp_path / "home")
    Path("a.csv").write_text("one")
    first = queue.submit(spec_of(), owner="", name="x")
    Path("a.csv").write_text("another")
    second = queue.submit(spec_of(), owner="", name="x")
    assert second.id != first.id


def test_the_queue_is_bounded(tmp_path: Path) -> None:
    """No more jobs wait than allowed, and no user has more than allowed; the refusal names the setting."""
    queue = queue_of(tmp_path, waiting=3, of_user=2)
    queue.submit(spec_of(1), owner="ann", name="one")
    queue.submit(spec_of(2), owner="ann", name="two")
    with pytest.raises(RunConflict, match="TRUST_MAX_JOBS_PER_USER"):
        queue.submit(spec_of(3), owner="ann", name="three")
    queue.submit(spec_of(3), owner="bob", name="three")
    with pytest.raises(RunConflict, match="TRUST_MAX_QUEUE"):
        queue.submit(spec_of(4), owner="eve", name="four")
    assert len(queue.jobs()) == 3


def test_limits_hold_for_resumed_jobs(tmp_path: Path) -> None:
    """A job that was cancelled does not get back into a full queue."""
    queue = queue_of(tmp_path, waiting=1)
    first = queue.submit(spec_of(1), owner="", name="one")
    queue.cancel(first.id)
    queue.submit(spec_of(2), owner="", name="two")
    with pytest.raises(RunConflict, match="TRUST_MAX_QUEUE"):
        queue.resume(first.id)
    assert queue.job(first.id).state == "cancelled"


def test_a_waiting_job_is_cancelled_and_resumed(tmp_path: Path) -> None:
    """One that waits is cancelled at once, and goes to the end of the queue when it is resumed."""
    queue = queue_of(tmp_path)
    first = queue.submit(spec_of(1), owner="", name="one")
    second = queue.submit(spec_of(2), owner="", name="two")
    cancelled = queue.cancel(first.id)
    assert (cancelled.state, cancelled.position) == ("cancelled", None)
    assert cancelled.finished is not None
    assert cancelled.resumable
    assert queue.position(second.id) == 1
    resumed = queue.resume(first.id)
    assert (resumed.state, resumed.position, resumed.message) == ("queued", 2, "")
    assert resumed.finished is None


def test_asking_again_resumes(tmp_path: Path) -> None:
    """An evaluation that was cancelled goes on when somebody asks for it again."""
    queue = queue_of(tmp_path)
    first = queue.submit(spec_of(1), owner="", name="one")
    queue.cancel(first.id)
    assert queue.submit(spec_of(1), owner="", name="one").state == "queued"


def test_a_run_whose_folder_was_removed_is_done_again(tmp_path: Path) -> None:
    """A job that is done is offered for as long as its report is there."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    job.folder.mkdir(parents=True)
    report = job.folder / "report.json"
    report.write_text("{}")
    ledger.finish(job.id, "done")
    assert queue.submit(spec_of(1), owner="", name="one").state == "done"
    report.unlink()
    assert queue.submit(spec_of(1), owner="", name="one").state == "queued"


def test_cancelling_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    """A job that is done stays done."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    ledger.finish(job.id, "done")
    assert queue.cancel(job.id).state == "done"
    assert queue.resume(job.id).state == "done"


def test_an_interrupted_job_can_be_called_off(tmp_path: Path) -> None:
    """Otherwise the next worker would go on with it."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    ledger.finish(job.id, "interrupted")
    assert queue.cancel(job.id).state == "cancelled"
    ledger.recover()
    assert ledger.claim() is None


def test_running_without_a_worker_is_interrupted(tmp_path: Path) -> None:
    """Whoever looks sees that nobody works on the job any more, and can cancel and resume it all the same."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    with lock.held(tmp_path, lock.WORKER):
        assert queue.job(job.id).state == "running"
        assert queue.cancel(job.id).state == "running"
    seen = queue.job(job.id)
    assert seen.state == "interrupted"
    assert "next worker goes on" in seen.message
    assert queue.cancel(job.id).state == "cancelled"
    assert queue.resume(job.id).state == "queued"
    ledger.claim()
    assert queue.resume(job.id).state == "queued"


def test_a_run_that_somebody_finished_by_hand_is_done(tmp_path: Path) -> None:
    """`runs resume` at the command line may have finished what a job began."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    ledger.finish(job.id, "failed", message="no")
    assert queue.job(job.id).message == "no"
    job.folder.mkdir(parents=True)
    (job.folder / "report.json").write_text("{}")
    assert (queue.job(job.id).state, queue.job(job.id).message) == ("done", "")


def test_delete_takes_the_folder_along(tmp_path: Path) -> None:
    """A deleted job is gone with its run and its log; one that runs is refused."""
    queue, ledger = queue_of(tmp_path), Ledger(tmp_path)
    job = queue.submit(spec_of(1), owner="", name="one")
    job.folder.mkdir(parents=True)
    (job.folder / "spec.json").write_text("{}")
    ledger.claim()
    with lock.held(tmp_path, lock.WORKER), pytest.raises(RunConflict, match="Cancel it first"):
        queue.delete(job.id)
    queue.delete(job.id)
    assert queue.jobs() == []
    assert not job.folder.exists()
    with pytest.raises(RunError, match="no job"):
        queue.job(job.id)


@pytest.mark.parametrize("given", ["", "..", "../../../etc", "0123456789ab/..", "0123456789AB", "x" * 500])
def test_an_id_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    """Ids come from addresses and name folders: nothing but the twelve letters gets through."""
    queue = queue_of(tmp_path)
    for use in (queue.job, queue.cancel, queue.resume, queue.delete, queue.position):
        with pytest.raises(RunError, match="no id of a job"):
            use(given)


def test_private_jobs_are_their_owners_alone(tmp_path: Path) -> None:
    """A job that uses an upload is shown to its owner, and to whoever looks without a name."""
    queue = queue_of(tmp_path, private=True)
    mine = queue.submit(spec_of(1), owner="ann", name="one")
    assert mine.private
    assert [job.id for job in queue.jobs(viewer="ann")] == [mine.id]
    assert queue.jobs(viewer="bob") == []
    assert len(queue.jobs()) == 1
    with pytest.raises(RunError, match="no job"):
        queue.job(mine.id, viewer="bob")
    assert queue.job(mine.id, viewer="ann").id == mine.id


def test_a_worker_that_was_never_there(tmp_path: Path) -> None:
    """Without a worker there is nothing to show, and nothing breaks."""
    queue = queue_of(tmp_path)
    assert queue.worker() is None
    assert not queue.worker_alive()
