"""Tonight: a scenario, the sliders that matter, which promises hold, where it hurts, a night replayed."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app.web.asked import Asked, asked
from app.web.chosen import chosen_scenario
from app.web.fields import Slider, choose, slide
from app.web.inputs import Whole, switch, whole
from app.web.look import show_chart, show_table
from app.web.nights import Tonight, played, replayed
from reports import tables as t
from reports.catalogue import Lang, number, say, unit_word
from reports.cells import interval
from reports.charts.funnel import funnel
from reports.charts.through_the_day import busiest_station, day_heat, station_lines
from sim.experiments.evening import NIGHTS
from sim.experiments.intervals import replications_to_promise
from sim.kpis.definitions import KPIS
from sim.scenario import Scenario

SHOW = (
    Slider("audience.scale", 0.2, 4.0, 0.1),
    Slider("audience.questions.team", 1, 20, 1),
)
SYSTEM = (
    Slider("checkout.order_service.servers", 1, 100, 1),
    Slider("checkout.gateway.rate_per_s", 10, 1000, 10),
    Slider("aftersales.agents", 1, 40, 1),
)
ALWAYS = (
    Slider("sorting.teams[0].people", 1, 60, 1),
    Slider("delivery.docks", 1, 20, 1),
)
Colour = Literal["green", "red", "gray", "off"]
COLOURS: dict[str, Colour] = {"better": "green", "worse": "red"}
TABLES = {
    "kpis": t.kpi_table,
    "levels": t.service_level_table,
    "stations": t.station_table,
    "balance": t.balance_table,
}
TILES = ("gmv_cny", "contribution_cny", "orders_paid", "payment_success", "sort_finish_min", "last_stop_min")


def page() -> None:
    """Will the chain carry tonight's show: which promises hold, and where does it hurt?"""
    now = asked()
    st.title(say("app.tonight", now.lang))
    scenario = chosen_scenario(now)
    with st.sidebar:
        _sliders(now, scenario)
    with st.spinner(say("app.simulating", now.lang, n=NIGHTS)):
        tonight = played(now.source, now.changes)
    _answer(now, tonight)


def _sliders(now: Asked, scenario: Scenario) -> None:
    wanted = (*(SHOW if scenario.live else ()), *(SYSTEM if scenario.by_system else ()), *ALWAYS)
    for one in wanted:
        slide(now, one, scenario)
    choose(now, "sorting.policy", scenario)
    left, right = st.columns(2)
    left.button(say("app.undo", now.lang), on_click=now.undo, disabled=not now.before, width="stretch")
    right.button(say("app.reset", now.lang), on_click=now.reset, disabled=not now.changes, width="stretch")


def _answer(now: Asked, tonight: Tonight) -> None:
    lang = now.lang
    _lights(tonight, lang)
    _tiles(tonight, lang)
    station = busiest_station(tonight.day)
    show_chart(day_heat(tonight.day, lang), "day_heat")
    left, right = st.columns(2)
    load, queue = station_lines(tonight.day, station, lang)
    with left:
        show_chart(load, "load")
    with right:
        show_chart(queue, "queue")
    show_chart(funnel(tonight.run, lang), "funnel")
    _replay(lang)
    if switch(now, "all_figures", say("app.all_figures", lang)):
        for name, table in TABLES.items():
            show_table(table(tonight.run, lang), name)


def _lights(tonight: Tonight, lang: Lang) -> None:
    """A light a promise: kept, broken or cannot tell, in colour and in words."""
    from html import escape

    lights = []
    levels = tonight.run["service_levels"]
    for level, one in levels.items():
        promise = say(f"kpi.{level}", lang)
        if KPIS[level].unit != "0/1":
            promise += f" {t.promise_words(level, tonight.run['kpis'][level]['target'], lang)}"
        kept, share = say(f"kept.{one['kept']}", lang), number(one["p"], "share", lang)
        words = say("app.light", lang, promise=promise, p=share, kept=kept)
        lights.append(f'<span class="light {one["kept"]}">{escape(words)}</span>')
    st.html(f"<div class=lights role=status aria-live=polite>{''.join(lights)}</div>")
    required = max((one["target"] for one in levels.values()), default=0.0)
    needed = replications_to_promise(required) if levels else 0
    if needed > NIGHTS:
        share = number(required, "share", lang)
        st.caption(say("app.lights_foot", lang, n=NIGHTS, required=share, needed=needed))


def _tiles(tonight: Tonight, lang: Lang) -> None:
    """Headline figures, each with its change against the scenario as it was chosen, night by night."""
    kpis = [kpi for kpi in TILES if kpi in tonight.run["kpis"]]
    for column, kpi in zip(st.columns(len(kpis)), kpis, strict=True):
        figure, unit = tonight.run["kpis"][kpi], KPIS[kpi].unit
        text = f"{number(figure['mean'], unit, lang, varies=True)} {unit_word(unit, lang)}".strip()
        difference = tonight.differences.get(kpi)
        delta: str | None = None
        colour: Colour = "off"
        if difference is not None and difference["verdict"] != "same":
            colour = COLOURS.get(difference["verdict"], "gray")
            amount = _change(difference["mean"], unit, lang)
            delta = f"{amount} {say('verdict.' + difference['verdict'], lang)}"
        column.metric(say(f"kpi.{kpi}", lang), text, delta, delta_color=colour, delta_arrow="off")
        column.caption(interval(figure, unit, lang))
    st.caption(say("app.tiles_foot", lang, n=NIGHTS))


def _change(value: float, unit: str, lang: Lang) -> str:
    """A difference with its sign: of shares in percentage points, of times of day in minutes."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    if unit == "share":
        return f"{sign}{100.0 * abs(value):.1f} {say('app.points', lang)}"
    if unit == "clock":
        return f"{sign}{number(abs(value), 'min', lang, varies=True)} {unit_word('min', lang)}"
    return f"{sign}{number(abs(value), unit, lang, varies=True)}"


@st.fragment
def _replay(lang: Lang) -> None:
    """One night as a moving picture; only when somebody wants to see it."""
    now = asked()
    st.subheader(say("app.replay", lang))
    night = whole(now, "night", say("app.night", lang), Whole(1, NIGHTS, 1, first=1))
    if switch(now, "replay", say("app.show_replay", lang)):
        from reports.replay.page import HEIGHT_PX

        st.iframe(replayed(now.source, now.changes, night - 1, lang), height=HEIGHT_PX)


page()
