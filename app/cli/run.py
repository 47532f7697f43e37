"""`lianlu run SCENARIO`: one scenario, many nights: KPIs, promises, stations, what became of everybody."""

from __future__ import annotations

import sys

import typer

from app.cli import options
from app.cli.quantiles import Quantiles, parsed
from app.cli.watched import Watch, wanted_precision


def run(
    context: typer.Context,
    scenario: options.OneScenario,
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
    quantiles: Quantiles = None,
    input_uncertainty: bool = typer.Option(
        False, "--input-uncertainty", help="Say how far the assumptions may carry each KPI, apart from luck."
    ),
    gate: bool = typer.Option(
        False, "--gate", help="Exit with 1 unless every service level is shown to be kept."
    ),
) -> None:
    """Simulate a scenario and print its KPIs with intervals, service levels and stations."""
    from app.cli.arms import named_arms
    from app.cli.experiments import laboratory, save
    from app.cli.terminal import print_json, show
    from reports import tables as t
    from reports.gate import gate_sentence
    from reports.sensitivity_tables import uncertainty_table
    from sim.experiments.experiment import Experiment
    from sim.experiments.laboratory import Ask
    from sim.experiments.promises import nights_to_show
    from sim.experiments.replicate import replicate_to
    from sim.experiments.sensitivity import input_uncertainty as of_inputs

    shares, wanted = parsed(quantiles), wanted_precision(precision, watch)
    arm = named_arms([scenario], set_)[0]
    if gate and not options.given(context, "replications"):
        replications = max(replications, nights_to_show(arm.scenario))
    ask = Ask(arm.scenario, replications, label=arm.label)
    with laboratory(
        seed=seed,
        engine=engine,
        jobs=jobs,
        out=out,
        cluster=cluster,
        progress=progress,
        label=arm.label,
        expected=replications,
    ) as lab:
        rows = lab.replicate_all([ask])[0] if wanted is None else replicate_to(lab, ask, wanted)
        unsure = {"input_uncertainty": of_inputs(rows, lab)} if input_uncertainty else {}
    if wanted is not None and not wanted.reached(rows):
        print(f"the precision is not reached after {len(rows)} replications", file=sys.stderr)
    experiment = Experiment((rows,))
    document = experiment.run_document() | {"dispersion": experiment.dispersion_document(shares)} | unsure
    tables = [t.kpi_table, t.service_level_table, t.station_table, t.balance_table]
    tables[1:1] = [t.dispersion_table] if quantiles is not None else []
    tables += [uncertainty_table] if input_uncertainty else []
    save(out, "run", document, [table(document, lang) for table in tables])
    if json:
        print_json(document)
    else:
        show(*(table(document, lang) for table in tables))
    if gate and (refusal := gate_sentence(document, lang)):
        print(refusal, file=sys.stderr)
        raise typer.Exit(1)
