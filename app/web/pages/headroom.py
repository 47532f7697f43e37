"""Headroom: how many viewers the chain carries, what breaks first, and on whose word that rests."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.asked import asked, changes_words
from app.web.chosen import choose_scenario
from app.web.downloads import report_downloads
from app.web.inputs import Whole, whole
from app.web.look import show_chart, show_table
from app.web.watch import long_work
from reports.catalogue import Lang, say
from reports.charts.headroom import headroom_curve
from reports.decks.certificate import carries
from reports.headroom_tables import gate_table, headroom_tables

VIEWERS = Whole(0, 10_000_000, 1000, first=0)


def page() -> None:
    """How large may the audience grow before a promise breaks, and which one breaks first?"""
    now = asked()
    st.title(say("app.headroom", now.lang))
    with st.sidebar:
        choose_scenario(now)
    st.write(say("app.headroom_asks", now.lang))
    at = whole(now, "at", say("app.asked_audience", now.lang), VIEWERS,
               help=say("app.asked_audience_help", now.lang))  # fmt: skip
    sets = changes_words(now.changes)
    words = ["headroom", now.source, *sets, *(["--at", str(at)] if at else [])]
    long_work(now, words, now.name, lambda document: _answer(document, now.lang))
    report_downloads(now, "certificate", [now.source], sets)


def _answer(document: dict[str, Any], lang: Lang) -> None:
    (st.error if document["already_broken"] else st.info)(carries(document, lang))
    if "at" in document:
        show_table(gate_table(document, lang), "headroom_at")
    show_chart(headroom_curve(document, lang), "headroom")
    rest = {key: value for key, value in document.items() if key != "at"}
    for k, table in enumerate(headroom_tables(rest, lang)):
        show_table(table, f"headroom_{k}")


page()
