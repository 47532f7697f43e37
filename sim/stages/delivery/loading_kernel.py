"""Loading, compiled: which orders stand ready for which route, and what a van takes of an errand."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.sorting import rules

crates_of = compiled(rules.crates_of)

ONE = np.int64(1)
NONE = np.int64(-1)


@kernel
def by_route(points, first, where, goes, sorted_min, load_by, route_of, begin, ready, errand):
    """Orders that can be brought, grouped by route in order of id, and when each route may be loaded.

    Fills route_of (P,), begin (V+1,), ready (V,; NaN without goods), errand (n,; −1 is not to be brought).
    """
    routes = load_by.shape[0]
    for r in range(routes):
        for s in range(first[r], first[r + 1]):
            route_of[points[s]] = r
        ready[r] = -np.inf
    hopeless = np.zeros(routes, np.bool_)
    for i in range(goes.shape[0]):
        r = route_of[where[i]]
        errand[i] = NONE
        if not goes[i] or r < 0:
            continue
        if np.isnan(sorted_min[i]):
            hopeless[r] = True
            continue
        errand[i] = r
        begin[r + ONE] += ONE
        ready[r] = max(ready[r], sorted_min[i])
    for r in range(routes):
        if begin[r + 1] == 0:
            ready[r] = np.nan
        else:
            ready[r] = load_by[r] if hopeless[r] else min(ready[r], load_by[r])
    for r in range(routes):
        begin[r + 1] += begin[r]
    fill = begin[:-1].copy()
    grouped = np.empty(begin[routes], np.int64)
    for i in range(goes.shape[0]):
        r = errand[i]
        if r >= 0:
            grouped[fill[r]] = i
            fill[r] += ONE
    return grouped


@compiled
def load_up(
    e, all_sorted, least, aboard, start, payload, room, mine, errand, where, grams, sorted_min, by_sku,
    sku_lines, sku_grams, crate_grams, piles, crates, weight, count,
):  # fmt: skip
    """Load the orders of errand e among `mine` (one route's, by id) that are sorted at `start` and fit.

    They become errand `aboard`, those not sorted yet `aboard` + 1, those that do not fit stay. Where all of
    the errand is sorted, no one looks further once not even the lightest order, of `least` grams, could fit.
    Fills piles, crates, weight and count by point; returns grams, crates, the first order of each, when the
    late are sorted, and how far was looked.
    """
    kinds = sku_grams.shape[0]
    load_grams = load_crates = np.int64(0)
    first_aboard = first_over = first_late = NONE
    late_ready = -np.inf
    looked = mine.shape[0]
    for j in range(mine.shape[0]):
        i = mine[j]
        if errand[i] != e:
            continue
        if all_sorted and load_grams + least > payload:
            first_over = i if first_over < 0 else first_over
            looked = j
            break
        if sorted_min[i] > start:
            errand[i] = aboard + 1
            late_ready = max(late_ready, sorted_min[i])
            first_late = i if first_late < 0 else first_late
            continue
        p = where[i]
        more = np.int64(0)
        if not by_sku:
            more = crates_of(piles[p, 0] + grams[i], crate_grams) - crates_of(piles[p, 0], crate_grams)
        else:
            for k in range(kinds):
                pile = piles[p, k]
                full = pile + np.int64(sku_lines[i, k]) * sku_grams[k]
                more += crates_of(full, crate_grams) - crates_of(pile, crate_grams)
        fits = load_grams + grams[i] <= payload and load_crates + more <= room
        if not fits:
            first_over = i if first_over < 0 else first_over
            continue
        if not by_sku:
            piles[p, 0] += grams[i]
        else:
            for k in range(kinds):
                piles[p, k] += np.int64(sku_lines[i, k]) * sku_grams[k]
        crates[p] += more
        weight[p] += grams[i]
        count[p] += ONE
        load_grams += grams[i]
        load_crates += more
        errand[i] = aboard
        first_aboard = i if first_aboard < 0 else first_aboard
    return load_grams, load_crates, first_aboard, first_over, first_late, late_ready, looked
