"""A heat map as a table of coloured cells, a cell a column: slides have no native one."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, number
from reports.charts.chart import Heat
from reports.ink import WHITE, shade
from reports.slides.words import add_words, dress, rgb

NAMES_IN = 1.7
EVERY_MIN = 180.0
"""Between written moments."""


def add_heat(slide: Any, chart: Heat, box: Any, lang: Lang) -> None:
    """Every cell of the chart; one in which nobody is there stays white."""
    from pptx.util import Inches

    add_words(slide, chart.title, box._replace(height=0.4), 14, bold=True)
    high = min(0.42, (box.height - 1.2) / (len(chart.rows) + 1))
    shape = slide.shapes.add_table(
        len(chart.rows) + 1, len(chart.x) + 1, Inches(box.left), Inches(box.top + 0.5), Inches(box.width),
        Inches(high * (len(chart.rows) + 1)),
    )  # fmt: skip
    grid = shape.table
    grid.columns[0].width = Inches(NAMES_IN)
    for k in range(len(chart.x)):
        grid.columns[k + 1].width = Inches((box.width - NAMES_IN) / len(chart.x))
    for r in range(len(chart.rows) + 1):
        grid.rows[r].height = Inches(high)
    _moments(grid, chart, lang)
    for r, (name, values) in enumerate(zip(chart.rows, chart.values, strict=True), 1):
        _write(grid.cell(r, 0), name, WHITE)
        for k, value in enumerate(values, 1):
            _write(grid.cell(r, k), "", WHITE if value is None else shade(value / chart.top))
    below = box._replace(top=box.top + 0.6 + high * (len(chart.rows) + 1), height=0.4)
    _legend(slide, chart, below)


def _moments(grid: Any, chart: Heat, lang: Lang) -> None:
    """The first row: a time of day over the cells that follow it."""
    for k in range(len(chart.x) + 1):
        _write(grid.cell(0, k), "", WHITE)
    wide = round(EVERY_MIN / (chart.x[1] - chart.x[0])) if len(chart.x) > 1 else 1
    for k, at in enumerate(chart.x, 1):
        if at % EVERY_MIN == 0.0 and k + wide <= len(chart.x) + 1:
            grid.cell(0, k).merge(grid.cell(0, k + wide - 1))
            _write(grid.cell(0, k), number(at, chart.across.unit, lang), WHITE)


def _legend(slide: Any, chart: Heat, box: Any) -> None:
    """Ten steps of the scale between its ends."""
    from pptx.util import Inches

    words = f"{chart.scale.title}  0 %"
    add_words(slide, words, box._replace(width=1.9), 11, pale=True)
    for k in range(STEPS):
        left = Inches(box.left + 1.9 + STEP_IN * k)
        patch = slide.shapes.add_textbox(left, Inches(box.top + 0.1), Inches(STEP_IN), Inches(0.2))
        patch.fill.solid()
        patch.fill.fore_color.rgb = rgb(shade(k / (STEPS - 1)))
    end = box._replace(left=box.left + 1.95 + STEP_IN * STEPS, width=2.0)
    add_words(slide, "100 %", end, 11, pale=True)


STEPS, STEP_IN = 11, 0.24
"""Patches of the legend, and their width."""


def _write(cell: Any, text: str, colour: str) -> None:
    from pptx.util import Inches

    cell.margin_left = cell.margin_right = Inches(0.02)
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.text = text
    for paragraph in cell.text_frame.paragraphs:
        dress(paragraph.font, 10)
        for run in paragraph.runs:
            dress(run.font, 10)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(colour)
