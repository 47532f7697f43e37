"""Baskets drawn, compiled."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import kernel
from sim.random_kernel import LOW, S32, philox, unit_interval

MOST_MORE = 1000
"""Further lines of one basket end here; at a mean of 20 nobody gets near."""


@kernel
def fill_basket(out, seed, replication, purpose, keys, more_mean, bounds):
    """Count the lines of each basket by product; block 0 is their number, each later block two products."""
    start = math.exp(-more_mean)
    last = bounds.shape[0] - 1
    for i in range(out.shape[0]):
        low = np.uint64(keys[i]) & LOW
        high = np.uint64(keys[i]) >> S32
        w0, w1, w2, w3 = philox(low, high, np.uint64(0), purpose, seed, replication)
        u = unit_interval(w0, w1)
        lines = 1
        mass = start
        total = mass
        while u > total and lines <= MOST_MORE:
            mass *= more_mean / lines
            total += mass
            lines += 1
        for line in range(lines):
            if line == 0:
                v = unit_interval(w2, w3)
            elif line % 2 == 1:
                w0, w1, w2, w3 = philox(low, high, np.uint64(line // 2 + 1), purpose, seed, replication)
                v = unit_interval(w0, w1)
            else:
                v = unit_interval(w2, w3)
            k = 0
            while k < last and v >= bounds[k]:
                k += 1
            out[i, k] += 1
