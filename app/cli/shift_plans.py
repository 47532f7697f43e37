"""What `lianlu shifts` needs besides: times of day, progress, and the calendar as a scenario file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.shifts.answer import Answer, Asked
    from sim.scenario import Scenario

PLAN_FILE = "shifts.yaml"
NOON_H = 12
LAST_H = 47
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})")


def clock(word: str) -> float:
    """Minutes since 00:00 of the event day; hours before noon are those of the next day, as are 24 to 47."""
    from sim.problems import InputError, Place, Problem

    match = _CLOCK.fullmatch(word.strip())
    hours, minutes = (int(match[1]), int(match[2])) if match else (99, 99)
    if hours > LAST_H or minutes > 59:
        allowed = "a time of day as HH:MM, 12:00 to 47:59, or 00:00 to 11:59 for the next morning"
        raise InputError([Problem(Place("--by", 1, 1), "--by", word, allowed, "24:00")])
    return 60.0 * (hours + 24 if hours < NOON_H else hours) + minutes


def answered(asked: Asked, progress: str) -> Answer:
    """The answer, with progress on stderr.

    Raises:
        Stopped: the user interrupted.
    """
    from app.cli.terminal import progress as progress_bar
    from sim.experiments.identity import config_hash
    from sim.experiments.shifts.answer import cheapest_shifts
    from sim.problems import Stopped

    label, config = f"{asked.name}: evenings", config_hash(asked.scenario)
    with progress_bar(progress, label) as (expect, tick):
        try:
            return cheapest_shifts(asked, expect, lambda night: tick(night, label, config))
        except KeyboardInterrupt:
            raise Stopped(f"{asked.name}: interrupted; the same command starts again") from None


def save_plan(out: Path | None, source: str, scenario: Scenario, document: Mapping[str, Any]) -> None:
    """Write the calendar into `out` as a scenario that extends the one asked about."""
    if out is None:
        return
    from app.cli.folder import writing
    from sim.experiments.identity import config_hash
    from sim.scenario_file import read_scenario
    from sim.scenario_file.changing import changed
    from sim.scenario_file.writing import plain, scenario_yaml

    teams = [
        {
            "name": team["team"],
            **{key: team[key] for key in ("start_min", "length_min", "people")},
            "breaks": team["breaks"],
        }
        for team in document["plan"]
    ]
    found = changed(scenario, {"sorting.teams": teams})
    base = source.partition("=")[2] or source
    text = _extending(out, base, _differences(plain(read_scenario(base, [])), plain(found)))
    path = out / PLAN_FILE
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if config_hash(read_scenario(str(path), [])) != config_hash(found):
            path.write_text(scenario_yaml(found, out), encoding="utf-8")


def _extending(out: Path, base: str, changes: Mapping[str, Any]) -> str:
    from sim.scenario_file import shipped
    from sim.scenario_file.writing import in_line

    parent = base if base in shipped() else os.path.relpath(base, out)
    lines = [f"extends: {in_line(parent)}"]
    lines += [f"{section}: {in_line(value)}" for section, value in changes.items() if section != "sorting"]
    sorting = dict(changes.get("sorting", {}))
    teams = sorting.pop("teams", [])
    lines += ["sorting:", *(f"  {key}: {in_line(value)}" for key, value in sorting.items())]
    lines += ["  teams:", *(f"    - {in_line(team)}" for team in teams)] if teams else ["  teams: []"]
    return "\n".join(lines) + "\n"


def _differences(before: Any, after: Any) -> dict[str, Any]:
    """What a file must say on top of the one it extends; lists and laws are said whole."""
    found: dict[str, Any] = {}
    for key, value in after.items():
        if key == "name":
            continue  # a file is named by itself, a label names it in tables
        if key in before and before[key] == value:
            continue
        both = isinstance(value, dict) and isinstance(before.get(key), dict)
        same_keys = both and set(value) == set(before[key])
        found[key] = _differences(before[key], value) if same_keys else value
    return found
