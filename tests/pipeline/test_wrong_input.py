"""Wrong input ends in exit code 3, with words that say what to do, before any model is built."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.models_checkpoints import NLI
from tests.support.pipeline_runs import Workbench, rows, write_model, write_rows
from trust_core.cli.main import main
from trust_core.inference.engine import Engine


@pytest.fixture(autouse=True)
def _no_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong is found before a model answers."""

    def refused(*_: object) -> None:
        raise AssertionError("a model ran")

    monkeypatch.setattr(Engine, "predict", refused)


@pytest.fixture
def refused(bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What is said when a run with these further arguments is refused; nothing may have been written."""

    def run(*more: str) -> str:
        code = bench.evaluate(tmp_path / "out", *more)
        said = capsys.readouterr()
        assert code == 3, said.err
        assert "Traceback" not in said.err
        assert not said.out
        assert not (tmp_path / "out").exists()
        return said.err

    return run


def _csv(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_missing_column(refused: Callable[..., str]) -> None:
    """The columns that are there are named."""
    said = refused("--text-a", "premiss")
    assert "premiss" in said
    assert "premise" in said


def test_an_unknown_label(refused: Callable[..., str], tmp_path: Path) -> None:
    """A label that is no class is listed with its row, id and column, and the classes are named."""
    content = [{"verdict" if key == "label" else key: cell for key, cell in row.items()} for row in rows(40)]
    content[6]["verdict"] = "perhaps"
    said = refused("--data", str(write_rows(tmp_path / "d.csv", content)), "--label", "verdict")
    assert "row 7 (id t006), column 'verdict': 'perhaps' is not a class" in said
    assert "row 1 is the first row of data" in said
    assert "Allowed: contradiction, entailment, neutral" in said or "Allowed: entailment" in said


def test_another_task(refused: Callable[..., str], tmp_path: Path) -> None:
    """Labels of another task are no broken rows: both sides' names are shown."""
    said = refused("--data", str(write_rows(tmp_path / "d.csv", rows(40, labels=("red", "green", "blue")))))
    assert "cannot be matched" in said
    assert "red" in said
    assert "entailment" in said


@pytest.mark.parametrize(
    "labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("0", "1", "2"), ("yes", "no", "maybe")]
)
def test_label_names_that_do_not_match(
    refused: Callable[..., str], tmp_path: Path, labels: tuple[str, ...]
) -> None:
    """A candidate whose names do not match gets no guessed order, and the message says how to map them."""
    said = refused("--candidate", str(write_model(tmp_path / "m", labels=labels)))
    assert labels[0] in said
    assert "--label-map" in said


def test_an_empty_file(refused: Callable[..., str], tmp_path: Path) -> None:
    """No bytes, or a header alone, are no texts."""
    assert "empty" in refused("--data", _csv(tmp_path / "d.csv", ""))
    assert "d.csv" in refused("--data", _csv(tmp_path / "d.csv", "premise,hypothesis,label\n"))


def test_a_broken_row(refused: Callable[..., str], tmp_path: Path) -> None:
    """A row with too many cells is named by its number."""
    text = "premise,hypothesis,label\na b,c d,neutral\na,b,c,d,e\n"
    assert "row 2" in refused("--data", _csv(tmp_path / "d.csv", text))


def test_a_huge_text(refused: Callable[..., str], tmp_path: Path) -> None:
    """A text of 20 MB is refused by its row."""
    said = refused(
        "--data",
        _csv(tmp_path / "d.csv", "premise,hypothesis,label\n" + "word " * 4_000_000 + ",b,neutral\n"),
    )
    assert "row 1, column 'premise'" in said


def test_pickle_weights(refused: Callable[..., str], tmp_path: Path) -> None:
    """Weights as pickle are refused."""
    folder = write_model(tmp_path / "m")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    said = refused("--candidate", str(folder))
    assert "refused" in said
    assert "pytorch_model.bin" in said


def test_remote_code(refused: Callable[..., str], tmp_path: Path) -> None:
    """A config that brings its own code is refused."""
    folder = write_model(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSequenceClassification": "modeling.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    assert "auto_map" in refused("--candidate", str(folder))


def test_a_name_that_is_nearly_bundled(refused: Callable[..., str]) -> None:
    """The nearest bundled data is shown."""
    assert "Did you mean 'nli'" in refused("--data", "bundled:nlii")


def test_a_compression_that_is_nearly_one(refused: Callable[..., str]) -> None:
    """The nearest method is shown."""
    assert "prune" in refused("--candidate", "ref:prun=0.5")


def test_models_outside_the_roots(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TRUST_MODEL_ROOTS binds models."""
    monkeypatch.setenv("TRUST_MODEL_ROOTS", str(tmp_path))
    said = refused()
    assert "outside" in said
    assert str(tmp_path) in said


def test_data_outside_the_roots(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TRUST_DATA_ROOTS binds data."""
    monkeypatch.setenv("TRUST_DATA_ROOTS", str(tmp_path))
    assert "outside the folders that data may come from" in refused()


def test_a_spec_file_is_bound_to_its_folder(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a spec file names lies in its folder or the current one; what is typed may lie elsewhere."""
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path / "specs")
    content = {
        "reference": str(bench.reference),
        "candidates": [str(bench.candidate)],
        "data": {"source": str(bench.data)},
    }
    spec = tmp_path / "specs/s.json"
    spec.write_text(json.dumps(content))
    out = str(tmp_path / "out")
    assert main(["evaluate", "--spec", str(spec), "--out", out]) == 3
    assert "outside" in capsys.readouterr().err
    typed = [
        "--reference",
        str(bench.reference),
        "--candidate",
        str(bench.candidate),
        "--data",
        str(bench.data),
    ]
    assert main(["evaluate", "--spec", str(spec), *typed, "--set", "k.fixed=99", "--out", out]) == 3
    assert "k.fixed is 99" in capsys.readouterr().err
    assert main(["evaluate", "--spec", str(spec), "--data", "~nobody-of-that-name/d.csv", "--out", out]) == 3


def test_k_larger_than_any_text(refused: Callable[..., str]) -> None:
    """A K that no explained text has words for is refused before any work."""
    said = refused("--set", "k.fixed=50")
    assert "k.fixed is 50, but none of the 20 explained texts has more words" in said
    assert "the longest has" in said


def test_texts_that_are_too_long_for_exact_shap(refused: Callable[..., str]) -> None:
    """Texts of more than 10 words are named before any work, where shap-exact is among the explainers."""
    said = refused("--explainers", "lime,shap-exact")
    assert "explained texts have too many words for shap-exact: 't0" in said
    assert "at most 10 words" in said


def test_the_reference_as_a_candidate(refused: Callable[..., str], bench: Workbench) -> None:
    """A model is not compared with itself under one name."""
    assert "is the reference itself" in refused("--candidate", str(bench.reference))


def test_negative_margins(refused: Callable[..., str], tmp_path: Path) -> None:
    """The margin and its file are named."""
    said = refused("--margins", _csv(tmp_path / "m.yaml", "accuracy: -0.1\n"))
    assert "accuracy is -0.1" in said
    assert "m.yaml" in said


def test_an_unknown_class_to_explain(refused: Callable[..., str]) -> None:
    """The nearest class is shown."""
    assert "Did you mean 'neutral'" in refused("--set", "class=neutrel")


def test_gold_of_unlabelled_texts(refused: Callable[..., str]) -> None:
    """The gold class cannot be explained where there is none."""
    assert "no gold labels" in refused("--label", "none", "--set", "class=gold")


@pytest.mark.parametrize(
    "more, reasons",
    [
        (("--label", "none"), ["needs gold labels"]),
        (("--protocol", "published-pi"), ["not_paraphrase and paraphrase"]),
        (("--explainers", "shap-permutation"), ["lime and shap alone"]),
        (("--text-b", "none", "--label", "none"), ["needs gold labels", "needs pairs"]),
    ],
)
def test_protocols_that_do_not_fit(
    refused: Callable[..., str], more: tuple[str, ...], reasons: list[str]
) -> None:
    """A published protocol for texts that it does not know is refused, with all reasons."""
    said = refused("--protocol", "published-nli", *more)
    assert all(reason in said for reason in reasons)


def test_a_hub_that_does_not_answer(refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port in place of the hub is said within 15 seconds."""
    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    began = time.monotonic()
    said = refused("--candidate", "owner/name")
    assert time.monotonic() - began < 15
    assert "hub" in said.lower()


@pytest.mark.parametrize(
    "more", [("--colour", "red"), ("--limit", "many"), ("--set", "lime.smaples=20"), ("--explainers", "lame")]
)
def test_unknown_flags_and_fields(refused: Callable[..., str], more: tuple[str, ...]) -> None:
    """What is not known is named."""
    assert more[-1].split("=")[0].split(".")[-1] in refused(*more)


def test_a_folder_that_cannot_be_written(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An --out below a file is refused, and the file stays."""
    file = tmp_path / "file"
    file.write_text("kept")
    for out in (file, file / "run"):
        assert bench.evaluate(out) == 3
        assert "file" in capsys.readouterr().err
    assert file.read_text() == "kept"


def test_a_folder_of_something_else(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with other files in it is refused, and they stay."""
    (tmp_path / "thesis.tex").write_text("kept")
    assert bench.evaluate(tmp_path) == 3
    assert "holds no run" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_classes_in_another_order_are_matched_by_name(bench: Workbench, tmp_path: Path) -> None:
    """A model that has the same classes in another order is no error: its columns are put in order."""
    from trust_core.datasets.limits import Limits
    from trust_core.domain.spec import DataSpec, Spec
    from trust_core.models.policy import Policy
    from trust_core.pipeline.plan import plan_models

    turned = write_model(tmp_path / "m", labels=NLI[::-1])
    spec = Spec(
        reference=str(bench.reference), candidates=(str(turned),), data=DataSpec(source=str(bench.data))
    )
    plan = plan_models(spec, limits=Limits(10**8, 10**6, None), policy=Policy("typed"))
    ours, theirs = (member.columns for member in plan.members)
    assert [NLI[at] for at in ours] == [NLI[::-1][at] for at in theirs] == list(plan.texts.classes)
