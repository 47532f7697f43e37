"""Buy: the cheapest people, servers and vans that hold every promise at an audience."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.asked import asked, changes_words
from app.web.chosen import choose_scenario
from app.web.look import show_table
from app.web.watch import long_work
from reports.catalogue import Lang, say
from reports.provision_tables import provision_tables


def page() -> None:
    """The page."""
    now = asked()
    st.title(say("app.buy", now.lang))
    with st.sidebar:
        choose_scenario(now)
    st.write(say("app.buy_asks", now.lang))
    left, right = st.columns(2)
    audience = left.number_input(
        say("app.audience", now.lang),
        0,
        1_000_000,
        0,
        1000,
        key="audience",
        help=say("app.audience_help", now.lang),
    )
    budget = right.number_input(say("app.budget", now.lang), 0, 10_000_000, 0, 500, key="budget",
                                help=say("app.budget_help", now.lang))  # fmt: skip
    keep = st.toggle(say("app.keep_policy", now.lang), key="keep_policy")
    words = ["provision", now.source, *changes_words(now.changes)]
    words += ["--audience", str(audience)] if audience else []
    words += ["--budget", str(budget)] if budget else []
    words += ["--keep", "sorting.policy"] if keep else []
    long_work(now, words, now.name, lambda document: _answer(document, now.lang))


def _answer(document: dict[str, Any], lang: Lang) -> None:
    for k, table in enumerate(provision_tables(document, lang)):
        show_table(table, f"buy_{k}")


page()
