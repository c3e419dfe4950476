"""Watching a run in the browser: drawn again as it goes on, for everybody, whatever the server suffers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.app_server import AppServer
from tests.support.ui_jobs import running_job
from tests.support.ui_runs import write_run
from trust_core.jobs.ledger import Ledger


def step(done: int) -> dict[str, Any]:
    """How far the run has come."""
    return {
        "phase": "Explaining nli-reference by LIME",
        "done": done,
        "total": 60,
        "unit": "texts",
        "rate": 2.0,
        "eta_s": (60 - done) / 2.0,
    }


def test_a_page_follows_its_run_to_the_end(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """Counts move without a touch; first results appear while it runs; its end is shown with the reason."""
    with running_job(tmp_path) as job:
        server = start_server(home=tmp_path)
        page = open_page(f"{server.url}/verdict?run={job.id}")
        panel = page.locator(".st-key-job-panel")
        expect(panel).to_contain_text("12 of 60 texts")
        Ledger(tmp_path).progress(job.id, step(30))
        expect(panel).to_contain_text("30 of 60 texts, 2.0 texts a second, about 15 s left")
        expect(page.get_by_text("Partial results")).to_have_count(0)
        shutil.copytree(write_run(tmp_path / "elsewhere", partial=True), job.folder)
        expect(page.get_by_text("Partial results")).to_be_visible()
        expect(panel).to_contain_text("30 of 60 texts")
        Ledger(tmp_path).finish(job.id, "failed", message="The device has no memory left.")
        expect(page.get_by_text("This run failed.")).to_be_visible()
        expect(page.get_by_text("The device has no memory left.")).to_be_visible()
        expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_a_run_is_there_after_a_reload_a_restart_and_for_others(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """Nothing about a run is kept in the page or in the web server."""
    with running_job(tmp_path) as job:
        server = start_server(home=tmp_path)
        address = f"{server.url}/reasons?run={job.id}"
        page = open_page(address)
        expect(page.locator(".st-key-job-panel")).to_contain_text("12 of 60 texts")
        page.reload()
        expect(page.locator(".st-key-job-panel")).to_contain_text("12 of 60 texts")
        other = open_page(address)
        expect(other.locator(".st-key-job-panel")).to_contain_text("12 of 60 texts")
        page.context.close()
        other.context.close()
        server.stop()
        Ledger(tmp_path).progress(job.id, step(45))
        server.start()
        again = open_page(address)
        expect(again.locator(".st-key-job-panel")).to_contain_text("45 of 60 texts")


def test_a_link_within_a_page_keeps_the_run(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """The way to another page leaves the run in the address."""
    with running_job(tmp_path) as job:
        server = start_server(home=tmp_path)
        page = open_page(f"{server.url}/reasons?run={job.id}")
        page.get_by_role("link", name="Answers").click()
        page.wait_for_url(f"**/answers?*run={job.id}*")
        expect(page.locator(".st-key-job-panel")).to_contain_text("12 of 60 texts")
