"""Journeys through the page Reliability."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import settled
from tests.support.app_server import AppServer

POINTS = ".subplot.xy .scatterlayer > g.trace:last-child path.point"
"""The markers of the diagram: the last trace of its main panel."""

SCATTER_POINTS = ".subplot.xy .scatterlayer > g.trace:first-child path.point"
"""The texts of the scatter: its first trace."""


def chart(page: Page, heading: str) -> Locator:
    """The first chart below a heading, drawn."""
    # A chart is loaded when it is needed, and drawn some time after its script has run.
    found = page.locator("[data-testid=stPlotlyChart]").filter(has=page.locator(".main-svg"))
    place = page.get_by_role("heading", name=heading)
    expect(place).to_be_visible()
    place.scroll_into_view_if_needed()
    expect(found.first.locator("path.point").first).to_be_visible()
    return found


def click_middle(page: Page, point: Locator) -> None:
    """Click where a marker is: plotly listens on a layer above it."""
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def chip_of(page: Page) -> Locator:
    """The sign of the chosen texts."""
    return page.locator(".st-key-text-filter-chip").get_by_test_id("stBaseButton-secondary").first


def count_of(chip: Locator) -> int:
    """How many texts a chip says are chosen."""
    return int(chip.inner_text().rsplit("(", 1)[1].split()[0].replace(",", ""))


def test_a_click_on_a_bin_lists_its_texts_and_filters_the_inspector(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """A marker is clicked: its texts are listed, stand in the address, and are what the inspector shows."""
    page = open_page(f"{server.url}/reliability")
    drawn = chart(page, "Confidence against accuracy").first
    # What is loaded above the chart would move it away from under the pointer.
    settled(page)
    click_middle(page, drawn.locator(POINTS).last)
    page.wait_for_url("**bin=candidate*")
    chip = chip_of(page)
    expect(chip).to_be_visible()
    chosen = count_of(chip)
    assert chosen > 0
    expect(page.get_by_text(f"{chosen:,} texts.", exact=False).first).to_be_visible()
    expect(page.get_by_text("Choose a row to open that text.")).to_be_visible()
    page.get_by_role("link", name="Text inspector").click()
    page.wait_for_url("**/inspector*")
    expect(page.get_by_role("heading", name="Text inspector")).to_be_visible()
    assert count_of(chip_of(page)) == chosen


def test_a_click_on_a_block_of_the_corp_view_lists_its_texts(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """The isotonic view is chosen, its parts stand beside it, and a click on a block chooses its texts."""
    page = open_page(f"{server.url}/reliability")
    chart(page, "Confidence against accuracy")
    page.get_by_role("radio", name="Isotonic (CORP)").click()
    expect(page.get_by_text("isotonic regression", exact=False).first).to_be_visible()
    expect(page.get_by_test_id("stTable").filter(has_text="Discrimination").first).to_be_visible()
    settled(page)
    drawn = chart(page, "Confidence against accuracy").first
    click_middle(page, drawn.locator(POINTS).last)
    page.wait_for_url("**bin=candidate*")
    chosen = count_of(chip_of(page))
    assert chosen > 0
    expect(page.get_by_text(f"{chosen:,} texts.", exact=False).first).to_be_visible()


def test_a_bin_is_chosen_by_keyboard_and_outlives_a_reload(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """Without a pointer the list of bins does what a click does, and a reload keeps it."""
    page = open_page(f"{server.url}/reliability")
    # A list closes when the page moves below it, as it does when the diagram is drawn.
    chart(page, "Confidence against accuracy")
    settled(page)
    box = page.get_by_role("combobox", name="Texts of a bin")

    def choose() -> bool:
        """Open the list and take its first bin; a late redraw may close it."""
        box.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        try:
            page.wait_for_url("**bin=reference*", timeout=9_000)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
            return False
        return True

    assert any(choose() for _ in range(5))
    chosen = count_of(chip_of(page))
    page.reload()
    chip = chip_of(page)
    expect(chip).to_be_visible()
    assert count_of(chip) == chosen
    chip.click()
    expect(chip).to_have_count(0)
    assert "bin=" not in page.url


def test_a_click_on_the_scatter_opens_the_text(server: AppServer, open_page: Callable[..., Page]) -> None:
    """A point of the scatter leads to the inspector on that text."""
    page = open_page(f"{server.url}/reliability")
    drawn = chart(page, "How sure is each model of the same text?").nth(1)
    expect(drawn.locator(SCATTER_POINTS).first).to_be_visible()
    click_middle(page, drawn.locator(SCATTER_POINTS).first)
    page.wait_for_url("**/inspector*example=*")
    expect(page.get_by_role("heading", name="Text inspector")).to_be_visible()


def test_the_page_fits_a_telephone(server: AppServer, open_page: Callable[..., Page]) -> None:
    """At 390 pixels, in the dark, nothing reaches beyond the screen and the diagram is drawn."""
    page = open_page(f"{server.url}/reliability", width=390, height=844, dark=True)
    drawn = chart(page, "Confidence against accuracy").first
    box = drawn.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_threshold_is_moved_and_table_and_chart_follow(
    server: AppServer, open_page: Callable[..., Page]
) -> None:
    """The slider is moved by keyboard: coverage and the marks on the curves are of the new threshold."""
    page = open_page(f"{server.url}/reliability")
    expect(page.get_by_role("heading", name="What does a threshold keep?")).to_be_visible()
    # The last section is there, so nothing above moves any more.
    expect(page.get_by_role("heading", name="Can recalibration close the gap?")).to_be_visible()
    slider = page.get_by_role("slider", name="Answer only from a confidence of")
    table = page.get_by_test_id("stTable").filter(has_text="Taken")
    taken = table.locator("tbody tr").first.locator("td").nth(1)
    before = taken.inner_text()
    place = float(slider.input_value())
    assert "%" in before
    slider.focus()
    for _ in range(15):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value(f"{place - 0.15:g}")
    expect(taken).not_to_have_text(before)
    assert float(taken.inner_text().split(" %")[0]) > float(before.split(" %")[0])
    # One filled mark a model: circle and diamond, on curves that are lines.
    curves = page.locator("[data-testid=stPlotlyChart]").filter(has_text="coverage: share of answers taken")
    expect(curves.locator("path.point")).not_to_have_count(0)
