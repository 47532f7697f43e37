"""Positions by group for kernels: a counting sort, which keeps the order within a group."""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel


@kernel
def _count(group, chosen, first, order):
    for i in chosen:
        first[group[i] + 1] += 1
    for g in range(first.shape[0] - 1):
        first[g + 1] += first[g]
    place = first[:-1].copy()
    for i in chosen:
        order[place[group[i]]] = i
        place[group[i]] += 1


def by_group(group, chosen, groups):
    """The `chosen` positions by `group`, keeping their order; and where each group begins, (groups + 1,)."""
    first = np.zeros(groups + 1, np.int64)
    order = np.empty(chosen.shape[0], np.int64)
    _count(group, chosen, first, order)
    return order, first
