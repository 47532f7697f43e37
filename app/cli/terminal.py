"""How tables, progress and messages look in a terminal: tables on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reports.tables import Table


def show(*tables: Table) -> None:
    """Print tables to stdout."""
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    for table in tables:
        grid = RichTable(
            title=table.title,
            title_justify="left",
            title_style="bold",
            header_style="bold",
            caption_justify="left",
        )
        for place, head in enumerate(table.heads):
            grid.add_column(head, justify="left" if place == 0 else "right", overflow="fold")
        for row in table.rows:
            heading = row[0].startswith("[") and not any(row[1:])
            grid.add_row(
                *(
                    [f"[bold]{row[0][1:-1]}[/bold]", *row[1:]]
                    if heading
                    else [cell.replace("[", r"\[") for cell in row]
                )
            )
        console.print(grid)
        for line in table.foot:
            console.print(line, style="dim", markup=False)
        console.print()


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


@contextmanager
def progress(mode: str, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A function to call with each finished replication; `mode` is auto, json or none."""
    if mode == "json":
        yield lambda replication: print(json.dumps({"replication": replication}), file=sys.stderr, flush=True)
    elif mode == "none" or not sys.stderr.isatty():
        yield lambda _replication: None
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(label, total=total)
            yield lambda _replication: bar.advance(task)
