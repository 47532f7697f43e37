"""`lianlu compare BASE OTHER…`: differences, promises, GMV decomposition, attribution, claims, the best."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

import typer

from app.cli import options
from app.cli.kpi_names import kpi_names
from app.cli.quantiles import Quantiles, parsed
from app.cli.watched import Watch, wanted_precision

BestOption = Annotated[
    str | None,
    typer.Option("--best", help="Find the scenario with the best mean of this KPI.", metavar="KPI"),
]
Delta = Annotated[
    float | None,
    typer.Option(help="With --best: a difference that does not matter, in the KPI's unit.", metavar="AMOUNT"),
]
Kpis = Annotated[
    list[str],
    typer.Option(
        "--kpi",
        help="Show only these KPIs in the long table; verdicts hold over the whole table all the same.",
        metavar="KPI,…",
    ),
]
Most = Annotated[
    int, typer.Option(min=20, max=1_000_000, help="With --best: replications of a scenario at most.")
]


def compare(
    scenarios: options.Scenarios,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    seed: options.Seed = 1,
    replications: options.Replications = 50,
    precision: options.Precision = None,
    watch: Watch = None,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    cluster: options.Cluster = None,
    equal_volume: bool = typer.Option(
        False, "--equal-volume", help="Thin the other arms to the orders the base delivers, after payment."
    ),
    claims: bool | None = typer.Option(
        None,
        "--claims/--no-claims",
        help="Judge the article's claims (by default where the four arms are given).",
    ),
    best: BestOption = None,
    delta: Delta = None,
    most: Most = 2_000,
    quantiles: Quantiles = None,
    kpi: Kpis = [],  # noqa: B006  # typer reads the default, nothing changes it
    gate: bool = typer.Option(
        False, "--gate", help="Exit with 1 where another scenario keeps a promise worse, or no best is found."
    ),
) -> None:
    """Compare scenarios with the first one, replication by replication."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save
    from app.cli.terminal import print_json, show
    from reports.gate import objection
    from sim.experiments.comparison import Best, Question, comparison
    from sim.experiments.gate import objections

    if len(scenarios) < 2:
        raise typer.BadParameter(
            "name a base and at least one scenario to compare with it", param_hint="SCENARIO…"
        )
    if best is None and delta is not None:
        raise typer.BadParameter("belongs to --best KPI", param_hint="--delta")
    if best is not None and delta is None:
        raise typer.BadParameter("also name --delta: a difference too small to matter", param_hint="--best")
    wanted = None if best is None or delta is None else Best(best, delta, most)
    exact = wanted_precision(precision, watch)
    only = kpi_names(",".join(kpi), "--kpi") if kpi else None
    question = Question(replications, equal_volume, claims, wanted, parsed(quantiles), exact)
    runs: dict[str, Any] = {"seed": seed, "engine": engine, "jobs": jobs, "out": out}
    arms = {arm.label: arm.scenario for arm in named_arms(scenarios, set_)}
    runs |= {"cluster": cluster, "progress": progress, "expected": replications * len(arms)}
    with laboratory(**runs, label="compare") as lab:
        document = comparison(arms, lab, question)
    shown = _tables(document, lang, only, percentiles=quantiles is not None)
    save(out, "compare", document, shown)
    if json:
        print_json(document)
    else:
        show(*shown)
    against = objections(document) if gate else []
    for one in against:
        print(objection(*one, lang), file=sys.stderr)
    if against:
        raise typer.Exit(1)


def _tables(
    document: Mapping[str, Any], lang: Any, only: tuple[str, ...] | None, *, percentiles: bool
) -> list[Any]:
    from reports import tables as t

    wanted: list[tuple[bool, Callable[..., Any]]] = [
        (True, t.summary_table),
        (True, partial(t.comparison_table, only=only)),
        (bool(document["service_levels"]), t.promise_table),
        (percentiles, t.dispersion_table),
        (bool(document["gmv_ratio"]), t.gmv_table),
        ("attribution" in document, t.attribution_table),
        (bool(document["claims"]), t.claims_table),
        ("best" in document, t.best_table),
    ]
    return [table(document, lang) for shown, table in wanted if shown]
