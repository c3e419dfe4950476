"""The runs that can be chosen, and what names them in an address."""

from pathlib import Path

import pytest

from tests.support.ui_jobs import queue_of, waiting_job
from tests.support.ui_runs import write_run
from trust_core.store.folder import load_report
from trust_core.store.registry import Registry
from trust_core.ui import visitor
from trust_core.ui.known_runs import EXAMPLE_ID, known_runs, named

FINGERPRINT = "ab" * 32

SHORT = FINGERPRINT[:12]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path))
    return tmp_path


def _made(home: Path, name: str, fingerprint: str = FINGERPRINT) -> Path:
    folder = home / "elsewhere" / name
    Registry(home).record(folder, fingerprint=fingerprint, name="b against a", state="done")
    return folder


def _ids() -> dict[Path, str]:
    return {run.folder: run.id for run in known_runs()}


def test_the_same_evaluation_in_two_folders_is_two_runs(home: Path) -> None:
    """Each has an id and a label of its own; the one that was there first keeps the short id."""
    first, second = _made(home, "first"), _made(home, "second")
    ids = _ids()
    assert ids[first] == SHORT
    assert ids[second].startswith(f"{SHORT}-")
    assert len(ids[second]) == len(SHORT) + 5
    assert len({run.label for run in known_runs()}) == 3
    for folder in (first, second):
        found = named(known_runs(), ids[folder])
        assert found is not None
        assert found.folder == folder


def test_an_address_outlives_the_other_run(home: Path) -> None:
    """When the first one is off the list, both the long and the short id lead to the second."""
    first, second = _made(home, "first"), _made(home, "second")
    long = _ids()[second]
    Registry(home).forget(first)
    assert _ids()[second] == SHORT
    assert {run.folder for name in (long, SHORT) if (run := named(known_runs(), name))} == {second}


def test_a_job_is_found_by_the_fingerprint_of_its_run(home: Path) -> None:
    """The id of a job and the beginning of its run's fingerprint both lead to it."""
    job = waiting_job(home)
    Registry(home).record(job.folder, fingerprint=FINGERPRINT, name="x", state="running")
    for name in (job.id, SHORT):
        found = named(known_runs(), name)
        assert found is not None
        assert found.job == queue_of(home).job(job.id)


def test_an_import_stands_beside_its_original(home: Path) -> None:
    """A run that was taken in where it was made is another run, and says where it comes from."""
    original = write_run(home / "other")
    fingerprint = load_report(original).resolved.fingerprint
    Registry(home).record(original, fingerprint=fingerprint, name="sample", state="done")
    web = visitor.web()
    taken = web.import_run(web.export_run(original))
    runs = {run.folder: run for run in known_runs()}
    assert (runs[original].imported, runs[taken.path].imported) == (False, True)
    assert runs[original].id == fingerprint[:12]
    assert runs[taken.path].id.startswith(f"{fingerprint[:12]}-")


@pytest.mark.parametrize("fingerprint", ["", EXAMPLE_ID])
def test_a_fingerprint_takes_no_other_name(home: Path, fingerprint: str) -> None:
    """An imported file may bring any fingerprint: its run is still neither the example nor without a name."""
    folder = _made(home, "odd", fingerprint)
    ids = _ids()
    assert ids[folder] not in ("", EXAMPLE_ID)
    example = named(known_runs(), EXAMPLE_ID)
    assert example is not None
    assert example.example
    assert [run.folder for run in known_runs() if run.example] == [example.folder]


@pytest.mark.parametrize("wanted", ["", "nowhere", SHORT[:11]])
def test_an_address_that_leads_nowhere(home: Path, wanted: str) -> None:
    """Nothing, an unknown id and a part of one name no run."""
    _made(home, "first")
    assert named(known_runs(), wanted) is None
