"""Properties of running replications: the same table however it is computed, stopped, or continued."""

from __future__ import annotations

import gc
import math
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from sim.experiments.agenda import DEATHS
from sim.experiments.child import Child
from sim.experiments.identity import config_hash
from sim.experiments.laboratory import Acknowledged, Ask, Deadly, Laboratory
from sim.experiments.replicate import Outcome, Precision, Stopped, replicate
from sim.experiments.replications import Replications
from sim.market.market import Market
from sim.scenario_file import load_scenario
from sim.scenario_file.changing import changed
from tests.conftest import NIGHTLY
from tests.journeys.long_work import night, scenario


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
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        assert equal(alone, rows(executor=pool))
    with Laboratory(seed=7, jobs=3, simulate=model, start_up_s=0.0) as laboratory:
        found = laboratory.replicate_all([Ask(SCENARIO, 24, label="s")])[0]
    assert equal(alone, found)
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
    """Interrupted while workers sleep: `Stopped` long before the end, and everything reported is complete."""
    done: dict[int, Outcome] = {}

    def interrupt_once(r: int, outcome: Outcome) -> None:
        done[r] = outcome
        if len(done) == 3:
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(Stopped) as stopped:
        rows(nap, engine=engine, jobs=2, replications=500, done=interrupt_once)
    assert 3 <= stopped.value.done < 500
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


# many scenarios, one laboratory ---------------------------------------------------------------------------


def test_asks_share_workers_and_are_answered_once() -> None:
    """Rows of several scenarios at once equal those one by one; what is known is not computed again."""
    ticks: list[tuple[str, int]] = []
    with Laboratory(
        seed=7, jobs=2, simulate=model, tick=lambda one: ticks.append((one.config, one.replication))
    ) as lab:
        asks = [Ask({"mean": float(mean)}, 10, label=str(mean)) for mean in range(5)]
        together = lab.replicate_all([*asks, asks[0]])
        assert len(ticks) == len(set(ticks)) == 50
        assert equal(together[0], together[5])
        again = lab.replicate_all([asks[3], asks[4]._replace(number=12)])
        assert len(ticks) == 52
    assert equal(again[0], together[3])
    for ask, found in zip(asks, together, strict=False):
        alone = replicate(ask.scenario, model, name=ask.label, seed=7, replications=10, jobs=1)
        assert equal(alone, found)


def test_fresh_replications_are_others_and_only_they_are_computed() -> None:
    """`first` names the row of the first replication; nothing before it is computed."""
    ran: list[int] = []
    with Laboratory(seed=7, jobs=2, simulate=model, tick=lambda one: ran.append(one.replication)) as lab:
        fresh = lab.replicate_all([Ask(SCENARIO, 6, first=1_000_000, label="s")])[0]
        assert sorted(ran) == list(range(1_000_000, 1_000_006))
        usual = lab.replicate_all([Ask(SCENARIO, 6, label="s")])[0]
        both = lab.replicate_all([Ask(SCENARIO, 4, first=2, label="s")])[0]
    assert (fresh.first, usual.first, both.first) == (1_000_000, 0, 2)
    assert not np.isin(fresh.column("gmv_cny"), usual.column("gmv_cny")).any()
    np.testing.assert_array_equal(both.column("gmv_cny"), usual.column("gmv_cny")[2:])


def test_processes_join_when_they_are_worth_it_and_stay() -> None:
    """Short work stays in threads; long work gets a process, which the next asks find ready."""
    with Laboratory(jobs=2, simulate=night) as lab:
        lab.replicate_all([Ask(scenario(ms=1.0), 30)])
        assert lab.processes == []
        lab.replicate_all([Ask(scenario(1, ms=300.0), 12)])
        pids = lab.processes
        assert len(pids) == 1
        lab.replicate_all([Ask(scenario(2, ms=1.0), 30)])
        assert lab.processes == pids
    assert not Path(f"/proc/{pids[0]}").exists()


# workers that die -----------------------------------------------------------------------------------------


def test_a_killed_worker_is_replaced_and_nothing_changes() -> None:
    """Each worker process is killed as soon as it works, three times: the same rows from another process."""
    killed: list[int] = []

    def kill(_: Acknowledged) -> None:
        for pid in lab.processes:
            if len(killed) < 3 and pid not in killed and _worked(pid):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    ask = Ask(scenario(ms=8.0), 300, label="s")
    with Laboratory(jobs=2, simulate=night, start_up_s=0.0, tick=kill) as lab:
        found = lab.replicate_all([ask])[0]
        assert not set(killed) & set(lab.processes)
    assert len(killed) == 3
    with Laboratory(jobs=1, simulate=night) as alone:
        plain = alone.replicate_all([Ask(scenario(ms=0.0), 300, label="s")])[0]
    np.testing.assert_array_equal(found.table, plain.table)


def _worked(pid: int) -> bool:
    """Whether a worker is past its start: it has used a third of a second of a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) > 0.3 * os.sysconf("SC_CLK_TCK")


def test_a_replication_that_kills_its_workers_is_named() -> None:
    """Two of 40 replications end every process they run in: they are named, all others are computed."""
    done: set[int] = set()
    deadly = scenario(ms=1.0, deadly=[7, 23], spared=os.getpid())
    with Laboratory(jobs=2, simulate=night, tick=lambda one: done.add(one.replication)) as lab:
        lab._crew.children += [Child(), Child()]
        with pytest.raises(Deadly, match="replication 7 of s, replication 23 of s") as named:
            lab.replicate_all([Ask(deadly, 40, label="s")])
        assert named.value.names == (("s", 7), ("s", 23))
        assert f"{DEATHS} workers" in str(named.value)
        assert done == set(range(40)) - {7, 23}
        well = lab.replicate_all([Ask(scenario(ms=1.0), 40, label="s")])[0]
    with Laboratory(jobs=1, simulate=night) as alone:
        assert equal(well, alone.replicate_all([Ask(scenario(ms=1.0), 40, label="s")])[0])


# memory ---------------------------------------------------------------------------------------------------


MEMORY = """
import gc, os, resource, sys
from sim.experiments.laboratory import Laboratory
from sim.scenario_file import load_scenario
from tests.journeys.long_work import night, scenario

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

real = sys.argv[1] == "real"
subject = load_scenario("chenxi_live") if real else scenario(ms=0.0)
options = {} if real else {"simulate": night}
with Laboratory(jobs=1, **options) as lab:
    lab.replicate(subject, 20)
    first = resident()
    lab.replicate(subject, int(sys.argv[2]))
    sys.stdout.write(f"{first} {resident()}")
"""


@pytest.mark.parametrize(("model", "number"), [("real", 2000 if NIGHTLY else 150), ("stand-in", 2000)])
def test_memory_does_not_grow_with_replications(model: str, number: int) -> None:
    """From 20 replications to many more the process grows by less than a tenth."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, model, str(number)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    first, last = map(int, done.stdout.split())
    assert last < 1.1 * first, (first, last)


def test_memory_does_not_grow_with_scenarios() -> None:
    """A search over many audiences keeps a handful of markets, and no more rows than it may."""
    small = changed(load_scenario("chenxi_jielong"), {"market.communities": 12}, "test")
    gc.collect()
    before = [one for one in gc.get_objects() if isinstance(one, Market)]
    with Laboratory(jobs=1) as lab:
        for step in range(12):
            lab.replicate(changed(small, {"audience.scale": 0.5 + 0.05 * step}, "test"), 1)
            gc.collect()
            markets = sum(isinstance(one, Market) for one in gc.get_objects())
            assert markets <= len(before) + 6


def test_rows_that_nobody_asks_for_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many rows the scenario asked for longest ago goes; asked again, it is computed again."""
    monkeypatch.setattr("sim.experiments.laboratory.KEPT_ROWS", 25)
    ran: list[str] = []
    with Laboratory(jobs=1, simulate=model, tick=lambda one: ran.append(one.label)) as lab:
        for mean in (1.0, 2.0, 3.0, 1.0, 3.0):
            lab.replicate_all([Ask({"mean": mean}, 10, label=f"{mean:g}")])
    assert ran == [label for label in "1231" for _ in range(10)]
