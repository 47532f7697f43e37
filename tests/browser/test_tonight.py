"""Tonight: every widget changes a figure, a link restores a state, files are checked, a night is replayed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from reports.catalogue import say
from sim.scenario_file import load_scenario
from tests.browser.conftest import Workbench, hashes, settled, slider

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

SLIDERS = (
    "audience.scale",
    "audience.questions.team",
    "checkout.order_service.servers",
    "checkout.gateway.rate_per_s",
    "aftersales.agents",
    "sorting.teams[0].people",
    "delivery.docks",
)
ADVANCED = """clock => new Promise(told => {
  const was = clock.textContent;
  let looks = 600;
  const look = () => {
    if (clock.textContent !== was || !looks--) told(clock.textContent !== was);
    else requestAnimationFrame(look);
  };
  look();
})"""
HOSTILE: dict[str, dict[str, str | list[str]]] = {
    "": {"lang": "xx", "scenario": "../../etc/passwd", "set": "audience.scale=nonsense", "night": "31"},
    "before_after": {"arms": ["base", "<b>x</b>"], "nights": "1e9"},
    "buy": {"audience": "-1", "budget": "NaN", "keep_policy": "yes"},
    "assumptions": {"parameter": "nowhere", "ledger_kpi": "=cmd|x", "search": "\x00", "set": "nowhere=1"},
}


def figures(page: Page) -> str:
    """All that the page says in figures: lights, tiles, charts."""
    texts = page.locator('.light, [data-testid="stMetric"], .js-plotly-plot').all_inner_texts()
    return "\n".join(re.sub(r"[0-9a-f]{12}", "", text) for text in texts)


@pytest.mark.parametrize("path", SLIDERS)
def test_every_slider_changes_a_figure(path: str, workbench: Workbench, page: Page) -> None:
    """Any slider at its lower end changes the configuration and a figure; undo brings all back."""
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    before, was = figures(page), hashes(page)
    handle = slider(page, re.compile(re.escape(say(f"slider.{path}", "en"))))
    handle.focus()
    handle.press("Home")
    settled(page)
    assert hashes(page).isdisjoint(was)
    assert figures(page) != before
    page.get_by_role("button", name=say("app.undo", "en")).click()
    settled(page)
    assert hashes(page) == was


def test_a_choice_changes_a_figure_and_the_link_restores_it(
    workbench: Workbench, page: Page, browser: Browser
) -> None:
    """Sorting by community and product: another tab with the address shows the same configuration."""
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    was = hashes(page)
    page.get_by_role("combobox", name=re.compile(say("slider.sorting.policy", "en"))).click()
    page.get_by_role("option", name=say("option.by_community_sku", "en")).click()
    settled(page)
    now = hashes(page)
    assert now.isdisjoint(was)
    assert "sorting.policy" in page.url
    other = browser.new_context(viewport={"width": 1300, "height": 2400}).new_page()
    other.goto(page.url)
    settled(other)
    assert hashes(other) == now
    other.context.close()


def test_two_sessions_have_their_own_language(workbench: Workbench, browser: Browser) -> None:
    """Switching one session to Chinese leaves the other in English."""
    one, two = (browser.new_context(viewport={"width": 1300, "height": 1200}).new_page() for _ in range(2))
    for tab in (one, two):
        tab.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    for tab in (one, two):
        settled(tab)
    one.get_by_text("中文", exact=True).click()
    one.wait_for_selector(f"h1:has-text('{say('app.tonight', 'zh')}')")
    two.reload()
    settled(two)
    assert two.get_by_role("heading", name=say("app.tonight", "en"), level=1).count() == 1
    for tab in (one, two):
        tab.context.close()


GOOD = """extends: chenxi_live
title_en: <script>document.title='broken'</script>
title_zh: '=cmd|x'
audience: {scale: 0.5}
"""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("good.yaml", GOOD, None),
        ("bad.yaml", "extends: chenxi_live\naudiense: {scale: 2}\n", "audience"),
        ("cut.yaml", "extends: chenxi_live\naudience: {scale: ", "cut.yaml:"),
        ("text.yaml", b"\xff\xfe\x00broken", None),
        ("bomb.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nextends: chenxi_live\nc: [*b, *b]\n", "bomb.yaml:"),
    ],
)
def test_uploads_are_checked_on_the_server(
    name: str, content: str | bytes, said: str | None, workbench: Workbench, page: Page, tmp_path: Path
) -> None:
    """A good file is used, its hostile title stays text; a bad one is refused in words, nothing is lost."""
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    was = hashes(page)
    page.get_by_text(say("app.upload", "en")).click()
    page.locator('input[type="file"]').set_input_files(file)
    if name == "good.yaml":
        page.wait_for_function("() => document.body.innerText.includes(\"document.title='broken'\")")
        settled(page)
        assert hashes(page).isdisjoint(was)
        assert page.title() != "broken"
        return
    page.wait_for_selector('[data-testid="stAlert"]')
    settled(page)
    assert hashes(page) == was
    if said:
        assert said in page.locator("body").inner_text()


def test_what_the_model_finds_in_a_file_is_said_with_a_way_back(
    workbench: Workbench, page: Page, tmp_path: Path
) -> None:
    """A scenario whose road file is missing reads well and cannot run: words, no fault, and Undo helps."""
    file = tmp_path / "roads.yaml"
    file.write_text("extends: chenxi_live\nroads: {file: nowhere.graphml}\n")
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    was = hashes(page)
    page.get_by_text(say("app.upload", "en")).click()
    page.locator('input[type="file"]').set_input_files(file)
    page.wait_for_selector("text=nowhere.graphml: ")
    assert page.locator('[data-testid="stException"]').count() == 0
    page.get_by_role("button", name=say("app.undo", "en")).last.click()
    page.wait_for_selector("text=nowhere.graphml: ", state="detached")
    settled(page)
    assert hashes(page) == was


def test_a_link_is_somebodys_text(workbench: Workbench, page: Page) -> None:
    """Nonsense in the address is left out and named; the page stands, and its own address has none of it."""
    for name, query in HOSTILE.items():
        page.goto(workbench.link(name, **query))
        settled(page)
        assert page.locator('[data-testid="stException"]').count() == 0
        text = page.locator("body").inner_text()
        assert all(part in text for part in query), name
        assert "passwd" not in text
        assert not {*query} - {"lang", "scenario"} & {*parse_qs(urlsplit(page.url).query)}


def test_a_link_restores_what_a_page_asks(workbench: Workbench, page: Page) -> None:
    """Audience, budget and switch of *Buy* stand as the address says; a number typed goes into it."""
    page.goto(workbench.link("buy", lang="en", audience="5000", budget="20000", keep_policy="1"))
    settled(page)
    audience, budget = (
        page.get_by_role("spinbutton", name=say(f"app.{name}", "en")) for name in ("audience", "budget")
    )
    assert (audience.input_value(), budget.input_value()) == ("5000", "20000")
    assert page.get_by_label(say("app.keep_policy", "en")).is_checked()
    audience.fill("0")
    budget.fill("700")
    budget.press("Enter")
    said = ("budget=700", "keep_policy=1")
    page.wait_for_url(lambda url: all(one in url for one in said) and "audience" not in url)


def test_an_arm_taken_away_leaves_the_address(workbench: Workbench, page: Page) -> None:
    """Three scenarios of a link stand in its order; one is taken away, the others stay in the address."""
    arms = ["live_by_hand", "chenxi_live", "chenxi_jielong"]
    page.goto(workbench.link("before_after", lang="en", arms=arms, nights="30"))
    settled(page)
    said = load_scenario(arms[1]).title_en
    page.get_by_role("button", name=re.compile(re.escape(said))).first.click()
    page.wait_for_url(
        lambda url: "nights=30" in url and parse_qs(urlsplit(url).query).get("arms") == [arms[0], arms[2]]
    )


def test_a_night_is_replayed(workbench: Workbench, page: Page) -> None:
    """Once played, picture after picture is drawn and the clock goes on."""
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    page.get_by_text(say("app.show_replay", "en")).click()
    page.wait_for_url("**replay=1**")
    frame = page.frame_locator("iframe").first
    play = frame.get_by_role("button", name=say("replay.play", "en"))
    play.wait_for()
    settled(page)
    clock = frame.locator("#clock")
    frame.locator("#speed").select_option("60")
    page.locator("iframe").first.scroll_into_view_if_needed()
    play.click()
    for _ in range(5):
        assert clock.evaluate(ADVANCED)


def test_pictures_and_tables_can_be_taken_away(workbench: Workbench, page: Page) -> None:
    """The KPI table as CSV, and a chart as a picture by its own menu."""
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    page.get_by_text(say("app.all_figures", "en")).click()
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name=say("app.as_csv", "en")).first.click()
    text = taken.value.path().read_text("utf-8-sig")
    assert text.startswith(say("head.kpi", "en"))
    chart = page.locator(".js-plotly-plot").first
    chart.hover()
    with page.expect_download() as picture:
        chart.locator('[data-title="Download plot as a PNG"], [data-title="Download plot as a png"]').click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
