"""Answers of long work as their pages show them: drawn, in words, and readable with aids."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from app.cli.main import main
from app.web import work
from reports.catalogue import say
from tests.browser.conftest import Workbench, serious_faults, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHANGE = "audience.scale=0.9"
SMALLER = {
    "headroom": ("--replications", "2", "--assumptions", "none", "--from", "0.9", "--to", "1.1"),
    "shifts": ("--replications", "20"),
}


@pytest.mark.parametrize("kind", SMALLER)
def test_an_answer_stands_and_can_be_read_with_aids(
    kind: str, workbench: Workbench, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer to a smaller question lies where the page looks: tables and charts, nothing serious."""
    asked = {"at": "15000"} if kind == "headroom" else {}
    words = [kind, "chenxi_live", "--set", CHANGE]
    words += [word for name, text in asked.items() for word in (f"--{name}", text)]
    assert main([*words, *SMALLER[kind], "--json", "--progress", "none"]) == 0
    folder = workbench.cache / "jobs" / f"20260101000000-{[*SMALLER].index(kind):08x}"
    folder.mkdir(parents=True)
    (folder / "answer.json").write_text(capsys.readouterr().out, "utf-8")
    (folder / "ended").write_text("0")
    told = {"kind": kind, "words": words, "title": kind, "link": "/", "model": work.model()}
    told |= {"started": time.time(), "pid": 0, "born": 0}
    (folder / "job.json").write_text(json.dumps(told), "utf-8")
    page.goto(workbench.link(kind, lang="en", scenario="chenxi_live", set=CHANGE, **asked))
    page.wait_for_selector("table.lianlu")
    settled(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.get_by_role("button", name=say("app.again", "en")).count() == 1
    assert page.locator(".js-plotly-plot").count() >= 1
    assert serious_faults(page) == {}
    assert page.locator('[data-testid="stSidebar"]').get_by_text(CHANGE).count() == 1
    if kind == "headroom":
        assert page.get_by_text("15,000 viewers").count() == 1
    else:
        page.get_by_role("button", name=say("app.use_calendar", "en")).click()
        page.wait_for_url("**sorting.teams**")
        settled(page)
        assert page.get_by_role("button", name=say("app.again", "en")).count() == 1, "the answer stays"
