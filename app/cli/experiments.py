"""What `run` and `compare` share: replications with progress, claims judged over sweeps, documents saved."""

from __future__ import annotations

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
    from sim.experiments.replicate import Replications

AT_SWEEP_ENDS = 20


def replicated(
    arm: NamedArm,
    *,
    seed: int,
    replications: int,
    engine: str,
    jobs: int | None,
    progress: str,
    precision: float | None = None,
    thin_to: NDArray[np.float64] | None = None,
) -> Replications:
    """Run an arm with a progress bar; says when the kernels are compiled for the first time."""
    from sim.experiments.outcome import one_replication
    from sim.experiments.replicate import Precision, replicate

    _say_if_first(engine)
    simulate = one_replication if thin_to is None else partial(_thinned, thin_to)
    wanted = Precision(precision) if precision is not None else replications
    with progress_bar(progress, arm.label, None if precision else replications) as tick:
        return replicate(
            arm.scenario, simulate, name=arm.label, seed=seed, replications=wanted, engine=engine, jobs=jobs,
            done=lambda replication, _outcome: tick(replication),
        )  # fmt: skip


def _thinned(thin_to: NDArray[np.float64], scenario: Any, seed: int, replication: int, engine: str) -> Any:
    from sim.experiments.outcome import one_replication

    return one_replication(scenario, seed, replication, engine, thin_to=int(thin_to[replication]))


def _say_if_first(engine: str) -> None:
    if engine == "compiled":
        import sys

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
    engine: str,
    jobs: int | None,
) -> list[dict[str, Any]]:
    """The claims table over the shipped arms; claims about arms not given run them."""
    from app.cli.arms import NamedArm
    from sim.experiments.claims import claims_table
    from sim.scenario import Scenario
    from sim.scenario_file import read_scenario
    from sim.scenario_tree import sweep_of

    def evaluate(name: str, changes: Mapping[str, Any], count: int) -> Replications:
        from sim.problems import ScenarioError

        try:
            scenario = read_scenario(
                name, [("--set", f"{path}={_yaml(value)}") for path, value in changes.items()]
            )
        except ScenarioError as error:
            raise KeyError(name) from error
        return replicated(
            NamedArm(name, scenario), seed=seed, replications=count, engine=engine, jobs=jobs, progress="none"
        )

    return claims_table(
        evaluate, lambda path: sweep_of(Scenario, path), known=rows, replications=replications,
        at_ends=min(AT_SWEEP_ENDS, replications),
    )  # fmt: skip


def _yaml(value: Any) -> str:
    import json

    return json.dumps(value)


def save(out: Path | None, name: str, document: Mapping[str, Any], tables: Sequence[Table]) -> None:
    """Write the document and its tables as CSV into `out`, complete or not at all."""
    if out is None:
        return
    import csv
    import io
    import json

    out.mkdir(parents=True, exist_ok=True)
    _write(out / f"{name}.json", json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    for number, table in enumerate(tables):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(table.heads)
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
