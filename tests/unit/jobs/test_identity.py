"""Ids of jobs."""

import os
from itertools import islice
from pathlib import Path

import pytest

from trust_core.domain.spec import DataSpec, Spec
from trust_core.jobs.identity import checked_id, job_id, job_ids, named_paths

SPEC = Spec(reference="a", candidates=("b", "ref:int8"), data=DataSpec(source="c.csv"))


def test_how_the_work_is_done_is_no_part_of_it() -> None:
    """Device, batch and threads change no id; anything that changes figures does."""
    assert job_id(SPEC) == job_id(
        SPEC.model_copy(update={"device": "cpu", "threads": 3, "batch_tokens": 512})
    )
    assert job_id(SPEC) != job_id(SPEC.model_copy(update={"seed": 1}))
    assert checked_id(job_id(SPEC)) == job_id(SPEC)


def test_every_name_of_a_file_counts() -> None:
    """Models, data and predictions are all looked at."""
    assert named_paths(SPEC) == ("a", "b", "ref:int8", "c.csv")
    saved = Spec(reference_predictions="r", candidate_predictions=("s", "t"))
    assert named_paths(saved) == ("r", "s", "t")


def test_a_changed_model_folder_is_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files in a folder count with size and age."""
    monkeypatch.chdir(tmp_path)
    before = job_id(SPEC)
    Path("a").mkdir()
    Path("a/config.json").write_text("{}")
    with_folder = job_id(SPEC)
    Path("a/config.json").write_text("{ }")
    assert len({before, with_folder, job_id(SPEC)}) == 3


@pytest.mark.parametrize("changed", ["a/onnx/model.onnx", "a/onnx/model.onnx_data", "a/z.json"])
def test_a_graph_below_the_model_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    """Files in `onnx` are read as weights, so another one is another model; a dead link hides no file."""
    monkeypatch.chdir(tmp_path)
    Path("a/onnx").mkdir(parents=True)
    Path("a/link").symlink_to("nowhere")
    for name in ("a/onnx/model.onnx", "a/onnx/model.onnx_data", "a/z.json"):
        Path(name).write_text("1")
    before = job_id(SPEC)
    # Rewritten in place: neither folder looks any different.
    os.utime(changed, ns=(0, 0))
    assert job_id(SPEC) != before


def test_repetitions_have_ids_of_their_own() -> None:
    """The first id is the job's own; those after it differ and have its form."""
    ids = list(islice(job_ids(SPEC), 5))
    assert ids[0] == job_id(SPEC)
    assert len({checked_id(one) for one in ids}) == 5


def test_names_that_are_no_paths_are_passed_over() -> None:
    """A name that the system cannot take for a path is the run's affair."""
    odd = SPEC.model_copy(update={"reference": "x" * 5000, "candidates": ("~nobody-of-this-name/x",)})
    assert len(job_id(odd)) == 12
