"""Tables on slides and sheets: nothing is lost or cut off, columns are as wide as what stands in them."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from reports.cells import Table
from reports.decks.deck import Deck, Page
from reports.slides.deck import BODY, slides
from reports.slides.tables import _height, _lines, pieces
from reports.workbook import workbook

LONG = "orders due for delivery that reached their point on the day after the show, by community and SKU"
TABLE = Table(
    "Claims", ("#", "Claim", "Simulated", "Driver"),
    tuple(
        row
        for k in range(40)
        for row in (
            *([(f"[group {k}]", "", "", "")] if k % 8 == 0 else []),
            (str(k), LONG[: 12 + 2 * k], f"{1000 * k:,} (−{k} +{k}) CNY", "audience.trust.weight_scale"),
        )
    ),
    ("a foot",), frozenset({1, 3}),
)  # fmt: skip


def test_pieces_hold_all_rows_in_the_columns_of_the_whole() -> None:
    """Each piece fits the slide's body, a heading is never its last row, and columns stand still."""
    found = pieces(TABLE, BODY)
    assert len(found) > 2
    assert sum((piece.table.rows for piece in found), ()) == TABLE.rows
    assert len({piece.widths for piece in found}) == 1
    assert sum(found[0].widths) == pytest.approx(BODY.width)
    for piece in found:
        high = sum(_height(row, piece.widths) for row in (TABLE.heads, *piece.table.rows))
        assert high <= BODY.height
        assert not piece.table.rows[-1][0].startswith("[")
    rows = [piece.table.rows for piece in found[:-1]]
    assert max(map(len, rows)) <= 3 * min(map(len, rows))


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [("", 10, 1), ("one two", 10, 1), ("one two three", 8, 2), ("承诺守得住吗", 8, 2), ("aaaaaaaaaaaa", 5, 3),
     ("a bbbbbbb cc", 8, 3)],
)  # fmt: skip
def test_lines_end_between_words_and_chinese_letters(text: str, room: float, lines: int) -> None:
    """As many lines as a program needs that breaks between words and inside Chinese."""
    assert _lines(text, room) == lines


def test_slides_and_sheets_show_the_whole_table() -> None:
    """Rows on slides one after the other are the table's; columns of the sheet hold their longest line."""
    from openpyxl import load_workbook
    from pptx import Presentation

    deck = Deck("Title", "Subtitle", (Page("Message", (TABLE,)),), "seed 1")
    shown = [
        tuple(cell.text for cell in row.cells)
        for slide in Presentation(io.BytesIO(slides(deck, "en"))).slides
        for shape in slide.shapes
        if shape.has_table
        for row in list(shape.table.rows)[1:]
    ]
    assert [row[0] for row in shown] == [row[0].strip("[]") for row in TABLE.rows]
    assert [row for row in shown if row[1]] == [row for row in TABLE.rows if row[1]]
    sheet = load_workbook(io.BytesIO(workbook(deck, "en")))["Claims"]
    assert [cell.value for cell in sheet[2]] == list(TABLE.heads)
    assert sheet["D4"].value == TABLE.rows[1][3]
    assert sheet.column_dimensions["D"].width >= len(TABLE.rows[1][3])
    assert sheet.column_dimensions["A"].width < sheet.column_dimensions["C"].width
    last = next(row for row in sheet.iter_rows(min_row=3) if row[0].value == 39)
    assert sheet.row_dimensions[last[0].row].height >= 30.0  # two lines


def test_the_sheet_of_figures_has_the_paired_interval_beside_each_difference() -> None:
    """Formula, lower and upper end are numbers in one row; a time differs in minutes, an interval too."""
    from openpyxl import load_workbook

    def figure(mean: float) -> dict[str, float]:
        return {"mean": mean, "ci_low": mean - 2.0, "ci_high": mean + 3.0}

    def paired(verdict: str) -> dict[str, dict[str, object]]:
        return {"b": {"mean": 10.0, "ci_low": 8.5, "ci_high": 11.5, "verdict": verdict}}

    document = {
        "base": "a",
        "others": ["b"],
        "kpis": {
            "gmv_cny": {"a": figure(100.0), "b": figure(110.0), "difference": paired("better")},
            "last_stop_min": {"a": figure(600.0), "b": figure(610.0), "difference": paired("worse")},
        },
    }
    deck = Deck("Title", "Subtitle", (Page("Message", (TABLE,)),), "seed 1")
    sheet = load_workbook(io.BytesIO(workbook(deck, "en", document=document)))["Figures"]
    money, clock = (list(row) for row in sheet.iter_rows(min_row=2, values_only=True))
    assert money[3:] == [100.0, 98.0, 103.0, 110.0, 108.0, 113.0, "=G2-D2", 8.5, 11.5, "better"]
    assert clock[9:] == ["=(G3-D3)*1440", 8.5, 11.5, "worse"]
    assert clock[3] == dt.timedelta(hours=10)
    heads = [cell.value for cell in sheet[1]]
    assert len(heads) == len(money)
    assert sheet.row_dimensions[1].height >= 30.0  # two lines
