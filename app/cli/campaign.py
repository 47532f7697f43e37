"""`lianlu campaign SCENARIO…`: seasons of events, each of which changes the next."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli import options

Arms = Annotated[
    list[str],
    typer.Argument(
        help="Shipped names or files; LABEL=SCENARIO names one; chenxi_year is three shipped ones.",
        metavar="SCENARIO…",
    ),
]
Set = Annotated[
    list[str],
    typer.Option(
        "--set",
        help="path.to.key=value for all events, events[3].path=value for one; LABEL: in front for one arm.",
        metavar="PATH=VALUE",
    ),
]
Seasons = Annotated[int, typer.Option(min=1, max=1_000_000, help="Replications (seasons).")]


def campaign(
    scenarios: Arms,
    set_: Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    seed: options.Seed = 1,
    replications: Seasons = 30,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    cluster: options.Cluster = None,
) -> None:
    """Simulate a season of events: trust, habit, members and leaders change from one to the next."""
    from app.cli.experiments import laboratory, save
    from app.cli.season_arms import season_arms
    from app.cli.terminal import print_json, show
    from reports.season_tables import season_tables
    from sim.experiments.campaign import seasons
    from sim.experiments.season_outcome import one_season

    arms = season_arms(scenarios, set_)
    how: dict[str, Any] = {"seed": seed, "engine": engine, "jobs": jobs, "out": out, "cluster": cluster}
    how |= {"progress": progress, "expected": replications * len(arms), "simulate": one_season}
    with laboratory(**how, label="campaign") as lab:
        document = seasons(arms, lab, replications)
    tables = season_tables(document, lang)
    save(out, "campaign", document, tables)
    if json:
        print_json(document)
    else:
        show(*tables)
