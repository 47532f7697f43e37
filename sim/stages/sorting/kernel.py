"""Sorting over whole columns, compiled: one pass from instant to instant, people in heaps."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.sorting import rules
from sim.stages.sorting.spec import MOST_LINES, Sorted
from sim.station.heap_kernel import heap_pop, heap_push

listed_min = compiled(rules.listed_min)
release_min = compiled(rules.release_min)
work_min = compiled(rules.work_min)
done_min = compiled(rules.done_min)
power_is_off = compiled(rules.power_is_off)

AWAY = np.int64(0)
IDLE = np.int64(1)
BUSY = np.int64(2)
PAUSE = np.int64(3)
ONE = np.int64(1)
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


@compiled
def _settle(w, now, shift_end, next_break, break_last, break_start, break_length, state, times, ranks, size, idle_keys, idle, idle_size):
    """Someone without a job at `now` goes on a due break, home, or stands ready; returns heap sizes."""
    if now >= shift_end[w]:
        state[w] = AWAY
    elif next_break[w] < break_last[w + ONE] and break_start[next_break[w]] <= now:
        size = heap_push(times, ranks, size, now + break_length[next_break[w]], w)
        next_break[w] += ONE
        state[w] = PAUSE
    elif state[w] != IDLE:
        state[w] = IDLE
        idle_size = heap_push(idle_keys, idle, idle_size, np.float64(w), w)
    return size, idle_size


@compiled
def _replace_first(times, ranks, size, time, rank):
    """Put (time, rank) in the place of the smallest entry of a heap: one way down instead of a pop and a push."""
    place, child = size - size, ONE
    while child < size:
        right = child + ONE
        if right < size and (
            times[right] < times[child] or (times[right] == times[child] and ranks[right] < ranks[child])
        ):
            child = right
        if time < times[child] or (time == times[child] and rank <= ranks[child]):
            break
        times[place] = times[child]
        ranks[place] = ranks[child]
        place = child
        child = place + place + ONE
    times[place] = time
    ranks[place] = rank


@kernel
def _work(
    unit_min, night_pace, stations, power_from, power_to, shift_end, break_first, break_start, break_length,
    bell_min, bell_worker, absent, pace, units, noise, release, cancelled, start, end, who, home,
):
    """Work through jobs in queue order; fills start, end, who (a job) and home (a worker's last job done).

    `times`, `ranks` hold whoever is busy or on a break. An idle person called away stays in the heap of idle people
    until it comes up there and is passed over; `ready` counts the others. Most instants are one person who puts a job
    down and takes the next: `called` is when a person is next called away, so that these need no more than a look.
    """
    jobs, workers, bells = release.shape[0], absent.shape[0], bell_min.shape[0]
    state = np.zeros(workers, np.int64)
    next_break = break_first[:-1].copy()
    called = shift_end.copy()
    for w in range(workers):
        if break_first[w] < break_first[w + 1]:
            called[w] = min(called[w], break_start[break_first[w]])
    times, ranks = np.empty(workers + 1, np.float64), np.empty(workers + 1, np.int64)
    idle_keys, idle = np.empty(workers + bells + 1, np.float64), np.empty(workers + bells + 1, np.int64)
    size = idle_size = ready = busy = head = bell = np.int64(0)
    clock = -np.inf
    while head < jobs or busy > 0:
        now = times[0] if size > 0 else np.inf
        if bell < bells:
            now = min(now, bell_min[bell])
        if head < jobs and ready > 0 and busy < stations:
            now = min(now, power_to if power_is_off(clock, power_from, power_to) else release[head])
        if now == np.inf:
            break
        clock = now
        if (
            ready == 0 and size > 0 and now < called[ranks[0]] and state[ranks[0]] == BUSY and head < jobs
            and release[head] <= now and not cancelled[head] <= now and (bell == bells or now < bell_min[bell])
            and (size < 2 or now < times[1]) and (size < 3 or now < times[2])
            and not power_is_off(now, power_from, power_to)
        ):
            w = ranks[0]
            start[head] = now
            end[head] = done_min(now, work_min(units[head], unit_min, noise[head], night_pace, pace[w]), power_from, power_to)
            who[head] = w
            home[w] = now
            _replace_first(times, ranks, size, end[head], w)
            head += ONE
            continue
        while (size > 0 and times[0] == now) or (bell < bells and bell_min[bell] == now):
            if size > 0 and times[0] == now:
                _, w, size = heap_pop(times, ranks, size)
                if state[w] == BUSY:
                    busy -= ONE
                    home[w] = now
            else:
                w = bell_worker[bell]
                bell += ONE
                if absent[w] or state[w] == BUSY or state[w] == PAUSE:
                    continue
            if state[w] == IDLE:
                ready -= ONE
            if now < called[w] and state[w] == BUSY:
                state[w] = IDLE
                idle_size = heap_push(idle_keys, idle, idle_size, np.float64(w), w)
                ready += ONE
                continue
            size, idle_size = _settle(w, now, shift_end, next_break, break_first, break_start, break_length, state, times, ranks, size, idle_keys, idle, idle_size)
            if state[w] == IDLE:
                ready += ONE
            called[w] = shift_end[w]
            if next_break[w] < break_first[w + ONE]:
                called[w] = min(called[w], break_start[next_break[w]])
        if power_is_off(now, power_from, power_to):
            continue
        while head < jobs and release[head] <= now and ready > 0 and busy < stations:
            if cancelled[head] <= now:
                head += ONE
                continue
            _, w, idle_size = heap_pop(idle_keys, idle, idle_size)
            if state[w] != IDLE:
                continue
            start[head] = now
            end[head] = done_min(now, work_min(units[head], unit_min, noise[head], night_pace, pace[w]), power_from, power_to)
            who[head] = w
            state[w] = BUSY
            size = heap_push(times, ranks, size, end[head], w)
            ready -= ONE
            busy += ONE
            head += ONE
    for w in range(workers):
        home[w] = np.nan if absent[w] else max(shift_end[w], home[w])


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
    """An order is sorted with the last crate of the piles it draws from; a pile never finished is infinite."""
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
        missorted[i] = not np.isnan(sorted_min[i]) and error_u[i] < error_by_lines[min(np.int64(lines[i]), MOST)]


def queue_order(release):
    """Positions by (release, position): the quick sort where no two are equal, else the stable one."""
    order = np.argsort(release)
    times = release[order]
    return np.argsort(release, kind="stable") if (times[1:] == times[:-1]).any() else order


def run_sorting(numbers, draws, given):
    """Sort a night's orders; see `spec.SortingInput` and `spec.Sorted` for shapes and units."""
    n, shifts = numbers, numbers.shifts
    orders = len(given.known_min)
    release = np.empty(orders, np.float64)
    _release(n.release_rule, n.by_sheet, n.cutoff_min, n.close_min, given.known_min, given.cancelled_min, given.community, given.lines, given.sheet_min, release)
    sorted_min = np.full(orders, np.nan)
    if n.by_crate:
        pile, begin, units, noise = _crates(n, draws, given, release)
        cancelled = np.full(len(pile), np.nan)
    else:
        queue = np.flatnonzero(~np.isnan(release))
        queue = queue[queue_order(release[queue])]
        begin, cancelled = release[queue], given.cancelled_min[queue]
        units, noise = given.lines[queue].astype(np.int64), draws.noise[queue]
    start, end = np.full(len(begin), np.nan), np.full(len(begin), np.nan)
    who, home = np.full(len(begin), -1, np.int32), np.full(len(shifts.key), -np.inf)
    _work(
        n.unit_min, draws.night_pace, n.stations, n.power_from_min, n.power_to_min, shifts.end, shifts.break_first,
        shifts.break_start, shifts.break_length, shifts.bell_min, shifts.bell_worker, draws.absent, draws.pace,
        units, noise, begin, cancelled, start, end, who, home,
    )
    if n.by_crate:
        _complete(release, given.point, given.sku_lines, pile, end, sorted_min, np.full(len(draws.noise), -np.inf))
    else:
        sorted_min[queue] = end
    missorted = np.empty(orders, np.bool_)
    _missorted(sorted_min, given.lines, draws.error_u, n.error_by_lines, missorted)
    skus = len(given.sku_grams)
    jobs = {
        "job": np.arange(len(begin), dtype=np.int64),
        "order": np.full(len(begin), -1, np.int64) if n.by_crate else queue.astype(np.int64),
        "community": (pile // skus).astype(np.int32) if n.by_crate else given.point[queue].astype(np.int32),
        "sku": (pile % skus).astype(np.int16) if n.by_crate else np.full(len(begin), -1, np.int16),
        "release_min": begin,
        "start_min": start,
        "end_min": end,
        "worker": who,
    }
    people = {
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
    piles = piles[np.argsort(times[piles], kind="stable")]
    pile = np.repeat(piles, rules.crates_of(grams[piles], n.crate_grams))
    return pile, times[pile], np.ones(len(pile), np.int64), draws.noise[pile]
