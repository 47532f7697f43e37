"""M/M/n waiting times: `serve` beside SimPy's idiom, Ciw and SimulSI, all fed the same arrivals and services.

The queue is stationary from the start: as many customers as theory draws are already there at time 0, and
counting begins with the first arrival after it. So theory holds without a warm-up, and every tool must find
the same waits. Draws are made before the clock starts, for every side. Theory: Erlang's C formula.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any, NamedTuple

import numpy as np

from benchmarks.finding import Check, Figure, Finding, check
from benchmarks.interleave import ROUNDS, ratio, take_turns

SERVERS = (1, 3, 10)
LOAD = 0.9
SEED = 1
QUESTION = "How long does an M/M/n queue take, and is its waiting time the one theory says?"


class Queue(NamedTuple):
    """One replication's chance: interarrival times, services, and how many come first and are not counted."""

    servers: int
    gaps: list[float]
    services: list[float]
    first: int


def wq(servers: int, load: float) -> float:
    """Mean wait in the queue of M/M/n with service rate 1 (Erlang's C formula)."""
    offered = servers * load
    tail = offered**servers / factorial(servers) / (1.0 - load)
    return tail / (sum(offered**k / factorial(k) for k in range(servers)) + tail) / (servers - offered)


def draw(servers: int, customers: int, replication: int) -> Queue:
    """A stationary start and `customers` arrivals."""
    rng = np.random.default_rng([SEED, servers, replication])
    offered = servers * LOAD
    weights = np.cumprod([1.0, *(offered / min(k, servers) for k in range(1, 600))])
    first = int(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(), side="right"))
    gaps = np.concatenate((np.zeros(first), rng.exponential(1.0 / offered, customers)))
    return Queue(servers, gaps.tolist(), rng.exponential(1.0, gaps.size).tolist(), first)


def by_serve(queue: Queue) -> Callable[[], float]:
    """Put the queue to lianlu's station."""
    from sim.station import Station, serve

    station = Station(servers=queue.servers)
    arrivals, services = np.cumsum(queue.gaps), np.array(queue.services)
    return lambda: float(serve(station, arrivals, services).wait[queue.first :].mean())


def by_simpy(queue: Queue) -> Callable[[], float]:
    """Put the queue to SimPy, in the idiom of its own documentation."""
    import simpy

    def customer(env: simpy.Environment, counter: simpy.Resource, service: float, waits: list[float]) -> Any:
        came = env.now
        with counter.request() as turn:
            yield turn
            waits.append(env.now - came)
            yield env.timeout(service)

    def source(env: simpy.Environment, counter: simpy.Resource, waits: list[float]) -> Any:
        for gap, service in zip(queue.gaps, queue.services, strict=True):
            yield env.timeout(gap)
            env.process(customer(env, counter, service, waits))

    def run() -> float:
        env = simpy.Environment()
        waits: list[float] = []
        env.process(source(env, simpy.Resource(env, queue.servers), waits))
        env.run()
        return float(np.mean(waits[queue.first :]))

    return run


def by_ciw(queue: Queue) -> Callable[[], float]:
    """Put the queue to Ciw as a network of one node."""
    import ciw  # type: ignore[import-untyped]  # it has no types

    def run() -> float:
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential([*queue.gaps, float("inf")])],
            service_distributions=[ciw.dists.Sequential(queue.services)],
            number_of_servers=[queue.servers],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(len(queue.gaps), method="Finish")
        records = sorted(simulation.get_all_records(), key=lambda record: record.id_number)
        return float(np.mean([record.waiting_time for record in records[queue.first :]]))

    return run


def by_simulsi(queue: Queue) -> Callable[[], float]:
    """Put the queue to SimulSI, with its histories switched off as in its own benchmark."""
    from simulsi import Simulation

    def customer(sim: Any, counter: Any, service: float, waits: list[float]) -> Any:
        came = sim.now
        yield sim.request(counter)
        waits.append(sim.now - came)
        yield service
        sim.release(counter)

    def source(sim: Any, counter: Any, waits: list[float]) -> Any:
        for gap, service in zip(queue.gaps, queue.services, strict=True):
            yield gap
            sim.process(customer(sim, counter, service, waits))

    def run() -> float:
        sim = Simulation(seed=SEED, keep_values=False, record_series=False, keep_entity_history=False)
        waits: list[float] = []
        sim.process(source(sim, sim.resource("counter", queue.servers), waits))
        sim.run()
        return float(np.mean(waits[queue.first :]))

    return run


SIDES = {"lianlu serve": by_serve, "SimPy": by_simpy, "Ciw": by_ciw, "SimulSI": by_simulsi}
OURS = "lianlu serve"


def measure(quick: bool = False) -> Finding:
    """Time every side on the same queues, and compare each side's mean wait with theory."""
    customers, replications = (2_000, 400) if quick else (20_000, 400)
    figures: list[Figure] = []
    checks: list[Check] = []
    for servers in SERVERS:
        more, found = _one(servers, customers, replications)
        figures += more
        checks += found
    notes = (
        f"load {LOAD}, service rate 1, {customers:,} customers a run, seed {SEED}; draws outside every clock",
        f"competitors' intervals are those of their {ROUNDS} timed runs; lianlu plays {replications}",
    )
    return Finding(QUESTION, tuple(figures), tuple(checks), notes)


def _one(servers: int, customers: int, replications: int) -> tuple[list[Figure], list[Check]]:
    queues = [draw(servers, customers, replication) for replication in range(ROUNDS)]
    found: dict[str, list[float]] = {name: [] for name in SIDES}
    seconds: dict[str, list[float]] = {name: [] for name in SIDES}
    for side in SIDES.values():
        side(draw(servers, 200, 0))()  # import and compile before the clock starts
    for queue in queues:
        work = {name: side(queue) for name, side in SIDES.items()}
        for name, run in work.items():
            found[name].append(run() if name == OURS else 0.0)
        kept = {name: _keeping(run, found[name]) for name, run in work.items() if name != OURS}
        taken = take_turns({OURS: work[OURS], **kept}, rounds=1, repeats={OURS: 20})
        for name, one in taken.items():
            seconds[name] += one
    for name in SIDES:
        apart = max(abs(one - ours) for one, ours in zip(found[name], found[OURS], strict=True))
        if apart > 1e-6:
            raise ArithmeticError(
                f"{name} found other waits than {OURS} from the same draws ({apart:g} apart)"
            )
    found[OURS] += [by_serve(draw(servers, customers, r))() for r in range(ROUNDS, replications)]
    label = f"M/M/{servers}"
    figures = [
        Figure(f"{label}: {name} ÷ {OURS}", ratio(seconds[name], seconds[OURS]), "×")
        for name in SIDES
        if name != OURS
    ]
    return figures, [check(f"{label} Wq", name, wq(servers, LOAD), found[name]) for name in SIDES]


def _keeping(run: Callable[[], float], kept: list[float]) -> Callable[[], None]:
    def work() -> None:
        kept[-1] = run()

    return work
