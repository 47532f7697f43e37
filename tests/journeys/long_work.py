"""A long piece of work with a stand-in for the model, as a process that can be hurt.

A night takes milliseconds and depends on its key alone, so hundreds are done while a test looks on.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.laboratory import Acknowledged, Ask, Laboratory
from sim.experiments.replications import Replications
from sim.experiments.row import Outcome
from sim.experiments.store import Store
from sim.problems import InputError, Stopped, Unusable

WIDTH = 120


def night(scenario: Mapping[str, Any], seed: int, replication: int, engine: str) -> Outcome:
    """A replication of the stand-in: so many milliseconds of work, a row as wide as a real one.

    `deadly` replications end the process they run in, unless it is the one named `spared`.
    """
    if replication in scenario.get("deadly", ()) and os.getpid() != scenario["spared"]:
        os.kill(os.getpid(), signal.SIGKILL)
    until = time.thread_time() + scenario.get("ms", 3.0) / 1000.0
    rng = np.random.default_rng((seed, replication, int(scenario["mean"])))
    kpis = {f"kpi_{k}": float(value) for k, value in enumerate(rng.normal(scenario["mean"], 10.0, WIDTH))}
    if replication % 3 == 0:
        kpis.pop("kpi_7")
    balance = {"collected": int(rng.integers(50)), "left": 1}
    stations = {"desk": {"utilisation": float(rng.random()), "queue_max": int(rng.integers(20))}}
    while time.thread_time() < until:
        rng.random(50)
    return Outcome(kpis, balance, stations)


def scenario(mean: int = 100, **more: Any) -> dict[str, Any]:
    """One of the stand-in's scenarios."""
    return {"mean": mean, **more}


def digest(rows: Replications) -> str:
    """Of everything the rows say, to the bit."""
    said = [rows.kpis, rows.balance, rows.stations, rows.config_hash, rows.first]
    return hashlib.sha256(rows.table.tobytes() + json.dumps(said).encode()).hexdigest()


def sweep(folder: Path, number: int, ms: float = 3.0, **options: Any) -> list[str]:
    """Two scenarios on one laboratory with a store; the digests of their rows."""
    with Laboratory(simulate=night, store=Store(folder), command="a sweep", **options) as laboratory:
        asks = [Ask(scenario(mean, ms=ms), number, label=f"s{mean}") for mean in (100, 200)]
        return [digest(rows) for rows in laboratory.replicate_all(asks)]


def say(one: Acknowledged) -> None:
    """As `--progress json` does."""
    sys.stderr.write(json.dumps([one.label, one.replication]) + "\n")
    sys.stderr.flush()


def main() -> None:
    """FOLDER NUMBER JOBS: do the sweep, print the digests; exit codes as the command line's."""
    folder, number, jobs = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    try:
        found = sweep(folder, number, jobs=jobs, start_up_s=0.0, tick=say)
        sys.stdout.write(json.dumps(found))
    except Stopped as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(3)
    except (InputError, Unusable) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def no_room(folder: Path, bytes_: int, number: int) -> list[str] | None:
    """The sweep where no file may grow beyond so many bytes; None where it stopped."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))
    try:
        return sweep(folder, number, ms=0.1, jobs=1)
    except Stopped:
        return None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
