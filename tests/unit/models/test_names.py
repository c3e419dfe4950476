"""What the user may write for a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from trust_core.errors import ModelNotFound, SpecError
from trust_core.models.compress.recipe import Recipe
from trust_core.models.names import Bundled, Derived, Folder, HubId, bundled_models, parse_name

BUNDLED = ("nli-reference", "nli-student-3l", "pi-tiny")


@pytest.mark.parametrize(
    "written,expected",
    [
        ("nli-reference", Bundled("nli-reference")),
        ("bundled:pi-tiny", Bundled("pi-tiny")),
        ("./nli-reference", Folder(Path("nli-reference"))),
        ("../models/mine", Folder(Path("../models/mine"))),
        ("/srv/models/mine", Folder(Path("/srv/models/mine"))),
        ("~/mine", Folder(Path("~/mine"))),
        (".", Folder(Path())),
        ("a/b/c", Folder(Path("a/b/c"))),
        ("owner/name", HubId("owner/name", None)),
        ("owner/name@v1.0", HubId("owner/name", "v1.0")),
        ("hub:bert-tiny", HubId("bert-tiny", None)),
        ("hub:owner/name@refs/pr/1", HubId("owner/name", "refs/pr/1")),
        ("ref:int8", Derived(Recipe("int8"))),
        ("ref:prune=0.5", Derived(Recipe("prune", fraction=0.5))),
        ("ref:low-rank=1", Derived(Recipe("low-rank", fraction=1.0))),
        ("ref:layers=0,2,4", Derived(Recipe("layers", layers=(0, 2, 4)))),
        ("control:shuffled-head=7", Derived(Recipe("shuffled-head", seed=7))),
    ],
)
def test_every_form_is_read(written: str, expected: object) -> None:
    """Each way of writing a model names what it says."""
    assert parse_name(written, bundled=BUNDLED) == expected


def test_an_existing_folder_comes_before_a_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`owner/name` is the folder where there is one, and `hub:owner/name` is the hub all the same."""
    (tmp_path / "owner" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert parse_name("owner/name", bundled=()) == Folder(Path("owner/name"))
    assert parse_name("hub:owner/name", bundled=()) == HubId("owner/name", None)


def test_a_bare_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name that is a folder of the working directory is that folder."""
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse_name("mine", bundled=BUNDLED) == Folder(Path("mine"))


@pytest.mark.parametrize("written", ["nli-referense", "bundled:nli-referense"])
def test_unknown_names_list_the_nearest(written: str) -> None:
    """A misspelt bundled name is answered with the nearest one."""
    with pytest.raises(ModelNotFound, match=r"Did you mean 'nli-reference'"):
        parse_name(written, bundled=BUNDLED)


def test_unknown_bare_name_says_how_to_ask_the_hub() -> None:
    """A bare name that nobody knows may be meant for the hub, and the message says how to write that."""
    with pytest.raises(ModelNotFound, match="write hub:distilbert-base"):
        parse_name("distilbert-base", bundled=BUNDLED)


@pytest.mark.parametrize(
    "written,problem",
    [
        ("", "names no model"),
        ("a\0b", "names no model"),
        ("hub:a/b/c", "is no hub id"),
        ("hub:../etc", "is no hub id"),
        ("ref:int9", "no compression method 'int9'.*Did you mean 'int8'"),
        ("ref:int8=4", "takes no value"),
        ("ref:prune", r"prune needs a fraction\..*as in prune=0\.5"),
        ("ref:layers", "layers needs numbers"),
        ("ref:prune=1", "above 0 and below 1"),
        ("ref:prune=nan", "above 0 and below 1"),
        ("ref:low-rank=1.5", "above 0 and at most 1"),
        ("ref:layers=2,0", "rising order"),
        ("ref:layers=1,1", "rising order"),
        ("ref:layers=a", "counted from 0"),
        ("ref:shuffled-head=1", "Write control:shuffled-head=1"),
        ("control:int8", "Write ref:int8"),
        ("control:shuffled-head=x", "whole number"),
    ],
)
def test_names_that_cannot_be_read(written: str, problem: str) -> None:
    """A name with a fault says what the fault is and what would be right."""
    with pytest.raises(SpecError, match=f"(?s){problem}"):
        parse_name(written, bundled=BUNDLED)


@pytest.mark.parametrize("written", ["int8", "prune=0.5", "low-rank=0.25", "layers=0,2,4", "shuffled-head=3"])
def test_recipe_text_reads_back(written: str) -> None:
    """A recipe's text is what it was read from."""
    from trust_core.models.compress.recipe import parse_recipe

    assert parse_recipe(written).text == written


def test_bundled_models_are_folders_with_a_config(tmp_path: Path) -> None:
    """Only folders that hold a config count as bundled models; a missing place has none."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "config.json").write_text("{}")
    (tmp_path / "notes").mkdir()
    assert dict(bundled_models(tmp_path)) == {"one": tmp_path / "one"}
    assert dict(bundled_models(tmp_path / "nowhere")) == {}
