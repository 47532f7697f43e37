"""`lianlu schema`: the JSON Schema with which an editor completes and explains a scenario."""

from __future__ import annotations


def schema() -> None:
    """Print the JSON Schema of a scenario file."""
    from app.cli.terminal import print_json
    from sim.scenario_file.schema import scenario_schema

    print_json(scenario_schema())
