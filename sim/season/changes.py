"""Events of a season that are unlike the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario


def changed_events(scenario: Scenario) -> dict[int, Scenario]:
    """The scenarios of `season.changes` by number of the event, from 0.

    Raises:
        InputError: a path that does not exist or a value that may not stand there.
    """
    from sim.scenario_file.changing import changed

    found: dict[int, Scenario] = {}
    for one in scenario.season.changes:
        pairs = dict(text.partition("=")[::2] for text in one.set)
        values = {path.strip(): _value(text) for path, text in pairs.items()}
        before = found.get(one.event - 1, scenario)
        found[one.event - 1] = changed(before, values, f"season.changes, event {one.event}")
    return found


def _value(text: str) -> Any:
    """A number, a switch or a list in JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()
