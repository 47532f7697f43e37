"""Act one, D0: who comes, who wants, who orders and pays; by hand, what the leaders write down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.laws import mean_of
from sim.orderlog import Table
from sim.stages.audience.draws import crowd_of
from sim.stages.audience.people import MEMBER
from sim.stages.audience.trust_spec import TrustNumbers, trust_numbers
from sim.stages.basket.spec import draw_basket
from sim.stages.basket.stock import Goods, goods, ration, refund_empty
from sim.stages.group_post.draws import draw_effort, readers_of
from sim.stages.leader_desk import draws as desk_draws
from sim.stages.leader_desk.draws import DeskDraws
from sim.stages.leader_desk.jobs import evening_jobs
from sim.stages.leader_desk.leaders import leaders_table
from sim.stages.leader_desk.merge import merge_sheets
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.numbers import numbers as desk_numbers
from sim.stages.orders_by_hand.replies import no_attempts, orders_of
from sim.stages.orders_by_hand.sheets import take_stock, write_down
from sim.stages.orders_by_hand.spec import HandNumbers, Replies
from sim.stages.orders_by_hand.spec import numbers as hand_numbers
from sim.states import End

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.event import Event
    from sim.scenario import Scenario
    from sim.stages.audience.people import People


class Show(NamedTuple):
    """What the evening hands on."""

    people: Table
    orders: Table
    attempts: Table
    stock: Table
    sheets: Table
    leaders: Table
    desk_numbers: DeskNumbers
    desk_draws: DeskDraws
    goods: Goods


def offer_window(s: Scenario) -> tuple[float, float] | None:
    """When the offer holds; a text arm has none."""
    opens = s.offer_opens_min
    return (opens, opens + s.audience.show.offer_minutes) if s.live else None


def trust_of(s: Scenario) -> TrustNumbers:
    """The weights of the decision rule in this arm."""
    return trust_numbers(
        s.audience.trust,
        s.audience.intercept_live if s.live else s.group_post.intercept_text,
        expected_min=None if s.by_system else mean_of(s.group_post.effort_min),
        discount_share=s.basket.offer_discount_share if s.live else 0.0,
        member_discount_share=s.basket.member_discount_share if s.live else 0.0,
    )


def play_evening(event: Event) -> Show:
    """People, then orders by checkout or by hand, then the leaders' evening."""
    s, market = event.scenario, event.market
    people = _people(event)
    learned = 1.0 if event.carried is None else event.carried.expected
    sold = goods(s.basket, s.stock, event.streams, s.audience.scale * learned)
    if s.by_system:
        people, orders, attempts, stock = _by_checkout(event, people, sold)
    else:
        orders, attempts, stock = _by_hand(event, people, sold), no_attempts(), {}
    numbers = desk_numbers(s.leader_desk, s.leaders)
    draws = desk_draws.draw(
        s.leader_desk,
        s.leaders,
        numbers,
        event.streams,
        orders["key"],
        market.communities,
        by_hand=not s.by_system,
        carried=event.carried,
    )
    if not s.by_system:
        draws = desk_draws.in_groups(
            draws, s.leader_desk.scroll_per_100_members, market.members, orders["community"]
        )
        sheets, stock = _leaders_evening(event, orders, numbers, draws, sold)
    else:
        sheets = merge_sheets(numbers, np.zeros(0), np.zeros(0, np.int64), event.face.NAME)
    leaders = leaders_table(
        s.leaders, event.streams, market.communities, by_hand=not s.by_system, carried=event.carried
    )
    return Show(people._asdict(), orders, attempts, stock, sheets, leaders, numbers, draws, sold)


def _leaders_evening(
    event: Event, orders: Table, numbers: DeskNumbers, draws: DeskDraws, sold: Goods
) -> tuple[Table, Table]:
    """Leaders register, tally and send their sheets, headquarters merges them.

    The day act plays the desks again with the next day's work behind.
    """
    s = event.scenario
    jobs = evening_jobs(
        numbers, draws, orders["community"].astype(np.int64), orders["placed_min"], s.cutoff.paid_by_min
    )
    done = event.face.evening(numbers, draws, jobs, s.delivery.depart_from_min)
    sheets = merge_sheets(numbers, done.tally_end_min, done.rows, event.face.NAME)
    write_down(orders, done.registered_min, done.known_min, done.mistaken, done.on_sheet)
    return sheets, take_stock(_hand_numbers(s), orders, sheets, sold, limited=s.stock.limited)


def _people(event: Event) -> People:
    from sim.signals import mood_numbers
    from sim.stages.audience.spec import numbers as audience_numbers
    from sim.stages.group_post.spec import numbers as post_numbers

    s, face = event.scenario, event.face
    trust = trust_of(s)
    if not s.live:
        post = post_numbers(
            s.group_post, cutoff_min=s.cutoff.placed_by_min, leader_absent_share=s.leaders.absent_share
        )
        readers, when = readers_of(
            face.gather_readers,
            s.group_post,
            post,
            event.streams,
            event.market,
            event.night,
            event.carried,
        )
        return face.read_post(post, trust, readers, when)
    n = audience_numbers(s.audience, care=s.leaders.care, leader_absent_share=s.leaders.absent_share)
    crowd, luck = crowd_of(
        face.gather_crowd,
        s.audience,
        n,
        event.streams,
        event.market,
        event.night,
        s.audience.scale,
        event.carried,
    )
    if s.by_system:
        return face.watch_show(n, trust, crowd, luck)
    return face.show_by_hand(n, trust, mood_numbers(s.mood), crowd, luck)


def _wanting(event: Event, people: People) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]:
    """Rows and keys of those who would buy at the best mood, and their baskets."""
    person = np.flatnonzero(people.wants)
    key = people.key[person]
    return person, key, draw_basket(event.scenario.basket, event.streams, key, event.night.basket)


def _by_checkout(event: Event, people: People, sold: Goods) -> tuple[People, Table, Table, Table]:
    from sim.stages.audience.spec import numbers as audience_numbers
    from sim.stages.checkout.draws import Shoppers, draw
    from sim.stages.checkout.numbers import numbers as checkout_numbers

    s, market = event.scenario, event.market
    person, key, wanted = _wanting(event, people)
    home = market.homes(key, people.community[person])
    start = s.audience.show.starts_at_min if s.live else s.group_post.post_from_min
    n = checkout_numbers(s.checkout, s.stock, s.cutoff, s.mood, offer=offer_window(s), start_min=start)
    unanswered = answered = np.zeros(0, np.int64)
    if s.live:
        span = max(0, int(60 * (s.cutoff.placed_by_min - start))) + 60
        unanswered, answered = event.face.question_counts(
            people, audience_numbers(s.audience), n.start_second, span
        )
    shoppers = Shoppers(
        person=person,
        key=key,
        community=people.community[person],
        decide_min=people.decide_min[person],
        score=people.score[person],
        threshold=people.threshold[person],
        wanted=wanted,
        nearest=market.node_nearest[home],
        second=market.node_second[home],
        answered=answered,
        unanswered=unanswered,
    )
    log = event.face.run_checkout(n, draw(s.checkout, event.streams, key), shoppers, sold)
    wants = np.zeros(people.key.size, np.bool_)
    wants[person] = log.wants
    orders = log.orders
    count = orders["key"].size
    orders |= {
        "mistaken": np.zeros(count, np.bool_),
        "forgotten": np.zeros(count, np.bool_),
        "on_sheet": np.zeros(count, np.bool_),
        "short_fen": np.zeros(count, np.int64),
    }
    if s.stock.limited and s.stock.reservation == "none":
        rows = np.flatnonzero(orders["end"] == End.OPEN)
        rows = rows[np.argsort(orders["known_min"][rows], kind="stable")]
        ration(orders, rows, sold.stock, sold)
        refund_empty(orders, rows, _hand_numbers(s).told)
    return people._replace(wants=wants), orders, log.attempts, log.stock


def _by_hand(event: Event, people: People, sold: Goods) -> Table:
    """Whoever wants replies and transfers, which takes a while."""
    s = event.scenario
    person, key, wanted = _wanting(event, people)
    replied = people.decide_min[person]
    replies = Replies(
        person=person,
        key=key,
        community=people.community[person],
        member=people.origin[person] == MEMBER,
        replied_min=replied,
        paid_min=replied + draw_effort(s.group_post, event.streams, key),
        wanted=wanted,
    )
    return orders_of(_hand_numbers(s), replies, sold)


def _hand_numbers(s: Scenario) -> HandNumbers:
    return hand_numbers(s.cutoff, offer=offer_window(s), list_delay_min=s.sorting.list_delay_min)
