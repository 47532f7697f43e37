"""Before and after: the arms side by side, what show and system bring, the article's claims, the deck."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.asked import FOUR_ARMS, Asked, asked, changes_words
from app.web.chosen import names, title
from app.web.downloads import report_downloads
from app.web.inputs import Whole, one_of, some_of, switch, whole
from app.web.look import show_chart, show_table
from app.web.watch import long_work
from reports import tables as t
from reports.catalogue import say
from reports.charts import comparison as charts

NIGHTS = Whole(20, 2000, 10, first=50)
SPREADS = ("gmv_cny", "contribution_cny", "orders_paid", "tickets_per_100", "leader_hours_mean", "cost_cny")


def page() -> None:
    """What do show and system bring, and are the article's claims right?"""
    now = asked()
    st.title(say("app.before_after", now.lang))
    arms = some_of(
        now, "arms", say("app.arms", now.lang), names(), FOUR_ARMS,
        format_func=lambda name: title(name, now.lang), help=say("app.arms_help", now.lang),
    )  # fmt: skip
    nights = whole(now, "nights", say("app.nights", now.lang), NIGHTS)
    if len(arms) < 2:
        st.info(say("app.two_arms", now.lang))
        return
    changed = switch(now, "with_changes", say("app.with_changes", now.lang), disabled=not now.changes)
    sets = changes_words(now.changes) if changed else []
    words = ["compare", *arms, "--replications", str(nights), *sets]
    long_work(now, words, " · ".join(arms), lambda document: _answer(now, document))
    report_downloads(now, "before-after", arms, ["--replications", str(nights), *sets])


def _answer(now: Asked, document: dict[str, Any]) -> None:
    lang = now.lang
    show_table(t.summary_table(document, lang), "summary")
    if document["service_levels"]:
        show_chart(charts.promises_kept(document, lang), "promises")
    known = [kpi for kpi in SPREADS if kpi in document["dispersion"]["kpis"]]
    kpi = one_of(
        now, "spread", say("head.kpi", lang), known, format_func=lambda name: say(f"kpi.{name}", lang)
    )
    show_chart(charts.spread_of(document, kpi, lang), "spread_chart")
    for name in document["gmv_ratio"]:
        show_chart(charts.gmv_factors(document, name, lang), f"gmv_{name}")
    if "gmv_cny" in document.get("attribution", {}):
        show_chart(charts.attribution_steps(document, "gmv_cny", lang), "attribution")
        show_table(t.attribution_table(document, lang), "attribution_table")
    show_chart(charts.leader_day(document, lang), "leader_day")
    if document["claims"]:
        with st.expander(say("app.claims", lang)):
            show_table(t.claims_table(document, lang), "claims")
    with st.expander(say("app.all_figures", lang)):
        show_table(t.comparison_table(document, lang), "comparison")
        show_table(t.promise_table(document, lang), "promise_table")
        show_table(t.gmv_table(document, lang), "gmv_table")


page()
