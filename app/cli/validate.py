"""`lianlu validate FILE…`: is every file a scenario that can be run? All problems of all files at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli import options

Files = Annotated[list[str], typer.Argument(help="Scenario files or shipped names.", metavar="FILE…")]


def validate(
    files: Files,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    lang: options.Lang = "en",
    json: options.Json = False,
) -> None:
    """Check scenarios; exit 0 when all can be run, else 2 with FILE:LINE:COL, key, found, allowed."""
    from app.cli.terminal import print_json
    from reports.catalogue import say
    from sim.problems import Problem, ScenarioError, render, visible
    from sim.scenario_file import read

    answers: list[dict[str, Any]] = []
    problems: list[Problem] = []
    total = 0
    for file in files:
        found: tuple[Problem, ...] = ()
        try:
            read(file, [("--set", text) for text in set_])
        except ScenarioError as error:
            found = error.problems
            total += error.total
        problems += found
        answers.append(
            {"file": visible(file, 300), "ok": not found, "problems": [problem.record() for problem in found]}
        )
        if not found and not json:
            print(f"{visible(file, 300)}: {say('validate.ok', lang)}")
    if json:
        print_json({"files": answers})
    if problems:
        if not json:
            typer.echo(render(problems, total), err=True)
        raise typer.Exit(2)
