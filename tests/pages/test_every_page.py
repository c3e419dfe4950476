"""Every page draws, whatever there is to show."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PAGES = {
    "setup": "New comparison",
    "verdict": "Verdict",
    "reliability": "Reliability",
    "reasons": "Reasons",
    "inspector": "Text inspector",
    "answers": "Answers",
    "runs": "Runs",
    "methods": "Methods",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_draws_the_example(repository: Path, name: str) -> None:
    """Without any run the bundled example is shown, and no page fails on it."""
    app = AppTest.from_file(str(repository / "app.py"), default_timeout=30).run()
    app.switch_page(f"pages/{name}.py").run()
    assert [error.value for error in app.exception] == []
    assert [title.value for title in app.title] == [PAGES[name]]
