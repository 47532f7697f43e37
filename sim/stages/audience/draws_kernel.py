"""The audience's draws, compiled: one pass over people, a block of Philox for four words."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, kernel
from sim.random_kernel import LOW, S32, from_uniform, normal_quantile, philox
from sim.stages.audience import rules

NEVER = math.nan
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


@compiled
def fill_law(out, u, law):
    """Inversion of a column by a law given as (code, a, b)."""
    code, a, b = law
    for i in range(u.shape[0]):
        out[i] = from_uniform(u[i], code, a, b)


@kernel
def fill_words(words, seed, replication, purpose, keys):
    """Fill words[i, 4 × block + j]."""
    n, width = words.shape
    for i in range(n):
        low = np.uint64(keys[i]) & LOW
        high = np.uint64(keys[i]) >> S32
        for block in range(width // 4):
            w0, w1, w2, w3 = philox(low, high, np.uint64(block), purpose, seed, replication)
            words[i, 4 * block] = w0
            words[i, 4 * block + 1] = w1
            words[i, 4 * block + 2] = w2
            words[i, 4 * block + 3] = w3


@kernel
def fill_luck(luck, seed, replication, purpose, keys, n):
    """Fill the record of every viewer, a tile at a time; only the drills need a fifth block."""
    u = np.empty((WORDS, TILE))
    blocks = np.int64(5) if n.drills else np.int64(4)
    short, long, react, think = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    for first in range(0, keys.shape[0], TILE):
        size = min(TILE, keys.shape[0] - first)
        fill_uniforms(u, keys[first : first + size], seed, replication, purpose, blocks)
        fill_law(short[:size], u[STAY, :size], n.short)
        fill_law(long[:size], u[STAY, :size], n.long)
        fill_law(react[:size], u[REACT, :size], n.react)
        fill_law(think[:size], u[THINK, :size], n.think)
        for i in range(size):
            mine = luck[first + i]
            mine["arrive"] = arrival(u[PHASE, i], u[PLACE, i], u[AGAIN, i], n)
            mine["wait"] = u[WAIT, i]
            mine["stay"] = short[i] if u[SHORT, i] < n.short_share else long[i]
            mine["quiz"] = u[QUIZ, i]
            late = u[LATE, i] < n.late_share
            mean = n.late_latency if late else n.latency
            spread = n.late_latency_sd if late else n.latency_sd
            mine["latency"] = max(0.0, mean + spread * normal_quantile(u[LATENCY, i]))
            mine["react"] = react[i]
            mine["think"] = 0.0 if u[AT_ONCE, i] < n.at_once_share else think[i]
            mine["ask"] = u[ASK, i]
            mine["ask_at"] = u[ASK_AT, i]
            mine["answer"] = NEVER
            if u[ASK, i] < n.ask_share:
                mine["answer"] = from_uniform(u[ANSWER, i], n.answer[0], n.answer[1], n.answer[2])
            mine["threshold"] = math.log(u[THRESHOLD, i] / (1.0 - u[THRESHOLD, i]))
            mine["startup"] = u[STARTUP, i] if n.drills else 1.0
            mine["feed"] = u[FEED, i] if n.drills else 1.0


@compiled
def fill_uniforms(u, keys, seed, replication, purpose, blocks):
    """u[4 × block + j, i]: the uniforms of each viewer of a tile."""
    for i in range(keys.shape[0]):
        low = np.uint64(keys[i]) & LOW
        high = np.uint64(keys[i]) >> S32
        for block in range(blocks):
            w0, w1, w2, w3 = philox(low, high, np.uint64(block), purpose, seed, replication)
            u[4 * block, i] = unit(w0)
            u[4 * block + 1, i] = unit(w1)
            u[4 * block + 2, i] = unit(w2)
            u[4 * block + 3, i] = unit(w3)
