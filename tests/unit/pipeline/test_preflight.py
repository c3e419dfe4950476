"""What is known before a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pipeline_runs import (
    Workbench,
    make_workbench,
    rows,
    write_model,
    write_neighbour,
    write_rows,
)
from trust_core.datasets.limits import Limits
from trust_core.domain.preflight import PreflightReport
from trust_core.domain.spec import DataSpec, Spec
from trust_core.models.policy import Policy
from trust_core.pipeline import preflight as module
from trust_core.pipeline.plan import plan_models
from trust_core.pipeline.preflight import preflight

LIMITS = Limits(10_000_000, 10_000)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Two tiny models and forty texts."""
    return make_workbench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def look(bench: Workbench) -> Callable[..., PreflightReport]:
    """What is known of the evaluation with these changes."""

    def looked(**changed: object) -> PreflightReport:
        policy = Policy(origin="given", roots=(bench.folder,))
        return preflight(_spec(bench, **changed), limits=LIMITS, policy=policy)

    return looked


def _spec(bench: Workbench, **changed: object) -> Spec:
    given = {"reference": str(bench.reference), "candidates": (str(bench.candidate), "ref:int8")}
    return Spec(**{**given, "data": DataSpec(source=str(bench.data)), "explain_limit": 20, **changed})  # type: ignore[arg-type]


def _about(found: PreflightReport) -> dict[str, str]:
    return {problem.about: problem.kind for problem in found.problems}


@pytest.mark.slow
def test_all_is_well(bench: Workbench, look: Callable[..., PreflightReport]) -> None:
    """Models, data and classes are described, the run is named as it will be, and nothing is in the way."""
    found = look()
    assert found.ok
    plan = plan_models(_spec(bench), limits=LIMITS, policy=Policy(origin="typed"))
    assert (found.fingerprint, found.name) == (plan.fingerprint, plan.name)
    assert set(found.classes) == {"entailment", "neutral", "contradiction"}
    assert [(model.role, model.source, model.dtype) for model in found.models] == [
        ("reference", "folder", "float32"),
        ("candidate", "folder", "float32"),
        ("candidate", "derived", "int8"),
    ]
    assert found.models[2].size_bytes is not None
    assert found.models[0].size_bytes is not None
    assert found.models[2].size_bytes < found.models[0].size_bytes
    assert [model.truncated_share for model in found.models] == [0.0] * 3
    data = found.data
    assert data is not None
    assert (data.n, data.predicted, data.explained, data.labelled) == (40, 40, 20, True)
    assert sum(data.class_counts.values()) == 40
    assert any("no licence" in note for note in found.notes)
    assert PreflightReport.model_validate(json.loads(found.model_dump_json())) == found


@pytest.mark.slow
def test_every_problem_at_once(
    bench: Workbench, look: Callable[..., PreflightReport], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder that is not there, one out of reach, missing weights and odd label names are all said."""
    numbered = write_model(bench.folder / "numbered", labels=("LABEL_0", "LABEL_1", "LABEL_2"))
    hollow = write_model(bench.folder / "hollow")
    (hollow / "model.safetensors").write_bytes((bench.reference / "model.safetensors").read_bytes()[:-100])
    outside = write_model(tmp_path_factory.mktemp("outside") / "m")
    missing = bench.folder / "missing"
    names = tuple(str(path) for path in (numbered, hollow, outside, missing))
    found = look(candidates=names, data=DataSpec(source=str(bench.folder / "no.csv")))
    about = _about(found)
    assert set(about) == {*names, "data"}
    assert about[str(numbered)] == "LabelError"
    assert about[str(outside)] == "ModelRefused"
    assert about[str(missing)] == "ModelNotFound"
    assert about["data"] == "DataError"
    assert found.data is None
    assert found.fingerprint == ""


@pytest.mark.slow
def test_a_label_map_mends_labels(bench: Workbench, look: Callable[..., PreflightReport]) -> None:
    """Odd names in the data are a problem of the data, until somebody says what they mean."""
    odd = rows(30, labels=("0", "1", "2"))
    data = DataSpec(source=str(write_rows(bench.folder / "numbers.csv", odd)))
    assert _about(look(data=data)) == {"data": "LabelError"}
    meant = {"data": {"0": "entailment", "1": "neutral", "2": "contradiction"}}
    found = look(data=data, label_map=meant)
    assert found.ok
    assert found.data is not None
    assert found.data.labels == ("0", "1", "2")


def test_a_reference_that_cannot_be_read(bench: Workbench, look: Callable[..., PreflightReport]) -> None:
    """Candidates made from it are named in a note; everything else is still looked at."""
    found = look(reference=str(bench.folder / "none"), candidates=("ref:int8",))
    assert _about(found) == {str(bench.folder / "none"): "ModelNotFound"}
    assert any("ref:int8" in note for note in found.notes)
    assert found.classes == ()
    assert found.data is not None
    assert found.data.class_counts == {}


def test_what_only_the_plan_notices(
    bench: Workbench, look: Callable[..., PreflightReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that the run would refuse are refused now; a large model is not loaded on trial."""
    monkeypatch.setattr(module, "LARGEST_TRIAL", 10)
    found = look(candidates=(str(bench.candidate),), explained_class="nonsense")
    assert _about(found) == {"spec": "SpecError"}
    assert sum("too large to be loaded on trial" in note for note in found.notes) == 2
    assert [model.parameters for model in found.models] == [None, None]


@pytest.mark.slow
def test_long_texts_are_counted(bench: Workbench, look: Callable[..., PreflightReport]) -> None:
    """The share of texts that a model cuts is said, of single texts too."""
    long = [{"id": str(at), "text": "man " * (300 if at % 2 else 3)} for at in range(30)]
    data = DataSpec(
        source=str(write_rows(bench.folder / "long.csv", long)), text_a="text", text_b="none", label="none"
    )
    found = look(data=data, candidates=(str(bench.candidate),))
    assert found.ok, found.problems
    assert found.models[0].truncated_share == 0.5
    assert any("50.0% of the texts are longer" in note for note in found.notes)
    assert found.data is not None
    assert (found.data.labelled, found.data.class_counts) == (False, {})


def test_saved_predictions(tmp_path: Path) -> None:
    """Files of predictions are looked at without any model; what is wrong with them is said."""
    for name, shift in (("r", 0.0), ("s", 0.01)):
        lines = [f"{at},{'yes' if at % 2 else 'no'},{0.4 + shift},{0.6 - shift}" for at in range(30)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,label,p_yes,p_no", *lines]))
    spec = Spec(
        reference_predictions=str(tmp_path / "r.csv"), candidate_predictions=(str(tmp_path / "s.csv"),)
    )
    found = preflight(spec, limits=LIMITS, policy=Policy())
    assert found.ok
    assert found.data is not None
    assert (found.data.n, found.data.explained, found.data.class_counts) == (30, 0, {"no": 15, "yes": 15})
    (tmp_path / "s.csv").write_text("id,p_yes\n1,2\n")
    assert _about(preflight(spec, limits=LIMITS, policy=Policy())).keys() == {"data"}


@pytest.mark.slow
def test_the_twin_is_looked_at_like_a_model(bench: Workbench, look: Callable[..., PreflightReport]) -> None:
    """It stands in the list with a role of its own; the reference, or nothing, is a problem."""
    twin = write_neighbour(bench.folder / "twin", bench.reference, seed=9)
    found = look(twin=str(twin))
    assert found.ok
    assert [model.role for model in found.models] == ["reference", "candidate", "candidate", "twin"]
    assert found.fingerprint != look().fingerprint
    copy = write_neighbour(bench.folder / "copy", bench.reference, noise=0.0)
    for wrong in (str(copy), str(bench.folder / "nothing")):
        assert wrong in _about(look(twin=wrong))
