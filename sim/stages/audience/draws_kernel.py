"""The audience's draws, compiled: one pass over people, a block of Philox for four words."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, kernel
from sim.random_kernel import from_uniform, invert, quantiles, words
from sim.stages.audience import rules

NEVER = math.nan
LOGISTIC = np.int64(5)
"""Code of the law in `from_uniform`."""
TILE = 488
"""Viewers drawn together: their columns stay in the cache; no power of two, else all share one set."""
WORDS = 20
PHASE, PLACE, AGAIN, WAIT, SHORT, STAY, QUIZ, ASK, LATE, LATENCY = range(10)
REACT, AT_ONCE, THINK, ASK_AT, ANSWER, THRESHOLD, STARTUP, FEED = range(10, 18)
"""Which word of a viewer decides what; blocks of four."""


unit = compiled(rules.unit)


@compiled
def arrival(phase, place, again, n):
    """Minutes after the start: in the opening rush, on the push, or exponentially after the opening.

    Arrivals that would miss the show are redrawn uniformly between the opening rush and its end.
    """
    opening = min(n.opening_minutes, n.show_minutes)
    if phase < n.opening_share:
        return place * opening
    if phase < n.opening_share + n.push_share:
        came = n.push_after + place * n.push_minutes
    else:
        came = opening - n.rest_mean * math.log(place)
    if came >= n.show_minutes:
        came = opening + again * (n.show_minutes - opening)
    return came


@kernel
def fill_words(out, seed, replication, purpose, keys):
    """Fill out[i, 4 × block + j]."""
    n, width = out.shape
    w = np.empty((4, TILE), np.uint32)
    for first in range(0, n, TILE):
        size = min(TILE, n - first)
        for block in range(width // 4):
            words(w, seed, replication, purpose, keys, first, size, block)
            for i in range(size):
                for j in range(4):
                    out[first + i, 4 * block + j] = w[j, i]


@kernel
def fill_luck(luck, seed, replication, purpose, keys, n):
    """Fill the record of every viewer, a tile at a time; only the drills need a fifth block."""
    w, u = np.empty((4, TILE), np.uint32), np.empty((WORDS, TILE))
    blocks = np.int64(5) if n.drills else np.int64(4)
    short, long, react, think = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    late, threshold, z = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    for first in range(0, keys.shape[0], TILE):
        size = min(TILE, keys.shape[0] - first)
        for block in range(blocks):
            words(w, seed, replication, purpose, keys, first, size, block)
            for j in range(4):
                for i in range(size):
                    u[4 * block + j, i] = unit(w[j, i])
        invert(short[:size], u[STAY], z, n.short[0], n.short[1], n.short[2])
        invert(long[:size], u[STAY], z, n.long[0], n.long[1], n.long[2])
        invert(react[:size], u[REACT], z, n.react[0], n.react[1], n.react[2])
        invert(think[:size], u[THINK], z, n.think[0], n.think[1], n.think[2])
        invert(threshold[:size], u[THRESHOLD], z, LOGISTIC, 0.0, 1.0)
        quantiles(late, u[LATENCY], size)
        for i in range(size):
            mine = luck[first + i]
            mine["arrive"] = arrival(u[PHASE, i], u[PLACE, i], u[AGAIN, i], n)
            mine["wait"] = u[WAIT, i]
            mine["stay"] = short[i] if u[SHORT, i] < n.short_share else long[i]
            mine["quiz"] = u[QUIZ, i]
            mean = n.late_latency if u[LATE, i] < n.late_share else n.latency
            spread = n.late_latency_sd if u[LATE, i] < n.late_share else n.latency_sd
            mine["latency"] = max(0.0, mean + spread * late[i])
            mine["react"] = react[i]
            mine["think"] = 0.0 if u[AT_ONCE, i] < n.at_once_share else think[i]
            mine["ask"] = u[ASK, i]
            mine["ask_at"] = u[ASK_AT, i]
            mine["answer"] = NEVER
            if u[ASK, i] < n.ask_share:
                mine["answer"] = from_uniform(u[ANSWER, i], n.answer[0], n.answer[1], n.answer[2])
            mine["threshold"] = threshold[i]
            mine["startup"] = u[STARTUP, i] if n.drills else 1.0
            mine["feed"] = u[FEED, i] if n.drills else 1.0
