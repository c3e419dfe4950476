import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.store_report import small_report
from trust_core.errors import RunConflict, RunError, RunIncomplete
from trust_core.store.folder import (
    RunFolder,
    existing_run,
    load_report,
    open_run,
    results_folder,
    spec_of_run,
)

SPEC: dict[str, Any] = {"seed": 0, "lime": {"samples": 1000}, "candidates": ["b"], "device": "cpu"}


def _open(path: Path, fingerprint: str = "f" * 64, **changes: Any) -> RunFolder:
    return open_run(path, fingerprint=fingerprint, spec={**SPEC, **changes}, name="b against a")


def test_new_run(tmp_path: Path) -> None:
    """A new folder holds the spec and the mark of a run, and is found again."""
    run = _open(tmp_path / "runs" / "one")
    assert existing_run(run.path) == run == _open(run.path)
    assert spec_of_run(run.path) == SPEC
    assert sorted(p.name for p in run.path.iterdir()) == ["run.json", "spec.json"]
    assert not run.finished
    assert run.write("report.json", "{}") == run.path / "report.json"
    assert run.finished
    assert run.write("x.bin", b"\x00").read_bytes() == b"\x00"


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """An empty folder becomes the run's; a relative path becomes absolute."""
    assert _open(tmp_path).path == tmp_path.resolve()


def test_a_run_that_was_killed_goes_on(tmp_path: Path) -> None:
    """Working on the same run again keeps what is done and removes half-written files."""
    run = _open(tmp_path / "r")
    run.write("work/predictions/0.parquet", b"done")
    half = run.path / "work" / "predictions" / ".1.parquet.99.partial"
    half.write_bytes(b"ha")
    again = _open(tmp_path / "r")
    with again.claimed():
        assert not half.exists()
    assert (again.path / "work/predictions/0.parquet").read_bytes() == b"done"


@pytest.mark.parametrize(
    "left", [["spec.json"], [".run.json.9.partial"], ["spec.json", ".run.json.9.partial"]]
)
def test_killed_while_opening(tmp_path: Path, left: list[str]) -> None:
    """A kill before the folder was marked as a run does not keep the same command from starting again."""
    for name in left:
        (tmp_path / name).write_text("{")
    assert spec_of_run(_open(tmp_path).path) == SPEC


def test_another_spec_is_a_conflict(tmp_path: Path) -> None:
    """A folder of another spec is refused with what differs, nested fields by their path."""
    _open(tmp_path / "r")
    with pytest.raises(RunConflict) as caught:
        _open(
            tmp_path / "r", "e" * 64, seed=1, lime={"samples": 500}, candidates=("b",), device="cuda", extra=1
        )
    assert "the run ffffffffffff of another spec (different: extra, lime.samples, seed)" in str(caught.value)
    assert spec_of_run(tmp_path / "r") == SPEC


def test_other_contents_are_a_conflict(tmp_path: Path) -> None:
    """Where the spec is the same, it is the data or a model that changed."""
    _open(tmp_path / "r")
    with pytest.raises(RunConflict, match="the contents of the data or of a model changed"):
        _open(tmp_path / "r", "e" * 64, device="cuda", candidates=("b",))


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    """A folder with other files in it, and a file, are refused and stay as they are."""
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(RunConflict, match="is not empty and holds no run"):
        _open(tmp_path)
    with pytest.raises(RunConflict, match=r"thesis\.tex is a file"):
        _open(tmp_path / "thesis.tex")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_unwritable_folder(tmp_path: Path) -> None:
    """A folder below a file cannot be made; the message names it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be written"):
        _open(tmp_path / "file" / "run")


@pytest.mark.parametrize(
    "content, said",
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "not what a run writes"),
        ("{}", "names no fingerprint"),
        ('{"fingerprint": 3}', "names no fingerprint"),
    ],
)
def test_damaged_mark(tmp_path: Path, content: str, said: str) -> None:
    """A mark that was tampered with is refused as damaged."""
    run = _open(tmp_path / "r")
    (run.path / "run.json").write_text(content)
    for again in (lambda: _open(tmp_path / "r"), lambda: existing_run(run.path)):
        with pytest.raises(RunError, match=said):
            again()


def test_no_run(tmp_path: Path) -> None:
    """A folder without a mark holds no run; a mark that is a folder cannot be read."""
    with pytest.raises(RunError, match=r"holds no run: run\.json is missing"):
        existing_run(tmp_path)
    (tmp_path / "run.json").mkdir()
    with pytest.raises(RunError, match=r"run\.json cannot be read: Is a directory"):
        existing_run(tmp_path)


def test_shards_can_be_cleared_away(tmp_path: Path) -> None:
    """Clearing the shards away leaves the other files, and does no harm where there are none."""
    run = _open(tmp_path / "r")
    run.shards("predictions").write_table(0, 1, {"id": ["a"]})
    for _ in range(2):
        run.remove_work()
        assert not run.shards("predictions").finished(0, 1)
    assert existing_run(run.path) == run


def test_report_comes_back(tmp_path: Path) -> None:
    """A report is read from its folder and from its file, as a path or as text."""
    report = small_report()
    run = _open(tmp_path / "r")
    file = run.write("report.json", report.to_json())
    for path in (run.path, file, str(run.path), str(file)):
        assert load_report(path) == report


def test_report_that_is_not_there(tmp_path: Path) -> None:
    """Without a report the run is incomplete, with what to do."""
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "report.json"):
        with pytest.raises(RunIncomplete, match=r"not finished[\s\S]*goes on where it stopped"):
            load_report(path)


def test_report_of_another_version(tmp_path: Path) -> None:
    """A report of another layout is refused with the place that cannot be read."""
    content = json.loads(small_report().to_json())
    (tmp_path / "report.json").write_text(json.dumps({**content, "schema_version": 99}))
    with pytest.raises(RunError, match=r"at schema_version\.\n.*schema_version 1"):
        load_report(tmp_path)
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(RunError, match="no report that this version can read"):
        load_report(tmp_path)


def test_report_that_cannot_be_opened(tmp_path: Path) -> None:
    """A path through a file is an error to mend."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be read: Not a directory"):
        load_report(tmp_path / "file" / "report.json")


def test_partial_results_are_found(tmp_path: Path) -> None:
    """Readers find the newest results; the ones before stay for those who have them open, older ones go."""
    run = _open(tmp_path / "r")
    assert results_folder(run.path) is None
    written = [run.write_partial({"report.json": b"%d" % at, "texts.parquet": b""}) for at in range(3)]
    assert results_folder(run.path) == (written[-1], False)
    assert [folder.exists() for folder in written] == [False, True, True]
    assert (written[-1] / "report.json").read_bytes() == b"2"
    run.write("report.json", "{}")
    assert results_folder(run.path) == (run.path, True)


@pytest.mark.parametrize("pointer", ["../..", "partial-1/../..", "", "partial-7"])
def test_a_pointer_leads_nowhere_else(tmp_path: Path, pointer: str) -> None:
    """What names the newest results can name one of its neighbours alone."""
    run = _open(tmp_path / "r")
    (tmp_path / "report.json").write_text("{}")
    run.write("work/partial", pointer)
    assert results_folder(run.path) is None
