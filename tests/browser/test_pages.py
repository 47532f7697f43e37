"""Every page opens in both languages, says nothing in the other one, and can be used without a mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.web.main import PAGES
from reports.catalogue import LANGS, Lang, say
from tests.browser.conftest import Workbench, hashes, serious_faults, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

HAN = re.compile(r"[\u4e00-\u9fff]")
ADDRESS = {name: "" if name == PAGES[0] else name for name in PAGES}
SWITCH = "语言 / Language"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_its_language(name: str, lang: Lang, workbench: Workbench, page: Page) -> None:
    """No error on page or console; an English page has no Chinese letter but those of the switch."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(workbench.link(ADDRESS[name], lang=lang, scenario="chenxi_live"))
    settled(page)
    assert page.get_by_role("heading", name=say(f"app.{name}", lang), level=1).count() == 1
    assert page.locator('[data-testid="stException"]').count() == 0
    assert errors == []
    text = page.locator("body").inner_text().replace(SWITCH, "").replace("中文", "")
    if lang == "en":
        assert HAN.findall(text) == []
    else:
        assert len(HAN.findall(text)) > 25


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_for_readers_with_aids(
    name: str, workbench: Workbench, page: Page
) -> None:
    """axe-core finds nothing serious or critical: labels, contrast, roles, order."""
    page.goto(workbench.link(ADDRESS[name], lang="en", scenario="chenxi_live"))
    settled(page)
    assert serious_faults(page) == {}


def test_every_control_of_tonight_is_reached_by_tab(workbench: Workbench, page: Page) -> None:
    """Sliders, lists, buttons and switches take the focus one after the other."""
    page.goto(workbench.link("", lang="en", scenario="chenxi_live"))
    settled(page)
    assert hashes(page)
    wanted = page.evaluate(
        "() => document.querySelectorAll('section[data-testid=\"stSidebar\"] input[type=range]').length"
    )
    assert wanted >= 7
    reached: set[str] = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => { const a = document.activeElement; return (a.tagName + ':' + (a.type || '') + ':' + "
                "(a.getAttribute('aria-label') || a.innerText || '')).slice(0, 80); }"
            )
        )
    assert sum(one.startswith("INPUT:range") for one in reached) == wanted
    names = " ".join(reached)
    for key in ("app.before_after", "app.runs", "app.upload"):
        assert say(key, "en") in names
