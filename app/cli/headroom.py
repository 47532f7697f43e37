"""`lianlu headroom SCENARIO`: how far it carries, which service level breaks first, and how sure that is."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options

AUDIENCE = "audience.scale"


def headroom(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    vary: Annotated[
        str, typer.Option(metavar="PATH", help="Any numeric path in the audience's place.")
    ] = AUDIENCE,
    from_: Annotated[float | None, typer.Option("--from", help="Lower end of the range.")] = None,
    to: Annotated[float | None, typer.Option("--to", help="Upper end of the range.")] = None,
    seed: options.Seed = 1,
    replications: Annotated[
        int, typer.Option(min=1, max=100_000, help="Replications (nights) at every point near a knee.")
    ] = 250,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    cluster: options.Cluster = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
) -> None:
    """Find the audience at which each service level stops holding, in the order of breaking."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save
    from app.cli.terminal import print_json, show
    from reports.headroom_tables import curve_table, headroom_table
    from sim.experiments.headroom import axis_of
    from sim.experiments.headroom import headroom as search

    arm = named_arms([scenario], set_)[0]
    axis = axis_of(arm.scenario, vary, from_, to)
    with laboratory(
        seed=seed, engine=engine, jobs=jobs, out=out, cluster=cluster, progress=progress, label="headroom"
    ) as lab:
        document = search(lab, arm.scenario, axis, replications, arm.label).document()
    tables = [headroom_table(document, lang), curve_table(document, lang)]
    save(out, "headroom", document, tables)
    if json:
        print_json(document)
    else:
        show(*tables)
