"""A report as a workbook: figures with formulas for the differences, raw rows, and what every column means.

Every word is written as text, never read as a formula or a link, so a hostile name stays a name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, say, unit_word
from reports.catalogue.meanings import kpi_meaning
from reports.cells import Document, Table, is_heading
from reports.decks.deck import Deck
from reports.figure_sheet import add_figures
from reports.typeface import OFFICE, text_width
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_LETTERS = 31
"""The most a sheet's name may have."""
CELL_LETTERS = 32_000
A4 = 9
LINE_PT = 15.0
RAW_PAGES = 4
"""Pages side by side of the sheets with a column for each KPI."""
NUMBER = re.compile(r"(-?\d[\d,]*)(\.\d+)?( ?%)?")
"""A cell that is one figure and nothing else."""
NARROWEST, WIDEST = 8, 48
"""Letters of a column of a table; longer cells go on in the next line."""
FORMATS = {"share": "0.0%", "0/1": "0.0%", "clock": "[hh]:mm", "CNY": "#,##0.00"}


class Book:
    """A workbook in the making: its formats and its sheets' names."""

    line_pt = LINE_PT

    def __init__(self, lang: Lang) -> None:
        """Begin in memory."""
        import xlsxwriter

        self.lang = lang
        self.out = io.BytesIO()
        self.book: Workbook = xlsxwriter.Workbook(
            self.out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "nan_inf_to_errors": True},
        )  # fmt: skip
        base = {"font_name": OFFICE, "font_size": 10, "valign": "top"}
        self.text = self.book.add_format(base | {"text_wrap": True})
        right = {"align": "right", "indent": 1}
        self._right = base | right
        self.figure = self.book.add_format(base | right | {"text_wrap": True})
        self.figure_head = self.book.add_format(base | right | {"text_wrap": True, "bold": True, "bottom": 1})
        self.plain = self.book.add_format(base | {"num_format": "@"})
        self.head = self.book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1})
        self.name_head = self.book.add_format(base | {"bold": True, "bottom": 1})
        self.heading = self.book.add_format(base | {"bold": True})
        self.title = self.book.add_format(base | {"bold": True, "font_size": 14})
        self._numbers = {
            unit: self.book.add_format(base | right | {"num_format": shape})
            for unit, shape in FORMATS.items()
        }
        minutes = unit_word("min", lang)
        self.minutes = self.book.add_format(base | right | {"num_format": f'#,##0.0" {minutes}"'})
        self._number = self.book.add_format(base | right | {"num_format": "#,##0.0##"})

    def number(self, unit: str) -> Any:
        """The format of a unit."""
        return self._numbers.get(unit, self._number)

    def digits(self, decimals: int, *, per_cent: bool) -> Any:
        """The format of figures with so many digits after the point."""
        shape = "#,##0" + f".{'0' * decimals}" * bool(decimals) + "%" * per_cent
        if shape not in self._numbers:
            self._numbers[shape] = self.book.add_format(self._right | {"num_format": shape})
        return self._numbers[shape]

    def sheet(self, title: str, *, pages_wide: int = 1, head: int = 0) -> Worksheet:
        """A new sheet; what Excel forbids in a name is left out, and no name stands twice.

        Printed it is so many pages wide, each with the rows down to `head` and the first column.
        """
        name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_LETTERS] or "–"
        taken = {one.get_name().lower() for one in self.book.worksheets()}
        plain, count = name, 2
        while name.lower() in taken:
            name = f"{plain[: SHEET_LETTERS - 4]} {count}"
            count += 1
        found = self.book.add_worksheet(name)
        found.set_landscape()
        found.set_paper(A4)
        found.fit_to_pages(pages_wide, 0)
        found.repeat_rows(0, head)
        if pages_wide > 1:
            found.repeat_columns(0)
        return found

    def words(self, sheet: Worksheet, row: int, column: int, text: str, shape: Any = None) -> None:
        """Text as text."""
        sheet.write_string(row, column, text[:CELL_LETTERS], shape or self.text)

    def headline(self, sheet: Worksheet, text: str) -> None:
        """The first row: what the sheet says, in large letters."""
        sheet.set_row(0, 1.6 * LINE_PT)
        self.words(sheet, 0, 0, text, self.title)

    def close(self) -> bytes:
        """The .xlsx file."""
        self.book.close()
        return self.out.getvalue()


def workbook(
    deck: Deck,
    lang: Lang,
    *,
    document: Document | None = None,
    rows: Mapping[str, Mapping[str, NDArray[Any]]] | None = None,
) -> bytes:
    """The .xlsx file.

    Args:
        deck: its messages are the first sheet, its tables one sheet each.
        lang: of every word.
        document: `compare --json`, for the sheet of figures with formulas.
        rows: by scenario and KPI the (N,) column of replications.

    """
    book = Book(lang)
    _messages(book, deck)
    if document is not None:
        add_figures(book, document)
    for page in deck.pages:
        for exhibit in page.exhibits:
            if isinstance(exhibit, Table):
                _table(book, exhibit)
    for name, columns in (rows or {}).items():
        _raw(book, name, columns)
    _dictionary(book, [kpi for columns in (rows or {}).values() for kpi in columns])
    return book.close()


def _messages(book: Book, deck: Deck) -> None:
    sheet = book.sheet(say("sheet.summary", book.lang))
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 110)
    book.headline(sheet, deck.title)
    book.words(sheet, 1, 0, deck.subtitle, book.plain)
    for k, page in enumerate(deck.pages, 1):
        sheet.write_number(2 + k, 0, k, book.text)
        book.words(sheet, 2 + k, 1, page.message)
    book.words(sheet, 4 + len(deck.pages), 0, deck.foot, book.plain)


def _table(book: Book, table: Table) -> None:
    """A table as it is printed: one figure is a number, one with its interval is words."""
    sheet = book.sheet(table.title, head=1)
    book.headline(sheet, table.title)
    for column, head in enumerate(table.heads):
        book.words(sheet, 1, column, head, book.head if column in table.words else book.figure_head)
    for k, row in enumerate(table.rows, 2):
        if is_heading(row):
            book.words(sheet, k, 0, row[0][1:-1], book.heading)
            continue
        for column, cell in enumerate(row):
            if column in table.words:
                book.words(sheet, k, column, cell)
            else:
                _cell(book, sheet, (k, column), cell)
    for k, line in enumerate(table.foot, 3 + len(table.rows)):
        book.words(sheet, k, 0, line, book.plain)
    _fit(sheet, table)
    sheet.freeze_panes(2, 0)


def _cell(book: Book, sheet: Worksheet, at: tuple[int, int], cell: str) -> None:
    """A number where the cell is nothing else, with as many digits as it shows."""
    found = NUMBER.fullmatch(cell.strip())
    if found is None:
        book.words(sheet, *at, cell, book.figure)
        return
    whole, after, per_cent = found.groups()
    value = float(whole.replace(",", "") + (after or ""))
    shape = book.digits(len(after or ".") - 1, per_cent=bool(per_cent))
    sheet.write_number(*at, value / 100.0 if per_cent else value, shape)


def _fit(sheet: Worksheet, table: Table) -> None:
    """Columns as wide as their longest line, rows as high as their cells; programs differ in what they do."""
    rows = [row for row in (table.heads, *table.rows) if not is_heading(row)]
    widths = [
        min(
            max(NARROWEST, *(text_width(line) + 3 for row in rows for line in row[column].split("\n"))),
            WIDEST,
        )
        for column in range(len(table.heads))
    ]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for k, row in enumerate((table.heads, *table.rows), 1):
        if not is_heading(row):
            cells = zip(row, widths, strict=True)
            lines = max(
                sum(-(-max(text_width(line), 1) // (width - 2)) for line in cell.split("\n"))
                for cell, width in cells
            )
            sheet.set_row(k, LINE_PT * lines)


def _raw(book: Book, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """A replication a row, a KPI a column, as they were simulated."""
    sheet = book.sheet(say("sheet.raw", book.lang, scenario=name), pages_wide=RAW_PAGES)
    book.words(sheet, 0, 0, "replication", book.name_head)
    for column, (kpi, values) in enumerate(columns.items(), 1):
        book.words(sheet, 0, column, kpi, book.name_head)
        sheet.set_column(column, column, max(NARROWEST, text_width(kpi) + 2))
        for row, value in enumerate(values.tolist(), 1):
            if value == value:  # NaN: no meaning tonight
                sheet.write_number(row, column, value, book.number(""))
    for row in range(1, 1 + len(next(iter(columns.values()), ()))):
        sheet.write_number(row, 0, row - 1, book.plain)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 14)


def _dictionary(book: Book, used: Sequence[str]) -> None:
    lang, wanted = book.lang, dict.fromkeys(used) or KPIS
    sheet = book.sheet(say("sheet.dictionary", lang))
    heads = ("head.name", "head.kpi", "head.unit", "head.better", "head.meaning")
    for column, head in enumerate(heads):
        book.words(sheet, 0, column, say(head, lang), book.head)
    for row, name in enumerate(wanted, 1):
        kpi = KPIS[name]
        cells = (
            name,
            say(f"kpi.{name}", lang),
            kpi.unit,
            say(f"better_of.{kpi.better}", lang),
            kpi_meaning(name, lang),
        )
        for column, cell in enumerate(cells):
            book.words(sheet, row, column, cell)
    sheet.set_column(0, 1, 27)
    sheet.set_column(2, 3, 12)
    sheet.set_column(4, 4, 100)
    sheet.freeze_panes(1, 0)
