"""`lianlu sensitivity SCENARIO`: which assumptions drive the answer, and whose word it rests on."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options

Kpis = Annotated[
    list[str],
    typer.Option(
        "--kpi", help="KPI to explain; the first is ranked, each further one has a ledger.", metavar="KPI"
    ),
]
Inputs = Annotated[
    list[str],
    typer.Option("--inputs", help="Vary only these paths, comma-separated or repeated.", metavar="PATH"),
]


def sensitivity(
    scenario: options.OneScenario,
    kpi: Kpis = [],  # noqa: B006  # typer reads the default, nothing changes it
    inputs: Inputs = [],  # noqa: B006  # likewise
    decisions: bool = typer.Option(False, "--decisions", help="Vary what the company decides as well."),
    trajectories: int = typer.Option(12, min=2, max=1000, help="Trajectories of the screening (Morris)."),
    samples: int = typer.Option(128, min=16, max=2**16, help="Rows of the variance design."),
    nights: int = typer.Option(3, min=2, max=1000, help="Nights every point of the design is played over."),
    top: int = typer.Option(
        10, min=1, max=100, help="Inputs at most that are told apart by their indices, and shown."
    ),
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    seed: options.Seed = 1,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    cluster: options.Cluster = None,
) -> None:
    """Rank the assumptions behind a KPI, and say which grade of evidence its answer rests on."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save
    from app.cli.terminal import print_json, show
    from reports.sensitivity_tables import tables
    from sim.experiments.sensitivity import Effort
    from sim.experiments.sensitivity import sensitivity as studied

    arm = named_arms([scenario], set_)[0]
    effort = Effort(trajectories=trajectories, samples=samples, nights=nights, top=top)
    paths = [path.strip() for text in inputs for path in text.split(",") if path.strip()]
    with laboratory(
        seed=seed, engine=engine, jobs=jobs, out=out, cluster=cluster, progress=progress, label="sensitivity"
    ) as lab:
        document = studied(arm.scenario, lab, kpis=kpi, paths=paths, decisions=decisions, effort=effort)
    document["scenario"] = arm.label
    save(out, "sensitivity", document, tables(document, lang))
    if json:
        print_json(document)
    else:
        show(*tables(document, lang))
