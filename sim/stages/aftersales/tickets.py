"""Which tickets are written, when and to whom: columns without events, so one function serves both faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.laws import Law
from sim.random_streams import Streams
from sim.stages.aftersales.spec import AftersalesParams, Cause, Channel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

DAY = 1440.0
PROMISED = DAY + 600.0
MORNING = DAY + 480.0


class Tickets(NamedTuple):
    """Tickets in the order they are written, shape (t,) each."""

    order: NDArray[np.int64]
    cause: NDArray[np.int8]
    channel: NDArray[np.int8]
    arrive: Floats
    handling: Floats


class Happening(NamedTuple):
    """One cause at work: who is concerned, how likely a ticket is, from when, and how long it takes."""

    cause: Cause
    concerned: Mask
    share: float | Floats
    since: Floats
    delay: Law
    handling: Law


def happenings(
    params: AftersalesParams, orders: Mapping[str, NDArray[Any]], *, live: bool, notices: bool, answered: Mask
) -> list[Happening]:
    """Every cause with the orders it concerns.

    Args:
        params: after-sales parameters.
        orders: the `orders` table, collection included, columns of shape (n,).
        live: whether the arm has a show.
        notices: whether buyers are told the state of their order.
        answered: whose question was answered in the show, shape (n,).
    """
    p = params
    n = answered.shape[0]
    paid = ~np.isnan(orders["paid_min"])
    due = ~np.isnan(orders["release_min"])
    collected = ~np.isnan(orders["collected_min"])
    manual = orders["method"] == 2
    unknown_yet = ~(orders["known_min"] - orders["paid_min"] <= 1.0)
    late_from = PROMISED + p.late.tolerance_min
    late = due & ~(orders["at_point_min"] <= late_from)
    clicked = ~np.isnan(orders["clicked_min"])
    trouble = clicked & ~manual & ((orders["tries"] > 1) | ~paid) & (orders["end"] != 1)
    regret = p.regret.share + p.regret.interaction_extra_share * answered
    asks = p.where_is_it.with_notices_share if notices else p.where_is_it.without_notices_share
    shown = p.not_as_shown.live_share if live else p.not_as_shown.text_share

    def since(value: float) -> Floats:
        return np.full(n, value)

    return [
        Happening(Cause.PAYMENT_TROUBLE, trouble, p.payment_trouble.share, orders["clicked_min"], p.payment_trouble.delay_min, p.payment_trouble.handling_min),
        Happening(Cause.LOST_NOTICE, paid & unknown_yet & ~manual, p.lost_notice.share, orders["paid_min"], p.lost_notice.delay_min, p.lost_notice.handling_min),
        Happening(Cause.MISSORTED, collected & orders["missorted"], p.wrong_goods.share, orders["collected_min"], p.wrong_goods.delay_min, p.wrong_goods.handling_min),
        Happening(Cause.LATE, late, p.late.share, since(late_from), p.late.delay_min, p.late.handling_min),
        Happening(Cause.SPOILED, collected & orders["noticed"], p.spoiled.share, orders["collected_min"], p.spoiled.delay_min, p.spoiled.handling_min),
        Happening(Cause.NOT_AS_SHOWN, collected, shown, orders["collected_min"], p.not_as_shown.delay_min, p.not_as_shown.handling_min),
        Happening(Cause.WHERE_IS_IT, due, asks, since(MORNING), p.where_is_it.delay_min, p.where_is_it.handling_min),
        Happening(Cause.OTHER, paid, p.other.share, orders["paid_min"], p.other.delay_min, p.other.handling_min),
        Happening(Cause.REGRET, collected, regret, orders["collected_min"], p.regret.delay_min, p.regret.handling_min),
        Happening(Cause.UNREGISTERED, paid & manual & np.isnan(orders["known_min"]), p.unregistered.share, since(PROMISED), p.unregistered.delay_min, p.unregistered.handling_min),
        Happening(Cause.MISTAKEN, collected & orders["mistaken"], p.wrong_goods.share, orders["collected_min"], p.wrong_goods.delay_min, p.wrong_goods.handling_min),
    ]


def write_tickets(
    params: AftersalesParams, streams: Streams, keys: NDArray[np.int64], found: list[Happening], *, system: bool
) -> Tickets:
    """Draw who writes; tickets come sorted by (time, order, cause), at most one per order and cause.

    Args:
        params: after-sales parameters.
        streams: chance of the replication; entity is the person's key.
        keys: key of each order's person, shape (n,).
        found: the causes at work.
        system: False sends every ticket to the leader.
    """
    parts: list[Tickets] = []
    for cause, concerned, share, since, delay, handling in found:
        candidates = np.flatnonzero(concerned)
        name = f"aftersales.{cause.name.lower()}"
        limit = share if isinstance(share, float) else share[candidates]
        rows = candidates[streams.uniform(name, keys[candidates]) < limit]
        if rows.size == 0:
            continue
        who = keys[rows]
        v = streams.uniform(f"{name}.channel", who)
        by_agent = np.where(v < params.self_service_share, Channel.SELF_SERVICE, Channel.CHAT)
        to_leader = v >= 1.0 - params.leader_share
        channel = np.where(to_leader, Channel.LEADER, by_agent) if system else np.full(rows.size, Channel.LEADER)
        parts.append(
            Tickets(
                order=rows.astype(np.int64),
                cause=np.full(rows.size, cause, np.int8),
                channel=channel.astype(np.int8),
                arrive=since[rows] + streams.draw(f"{name}.delay", who, delay),
                handling=streams.draw(f"{name}.handling", who, handling),
            )
        )
    if not parts:
        return Tickets(np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros(0, np.int8), np.zeros(0), np.zeros(0))
    return join(*parts)


def join(*parts: Tickets) -> Tickets:
    """Several groups of tickets as one, sorted by (time, order, cause)."""
    joined = Tickets(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    ranking = np.lexsort((joined.cause, joined.order, joined.arrive))
    return Tickets(*(column[ranking] for column in joined))


def follow_up(
    params: AftersalesParams, streams: Streams, keys: NDArray[np.int64], found: list[Happening], *, system: bool
) -> tuple[Floats, Floats]:
    """Talks with the leader that begin some time after the hand-over, at most one an order.

    Returns:
        minutes after the hand-over (infinite for none) and length, shape (n,) each; with several causes the
        first to be noticed brings up the others.
    """
    after, work = np.full(keys.shape[0], np.inf), np.zeros(keys.shape[0])
    at_hand_over = [one._replace(since=np.zeros(keys.shape[0])) for one in found]
    tickets = write_tickets(params, streams, keys, at_hand_over, system=system)
    mine = np.flatnonzero(tickets.channel == Channel.LEADER)[::-1]
    after[tickets.order[mine]] = tickets.arrive[mine]
    work[tickets.order[mine]] = tickets.handling[mine]
    return after, work
