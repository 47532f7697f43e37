"""Shifts: edit the teams and see the night at once; or let the cheapest calendar be found."""

from __future__ import annotations

import json
import re
from typing import Any

import streamlit as st

from app.web.asked import Asked, asked, changes_words
from app.web.chosen import chosen_scenario
from app.web.downloads import report_downloads
from app.web.look import show_chart, show_table
from app.web.nights import played
from app.web.problems import show_problems
from app.web.watch import long_work
from reports.catalogue import number, say, span, unit_word
from reports.charts.shifts import shift_gantt, teams_gantt
from reports.charts.through_the_day import station_lines
from reports.shifts_tables import price_table, shifts_table
from sim.experiments.evening import NIGHTS
from sim.experiments.shifts.kinds import cost_of, kind_of
from sim.problems import InputError
from sim.scenario import Scenario
from sim.stages.sorting.teams import Team, most_people

TEAMS = "sorting.teams"
_HOUR = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


def page() -> None:
    """Is all sorted by midnight with these teams, and which calendar does it for the least money?"""
    now = asked()
    st.title(say("app.shifts", now.lang))
    scenario = chosen_scenario(now)
    _edit(now, scenario)
    st.subheader(say("app.cheapest", now.lang))
    st.write(say("app.shifts_asks", now.lang))
    # What is found does not hang on the teams there are: it stays while they are edited.
    sets = changes_words({path: text for path, text in now.changes.items() if not path.startswith(TEAMS)})
    long_work(now, ["shifts", now.source, *sets], now.name, lambda document: _answer(now, document))
    report_downloads(now, "shifts", [now.source], sets)


def _edit(now: Asked, scenario: Scenario) -> None:
    """A row a team; breaks stay as they are."""
    lang = now.lang
    version = len(now.before)  # undo shows the fields anew
    rows: list[dict[str, Any]] = []
    with st.form(f"teams_{now.name}_{version}"):
        for k, team in enumerate(scenario.sorting.teams):
            name, start, hours, people = st.columns(4)
            key = f"{now.name}_{version}_{k}"
            row: dict[str, Any] = {
                "name": name.text_input(say("shifts.team", lang), team.name, max_chars=20, key=f"name_{key}")
            }
            row["start"] = start.text_input(
                say("shifts.start", lang), _clock(team.start_min), key=f"start_{key}"
            )
            row["hours"] = hours.number_input(
                say("app.hours", lang), 0.5, 12.0, team.length_min / 60.0, 0.25, key=f"hours_{key}"
            )
            row["people"] = people.number_input(
                say("shifts.people", lang), 0, 500, team.people, 1, key=f"people_{key}"
            )
            rows.append(row)
        apply, more, fewer = st.columns(3)
        applied = apply.form_submit_button(say("app.apply", lang), type="primary")
        added = more.form_submit_button(say("app.add_team", lang))
        removed = fewer.form_submit_button(say("app.remove_team", lang), disabled=len(rows) < 2)
    st.button(say("app.undo", lang), on_click=now.undo, disabled=not now.before)
    at_once, most = most_people(scenario.sorting.teams)[1], scenario.sorting.hall_limit_people
    st.caption(say("app.hall", lang, people=at_once, most=most))
    if applied or added or removed:
        _take(now, scenario, rows[:-1] if removed else rows, one_more=added)
    _night(now, scenario)


def _take(now: Asked, scenario: Scenario, rows: list[dict[str, Any]], *, one_more: bool) -> None:
    """The teams as they were written, if they can be; one more like the last, if the hall holds it."""
    if not all(_HOUR.fullmatch(row["start"].strip()) for row in rows):
        st.error(say("app.not_a_time", now.lang))
        return
    teams = [_team(row, scenario) for row in rows]
    most, (_, people) = scenario.sorting.hall_limit_people, most_people([Team(**team) for team in teams])
    if people > most:
        st.error(say("app.hall_full", now.lang, most=most, people=people))
        return
    if one_more:
        teams.append(teams[-1] | {"name": f"{teams[-1]['name']}+", "people": min(1, most - people)})
    _set(now, teams)


def _set(now: Asked, teams: list[dict[str, Any]]) -> None:
    try:
        now.try_change(TEAMS, json.dumps(teams, ensure_ascii=False))
    except InputError as error:
        show_problems(error, now.lang)
    else:
        st.rerun()


def _night(now: Asked, scenario: Scenario) -> None:
    lang = now.lang
    with st.spinner(say("app.simulating", lang, n=NIGHTS)):
        tonight = played(now.source, now.changes)
    left, right = st.columns(2)
    kept = tonight.run["service_levels"].get("all_sorted_by_midnight")
    if kept is not None:
        ends = span(kept["ci_low"], kept["ci_high"], "share", lang)
        left.metric(say("app.p_midnight", lang, n=NIGHTS), f"{number(kept['p'], 'share', lang)} ({ends})")
    wages = cost_of(tuple((kind_of(team), team.people) for team in scenario.sorting.teams), scenario)
    right.metric(say("app.wages", lang), f"{wages:,.0f} {unit_word('CNY', lang)}")
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


def _answer(now: Asked, document: dict[str, Any]) -> None:
    lang = now.lang
    show_chart(shift_gantt(document, lang), "gantt")
    if document["plan"] and st.button(say("app.use_calendar", lang), type="primary", key="use_calendar"):
        kept = ("start_min", "length_min", "people", "breaks")
        _set(now, [{"name": team["team"]} | {key: team[key] for key in kept} for team in document["plan"]])
    show_table(price_table(document, lang), "prices")
    show_table(shifts_table(document, lang), "calendars")


page()
