"""One KPI is one number: in `--json`, on the page, in HTML, in slides and in the workbook."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from app.cli.main import main
from app.report_kinds import Wanted, prepared
from reports.catalogue import LANGS, Lang, say
from reports.comparison import HEADLINES, summary_table
from reports.files import written
from sim.scenario_file import load_scenario
from tests.browser.conftest import Workbench, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

ARMS = ("chenxi_jielong", "chenxi_live")
NIGHTS = 20
FORMULA = r"=[A-Z]+\d+-[A-Z]+\d+|=\([A-Z]+\d+-[A-Z]+\d+\)\*1440"
"""A difference of two cells; of two times of day in minutes."""


def spaces(text: str) -> str:
    """Words and figures with single spaces."""
    return " ".join(text.split())


@pytest.mark.parametrize("lang", LANGS)
def test_a_kpi_is_the_same_number_everywhere(
    lang: Lang, workbench: Workbench, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every row of the summary of JSON, after formatting, stands on the page and in all three files."""
    assert main(["compare", *ARMS, "--replications", str(NIGHTS), "--json", "--progress", "none"]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = [row for row in summary_table(document, lang).rows if row[0] in named(lang)]
    assert len(rows) == len(HEADLINES)
    told = [spaces(" ".join(row)) for row in rows]
    report = prepared(
        Wanted("before-after", {name: load_scenario(name) for name in ARMS}, replications=NIGHTS)
    )
    for form, text in (
        ("html", html_text(written(report, "html", lang))),
        ("pptx", slides_text(written(report, "pptx", lang))),
        ("xlsx", workbook_text(written(report, "xlsx", lang))),
        ("page", page_text(workbench, page, lang)),
    ):
        assert [row for row in told if row not in text] == [], form


def test_the_workbook_computes_its_differences_and_keeps_names_as_text() -> None:
    """Formulas subtract the cells beside them, raw rows give the means, and nothing else is a formula."""
    from openpyxl import load_workbook

    report = prepared(
        Wanted("before-after", {name: load_scenario(name) for name in ARMS}, replications=NIGHTS)
    )
    book = load_workbook(io.BytesIO(written(report, "xlsx", "en")))
    sheet = book[say("sheet.figures", "en")]
    heads = [cell.value for cell in sheet[1]]
    formulas = 0
    for row in sheet.iter_rows(min_row=2):
        by_head = dict(zip(heads, row, strict=True))
        difference = by_head[f"{ARMS[1]}\n{say('sheet.difference', 'en')}"]
        if difference.value is None:
            continue
        formulas += 1
        assert re.fullmatch(FORMULA, str(difference.value))
        there, base = (days(sheet[name].value) for name in re.findall(r"[A-Z]+\d+", str(difference.value)))
        kpi = str(by_head[say("head.name", "en")].value)
        clock = document_unit(kpi) == "clock"
        assert str(difference.value).endswith("*1440") == clock
        scale = 1440.0 if clock else 1.0
        expected = report.document["kpis"][kpi] if report.document else {}
        assert there * scale == pytest.approx(expected[ARMS[1]]["mean"])
        assert base * scale == pytest.approx(expected[ARMS[0]]["mean"])
    assert formulas > 40
    raw = book[say("sheet.raw", "en", scenario=ARMS[1])]
    names = [cell.value for cell in raw[1]]
    column = names.index("gmv_cny")
    values = [row[column].value for row in raw.iter_rows(min_row=2)]
    assert len(values) == NIGHTS
    assert sum(values) / NIGHTS == pytest.approx(report.document["kpis"]["gmv_cny"][ARMS[1]]["mean"])  # type: ignore[index]
    assert raw["A2"].data_type == "n"


def test_hostile_names_stay_text_in_every_file() -> None:
    """A title that is a script, a formula or a path is words in HTML, slides and workbook."""
    from openpyxl import load_workbook

    hostile = ("<script>alert(1)</script>", "../../etc/passwd", "=cmd|' /C calc'!A0")
    arms = {
        f"arm{k}": load_scenario(
            "chenxi_live", [f"title_en={json.dumps(text)}", f"audience.scale={0.1 + k / 10}"]
        )
        for k, text in enumerate(hostile)
    }
    report = prepared(Wanted("before-after", arms, replications=2))
    text = written(report, "html", "en").decode()
    assert "<script>alert" not in text.replace("\\u003cscript", "")
    assert "&lt;script&gt;alert(1)" in text
    book = load_workbook(io.BytesIO(written(report, "xlsx", "en")))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or re.fullmatch(FORMULA, str(cell.value))
    assert hostile[2] in slides_text(written(report, "pptx", "en"))


def named(lang: Lang) -> set[str]:
    """The summary's KPIs in words."""
    return {say(f"kpi.{kpi}", lang) for kpi in HEADLINES}


def days(value: Any) -> float:
    """A cell's number; what is shown as a clock is read as a span of time."""
    return value.total_seconds() / 86_400.0 if isinstance(value, timedelta) else float(value)


def document_unit(kpi: str) -> str:
    """Unit of a KPI."""
    from sim.kpis.definitions import KPIS

    return KPIS[kpi].unit


def html_text(raw: bytes) -> str:
    """The words a reader sees of an HTML file: no style, no script."""
    seen = re.sub(r"<(script|style)\b.*?</\1>", " ", raw.decode(), flags=re.DOTALL)
    return spaces(unescape(re.sub(r"<[^>]+>", " ", seen)))


def slides_text(raw: bytes) -> str:
    """The words of all slides, tables among them."""
    from pptx import Presentation

    told: list[str] = []
    for slide in Presentation(io.BytesIO(raw)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                told.append(shape.text_frame.text)
            if shape.has_table:
                told += [cell.text for row in shape.table.rows for cell in row.cells]
    return spaces(" ".join(told))


def workbook_text(raw: bytes) -> str:
    """The words of all sheets."""
    from openpyxl import load_workbook

    cells = (
        cell.value for sheet in load_workbook(io.BytesIO(raw)) for row in sheet.iter_rows() for cell in row
    )
    return spaces(" ".join(str(cell) for cell in cells if isinstance(cell, str)))


def page_text(workbench: Workbench, page: Page, lang: Lang) -> str:
    """The words of the page when it has computed the same comparison."""
    page.goto(workbench.link("before_after", lang=lang, arms=ARMS, nights=str(NIGHTS)))
    settled(page)
    if not page.locator("table.lianlu").count():
        page.get_by_role("button", name=say("app.start", lang)).first.click()
    page.wait_for_selector("table.lianlu")
    settled(page)
    return spaces(page.locator("body").inner_text())
