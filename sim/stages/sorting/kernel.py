"""Sorting over whole columns, compiled: release, crates, mistakes; the hall itself is in `hall_kernel`."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.orderlog import Table
from sim.stages.sorting import rules
from sim.stages.sorting.hall_kernel import work
from sim.stages.sorting.spec import MOST_LINES, Sorted, SortingDraws, SortingInput, SortingNumbers
from sim.time_order import by_time

listed_min = compiled(rules.listed_min)
release_min = compiled(rules.release_min)

MOST = np.int64(MOST_LINES)


@kernel
def _release(rule, by_sheet, cutoff, close, known, cancelled, community, lines, sheet, release):
    """Fill `release` (n,); NaN for orders not to be sorted, or cancelled before."""
    last = -np.inf
    for i in range(known.shape[0]):
        at_merge = sheet[community[i]] if by_sheet else np.nan
        listed = listed_min(known[i], at_merge, by_sheet, close) if lines[i] > 0 else np.nan
        release[i] = listed
        if listed > last:
            last = listed
    for i in range(known.shape[0]):
        if not np.isnan(release[i]):
            at = release_min(rule, release[i], last, cutoff, close)
            release[i] = np.nan if cancelled[i] <= at else at


@kernel
def _pile(release, point, sku_lines, sku_grams, grams, times):
    """Grams and release of every pile, point × K + SKU."""
    skus = sku_grams.shape[0]
    for i in range(release.shape[0]):
        if np.isnan(release[i]):
            continue
        for k in range(skus):
            if sku_lines[i, k] > 0:
                pile = point[i] * skus + k
                grams[pile] += np.int64(sku_lines[i, k]) * sku_grams[k]
                times[pile] = max(times[pile], release[i])


@kernel
def _complete(release, point, sku_lines, pile_of, job_end, sorted_min, last):
    """An order is sorted with the last crate of its piles; a pile never finished is infinite."""
    skus = sku_lines.shape[1]
    for j in range(pile_of.shape[0]):
        end = np.inf if np.isnan(job_end[j]) else job_end[j]
        last[pile_of[j]] = max(last[pile_of[j]], end)
    for i in range(release.shape[0]):
        if np.isnan(release[i]):
            continue
        end = -np.inf
        for k in range(skus):
            if sku_lines[i, k] > 0:
                end = max(end, last[point[i] * skus + k])
        if end > -np.inf and end < np.inf:
            sorted_min[i] = end


@kernel
def _missorted(sorted_min, lines, error_u, error_by_lines, missorted):
    for i in range(sorted_min.shape[0]):
        missorted[i] = (
            not np.isnan(sorted_min[i]) and error_u[i] < error_by_lines[min(np.int64(lines[i]), MOST)]
        )


def run_sorting(numbers: SortingNumbers, draws: SortingDraws, given: SortingInput) -> Sorted:
    """Sort a night's orders; see `spec.SortingInput` and `spec.Sorted` for shapes and units."""
    n, shifts = numbers, numbers.shifts
    orders = len(given.known_min)
    release = np.empty(orders, np.float64)
    _release(
        n.release_rule, n.by_sheet, n.cutoff_min, n.close_min, given.known_min, given.cancelled_min,
        given.community, given.lines, given.sheet_min, release,
    )  # fmt: skip
    sorted_min = np.full(orders, np.nan)
    if n.by_crate:
        pile, begin, units, noise = _crates(n, draws, given, release)
        cancelled = np.full(len(pile), np.nan)
    else:
        queue = np.flatnonzero(~np.isnan(release))
        queue = queue[by_time(release[queue])]
        begin, cancelled = release[queue], given.cancelled_min[queue]
        units, noise = given.lines[queue].astype(np.int64), draws.noise[queue]
    start, end = np.full(len(begin), np.nan), np.full(len(begin), np.nan)
    who, home = np.full(len(begin), -1, np.int32), np.full(len(shifts.key), -np.inf)
    work(
        n.unit_min, draws.night_pace, n.stations, n.power_from_min, n.power_to_min, shifts.end,
        shifts.break_first, shifts.break_start, shifts.break_length, shifts.bell_min, shifts.bell_worker,
        draws.absent, draws.pace, units, noise, begin, cancelled, start, end, who, home,
    )  # fmt: skip
    if n.by_crate:
        _complete(
            release, given.point, given.sku_lines, pile, end, sorted_min, np.full(len(draws.noise), -np.inf)
        )
    else:
        sorted_min[queue] = end
    missorted = np.empty(orders, np.bool_)
    _missorted(sorted_min, given.lines, draws.error_u, n.error_by_lines, missorted)
    skus = len(given.sku_grams)
    jobs: Table = {
        "job": np.arange(len(begin), dtype=np.int64),
        "order": np.full(len(begin), -1, np.int64) if n.by_crate else queue.astype(np.int64),
        "community": (pile // skus).astype(np.int32) if n.by_crate else given.point[queue].astype(np.int32),
        "sku": (pile % skus).astype(np.int16) if n.by_crate else np.full(len(begin), -1, np.int16),
        "release_min": begin,
        "start_min": start,
        "end_min": end,
        "worker": who,
    }
    people: Table = {
        "worker": np.arange(len(shifts.key), dtype=np.int32),
        "team": shifts.team.copy(),
        "start_min": np.where(draws.absent, np.nan, shifts.start),
        "end_min": home,
        "absent": draws.absent.copy(),
        "pace": draws.pace.copy(),
    }
    return Sorted(release, sorted_min, missorted, jobs, people)


def _crates(n, draws, given, release):
    """Piles (jobs,), release, units and noise of all crates in queue order."""
    skus, points = len(given.sku_grams), len(given.point_rank)
    grams, times = np.zeros(points * skus, np.int64), np.full(points * skus, -np.inf)
    _pile(release, given.point, given.sku_lines, given.sku_grams, grams, times)
    loading = np.argsort(given.point_rank, kind="stable")
    piles = (loading[:, None] * skus + np.arange(skus)).ravel()
    piles = piles[grams[piles] > 0]
    piles = piles[by_time(times[piles])]
    pile = np.repeat(piles, rules.crates_of(grams[piles], n.crate_grams))
    return pile, times[pile], np.ones(len(pile), np.int64), draws.noise[pile]
