"""Options that several commands share, each spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def _fit(context: typer.Context, out: Path | None) -> Path | None:
    """The folder, once it is known that the command's files can be written there."""
    if out is not None and context.info_name is not None:
        from app.cli.folder import fit_for

        fit_for(context.info_name, out)
    return out


Scenarios = Annotated[
    list[str], typer.Argument(help="Shipped names or files; LABEL=SCENARIO names one.", metavar="SCENARIO…")
]
OneScenario = Annotated[str, typer.Argument(help="A shipped name or a file.", metavar="SCENARIO")]
Set = Annotated[
    list[str],
    typer.Option(
        "--set", help="path.to.key=value, or LABEL:path.to.key=value; repeatable.", metavar="PATH=VALUE"
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Names all the chance there is.")]
Replications = Annotated[int, typer.Option(min=1, max=1_000_000, help="Replications (nights).")]
Precision = Annotated[
    float | None,
    typer.Option(min=0.001, max=0.9, help="Replicate until half-widths are below this share of the mean."),
]
Engine = Annotated[Literal["reference", "compiled"], typer.Option(help="Which face of the model plays.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=1024, help="Workers; all processors by default.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for the JSON document and tables.", metavar="DIR", callback=_fit),
]
Lang = Annotated[Literal["zh", "en"], typer.Option(help="Language of the tables.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")]
Progress = Annotated[Literal["auto", "json", "none"], typer.Option(help="How progress is shown on stderr.")]
Cluster = Annotated[
    str | None,
    typer.Option(help="Dask scheduler whose workers compute, e.g. tcp://host:8786.", metavar="ADDRESS"),
]


def given(context: typer.Context, name: str) -> bool:
    """Whether the user gave this option, rather than its default standing."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
