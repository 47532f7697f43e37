"""What every command that replicates shares: a laboratory made from the common options, and files saved."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.tables import Table
    from sim.engines import Engine
    from sim.experiments.laboratory import Acknowledged, Laboratory
    from sim.experiments.store import Store
    from sim.experiments.tasks import Simulate
    from sim.scenario import Scenario


@contextmanager
def laboratory(
    *,
    seed: int,
    engine: Engine,
    jobs: int | None = None,
    out: Path | None = None,
    cluster: str | None = None,
    progress: str = "none",
    label: str = "",
    expected: int = 0,
    simulate: Simulate | None = None,
) -> Iterator[Laboratory]:
    """The laboratory of a command; workers, store and progress end with the context.

    Args:
        seed, engine, jobs, cluster: as `Laboratory` takes them.
        out: folder that keeps replications, so that the same command goes on where it stopped.
        progress: auto, json or none.
        label: what the progress bar says.
        expected: replications that will be asked for, where the command knows.
        simulate: one replication; one event by default.

    Raises:
        Stopped: the user interrupted, the disk is full, or the store is held.
        Unusable: the folder or its store cannot be used.
    """
    from app.cli import asked, interrupt
    from app.cli.terminal import progress as shown
    from sim.experiments.laboratory import Laboratory, Stopped
    from sim.experiments.outcome import one_replication
    from sim.problems import Stopped as CanGoOn

    _say_if_first(engine)
    store = None if out is None else _store(out, expected)

    def noted(one: Acknowledged) -> None:
        tick(one.replication, one.label, one.config)
        interrupt.check()

    with (
        shown(progress, label) as (expect, tick),
        Laboratory(
            seed=seed,
            engine=engine,
            jobs=jobs,
            store=store,
            command=asked.command(),
            cluster=cluster,
            expect=expect,
            tick=noted,
            simulate=one_replication if simulate is None else simulate,
        ) as found,
    ):
        try:
            yield found
        except Stopped as stop:
            if stop.stored:
                raise
            done = f"stopped after {stop.done} of {stop.wanted} replications"
            raise CanGoOn(f"{done}; {asked.after_a_stop()}") from stop


def _store(out: Path, expected: int) -> Store:
    from app.cli.folder import writing
    from sim.experiments.store import Store

    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    return Store(out, expected=expected)


def _say_if_first(engine: str) -> None:
    if engine == "compiled":
        from sim.compiling import FIRST_TIME

        if FIRST_TIME and not _said:
            print("compiling the kernels; this happens once on this machine", file=sys.stderr, flush=True)
            _said.append(True)


_said: list[bool] = []


def save(out: Path | None, name: str, document: Mapping[str, Any], tables: Sequence[Table]) -> None:
    """Write the document and its tables as CSV into `out`, each file complete or not at all."""
    from app.cli.folder import writing

    if out is None:
        return
    files = {f"{name}.json": json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"}
    files |= {f"{name}_{number}.csv": csv_text(table) for number, table in enumerate(tables, 1)}
    with writing(out, sum(len(text.encode()) for text in files.values())):
        out.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            _write(out / file, text)


def write_files(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into `out`, each complete or not at all."""
    from app.cli.folder import writing

    with writing(out, sum(map(len, files.values()))):
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _write(out / name, content)


def write_scenario(out: Path, name: str, scenario: Scenario) -> None:
    """Write an answer as a scenario that `lianlu run` takes: what was verified, to the last key."""
    from app.cli.folder import writing
    from sim.scenario_file import scenario_yaml

    text = scenario_yaml(scenario, out)
    with writing(out, len(text.encode())):
        out.mkdir(parents=True, exist_ok=True)
        _write(out / f"{name}.yaml", text)


def csv_text(table: Table) -> str:
    """The cells for a spreadsheet; the first letter tells it that this is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([head.replace("\n", " ") for head in table.heads])
    writer.writerows([[_safe(cell) for cell in row] for row in table.rows])
    return "\ufeff" + text.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would read as a formula gets an apostrophe, unless it is a number."""
    if cell[:1] in "=+-@" and cell:
        try:
            float(cell.replace(",", ""))
        except ValueError:
            return f"'{cell}"
    return cell


def _write(path: Path, content: str | bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # half a file takes the room that is missing
        raise
