"""The Text inspector in a real browser: words, keys, clicks, edits and hostile texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import settled
from tests.support.app_server import AppServer
from tests.support.ui_hostile import IDS, write_hostile_texts
from tests.support.ui_runs import RUN, write_run

HEATMAP = ".st-key-inspector_heatmap"

_CONTRAST = """words => {
  const channel = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  const luminance = rgb => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => sum + w * channel(rgb[i] / 255), 0)
  const numbers = text => text.match(/[\\d.]+/g).map(Number)
  const page = numbers(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor)
  return words.map(word => {
    const style = getComputedStyle(word)
    const fill = numbers(style.backgroundColor)
    const under = fill.length === 4 && fill[3] === 0 ? page : fill
    const [dark, bright] = [luminance(numbers(style.color)), luminance(under)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05)
  })
}"""

_STANDS_STILL = """() => {
  const table = document.querySelector('[data-testid=stDataFrame]')
  const place = JSON.stringify(table.getBoundingClientRect())
  const still = table.dataset.place === place && table.querySelector('canvas') !== null
  table.dataset.place = place
  return still
}"""


@pytest.fixture(scope="module")
def shown(start_server: Callable[..., AppServer], tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    """A server with a run of four texts and no worker."""
    home = tmp_path_factory.mktemp("inspector")
    write_run(home)
    return start_server(home=home)


def opened(open_page: Callable[..., Page], server: AppServer, text: str = "t1", **more: object) -> Page:
    """The page on one text, with its heatmap drawn."""
    page = open_page(f"{server.url}/inspector?run={RUN}&example={quote(text)}", **more)
    page.locator(f"{HEATMAP} .word").first.wait_for()
    return page


def pane(page: Page, at: int) -> Locator:
    """A pane of the heatmap: reference, candidate and difference of LIME, then of SHAP."""
    return page.locator(f"{HEATMAP} .text").nth(at)


def test_pointing_at_a_word_shows_it_in_every_pane(shown: AppServer, open_page: Callable[..., Page]) -> None:
    """A deep link opens its text; the word under the pointer is marked in all panes and told in numbers."""
    page = opened(open_page, shown)
    pane(page, 0).get_by_role("button", name="dogs").hover()
    linked = page.locator(f"{HEATMAP} .word.linked")
    expect(linked).to_have_count(6)
    assert set(linked.all_inner_texts()) == {"dogs"}
    told = page.locator(f"{HEATMAP} .readout").inner_text()
    for part in ("dogs", "nli-reference", "nli-student-3l", "LIME", "SHAP", "rank", "halves", "noise"):
        assert part in told


def test_words_can_be_reached_and_kept_by_keyboard(shown: AppServer, open_page: Callable[..., Page]) -> None:
    """Arrow keys move between words and explainers; Enter keeps a word, whose weights Python then lists."""
    page = opened(open_page, shown)
    pane(page, 0).get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(pane(page, 3).get_by_role("button", name="dogs")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("The word “dogs”, for every class").wait_for()
    expect(pane(page, 3).get_by_role("button", name="dogs")).to_be_focused()


def test_both_models_show_the_same_words_at_the_same_places(
    shown: AppServer, open_page: Callable[..., Page]
) -> None:
    """Every word stands at the same place in the panes of both models and of their difference."""
    page = opened(open_page, shown)
    page.locator(f"{HEATMAP} .pane").nth(5).wait_for()
    places = page.locator(f"{HEATMAP} .text").evaluate_all(
        """panes => panes.map(pane => [...pane.querySelectorAll('.word')].map(word => {
          const own = word.getBoundingClientRect(), all = pane.getBoundingClientRect()
          return [Math.round(own.x - all.x), Math.round(own.y - all.y)]
        }))"""
    )
    assert len(places) == 6
    assert places == [places[0]] * 6
    tops = page.locator(f"{HEATMAP} .text").evaluate_all(
        "panes => panes.map(p => p.getBoundingClientRect().y)"
    )
    assert len(set(tops[:3])) == 1


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_can_be_read_on_its_colour(
    shown: AppServer, open_page: Callable[..., Page], dark: bool
) -> None:
    """Text on every coloured word has a contrast of at least 4.5 to 1, light and dark."""
    page = opened(open_page, shown, dark=dark)
    found = page.locator(f"{HEATMAP} .word").evaluate_all(_CONTRAST)
    assert min(found) >= 4.5


def test_a_row_of_the_list_opens_its_text(shown: AppServer, open_page: Callable[..., Page]) -> None:
    """A click on a row of the list shows that text and puts it into the address."""
    page = opened(open_page, shown)
    page.get_by_text("Find a text").click()
    table = page.get_by_test_id("stDataFrame").first
    # The list unfolds: a place on it means a row once it stands still.
    page.wait_for_function(_STANDS_STILL, polling=400)
    table.click(position={"x": 20, "y": 35 + 35 * 3 + 17})
    page.wait_for_url("**example=t3*")
    page.get_by_text("Text 4 of 4 · t3").wait_for()


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_texts_stay_text(
    start_server: Callable[..., AppServer],
    open_page: Callable[..., Page],
    tmp_path: Path,
    width: int,
) -> None:
    """No script of a text runs, nothing is asked of another host, and no text makes the page wider."""
    write_hostile_texts(tmp_path)
    server = start_server(home=tmp_path)
    dialogs: list[str] = []
    page = opened(open_page, server, IDS[0], width=width)
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for place in range(1, len(IDS) + 1):
        page.get_by_text(f"Text {place} of {len(IDS)} ·").wait_for()
        settled(page)
        words = page.locator(f"{HEATMAP} .word")
        words.last.hover()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("img[src=x], svg[onload], a[href*='example.org']").count() == 0
        widths = words.evaluate_all("found => found.map(word => word.getBoundingClientRect().width)")
        assert max(widths) <= width
        page.get_by_role("button", name="Next →").click()
    assert dialogs == []


def test_an_edit_changes_both_models_beside_the_original(
    start_server: Callable[..., AppServer], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """Words clicked off change both probabilities; an edited text is explained beside the original."""
    server = start_server(home=tmp_path, TRUST_START_WORKER="1")
    page = open_page(f"{server.url}/inspector")
    # The first answer waits for the worker, its libraries and both models.
    page.set_default_timeout(180_000)
    bars = page.locator(".st-key-inspector_off_bars")
    before = bars.locator(".figure").all_inner_texts()
    page.locator(".st-key-inspector_words_off .word").nth(2).click()
    bars.locator(".was").first.wait_for()
    assert bars.locator(".figure").all_inner_texts() != before
    page.get_by_role("tab", name="Edit the text").click()
    original = page.locator("textarea").first.input_value()
    page.locator("textarea").first.fill("Nobody in this town has ever seen a train.")
    page.get_by_role("button", name="Rescore and explain").click()
    edited = page.locator(".st-key-inspector_Edited_heatmap")
    edited.locator(".word").first.wait_for()
    assert edited.locator(".text").first.locator(".word").first.inner_text() == "Nobody"
    pinned = page.locator(".st-key-inspector_Original_heatmap .text").first.locator(".word")
    assert pinned.first.inner_text() == original.split()[0]
    figures = page.locator(".st-key-inspector_Edited_bars .line").all_inner_texts()
    assert figures != page.locator(".st-key-inspector_Original_bars .line").all_inner_texts()
