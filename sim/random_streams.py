"""All chance, keyed: (seed, replication, purpose, entity, attempt) → a number, whatever else is drawn.

A draw depends on nothing but its key, so it never changes when a parameter does, and two scenarios share
their luck (common random numbers). Generator: Philox4x32-10 (Salmon et al., Parallel random numbers: as
easy as 1, 2, 3, SC'11), counter = (entity low, entity high, attempt // 2, purpose), key = (seed,
replication).
"""

from __future__ import annotations

import math
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.laws import Law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Entities = NDArray[np.int64]
    Floats = NDArray[np.float64]


@cache
def purpose_code(purpose: str) -> int:
    """The 32-bit number of a purpose: CRC-32 of its name, so adding a purpose renumbers nothing."""
    return zlib.crc32(purpose.encode())


def law_numbers(law: Law, scale: float = 1.0) -> tuple[int, float, float]:
    """A law as (code, a, b) in units multiplied by `scale`: what the drawing kernel reads."""
    if law.constant is not None:
        return 0, law.constant * scale, 0.0
    if law.uniform is not None:
        return 1, law.uniform.low * scale, law.uniform.high * scale
    if law.exponential is not None:
        return 2, law.exponential.mean * scale, 0.0
    if law.lognormal is not None:
        return 3, math.log(law.lognormal.median * scale), law.lognormal.sigma
    assert law.lognormal_mean is not None
    sigma = law.lognormal_mean.sigma
    return 3, math.log(law.lognormal_mean.mean * scale) - 0.5 * sigma * sigma, sigma


@cache
def _kernels() -> Any:
    """The compiled part, loaded when the first number is drawn: reading a scenario needs none."""
    from sim import random_kernel

    return random_kernel


class Streams:
    """The random numbers of one replication.

    Every method takes `entity`, int64 (n,), and returns (n,) or, with `attempts`, (n, attempts).
    """

    def __init__(self, seed: int, replication: int) -> None:
        if not (0 <= seed < 2**32 and 0 <= replication < 2**32):
            raise ValueError("seed and replication must be from 0 to 4294967295")
        self.seed = np.uint64(seed)
        self.replication = np.uint64(replication)

    def uniform(self, purpose: str, entity: Entities, attempts: int | None = None) -> Floats:
        """Uniform on the open interval (0, 1), 53 bits."""
        return self._fill(purpose, entity, attempts, 1, 0.0, 1.0)

    def normal(self, purpose: str, entity: Entities, attempts: int | None = None) -> Floats:
        """Standard normal by inversion (Wichura, AS 241)."""
        return self._fill(purpose, entity, attempts, 4, 0.0, 1.0)

    def logistic(self, purpose: str, entity: Entities, attempts: int | None = None) -> Floats:
        """Standard logistic, ln(u / (1 − u)): the threshold a linear score is compared with."""
        return self._fill(purpose, entity, attempts, 5, 0.0, 1.0)

    def draw(
        self, purpose: str, entity: Entities, law: Law, *, scale: float = 1.0, attempts: int | None = None
    ) -> Floats:
        """A number from `law`, multiplied by `scale` (1/60 turns seconds into minutes)."""
        code, a, b = law_numbers(law, scale)
        return self._fill(purpose, entity, attempts, code, a, b)

    def poisson(self, purpose: str, entity: Entities, mean: float) -> NDArray[np.int64]:
        """Poisson counts by inversion, for means up to a few hundred."""
        out = np.empty(entity.shape[0], np.int64)
        _kernels().fill_poisson(
            out, self.seed, self.replication, np.uint64(purpose_code(purpose)), entity, mean
        )
        return out

    def _fill(
        self, purpose: str, entity: Entities, attempts: int | None, code: int, a: float, b: float
    ) -> Floats:
        width = 1 if attempts is None else attempts
        out = np.empty((entity.shape[0], width), np.float64)
        _kernels().fill(
            out, self.seed, self.replication, np.uint64(purpose_code(purpose)), entity, code, a, b
        )
        return out[:, 0] if attempts is None else out
