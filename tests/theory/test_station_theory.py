"""A station agrees with queueing theory: it lies in the replicated interval, |z| ≤ 3.3 at fixed seeds.

Every replication starts in the stationary state, drawn from the theory, with the first counted customer at
time 0: then each counted customer finds the stationary state. (Were the first one to come a gap later, it
would find a queue drained by that gap, and the oracle would be biased: z = −4.) Where later arrivals can
overtake, uncounted ones follow. Theory: Kleinrock, Queueing Systems, Wiley, 1975; Falin, Templeton, Retrial
Queues, Chapman & Hall, 1997; Mandelbaum and Zeltyn, Service Engineering in Action, Springer, 2007.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.station import Station, serve

Rng = np.random.Generator


def check(
    theory: float, replicate: Callable[[Rng], float], replications: int, seed: int, precision: float
) -> None:
    """Assert that theory is in the 99.9 % interval of the mean, and that the interval says something."""
    means = np.array([replicate(np.random.default_rng([seed, r])) for r in range(replications)])
    error = means.std(ddof=1) / math.sqrt(replications)
    z = (means.mean() - theory) / error
    assert abs(z) <= 3.3, f"theory {theory:.6f}, simulated {means.mean():.6f} ± {1.96 * error:.6f}, z {z:.2f}"
    assert 1.96 * error <= precision * theory, f"half-width {1.96 * error:.6f} of {theory:.6f} proves little"


def birth_death(birth: Callable[[int], float], death: Callable[[int], float], most: int) -> Any:
    """Return the stationary distribution on 0..most of a birth-death chain."""
    weights = [1.0]
    for state in range(1, most + 1):
        weights.append(weights[-1] * birth(state - 1) / death(state))
    return np.array(weights) / sum(weights)


def erlang_c(load: float, servers: int) -> float:
    """Return P(wait) of M/M/c."""
    term = blocked = 1.0
    for k in range(1, servers + 1):
        term = load * term
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def with_present(present: int, gaps: Any) -> Any:
    """Return arrival times: those present just before 0, the first counted at 0, then one after each gap."""
    return np.concatenate((np.full(present, -1e-9), np.zeros(1), np.cumsum(gaps)))


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize(
    ("servers", "wait"), [(1, 9.0), (2, 4.263158), (3, 2.723537), (5, 1.524986), (10, 0.668732)]
)
def test_mean_wait_of_mmn(servers: int, wait: float, engine: Any) -> None:
    """M/M/n at ρ = .9, μ = 1: the mean wait in the queue is Erlang's."""
    rate = 0.9 * servers
    assert erlang_c(rate, servers) / (servers - rate) == pytest.approx(wait, abs=5e-7)
    states = birth_death(lambda _: rate, lambda k: min(k, servers), 600)
    counted = 100 if engine == "compiled" else 15

    def replicate(rng: Rng) -> float:
        present = rng.choice(601, p=states)
        arrivals = with_present(present, rng.exponential(1 / rate, counted))
        out = serve(Station(servers), arrivals, rng.exponential(1.0, len(arrivals)), engine=engine)
        return float(out.wait[present:].mean())

    check(wait, replicate, 4000 if engine == "compiled" else 1500, servers, 0.08)


def test_service_level_of_a_call_centre() -> None:
    """Erlang-C, 100 calls in 30 min, 3 min each, 14 agents: P(wait) .174132, answered within 20 s .888350."""
    rate, agents = 100 / 30, 14
    states = birth_death(lambda _: rate, lambda k: min(k, agents) / 3.0, 400)

    def waits(rng: Rng) -> Any:
        present = rng.choice(401, p=states)
        arrivals = with_present(present, rng.exponential(1 / rate, 100))
        return serve(Station(agents), arrivals, rng.exponential(3.0, len(arrivals))).wait[present:]

    check(0.174132, lambda rng: float((waits(rng) > 0).mean()), 3000, 20, 0.05)
    check(0.888350, lambda rng: float((waits(rng) <= 20 / 60).mean()), 3000, 21, 0.01)


def test_mean_wait_of_last_come_first_served() -> None:
    """M/M/2 served last come first: the mean wait stays Erlang's."""
    rate, servers, counted = 1.6, 2, 50
    states = birth_death(lambda _: rate, lambda k: min(k, servers), 400)

    def replicate(rng: Rng) -> float:
        present = rng.choice(401, p=states)
        arrivals = with_present(present, rng.exponential(1 / rate, 800))
        services = rng.exponential(1.0, len(arrivals))
        out = serve(Station(servers, discipline="lifo"), arrivals, services)
        return float(out.wait[present : present + counted].mean())

    check(erlang_c(rate, servers) / (servers - rate), replicate, 3000, 30, 0.08)


def test_priority_classes_wait_as_cobham_says() -> None:
    """M/M/1 with two classes, started empty at the beginning of busy cycles: long-run waits are Cobham's."""
    rate, residual = 0.35, 0.7  # each class; mean residual work λ·E[S²]/2
    first, second = residual / (1 - rate), residual / ((1 - rate) * (1 - 2 * rate))

    def replicate(rng: Rng) -> float:
        arrivals = np.cumsum(rng.exponential(1 / (2 * rate), 4000))
        classes = rng.integers(0, 2, 4000)
        out = serve(Station(1, discipline="priority"), arrivals, rng.exponential(1.0, 4000), priority=classes)
        later = np.arange(4000) >= 400  # relaxation time is 1/(1 − √ρ)² ≈ 37 services
        return float(out.wait[later & (classes == which)].mean())

    for which, theory in ((0, first), (1, second)):
        check(theory, replicate, 300, 40 + which, 0.05)


@pytest.mark.parametrize("rate", [0.8, 1.0, 1.3])
def test_abandonment_of_erlang_a(rate: float) -> None:
    """M/M/4+M, patience of mean 2, from quiet to overloaded: the share that leaves is Erlang-A's."""
    servers, leaving, arrival = 4, 0.5, rate * 4
    states = birth_death(lambda _: arrival, lambda k: min(k, servers) + leaving * max(k - servers, 0), 200)
    queue = float(sum(max(k - servers, 0) * p for k, p in enumerate(states)))

    def replicate(rng: Rng) -> float:
        present = rng.choice(201, p=states)
        arrivals = with_present(present, rng.exponential(1 / arrival, 200))
        n = len(arrivals)
        out = serve(
            Station(servers), arrivals, rng.exponential(1.0, n), patience=rng.exponential(1 / leaving, n)
        )
        return 1.0 - float(out.served[present:].mean())

    check(leaving * queue / arrival, replicate, 2000, 50, 0.05)


@pytest.mark.parametrize(
    ("square", "service", "residual"),
    [
        (1.0, lambda _, n: np.ones(n), lambda rng, n: rng.uniform(0, 1, n)),
        (4 / 3, lambda rng, n: rng.uniform(0, 2, n), lambda rng, n: 2 * (1 - np.sqrt(rng.uniform(0, 1, n)))),
        (1.5, lambda rng, n: rng.gamma(2, 0.5, n), lambda rng, n: rng.gamma(rng.integers(1, 3, n), 0.5)),
    ],
    ids=["constant", "uniform", "erlang-2"],
)
def test_pollaczek_khinchine(square: float, service: Any, residual: Any) -> None:
    """M/G/1 at ρ = .8: the mean wait is λE[S²]/(2(1 − ρ)); work at time 0 is a geometric sum of residuals."""
    rate = 0.8

    def replicate(rng: Rng) -> float:
        work = residual(rng, rng.geometric(1 - rate) - 1).sum()
        arrivals = with_present(1, rng.exponential(1 / rate, 150))
        out = serve(Station(1), arrivals, np.concatenate(([work], service(rng, 151))))
        return float(out.wait[1:].mean())

    check(rate * square / (2 * (1 - rate)), replicate, 3000, 60, 0.05)


@pytest.mark.parametrize(("servers", "places"), [(1, 0), (3, 0), (2, 3), (1, 5)])
def test_blocking_of_a_finite_room(servers: int, places: int) -> None:
    """M/M/c/K with offered load .9 a server: the share refused is the probability that the room is full."""
    rate = 0.9 * servers
    states = birth_death(lambda _: rate, lambda k: min(k, servers), servers + places)

    def replicate(rng: Rng) -> float:
        present = rng.choice(len(states), p=states)
        arrivals = with_present(present, rng.exponential(1 / rate, 200))
        out = serve(Station(servers, places), arrivals, rng.exponential(1.0, len(arrivals)))
        return 1.0 - float(out.served[present:].mean())

    check(float(states[-1]), replicate, 2000, 70, 0.05)


def test_a_rush_follows_its_differential_equation() -> None:
    """M(t)/M/c from empty through a rush hour: the mean number present follows the forward equations."""
    servers, most, moments = 5, 120, (2.0, 5.0, 8.0, 12.0)

    def rate(t: float) -> float:
        return 3.0 + 5.0 * max(0.0, math.sin(math.pi * t / 8.0))

    def forward(t: float, p: Any) -> Any:
        up, down = np.full(most + 1, rate(t)), np.minimum(np.arange(most + 1), servers)
        up[-1] = 0.0
        flow = -(up + down) * p
        flow[1:] += up[:-1] * p[:-1]
        flow[:-1] += down[1:] * p[1:]
        return flow

    empty = np.eye(1, most + 1)[0]
    solved = solve_ivp(forward, (0, 12), empty, t_eval=moments, rtol=1e-9, atol=1e-12)
    theory = np.arange(most + 1) @ solved.y

    def replicate(moment: float, rng: Rng) -> float:
        times = np.cumsum(rng.exponential(1 / 8.0, 200))
        arrivals = times[rng.uniform(0, 8.0, 200) < np.array([rate(t) for t in times])]
        out = serve(Station(servers), arrivals, rng.exponential(1.0, len(arrivals)))
        return float(((arrivals <= moment) & (out.end > moment)).sum())

    for k, moment in enumerate(moments):
        check(float(theory[k]), lambda rng, at=moment: replicate(at, rng), 1500, 80 + k, 0.05)  # type: ignore[misc]  # a loop variable bound as default


def test_a_retrial_queue() -> None:
    """M/M/1 without a queue, refused customers try again: the mean time in orbit is Falin and Templeton's."""
    rate, again, tries, counted = 0.5, 0.5, 200, 60
    orbit, busy = np.arange(200), np.array([False, True])
    free = np.cumprod([1.0] + [rate * (rate + i * again) / ((i + 1) * again) for i in range(199)])
    taken = np.cumprod([rate] + [rate * (rate + (i + 1) * again) / ((i + 1) * again) for i in range(199)])
    states = np.concatenate((free, taken)) * (1 - rate) ** (rate / again + 1)
    assert states.sum() == pytest.approx(1.0)

    def replicate(rng: Rng) -> float:
        state = rng.choice(400, p=states / states.sum())
        present, in_orbit = int(busy[state // 200]), orbit[state % 200]
        gaps = rng.exponential(1 / rate, counted + 300)
        arrivals = np.concatenate(
            (np.full(present, -1e-9), rng.exponential(1 / again, in_orbit), np.zeros(1), np.cumsum(gaps))
        )
        n = len(arrivals)
        delays = rng.exponential(1 / again, (n, tries - 1))
        out = serve(Station(1, 0), arrivals, rng.exponential(1.0, n), retry_delay=delays)
        mine = slice(present + in_orbit, present + in_orbit + counted)
        assert out.served[mine].all()
        return float((out.start - arrivals)[mine].mean())

    check((rate + rate * again) / ((1 - rate) * again), replicate, 3000, 90, 0.05)
