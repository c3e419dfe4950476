"""What the app may name."""

from pathlib import Path

import pytest

from trust_core.domain.spec import DataSpec, Spec
from trust_core.errors import TrustError
from trust_core.settings import Settings
from trust_core.wiring.permission import admitted, uploads_of, web_limits, web_policy


def spec_of(reference: str = "nli-reference", candidate: str = "ref:int8", data: str = "bundled:nli") -> Spec:
    """An evaluation of these."""
    return Spec(reference=reference, candidates=(candidate,), data=DataSpec(source=data))


def test_bundled_and_hub_names_are_free(tmp_path: Path) -> None:
    """They lead to no folder of this machine."""
    settings = Settings(home=tmp_path)
    assert not admitted(spec_of(), "", settings)
    assert not admitted(spec_of("owner/name", "hub:name", "hub:owner/data"), "", settings)


@pytest.mark.parametrize("name", ["/etc", "./x", "../x", "~", "~root/x", "models/../../x"])
def test_folders_outside_are_refused(tmp_path: Path, name: str) -> None:
    """Without TRUST_MODEL_ROOTS, models lie in the home alone."""
    with pytest.raises(TrustError):
        admitted(spec_of(candidate=name), "", Settings(home=tmp_path))


def test_a_link_out_of_the_allowed_folder_is_refused(tmp_path: Path) -> None:
    """Links are followed before the comparison."""
    home = tmp_path / "home"
    (home / "models" / "mine").mkdir(parents=True)
    (tmp_path / "theirs").mkdir()
    (home / "models" / "link").symlink_to(tmp_path / "theirs")
    settings = Settings(home=home)
    assert not admitted(spec_of(candidate=str(home / "models" / "mine")), "", settings)
    with pytest.raises(TrustError, match="outside the allowed folders"):
        admitted(spec_of(candidate=str(home / "models" / "link")), "", settings)


def test_set_roots_take_the_place_of_the_home(tmp_path: Path) -> None:
    """TRUST_MODEL_ROOTS and TRUST_DATA_ROOTS bind the app too."""
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "d.csv").write_text("x")
    roots = (tmp_path / "roots",)
    settings = Settings(home=tmp_path / "home", model_roots=roots, data_roots=roots)
    admitted(
        spec_of(candidate=str(tmp_path / "roots" / "m"), data=str(tmp_path / "roots" / "d.csv")), "", settings
    )
    with pytest.raises(TrustError):
        admitted(spec_of(candidate=str(tmp_path / "home" / "models" / "m")), "", settings)
    assert web_policy(settings).roots == roots
    assert web_policy(settings).origin == "given"


def test_uploads_are_their_owners_alone(tmp_path: Path) -> None:
    """A user's own upload makes the job private; nobody names another's, or the files around them."""
    settings = Settings(home=tmp_path)
    mine = uploads_of(settings).save("ann", "t.csv", b"x")
    assert admitted(spec_of(data=str(mine)), "ann", settings)
    saved = Spec(reference_predictions=str(mine), candidate_predictions=(str(mine) + "x",))
    with pytest.raises(TrustError, match="no file"):
        admitted(saved, "ann", settings)
    for name in (str(mine), str(tmp_path / "jobs.sqlite"), "/etc/passwd"):
        with pytest.raises(TrustError, match="outside the folders"):
            admitted(spec_of(data=name), "bob", settings)
    assert web_limits(settings, "ann").roots != web_limits(settings, "bob").roots


def test_a_twin_lies_where_models_and_files_may_lie(tmp_path: Path) -> None:
    """The twin is bound like the models, its file of predictions like the other files."""
    settings = Settings(home=tmp_path)
    with pytest.raises(TrustError):
        admitted(spec_of().model_copy(update={"twin": "/etc"}), "", settings)
    assert not admitted(spec_of().model_copy(update={"twin": "owner/name"}), "", settings)
    (tmp_path / "outside.csv").write_text("x")
    saved = Spec(
        reference_predictions="bundled:a",
        candidate_predictions=("bundled:b",),
        twin_predictions=str(tmp_path / "outside.csv"),
    )
    with pytest.raises(TrustError):
        admitted(saved, "", Settings(home=tmp_path / "home"))
