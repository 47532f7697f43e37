"""How long does a page wait? The workbench in Chromium: paint, a move, a replay, work found again, a crowd.

A move counts from the key press until every figure of the page shows the new configuration; each is one that
nobody has asked before, so nothing of it is cached but the scenario as it was chosen.
"""

from __future__ import annotations

import asyncio
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
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import Spread
from sim.array_store import cache_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

QUESTION = "Does the answer come while one is still looking?"
ROOT = Path(__file__).resolve().parents[1]
MOVES, SESSIONS, PAINTS = 20, 50, 5
WINDOW: ViewportSize = {"width": 1300, "height": 2000}
WATCHED_MS = 3000
LOAD = 2
"""The first sliders load the chain, the others serve it."""
REPAINTED = """was => {
  const plots = [...document.querySelectorAll('.js-plotly-plot')].map(one => one.innerText);
  const found = plots.map(text => (text.match(/configuration ([0-9a-f]{12})/) || [])[1]);
  return plots.length > 3 && found.every(one => one === found[0]) && found[0] !== was;
}"""
CONFIGURATION = """() => (document.querySelector('.js-plotly-plot').innerText
  .match(/configuration ([0-9a-f]{12})/) || [])[1]"""


def measure(quick: bool = False) -> Finding:
    """One server, one browser; sessions speak the page's own protocol."""
    from playwright.sync_api import sync_playwright

    with _server() as (url, pid):
        with sync_playwright() as playwright:
            path = (
                shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
            )
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            figures = [
                *_start_page(browser, url, 5 if quick else MOVES), _replay(browser, url), _found(browser, url)
            ]  # fmt: skip
            browser.close()
        figures += _many(url, pid)
    return Finding(
        QUESTION, tuple(figures), notes=("chenxi_live, 30 paired replications a move, Chromium headless",)
    )


def _start_page(browser: Browser, url: str, moves: int) -> list[Figure]:
    _paint(browser.new_page(), url)  # warms the server and the browser's cache of its scripts
    paints = []
    for _ in range(PAINTS):
        page = browser.new_page(viewport=WINDOW)
        paints.append(_paint(page, url))
        page.close()
    page = browser.new_page(viewport=WINDOW)
    _paint(page, url)
    took = [_move(page, k) for k in range(moves)]
    page.close()
    p95 = float(np.quantile(took, 0.95))
    return [
        Figure("first paint of the start page, warm", Spread.of(paints), "s", Goal("≤", 3.0)),
        Figure(f"a slider's move until all figures are new, {moves} moves", Spread.of(took), "s"),
        Figure("the same, 95th percentile", Spread.of([p95]), "s", Goal("≤", 1.0)),
    ]


def _replay(browser: Browser, url: str) -> Figure:
    """A night played at an hour a second, as the page itself counts its pictures."""
    page = browser.new_page(viewport=WINDOW)
    page.goto(f"{url}/?lang=en&scenario=chenxi_live&replay=1")
    frame = page.frame_locator("iframe").first
    play = frame.locator("#play")
    play.wait_for()
    page.wait_for_timeout(WATCHED_MS)  # the page beside it is drawn
    frame.locator("#speed").select_option("60")
    page.locator("iframe").first.scroll_into_view_if_needed()
    play.click()
    page.wait_for_timeout(WATCHED_MS)
    rate = float(frame.locator("body").get_attribute("data-rate") or 0.0)
    page.close()
    return Figure("a night replayed, pictures a second", Spread.of([rate]), "1/s", Goal("≥", 15.0))


def _found(browser: Browser, url: str) -> Figure:
    """Long work is started, its tab closed; a new tab shows it in the list of runs."""
    page = browser.new_page(viewport=WINDOW)
    page.goto(f"{url}/before_after?lang=en&nights=2000")
    page.get_by_role("button", name="Compute").first.click()
    page.wait_for_selector("text=replications")
    page.close()
    took = []
    for _ in range(PAINTS):
        page = browser.new_page(viewport=WINDOW)
        begin = time.perf_counter()
        page.goto(f"{url}/runs?lang=en")
        cancel = page.get_by_role("button", name="Cancel")
        cancel.wait_for()
        took.append(time.perf_counter() - begin)
        if len(took) == PAINTS:
            cancel.click()
            page.wait_for_selector("text=cancelled")
        page.close()
    return Figure("a closed tab's work found again", Spread.of(took), "s", Goal("≤", 3.0))


def _many(url: str, pid: int) -> list[Figure]:
    asyncio.run(_sessions(url, 1))
    before = _resident_mb(pid)
    p95 = float(np.quantile(asyncio.run(_sessions(url, SESSIONS)), 0.95))
    grown = _resident_mb(pid) - before
    return [
        Figure(f"{SESSIONS} sessions at once, 95th percentile", Spread.of([p95]), "s", Goal("≤", 10.0)),
        Figure(f"memory of {SESSIONS} sessions above one", Spread.of([grown]), "MB", Goal("≤", 300.0)),
    ]


def _paint(page: Page, url: str) -> float:
    """Seconds until the last figure stands."""
    begin = time.perf_counter()
    page.goto(f"{url}/?lang=en&scenario=chenxi_live")
    page.wait_for_function(REPAINTED, arg="", polling=20)
    return time.perf_counter() - begin


def _move(page: Page, number: int) -> float:
    """One slider after the other: audience and question team a step up, what serves them a step down."""
    sliders = page.get_by_role("slider")
    place = number % sliders.count()
    handle = sliders.nth(place)
    was = page.evaluate(CONFIGURATION)
    handle.focus()
    begin = time.perf_counter()
    handle.press("ArrowRight" if place < LOAD else "ArrowLeft")
    page.wait_for_function(REPAINTED, arg=was, polling=20)
    took = time.perf_counter() - begin
    page.wait_for_timeout(400)
    return took


async def _sessions(url: str, number: int) -> list[float]:
    """Seconds of each of so many sessions at once, from connecting to the end of its script."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    async def one() -> float:
        begin = time.perf_counter()
        where = f"{url.replace('http', 'ws')}/_stcore/stream"
        async with websockets.connect(where, subprotocols=["streamlit"], max_size=None) as wire:
            ask = BackMsg()
            ask.rerun_script.query_string = "lang=en&scenario=chenxi_live"
            await wire.send(ask.SerializeToString())
            async for raw in wire:
                message = ForwardMsg()
                message.ParseFromString(raw)
                if message.WhichOneof("type") == "script_finished":
                    break
        return time.perf_counter() - begin

    return list(await asyncio.gather(*(one() for _ in range(number))))


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """A workbench with long work of its own; machine code, markets and plans are those of everybody."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for known in ("kernels", "places", "plans"):
            (cache_folder() / known).mkdir(parents=True, exist_ok=True)
            (Path(folder) / known).symlink_to(cache_folder() / known)
        process = subprocess.Popen(  # noqa: S603  # this interpreter and words written here
            [sys.executable, "-m", "app.cli.main", "app", "--no-browser", "--port", str(port)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "LIANLU_CACHE": folder},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the workbench does not answer")


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmRSS"))
