"""Headroom against answers known exactly: a finite queue, and curves drawn by formula."""

import os
from collections.abc import Callable
from functools import cache
from math import factorial, log
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from sim.experiments.headroom import Answer, axis_of, document, headroom
from sim.experiments.laboratory import Laboratory
from sim.experiments.replicate import Outcome
from sim.service_levels import ServiceLevels
from sim.station import Station, serve
from sim.units import Params, par

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
LEVEL = "payment_success"
OTHER = "goodput_min_share"


class Toy(Params):
    """A scenario with one number, and promises about it."""

    name: str = "toy"
    load: float = par(
        1.0, unit="ratio", low=0.001, high=1000, grade="rule", source="a test", meaning="What is varied."
    )
    service_levels: ServiceLevels = ServiceLevels()


# a queue of finite length ---------------------------------------------------------------------------------

SERVERS, PLACES, HORIZON = 3, 5, 5.0


@cache
def equilibrium(load: float) -> np.ndarray:
    """(K+1,) stationary distribution of M/M/c/K at this load of its servers."""
    offered = load * SERVERS
    weights = [
        offered**n / factorial(min(n, SERVERS)) / SERVERS ** max(0, n - SERVERS)
        for n in range(SERVERS + PLACES + 1)
    ]
    return np.array(weights) / sum(weights)


def one_arrival(scenario: Toy, seed: int, replication: int, engine: str) -> Outcome:
    """A queue that starts in equilibrium meets one more customer at the horizon: is there room for her?"""
    chance = np.random.default_rng([seed, replication])
    inside = int(np.searchsorted(np.cumsum(equilibrium(scenario.load)), chance.uniform()))
    gaps, services = chance.exponential(size=80), chance.exponential(size=200)
    times = np.cumsum(gaps) / (scenario.load * SERVERS)
    assert times[-1] > HORIZON
    arrivals = np.concatenate([np.zeros(inside), times[times < HORIZON], [HORIZON]])
    station = Station(servers=SERVERS, waiting_places=PLACES)
    out = serve(station, arrivals, services[: len(arrivals)])
    return Outcome({LEVEL: float(out.served[-1])}, {}, {})


@pytest.mark.parametrize("seed", range(1, 9) if NIGHTLY else (1,))
def test_the_curve_of_a_finite_queue_holds_the_exact_probability(seed: int) -> None:
    """At every load that was looked at, and at least at five, P(room for an arrival) lies inside the band."""
    lab = Laboratory(seed=seed, jobs=1, simulate=one_arrival)
    answer = headroom(lab, Toy(), axis_of(Toy(), "load", 0.3, 1.8), 250)
    points = document(answer)["curve"]
    solid = [point for point in points if point["replications"] == 250]
    assert len(solid) >= 5
    for point in points:
        exact = 1.0 - equilibrium(point["value"])[-1]
        assert point[LEVEL]["ci_low"] <= exact <= point[LEVEL]["ci_high"], point["value"]
    knee = answer.knees[0]
    crossing = brentq(lambda load: 0.05 - equilibrium(load)[-1], 0.3, 1.8)
    assert knee.low <= crossing <= knee.high
    assert abs(0.95 - (1.0 - equilibrium(knee.value)[-1])) <= 0.05


# curves by formula ----------------------------------------------------------------------------------------


class Law(NamedTuple):
    """A level's true P along the axis."""

    p: Callable[[float], float]

    @property
    def crossing(self) -> float:
        """Where P is .95."""
        return float(np.exp(brentq(lambda place: self.p(np.exp(place)) - 0.95, log(0.02), log(20.0))))


def _plateau(load: float) -> float:
    """Hardly falling for long, as a promise broken by rain is, then at once."""
    hill = 0.90 + 0.08 * ndtr((log(0.25) - log(load)) / 0.4)
    return float(hill * ndtr((log(1.3) - log(load)) / 0.12))


LAWS = {
    LEVEL: Law(lambda load: float(ndtr((log(1.55) - log(load)) / 0.09))),
    OTHER: Law(_plateau),
}


def by_formula(scenario: Toy, seed: int, replication: int, engine: str) -> Outcome:
    """Each replication has one luck for all loads, as the model's common random numbers give it."""
    luck = np.random.default_rng([seed, replication]).uniform(size=2)
    pairs = zip(LAWS.items(), luck, strict=True)
    return Outcome({name: float(u < law.p(scenario.load)) for (name, law), u in pairs}, {}, {})


def without_common_luck(scenario: Toy, seed: int, replication: int, engine: str) -> Outcome:
    """New luck at every load: the worst case for a search that goes where the last look pointed."""
    luck = np.random.default_rng([seed, replication, round(1e6 * scenario.load)]).uniform(size=2)
    pairs = zip(LAWS.items(), luck, strict=True)
    return Outcome({name: float(u < law.p(scenario.load)) for (name, law), u in pairs}, {}, {})


def searched(seed: int, simulate: Callable[..., Outcome], replications: int) -> Answer:
    """One search from .1 to 4."""
    lab = Laboratory(seed=seed, jobs=1, simulate=simulate)
    return headroom(lab, Toy(), axis_of(Toy(), "load", 0.1, 4.0), replications)


EXPERIMENTS = 400 if NIGHTLY else 24


@pytest.mark.parametrize("simulate", [by_formula, without_common_luck])
def test_intervals_and_bands_cover_as_often_as_they_say(simulate: Callable[..., Outcome]) -> None:
    """The crossing's interval, and the band over the whole curve, hold the truth in ≥ 95 % − 3.3 s.e."""
    inside, whole, crossings = 0, 0, 0
    for seed in range(EXPERIMENTS):
        answer = searched(seed, simulate, 100)
        for name, law in LAWS.items():
            curve, _ = answer.search.curve(name)
            low, high = curve.band
            true = np.array([law.p(float(np.exp(place))) for place in curve.places])
            whole += bool(((low <= true) & (true <= high)).all())
        for knee in answer.knees:
            crossings += 1
            inside += knee.low <= LAWS[knee.level.name].crossing <= knee.high
    assert crossings >= 1.5 * EXPERIMENTS
    for held, of in ((inside, crossings), (whole, 2 * EXPERIMENTS)):
        assert held / of >= 0.95 - 3.3 * (0.95 * 0.05 / of) ** 0.5


def test_a_level_is_kept_at_its_own_answer() -> None:
    """At the reported crossing the true P is the promise, within the band that is reported for it."""
    for seed in range(6):
        for knee in searched(seed, by_formula, 250).knees:
            true = LAWS[knee.level.name].p(knee.value)
            assert abs(true - 0.95) <= knee.half_width <= 0.05, (seed, knee)


def test_replications_are_spent_near_the_knee() -> None:
    """Nine in ten replications stand where P is between .7 and .999 for one of the levels, or at the ends."""
    answer = searched(1, by_formula, 250)
    spent = {answer.axis.values[k]: len(rows) for k, rows in answer.search.rows.items()}
    ends = (answer.axis.values[0], answer.axis.values[-1])
    near = sum(
        n
        for load, n in spent.items()
        if load in ends or any(0.7 <= law.p(load) <= 0.999 for law in LAWS.values())
    )
    assert near >= 0.9 * sum(spent.values())
