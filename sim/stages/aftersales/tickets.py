"""Which tickets are written, when and to whom: columns without events, so one function serves both faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from sim.among import among
from sim.clock import DAY_MIN
from sim.laws import Law
from sim.random_streams import Streams
from sim.stages.aftersales.spec import AftersalesParams, Cause, Channel
from sim.states import End, Method

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

MORNING = DAY_MIN + 480.0
NO_JOB = -1
"""The job of a ticket that no leader was to handle when her day was planned."""


class Tickets(NamedTuple):
    """Tickets in the order they are written, shape (t,) each."""

    order: NDArray[np.int64]
    cause: NDArray[np.int8]
    channel: NDArray[np.int8]
    arrive: Floats
    handling: Floats
    job: NDArray[np.int64]
    """Row of the `desk` table that handles it as planned, or NO_JOB."""


class Happening(NamedTuple):
    """One cause at work: who is concerned, how likely a ticket is, from when, and how long it takes."""

    cause: Cause
    concerned: Mask
    share: float | Floats
    since: float | Floats
    delay: Law
    handling: Law


class _Group(Protocol):
    """What the parameters of every cause have."""

    @property
    def delay_min(self) -> Law: ...

    @property
    def handling_min(self) -> Law: ...


def before_collection(
    params: AftersalesParams,
    orders: Mapping[str, NDArray[Any]],
    *,
    notices: bool,
    promised: float,
) -> list[Happening]:
    """The causes that are known before anybody collects, with the orders they concern.

    Args:
        params: after-sales parameters.
        orders: the `orders` table up to the delivery, columns of shape (n,).
        notices: whether buyers are told the state of their order.
        promised: minute by which the goods were promised at the point.
    """
    p = params
    clicked_min, paid_min = orders["clicked_min"], orders["paid_min"]
    paid, due = ~np.isnan(paid_min), ~np.isnan(orders["release_min"])
    manual = orders["method"] == Method.TRANSFER
    unknown_yet = ~(orders["known_min"] - paid_min <= 1.0)
    late_from = promised + p.late.tolerance_min
    late = due & ~(orders["at_point_min"] <= late_from)
    trouble = (
        ~np.isnan(clicked_min)
        & ~manual
        & ((orders["tries"] > 1) | ~paid)
        & ~among(orders["end"], (End.SOLD_OUT, End.THINNED))
    )
    lost = paid & unknown_yet & ~manual
    unregistered = paid & manual & (orders["end"] == End.NOT_SORTED)
    asks = p.where_is_it.with_notices_share if notices else p.where_is_it.without_notices_share
    return [
        _happening(Cause.PAYMENT_TROUBLE, trouble, clicked_min, p.payment_trouble, p.payment_trouble.share),
        _happening(Cause.LOST_NOTICE, lost, paid_min, p.lost_notice, p.lost_notice.share),
        _happening(Cause.LATE, late, late_from, p.late, p.late.share),
        _happening(Cause.WHERE_IS_IT, due, MORNING, p.where_is_it, asks),
        _happening(Cause.OTHER, paid, paid_min, p.other, p.other.share),
        _happening(Cause.UNREGISTERED, unregistered, promised, p.unregistered, p.unregistered.share),
    ]


def at_the_door(
    params: AftersalesParams,
    orders: Mapping[str, NDArray[Any]],
    collected_min: Floats,
    *,
    live: bool,
    answered: Mask,
) -> list[Happening]:
    """The causes found after the hand-over that may go to the leader.

    Args:
        params: after-sales parameters.
        orders: the `orders` table up to the delivery, columns of shape (n,).
        collected_min: (n,) when each order is handed over, NaN for never.
        live: whether the arm has a show.
        answered: (n,) whose question was answered in the show.
    """
    p = params
    collected = ~np.isnan(collected_min)
    sorted_wrong = collected & (orders["missorted"] | (orders["short_fen"] > 0))
    written_wrong = collected & orders["mistaken"]
    shown = p.not_as_shown.live_share if live else p.not_as_shown.text_share
    regret = p.regret.share + p.regret.interaction_extra_share * answered.astype(np.float64)
    return [
        _happening(Cause.MISSORTED, sorted_wrong, collected_min, p.wrong_goods, p.wrong_goods.share),
        _happening(Cause.NOT_AS_SHOWN, collected, collected_min, p.not_as_shown, shown),
        _happening(Cause.REGRET, collected, collected_min, p.regret, regret),
        _happening(Cause.MISTAKEN, written_wrong, collected_min, p.wrong_goods, p.wrong_goods.share),
    ]


def spoilt(params: AftersalesParams, orders: Mapping[str, NDArray[Any]]) -> Happening:
    """Spoilt goods, noticed: they go to the brand."""
    collected_min, p = orders["collected_min"], params.spoiled
    noticed = ~np.isnan(collected_min) & orders["noticed"]
    return _happening(Cause.SPOILED, noticed, collected_min, p, p.share)


def _happening(
    kind: Cause, concerned: Mask, since: Floats | float, group: _Group, share: float | Floats
) -> Happening:
    return Happening(kind, concerned, share, since, group.delay_min, group.handling_min)


def write_tickets(
    params: AftersalesParams,
    streams: Streams,
    keys: NDArray[np.int64],
    found: list[Happening],
    *,
    system: bool,
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
        begins = since if isinstance(since, float) else since[rows]
        v = streams.uniform(f"{name}.channel", who)
        by_agent = np.where(v < params.self_service_share, Channel.SELF_SERVICE, Channel.CHAT)
        to_leader = v >= 1.0 - params.leader_share
        channel = (
            np.where(to_leader, Channel.LEADER, by_agent) if system else np.full(rows.size, Channel.LEADER)
        )
        parts.append(
            Tickets(
                order=rows.astype(np.int64),
                cause=np.full(rows.size, cause, np.int8),
                channel=channel.astype(np.int8),
                arrive=begins + streams.draw(f"{name}.delay", who, delay),
                handling=streams.draw(f"{name}.handling", who, handling),
                job=np.full(rows.size, NO_JOB),
            )
        )
    if not parts:
        codes, rows = np.zeros(0, np.int8), np.zeros(0, np.int64)
        return Tickets(rows, codes, codes, np.zeros(0), np.zeros(0), rows)
    return join(*parts)


def join(*parts: Tickets) -> Tickets:
    """Several groups of tickets as one, sorted by (time, order, cause)."""
    order = np.concatenate([part.order for part in parts])
    cause = np.concatenate([part.cause for part in parts])
    channel = np.concatenate([part.channel for part in parts])
    arrive = np.concatenate([part.arrive for part in parts])
    handling = np.concatenate([part.handling for part in parts])
    job = np.concatenate([part.job for part in parts])
    by = np.lexsort((cause, order, arrive))
    return Tickets(order[by], cause[by], channel[by], arrive[by], handling[by], job[by])


def follow_up(
    params: AftersalesParams,
    streams: Streams,
    keys: NDArray[np.int64],
    found: list[Happening],
    *,
    system: bool,
) -> tuple[Floats, Floats]:
    """Talks with the leader that begin some time after the hand-over, at most one an order.

    Returns:
        minutes after the hand-over (infinite for none) and length, shape (n,) each; with several causes the
        first to be noticed brings up the others.
    """
    after, work = np.full(keys.shape[0], np.inf), np.zeros(keys.shape[0])
    at_hand_over = [one._replace(since=0.0) for one in found]
    tickets = write_tickets(params, streams, keys, at_hand_over, system=system)
    mine = np.flatnonzero(tickets.channel == Channel.LEADER)[::-1]
    after[tickets.order[mine]] = tickets.arrive[mine]
    work[tickets.order[mine]] = tickets.handling[mine]
    return after, work
