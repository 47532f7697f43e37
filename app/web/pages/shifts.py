"""Shifts: edit the teams and see the night at once; or let the cheapest calendar be found."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from app.web.asked import Asked, asked, changes_words
from app.web.chosen import choose_scenario
from app.web.downloads import report_downloads
from app.web.look import show_chart, show_problems, show_table
from app.web.nights import played
from app.web.watch import long_work
from reports.catalogue import Lang, number, say, span
from reports.charts.shifts import shift_gantt, teams_gantt
from reports.charts.through_the_day import station_lines
from reports.shifts_tables import price_table, shifts_table
from sim.problems import InputError
from sim.scenario import Scenario

TEAMS = "sorting.teams"


def page() -> None:
    """The page."""
    now = asked()
    st.title(say("app.shifts", now.lang))
    with st.sidebar:
        choose_scenario(now)
    try:
        scenario = now.scenario()
    except InputError as error:
        show_problems(error, now.lang)
        st.button(say("app.undo", now.lang), on_click=now.undo)
        return
    _edit(now, scenario)
    st.subheader(say("app.cheapest", now.lang))
    st.write(say("app.shifts_asks", now.lang))
    sets = changes_words(now.changes)
    long_work(now, ["shifts", now.source, *sets], now.name, lambda document: _answer(document, now.lang))
    report_downloads(now, "shifts", [now.source], sets)


def _edit(now: Asked, scenario: Scenario) -> None:
    """A row a team; breaks stay as they are."""
    lang = now.lang
    rows = [
        {
            "name": team.name,
            "start": _clock(team.start_min),
            "hours": team.length_min / 60.0,
            "people": team.people,
        }
        for team in scenario.sorting.teams
    ]
    text, number_ = st.column_config.TextColumn, st.column_config.NumberColumn
    columns = {
        "name": text(say("shifts.team", lang), required=True, max_chars=20),
        "start": text(say("shifts.start", lang), required=True, validate=r"^\d{1,2}:[0-5]\d$"),
        "hours": number_(say("app.hours", lang), min_value=0.5, max_value=12.0, step=0.25, required=True),
        "people": number_(say("shifts.people", lang), min_value=0, max_value=500, step=1, required=True),
    }
    edited = st.data_editor(
        rows, column_config=columns, num_rows="dynamic", key=f"teams_{now.name}", hide_index=True
    )
    complete = [row for row in edited if all(row.get(key) is not None for key in columns)]
    told = json.dumps([_team(row, scenario) for row in complete], ensure_ascii=False)
    left, right = st.columns(2)
    if left.button(say("app.apply", lang), type="primary", disabled=complete == rows or not complete):
        now.change(TEAMS, told)
        st.rerun()
    right.button(say("app.undo", lang), on_click=now.undo, disabled=not now.before)
    with st.spinner(say("app.simulating", lang)):
        tonight = played(now.source, now.changes)
    kept = tonight.run["service_levels"].get("all_sorted_by_midnight")
    if kept is not None:
        ends = span(kept["ci_low"], kept["ci_high"], "share", lang)
        st.metric(say("app.p_midnight", lang), f"{number(kept['p'], 'share', lang)} ({ends})")
    show_chart(teams_gantt(scenario, lang), "teams")
    for k, chart in enumerate(station_lines(tonight.day, "sorting", lang)):
        show_chart(chart, f"sorting_{k}")


def _team(row: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    hours, minutes = (int(part) for part in str(row["start"]).split(":"))
    known = next((team for team in scenario.sorting.teams if team.name == row["name"]), None)
    breaks = [] if known is None else [pause.model_dump() for pause in known.breaks]
    start = 60.0 * (hours + 24 if hours < 12 else hours) + minutes  # before noon: the next day
    length = 60.0 * float(row["hours"])
    fitting = [pause for pause in breaks if pause["after_min"] + pause["length_min"] <= length]
    return {"name": str(row["name"]), "start_min": start, "length_min": length, "people": int(row["people"]),
            "breaks": fitting}  # fmt: skip


def _clock(minute: float) -> str:
    return f"{int(minute // 60) % 24:02d}:{int(minute % 60):02d}"


def _answer(document: dict[str, Any], lang: Lang) -> None:
    show_chart(shift_gantt(document, lang), "gantt")
    show_table(price_table(document, lang), "prices")
    show_table(shifts_table(document, lang), "calendars")


page()
