"""The hall, compiled: from instant to instant, the busy and resting in one heap, the idle in another."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.sorting import rules
from sim.station.heap_kernel import heap_pop, heap_push

work_min = compiled(rules.work_min)
done_min = compiled(rules.done_min)
power_is_off = compiled(rules.power_is_off)

AWAY = np.int64(0)
IDLE = np.int64(1)
BUSY = np.int64(2)
PAUSE = np.int64(3)
ONE = np.int64(1)


@compiled
def _settle(
    w,
    now,
    shift_end,
    next_break,
    break_last,
    break_start,
    break_length,
    state,
    times,
    ranks,
    size,
    idle_keys,
    idle,
    idle_size,
):
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
    """Put (time, rank) in the place of a heap's smallest entry: one way down, not a pop and a push."""
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
def work(
    unit_min,
    night_pace,
    stations,
    power_from,
    power_to,
    shift_end,
    break_first,
    break_start,
    break_length,
    bell_min,
    bell_worker,
    absent,
    pace,
    units,
    noise,
    release,
    cancelled,
    start,
    end,
    who,
    home,
):
    """Work through jobs in queue order; fills start, end, who (a job) and home (a worker's last job done).

    `times`, `ranks` hold whoever is busy or on a break. An idle person called away stays in the heap of idle
    people until it comes up there and is passed over; `ready` counts the others. Most instants are one person
    who puts a job down and takes the next: `called` is when a person is next called away, so that these need
    no more than a look.
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
            ready == 0
            and size > 0
            and now < called[ranks[0]]
            and state[ranks[0]] == BUSY
            and head < jobs
            and release[head] <= now
            and not cancelled[head] <= now
            and (bell == bells or now < bell_min[bell])
            and (size < 2 or now < times[1])
            and (size < 3 or now < times[2])
            and not power_is_off(now, power_from, power_to)
        ):
            w = ranks[0]
            start[head] = now
            end[head] = done_min(
                now, work_min(units[head], unit_min, noise[head], night_pace, pace[w]), power_from, power_to
            )
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
            size, idle_size = _settle(
                w,
                now,
                shift_end,
                next_break,
                break_first,
                break_start,
                break_length,
                state,
                times,
                ranks,
                size,
                idle_keys,
                idle,
                idle_size,
            )
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
            end[head] = done_min(
                now, work_min(units[head], unit_min, noise[head], night_pace, pace[w]), power_from, power_to
            )
            who[head] = w
            state[w] = BUSY
            size = heap_push(times, ranks, size, end[head], w)
            ready -= ONE
            busy += ONE
            head += ONE
    for w in range(workers):
        home[w] = np.nan if absent[w] else max(shift_end[w], home[w])
