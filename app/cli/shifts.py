"""`lianlu shifts SCENARIO`: the cheapest sorting shifts that finish in time on as many nights as promised."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options


def shifts(
    scenario: options.OneScenario,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    probability: Annotated[
        float | None,
        typer.Option(help="Share of nights to keep; `service_levels.required_probability` by default."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="HH:MM",
            help="When all must be sorted: 24:00 by the system, before the first van loads by hand; "
            "05:30 is the next morning.",
        ),
    ] = None,
    seed: options.Seed = 1,
    replications: Annotated[
        int, typer.Option(min=1, max=20_000, help="Nights to search on; as many fresh ones check the answer.")
    ] = 1000,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit with 1 when no allowed calendar keeps the promise.")
    ] = False,
) -> None:
    """Find the cheapest sorting teams, starts, lengths and breaks; say what being surer costs."""
    from app.cli.arms import named_arms
    from app.cli.experiments import save
    from app.cli.shift_plans import answered, clock, save_plan
    from app.cli.terminal import print_json, show
    from reports.shifts_tables import price_table, shifts_table, teams_yaml
    from sim.experiments.executors import usable_cpus
    from sim.experiments.shifts.answer import Asked
    from sim.experiments.shifts.document import document_of

    arm = named_arms([scenario], set_)[0]
    asked = Asked(
        arm.scenario,
        arm.label,
        seed=seed,
        engine=engine,
        jobs=jobs or usable_cpus(),
        replications=replications,
        promise=arm.scenario.service_levels.required_probability if probability is None else probability,
        by_min=None if by is None else clock(by),
    )
    document = document_of(answered(asked, progress))
    tables = [shifts_table(document, lang), price_table(document, lang)]
    save(out, "shifts", document, tables)
    save_plan(out, scenario, arm.scenario, document)
    if json:
        print_json(document)
    else:
        show(*tables)
        print(teams_yaml(document))
    if gate and not document["reached"]:
        raise typer.Exit(1)
