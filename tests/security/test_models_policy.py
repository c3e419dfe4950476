"""Hostile model folders are refused before anything in them is built or run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.models_checkpoints import make_checkpoint
from trust_core.errors import ModelRefused
from trust_core.models.inspection import inspect_model
from trust_core.models.policy import Policy

TYPED = Policy("typed")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that loads."""
    return make_checkpoint(tmp_path_factory.mktemp("sound") / "model")


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(sound, tmp_path / "model"))


def refused(folder: Path, policy: Policy = TYPED) -> ModelRefused:
    """The refusal of a folder."""
    with pytest.raises(ModelRefused) as caught:
        inspect_model(str(folder), policy=policy)
    return caught.value


def edit(folder: Path, name: str = "config.json", **changes: Any) -> None:
    """Change entries of a JSON file."""
    content = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(content | changes))


def test_pickled_weights(folder: Path) -> None:
    """A folder with pickled weights alone is refused, with advice how to convert them."""
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "save_pretrained" in str(refused(folder))
    assert "pytorch_model.bin" in str(refused(folder))


def test_pickles_beside_safetensors_are_never_read(folder: Path) -> None:
    """A pickle beside safetensors weights is no reason to refuse: nothing opens it."""
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04never read")
    assert inspect_model(str(folder), policy=TYPED).facts.weights == "safetensors"


def test_all_reasons_are_listed(folder: Path) -> None:
    """A refusal holds every reason, not only the first."""
    (folder / "modeling_mine.py").write_text("raise SystemExit('code was run')")
    edit(folder, auto_map={"AutoModel": "modeling_mine.Mine"}, architectures=["BertForMaskedLM"])
    edit(folder, "tokenizer_config.json", auto_map={"AutoTokenizer": ["tokenization_mine.Mine", None]})
    edit(folder, id2label={"0": "only"}, problem_type="regression", quantization_config={"bits": 4})
    (folder / "adapter_config.json").write_text("{}")
    reasons = refused(folder, Policy("typed", max_bytes=1000)).reasons
    expected = [
        "modeling_mine.py",
        "config.json asks for code of its own",
        "tokenizer_config.json asks for code of its own",
        "is an adapter",
        "quantization_config",
        "TRUST_MAX_MODEL_GIB",
        "BertForMaskedLM",
        "problem_type is regression",
        "it has 1 class;",
    ]
    for part in expected:
        assert any(part in reason for reason in reasons), part
    assert len(reasons) == len(expected)


@pytest.mark.parametrize("content", ["{", "[1]", "[" * 100_000, '{"a": ' * 50_000, "\x00", '"text"'])
def test_broken_config(folder: Path, content: str) -> None:
    """A config that is no JSON object, however deep, is a reason and no crash."""
    (folder / "config.json").write_text(content)
    assert any(reason.startswith("config.json") for reason in refused(folder).reasons)


def test_missing_parts(folder: Path) -> None:
    """A folder without config, weights and tokenizer is told all three."""
    for path in folder.iterdir():
        path.unlink()
    reasons = " ".join(refused(folder).reasons)
    assert "no config.json" in reasons
    assert "no weights" in reasons
    assert "no tokenizer" in reasons


@pytest.mark.parametrize(
    "content,problem",
    [
        (b"", "no safetensors file"),
        (b"\xff" * 64, "no safetensors file"),
        ((5).to_bytes(8, "little") + b"{nope", "broken header"),
        ((2).to_bytes(8, "little") + b"[]", "broken header"),
        ((13).to_bytes(8, "little") + b'{"a":{"b":1}}', "broken header"),
        ((2).to_bytes(8, "little") + b"{}" + b"x" * 10, "speaks of 0"),
    ],
)
def test_broken_weights(folder: Path, content: bytes, problem: str) -> None:
    """A weights file whose header does not fit the file is refused with what is wrong."""
    (folder / "model.safetensors").write_bytes(content)
    assert problem in str(refused(folder))


def test_cut_weights(folder: Path) -> None:
    """A download that stopped half-way is told by its size."""
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-100])
    assert "copy it again" in str(refused(folder))


@pytest.mark.parametrize("shard", ["../outside.safetensors", "/etc/passwd", "missing.safetensors", "x.bin"])
def test_shards_stay_in_the_folder(folder: Path, shard: str) -> None:
    """An index cannot name a shard outside its folder, of another kind, or one that is not there."""
    (folder.parent / "outside.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": shard}}))
    assert "shard" in str(refused(folder))


def test_empty_index(folder: Path) -> None:
    """An index without shards is a reason."""
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text("{}")
    assert "names no shards" in str(refused(folder))


def test_typed_paths_are_free_without_roots(folder: Path) -> None:
    """A path at the command line loads where no roots are set; the same path in a spec file does not."""
    assert inspect_model(str(folder), policy=TYPED).facts.kind == "folder"
    assert "TRUST_MODEL_ROOTS" in str(refused(folder, Policy("given")))


@pytest.mark.parametrize("origin", ["typed", "given"])
def test_roots_bind_both(folder: Path, tmp_path: Path, origin: Any) -> None:
    """Where roots are set they hold for typed and given paths, and a path inside them loads."""
    inside = Policy(origin, roots=(tmp_path,))
    outside = Policy(origin, roots=(tmp_path / "elsewhere",))
    assert inspect_model(str(folder), policy=inside).facts.kind == "folder"
    assert "outside the allowed folders" in str(refused(folder, outside))


def test_the_refusal_names_the_folders_that_bind(folder: Path, tmp_path: Path) -> None:
    """Roots may come from a spec file: the message lists them, and what would allow others."""
    said = str(refused(folder, Policy("typed", roots=(tmp_path / "specs",))))
    assert f"outside the allowed folders ({tmp_path / 'specs'})" in said
    assert "set TRUST_MODEL_ROOTS to allow others" in said
    assert "TRUST_MODEL_ROOTS allows" not in said


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_files_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A file that this account may not read is a refusal that names the file."""
    opened = Path.open

    def closed(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", closed)
    assert f"{name} cannot be read (Permission denied)" in str(refused(folder))


def test_folders_that_may_not_be_entered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that this account may not look into is a refusal, too."""
    looked = Path.stat

    def closed(path: Path, **options: Any) -> Any:
        if path.parent == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return looked(path, **options)

    monkeypatch.setattr(Path, "stat", closed)
    assert "config.json cannot be read (Permission denied)" in str(refused(folder))


def test_paths_cannot_climb_out_of_the_roots(folder: Path, tmp_path: Path) -> None:
    """Neither `..` nor a link leads out of the roots."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(folder, target_is_directory=True)
    policy = Policy("given", roots=(root,))
    for path in (root / ".." / "model", root / "link"):
        assert "outside the allowed folders" in str(refused(path, policy))


def test_linked_files_cannot_lead_out_of_the_roots(folder: Path, tmp_path: Path) -> None:
    """A link to a file outside the roots is refused by the file's name."""
    secret = tmp_path / "secret.json"
    secret.write_text((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").unlink()
    (folder / "tokenizer_config.json").symlink_to(secret)
    assert "tokenizer_config.json is a link" in str(refused(folder, Policy("given", roots=(folder,))))
    assert inspect_model(str(folder), policy=TYPED).facts.kind == "folder"


def test_outside_folders_are_not_probed(tmp_path: Path) -> None:
    """Whether a folder outside the roots exists cannot be told from the answer."""
    (tmp_path / "exists").mkdir()
    policy = Policy("given", roots=(tmp_path / "root",))
    first = str(refused(tmp_path / "exists", policy)).replace("exists", "X")
    second = str(refused(tmp_path / "gone", policy)).replace("gone", "X")
    assert first == second


def test_stored_recipe_must_be_one(folder: Path) -> None:
    """A config whose compression entry is no recipe is refused, not applied."""
    edit(folder, trusteq_compression="explode=1")
    assert "is no recipe" in str(refused(folder))


def test_attention_code_is_not_taken_from_the_config(folder: Path) -> None:
    """A config cannot make the loader fetch kernels: the implementation is fixed by the loader."""
    from trust_core.models.classifier import TorchClassifier
    from trust_core.models.device import choose_device
    from trust_core.models.loader import load_model

    edit(folder, _attn_implementation="someone/kernels", attn_implementation="someone/kernels")
    loaded = load_model(inspect_model(str(folder), policy=TYPED), device=choose_device("cpu"))
    assert isinstance(loaded.classifier, TorchClassifier)
    assert loaded.classifier.module.config._attn_implementation == "sdpa"


def test_unknown_model_type(folder: Path) -> None:
    """A model type that the library does not know is refused by name, without looking for code."""
    from trust_core.models.device import choose_device
    from trust_core.models.loader import load_model

    edit(folder, model_type="mystery")
    with pytest.raises(ModelRefused, match="describes no model"):
        load_model(inspect_model(str(folder), policy=TYPED), device=choose_device("cpu"))


def test_broken_tokenizer(folder: Path) -> None:
    """A tokenizer file that cannot be parsed is a refusal."""
    from trust_core.models.device import choose_device
    from trust_core.models.loader import load_model

    (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    with pytest.raises(ModelRefused, match="tokenizer cannot be read"):
        load_model(inspect_model(str(folder), policy=TYPED), device=choose_device("cpu"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_unreadable_config(folder: Path) -> None:
    """A file that may not be read is a reason."""
    (folder / "config.json").chmod(0)
    assert "config.json" in str(refused(folder))
