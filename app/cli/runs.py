"""`lianlu runs list|show|delete|check`: the experiments a folder holds, without simulating."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import options

runs = typer.Typer(help="Stored experiments: list, show, delete, check.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--out", help="Folder of the experiments; this one, or `out` in it.", metavar="DIR"),
]
Run = Annotated[int, typer.Argument(min=1, help="Number of a run, as `list` tells.", metavar="RUN")]
Runs = Annotated[list[int], typer.Argument(min=1, help="Numbers of runs.", metavar="RUN…")]


@runs.command("list")
def list_(out: Folder = None, lang: options.Lang = "en", json: options.Json = False) -> None:
    """Which commands asked for which scenarios, how many replications are done, when, how large."""
    from reports.run_tables import runs_table
    from sim.experiments.stored_runs import runs_of

    with _store(out) as store:
        document = {"file": str(store.path), "runs": runs_of(store)}
    _answer(document, json, lambda: [runs_table(document, lang)])


@runs.command()
def show(
    run: Run,
    out: Folder = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    scenario: bool = typer.Option(False, "--scenario", help="Print the scenarios as YAML instead."),
) -> None:
    """Print the figures of a stored run, as far as it is done."""
    from reports.run_tables import search_table
    from sim.experiments.stored_runs import experiment_of, record_of, scenarios_of

    with _store(out) as store:
        if scenario:
            typer.echo("---\n".join(scenarios_of(store, run)), nl=False)
            return
        record = record_of(store, run)
        if record["search"]:
            _answer(record, json, lambda: [search_table(record, lang)])
            return
        experiment = experiment_of(store, run)
    from reports import tables as t

    single = len(experiment.arms) == 1
    document = experiment.run_document() if single else experiment.compare_document()
    made = (t.kpi_table, t.service_level_table) if single else (t.comparison_table,)
    _answer(document, json, lambda: [table(document, lang) for table in made])


@runs.command()
def delete(wanted: Runs, out: Folder = None, lang: options.Lang = "en", json: options.Json = False) -> None:
    """Delete runs and the replications nobody else asked for; says what went."""
    from reports.run_tables import deleted_table
    from sim.experiments import stored_runs

    with _store(out) as store:
        document = stored_runs.delete(store, wanted)
    _answer(document, json, lambda: [deleted_table(document, lang)])


@runs.command()
def check(out: Folder = None, lang: options.Lang = "en", json: options.Json = False) -> None:
    """Verify every checksum and the file's structure; exit code 2 where something is damaged."""
    from app.cli.folder import of_runs
    from reports.run_tables import check_table
    from sim.experiments.store_check import check as checked

    document = checked(of_runs(out))
    _answer(document, json, lambda: [check_table(document, lang)])
    if not document["ok"]:
        raise typer.Exit(2)


def _store(out: Path | None) -> Any:
    from contextlib import closing

    from app.cli.folder import of_runs
    from sim.experiments.store import Store

    return closing(Store(of_runs(out), create=False))


def _answer(document: Any, json: bool, tables: Any) -> None:
    from app.cli.terminal import print_json, show

    if json:
        print_json(document)
    else:
        show(*tables())
