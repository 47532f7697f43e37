"""Take the pictures of both READMEs: `python -m docs.pictures [PAGE…]` (ten minutes, needs Chromium).

Every page of the workbench with its long work done, and the first pages of a report, in both languages.
"""

from __future__ import annotations

import io
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

from PIL import Image

from app.web.main import PAGES
from reports.catalogue import LANGS, Lang, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
LONG_WORK = ("before_after", "headroom", "buy", "shifts", "roads")
ASKED = {"buy": "peak_50k"}
"""Scenario of a page; `chenxi_live` on the others."""
WIDE, HIGH, SHOWN = 1280, 1500, 900
PATIENCE_MS = 400_000
QUIET = """() => {
  const busy = document.querySelector('[data-test-script-state="running"], [data-stale="true"]');
  const now = Date.now(); if (busy) { window.quietSince = 0; return false; }
  if (!window.quietSince) window.quietSince = now;
  return now - window.quietSince > 1500;
}"""


def main() -> int:
    """Take them all."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with _server() as url, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for lang in LANGS:
            for name in [page for page in PAGES if page in sys.argv[1:] or not sys.argv[1:]]:
                _page(browser, url, name, lang)
            if not sys.argv[1:]:
                _report(browser, lang)
        browser.close()
    return 0


def _page(browser: Browser, url: str, name: str, lang: Lang) -> None:
    """One page, its work started if nobody has."""
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.set_default_timeout(PATIENCE_MS)
    scenario = ASKED.get(name, "chenxi_live")
    page.goto(f"{url}/{'' if name == PAGES[0] else name}?lang={lang}&scenario={scenario}")
    _settled(page)
    if name in LONG_WORK:
        start = page.get_by_role("button", name=say("app.start", lang), exact=True)
        again = page.get_by_role("button", name=say("app.again", lang), exact=True)
        if again.count() == 0:
            start.first.click()
        page.wait_for_selector("table.lianlu")
        _settled(page)
    page.evaluate("() => document.querySelector('[data-testid=\"stMain\"]').scrollTo(0, 0)")
    page.wait_for_timeout(500)
    _keep(page.screenshot(), f"{name}_{lang}")
    page.close()


def _report(browser: Browser, lang: Lang) -> None:
    """The beginning of a report as HTML."""
    from app.report_kinds import Wanted, prepared
    from reports.files import written
    from sim.scenario_file import load_scenario

    arms = ("chenxi_jielong", "chenxi_live")
    report = prepared(Wanted("before-after", {name: load_scenario(name) for name in arms}))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_bytes(written(report, "html", lang))
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
        page.goto(file.as_uri())
        page.wait_for_timeout(2000)
        _keep(page.screenshot(), f"report_{lang}")
        page.close()


def _settled(page: Page) -> None:
    page.wait_for_selector("h1")
    page.evaluate("() => { window.quietSince = 0; }")
    page.wait_for_function(QUIET, polling=100)


def _keep(raw: bytes, name: str) -> None:
    """As wide as a README shows it, in few colours."""
    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    picture = picture.resize((SHOWN, round(picture.height * SHOWN / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(128).save(FOLDER / f"{name}.png", optimize=True)
    print(name)


@contextmanager
def _server() -> Iterator[str]:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  # this interpreter and words written here
        [sys.executable, "-m", "app.cli.main", "app", "--no-browser", "--port", str(port)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310  # our own server
                    break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
