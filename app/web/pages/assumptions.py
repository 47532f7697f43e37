"""Assumptions: every parameter with unit, source, grade and bounds; change it, see what differs, save it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.web.asked import Asked, asked, changes_words
from app.web.chosen import chosen_scenario
from app.web.inputs import one_of, words
from app.web.look import show_chart, show_table
from app.web.problems import allowed_words, show_problems
from app.web.watch import long_work
from reports.catalogue import Lang, say
from reports.catalogue.meanings import parameter_meaning, unit_meaning
from reports.charts.ledger import drivers, ledger_shares
from reports.sensitivity_tables import tables
from sim.problems import InputError
from sim.scenario_file import scenario_yaml
from sim.scenario_file.writing import plain
from sim.scenario_tree import leaves

if TYPE_CHECKING:
    from sim.scenario import Scenario

LEDGER = (
    "payment_success",
    "gmv_cny",
    "contribution_cny",
    "sort_finish_min",
    "last_stop_min",
    "tickets_per_100",
)
HEADS = ("head.parameter", "app.value", "head.unit", "head.grade", "head.meaning", "app.source")


def page() -> None:
    """What does the answer rest on, who says so, and what if it were otherwise?"""
    now = asked()
    st.title(say("app.assumptions", now.lang))
    scenario = chosen_scenario(now)
    _change(now, scenario)
    _differences(now)
    _all(now, scenario)
    name = f"{now.name}_changed" if now.changes else now.name
    _ledger(now)
    text = scenario_yaml(scenario)
    st.download_button(say("app.save_yaml", now.lang), text, f"{name}.yaml", "text/yaml", key="yaml")


def _change(now: Asked, scenario: Scenario) -> None:
    """One parameter: its value, what it may be, what is known of it, and a place for another value."""
    lang = now.lang
    known = {leaf.path: leaf for leaf in leaves(scenario)}
    left, right = st.columns([2, 1])
    with left:
        first = next((path for path, leaf in known.items() if leaf.sweep), "")  # a number, in doubt
        path = one_of(
            now, "parameter", say("head.parameter", lang), list(known), first,
            format_func=lambda path: f"{path} · {parameter_meaning(known[path], lang)}",
        )  # fmt: skip
    leaf = known[path]
    value = json.dumps(plain(leaf.default), ensure_ascii=False)
    text = right.text_input(say("app.value", lang), value, key=f"value_{path}_{value}")
    grade = f"{say('head.grade', lang)}: {say(f'grade_of.{leaf.grade}', lang)}"
    st.caption(f"{parameter_meaning(leaf, lang)} · {grade} · `{allowed_words(leaf, lang)}` · {leaf.source}")
    set_, undo = st.columns([1, 3])
    if set_.button(say("app.apply", lang), type="primary", key="apply", disabled=text == value):
        try:
            now.try_change(path, text)
        except InputError as error:
            show_problems(error, lang)
        else:
            st.rerun()
    undo.button(say("app.undo", lang), on_click=now.undo, disabled=not now.before, key="undo")


def _differences(now: Asked) -> None:
    st.subheader(say("app.differences", now.lang))
    if not now.changes:
        st.caption(say("app.no_differences", now.lang))
        return
    original = {leaf.path: leaf.default for leaf in leaves(now.original())}
    rows = [
        {
            say("head.parameter", now.lang): path,
            say("app.was", now.lang): json.dumps(plain(original.get(path)), ensure_ascii=False),
            say("app.value", now.lang): text,
        }
        for path, text in now.changes.items()
    ]
    st.dataframe(rows, hide_index=True)


def _ledger(now: Asked) -> None:
    """Whose word an answer rests on: computed on demand, a few minutes."""
    st.subheader(say("app.ledger", now.lang))
    st.write(say("app.ledger_asks", now.lang))
    kpi = one_of(
        now,
        "ledger_kpi",
        say("head.kpi", now.lang),
        LEDGER,
        format_func=lambda name: say(f"kpi.{name}", now.lang),
    )
    command = ["sensitivity", now.source, "--kpi", kpi, *changes_words(now.changes)]
    long_work(now, command, now.name, lambda document: _weighed(document, now.lang))


def _weighed(document: dict[str, Any], lang: Lang) -> None:
    show_chart(drivers(document, lang), "drivers")
    if document["ledger"]:
        show_chart(ledger_shares(document, lang), "ledger")
    for k, table in enumerate(tables(document, lang)):
        show_table(table, f"sensitivity_{k}")


def _all(now: Asked, scenario: Scenario) -> None:
    lang = now.lang
    st.subheader(say("app.all_parameters", lang))
    wanted = words(now, "search", say("app.search", lang)).strip().lower()
    heads = [say(key, lang) for key in HEADS]
    rows: list[dict[str, Any]] = []
    for leaf in leaves(scenario):
        meaning = parameter_meaning(leaf, lang)
        if wanted and wanted not in f"{leaf.path} {meaning} {leaf.source} {leaf.meaning}".lower():
            continue
        value, unit = json.dumps(plain(leaf.default), ensure_ascii=False), unit_meaning(leaf.unit, lang)
        cells = (leaf.path, value, unit, say(f"grade_of.{leaf.grade}", lang), meaning, leaf.source)
        rows.append(dict(zip(heads, cells, strict=True)))
    st.dataframe(rows, hide_index=True, height=520)


page()
