"""Seasons as the command line names them: sets of scenarios, `--set 'events[3].path=value'`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

from app.cli.arms import NamedArm, meant_for, named_arms, refuse_unknown
from sim.problems import Place, Problem, ScenarioError
from sim.scenario import Scenario
from sim.scenario_file import read_scenario
from sim.scenario_file.changing import changed
from sim.scenario_file.writing import plain
from sim.scenario_tree import field_at

SETS = {"chenxi_year": ("year_jielong", "year_monthly", "year_weekly")}
"""Names that stand for several scenarios."""
_FOR_EVENT = re.compile(r"^(?:([\w.#-]+):)?events\[(\d{1,6})\]\.([^=]+)=(.*)$", re.DOTALL)


def season_arms(words: Sequence[str], overrides: Sequence[str]) -> dict[str, Scenario]:
    """Scenarios by label, with the overrides of all events and those of one.

    Raises:
        ScenarioError: every problem of the files, or the first of an override for one event.
        InputError: an event that cannot be changed so.
    """
    usual = [text for text in overrides if not _FOR_EVENT.match(text)]
    arms = named_arms([*chain.from_iterable(SETS.get(word, (word,)) for word in words)], usual)
    aimed = [match for match in map(_FOR_EVENT.match, overrides) if match]
    for match in aimed:
        if match[1] is not None:
            refuse_unknown(match[1], {arm.label for arm in arms})
    found = {}
    for arm in arms:
        mine = [match for match in aimed if match[1] in (None, arm.label)]
        changes = [_change(arm, match, meant_for(arm.label, usual)) for match in mine]
        found[arm.label] = _with(arm.scenario, changes)
    return found


def _change(arm: NamedArm, match: re.Match[str], usual: list[tuple[str, str]]) -> dict[str, Any]:
    """One event's own value, checked as one for all events is."""
    event, path, value = int(match[2]), match[3].strip(), match[4]
    origin, last = f"--set:events[{event}]", arm.scenario.season.events
    if not 1 <= event <= last:
        place, allowed = Place(f"{origin}.{path}", 1, 1), f"an event from 1 to {last} ({arm.label})"
        raise ScenarioError([Problem(place, f"events[{event}]", f"event {event}", allowed)], 1)
    scenario: Scenario = read_scenario(arm.source, [*usual, (origin, f"{path}={value}")])
    leaf = field_at(path, scenario)
    assert leaf is not None  # `read_scenario` has refused unknown paths
    return {"event": event, "set": [f"{path}={json.dumps(plain(leaf.default), ensure_ascii=False)}"]}


def _with(scenario: Scenario, changes: list[dict[str, Any]]) -> Scenario:
    if not changes:
        return scenario
    kept = [{"event": one.event, "set": list(one.set)} for one in scenario.season.changes]
    return changed(scenario, {"season.changes": [*kept, *changes]}, "--set")
