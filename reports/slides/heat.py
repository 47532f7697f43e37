"""A heat map as a table of coloured cells, an hour a column: slides have no native one."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, number
from reports.charts.chart import Heat
from reports.slides import xml
from reports.slides.words import add_words, dress

HOUR_MIN = 60.0
NAMES_IN = 1.7
LIGHT, MIDDLE, DARK = (0xF2, 0xF5, 0xF8), (0x8F, 0xB8, 0xD8), (0xB3, 0x32, 0x1B)
EVERY = 3
"""Hours between written ones."""


def add_heat(slide: Any, chart: Heat, box: Any, lang: Lang) -> None:
    """Mean of each hour; a cell in which nobody is there stays white."""
    from pptx.util import Inches

    title = box._replace(height=0.4)
    add_words(slide, chart.title, title, 14, bold=True)
    hours = sorted({int(at // HOUR_MIN) for at in chart.x})
    high = min(0.42, (box.height - 1.2) / (len(chart.rows) + 1))
    shape = slide.shapes.add_table(
        len(chart.rows) + 1, len(hours) + 1, Inches(box.left), Inches(box.top + 0.5), Inches(box.width),
        Inches(high * (len(chart.rows) + 1)),
    )  # fmt: skip
    grid = shape.table
    grid.columns[0].width = Inches(NAMES_IN)
    for k in range(len(hours)):
        grid.columns[k + 1].width = Inches((box.width - NAMES_IN) / len(hours))
    for r in range(len(chart.rows) + 1):
        grid.rows[r].height = Inches(high)
    _write(grid.cell(0, 0), "", "FFFFFF")
    for k, hour in enumerate(hours):
        _write(grid.cell(0, k + 1), "", "FFFFFF")
        if hour % EVERY == 0 and k + EVERY <= len(hours):
            grid.cell(0, k + 1).merge(grid.cell(0, k + EVERY))
            _write(grid.cell(0, k + 1), number(hour * HOUR_MIN, "clock", lang), "FFFFFF")
    for r, (name, values) in enumerate(zip(chart.rows, chart.values, strict=True), 1):
        _write(grid.cell(r, 0), name, "FFFFFF")
        for k, hour in enumerate(hours):
            here = [
                v for at, v in zip(chart.x, values, strict=True) if v is not None and at // HOUR_MIN == hour
            ]
            used = sum(here) / len(here) / chart.top if here else None
            _write(grid.cell(r, k + 1), "", "FFFFFF" if used is None else shade(used))
    below = box._replace(top=box.top + 0.6 + high * (len(chart.rows) + 1), height=0.4)
    add_words(slide, f"{chart.scale.title}: 0 % ○ … ● 100 %", below, 11, pale=True)


def shade(used: float) -> str:
    """Light to dark as RRGGBB, 0 to 1."""
    low, high, part = (LIGHT, MIDDLE, used / 0.5) if used < 0.5 else (MIDDLE, DARK, (used - 0.5) / 0.5)
    mixed = (round(a + (b - a) * min(max(part, 0.0), 1.0)) for a, b in zip(low, high, strict=True))
    return "".join(f"{one:02X}" for one in mixed)


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
    cell.fill.fore_color.rgb = xml.colour(colour)
