"""Pictures of every page of the real app, light and dark, wide and narrow.

Starts a server of its own on the bundled example, unless --url names one that runs. Needs Chromium and the
packages of requirements-dev.txt.

Usage: python tools/screenshots.py [--out screenshots] [--pages verdict reasons] [--themes light dark]
       [--widths 1440 390] [--url http://127.0.0.1:8501] [--query "run=..."] [--fold]
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("verdict", "answers", "reliability", "reasons", "inspector", "setup", "runs", "methods")
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PLACEHOLDER = '[data-testid="stSkeleton"]'
TALLEST = 8000
HEIGHTS = {True: 900, False: 844}


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that ends with the block."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home:
        variables = {**os.environ, "TRUST_HOME": home, "TRUST_START_WORKER": "0"}
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
        process = subprocess.Popen(command, env=variables, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 90
            while not answers(f"{url}/_stcore/health"):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("The app does not start.")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:  # noqa: S310 - our own server
            return bool(reply.status == 200)
    except OSError:
        return False


def drawn(page: Page) -> None:
    """Wait until the script has ended, and charts and pictures stand still."""
    page.wait_for_selector(READY, state="attached", timeout=90_000)
    # Charts and tables are loaded when they are needed, and have a placeholder until then.
    expect(page.locator(PLACEHOLDER)).to_have_count(0, timeout=90_000)
    for _ in range(40):
        before = page.evaluate("document.body.innerHTML.length")
        page.wait_for_timeout(250)
        if page.evaluate("document.body.innerHTML.length") == before:
            return


def unfolded(page: Page, width: int) -> None:
    """Make the window as tall as the page."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height) + 20, TALLEST)})
    drawn(page)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--pages", nargs="+", default=PAGES, choices=PAGES)
    parser.add_argument("--themes", nargs="+", default=("light", "dark"), choices=("light", "dark"))
    parser.add_argument("--widths", nargs="+", type=int, default=(1440, 390))
    parser.add_argument("--url", help="of a server that runs already")
    parser.add_argument("--query", default="", help="such as run=...&candidate=...")
    parser.add_argument("--fold", action="store_true", help="only what is seen without scrolling")
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("There is no Chromium: apt-get install chromium")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.url:
        pictures(options, options.url, program)
    else:
        with server() as url:
            pictures(options, url, program)


def pictures(options: argparse.Namespace, url: str, program: str) -> None:
    """Take every picture that was asked for."""
    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
        ]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for theme in options.themes:
            for width in options.widths:
                size = {"width": width, "height": HEIGHTS[width > 600]}
                context = browser.new_context(viewport=size, color_scheme=theme)
                page = context.new_page()
                for name in options.pages:
                    page.set_viewport_size(size)
                    page.goto(f"{url}/{name}?{options.query}")
                    drawn(page)
                    if not options.fold:
                        unfolded(page, width)
                    picture = options.out / f"{name}-{theme}-{width}.png"
                    page.screenshot(path=picture)
                    print(picture)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
