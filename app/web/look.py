"""How charts, tables and messages look on a page, and how a reader takes them away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.web.asked import asked
from reports.catalogue import Lang, say
from reports.typeface import FAMILY, FILE

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from reports.cells import Table
    from reports.charts.chart import Chart

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
STYLE = f"""<style>
@font-face {{ font-family: "{FAMILY}"; src: url("/app/static/{FILE}"); }}
.stApp, .stApp button, .stApp input {{
  font-family: "{FAMILY}", "PingFang SC", "Microsoft YaHei", sans-serif; }}
.block-container {{ padding-top: 2.6rem; max-width: 1320px; }}
.stApp h1 {{ font-size: 1.9rem; }} .stApp h3 {{ font-size: 1.25rem; }}
[data-testid="stMetricValue"] {{ font-size: 1.2rem; }}
[data-testid="stMetricValue"] * {{ white-space: normal; text-overflow: clip; overflow: visible; }}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p {{ color: #4b5560; opacity: 1; }}
[data-testid="stCaptionContainer"] code, .stMarkdown code {{ color: #1f5c3a; background: #f2f5f8; }}
table.lianlu {{ border-collapse: collapse; width: 100%; font-size: 0.86rem; }}
table.lianlu th, table.lianlu td {{ border-bottom: 1px solid #d7dde3; padding: 4px 8px; text-align: right;
  vertical-align: top; white-space: pre-line; }}
table.lianlu .w {{ text-align: left; }} table.lianlu th {{ border-bottom: 2px solid #1f2933; }}
table.lianlu caption {{ text-align: left; font-weight: 600; caption-side: top; color: #1f2933; }}
table.lianlu tr.head td {{ background: #f2f5f8; font-weight: 600; text-align: left; }}
.foot p {{ color: #5b6670; font-size: 0.8rem; margin: 2px 0; }} .scroll {{ overflow-x: auto; }}
.light {{ display: inline-block; border-radius: 6px; padding: 6px 10px; margin: 0 8px 8px 0;
  font-size: 0.86rem; border-left: 6px solid; background: #f7f9fb; color: #1f2933; }}
.yes {{ border-color: #009e73; }} .no {{ border-color: #d55e00; }} .cannot_tell {{ border-color: #e69f00; }}
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

    st.html(table_html(table).replace("<table>", '<table class="lianlu">', 1))
    st.download_button(
        say("app.as_csv", asked().lang), csv_text(table).encode(), f"{key}.csv", "text/csv", key=f"{key}_csv"
    )


def show_problems(error: Exception, lang: Lang) -> None:
    """What is wrong with a scenario, as the command line says it, as text."""
    st.error(say("app.problems", lang))
    st.code(str(error), language=None)
