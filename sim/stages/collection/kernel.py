"""Collection and cold chain, compiled: columns in, columns out."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.order_kernel import by_group
from sim.stages.collection import rules
from sim.stages.collection.flow import Cold, ColdInput, Coming, ComingInput
from sim.stages.collection.spec import CollectionDraws, CollectionNumbers
from sim.time_order import by_time

coming_min = compiled(rules.coming_min)
within_opening = compiled(rules.within_opening)
above_limit_min = compiled(rules.above_limit_min)
spoils = compiled(rules.spoils)


@kernel
def _come(
    n,
    part_u,
    place_u,
    vague_u,
    back,
    buyer,
    at_point,
    point,
    opens,
    closes,
    desk_opens,
    desk_closes,
    came,
    arrive,
    wasted,
):
    for i in range(at_point.shape[0]):
        if not buyer[i]:
            continue
        open_min = opens[point[i]]
        close_min = closes[point[i]]
        wish = coming_min(part_u[i], place_u[i], n)
        first = within_opening(wish, open_min, close_min, desk_opens, desk_closes)
        if first == np.inf:
            continue
        came[i] = first
        goods = at_point[i]
        if vague_u[i] < n.vague_share:
            wasted[i] += 1
        stands = first
        if not goods <= first + n.wait_max:
            wasted[i] += 1
            if goods != goods:
                continue
            stands = within_opening(back[i], open_min, close_min, desk_opens, desk_closes)
            if goods > stands + n.wait_max:
                continue
        if goods > stands:
            stands = within_opening(goods, open_min, close_min, desk_opens, desk_closes)
        if stands != np.inf:
            arrive[i] = stands


def run_coming(numbers: CollectionNumbers, draws: CollectionDraws, given: ComingInput) -> Coming:
    """When each buyer comes and stands before her goods; see `story.run_coming`."""
    out = Coming.nobody(given.at_point.shape[0])
    _come(numbers, draws.part_u, draws.place_u, draws.vague_u, draws.back_min, *given, *out)
    return out


@compiled
def leftmost_fitting(tree, half, free):
    """Position of the first leaf not heavier than `free`, or -1."""
    if tree[1] > free:
        return np.int64(-1)
    node = np.int64(1)
    while node < half:
        node *= 2
        if tree[node] > free:
            node += 1
    return node - half


@compiled
def put(tree, half, position, grams):
    """Set a leaf of the tournament tree and mend its ancestors."""
    node = position + half
    tree[node] = grams
    node //= 2
    while node >= 1:
        tree[node] = min(tree[2 * node], tree[2 * node + 1])
        node //= 2


HEAVY = np.int64(2**62)


@kernel
def _keep(
    n,
    members,
    first,
    by_unload,
    by_collect,
    at_point,
    warm_from,
    collected,
    grams,
    room,
    closes,
    notice_u,
    cold,
    above,
    spoiled,
    noticed,
    never,
):
    """One point after another: `members` lists orders by point and id, `first` where each point begins."""
    position = np.empty(at_point.shape[0], np.int64)
    inside = np.zeros(at_point.shape[0], np.bool_)
    until = np.empty(at_point.shape[0], np.float64)
    for p in range(first.shape[0] - 1):
        lo, hi = first[p], first[p + 1]
        if lo == hi:
            continue
        half = np.int64(1)
        while half < hi - lo:
            half *= 2
        tree = np.full(2 * half, HEAVY, np.int64)
        for k in range(lo, hi):
            position[members[k]] = k - lo
            until[members[k]] = np.inf
        free = room[p]
        u = lo
        for c in range(lo, hi + 1):
            leaves = collected[by_collect[c]] if c < hi else np.inf
            if leaves != leaves:
                leaves = np.inf
            while u < hi and at_point[by_unload[u]] <= leaves:
                i = by_unload[u]
                if grams[i] <= free:
                    free -= grams[i]
                    inside[i] = True
                    cold[i] = 0
                    until[i] = at_point[i]
                else:
                    cold[i] = 1
                    put(tree, half, position[i], grams[i])
                u += 1
            if leaves == np.inf:
                break
            i = by_collect[c]
            if not inside[i]:
                put(tree, half, position[i], HEAVY)
                continue
            free += grams[i]
            inside[i] = False
            k = leftmost_fitting(tree, half, free)
            while k >= 0:
                j = members[lo + k]
                put(tree, half, k, HEAVY)
                free -= grams[j]
                inside[j] = True
                cold[j] = 2
                until[j] = leaves
                k = leftmost_fitting(tree, half, free)
        for k in range(lo, hi):
            i = members[k]
            left = collected[i] if collected[i] == collected[i] else np.inf
            never[i] = left == np.inf
            if cold[i] != 0:
                above[i] = above_limit_min(warm_from[i], min(left, until[i], closes[p]), n.hold)
            spoiled[i] = spoils(above[i], n.limit, never[i])
            noticed[i] = spoiled[i] and notice_u[i] < n.notice_share


def run_cold(numbers: CollectionNumbers, draws: CollectionDraws, given: ColdInput) -> Cold:
    """Which orders stayed cold; see `story.run_cold`."""
    at_point, collected, points = given.at_point, given.collected, given.room.shape[0]
    out = Cold.nothing(at_point.shape[0])
    there = np.flatnonzero(at_point == at_point)
    members, first = by_group(given.point, there, points)
    by_unload, _ = by_group(given.point, there[by_time(at_point[there])], points)
    by_collect, _ = by_group(given.point, there[by_time(collected[there])], points)
    _keep(
        numbers,
        members,
        first,
        by_unload,
        by_collect,
        at_point,
        given.warm_from,
        collected,
        given.grams,
        given.room,
        given.closes,
        draws.notice_u,
        *out,
    )
    return out
