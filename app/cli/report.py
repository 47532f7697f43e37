"""`lianlu report KIND SCENARIO…`: what a board reads, as HTML, PowerPoint and workbook."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli import options


class Kind(StrEnum):
    """What the report is about."""

    before_after = "before-after"
    certificate = "certificate"
    shifts = "shifts"


FORMATS = ("html", "pptx", "xlsx")
Formats = Annotated[
    str, typer.Option("--format", help="Which files, e.g. html,pptx,xlsx.", metavar="FORMAT,…")
]
KindOf = Annotated[Kind, typer.Argument(help="What it is about.", metavar="KIND")]


def report(
    kind: KindOf,
    scenarios: options.Scenarios,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    format_: Formats = "html,pptx,xlsx",
    seed: options.Seed = 1,
    replications: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Replications (nights); as the command has them.")
    ] = None,
    jobs: options.Jobs = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.", metavar="DIR")] = Path(),
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
) -> None:
    """Write a before/after deck, a capacity certificate or a shift plan for a board.

    before-after SCENARIO SCENARIO… · certificate SCENARIO · shifts SCENARIO
    """
    from app.cli.arms import named_arms
    from app.cli.experiments import write_files
    from app.cli.terminal import print_json
    from app.report_kinds import Wanted, prepared
    from reports.files import written

    wanted = _formats(format_)
    _right_number(kind, len(scenarios))
    arms = {arm.label: arm.scenario for arm in named_arms(scenarios, set_)}
    found = prepared(Wanted(kind.value, arms, seed, replications, jobs, progress))
    files = {f"{found.name}.{form}": written(found, form, lang) for form in wanted}
    write_files(out, files)
    paths = [str((out / name).resolve()) for name in files]
    if json:
        print_json({"files": paths})
    else:
        typer.echo("\n".join(paths))


def _formats(text: str) -> list[str]:
    """The formats asked for, each once."""
    wanted = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [form for form in wanted if form not in FORMATS]
    if unknown or not wanted:
        raise typer.BadParameter(
            f"`{', '.join(unknown) or text}`: choose among {', '.join(FORMATS)}", param_hint="--format"
        )
    return wanted


def _right_number(kind: Kind, count: int) -> None:
    if kind is Kind.before_after and count < 2:
        raise typer.BadParameter("name a base and at least one other scenario", param_hint="SCENARIO…")
    if kind is not Kind.before_after and count != 1:
        raise typer.BadParameter(f"`{kind.value}` is about one scenario", param_hint="SCENARIO…")
