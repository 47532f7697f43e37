"""`lianlu routes SCENARIO`: a route plan that holds its promise: sheets, map, P(on time) per stop."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli import options


def routes(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    probability: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="P(every stop on time) that is promised.")
    ] = 0.95,
    mornings: Annotated[int, typer.Option(min=50, max=20_000, help="Mornings to search on.")] = 300,
    fresh: Annotated[int, typer.Option(min=50, max=100_000, help="Fresh mornings to judge on.")] = 1000,
    earlier: Annotated[bool, typer.Option(help="May the vans leave earlier?")] = True,
    more_vans: Annotated[int, typer.Option(min=0, max=100, help="Vans that may be added at most.")] = 6,
    seed: options.Seed = 1,
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    gate: bool = typer.Option(False, "--gate", help="Exit with 1 unless the promise is kept by these vans."),
) -> None:
    """Plan, drive the mornings, add buffers where stops were late, plan again until the promise holds."""
    from app.cli.arms import named_arms
    from app.cli.experiments import save
    from app.cli.terminal import print_json, show
    from app.cli.terminal import progress as progress_bar
    from reports.catalogue import say
    from reports.gate import refusal
    from reports.route_tables import plan_table, route_table, tried_table
    from sim.experiments.routes.answer import Search, keep_promise

    arm = named_arms([scenario], set_)[0]
    search = Search(probability, mornings, fresh, may_leave_earlier=earlier, more_vans=more_vans)
    with progress_bar(progress, "mornings") as (expect, tick):
        expect(mornings + fresh)
        document = keep_promise(
            arm.scenario, search, seed=seed, jobs=jobs, tick=lambda number, what: tick(number, what, "")
        )
    tables = (plan_table, route_table, tried_table)
    save(out, "routes", document, [table(document, lang) for table in tables])
    if out is not None:
        from app.cli.folder import writing
        from reports.route_sheets import write_sheets

        with writing(out):
            for path in write_sheets(out, arm.scenario, document, lang):
                print(path, file=sys.stderr)
    if json:
        print_json(document)
    else:
        show(*(table(document, lang) for table in tables))
    if gate and not (document["reached"] and document["more_vans"] == 0):
        print(refusal(say("gate.vans", lang), lang), file=sys.stderr)
        raise typer.Exit(1)
