"""A deck as one HTML file: interactive charts, tables, its own type; it asks nothing of any network."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from reports.catalogue import Lang, say
from reports.cells import Table, is_heading
from reports.decks.deck import Deck, Page
from reports.ink import TABLES, VARIABLES
from reports.plots.figure import CONFIG, figure_of
from reports.typeface import FAMILY, woff

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; worker-src blob:"
)
"""A browser that obeys it cannot load anything from elsewhere, whatever a name contains."""
STYLE = """
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1080px; padding: 24px; color: var(--ink); background: white;
  font: 15px/1.5 var(--face) }
h1 { font-size: 26px; margin: 8px 0 2px }
h2 { font-size: 20px; margin: 0 0 10px; border-left: 5px solid var(--main); padding-left: 10px }
p.sub { color: var(--pale); margin: 0 0 20px }
section { margin: 34px 0; break-inside: avoid } nav { border: 1px solid var(--line); padding: 10px 18px }
nav ol { margin: 0; padding-left: 20px } a { color: var(--action) }
details { color: var(--pale); font-size: 0.8rem }
footer { border-top: 1px solid var(--line); margin-top: 40px; padding-top: 8px; color: var(--pale) }
@media print { nav, details { display: none } body { max-width: none } }
"""


def html(deck: Deck, lang: Lang) -> str:
    """The file's text; words in any name stay words."""
    from plotly.offline import get_plotlyjs

    body = "\n".join(_body(deck, lang))
    font = base64.b64encode(woff(body)).decode()
    face = f'@font-face {{ font-family: "{FAMILY}"; src: url(data:font/woff;base64,{font}) format("woff") }}'
    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if lang == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(deck.title)}</title>
<style>{face}{VARIABLES}{STYLE}{TABLES}</style>
<script>{get_plotlyjs()}</script>
</head>
<body>
{body}
</body>
</html>
"""


def _body(deck: Deck, lang: Lang) -> Iterator[str]:
    yield f"<h1>{escape(deck.title)}</h1><p class=sub>{escape(deck.subtitle)}</p>"
    entries = "".join(
        f'<li><a href="#p{k}">{escape(page.message)}</a></li>' for k, page in enumerate(deck.pages, 1)
    )
    yield f"<nav><ol>{entries}</ol></nav><main>"
    for k, page in enumerate(deck.pages, 1):
        yield from _page(k, page, lang)
    yield f"</main><footer>{escape(deck.foot)}</footer>"


MENU = CONFIG | {"responsive": True}


def _page(number: int, page: Page, lang: Lang) -> Iterator[str]:
    yield f'<section id="p{number}"><h2>{escape(page.message)}</h2>'
    for k, exhibit in enumerate(page.exhibits):
        if isinstance(exhibit, Table):
            yield table_html(exhibit)
        else:
            yield figure_of(exhibit, lang).to_html(
                full_html=False, include_plotlyjs=False, div_id=f"c{number}_{k}", config=MENU
            )
    if page.below and not any(page.below in exhibit.foot for exhibit in page.exhibits):
        yield f"<p class=sub>{escape(page.below)}</p>"
    if page.notes:
        notes = "".join(f"<p>{escape(note)}</p>" for note in page.notes)
        yield f"<details open><summary>{escape(say('deck.notes', lang))}</summary>{notes}</details>"
    yield "</section>"


def table_html(table: Table) -> str:
    """A table with its title as caption and its foot below."""
    words = [" class=w" if k in table.words else "" for k in range(len(table.heads))]
    heads = "".join(
        f"<th scope=col{w}>{escape(head)}</th>" for w, head in zip(words, table.heads, strict=True)
    )
    rows = "".join(_row(row, words) for row in table.rows)
    foot = "".join(f"<p>{escape(line)}</p>" for line in table.foot)
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{escape(table.title)}">'
        f"<table class=lianlu><caption>{escape(table.title)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div><div class=foot>{foot}</div>"
    )


def _row(row: tuple[str, ...], words: list[str]) -> str:
    if is_heading(row):
        return f"<tr class=head><td colspan={len(row)}>{escape(row[0][1:-1])}</td></tr>"
    return (
        "<tr>" + "".join(f"<td{w}>{escape(cell)}</td>" for w, cell in zip(words, row, strict=True)) + "</tr>"
    )
