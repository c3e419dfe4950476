from pathlib import Path

import pytest

from trust_core.store.imports import Imports


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    """Those of an empty home."""
    return Imports(tmp_path)


def test_each_owner_has_folders_of_their_own(imports: Imports) -> None:
    """The same archive of the same owner has one folder; nobody else's archive leads there."""
    assert imports.folder("ann", b"x") == imports.folder("ann", b"x")
    assert len({imports.folder(owner, b"x") for owner in ("", "ann", "bob")}) == 3
    assert imports.folder("", b"x") != imports.folder("", b"y")
    assert imports.holds(imports.folder("ann", b"x"))


def test_only_folders_of_imports_are_imports(imports: Imports, tmp_path: Path) -> None:
    """Neither a job's folder nor one of the same name elsewhere is an import."""
    assert not imports.holds(tmp_path / "runs" / "0123456789ab")
    assert not imports.holds(tmp_path / "imported-0123456789ab")
    assert imports.visible(tmp_path / "runs" / "0123456789ab", "bob")


def test_an_import_is_its_owners_alone(imports: Imports) -> None:
    """Nobody else who has signed in sees it; where nobody signs in, everybody does."""
    folder = imports.folder("ann", b"x")
    imports.give(folder, "ann")
    seen = {viewer: imports.visible(folder, viewer) for viewer in ("ann", "bob", None)}
    assert seen == {"ann": True, "bob": False, None: True}


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_an_import_of_unknown_owner_is_nobodys(imports: Imports, content: bytes | None) -> None:
    """One from before people signed in, or whose owner cannot be read, is hidden from all who sign in."""
    folder = imports.folder("", b"x")
    folder.mkdir(parents=True)
    imports.give(folder, "")
    assert list(folder.iterdir()) == []
    if content is not None:
        (folder / ".owner").write_bytes(content)
    assert imports.owner(folder) == ""
    assert not imports.visible(folder, "ann")
    assert imports.visible(folder, None)
