"""Some nights of a scenario at once: what a page shows while the reader is still looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from app.web.asked import scenario_of
from reports.catalogue import Lang
from sim.experiments.evening import NIGHTS, Evening, evening
from sim.experiments.executors import usable_cpus
from sim.experiments.experiment import Experiment

SEED = 1
AS_CHOSEN = "as chosen"
"""Name of the scenario without changes in a comparison; nobody reads it."""


class Tonight(NamedTuple):
    """`run --json` and the day of the changed scenario, and its paired differences to the one chosen."""

    run: dict[str, Any]
    day: dict[str, Any]
    differences: dict[str, Any]


def played(source: str, changes: Mapping[str, str]) -> Tonight:
    """`NIGHTS` nights with the same luck as the scenario as it was chosen."""
    return _tonight(source, tuple(changes.items()))


@st.cache_resource(max_entries=64, show_spinner=False)
def _tonight(source: str, changes: tuple[tuple[str, str], ...]) -> Tonight:
    now = _evening(source, changes)
    run = Experiment((now.rows,)).run_document()
    if not changes:
        return Tonight(run, now.day, {})
    base = replace(_evening(source, ()).rows, name=AS_CHOSEN)
    compared = Experiment((base, now.rows)).compare_document()
    differences = {
        kpi: one["difference"][now.rows.name]
        for kpi, one in compared["kpis"].items()
        if now.rows.name in one["difference"]
    }
    return Tonight(run, now.day, differences)


@st.cache_resource(max_entries=64, show_spinner=False)
def _evening(source: str, changes: tuple[tuple[str, str], ...]) -> Evening:
    scenario = scenario_of(source, changes)
    return evening(scenario, seed=SEED, nights=NIGHTS, threads=usable_cpus())


def replayed(source: str, changes: Mapping[str, str], night: int, lang: Lang) -> str:
    """One of these nights as a page of its own."""
    from reports.replay import page
    from reports.replay.data import replay_data
    from sim.chain import market_for, simulate
    from sim.roads import roads_of

    scenario = scenario_of(source, tuple(changes.items()))
    log = simulate(scenario, seed=SEED, replication=night)
    market = market_for(scenario, SEED, night)
    return page(replay_data(scenario, log, market, roads_of(scenario.roads), lang), lang)
