"""What `run` and `compare` share: replications with progress, claims judged over sweeps, files saved."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.terminal import progress as progress_bar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.cli.arms import NamedArm
    from reports.tables import Table
    from sim.engines import Engine
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replicate import Outcome, Replications

NOT_READ = "is read where"
"""How a scenario says that its arm never reads a key; any other refusal is a mistake of ours."""
HELD = ("collected", "never_collected", "open")
"""Final states of orders that went through the night."""


def replicated(
    arm: NamedArm,
    *,
    seed: int,
    replications: int,
    engine: Engine,
    jobs: int | None,
    progress: str = "none",
    precision: float | None = None,
    out: Path | None = None,
    thin_to: NDArray[np.int64] | None = None,
    known: dict[int, Outcome] | None = None,
) -> Replications:
    """Run an arm with a progress bar; says when the kernels are compiled for the first time.

    Args:
        arm, seed, replications, engine, jobs, precision: as `sim.experiments.replicate` takes them.
        progress: auto, json or none.
        out: folder that keeps finished replications, so that the same command goes on where it stopped.
        thin_to: (replications,) orders that go on to the night.
        known: replications computed before; new ones are added to it.

    Raises:
        Stopped: the user interrupted, or the disk is full.
    """
    from app.cli.resume import Store
    from sim import problems
    from sim.experiments import replicate as runs
    from sim.experiments.outcome import one_replication

    _say_if_first(engine)
    outcomes = {} if known is None else known
    store = None if out is None else Store(out, arm, seed, engine, thin_to)
    if store is not None:
        outcomes |= store.read()
    simulate = one_replication if thin_to is None else partial(_thinned, thin_to)
    wanted = runs.Precision(precision) if precision is not None else replications

    with progress_bar(progress, arm.label, None if precision else replications) as tick:

        def done(replication: int, outcome: Outcome) -> None:
            outcomes[replication] = outcome
            if store is not None:
                store.add(replication, outcome)
            tick(replication)

        try:
            return runs.replicate(
                arm.scenario,
                simulate,
                name=arm.label,
                seed=seed,
                replications=wanted,
                engine=engine,
                jobs=jobs,
                known=dict(outcomes),
                done=done,
            )
        except runs.Stopped as stopped:
            hint = "goes on from here" if store is not None else "starts again (with --out it would go on)"
            raise problems.Stopped(f"{arm.label}: {stopped}; the same command {hint}") from None


def laboratory(
    *,
    seed: int,
    engine: Engine,
    jobs: int | None = None,
    out: Path | None = None,
    cluster: str | None = None,
    progress: str = "none",
    label: str = "",
) -> Laboratory:
    """The laboratory of a command that searches, from the options it shares with every other command.

    Use it as a context, so that workers and progress end with it:
    `with laboratory(seed=seed, engine=engine, jobs=jobs, out=out, …, label="headroom") as lab:`.
    """
    from sim.experiments.laboratory import Laboratory

    _say_if_first(engine)
    return Laboratory(seed=seed, engine=engine, jobs=jobs)


def orders_held(outcomes: Mapping[int, Outcome], replications: int) -> NDArray[np.int64]:
    """(replications,) orders that went through the night: what `--equal-volume` thins the others to."""
    import numpy as np

    counts = [sum(outcomes[r].balance.get(state, 0) for state in HELD) for r in range(replications)]
    return np.array(counts, np.int64)


def _thinned(
    thin_to: NDArray[np.int64], scenario: Any, seed: int, replication: int, engine: Engine
) -> Outcome:
    from sim.experiments.outcome import one_replication

    return one_replication(scenario, seed, replication, engine, thin_to=int(thin_to[replication]))


def _say_if_first(engine: str) -> None:
    if engine == "compiled":
        from sim.compiling import FIRST_TIME

        if FIRST_TIME and not _said:
            print("compiling the kernels; this happens once on this machine", file=sys.stderr, flush=True)
            _said.append(True)


_said: list[bool] = []


def judged_claims(
    rows: Sequence[Replications],
    *,
    seed: int,
    replications: int,
    engine: Engine,
    jobs: int | None,
    progress: str = "none",
    out: Path | None = None,
) -> list[dict[str, Any]]:
    """The claims table over the shipped arms, whatever the user changed; arms not among `rows` are run."""
    from app.cli.arms import NamedArm
    from sim.experiments.claims import claims_table
    from sim.experiments.replicate import config_hash
    from sim.problems import ScenarioError
    from sim.scenario import Scenario
    from sim.scenario_file import read_scenario, shipped
    from sim.scenario_tree import sweep_of

    names = set(shipped())
    as_shipped = [
        row
        for row in rows
        if row.name in names and row.config_hash == config_hash(read_scenario(row.name, []))
    ]
    kept: dict[str, dict[int, Outcome]] = {}

    with progress_bar(progress, "claims", None) as tick:

        def evaluate(name: str, changes: Mapping[str, Any], count: int) -> Replications:
            overrides = [("--set", f"{path}={json.dumps(value)}") for path, value in changes.items()]
            try:
                scenario: Scenario = read_scenario(name, overrides)
            except ScenarioError as error:
                if all(NOT_READ in problem.allowed for problem in error.problems):
                    raise KeyError(name) from error
                raise
            known = kept.setdefault(f"{name} {overrides}", {})
            found = replicated(
                NamedArm(name, scenario),
                seed=seed,
                replications=count,
                engine=engine,
                jobs=jobs,
                out=out,
                known=known,
            )
            tick(len(kept))
            return found

        return claims_table(
            evaluate, lambda path: sweep_of(Scenario, path), known=as_shipped, replications=replications
        )


def save(out: Path | None, name: str, document: Mapping[str, Any], tables: Sequence[Table]) -> None:
    """Write the document and its tables as CSV into `out`, complete or not at all."""
    from app.cli.resume import writing

    if out is None:
        return
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        _write(
            out / f"{name}.json", json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        )
        for number, table in enumerate(tables):
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow([head.replace("\n", " ") for head in table.heads])
            writer.writerows([[_safe(cell) for cell in row] for row in table.rows])
            _write(out / f"{name}_{number + 1}.csv", "\ufeff" + text.getvalue())


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would read as a formula gets an apostrophe, unless it is a number."""
    if cell[:1] in "=+-@" and cell:
        try:
            float(cell.replace(",", ""))
        except ValueError:
            return f"'{cell}"
    return cell


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
