"""A report as files: one deck, three formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang
from reports.cells import Document
from reports.decks.deck import Deck

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Report:
    """A deck in any language, and for the workbook the document and the rows it was made of."""

    name: str
    deck: Callable[[Lang], Deck]
    document: Document | None = None
    rows: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)


def written(report: Report, form: str, lang: Lang) -> bytes:
    """The bytes of one format: html, pptx or xlsx."""
    deck = report.deck(lang)
    if form == "html":
        from reports.html import html

        return html(deck, lang).encode()
    if form == "pptx":
        from reports.slides import slides

        return slides(deck, lang)
    from reports.workbook import workbook

    return workbook(deck, lang, document=report.document, rows=report.rows)
