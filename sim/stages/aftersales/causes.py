"""Why people write, and to whom: a section of parameters for each cause."""

from __future__ import annotations

from enum import IntEnum

from sim.laws import Law, exponential, lognormal, lognormal_mean
from sim.units import Params, par

_HANDLING = "engineering default: about three minutes where a state is looked up, six where money goes back"
_TICKETS = (
    "shipmentguard.io 2025 citing Gorgias: 6.7 tickets per 100 orders, where-is-it 16 % of them; "
    "split by cause here"
)


class Cause(IntEnum):
    """Why a ticket is written (the `cause` column)."""

    PAYMENT_TROUBLE = 0
    LOST_NOTICE = 1
    MISSORTED = 2
    LATE = 3
    SPOILED = 4
    NOT_AS_SHOWN = 5
    WHERE_IS_IT = 6
    OTHER = 7
    REGRET = 8
    UNREGISTERED = 9
    MISTAKEN = 10
    WAITED = 11


REFUNDED = (
    Cause.MISSORTED,
    Cause.SPOILED,
    Cause.NOT_AS_SHOWN,
    Cause.REGRET,
    Cause.UNREGISTERED,
    Cause.MISTAKEN,
)
"""Causes whose solution is money back."""
ABOUT_THE_WAY = (Cause.LATE, Cause.WHERE_IS_IT)
"""Tickets about goods on their way are solved when the goods arrive."""


class Channel(IntEnum):
    """Who answers (the `channel` column)."""

    SELF_SERVICE = 0
    CHAT = 1
    LEADER = 2


class PaymentTrouble(Params):
    """A failed or repeated attempt to pay."""

    share: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        sweep=(0.02, 0.50),
        grade="assumed",
        source="no figure found; it decides whether support can answer within 15 minutes",
        meaning="Probability of a ticket per order whose payment failed or had to be repeated.",
    )
    delay_min: Law = par(
        lognormal(3.0, 0.8),
        unit="min",
        grade="assumed",
        source="people complain while the show runs",
        meaning="Time from the first click to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about payment.",
    )


class LostNotice(Params):
    """Money gone, order still unpaid."""

    share: float = par(
        0.60,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="money missing is written about by most",
        meaning="Probability of a ticket per paid order that does not show as paid within a minute.",
    )
    delay_min: Law = par(
        lognormal(10.0, 0.8),
        unit="min",
        grade="assumed",
        source="people look at the order after a while",
        meaning="Time from payment to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about a lost payment notice.",
    )


class WrongGoods(Params):
    """A wrong item handed over: sorted wrongly, or written down wrongly by the leader."""

    share: float = par(
        0.70,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="a wrong item is seen at once or at home",
        meaning="Probability of a ticket per collected order with a wrong item.",
    )
    delay_min: Law = par(
        exponential(60.0),
        unit="min",
        grade="assumed",
        source="unpacking at home",
        meaning="Time from collection to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about wrong goods.",
    )


class Late(Params):
    """Goods not at the point long after the promised hour."""

    share: float = par(
        0.25,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="many only come in the evening and never notice",
        meaning="Probability of a ticket per order later than the tolerance.",
    )
    tolerance_min: float = par(
        15.0,
        unit="min",
        low=0,
        high=600,
        grade="assumed",
        source="a quarter of an hour is forgiven",
        meaning="Minutes after 10:00 from which an order counts as late for its buyer.",
    )
    delay_min: Law = par(
        exponential(45.0),
        unit="min",
        grade="assumed",
        source="people ask when they want to leave home",
        meaning="Time from the tolerated hour to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(2.8, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about a late order.",
    )


class Spoiled(Params):
    """Warm goods, noticed."""

    share: float = par(
        0.60,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="most who notice spoiled milk write",
        meaning="Probability of a ticket per order noticed as spoiled.",
    )
    delay_min: Law = par(
        exponential(180.0),
        unit="min",
        grade="assumed",
        source="noticed when used",
        meaning="Time from collection to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about spoiled goods.",
    )


class NotAsShown(Params):
    """图片和实物不一样: the goods differ from the picture or the show."""

    live_share: float = par(
        0.015,
        unit="share",
        low=0,
        high=1,
        sweep=(0.005, 0.04),
        grade="assumed",
        source="close-ups and answers in a show leave less to imagination than a picture",
        meaning="Probability per collected order after a show.",
    )
    text_share: float = par(
        0.04,
        unit="share",
        low=0,
        high=1,
        sweep=(0.015, 0.08),
        grade="assumed",
        source="the article's complaint about pictures; no rate found",
        meaning="Probability per collected order after a text post.",
    )
    delay_min: Law = par(
        exponential(120.0),
        unit="min",
        grade="assumed",
        source="seen at home",
        meaning="Time from collection to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a ticket about goods that are not as shown.",
    )


class WhereIsIt(Params):
    """我的货到哪了: asking for the state of an order."""

    with_notices_share: float = par(
        0.011,
        unit="share",
        low=0,
        high=1,
        grade="B",
        source=_TICKETS,
        meaning="Probability per order where buyers see its state.",
    )
    without_notices_share: float = par(
        0.04,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="nothing to look up, so more people ask",
        meaning="Probability per order where nobody is told its state.",
    )
    delay_min: Law = par(
        exponential(150.0),
        unit="min",
        grade="assumed",
        source="asked through the morning from 08:00 on",
        meaning="Time from 08:00 of D1 to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(2.8, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a question where the order is.",
    )


class OtherMatters(Params):
    """Everything else: addresses, invoices, changes."""

    share: float = par(
        0.031, unit="share", low=0, high=1, grade="B", source=_TICKETS, meaning="Probability per paid order."
    )
    delay_min: Law = par(
        exponential(600.0),
        unit="min",
        grade="assumed",
        source="spread over the evening and the next day",
        meaning="Time from payment to the ticket.",
    )
    handling_min: Law = par(
        lognormal_mean(4.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of another ticket.",
    )


class Regret(Params):
    """The persuasion of a live show, returned."""

    share: float = par(
        0.005,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="food is seldom returned without a cause",
        meaning="Probability of a refund request per collected order.",
    )
    interaction_extra_share: float = par(
        0.01,
        unit="share",
        low=0,
        high=1,
        sweep=(0.0, 0.05),
        grade="assumed",
        source="sign: Feng et al., When persuasion is too persuasive, Production and Operations Management "
        "2024 (live interaction raises returns); size assumed",
        meaning="Added probability for a buyer whose question was answered in the show.",
    )
    delay_min: Law = par(
        exponential(240.0),
        unit="min",
        grade="assumed",
        source="regretted in the evening",
        meaning="Time from collection to the request.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a refund request.",
    )


class Unregistered(Params):
    """A transfer the leader never wrote down."""

    share: float = par(
        1.0,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source="case article: 转账后忘了登记; every one of them complains",
        meaning="Probability of a complaint per unregistered transfer.",
    )
    delay_min: Law = par(
        exponential(120.0),
        unit="min",
        grade="assumed",
        source="seen at the point on D1, from 10:00 on",
        meaning="Time from 10:00 of D1 to the complaint.",
    )
    handling_min: Law = par(
        lognormal_mean(6.0, 0.5),
        unit="min",
        grade="assumed",
        source=_HANDLING,
        meaning="Handling time of a complaint about an unregistered transfer.",
    )
