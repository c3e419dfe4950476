"""Every page draws, whatever there is to show."""

from pathlib import Path

import pytest

from tests.support.ui_runs import app_on

pytestmark = pytest.mark.slow

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
def test_every_page_draws_the_example(home: Path, repository: Path, name: str) -> None:
    """Without any run the bundled example is shown, and no page fails on it."""
    app = app_on(name, repository, run="")
    assert [error.value for error in app.exception] == []
    assert [title.value for title in app.title] == [PAGES[name]]
    assert app.sidebar.selectbox(key="run-choice").value == "example"
