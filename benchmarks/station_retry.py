"""One station whose customers stop listening and come back: compiled, as a story, as a plain SimPy script.

An order service of 20 workers; a client gives up listening after some seconds, the server keeps working on
what nobody waits for, and most clients click again, four times at most. *Calm*: 65 % load. *Storm*: the first
4,000 orders come at twice the capacity, the rest as in the calm: the queue of abandoned work feeds itself on,
long after its trigger. All three programs get the same draws and must find the same orders served at the same
moments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import ROUNDS, Spread, ratio, take_turns

SERVERS, TRIES = 20, 4
MEAN_S, SIGMA = 0.171, 0.98
CALM, TRIGGER, TRIGGER_ORDERS = 0.65, 2.0, 4_000
PATIENCE_S, PATIENCE_SIGMA = 8.0, 0.6
AGAIN, AGAIN_S = 0.7, (2.0, 5.0)
SEED = 1
GOALS = {"calm": Goal("≥", 700.0), "storm": Goal("≥", 280.0)}
QUESTION = "How much faster is one retry station compiled than as a SimPy story, calm and in a storm?"


class Clicks(NamedTuple):
    """All chance of one run, seconds: arrivals (n,), services, timeouts (n, tries), delays (n, tries − 1)."""

    arrivals: NDArray[np.float64]
    services: NDArray[np.float64]
    timeouts: NDArray[np.float64]
    delays: NDArray[np.float64]


def draw(weather: str, orders: int) -> Clicks:
    """Draw `orders` customers, calm or with a storm's trigger."""
    rng = np.random.default_rng([SEED, orders])
    capacity = SERVERS / MEAN_S
    load = np.full(orders, CALM)
    if weather == "storm":
        load[:TRIGGER_ORDERS] = TRIGGER
    arrivals = np.cumsum(rng.exponential(1.0, orders) / (capacity * load))
    services = rng.lognormal(np.log(MEAN_S) - SIGMA**2 / 2, SIGMA, (orders, TRIES))
    timeouts = rng.lognormal(np.log(PATIENCE_S), PATIENCE_SIGMA, (orders, TRIES))
    delays = rng.uniform(*AGAIN_S, (orders, TRIES - 1))
    delays[rng.random(delays.shape) > AGAIN] = np.inf
    return Clicks(arrivals, services, timeouts, delays)


def by_serve(clicks: Clicks, engine: Literal["reference", "compiled"]) -> Callable[[], NDArray[np.float64]]:
    """Put the clicks to lianlu's station; when each order was served (NaN: lost)."""
    from sim.station import Station, serve

    station = Station(servers=SERVERS)

    def run() -> NDArray[np.float64]:
        out = serve(
            station,
            clicks.arrivals,
            clicks.services,
            engine=engine,
            timeout=clicks.timeouts,
            retry_delay=clicks.delays,
        )
        return out.end

    return run


def by_plain_simpy(clicks: Clicks) -> Callable[[], NDArray[np.float64]]:
    """Put the clicks to the script one would write by hand: a Resource, a request, an answer or a timeout."""
    import simpy

    arrivals = clicks.arrivals.tolist()
    services, timeouts, delays = clicks.services.tolist(), clicks.timeouts.tolist(), clicks.delays.tolist()

    def attempt(env: simpy.Environment, workers: simpy.Resource, service: float) -> Any:
        with workers.request() as turn:
            yield turn
            yield env.timeout(service)

    def customer(env: simpy.Environment, workers: simpy.Resource, i: int, ends: NDArray[np.float64]) -> Any:
        for k in range(TRIES):
            answer = env.process(attempt(env, workers, services[i][k]))
            heard = yield answer | env.timeout(timeouts[i][k])
            if answer in heard:
                ends[i] = env.now
                return
            if k == TRIES - 1 or delays[i][k] == np.inf:
                return
            yield env.timeout(delays[i][k])

    def source(env: simpy.Environment, workers: simpy.Resource, ends: NDArray[np.float64]) -> Any:
        for i, arrival in enumerate(arrivals):
            yield env.timeout(arrival - env.now)
            env.process(customer(env, workers, i, ends))

    def run() -> NDArray[np.float64]:
        env = simpy.Environment()
        ends = np.full(len(arrivals), np.nan)
        env.process(source(env, simpy.Resource(env, SERVERS), ends))
        env.run()
        return ends

    return run


def measure(quick: bool = False) -> Finding:
    """Time the three programs on the same clicks, two weathers, two sizes."""
    figures: list[Figure] = []
    notes: list[str] = []
    for orders in (20_000,) if quick else (20_000, 100_000):
        for weather in ("calm", "storm"):
            more, note = _one(weather, orders)
            figures += more
            notes.append(note)
    return Finding(
        QUESTION,
        tuple(figures),
        notes=(*notes, f"seed {SEED}; the draws are outside the clock on every side"),
    )


def _one(weather: str, orders: int) -> tuple[list[Figure], str]:
    clicks = draw(weather, orders)
    compiled, story, plain = (
        by_serve(clicks, "compiled"),
        by_serve(clicks, "reference"),
        by_plain_simpy(clicks),
    )
    ends = compiled()
    _same(ends, story(), 0.0, "the story")
    _same(ends, plain(), 1e-6, "the plain script")
    seconds = take_turns(
        {"compiled": compiled, "story": story, "plain": plain},
        ROUNDS,
        repeats={"compiled": max(3, 100_000 // orders)},
    )
    from sim.station import Station, serve

    attempts = serve(
        Station(SERVERS), clicks.arrivals, clicks.services, timeout=clicks.timeouts, retry_delay=clicks.delays
    ).attempts
    label = f"{weather}, {orders:,} orders"
    figures = [
        Figure(
            f"{label}: story ÷ compiled", ratio(seconds["story"], seconds["compiled"]), "×", GOALS[weather]
        ),
        Figure(f"{label}: plain SimPy ÷ compiled", ratio(seconds["plain"], seconds["compiled"]), "×"),
        Figure(f"{label}: compiled", Spread.of(seconds["compiled"]).times(1000.0), "ms"),
    ]
    served = np.count_nonzero(~np.isnan(ends)) / orders
    return (
        figures,
        f"{label}: {attempts.sum() / orders:.2f} attempts an order, {served:.1%} served; the three agree",
    )


def _same(ours: NDArray[np.float64], theirs: NDArray[np.float64], apart: float, side: str) -> None:
    if not np.allclose(ours, theirs, rtol=0.0, atol=apart, equal_nan=True):
        raise ArithmeticError(f"{side} served other orders, or at other moments, than the compiled station")
