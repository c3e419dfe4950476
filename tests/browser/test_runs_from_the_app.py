"""From a click to a verdict, in a real browser with a real worker."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch, settled
from tests.support.app_server import AppServer

PATIENCE_MS = 280_000
"""A small run on a machine that does other things as well."""

VERDICT = re.compile(r"://[^/]+/\?run=")
"""The page that is opened first is that of the verdict."""

TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def server(start_server: Callable[..., AppServer], tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    """A server with a worker of its own; the runs of these tests share it."""
    home = tmp_path_factory.mktemp("runs")
    broken = home / "models" / "broken"
    broken.mkdir(parents=True)
    (broken / "config.json").write_text(
        json.dumps({"model_type": "bert", "architectures": ["BertForSequenceClassification"]}), "utf-8"
    )
    return start_server(home=home, TRUST_START_WORKER="1")


def _number(page: Page, label: str, value: int) -> None:
    """Fill in a number, and wait until the page has taken it."""
    field = page.get_by_role("spinbutton", name=label)
    field.fill(str(value))
    field.press("Enter")
    settled(page)


def _reference(page: Page, name: str) -> None:
    """Write the name of the reference, and wait until the page has taken it."""
    field = page.get_by_role("combobox", name="Reference: the large model")
    field.click()
    field.fill(name)
    field.press("Enter")
    settled(page)


def _saved(seed: int) -> bytes:
    rows = ["id,label,p_no,p_yes"]
    for at in range(60):
        share = ((at * 37 + seed * 11) % 97) / 100 + 0.01
        rows.append(f"t{at},{'yes' if at % 3 else 'no'},{1 - share:.4f},{share:.4f}")
    return "\n".join(rows).encode()


def _run_saved(page: Page, seed: int) -> None:
    """Compare two small files of saved predictions: a whole run in seconds."""
    page.get_by_test_id("stButtonGroup").get_by_text("Saved predictions").click()
    settled(page)
    uploads = page.locator('input[type="file"]')
    uploads.nth(0).set_input_files({"name": "large.csv", "mimeType": "text/csv", "buffer": _saved(0)})
    settled(page)
    uploads.nth(1).set_input_files({"name": "small.csv", "mimeType": "text/csv", "buffer": _saved(seed)})
    settled(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(VERDICT, timeout=60_000)


def test_demo_runs_from_one_click_to_the_verdict(server: AppServer, open_page: Callable[..., Page]) -> None:
    """One click starts what is filled in; the page grows by itself to the verdict, for others too."""
    page = open_page(f"{server.url}/setup")
    # The smallest model, a candidate made of it, and few texts: the way is that of the demo.
    _reference(page, "nli-tiny")
    candidates = page.get_by_role("combobox", name="Candidates: the smaller models")
    candidates.press("Backspace")
    candidates.press("Backspace")
    candidates.fill("ref:prune=0.3")
    candidates.press("Enter")
    candidates.press("Escape")
    _number(page, "Texts predicted, 0 for all", 24)
    _number(page, "Texts explained", 2)
    expect(page.get_by_label("Name of the run")).to_have_value("nli-tiny against ref:prune=0.3")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(VERDICT)
    # Whoever comes in the middle of it finds the same run.
    page.reload()
    other = open_page(page.url)
    for one in (page, other):
        expect(one.get_by_text("Every test against its margin")).to_be_visible(timeout=PATIENCE_MS)
        expect(one.get_by_text("24 texts, 2 of them explained").first).to_be_visible(timeout=PATIENCE_MS)
        expect(one.get_by_role("button", name="Cancel")).to_have_count(0, timeout=PATIENCE_MS)
        expect(one.get_by_role("button", name="Report (HTML)")).to_be_visible(timeout=PATIENCE_MS)


def test_upload_with_unusual_columns_is_mended_on_the_spot(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """Columns that no name gives away are chosen below the preview; the file is not uploaded again."""
    page = open_page(f"{server.url}/setup")
    page.get_by_test_id("stButtonGroup").get_by_text("Upload", exact=True).click()
    rows = "left,right,verdict\n" + "".join(
        f"A dog runs {at} times.,A dog moves.,{('entailment', 'neutral', 'contradiction')[at % 3]}\n"
        for at in range(30)
    )
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    expect(page.get_by_text("Choose the right column above")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_have_count(0)
    for label, column in (("First text", "left"), ("Second text", "right"), ("Label", "verdict")):
        box = page.get_by_role("combobox", name=label, exact=True)
        box.scroll_into_view_if_needed()
        # A list closes when the page scrolls below it: nobody clicks before it stands still.
        page.evaluate(TWO_FRAMES)
        box.click()
        page.get_by_role("option", name=column, exact=True).click()
        expect(box).to_have_value(column)
    expect(page.get_by_text("30 texts can be read")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_saved_predictions_are_compared_and_their_report_opens_offline(
    server: AppServer, open_page: Callable[..., Page], browser: Browser, tmp_path: Path
) -> None:
    """Two uploaded files give a verdict; the exported page opens from the disk and asks nobody."""
    page = open_page(f"{server.url}/setup")
    _run_saved(page, 1)
    expect(page.get_by_text("Every test against its margin")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=PATIENCE_MS)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Report (HTML)").click()
    report = tmp_path / "report.html"
    saved.value.save_as(report)
    with browser.new_context(offline=True) as alone:
        watch = Watch()
        offline = alone.new_page()
        watch.on(offline)
        offline.goto(report.as_uri())
        expect(offline.locator("h1")).to_contain_text("replace")
        assert watch.errors == []
        assert watch.foreign == [report.as_uri()]


def test_failed_run_says_why(server: AppServer, open_page: Callable[..., Page]) -> None:
    """A folder that holds no weights fails with the reason, and the queue goes on."""
    page = open_page(f"{server.url}/setup")
    _reference(page, str(server.home / "models" / "broken"))
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(VERDICT, timeout=60_000)
    expect(page.get_by_text("This run failed.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("broken").first).to_be_visible()


def test_cancelled_run_stops(server: AppServer, open_page: Callable[..., Page]) -> None:
    """Cancel ends the process of a run; what was done is kept, and it can be resumed."""
    page = open_page(f"{server.url}/setup")
    _number(page, "Texts explained", 306)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(VERDICT, timeout=60_000)
    page.get_by_role("button", name="Cancel").click(timeout=PATIENCE_MS)
    expect(page.get_by_text("This run was cancelled.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
