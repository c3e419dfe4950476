import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from trust_core.cli.spec_options import MAX_BYTES, add_spec_options, mapping_from_file, spec_from_options
from trust_core.domain.spec import LabelMap, Spec
from trust_core.errors import SpecError, UsageError

MODELS = ["--reference", "a", "--candidate", "b", "--data", "d.csv"]


def _options(arguments: list[str]) -> Namespace:
    parser = ArgumentParser()
    add_spec_options(parser)
    return parser.parse_args(arguments)


def _spec(*arguments: str) -> Spec:
    return spec_from_options(_options(list(arguments)))


def _file(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


def test_every_flag_has_its_field(tmp_path: Path) -> None:
    """Every flag arrives in the spec."""
    margins = _file(tmp_path, "m.yaml", "accuracy: 0.02\nalignment: 0.6\n")
    labels = _file(tmp_path, "l.json", '{"candidate": {"LABEL_0": "no"}}')
    spec = _spec(
        *("--reference", "a", "--candidate", "b", "--candidate", "ref:layers=0,2", "--data", "d.csv"),
        *("--text-a", "A", "--text-b", "none", "--label", "L", "--id", "I", "--label-map", labels),
        *(
            "--limit",
            "7",
            "--explainers",
            "shap, lime",
            "--explain-limit",
            "3",
            "--protocol",
            "published-nli",
        ),
        *("--seed", "5", "--margins", margins, "--device", "cpu", "--set", "lime.samples=500"),
        *("--set", "k.fixed=3", "--set", "class=gold", "--set", "data.split=test", "--no-texts"),
    )
    assert (spec.reference, spec.candidates) == ("a", ("b", "ref:layers=0,2"))
    assert spec.data is not None
    assert spec.data.model_dump(exclude_defaults=True) == {
        "source": "d.csv", "text_a": "A", "text_b": "none", "label": "L", "id": "I", "split": "test",
    }  # fmt: skip
    assert spec.label_map == LabelMap(candidate={"LABEL_0": "no"})
    assert (spec.limit, spec.explain_limit, spec.seed) == (7, 3, 5)
    assert spec.explainers == ("shap", "lime")
    assert (spec.protocol, spec.device, spec.no_texts) == ("published-nli", "cpu", True)
    assert (spec.margins.accuracy, spec.margins.alignment, spec.margins.brier) == (0.02, 0.6, 0.01)
    assert (spec.lime.samples, spec.k.fixed, spec.explained_class) == (500, 3, "gold")


def test_saved_predictions() -> None:
    """Files of predictions stand in for models."""
    spec = _spec("--reference-predictions", "a.csv", "--candidate-predictions", "b.csv")
    assert (spec.reference_predictions, spec.candidate_predictions) == ("a.csv", ("b.csv",))


def test_flags_win_over_the_file_and_set_over_flags(tmp_path: Path) -> None:
    """A value comes from --set, else from its flag, else from the file, else from the default."""
    file = _file(
        tmp_path, "s.yaml", "reference: a\ncandidates: [b]\ndata: {source: d}\nseed: 1\nbins: 5\nlimit: 9\n"
    )
    spec = _spec("--spec", file, "--seed", "2", "--limit", "8", "--set", "limit=7")
    assert (spec.bins, spec.seed, spec.limit, spec.resamples) == (5, 2, 7, 2000)


def test_json_spec(tmp_path: Path) -> None:
    """The spec that a run writes can be given back, byte order mark or not."""
    written = json.dumps(_spec(*MODELS).model_dump(mode="json", by_alias=True))
    assert _spec("--spec", _file(tmp_path, "s.json", written)) == _spec(*MODELS)
    assert _spec("--spec", _file(tmp_path, "t.json", "\ufeff" + written)) == _spec(*MODELS)


def test_data_that_the_file_leaves_empty(tmp_path: Path) -> None:
    """An empty field in the file does not keep a flag below it from being set."""
    file = _file(tmp_path, "s.yaml", "reference: a\ncandidates: [b]\ndata:\n")
    assert _spec("--spec", file, "--data", "d.csv").data is not None


def test_a_field_below_a_single_value() -> None:
    """Nothing can be set below a single value."""
    with pytest.raises(UsageError, match=r"seed\.x cannot be set: seed is 3\.\nseed must hold fields"):
        _spec(*MODELS, "--seed", "3", "--set", "seed.x=1")


@pytest.mark.parametrize("assignment", ["lime.samples", "=3", ""])
def test_set_needs_an_assignment(assignment: str) -> None:
    """`--set` without a path or without a value shows how to write it."""
    with pytest.raises(UsageError, match=r"no assignment[\s\S]*--set lime\.samples=500"):
        _spec(*MODELS, "--set", assignment)


def test_set_takes_text_that_is_no_yaml() -> None:
    """A value that YAML cannot read is text."""
    assert _spec(*MODELS, "--set", "class=[half").explained_class == "[half"


def test_all_that_is_wrong_is_listed() -> None:
    """Wrong values of several flags are named together, as values of the command line."""
    with pytest.raises(SpecError) as caught:
        _spec(*MODELS, "--protocol", "x", "--seed", "-1", "--device", "tpu", "--set", "lime.smaples=2")
    lines = str(caught.value).splitlines()
    assert lines[0] == "The command line cannot be used:"
    for name in ("protocol", "seed", "device", "lime.smaples"):
        assert any(line.startswith(f"  - {name}") for line in lines)


def test_margins_file_is_named(tmp_path: Path) -> None:
    """Negative margins are refused with the file that holds them."""
    file = _file(tmp_path, "m.yaml", "accuracy: -0.01\n")
    with pytest.raises(SpecError, match=r"m\.yaml cannot be used:\n  - accuracy is -0\.01: .*greater than 0"):
        _spec(*MODELS, "--margins", file)


def test_label_map_file_is_named(tmp_path: Path) -> None:
    """A label map for nobody known is refused with the nearest name."""
    file = _file(tmp_path, "l.yaml", "candidat: {a: b}\n")
    with pytest.raises(SpecError, match=r"l\.yaml cannot be used[\s\S]*Did you mean 'candidate'"):
        _spec(*MODELS, "--label-map", file)


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("s.yaml", "a: [", "not valid YAML or JSON"),
        ("s.json", "{", "not valid YAML or JSON"),
        ("s.json", "[" * 100_000, "not valid YAML or JSON"),
        ("s.yaml", "!!python/object/apply:os.system ['true']", "not valid YAML or JSON"),
        ("s.yaml", "- a\n- b\n", r"holds no mapping[\s\S]*seed: 0"),
        ("s.yaml", "", "holds no mapping"),
        ("s.yaml", "x" * (MAX_BYTES + 1), "1,000,001 bytes"),
    ],
)
def test_files_that_are_no_mapping(tmp_path: Path, name: str, content: str, said: str) -> None:
    """Files that are broken, hostile, too large or something else are refused in words."""
    with pytest.raises(UsageError, match=said):
        mapping_from_file(_file(tmp_path, name, content))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing files, folders and other encodings are refused."""
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        mapping_from_file(str(tmp_path / "s.yaml"))
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        mapping_from_file(str(tmp_path))
    (tmp_path / "s.yaml").write_bytes(b"a: \xff")
    with pytest.raises(UsageError, match="not valid YAML or JSON"):
        mapping_from_file(str(tmp_path / "s.yaml"))
