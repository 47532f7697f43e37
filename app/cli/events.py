"""`lianlu events SCENARIO`: one replication as a standard event log (CSV, Parquet or XES)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli import options


def events(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    seed: options.Seed = 1,
    replication: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Which night.")] = 0,
    engine: options.Engine = "compiled",
    out: Annotated[Path, typer.Option(help="Folder for the file.", metavar="DIR")] = Path(),
    kind: Annotated[Literal["csv", "parquet", "xes"], typer.Option("--format", help="Kind of file.")] = "csv",
) -> None:
    """Write one replication as an event log: case_id, activity, timestamp, resource."""
    from app.cli.arms import named_arms
    from app.cli.eventfile import write_events
    from sim.chain import simulate

    arm = named_arms([scenario], set_)[0]
    log = simulate(arm.scenario, seed=seed, replication=replication, engine=engine)
    path = write_events(log.events(), out, f"{arm.label}_{seed}_{replication}", kind)
    typer.echo(str(path))
