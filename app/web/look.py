"""How charts, tables and messages look on a page, and how a reader takes them away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.web.asked import asked
from reports.catalogue import Lang, say
from reports.ink import TABLES, VARIABLES
from reports.typeface import FAMILY, FILE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from reports.cells import Table
    from reports.charts.chart import Chart

STYLE = f"""<style>
{VARIABLES}{TABLES}@font-face {{ font-family: "{FAMILY}"; src: url("/app/static/{FILE}"); }}
.stApp, .stApp button, .stApp input {{
  font-family: var(--face); }}
.block-container {{ padding-top: 2.6rem; max-width: 1320px; }}
.stApp h1 {{ font-size: 1.9rem; }} .stApp h3 {{ font-size: 1.25rem; }}
[data-testid="stMetricValue"] {{ font-size: 1.2rem; }}
[data-testid="stMetricValue"] *, [data-testid="stMetricDelta"], [data-testid="stMetricDelta"] * {{
  white-space: normal !important; text-overflow: clip; overflow: visible; height: auto; }}
[data-testid="stMetricDelta"] {{ font-size: 0.8rem; border-radius: 6px; }}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{ color: var(--pale); opacity: 1; }}
[data-testid="stCaptionContainer"] code, .stMarkdown code {{ color: #1f5c3a; background: var(--band); }}
.stApp table.lianlu .w {{ min-width: 5rem; }} .stApp table.lianlu .w:nth-child(2) {{ min-width: 9rem; }}
.stApp table.lianlu .w ~ :not(.w) {{ min-width: 5rem; }}
.stApp table.lianlu .w:last-child {{ overflow-wrap: anywhere; }}
[data-testid="stSelectbox"] input, [data-testid="stSelectbox"] div {{ text-overflow: ellipsis; }}
[data-testid="InputInstructions"] {{ display: none; }}
.lights {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 5px 8px; }}
.light {{ border-radius: 6px; padding: 5px 10px;
  font-size: 0.82rem; border-left: 6px solid; background: var(--stripe); color: var(--ink); }}
.yes {{ border-color: var(--good); }} .no {{ border-color: var(--bad); }}
.cannot_tell {{ border-color: var(--doubt); }}
</style>"""

UPLOADER = """<style>
[data-testid="stFileUploaderDropzone"] button p, [data-testid="stFileUploaderDropzoneInstructions"] span {
  font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: "BUTTON"; font-size: 0.9rem; }
[data-testid="stFileUploaderDropzoneInstructions"] span::after { content: "LIMIT"; font-size: 0.8rem; }
</style>"""


def dress(lang: Lang) -> None:
    """The product's type and tables, and the words of a widget that Streamlit says in English only."""
    button, limit = say("app.choose_file", lang), say("app.file_limit", lang)
    st.html(STYLE + UPLOADER.replace("BUTTON", button).replace("LIMIT", limit))


def show_chart(chart: Chart, key: str) -> None:
    """A chart with its foot; its own menu saves it as a picture."""
    from reports.plots.figure import CONFIG

    config: dict[str, Any] = CONFIG | {"toImageButtonOptions": {"filename": key, "scale": 2}}
    st.plotly_chart(_figure(chart, asked().lang), theme=None, key=key, config=config, alt=chart.title)


@lru_cache(maxsize=128)
def _figure(chart: Chart, lang: Lang) -> Figure:
    """Drawn once for all sessions that look at it; nobody changes a figure."""
    from reports.plots import figure_of

    return figure_of(chart, lang)


def show_table(table: Table, key: str) -> None:
    """A table as reports have it, and its cells as CSV."""
    from app.cli.experiments import csv_text
    from reports.html import table_html

    st.html(table_html(table))
    st.download_button(
        say("app.as_csv", asked().lang), csv_text(table).encode(), f"{key}.csv", "text/csv", key=f"{key}_csv"
    )
