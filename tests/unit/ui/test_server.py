"""The start of the web server."""

import sys

import pytest

from trust_core.ui import server


def test_pages_are_loaded_before_the_first_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages need is there when the server answers, and is kept from the collector after that."""
    kept: list[set[str]] = []
    monkeypatch.setattr(server.gc, "freeze", lambda: kept.append(set(sys.modules)))
    server.load_pages()
    (loaded,) = kept
    assert {"trust_core.ui.verdict", "trust_core.ui.inspector.page", "plotly.graph_objects"} <= loaded
    assert "trust_core.ui.entry" not in loaded
