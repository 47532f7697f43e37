"""Long work outlives its tab, is found again, can be cancelled, and ends in files that can be taken away."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

from reports.catalogue import say
from sim.scenario_file import load_scenario
from tests.browser.conftest import Workbench, serious_faults, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARMS = ("chenxi_jielong", "chenxi_live")
START, AGAIN = say("app.start", "en"), say("app.again", "en")


def jobs(workbench: Workbench) -> list[dict[str, object]]:
    """What the folders of long work say."""
    return [json.loads(file.read_text()) for file in sorted((workbench.cache / "jobs").glob("*/job.json"))]


def test_work_goes_on_without_its_tab_and_is_found_again(workbench: Workbench, browser: Browser) -> None:
    """Another language, then a comparison, the tab closed; a new one finds it under Runs, and its answer."""
    first = browser.new_context(viewport={"width": 1300, "height": 2400}).new_page()
    first.goto(workbench.link("before_after", lang="zh", arms=ARMS))
    settled(first)
    first.get_by_text("English", exact=True).click()
    first.wait_for_selector(f"text={load_scenario(ARMS[0]).title_en}")
    settled(first)
    nights = first.get_by_label(say("app.nights", "en"))
    nights.fill("20")  # as few as the page takes, so that work lasts seconds
    nights.press("Enter")
    settled(first)
    before = len(jobs(workbench))
    first.get_by_role("button", name=START).first.click()
    while len(jobs(workbench)) == before:  # it may be done before the page has told of it
        first.wait_for_timeout(50)
    first.context.close()
    second = browser.new_context(viewport={"width": 1300, "height": 2400}).new_page()
    second.goto(workbench.link("runs", lang="en"))
    second.wait_for_selector("text=lianlu compare")
    second.goto(f"{workbench.url}{jobs(workbench)[-1]['link']}")
    second.wait_for_selector("table.lianlu", timeout=120_000)
    settled(second)
    assert second.locator(".js-plotly-plot").count() >= 4
    assert serious_faults(second) == {}
    second.context.close()


def test_work_can_be_cancelled(workbench: Workbench, page: Page) -> None:
    """The page says so, the process is gone, and the same can be asked again."""
    page.goto(workbench.link("headroom", lang="en", scenario="chenxi_live"))
    settled(page)
    page.get_by_role("button", name=START).first.click()
    page.get_by_role("button", name=say("app.cancel", "en")).first.click()
    page.wait_for_selector(f"text={say('app.cancelled', 'en')}")
    folder = max((workbench.cache / "jobs").glob("*"))
    assert (folder / "ended").read_text() == "3"
    assert not (folder / "answer.json").exists()
    assert page.get_by_role("button", name=AGAIN).first.is_enabled()


def test_shifts_are_edited_and_the_night_answers(workbench: Workbench, page: Page) -> None:
    """Fewer people in the first team lower P(midnight); undo brings the first answer back."""
    page.goto(workbench.link("shifts", lang="en", scenario="chenxi_live"))
    settled(page)
    metric = page.locator('[data-testid="stMetricValue"]').first
    before = metric.inner_text()
    people = page.get_by_label(say("shifts.people", "en")).first
    people.fill("4")
    people.press("Tab")
    page.get_by_role("button", name=say("app.apply", "en")).click()
    page.wait_for_url("**sorting.teams**")
    settled(page)
    assert metric.inner_text() != before
    page.get_by_role("button", name=say("app.undo", "en")).first.click()
    page.wait_for_url(lambda url: "sorting.teams" not in url)
    settled(page)
    assert metric.inner_text() == before


def test_a_report_is_made_and_taken_away(workbench: Workbench, page: Page) -> None:
    """The comparison as HTML, slides and workbook, each a whole file of its kind."""
    page.goto(workbench.link("before_after", lang="en", arms=ARMS, nights="20"))
    settled(page)
    page.get_by_role("button", name=START).last.click()
    for kind in ("HTML", "PPTX", "XLSX"):
        button = page.get_by_role("button", name=say("app.download", "en", kind=kind))
        button.wait_for(timeout=150_000)
        with page.expect_download() as taken:
            button.click()
        path = taken.value.path()
        if kind == "HTML":
            text = path.read_text("utf-8")
            assert text.startswith("<!DOCTYPE html>")
            assert "http-equiv" in text
        else:
            assert zipfile.ZipFile(path).testzip() is None


def test_an_assumption_is_changed_seen_and_saved(workbench: Workbench, page: Page) -> None:
    """A value out of bounds is refused in words; a good one stands in the address and in the YAML."""
    page.goto(workbench.link("assumptions", lang="en", scenario="chenxi_live"))
    settled(page)
    page.get_by_label(say("head.parameter", "en")).first.click()
    page.keyboard.type("delivery.docks")
    page.get_by_role("option", name="delivery.docks").first.click()
    settled(page)
    field = page.get_by_label(say("app.value", "en"), exact=True)
    for text, good in (("-3", False), ("5", True)):
        field.fill(text)
        field.press("Enter")
        settled(page)
        page.get_by_role("button", name=say("app.apply", "en")).click()
        settled(page)
        if not good:
            assert page.locator('[data-testid="stAlert"]').count() >= 1
    assert "delivery.docks=5" in page.url.replace("%3D", "=")
    with page.expect_download() as taken:
        page.get_by_role("button", name=say("app.save_yaml", "en")).click()
    assert "docks: 5" in taken.value.path().read_text("utf-8")
