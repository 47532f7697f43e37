"""Variants: one scenario at thousands of other values, quickly.

Each variant passes the same checks as a scenario file; only the way to the values is prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sim.scenario_file.writing import plain
from sim.scenario_tree import steps

if TYPE_CHECKING:
    from sim.scenario import Scenario


class Variants:
    """Makes variants of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._text = json.dumps(plain(scenario), allow_nan=False)

    def at(self, values: Mapping[str, float]) -> Scenario | None:
        """The scenario with numbers at known paths replaced; None where it refuses them together."""
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
        except ValidationError:
            return None
