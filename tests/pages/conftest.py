"""What the tests of pages have in common."""

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; a server on it starts no worker."""
    monkeypatch.setenv("TRUST_HOME", str(tmp_path))
    return tmp_path
