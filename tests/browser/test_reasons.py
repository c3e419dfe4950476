"""Journeys through the page Reasons."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_reliability import SCATTER_POINTS, chip_of, click_middle, count_of
from tests.support.app_server import AppServer


def test_a_click_on_the_joint_map_opens_the_text(server: AppServer, open_page: Callable[..., Page]) -> None:
    """A point of the map leads to the inspector, on the text whose point it was."""
    page = open_page(f"{server.url}/reasons")
    page.get_by_role("heading", name="Same answer, same reasons?").scroll_into_view_if_needed()
    point = page.locator("[data-testid=stPlotlyChart]").nth(1).locator(SCATTER_POINTS).first
    expect(point).to_be_visible()
    click_middle(page, point)
    page.wait_for_url("**/inspector*example=*")
    expect(page.get_by_role("heading", name="Text inspector")).to_be_visible()


def test_texts_with_other_reasons_are_taken_to_the_inspector(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """The quadrant's texts are chosen with one button and are what the inspector shows."""
    page = open_page(f"{server.url}/reasons")
    page.get_by_role("button", name="Choose these texts").click()
    chip = chip_of(page)
    expect(chip).to_be_visible()
    chosen = count_of(chip)
    page.get_by_role("link", name="Text inspector").click()
    page.wait_for_url("**/inspector*")
    expect(page.get_by_role("heading", name="Text inspector")).to_be_visible()
    assert count_of(chip_of(page)) == chosen


def test_the_page_fits_a_telephone(server: AppServer, open_page: Callable[..., Page]) -> None:
    """At 390 pixels, in the dark, nothing reaches beyond the screen and every chart is drawn."""
    page = open_page(f"{server.url}/reasons", width=390, height=844, dark=True)
    charts = page.locator("[data-testid=stPlotlyChart]")
    expect(charts.first.locator(".main-svg").first).to_be_visible()
    assert charts.count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
