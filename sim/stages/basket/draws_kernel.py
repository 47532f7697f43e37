"""Baskets drawn, compiled."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, kernel
from sim.random_kernel import BLOCK, LOW, S32, intervals_of, philox, unit_interval, words

MOST_MORE = 1000
"""Further lines of one basket end here; at a mean of 20 nobody gets near."""


@compiled
def lines_of(u, start, more_mean):
    """One line, and Poisson many more, by inversion."""
    lines = 1
    mass = start
    total = mass
    while u > total and lines <= MOST_MORE:
        mass *= more_mean / lines
        total += mass
        lines += 1
    return lines


@compiled
def product_of(v, bounds):
    """The first product whose bound lies above v: a count, for no branch predictor guesses a taste."""
    product = 0
    for k in range(bounds.shape[0] - 1):
        product += v >= bounds[k]
    return product


@kernel
def fill_basket(out, seed, replication, purpose, keys, more_mean, bounds):
    """Count the lines of each basket by product; block 0 is their number, each later block two products."""
    start = math.exp(-more_mean)
    w = np.empty((4, BLOCK), np.uint32)
    many, first, second, third = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    for begin in range(0, out.shape[0], BLOCK):
        size = min(BLOCK, out.shape[0] - begin)
        words(w, seed, replication, purpose, keys, begin, size, 0)
        intervals_of(many, w[0], w[1], size)
        intervals_of(first, w[2], w[3], size)
        words(w, seed, replication, purpose, keys, begin, size, 1)
        intervals_of(second, w[0], w[1], size)
        intervals_of(third, w[2], w[3], size)
        for i in range(size):
            lines = lines_of(many[i], start, more_mean)
            out[begin + i, product_of(first[i], bounds)] += 1
            if lines > 1:
                out[begin + i, product_of(second[i], bounds)] += 1
            if lines > 2:
                out[begin + i, product_of(third[i], bounds)] += 1
            if lines > 3:
                add_lines(out[begin + i], lines, seed, replication, purpose, keys[begin + i], bounds)


@compiled
def add_lines(basket, lines, seed, replication, purpose, key, bounds):
    """The few baskets' lines from the fourth on."""
    low = np.uint64(key) & LOW
    high = np.uint64(key) >> S32
    for line in range(3, lines, 2):
        w0, w1, w2, w3 = philox(low, high, np.uint64(line // 2 + 1), purpose, seed, replication)
        basket[product_of(unit_interval(w0, w1), bounds)] += 1
        if line + 1 < lines:
            basket[product_of(unit_interval(w2, w3), bounds)] += 1
