from pathlib import Path

import pytest

from trust_core.errors import SpecError
from trust_core.settings import GIB, MIB, settings_from


def test_defaults() -> None:
    """Without variables nothing is bound to folders, and the limits are the documented ones."""
    settings = settings_from({})
    assert settings.home.name == "trusteq"
    assert settings.model_roots is settings.data_roots is None
    assert (settings.max_model_bytes, settings.max_data_bytes) == (20 * GIB, 512 * MIB)
    assert settings.max_rows == 1_000_000


def test_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable has its setting; folders are absolute, with the home expanded and links followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = settings_from(
        {
            "TRUST_HOME": "~/trust",
            "TRUST_MODEL_ROOTS": f"{tmp_path}/link::models",
            "TRUST_DATA_ROOTS": "data",
            "TRUST_MAX_MODEL_GIB": "3",
            "TRUST_MAX_DATA_MIB": "4",
            "TRUST_MAX_ROWS": "5",
        }
    )
    assert settings.home == tmp_path / "trust"
    assert settings.model_roots == (tmp_path / "real", tmp_path / "models")
    assert settings.data_roots == (tmp_path / "data",)
    assert (settings.max_model_bytes, settings.max_data_bytes, settings.max_rows) == (3 * GIB, 4 * MIB, 5)


def test_empty_variables_count_as_unset() -> None:
    """A variable that is set to nothing is as good as none."""
    names = ("TRUST_HOME", "TRUST_MODEL_ROOTS", "TRUST_DATA_ROOTS", "TRUST_MAX_ROWS")
    assert settings_from(dict.fromkeys(names, "")) == settings_from({})


@pytest.mark.parametrize("value", ["0", "000", "-1", "1.5", "many", "²", "1e6", " 5", "9" * 5000])
@pytest.mark.parametrize("name", ["TRUST_MAX_MODEL_GIB", "TRUST_MAX_DATA_MIB", "TRUST_MAX_ROWS"])
def test_numbers(name: str, value: str) -> None:
    """A limit that is no whole number above 0 is refused by its name."""
    with pytest.raises(SpecError, match=rf"^{name} is '[\s\S]*whole number above 0"):
        settings_from({name: value})


@pytest.mark.parametrize("name", ["TRUST_HOME", "TRUST_MODEL_ROOTS", "TRUST_DATA_ROOTS"])
def test_folders_that_cannot_be(name: str) -> None:
    """A folder of a user that does not exist is refused by the variable's name."""
    with pytest.raises(SpecError, match=rf"^{name} holds '~no-such-user-at-all'"):
        settings_from({name: "~no-such-user-at-all"})
