"""Parameters, draws and columns of after-sales."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from sim.laws import Law, exponential, lognormal_mean
from sim.orderlog import Column
from sim.stages.aftersales.causes import Cause as Cause
from sim.stages.aftersales.causes import Channel as Channel
from sim.stages.aftersales.causes import (
    Late,
    LostNotice,
    NotAsShown,
    OtherMatters,
    PaymentTrouble,
    Regret,
    Spoiled,
    Unregistered,
    WhereIsIt,
    WrongGoods,
)
from sim.units import Params, par


class AftersalesParams(Params):
    """Causes, channels and the people who answer."""

    payment_trouble: PaymentTrouble = PaymentTrouble()
    lost_notice: LostNotice = LostNotice()
    wrong_goods: WrongGoods = WrongGoods()
    late: Late = Late()
    spoiled: Spoiled = Spoiled()
    not_as_shown: NotAsShown = NotAsShown()
    where_is_it: WhereIsIt = WhereIsIt()
    other: OtherMatters = OtherMatters()
    regret: Regret = Regret()
    unregistered: Unregistered = Unregistered()
    self_service_share: float = par(
        0.30,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="a visible after-sales entry lets about a third help themselves; vendors claim more",
        meaning="Share of tickets solved by the buyer in the shop's after-sales entry (system arms).",
    )
    self_service_min: Law = par(
        lognormal_mean(1.5, 0.5),
        unit="min",
        grade="assumed",
        source="a form and an automatic refund",
        meaning="Time a self-service case takes.",
    )
    leader_share: float = par(
        0.15,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="people go on asking the leader they know",
        meaning="Share of tickets written to the leader in system arms (all of them in manual arms).",
    )
    agents: int = par(
        6,
        unit="people",
        low=0,
        high=10000,
        grade="assumed",
        source="a small support team",
        meaning="Agents from 08:00 to 20:00, both days.",
    )
    show_night_agents: int = par(
        12,
        unit="people",
        low=0,
        high=10000,
        grade="assumed",
        source="doubled for the show",
        meaning="Agents from 20:00 to 22:30 of the show night.",
    )
    day_from_h: float = par(
        8.0,
        unit="h",
        low=0,
        high=24,
        grade="assumed",
        source="usual service hours",
        meaning="Hour at which agents start.",
    )
    day_until_h: float = par(
        20.0,
        unit="h",
        low=0,
        high=24,
        grade="assumed",
        source="usual service hours",
        meaning="Hour at which the day team ends.",
    )
    show_night_until_h: float = par(
        22.5,
        unit="h",
        low=0,
        high=24,
        grade="assumed",
        source="two hours after the show",
        meaning="Hour at which the show-night team ends.",
    )
    reopened_share: float = par(
        0.08,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source="some answers do not hold",
        meaning="Share of handled tickets that come back once, to the second line.",
    )
    reopened_after_min: Law = par(
        exponential(90.0),
        unit="min",
        grade="assumed",
        source="people try what they were told",
        meaning="Time until a ticket comes back.",
    )
    second_line_agents: int = par(
        2,
        unit="people",
        low=0,
        high=1000,
        grade="assumed",
        source="a team lead and a deputy",
        meaning="People who handle reopened tickets, in the hours of the day team.",
    )
    clock: Literal["wall", "staffed"] = par(
        "wall",
        unit="-",
        grade="claim",
        source="the article promises fifteen minutes without naming hours",
        meaning="Whether the 15 minutes run all day or only in agents' hours.",
    )
    promise_min: float = par(
        15.0,
        unit="min",
        low=0,
        high=1440,
        grade="claim",
        source="case article: answered and handled within 15 minutes",
        meaning="The promised time for answer and solution.",
    )

    @model_validator(mode="after")
    def _sensible(self) -> AftersalesParams:
        if self.self_service_share + self.leader_share > 1.0:
            raise ValueError("`self_service_share` and `leader_share` must not exceed 1 together")
        if not self.day_from_h <= self.day_until_h <= self.show_night_until_h:
            raise ValueError("`day_from_h`, `day_until_h` and `show_night_until_h` must follow each other")
        return self


COLUMNS = (
    Column("tickets", "order", "i8", "-", "Row of `orders`."),
    Column("tickets", "cause", "i1", "-", "Code of `Cause`."),
    Column("tickets", "channel", "i1", "-", "0 self-service, 1 chat, 2 leader."),
    Column("tickets", "handling_min", "f8", "min", "Length of one handling."),
    Column("tickets", "arrive_min", "f8", "min", "When the ticket was written."),
    Column("tickets", "start_min", "f8", "min", "When its first handling started; NaN where it never did."),
    Column("tickets", "end_min", "f8", "min", "When its last handling ended; NaN where it never did."),
    Column(
        "tickets", "resolved_min", "f8", "min", "The same, but not before the goods it asks about arrived."
    ),
    Column("tickets", "reopened", "?", "-", "Came back once."),
)
