"""The audience's draws, compiled: one pass over people, a block of Philox for four words."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, kernel
from sim.random_kernel import LOW, S32, from_uniform, normal_quantile, philox
from sim.stages.audience import rules

NEVER = math.nan


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
def from_law(law, u):
    """Inversion of a law given as (code, a, b)."""
    return from_uniform(u, law[0], law[1], law[2])


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
    """Fill the record of every viewer; the fifth block is only drawn for drills, which alone read it."""
    for i in range(luck.shape[0]):
        low = np.uint64(keys[i]) & LOW
        high = np.uint64(keys[i]) >> S32
        mine = luck[i]
        phase, place, again, wait = philox(low, high, np.uint64(0), purpose, seed, replication)
        mine["arrive"] = arrival(unit(phase), unit(place), unit(again), n)
        mine["wait"] = unit(wait)
        short, stay, quiz, ask = philox(low, high, np.uint64(1), purpose, seed, replication)
        mine["stay"] = from_law(n.short if unit(short) < n.short_share else n.long, unit(stay))
        mine["quiz"] = unit(quiz)
        mine["ask"] = unit(ask)
        late, latency, react, thinks = philox(low, high, np.uint64(2), purpose, seed, replication)
        z = normal_quantile(unit(latency))
        if unit(late) < n.late_share:
            mine["latency"] = max(0.0, n.late_latency + n.late_latency_sd * z)
        else:
            mine["latency"] = max(0.0, n.latency + n.latency_sd * z)
        mine["react"] = from_law(n.react, unit(react))
        think, ask_at, answer, threshold = philox(low, high, np.uint64(3), purpose, seed, replication)
        mine["think"] = 0.0 if unit(thinks) < n.at_once_share else from_law(n.think, unit(think))
        mine["ask_at"] = unit(ask_at)
        mine["answer"] = from_law(n.answer, unit(answer)) if unit(ask) < n.ask_share else NEVER
        u = unit(threshold)
        mine["threshold"] = math.log(u / (1.0 - u))
        mine["startup"] = 1.0
        mine["feed"] = 1.0
        if n.drills:
            startup, feed, _, _ = philox(low, high, np.uint64(4), purpose, seed, replication)
            mine["startup"] = unit(startup)
            mine["feed"] = unit(feed)
