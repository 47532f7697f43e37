"""A running workbench with a cache of its own for long work, and a browser to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.array_store import cache_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 90_000
STARTED_S = 90.0


@dataclass(frozen=True)
class Workbench:
    """Where it answers, its process and its cache."""

    url: str
    process: subprocess.Popen[str]
    cache: Path

    def link(self, page: str = "", **query: str | Sequence[str]) -> str:
        """A page's address."""
        from urllib.parse import urlencode

        return f"{self.url}/{page}?{urlencode(query, doseq=True)}"


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """`lianlu app` as a user starts it; machine code, markets and plans are those of everybody."""
    cache = tmp_path_factory.mktemp("workbench")
    for known in ("kernels", "places", "plans"):
        (cache_folder() / known).mkdir(parents=True, exist_ok=True)
        (cache / known).symlink_to(cache_folder() / known)
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "app", "--no-browser", "--port", str(port)],
        cwd=ROOT, env=os.environ | {"LIANLU_CACHE": str(cache)}, text=True,
        stdout=subprocess.DEVNULL, stderr=(cache / "said").open("w"),
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/_stcore/health", process)
        yield Workbench(url, process, cache)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < STARTED_S:
        assert process.poll() is None, "the workbench has ended"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the workbench does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a fresh session, high enough that a page stands in it whole."""
    context = browser.new_context(viewport={"width": 1300, "height": 2400}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def settled(page: Page) -> None:
    """Wait until the page has been drawn and nothing runs."""
    page.wait_for_selector("h1")
    page.evaluate("() => { window.quietLooks = 0; }")
    page.wait_for_function(QUIET, polling=100)


# Looks are counted, not seconds: a page busy drawing lets time pass without having read what has arrived.
QUIET = """() => {
  const names = ['[data-test-script-state="running"]', '[data-test-script-state="rerunRequested"]',
                 '[data-testid="stSpinner"]', '[data-stale="true"]'];
  window.quietLooks = document.querySelector(names.join(', ')) ? 0 : window.quietLooks + 1;
  return window.quietLooks > 12;
}"""


def serious_faults(page: Page) -> dict[str, list[str]]:
    """What axe-core finds serious or critical: labels, contrast, roles, order; the first places of each."""
    from axe_playwright_python.sync_playwright import Axe

    return {
        one["id"]: [node["html"][:160] for node in one["nodes"]][:3]
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    }


DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .some(one => /(configuration|配置) [0-9a-f]{12}/.test(one.innerText))"""


def hashes(page: Page) -> set[str]:
    """The configurations that stand in the feet of the figures."""
    page.wait_for_function(DRAWN, polling=50)
    texts = page.locator(".js-plotly-plot").all_inner_texts()
    return {found for text in texts for found in re.findall(r"(?:configuration|配置) ([0-9a-f]{12})", text)}


def slider(page: Page, name: str) -> Any:
    """The slider of that name."""
    return page.get_by_role("slider", name=name)
