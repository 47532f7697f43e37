"""All chance of the desk, drawn before the engine starts and keyed to the order or the community."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.stages.leader_desk.leaders import LeadersParams, leader_absent
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.spec import LeaderDeskParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.carried import Carried
    from sim.random_streams import Streams

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST = 20
"""Bits for the running number within a community and day."""


class DeskDraws(NamedTuple):
    """Chance by order (n,), by community (c,) or by small job. Minutes; `_luck` is uniform on (0, 1)."""

    absent: NDArray[np.bool_]
    """(c,) leader away on the event day."""
    other_leader: Ints
    other_at: Floats
    """Other brands' orders of both days."""
    chat_leader: Ints
    chat_at: Floats
    chat_work: Floats
    register_work: Floats
    """(n,) by hand, empty with a system, as the next six."""
    chase_luck: Floats
    late_luck: Floats
    late_after: Floats
    mistake_luck: Floats
    forget_luck: Floats
    ask_after: Floats
    """(n, asks) minutes after the reply at which a buyer still waiting asks again; rising, inf = never."""
    complaint_luck: Floats
    complaint_after: Floats
    complaint_work: Floats
    follow_after: Floats
    """(n,) minutes from hand-over to a ticket for the leader, inf = none; set with `with_tickets`."""
    follow_work: Floats


def at_open_hours(luck: Floats, opens: Floats, closes: Floats) -> Floats:
    """Spread uniforms `luck` evenly over the hours [opens, closes), of which there is at least one window."""
    lengths = closes - opens
    ends = np.cumsum(lengths)
    passed = luck * ends[-1]
    window = np.minimum(np.searchsorted(ends, passed, side="right"), len(ends) - 1)
    return np.minimum(  # type: ignore[no-any-return]  # an array of floats
        opens[window] + (passed - (ends - lengths)[window]), np.nextafter(closes[window], 0.0)
    )


def small_jobs(
    streams: Streams, purpose: str, communities: int, per_day: tuple[float, float], numbers: DeskNumbers
) -> tuple[Ints, Floats, Ints]:
    """Poisson jobs of each leader on both days, uniform over the open hours: (leader, minute, key)."""
    leaders, times, keys = [], [], []
    for day, (opens, closes) in enumerate(
        ((numbers.d0_opens, numbers.d0_closes), (numbers.d1_opens, numbers.d1_closes))
    ):
        if len(opens) == 0 or per_day[day] <= 0.0:
            continue
        place = np.arange(communities, dtype=np.int64) * 2 + day
        counts = streams.poisson(purpose, place, per_day[day])
        first = np.cumsum(counts) - counts
        key = np.repeat(place << _MOST, counts) | (np.arange(int(counts.sum())) - np.repeat(first, counts))
        leaders.append(np.repeat(place >> 1, counts))
        times.append(at_open_hours(streams.uniform(f"{purpose}.when", key), opens, closes))
        keys.append(key)
    if not leaders:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
    return np.concatenate(leaders), np.concatenate(times), np.concatenate(keys)


def ask_times(params: LeaderDeskParams, streams: Streams, keys: Ints) -> Floats:
    """(n, asks) when a waiting buyer asks again: geometric numbers of intervals, summed."""
    share = params.ask_again_share
    if share <= 0.0:
        return np.full((len(keys), params.ask_again_max), np.inf)
    from sim.laws import exponential

    luck = streams.draw("leader_desk.ask_again", keys, exponential(1.0), attempts=params.ask_again_max)
    intervals = np.ones_like(luck) if share >= 1.0 else np.floor(luck / -math.log1p(-share)) + 1.0
    return params.ask_again_every_min * np.cumsum(intervals, axis=1)


ORDINARY_GROUP = 250.0
"""Members of the group for which `register_min` is meant."""
LEAST_FACTOR = 0.1


def in_groups(draws: DeskDraws, scroll_per_100: float, members: Ints, community: Ints) -> DeskDraws:
    """Draws with registering stretched by the size, (C,) `members`, of each order's `community` (n,)."""
    factor = np.maximum(LEAST_FACTOR, 1.0 + scroll_per_100 * (members - ORDINARY_GROUP) / 100.0)
    return draws._replace(register_work=draws.register_work * factor[community])


def with_tickets(draws: DeskDraws, follow_after: Floats, follow_work: Floats) -> DeskDraws:
    """Draws with talks to the leader `after` (n,) minutes after hand-over (inf = none), each of a length."""
    return draws._replace(follow_after=follow_after, follow_work=follow_work)


def draw(
    params: LeaderDeskParams,
    leaders: LeadersParams,
    numbers: DeskNumbers,
    streams: Streams,
    keys: Ints,
    communities: int,
    *,
    by_hand: bool,
    carried: Carried | None = None,
) -> DeskDraws:
    """Draw for the orders `keys` (person keys, in row order) and `communities` leaders."""
    n = len(keys)
    other_leader, other_at, _ = small_jobs(
        streams, "leaders.other_brand", communities, (leaders.other_brands_per_day,) * 2, numbers
    )
    hours = (
        float((numbers.d0_closes - numbers.d0_opens).sum()) / 60.0,
        float((numbers.d1_closes - numbers.d1_opens).sum()) / 60.0,
    )
    chat_leader, chat_at, chat_key = small_jobs(
        streams,
        "leader_desk.chat",
        communities,
        (params.chat_per_h * hours[0], params.chat_per_h * hours[1]),
        numbers,
    )
    hand = keys if by_hand else keys[:0]
    complaint_luck = streams.uniform("leader_desk.complaint", keys)
    grumblers = np.flatnonzero(complaint_luck < numbers.complaint_share)
    complaint_after, complaint_work = np.zeros(n), np.zeros(n)
    complaint_after[grumblers] = streams.draw(
        "leader_desk.complaint.delay", keys[grumblers], params.complaint_delay_min
    )
    complaint_work[grumblers] = streams.draw(
        "leader_desk.complaint.work", keys[grumblers], params.complaint_min, scale=params.chat_factor
    )
    return DeskDraws(
        absent=leader_absent(leaders, streams, communities, carried),
        other_leader=other_leader,
        other_at=other_at,
        chat_leader=chat_leader,
        chat_at=chat_at,
        chat_work=streams.draw("leader_desk.chat.work", chat_key, params.chat_min),
        register_work=streams.draw(
            "leader_desk.register", hand, params.register_min, scale=params.chat_factor
        ),
        chase_luck=streams.uniform("leader_desk.chase", hand),
        late_luck=streams.uniform("leader_desk.late", hand),
        late_after=streams.draw("leader_desk.late.after", hand, params.late_after_min),
        mistake_luck=streams.uniform("leader_desk.mistake", hand),
        forget_luck=streams.uniform("leader_desk.forget", hand),
        ask_after=ask_times(params, streams, hand),
        complaint_luck=complaint_luck,
        complaint_after=complaint_after,
        complaint_work=complaint_work,
        follow_after=np.full(n, np.inf),
        follow_work=np.zeros(n),
    )
