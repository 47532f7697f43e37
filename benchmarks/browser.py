"""How long does a page wait? The workbench in Chromium: first paint, a slider's move, many at once.

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
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import Spread

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Does the answer come while one is still looking?"
ROOT = Path(__file__).resolve().parents[1]
MOVES, SESSIONS, PAINTS = 20, 50, 5
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

    moves = 5 if quick else MOVES
    with _server() as (url, pid):
        with sync_playwright() as playwright:
            path = (
                shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
            )
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            _paint(browser.new_page(), url)  # warms the server and the browser's cache of its scripts
            paints = []
            for _ in range(PAINTS):
                page = browser.new_page(viewport={"width": 1300, "height": 2000})
                paints.append(_paint(page, url))
                page.close()
            page = browser.new_page(viewport={"width": 1300, "height": 2000})
            _paint(page, url)
            took = [_move(page, k) for k in range(moves)]
            browser.close()
        asyncio.run(_sessions(url, 1))
        before = _resident_mb(pid)
        times = asyncio.run(_sessions(url, SESSIONS))
        grown = _resident_mb(pid) - before
    p95 = float(np.quantile(took, 0.95))
    figures = (
        Figure("first paint of the start page, warm", Spread.of(paints), "s", Goal("≤", 3.0)),
        Figure(f"a slider's move until all figures are new, {moves} moves", Spread.of(took), "s"),
        Figure("the same, 95th percentile", Spread.of([p95]), "s", Goal("≤", 1.0)),
        Figure(f"{SESSIONS} sessions at once, 95th percentile", Spread.of([float(np.quantile(times, 0.95))]),
               "s", Goal("≤", 10.0)),
        Figure(f"memory of {SESSIONS} sessions above one", Spread.of([grown]), "MB", Goal("≤", 300.0)),
    )  # fmt: skip
    return Finding(
        QUESTION, figures, notes=("chenxi_live, 30 paired replications a move, Chromium headless",)
    )


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
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  # this interpreter and words written here
        [sys.executable, "-m", "app.cli.main", "app", "--no-browser", "--port", str(port)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
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
