"""Tables as native ones; a long one is cut into pieces that fit a slide."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from reports.cells import Row, Table, is_heading
from reports.ink import INK, LINE, STRIPE, WHITE
from reports.slides.words import dress, rgb
from reports.typeface import text_width

SIZE = 11.0
INCH_A_LETTER = 0.083
"""Width of a Latin letter at that size; a Chinese one is twice as wide."""
LINE_IN, PADDING_IN = 0.21, 0.09
MOST_IN_A_CELL = 30
"""Letters after which a cell of words is expected to wrap."""
SHORT, FIGURES, LONGEST_WORD = 14, 18, 26
"""Letters of words, figures and one word that are not broken."""
PADDING = 2
"""Letters between a text and the next column."""


@dataclass(frozen=True)
class Piece:
    """Rows of a table that fit a slide, under the heads and in the columns of the whole table.

    Attributes:
        table: these rows.
        widths: inches of each column.
    """

    table: Table
    widths: tuple[float, ...]

    @property
    def foot(self) -> tuple[str, ...]:
        """What the notes say of the table."""
        return self.table.foot


def pieces(table: Table, box: Any) -> list[Piece]:
    """The table in pieces of about the same height, none higher than the box; its foot is in the notes."""
    widths = _widths(table, box.width)
    heights = [_height(row, widths) for row in table.rows]
    room = box.height - 0.1 - _height(table.heads, widths)
    count = len(_cut(table, heights, room))
    even = max(sum(heights) / count + max(heights, default=0.0), max(heights, default=0.0))
    return [Piece(replace(table, rows=rows), widths) for rows in _cut(table, heights, min(room, even))]


def _cut(table: Table, heights: list[float], room: float) -> list[tuple[Row, ...]]:
    """Rows that fit together; a heading goes with the row below it."""
    found: list[list[Row]] = [[]]
    used = 0.0
    for row, high in zip(table.rows, heights, strict=True):
        if found[-1] and used + high > room:
            carried = [found[-1].pop()] if is_heading(found[-1][-1]) and len(found[-1]) > 1 else []
            found.append(carried)
            used = len(carried) * (LINE_IN + PADDING_IN)
        found[-1].append(row)
        used += high
    return [tuple(rows) for rows in found]


def add_table(slide: Any, piece: Piece, box: Any) -> None:
    """Heads in ink, headings across, words left and figures right."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches

    table, widths = piece.table, piece.widths
    rows = (table.heads, *table.rows)
    heights = [_height(row, widths) for row in rows]
    shape = slide.shapes.add_table(
        len(rows), len(widths), Inches(box.left), Inches(box.top), Inches(box.width), Inches(sum(heights))
    )
    grid = shape.table
    for k, width in enumerate(widths):
        grid.columns[k].width = Inches(width)
    for r, row in enumerate(rows):
        grid.rows[r].height = Inches(heights[r])
        heading = r > 0 and is_heading(row)
        if heading and len(row) > 1:
            grid.cell(r, 0).merge(grid.cell(r, len(row) - 1))
        for k, text in enumerate(row):
            cell = grid.cell(r, k)
            _fill(cell, r, heading=heading)
            if heading and k:
                continue
            cell.text = text[1:-1] if heading else text
            for paragraph in cell.text_frame.paragraphs:
                paragraph.alignment = PP_ALIGN.LEFT if heading or k in table.words else PP_ALIGN.RIGHT
                dress(paragraph.font, SIZE, bold=r == 0 or heading, colour=WHITE if r == 0 else None)
                for run in paragraph.runs:
                    dress(run.font, SIZE, bold=r == 0 or heading, colour=WHITE if r == 0 else None)


def _fill(cell: Any, row: int, *, heading: bool) -> None:
    from pptx.util import Inches

    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(INK if row == 0 else LINE if heading else WHITE if row % 2 else STRIPE)


def _widths(table: Table, whole: float) -> tuple[float, ...]:
    """Inches a column: what should stay in one line has room for it, and sentences share what is left."""
    rows = [row for row in (table.heads, *table.rows) if not is_heading(row)]
    least, wanted = [], []
    for k in range(len(table.heads)):
        lines = [line for row in rows for line in row[k].split("\n")]
        longest = max(map(text_width, lines), default=0)
        unbroken = max((text_width(word) for line in lines for word in _words(line)), default=0)
        short, most = (SHORT, MOST_IN_A_CELL) if k in table.words else (FIGURES, longest)
        least.append(min(longest, max(short, min(unbroken, LONGEST_WORD))) + PADDING)
        wanted.append(max(least[-1], min(longest, most) + PADDING))
    share = (whole / INCH_A_LETTER - sum(least)) / max(sum(wanted) - sum(least), 1)
    if share < 0.0:
        return tuple(whole * one / sum(least) for one in least)
    letters = [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]
    return tuple(whole * one / sum(letters) for one in letters)


def _words(text: str) -> list[str]:
    """Pieces between which a line may end: words, and every Chinese letter."""
    return re.findall(r"[^\s\u2e80-\uffff]+|[\u2e80-\uffff]", text)


def _height(row: Row, widths: tuple[float, ...]) -> float:
    """Inches of the row: that of the cell with most lines."""
    lines = 1
    if not is_heading(row):
        for text, width in zip(row, widths, strict=True):
            lines = max(lines, sum(_lines(part, (width - 0.12) / INCH_A_LETTER) for part in text.split("\n")))
    return LINE_IN * lines + PADDING_IN


def _lines(text: str, room: float) -> int:
    """Lines of so many letters that a text takes, broken between its words."""
    lines, used = 1, 0
    for word in _words(text):
        wide = text_width(word)
        gap = 1 if used and wide > 2 else 0
        if used and used + gap + wide > room:
            lines, used, gap = lines + 1, 0, 0
        lines += max(0, -(-wide // max(1, int(room))) - 1)
        used += gap + wide
    return lines
