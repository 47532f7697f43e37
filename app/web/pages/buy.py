"""Buy: the cheapest people, servers and vans that hold every promise at an audience."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.asked import asked, changes_words
from app.web.chosen import choose_scenario
from app.web.inputs import Whole, switch, whole
from app.web.look import show_table
from app.web.watch import long_work
from reports.catalogue import Lang, say
from reports.provision_tables import provision_tables

AUDIENCE = Whole(0, 1_000_000, 1000, first=0)
BUDGET_CNY = Whole(0, 10_000_000, 500, first=0)


def page() -> None:
    """What is the cheapest that holds every promise, at an audience and within a budget?"""
    now = asked()
    st.title(say("app.buy", now.lang))
    with st.sidebar:
        choose_scenario(now)
    st.write(say("app.buy_asks", now.lang))
    left, right = st.columns(2)
    with left:
        audience = whole(now, "audience", say("app.audience", now.lang), AUDIENCE,
                         help=say("app.audience_help", now.lang))  # fmt: skip
    with right:
        budget = whole(now, "budget", say("app.budget", now.lang), BUDGET_CNY,
                       help=say("app.budget_help", now.lang))  # fmt: skip
    keep = switch(now, "keep_policy", say("app.keep_policy", now.lang))
    words = ["provision", now.source, *changes_words(now.changes)]
    words += ["--audience", str(audience)] if audience else []
    words += ["--budget", str(budget)] if budget else []
    words += ["--keep", "sorting.policy"] if keep else []
    long_work(now, words, now.name, lambda document: _answer(document, now.lang))


def _answer(document: dict[str, Any], lang: Lang) -> None:
    for k, table in enumerate(provision_tables(document, lang)):
        show_table(table, f"buy_{k}")


page()
