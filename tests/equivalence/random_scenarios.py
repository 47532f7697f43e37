"""Random small events: any switch, any protection, any calendar; times on a grid, continuous, or both.

A case is a number: `random_case(number)` gives its scenario, `play(case, engine)` its log. Every leaf of the
scenario tree may be changed; what would only make the event large, empty or impossible has ranges of its own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from sim import chain
from sim.market.market import Market
from sim.orderlog import OrderLog
from sim.random_streams import Streams
from sim.scenario import Scenario
from sim.stages.audience import kernel as audience_kernel
from sim.stages.audience import story as audience_story
from sim.stages.audience.draws import draw_luck
from tests.equivalence.random_maker import Maker

Texture = Literal["grid", "continuous", "mixed"]
TEXTURES: tuple[Texture, ...] = ("grid", "continuous", "mixed")
QUARTER_SECOND = 1.0 / 240.0
DYADIC = 1.0 / 256.0
"""As long as a quarter second within a fifteenth, and sums of its multiples are exact."""
FACTORS = ("noise", "pace", "leg")
"""Purposes whose draws multiply a time."""
LUCK_TIMES = ("arrive", "stay", "latency", "react", "think", "answer")


class Case(NamedTuple):
    """One random event: its scenario, the names of its luck, and the grid its times are put on (0: none)."""

    scenario: Scenario
    seed: int
    replication: int
    thin_to: int | None
    texture: Texture
    step: float
    coarse: int


class GridStreams(Streams):
    """Streams whose times are multiples of `coarse × step` minutes, and whose uniforms take few values."""

    def __init__(self, seed: int, replication: int, case: Case) -> None:
        super().__init__(seed, replication)
        self.case = case

    def _fill(self, purpose: str, entity: Any, attempts: int | None, code: int, a: float, b: float) -> Any:
        out = super()._fill(purpose, entity, attempts, code, a, b)
        if not on_grid(self.case, purpose):
            return out
        if code == 1 and (a, b) == (0.0, 1.0):
            return (np.floor(out * 64.0) + 0.5) / 64.0
        if code in (4, 5) or purpose.endswith(FACTORS):
            return np.round(out * 4.0) / 4.0
        return rounded(out, self.case)


def on_grid(case: Case, purpose: str) -> bool:
    """Whether the draws of a purpose are put on the grid: all, none, or half of the purposes."""
    if case.texture == "mixed":
        return zlib.crc32(f"{purpose}{case.seed}".encode()) % 2 == 0
    return case.texture == "grid"


def rounded(times: Any, case: Case, whole: Callable[[Any], Any] = np.round) -> Any:
    """Times as multiples of the case's coarse step."""
    step = case.step * case.coarse
    return whole(times / step) * step


@contextlib.contextmanager
def on_the_grid_of(case: Case) -> Iterator[None]:
    """Chance and driving times on the grid of a case while it is played, for either face."""
    if case.texture == "continuous":
        yield
        return
    own_streams, own_market = chain.Streams, chain.market_for

    def luck(params: Any, streams: Streams, keys: Any) -> Any:
        drawn = draw_luck(params, streams, keys)
        if on_grid(case, "audience.viewer"):
            for name in LUCK_TIMES:
                drawn[name] = rounded(drawn[name], case, np.floor)
            drawn["ask_at"] = np.floor(drawn["ask_at"] * 16.0) / 16.0
        return drawn

    def market(scenario: Scenario, seed: int, replication: int) -> Market:
        built = own_market(scenario, seed, replication)
        return _rounded_market(built, case.step * case.coarse) if on_grid(case, "market.travel") else built

    chain.Streams = lambda seed, replication: GridStreams(seed, replication, case)  # type: ignore[assignment,misc]
    chain.market_for = market
    audience_kernel.draw_luck = audience_story.draw_luck = luck
    try:
        yield
    finally:
        chain.Streams, chain.market_for = own_streams, own_market  # type: ignore[misc]
        audience_kernel.draw_luck = audience_story.draw_luck = draw_luck


@functools.lru_cache(maxsize=64)
def _rounded_market(market: Market, step: float) -> Market:
    travel = np.round(market.travel_min / step) * step
    return dataclasses.replace(market, places=dataclasses.replace(market.places, travel_min=travel))


def play(case: Case, engine: Literal["reference", "compiled"]) -> OrderLog:
    """The log of a case."""
    with on_the_grid_of(case):
        return chain.simulate(case.scenario, case.seed, case.replication, engine, thin_to=case.thin_to)


def random_case(number: int, texture: Texture | None = None) -> Case:
    """The case of a number; a third of them each of grid, continuous and mixed unless one is asked for."""
    rng = np.random.default_rng(number)
    texture = texture or TEXTURES[number % 3]
    scenario = Maker(rng, gridded=texture == "grid").scenario()
    return Case(
        scenario=scenario,
        seed=int(rng.integers(0, 2**32)),
        replication=int(rng.integers(0, 100)),
        thin_to=int(rng.integers(0, 60)) if rng.random() < 0.15 else None,
        texture=texture,
        step=float(rng.choice([QUARTER_SECOND, DYADIC, DYADIC])),
        coarse=int(rng.choice([1, 4, 20, 60, 240])),
    )
