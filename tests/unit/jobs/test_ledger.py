"""What the worker writes down."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.jobs_home import queue_of, spec_of
from trust_core.jobs import lock
from trust_core.jobs.ledger import MOST_INTERRUPTIONS, Ledger
from trust_core.jobs.queue import JobQueue
from trust_core.jobs.record import LIVE


@pytest.fixture
def queue(tmp_path: Path) -> JobQueue:
    """The queue of a home."""
    return queue_of(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """The same table as the worker sees it."""
    return Ledger(tmp_path)


def test_jobs_are_taken_in_order(queue: JobQueue, ledger: Ledger) -> None:
    """First come, first served; nothing is taken twice."""
    ids = [queue.submit(spec_of(seed), owner="", name=str(seed)).id for seed in range(3)]
    taken = [job.id for job in (ledger.claim(), ledger.claim(), ledger.claim()) if job is not None]
    assert taken == ids
    assert ledger.claim() is None


def test_what_an_earlier_worker_left_comes_first(queue: JobQueue, ledger: Ledger) -> None:
    """An interrupted job goes to the front of the queue, twice at the most; then it waits for its user."""
    job = queue.submit(spec_of(1), owner="", name="one")
    other = queue.submit(spec_of(2), owner="", name="two")
    for _ in range(MOST_INTERRUPTIONS - 1):
        claimed = ledger.claim()
        assert claimed is not None
        assert claimed.id == job.id
        ledger.recover()
        assert queue.position(job.id) == 1
    assert queue.position(other.id) == 2
    ledger.claim()
    ledger.recover()
    seen = queue.job(job.id)
    assert (seen.state, seen.interruptions) == ("interrupted", MOST_INTERRUPTIONS)
    assert "interrupted twice" in seen.message
    assert queue.resume(job.id).interruptions == 0


def test_several_jobs_that_were_left_keep_their_order(queue: JobQueue, ledger: Ledger) -> None:
    """Jobs that were interrupted one after the other wait at places of their own, in their old order."""
    first, second, third = (queue.submit(spec_of(seed), owner="", name="n") for seed in (1, 2, 3))
    assert ledger.claim() is not None
    ledger.finish(first.id, "interrupted")
    assert ledger.claim() is not None
    ledger.recover()
    assert [queue.position(job.id) for job in (first, second, third)] == [1, 2, 3]


def test_a_cancelled_job_is_not_taken_up_again(queue: JobQueue, ledger: Ledger, tmp_path: Path) -> None:
    """Whoever cancelled while the worker went down has what they wanted."""
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    with lock.held(tmp_path, lock.WORKER):
        queue.cancel(job.id)
    ledger.recover()
    assert queue.job(job.id).state == "cancelled"


def test_only_a_running_job_can_end(queue: JobQueue, ledger: Ledger) -> None:
    """Every change names the state that it starts from: a late word about a job changes nothing."""
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.finish(job.id, "done")
    ledger.say(job.id, "late")
    ledger.progress(job.id, {"phase": "x", "done": 1, "total": 2, "unit": "", "rate": None, "eta_s": None})
    assert queue.job(job.id) == job
    assert ledger.taken(job.id) is None
    ledger.claim()
    assert ledger.taken(job.id) is not None
    ledger.finish(job.id, "done")
    ledger.finish(job.id, "failed", message="late")
    assert queue.job(job.id).state == "done"


def test_tokens_are_never_kept(queue: JobQueue, ledger: Ledger) -> None:
    """Neither a message nor a log shows a token of the hub."""
    job = queue.submit(spec_of(1), owner="", name="one")
    ledger.claim()
    ledger.say(job.id, "refused hf_abcdefghijklmn")
    ledger.finish(job.id, "failed", log_tail="GET https://user:pass@host/x?token=1 hf_abcdefghijklmn")
    seen = queue.job(job.id)
    assert seen.message == "refused ..."
    assert seen.log_tail == "GET https://host/x ..."


def test_the_worker_says_what_it_is(queue: JobQueue, ledger: Ledger) -> None:
    """Process, device, memory and job are there for whoever looks; a job remembers where it computed."""
    ledger.arrive(42)
    facts = {"device": "GPU", "kind": "cuda", "free_bytes": 5, "total_bytes": 9, "threads": 3, "message": ""}
    ledger.describe({**facts, "precision": "float32", "backend": "torch"})
    ledger.beat(job="abc", free_bytes=None)
    worker = queue.worker()
    assert worker is not None
    assert (worker.pid, worker.device, worker.free_bytes, worker.job) == (42, "GPU", 5, "abc")
    assert not worker.alive
    assert worker.heartbeat >= worker.started
    queue.submit(spec_of(1), owner="", name="one")
    claimed = ledger.claim()
    assert claimed is not None
    assert claimed.device == "GPU"
    ledger.set_device(claimed.id, "another")
    assert queue.job(claimed.id).device == "another"


def test_a_job_that_was_deleted_is_to_be_stopped(queue: JobQueue, ledger: Ledger) -> None:
    """The process of a job that nobody wants any more ends too."""
    assert ledger.cancel_asked("0123456789ab")


class States(RuleBasedStateMachine):
    """Users and worker in any order."""

    @initialize(tmp=st.just(None))
    def begin(self, tmp: None) -> None:
        """An empty home, with a worker that holds its lock."""
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.queue, self.ledger = queue_of(home), Ledger(home)
        self.lock = lock.acquired(home, lock.WORKER)
        self.known: set[str] = set()
        self.running: str | None = None
        self.done: set[str] = set()

    def teardown(self) -> None:
        """Let go."""
        if hasattr(self, "lock"):
            self.lock.close()
            self.folder.cleanup()

    @rule(seed=st.integers(0, 3))
    def submit(self, seed: int) -> None:
        """Somebody asks."""
        job = self.queue.submit(spec_of(seed), owner="", name=str(seed))
        self.known.add(job.id)
        assert job.state in LIVE | {"done"}

    @precondition(lambda self: self.running is None)
    @rule()
    def claim(self) -> None:
        """The worker takes the first."""
        waiting = [job for job in self.queue.jobs() if job.state == "queued"]
        job = self.ledger.claim()
        assert (job is None) == (not waiting)
        if job is not None:
            assert job.id == min(waiting, key=lambda one: one.position or 0).id
            self.running = job.id

    @precondition(lambda self: self.running is not None)
    @rule(state=st.sampled_from(["done", "failed", "cancelled", "interrupted"]))
    def finish(self, state: str) -> None:
        """The job ends."""
        assert self.running is not None
        self.ledger.finish(self.running, state)  # type: ignore[arg-type]
        if state == "done":
            folder = self.queue.job(self.running).folder
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "report.json").touch()
            self.done.add(self.running)
        self.running = None

    @rule()
    def crash(self) -> None:
        """The worker breaks down, and another one begins."""
        self.ledger.recover()
        self.running = None

    @precondition(lambda self: self.known)
    @rule(data=st.data(), use=st.sampled_from(["cancel", "resume"]))
    def use(self, data: st.DataObject, use: str) -> None:
        """A user changes their mind."""
        getattr(self.queue, use)(data.draw(st.sampled_from(sorted(self.known))))

    @invariant()
    def holds(self) -> None:
        """At most one job runs, places are 1 to n, and what is done stays done."""
        if not hasattr(self, "queue"):
            return
        jobs = self.queue.jobs()
        assert {job.id for job in jobs} == self.known
        running = [job.id for job in jobs if job.state == "running"]
        assert running == ([] if self.running is None else [self.running])
        places = sorted(job.position for job in jobs if job.position is not None)
        assert places == list(range(1, sum(job.state == "queued" for job in jobs) + 1))
        assert all(job.state == "done" for job in jobs if job.id in self.done)


TestStates = States.TestCase
TestStates.settings = settings(max_examples=15, stateful_step_count=20)
