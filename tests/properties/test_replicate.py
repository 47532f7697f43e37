"""Properties of running replications: the same table however it is computed, stopped, or continued."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim.experiments.replicate import Outcome, Precision, Replications, Stopped, config_hash, replicate


def model(scenario: dict[str, float], seed: int, replication: int, engine: str) -> Outcome:
    """A stand-in for a replication: figures by its key alone, one without meaning every third night."""
    rng = np.random.default_rng((seed, replication))
    kpis = {"gmv_cny": rng.normal(scenario["mean"], 10.0), "viewers": float(rng.integers(100))}
    if replication % 3:
        kpis["recovery_min"] = rng.exponential(5.0)
    stations = {"desk": {"utilisation": rng.random(), "queue_max": float(rng.integers(20))}}
    return Outcome(kpis, {"collected": int(rng.integers(50)), "left": 1}, stations)


def slow(scenario: dict[str, float], seed: int, replication: int, engine: str) -> Outcome:
    """The same, taking longer the earlier it starts, so that workers finish out of order."""
    time.sleep(0.002 * (5 - replication % 5))
    return model(scenario, seed, replication, engine)


SCENARIO = {"mean": 100.0}


def rows(simulate: object = model, **options: object) -> Replications:
    """Replications of the stand-in."""
    return replicate(SCENARIO, simulate, **{"name": "s", "seed": 7, "replications": 24} | options)  # type: ignore[arg-type]  # options are passed through


def equal(a: Replications, b: Replications) -> bool:
    """Equal to the bit."""
    same = np.array_equal(a.table, b.table, equal_nan=True) and a.kpis == b.kpis
    return same and (a.balance, a.stations, a.config_hash) == (b.balance, b.stations, b.config_hash)


def test_the_table_does_not_depend_on_the_workers() -> None:
    """One thread, several, a foreign executor and spawned processes give the same table."""
    alone = rows(jobs=1)
    assert equal(alone, rows(slow, jobs=3))
    with ThreadPoolExecutor(2) as pool:
        assert equal(alone, rows(slow, executor=pool))
    assert equal(rows(jobs=1, engine="reference"), rows(jobs=2, engine="reference"))


def test_what_the_table_says() -> None:
    """NaN marks a figure without meaning; balances are summed; the queue is the longest of any night."""
    found, nights = rows(), [model(SCENARIO, 7, r, "compiled") for r in range(24)]
    assert len(found) == 24
    assert np.isnan(found.column("recovery_min")[0::3]).all()
    assert found.values("recovery_min").size == 16
    assert found.balance["collected"] == sum(night.balance["collected"] for night in nights)
    assert found.stations["desk"]["queue_max"] == max(night.stations["desk"]["queue_max"] for night in nights)
    assert not found.table.flags.writeable
    assert config_hash({"a": 1, "b": 2}) == config_hash({"b": 2, "a": 1}) != config_hash({"a": 1, "b": 3})


def test_known_replications_are_not_run_again() -> None:
    """Continuing with stored replications runs only the missing ones and gives the same table."""
    ran: list[int] = []
    known = {r: model(SCENARIO, 7, r, "compiled") for r in range(0, 24, 2)}
    again = rows(known=known, jobs=2, done=lambda r, _: ran.append(r))
    assert sorted(ran) == list(range(1, 24, 2))
    assert equal(again, rows())


def test_precision_runs_until_it_is_reached() -> None:
    """It stops at the first look that is precise enough, never before 20, for any number of workers."""
    wanted = Precision(0.01, kpis=("gmv_cny",))
    found = rows(replications=wanted, jobs=1)
    assert len(found) > 20
    assert wanted.reached(found)
    assert equal(found, rows(slow, replications=wanted, jobs=3))
    assert len(rows(replications=Precision(0.9, kpis=("gmv_cny",)))) == 20
    assert len(rows(replications=Precision(1e-6, kpis=("gmv_cny",), most=30))) == 30
    with pytest.raises(ValueError, match="share between 0 and 1"):
        Precision(5.0)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_ctrl_c_stops_at_once_and_loses_nothing(engine: str) -> None:
    """Interrupted while workers sleep: `Stopped` in well under 2 s, and everything reported is complete."""
    done: dict[int, Outcome] = {}
    began = time.monotonic()

    def interrupt_once(r: int, outcome: Outcome) -> None:
        done[r] = outcome
        if len(done) == 3:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(Stopped) as stopped:
        rows(nap, engine=engine, jobs=2, replications=500, done=interrupt_once)
    assert time.monotonic() - began < 2.0 + (engine == "reference")  # processes take a second to start
    assert stopped.value.done >= 3
    assert stopped.value.wanted == 500
    assert equal(rows(known=done, engine=engine, jobs=1), rows(engine=engine, jobs=1))


def nap(scenario: dict[str, float], seed: int, replication: int, engine: str) -> Outcome:
    """A replication of a fifth of a second."""
    time.sleep(0.2 if replication > 2 else 0.0)
    return model(scenario, seed, replication, engine)


def fails(scenario: dict[str, float], seed: int, replication: int, engine: str) -> Outcome:
    """A replication with a bug on night 5."""
    if replication == 5:
        raise ZeroDivisionError(replication)
    return model(scenario, seed, replication, engine)


def test_a_bug_in_the_model_surfaces() -> None:
    """An error in a worker is raised here with its own type; nothing hangs; zero replications are refused."""
    with pytest.raises(ZeroDivisionError):
        rows(fails, jobs=2)
    with pytest.raises(ValueError, match="at least one"):
        rows(replications=0)
    assert math.isfinite(rows(replications=1).table[0, 0])
