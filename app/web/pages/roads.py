"""Roads and routes: the city, the pickup points, and a plan that keeps its promise."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.web.asked import Asked, asked, changes_words
from app.web.chosen import chosen_scenario
from app.web.look import show_table
from app.web.watch import long_work
from reports.catalogue import say
from reports.route_tables import plan_table, route_table, tried_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.scenario import Scenario


def page() -> None:
    """Where are the points, and which routes reach them in time on as many mornings as asked?"""
    now = asked()
    st.title(say("app.roads", now.lang))
    scenario = chosen_scenario(now)
    _city(now, scenario)
    st.subheader(say("app.routes", now.lang))
    st.write(say("app.routes_asks", now.lang))
    words = ["routes", now.source, *changes_words(now.changes)]
    long_work(now, words, now.name, lambda document: _answer(now, scenario, document))


def _city(now: Asked, scenario: Scenario) -> None:
    from reports.road_map import road_map
    from sim.chain import market_for
    from sim.roads import roads_of

    roads = roads_of(scenario.roads)
    _picture(road_map(roads, now.lang, market_for(scenario, 1, 0).point_node), say("app.map_alt", now.lang))


def _answer(now: Asked, scenario: Scenario, document: dict[str, Any]) -> None:
    from reports.route_map import route_map
    from sim.chain import market_for
    from sim.roads import roads_of

    show_table(plan_table(document, now.lang), "plan")
    picture = route_map(roads_of(scenario.roads), market_for(scenario, 1, 0), document, now.lang)
    _picture(picture, say("app.routes_alt", now.lang))
    show_table(route_table(document, now.lang), "routes")
    show_table(tried_table(document, now.lang), "tried")


def _picture(figure: Figure, alt: str) -> None:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    left, _ = st.columns([3, 1])
    data = base64.b64encode(out.getvalue()).decode()
    left.html(f'<img style="max-width:100%" alt="{escape(alt)}" src="data:image/png;base64,{data}">')


page()
