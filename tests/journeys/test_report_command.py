"""`lianlu report`: files in the right language, native charts with notes, answers to wrong questions."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from reports.catalogue import LANGS, Lang, say

ARMS = ("chenxi_jielong", "chenxi_live")
FORMS = ("html", "pptx", "xlsx")


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The before/after deck in both languages, a folder each."""
    folder = tmp_path_factory.mktemp("decks")
    for lang in LANGS:
        words = ["report", "before-after", *ARMS, "--replications", "3", "--lang", lang, "--progress", "none"]
        assert main([*words, "--out", str(folder / lang)]) == 0
    return folder


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The comparison that the decks tell."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["compare", *ARMS, "--replications", "3", "--json", "--progress", "none"]) == 0
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_html_needs_no_network_and_has_its_letters(lang: Lang, decks: Path) -> None:
    """One file with its policy, type and charts; nothing in it is loaded from elsewhere."""
    text = (decks / lang / "before_after.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert "data:font/woff;base64," in text
    outside = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r"(?:src|href)=[\"']?(?![\"'#]|data:)[^\s>]+", outside) == []
    assert text.count("plotly-graph-div") >= 7
    han = len(re.findall(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>", "", outside)))
    assert han > 500 if lang == "zh" else han == 0


@pytest.mark.parametrize("lang", LANGS)
def test_slides_have_native_charts_one_message_and_notes(lang: Lang, decks: Path) -> None:
    """Every slide but the cover: a message, a native chart or table, and the method in its notes."""
    from pptx import Presentation

    deck = Presentation(str(decks / lang / "before_after.pptx"))
    charts = tables = 0
    divider = say("deck.appendix", lang)
    for slide in list(deck.slides)[1:]:
        words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert words[0].strip()
        assert any(re.search(r"\b[0-9a-f]{12}\b", text) for text in words)
        assert slide.notes_slide.notes_text_frame.text.startswith(words[0])
        shown = any(shape.has_chart or shape.has_table for shape in slide.shapes)
        assert shown == (words[0] != divider)
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + 10
            assert shape.top + shape.height <= deck.slide_height + 10
        charts += sum(shape.has_chart for shape in slide.shapes)
        tables += sum(shape.has_table for shape in slide.shapes)
    assert charts >= 7
    assert tables >= 4


def test_intervals_are_error_bars_of_the_native_charts(decks: Path, document: dict[str, Any]) -> None:
    """The bars of the promises have whiskers above and below, as long as their intervals."""
    from pptx import Presentation
    from pptx.oxml.ns import qn

    deck = Presentation(str(decks / "en" / "before_after.pptx"))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    promises = next(one for one in charts if one.chart_title.text_frame.text == say("chart.promises", "en"))
    levels = document["service_levels"]
    arms = (document["base"], *document["others"])
    for arm, series in zip(arms, promises.plots[0].series, strict=True):
        bars = series._element.find(qn("c:errBars"))
        plus, minus = (
            [float(v.text) for v in bars.find(qn(f"c:{side}")).iter(qn("c:v"))] for side in ("plus", "minus")
        )
        said = [levels[level].get(arm) for level in levels]
        assert list(series.values) == [one and one["p"] for one in said]
        assert minus == [one["p"] - one["ci_low"] if one else 0.0 for one in said]
        assert plus == [one["ci_high"] - one["p"] if one else 0.0 for one in said]
    assert list(promises.plots[0].categories) == [say(f"kpi.{level}", "en") for level in levels]


def test_a_shift_plan_is_written_in_all_formats(tmp_path: Path) -> None:
    """The calendar as a Gantt chart with its promise, what being surer costs, and the day as it is worked."""
    from openpyxl import load_workbook
    from pptx import Presentation

    words = ["report", "shifts", "chenxi_live", "--replications", "5", "--lang", "zh", "--progress", "none"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"shifts.{form}" for form in ("html", "pptx", "xlsx")
    }
    text = (tmp_path / "shifts.html").read_text("utf-8")
    assert text.count("plotly-graph-div") == 3
    assert say("deck.surer", "zh") in text
    slides = list(Presentation(str(tmp_path / "shifts.pptx")).slides)
    assert any(shape.name == say("chart.promise", "zh") for slide in slides for shape in slide.shapes)
    sheets = load_workbook(tmp_path / "shifts.xlsx").sheetnames
    assert {say("sheet.summary", "zh"), say("sheet.dictionary", "zh")} <= set(sheets)
    assert len(sheets) == 4


def test_the_files_are_listed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` names what was written; a certificate says its audience and its assumptions."""
    words = ["report", "certificate", "chenxi_live", "--replications", "5", "--json"]
    assert main([*words, "--out", str(tmp_path), "--progress", "none"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(name).name for name in files] == [f"certificate.{form}" for form in FORMS]
    assert all(Path(name).stat().st_size > 0 for name in files)
    text = Path(files[0]).read_text("utf-8")
    assert say("deck.valid_under", "en") in text
    assert re.search(r"P ≥ 95\.0 % up to [\d,]+ viewers", text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("before-after", "chenxi_live"), "at least one other"),
        (("shifts", "chenxi_live", "chenxi_jielong"), "one scenario"),
        (("certificate", "chenxi_live", "--format", "doc"), "choose among html, pptx, xlsx"),
        (("certificate", "chenxi_live", "--format", ","), "choose among html, pptx, xlsx"),
        (("season", "chenxi_live"), "before-after"),
        (("before-after", "chenxi_live", "no_such"), "no_such"),
    ],
)
def test_wrong_questions_are_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, what may be asked instead, and no file."""
    assert main(["report", *words, "--out", str(tmp_path / "out"), "--progress", "none"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """`lianlu app` names another port and ends with 2."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--no-browser", "--port", str(port)]) == 2
    assert f"--port {port + 1}" in capsys.readouterr().err
