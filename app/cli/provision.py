"""`lianlu provision SCENARIO`: the cheapest resources that hold every service level, or what binds."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli import options

Keep = Annotated[
    list[str],
    typer.Option(metavar="PATH", help="Leave this path, and all under it, as it is; repeatable."),
]


def provision(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    audience: Annotated[
        float | None,
        typer.Option(
            min=1, max=1e8, metavar="VIEWERS", help="Viewers of an average night; today's by default."
        ),
    ] = None,
    keep: Keep = [],  # noqa: B006  # as above
    budget: Annotated[
        float | None,
        typer.Option(min=0, max=1e12, metavar="CNY", help="What may be spent beyond today's bill."),
    ] = None,
    seed: options.Seed = 1,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    cluster: options.Cluster = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    gate: Annotated[
        bool,
        typer.Option("--gate", help="Exit with 1 when no plan holds all levels, or none in the budget."),
    ] = False,
) -> None:
    """Find the cheapest workers, quota, sorters, vans and agents that hold every service level."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save, write_scenario
    from app.cli.terminal import print_json, show
    from reports.gate import plan_refused
    from reports.provision_tables import provision_tables
    from sim.experiments import provision as search
    from sim.scenario_file.changing import changed

    arm = named_arms([scenario], set_)[0]
    with laboratory(
        seed=seed, engine=engine, jobs=jobs, out=out, cluster=cluster, progress=progress, label="provision"
    ) as lab:
        asked = arm.scenario if audience is None else search.at_audience(arm.scenario, audience, lab)
        document = search.provision(asked, lab, keep=keep, budget_cny=budget)
    if out is not None:
        write_scenario(out, "provision", changed(asked, document["changes"], "provision"))
    tables = provision_tables(document, lang)
    save(out, "provision", document, tables)
    if json:
        print_json(document)
    else:
        show(*tables)
    affordable = document.get("budget", {}).get("enough", True)
    if gate and not (document["feasible"] and affordable):
        print(plan_refused(document, lang), file=sys.stderr)
        raise typer.Exit(1)
