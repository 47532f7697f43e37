"""Coupon verification told with SimPy: each buyer is a process, each pickup point has one phone."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from docs.examples.coupon import rules
from docs.examples.coupon.spec import CouponDraws, CouponNumbers
from sim.ranked import RankedEnvironment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DONE, ARRIVE = 0, 1
"""At one instant the phone is handed back first; then who comes, by id."""


class Phone:
    """One scanner, first come, first served."""

    def __init__(self, env: RankedEnvironment) -> None:
        self.env = env
        self.busy = False
        self.line: deque[simpy.Event] = deque()

    def take(self) -> Generator[simpy.Event, Any, None]:
        """Wait for the phone."""
        if self.busy:
            turn = self.env.event()
            self.line.append(turn)
            yield turn
        self.busy = True

    def give_back(self) -> None:
        """Hand the phone to the next in line."""
        self.busy = bool(self.line)
        if self.line:
            self.line.popleft().succeed()


def run_coupons(
    numbers: CouponNumbers, draws: CouponDraws, arrive: Floats, point: NDArray[np.int32], points: int
) -> dict[str, NDArray[Any]]:
    """Check the coupons of a day.

    Args:
        numbers: constants.
        draws: chance of the orders, shape (n,).
        arrive: when each buyer stands before her goods, shape (n,), NaN for never.
        point: pickup point of each order, shape (n,).
        points: how many pickup points there are.

    Returns:
        The columns of `spec.COLUMNS`, shape (n,) each.
    """
    n = arrive.shape[0]
    start, end, fen = np.full(n, np.nan), arrive.copy(), np.zeros(n, np.int64)
    env = RankedEnvironment()
    phones = [Phone(env) for _ in range(points)]

    def buyer(i: int) -> Generator[simpy.Event, Any, None]:
        yield env.at(float(arrive[i]), ARRIVE, i)
        phone = phones[point[i]]
        yield from phone.take()
        start[i] = env.now
        refused = float(draws.refused_u[i])
        yield env.at(env.now + rules.check_min(float(draws.check[i]), refused, numbers), DONE, i)
        end[i] = env.now
        fen[i] = rules.worth_fen(refused, numbers)
        phone.give_back()

    for i in range(n):
        if draws.holder_u[i] < numbers.holder_share and not math.isnan(arrive[i]):
            env.process(buyer(i))
    env.run()
    return {"coupon_start_min": start, "coupon_end_min": end, "coupon_fen": fen}
