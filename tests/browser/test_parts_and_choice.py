"""Journeys: parts of the texts on the page Answers, and the choice between candidates on the page Verdict."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.support.app_server import AppServer


def test_parts_are_chosen_and_searched_for(server: AppServer, open_page: Callable[..., Page]) -> None:
    """A cut is chosen, then words are searched for, and the table follows."""
    page = open_page(f"{server.url}/answers")
    heading = page.get_by_role("heading", name="Part by part")
    expect(heading).to_be_visible()
    heading.scroll_into_view_if_needed()
    box = page.get_by_role("combobox", name="Parts by")
    box.click()
    page.get_by_role("option", name="Negation").click()
    expect(page.get_by_text(re.compile(r"corrected by Holm for \d+ tested parts"))).to_be_visible()
    box.click()
    page.get_by_role("option", name="Text search").click()
    words = page.get_by_role("textbox", name="Texts with these words")
    asked = page.get_by_text("Write words to compare", exact=False)
    expect(asked).to_be_visible()
    words.fill("the")
    words.press("Enter")
    expect(asked).to_have_count(0)
    # Nearly all texts have the word, so that the others are too few to be tested.
    expect(page.get_by_text("corrected by Holm for 1 tested part.", exact=False)).to_be_visible()
    expect(page.get_by_role("combobox", name="Look at the texts of")).to_be_visible()


def test_candidates_are_compared_on_cost_and_trust(server: AppServer, open_page: Callable[..., Page]) -> None:
    """The page names a candidate to take for each cost, and the chart has the Pareto front."""
    page = open_page(f"{server.url}/verdict")
    settled(page)
    expect(page.get_by_role("heading", name="Which candidate?")).to_be_visible()
    expect(page.get_by_text("all candidates are corrected by Holm", exact=False)).to_be_visible()
    heading = page.get_by_role("heading", name="What is kept, and what is saved")
    heading.scroll_into_view_if_needed()
    chart = page.locator("[data-testid=stPlotlyChart]").filter(has_text="Size in memory")
    expect(chart.get_by_text("no other is both cheaper and nearer")).to_be_visible()
    page.get_by_role("combobox", name="Kept").click()
    page.get_by_role("option", name="Negative flips").click()
    expect(chart.get_by_text("Negative flips").first).to_be_visible()
    expect(chart.get_by_text("no other is both cheaper and nearer")).to_be_visible()
