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
from reports.typeface import OFFICE, text_width
from sim.clock import DAY_MIN
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
NARROWEST, WIDEST = 8, 48
"""Letters of a column of a table; longer cells go on in the next line."""
FORMATS = {"share": "0.0%", "0/1": "0.0%", "clock": "[hh]:mm", "CNY": "#,##0.00"}


class Book:
    """A workbook in the making: its formats and its sheets' names."""

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
        self.figure = self.book.add_format(base | right | {"text_wrap": True})
        self.figure_head = self.book.add_format(base | right | {"text_wrap": True, "bold": True, "bottom": 2})
        self.plain = self.book.add_format(base | {"num_format": "@"})
        self.head = self.book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 2})
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

    def sheet(self, title: str, *, one_page_wide: bool = True) -> Worksheet:
        """A new sheet; what Excel forbids in a name is left out, and no name stands twice."""
        name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:SHEET_LETTERS] or "–"
        taken = {one.get_name().lower() for one in self.book.worksheets()}
        plain, count = name, 2
        while name.lower() in taken:
            name = f"{plain[: SHEET_LETTERS - 4]} {count}"
            count += 1
        found = self.book.add_worksheet(name)
        found.set_landscape()
        found.set_paper(A4)
        if one_page_wide:
            found.fit_to_pages(1, 0)
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
        _figures(book, document)
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


def _figures(book: Book, document: Document) -> None:
    """A KPI a row: each arm's mean and interval, differences as formulas of the cells beside them."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    lang, names = book.lang, [document["base"], *document["others"]]
    sheet = book.sheet(say("sheet.figures", lang))
    heads = [say("head.kpi", lang), say("head.name", lang), say("head.unit", lang)]
    for name in names:
        heads += [f"{name}\n{say('head.mean', lang)}", f"{name}\n{say('head.low', lang)}",
                  f"{name}\n{say('head.high', lang)}"]  # fmt: skip
    heads += [f"{name}\n{say('sheet.difference', lang)}" for name in names[1:]]
    heads += [f"{name}\n{say('head.verdict', lang)}" for name in names[1:]]
    sheet.set_row(0, 2 * LINE_PT)
    for column, head in enumerate(heads):
        figures_below = 3 <= column <= len(heads) - len(names)
        book.words(sheet, 0, column, head, book.figure_head if figures_below else book.head)
    for row, (kpi, figures) in enumerate(document["kpis"].items(), 1):
        unit = KPIS[kpi].unit
        shape, scale = book.number(unit), DAY_MIN if unit == "clock" else 1.0
        for column, text in enumerate((say(f"kpi.{kpi}", lang), kpi, unit_word(unit, lang))):
            book.words(sheet, row, column, text)
        for k, name in enumerate(names):
            for place, key in enumerate(("mean", "ci_low", "ci_high")):
                if name in figures and key in figures[name]:
                    sheet.write_number(row, 3 + 3 * k + place, figures[name][key] / scale, shape)
        for k, name in enumerate(names[1:], 1):
            if name in figures and names[0] in figures:
                there, base = xl_rowcol_to_cell(row, 3 + 3 * k), xl_rowcol_to_cell(row, 3)
                value, formula = figures[name]["mean"] - figures[names[0]]["mean"], f"={there}-{base}"
                if unit == "clock":  # no sheet shows a time before midnight that is negative
                    formula, shape = f"=({there}-{base})*{DAY_MIN:.0f}", book.minutes
                sheet.write_formula(row, 2 + 3 * len(names) + k, formula, shape, value)
            if name in figures["difference"]:
                verdict = say(f"verdict.{figures['difference'][name]['verdict']}", lang)
                book.words(sheet, row, 1 + 4 * len(names) + k, verdict)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 1, 27)
    sheet.set_column(2, 2, 10)
    sheet.set_column(3, len(heads), 15)


def _table(book: Book, table: Table) -> None:
    """A table as it is printed: its cells are words, figures with their intervals among them."""
    sheet = book.sheet(table.title)
    book.headline(sheet, table.title)
    for column, head in enumerate(table.heads):
        book.words(sheet, 1, column, head, book.head if column in table.words else book.figure_head)
    for k, row in enumerate(table.rows, 2):
        if is_heading(row):
            book.words(sheet, k, 0, row[0][1:-1], book.heading)
            continue
        for column, cell in enumerate(row):
            book.words(sheet, k, column, cell, book.text if column in table.words else book.figure)
    for k, line in enumerate(table.foot, 3 + len(table.rows)):
        book.words(sheet, k, 0, line, book.plain)
    _fit(sheet, table)
    sheet.freeze_panes(2, 0)


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
    sheet = book.sheet(say("sheet.raw", book.lang, scenario=name), one_page_wide=False)
    book.words(sheet, 0, 0, "replication", book.head)
    for column, (kpi, values) in enumerate(columns.items(), 1):
        book.words(sheet, 0, column, kpi, book.head)
        for row, value in enumerate(values.tolist(), 1):
            if value == value:  # NaN: no meaning tonight
                sheet.write_number(row, column, value, book.number(""))
    for row in range(1, 1 + len(next(iter(columns.values()), ()))):
        book.words(sheet, row, 0, str(row - 1), book.plain)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns), 14)


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
