"""Pages to slides: the message above, charts and tables below it, seed and hash in the foot."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reports.catalogue import Lang
from reports.cells import Table
from reports.charts.chart import Chart
from reports.decks.deck import Deck, Page
from reports.slides.charts import add_chart
from reports.slides.tables import Piece, add_table, pieces
from reports.slides.words import add_words, begin
from reports.typeface import text_width

if TYPE_CHECKING:
    from pptx.presentation import Presentation

Shown = Chart | Piece
WIDE, HIGH = 13.333, 7.5
MARGIN = 0.5
TOP, BOTTOM = 1.35, 0.55
"""Inches: room for the message and for the foot."""
BELOW = 0.4
"""Inches for words below charts and tables."""


class Box(NamedTuple):
    """Where something stands on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


BODY = Box(MARGIN, TOP, WIDE - 2 * MARGIN, HIGH - TOP - BOTTOM)


def slides(deck: Deck, lang: Lang) -> bytes:
    """The .pptx file."""
    presentation = begin(WIDE, HIGH)
    cover = presentation.slides.add_slide(presentation.slide_layouts[6])
    add_words(cover, deck.title, Box(MARGIN, 2.4, WIDE - 2 * MARGIN, 1.6), 34, bold=True)
    add_words(cover, deck.subtitle, Box(MARGIN, 4.1, WIDE - 2 * MARGIN, 0.6), 18, pale=True)
    add_words(cover, deck.foot, Box(MARGIN, 6.7, WIDE - 2 * MARGIN, 0.4), 11, pale=True)
    for page in deck.pages:
        found = _slides_of(page)
        for k, shown in enumerate(found, 1):
            message = f"{page.message} ({k}/{len(found)})" if len(found) > 1 else page.message
            _slide(presentation, replace(page, message=message, foot=page.foot or deck.foot), shown, lang)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _slides_of(page: Page) -> list[tuple[Shown, ...]]:
    """Two charts share a slide; a long table goes on on the next one; a page of neither divides the deck."""
    if not page.exhibits:
        return [()]
    charts = tuple(one for one in page.exhibits if not isinstance(one, Table))
    found: list[tuple[Shown, ...]] = [charts[k : k + 2] for k in range(0, len(charts), 2)]
    for table in page.exhibits:
        if isinstance(table, Table):
            found += [(piece,) for piece in pieces(table, _body(page))]
    return found


def _body(page: Page) -> Box:
    """Room for charts and tables; less where words stand below them."""
    return BODY._replace(height=BODY.height - BELOW) if page.below else BODY


def _slide(presentation: Presentation, page: Page, shown: tuple[Shown, ...], lang: Lang) -> None:
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    wide = text_width(page.message)
    size = 34 if not shown else 24 if wide <= 76 else 20 if wide <= 150 else 17
    top = 0.3 if shown else 2.4
    add_words(slide, page.message, Box(MARGIN, top, WIDE - 2 * MARGIN, 0.95), size, bold=True)
    body = _body(page)
    width = body.width / max(1, len(shown))
    feet: list[str] = []
    for k, exhibit in enumerate(shown):
        box = body._replace(left=body.left + k * width, width=width - (0.2 if len(shown) > 1 else 0.0))
        if isinstance(exhibit, Piece):
            add_table(slide, exhibit, box)
        else:
            add_chart(slide, exhibit, box, lang)
        feet += [line for line in exhibit.foot if line not in feet]
    if page.below:
        room = Box(MARGIN, HIGH - BOTTOM - BELOW, WIDE - 2 * MARGIN, BELOW)
        add_words(slide, page.below, room, 11, pale=True)
    last = f"{len(presentation.slides)} · {page.foot}"
    add_words(slide, last, Box(MARGIN, HIGH - 0.42, WIDE - 2 * MARGIN, 0.3), 10, pale=True)
    slide.notes_slide.notes_text_frame.text = "\n".join((page.message, *page.notes, *feet))
