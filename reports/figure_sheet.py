"""The sheet of figures: a KPI a row, each arm's mean and interval, differences as formulas beside theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.catalogue import say, unit_word
from reports.cells import Document
from reports.typeface import text_width
from sim.clock import DAY_MIN
from sim.kpis.definitions import KPIS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from reports.workbook import Book

FIRST = 3
"""Columns of words before the figures."""
ENDS = ("mean", "ci_low", "ci_high")
LEAST = 12
"""Letters of a column of figures."""


def add_figures(book: Book, document: Document) -> None:
    """Means and intervals as numbers; each paired difference as a formula, its interval beside it."""
    lang, names = book.lang, [document["base"], *document["others"]]
    sheet = book.sheet(say("sheet.figures", lang), pages_wide=2)
    heads = _heads(book, names)
    verdicts = len(heads) - len(names) + 1
    for column, head in enumerate(heads):
        book.words(sheet, 0, column, head, book.figure_head if FIRST <= column < verdicts else book.head)
    sheet.set_row(0, book.line_pt * max(len(head.split("\n")) for head in heads))
    for row, (kpi, figures) in enumerate(document["kpis"].items(), 1):
        unit = unit_word(KPIS[kpi].unit, lang)
        for column, text in enumerate((say(f"kpi.{kpi}", lang), kpi, unit)):
            book.words(sheet, row, column, text, book.plain)
        for k, name in enumerate(names):
            if name in figures:
                _figure(book, sheet, (row, FIRST + 3 * k), figures[name], KPIS[kpi].unit)
        for k, name in enumerate(names[1:], 1):
            if name in figures["difference"]:
                _difference(book, sheet, (row, k, len(names)), kpi, figures, names)
                verdict = say(f"verdict.{figures['difference'][name]['verdict']}", lang)
                book.words(sheet, row, verdicts + k - 1, verdict, book.plain)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 1, 27)
    for column, head in enumerate(heads[2:], 2):
        sheet.set_column(column, column, max(LEAST, *(text_width(line) + 3 for line in head.split("\n"))))


def _heads(book: Book, names: list[str]) -> list[str]:
    """Words, then for each arm mean and ends, for each other arm difference and ends, then verdicts."""
    lang = book.lang
    mean, low, high, verdict = (say(f"head.{part}", lang) for part in ("mean", "low", "high", "verdict"))
    heads = [say("head.kpi", lang), say("head.name", lang), say("head.unit", lang)]
    heads += [f"{name}\n{part}" for name in names for part in (mean, low, high)]
    difference = say("sheet.difference", lang)
    paired = (difference, f"{difference} {low}", f"{difference} {high}")
    heads += [f"{name}\n{part}" for name in names[1:] for part in paired]
    return heads + [f"{name}\n{verdict}" for name in names[1:]]


def _figure(book: Book, sheet: Worksheet, at: tuple[int, int], figure: Document, unit: str) -> None:
    scale = DAY_MIN if unit == "clock" else 1.0
    for place, key in enumerate(ENDS):
        if key in figure:
            sheet.write_number(at[0], at[1] + place, figure[key] / scale, book.number(unit))


def _difference(
    book: Book, sheet: Worksheet, at: tuple[int, int, int], kpi: str, figures: Document, names: list[str]
) -> None:
    """The formula, and the ends of the paired interval; `at` is the row, the arm's number, how many arms."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    (row, k, many), unit = at, KPIS[kpi].unit
    there, base = xl_rowcol_to_cell(row, FIRST + 3 * k), xl_rowcol_to_cell(row, FIRST)
    formula, shape = f"={there}-{base}", book.number(unit)
    if unit == "clock":  # no sheet shows a time before midnight that is negative
        formula, shape = f"=({there}-{base})*{DAY_MIN:.0f}", book.minutes
    column = FIRST + 3 * many + 3 * (k - 1)
    value: Any = figures[names[k]]["mean"] - figures[names[0]]["mean"]
    sheet.write_formula(row, column, formula, shape, value)
    for place, key in ((1, "ci_low"), (2, "ci_high")):
        if key in figures["difference"][names[k]]:
            sheet.write_number(row, column + place, figures["difference"][names[k]][key], shape)
