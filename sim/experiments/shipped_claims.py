"""The claims table of the shipped scenarios: how a claim's arms and the ends of its sweeps are run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.experiments.claims import claims_table
from sim.experiments.identity import config_hash
from sim.experiments.laboratory import Ask, Laboratory

if TYPE_CHECKING:
    from sim.experiments.replications import Replications

NOT_READ = "is read where"
"""How a scenario says that its arm never reads a key; any other refusal is a mistake of ours."""


def shipped_claims(
    rows: Sequence[Replications], laboratory: Laboratory, replications: int
) -> list[dict[str, Any]]:
    """Judge all claims on the shipped scenarios, whatever the user changed.

    Args:
        rows: arms run before; those that are shipped scenarios as they are, are not run again.
        laboratory: runs the others.
        replications: of the arms as they are, and at most of those at the ends of sweeps.
    """
    from sim.problems import ScenarioError
    from sim.scenario import Scenario
    from sim.scenario_file import read_scenario, shipped
    from sim.scenario_tree import sweep_of

    names = set(shipped())
    as_shipped = [
        row
        for row in rows
        if row.name in names and row.config_hash == config_hash(read_scenario(row.name, []))
    ]

    def evaluate(name: str, changes: Mapping[str, Any], count: int) -> Replications:
        overrides = [("--set", f"{path}={json.dumps(value)}") for path, value in changes.items()]
        try:
            scenario: Scenario = read_scenario(name, overrides)
        except ScenarioError as error:
            if all(NOT_READ in problem.allowed for problem in error.problems):
                raise KeyError(name) from error
            raise
        return laboratory.replicate_all([Ask(scenario, count, label="claims")])[0]

    return claims_table(
        evaluate, lambda path: sweep_of(Scenario, path), known=as_shipped, replications=replications
    )
