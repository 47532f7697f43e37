"""`lianlu headroom SCENARIO`: how far it carries, which service level breaks first, and how sure that is."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from app.cli import options

AUDIENCE = "audience.scale"
Vary = Annotated[str, typer.Option(metavar="PATH", help="Any numeric path in the audience's place.")]
From = Annotated[float | None, typer.Option("--from", help="Lower end of the range.")]
To = Annotated[float | None, typer.Option("--to", help="Upper end of the range.")]
Nights = Annotated[
    int, typer.Option(min=1, max=100_000, help="Replications (nights) at every point near a knee.")
]
Assumptions = Annotated[
    Literal["quick", "all", "none"],
    typer.Option(help="Move unmeasured inputs; `all` also those that need new markets or routes (slow)."),
]
At = Annotated[
    float | None,
    typer.Option(metavar="VIEWERS", help="Also ask whether every level holds here (a value with --vary)."),
]


def headroom(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    vary: Vary = AUDIENCE,
    from_: From = None,
    to: To = None,
    at: At = None,
    seed: options.Seed = 1,
    replications: Nights = 250,
    assumptions: Assumptions = "quick",
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    cluster: options.Cluster = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit with 1 unless every level holds at --at, or as it is today.")
    ] = False,
) -> None:
    """Find the audience at which each service level stops holding, in the order of breaking."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save
    from app.cli.terminal import print_json, show
    from reports.gate import levels_missed
    from reports.headroom_tables import headroom_tables
    from sim.experiments.headroom import Asked, answered, axis_of

    arm = named_arms([scenario], set_)[0]
    axis = axis_of(arm.scenario, vary, from_, to)
    with laboratory(
        seed=seed, engine=engine, jobs=jobs, out=out, cluster=cluster, progress=progress, label="headroom"
    ) as lab:
        question = Asked(replications, assumptions, at, gated=gate)
        document, held = answered(lab, arm.scenario, axis, arm.label, question)
    tables = headroom_tables(document, lang)
    save(out, "headroom", document, tables)
    if json:
        print_json(document)
    else:
        show(*tables)
    if gate and held is not None and not held.holds:
        print(levels_missed(list(held.missed), lang), file=sys.stderr)
        raise typer.Exit(1)
