"""Variants: one scenario at thousands of other values, quickly.

Each variant passes the same checks as a scenario file; only the way to the values is prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from sim.scenario_file.writing import plain
from sim.scenario_tree import spelled, steps

if TYPE_CHECKING:
    from sim.scenario import Scenario


class Refused(NamedTuple):
    """Where a scenario refuses its values: paths of fields or of groups whose values do not go together."""

    places: tuple[str, ...]

    def holds(self, path: str) -> bool:
        """Whether the figure at a path is among those refused."""
        return any(
            not place or path == place or path.startswith((f"{place}.", f"{place}[")) for place in self.places
        )

    def ended(self, now: Any) -> bool:
        """Whether other values are accepted, or refused without at least one of these refusals."""
        return not isinstance(now, Refused) or not set(self.places) <= set(now.places)


class Variants:
    """Makes variants of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._text = json.dumps(plain(scenario), allow_nan=False)

    def at(self, values: Mapping[str, float]) -> Scenario | Refused:
        """The scenario with numbers at known paths replaced, or the groups that refuse them together."""
        if not values:
            return self.scenario
        tree = json.loads(self._text)
        for path, value in values.items():
            *way, last = steps(path) or ()
            below: Any = tree
            for step in way:
                below = below[step]
            below[last] = value
        try:
            return type(self.scenario).model_validate_json(json.dumps(tree, allow_nan=False))
        except ValidationError as error:
            told = error.errors(include_input=False, include_url=False, include_context=False)
            return Refused(tuple(spelled(tuple(one["loc"])) for one in told))
