"""How tables, progress and messages look in a terminal: tables on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reports.cells import Table, is_heading

WIDTH = 160
"""Of tables that go to a file or pipe, unless COLUMNS says otherwise."""


def show(*tables: Table) -> None:
    """Print tables to stdout."""
    from rich.console import Console

    class Reader(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command line: a reader who has enough (`| head`) is no failure."""
            raise  # noqa: PLE0704  # rich calls this where it has just caught the error

    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Reader(soft_wrap=False, width=None if told else WIDTH)
    for table in tables:
        console.print(_grid(table, WIDE_PATH if console.width >= WIDE else NARROW_PATH))
        for line in table.foot:
            console.print(line, style="dim", markup=False, highlight=False)
        console.print()


def _grid(table: Table, longest: int) -> Any:
    """The table as rich draws it; whatever stands in a cell is text, never markup."""
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(
        title=Text(table.title), title_justify="left", title_style="bold", header_style="bold", pad_edge=True
    )
    for place, head in enumerate(table.heads):
        words = place in table.words
        grid.add_column(Text(head), justify="left" if words else "right", overflow="fold", vertical="top")
    for row in table.rows:
        if is_heading(row):
            grid.add_row(Text(row[0][1:-1], style="bold"), *row[1:])
        else:
            grid.add_row(*(Text(_breakable(cell, longest)) for cell in row))
    return grid


WIDE = 100
"""From this width on a path may take WIDE_PATH letters in a line, below it NARROW_PATH."""
WIDE_PATH, NARROW_PATH = 40, 22


def _breakable(cell: str, longest: int) -> str:
    """A cell whose long dotted paths are broken after a dot instead of anywhere."""
    return "\n".join(_broken(line, longest) for line in cell.split("\n"))


def _broken(line: str, longest: int) -> str:
    if len(line) <= longest or " " in line or "." not in line:
        return line
    lines = [""]
    for step in line.split("."):
        if lines[-1] and len(lines[-1]) + len(step) >= longest:
            lines.append("")
        lines[-1] += f"{step}."
    return "\n".join(lines)[:-1]


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


Expect = Callable[[int], None]
"""Called with the number of replications that are about to be computed."""
Tick = Callable[[int, str, str], None]
"""Called with number, label and configuration of each replication that is done (and stored)."""


@contextmanager
def progress(mode: str, label: str) -> Iterator[tuple[Expect, Tick]]:
    """What to call as work comes and goes; `mode` is auto (a bar, in a terminal), json or none."""
    if mode == "json":
        yield _json_expected, _json_line
    elif mode == "none" or not sys.stderr.isatty():
        yield lambda _number: None, lambda _replication, _label, _config: None
    else:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(label, total=0)

            def expect(number: int) -> None:
                bar.update(task, total=(bar.tasks[0].total or 0) + number)

            def tick(_replication: int, label: str, _config: str) -> None:
                bar.update(task, advance=1, description=label)

            yield expect, tick


def _json_expected(number: int) -> None:
    print(json.dumps({"expected": number}), file=sys.stderr, flush=True)


def _json_line(replication: int, label: str, config: str) -> None:
    line = {"replication": replication, "label": label, "config": config[:16]}
    print(json.dumps(line), file=sys.stderr, flush=True)
