"""What one event leaves behind for the next: parameters of a season, all of them switched by a gain.

A season reads them (`lianlu campaign`), one event does not. With every gain at 0 the events of a season are
independent: a sceptic can switch the story off, part by part. Signs are plausible and mostly published for
other trades; sizes are elicited, so every answer is to be read over their sweeps.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from sim.units import Grade, Params, par

OF_THE_WHOLE = ("season.", "market.", "audience.scale", "name", "title_")
"""Beginnings of paths that hold for all events: who the members are, and what a season is."""

SIGN_ONLY = "sign as in service research (a failure weighs more than a success); size elicited"
CHURN = "order of magnitude of monthly churn in private groups; no figure for this trade"
LEADERS_QUIT = "leaders quit over workload and pay (SCMP, 2021; Rest of World, 2021); size elicited"


def _search(
    default: float, meaning: str, source: str, *, unit: str = "score", low: float = 0.0, high: float = 10.0,
    sweep: tuple[float, float] | None = None, grade: Grade = "assumed",
) -> Any:  # fmt: skip
    return par(
        default, unit=unit, low=low, high=high, sweep=sweep, grade=grade, source=source, meaning=meaning,
        role="search",
    )  # fmt: skip


def _gain(what: str) -> Any:
    return _search(
        1.0, f"Multiplies {what}; 0 switches it off.", "1: as the sizes beside it say", unit="factor",
        high=3, sweep=(0.0, 2.0),
    )  # fmt: skip


class TrustParams(Params):
    """What an experience does to a member's trust in the brand, which is added to the decision's score."""

    gain: float = _gain("everything an experience does to trust")
    good: float = _search(0.08, "Trust won by an order that came as promised.", SIGN_ONLY, sweep=(0.0, 0.2))
    warm: float = _search(
        0.04, "Trust won by warm words at its hand-over, times `leaders.care`.", SIGN_ONLY, sweep=(0.0, 0.1)
    )
    late: float = _search(
        0.4, "Trust lost by an order that came after the promised hour.", SIGN_ONLY, sweep=(0.1, 0.8)
    )
    spoiled: float = _search(
        1.0, "Trust lost by spoiled goods that were noticed.", SIGN_ONLY, sweep=(0.3, 2.0)
    )
    wrong: float = _search(0.4, "Trust lost by a wrong or missing line.", SIGN_ONLY, sweep=(0.1, 0.8))
    missing: float = _search(
        0.8, "Trust lost by an order that was paid and never delivered.", SIGN_ONLY, sweep=(0.3, 1.5)
    )
    unpaid: float = _search(
        0.5, "Trust lost by an order one could not place or pay.", SIGN_ONLY, sweep=(0.1, 1.0)
    )
    wasted: float = _search(0.15, "Trust lost by a trip to the point in vain.", SIGN_ONLY, sweep=(0.0, 0.4))
    unanswered: float = _search(0.1, "Trust lost by a question nobody answered.", SIGN_ONLY, sweep=(0.0, 0.3))
    bound: float = _search(
        2.0,
        "Trust never leaves [−bound, bound].",
        "a score of 2 moves odds sevenfold: more than any effect here",
    )
    half_life_days: float = _search(
        90.0, "Half of what was won or lost is forgotten after so long.", "a season; elicited", unit="days",
        low=1, high=3650, sweep=(30, 365),
    )  # fmt: skip
    come_per_score: float = _search(
        0.25, "A point of trust changes the probability to come by this share of itself (e-fold).", SIGN_ONLY,
        unit="share", high=3, sweep=(0.0, 0.6),
    )  # fmt: skip


class HabitParams(Params):
    """Buying again becomes a habit."""

    gain: float = _gain("the habit of buying")
    step: float = _search(
        0.2, "Share of the way to a full habit that one delivered order goes.",
        "automaticity grows towards a ceiling with repetition (Lally et al., How are habits formed, 2010)",
        unit="share", high=1, sweep=(0.05, 0.4),
    )  # fmt: skip
    score: float = _search(0.4, "Score of a full habit.", SIGN_ONLY, sweep=(0.0, 1.0))
    half_life_days: float = _search(
        60.0, "Half of a habit is gone after so long without an order.", "elicited", unit="days",
        low=1, high=3650, sweep=(21, 180),
    )  # fmt: skip


class NoveltyParams(Params):
    """The first show is news, the tenth is not: what wears off (live arms, from the second show on)."""

    gain: float = _gain("what wears off")
    score: float = _search(
        0.5, "Part of the first show's score that is its novelty.",
        "the article reports one show only; share of it that is news elicited", sweep=(0.0, 1.0),
    )  # fmt: skip
    kept_share: float = _search(
        0.7, "Share of the novelty left after each show a member has watched.", "elicited", unit="share",
        high=1, sweep=(0.4, 0.95),
    )  # fmt: skip


class PullParams(Params):
    """Demand pulled forward: who has just bought needs less for a while."""

    gain: float = _gain("the need that an order fills")
    score: float = _search(0.8, "Loss of score on the day after an order.", SIGN_ONLY, sweep=(0.0, 1.5))
    half_life_days: float = _search(
        6.0, "Half of the goods are used up after so long.", "fresh milk keeps a week or two", unit="days",
        low=0.5, high=365, sweep=(3, 14),
    )  # fmt: skip


class TalkParams(Params):
    """Word of mouth inside a community's group."""

    gain: float = _gain("what members hear of others")
    share: float = _search(
        0.3, "Everybody takes this share of the community's mean experience for their own.",
        "group chats are read by most members; size elicited", unit="share", high=1, sweep=(0.0, 0.6),
    )  # fmt: skip


class MembershipParams(Params):
    """Who joins and who leaves a community."""

    gain: float = _gain("joining and leaving")
    join_share_a_month: float = _search(
        0.02,
        "New members a month, as a share of the members.",
        CHURN,
        unit="share",
        high=1,
        sweep=(0.0, 0.05),
    )
    leave_share_a_month: float = _search(
        0.02, "Members who leave a month at trust 0.", CHURN, unit="share", high=1, sweep=(0.0, 0.05)
    )
    per_score: float = _search(
        0.8,
        "A point of trust lowers leaving, and of a community's mean trust raises joining, by this (e-fold).",
        SIGN_ONLY, unit="share", high=3, sweep=(0.0, 1.5),
    )  # fmt: skip


class LeaderParams(Params):
    """Leaders stay or leave, by load and pay, and what is lost with them."""

    gain: float = _gain("leaders' leaving")
    quit_share_a_month: float = _search(
        0.01, "Leaders who quit a month at a bearable load and a fair pay.", LEADERS_QUIT, unit="share",
        high=1, sweep=(0.0, 0.04),
    )  # fmt: skip
    bearable_h: float = _search(
        2.0, "Hours an event, all brands', that a leader bears.", LEADERS_QUIT, unit="h", high=24,
        sweep=(1.0, 4.0),
    )  # fmt: skip
    per_hour: float = _search(
        0.25, "Each hour more raises quitting by this (e-fold).", LEADERS_QUIT, unit="per_h", high=3,
        sweep=(0.0, 0.6),
    )  # fmt: skip
    fair_cny_per_h: float = _search(
        30.0, "Commission an hour of this brand's work that a leader finds fair.",
        "above a sorter's ¥25 an hour; elicited", unit="CNY/h", high=1000, sweep=(15, 60),
    )  # fmt: skip
    per_pay: float = _search(
        0.25, "Pay of half of that raises quitting by this (e-fold), twice of it lowers it as much.",
        LEADERS_QUIT, unit="factor", high=3, sweep=(0.0, 0.6),
    )  # fmt: skip
    follow_share: float = _search(
        0.35,
        "Members who leave with their leader where orders go through the leader's hands (text by hand).",
        "trust hangs on one leader (the case article's claim 15); share elicited", unit="share", high=1,
        sweep=(0.1, 0.7), grade="claim",
    )  # fmt: skip
    follow_share_system: float = _search(
        0.10, "The same where brand and system hold the trust.", "claim 15 turned round; share elicited",
        unit="share", high=1, sweep=(0.05, 0.7), grade="claim",
    )  # fmt: skip
    replaced_after_days: float = _search(
        30.0, "Days until a community has a new leader.", "elicited", unit="days", high=3650, sweep=(14, 90)
    )


class PlanningParams(Params):
    """What headquarters knows of the next event when it produces for it (live arms)."""

    gain: float = _gain("what is learned from earlier events")
    weight: float = _search(
        0.3, "Weight of the last event in the forecast (exponential smoothing).",
        "usual smoothing of .1 to .5 (Hyndman & Athanasopoulos, Forecasting: Principles and Practice)",
        unit="share", high=1, sweep=(0.1, 0.6), grade="A",
    )  # fmt: skip


class RemedyParams(Params):
    """What headquarters pays to those it has let down."""

    cny: float = par(
        0.0, unit="CNY", low=0, high=1000, grade="rule", source="0: no voucher", role="search",
        meaning="Voucher for each order that was late, spoiled, wrong, missing or could not be paid.",
    )  # fmt: skip
    half_restores_cny: float = _search(
        10.0, "A voucher of this worth restores half of the trust lost, twice of it three quarters.",
        "the service recovery literature finds partial recovery; size elicited", unit="CNY", low=0.1,
        high=1000, sweep=(5, 30),
    )  # fmt: skip


class EventChange(Params):
    """One event that is unlike the others."""

    event: int = par(
        1, unit="-", low=1, high=1000, grade="rule", source="a choice", role="search",
        meaning="Number of the event, from 1.",
    )  # fmt: skip
    set: tuple[str, ...] = par(
        (), unit="-", grade="rule", source="a choice", role="search",
        meaning="Its own values, `path=value` each, as behind `--set`.",
    )  # fmt: skip


class SeasonParams(Params):
    """A season: so many events of this scenario, each changing the next."""

    events: int = par(
        12, unit="events", low=1, high=520, grade="rule", source="a show a month for a year", role="search",
        meaning="Events of the season.",
    )  # fmt: skip
    every_days: float = par(
        30.0, unit="days", low=1, high=366, grade="rule", source="a show a month for a year", role="search",
        meaning="Days from one event to the next.",
    )  # fmt: skip
    changes: tuple[EventChange, ...] = par(
        (), unit="-", grade="rule", source="none by default", role="search",
        meaning="Events that are unlike the others: a drill, another audience, a change of form.",
    )  # fmt: skip
    trust: TrustParams = TrustParams()
    habit: HabitParams = HabitParams()
    novelty: NoveltyParams = NoveltyParams()
    pull: PullParams = PullParams()
    talk: TalkParams = TalkParams()
    membership: MembershipParams = MembershipParams()
    leaders: LeaderParams = LeaderParams()
    planning: PlanningParams = PlanningParams()
    remedy: RemedyParams = RemedyParams()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for change in self.changes:
            if change.event > self.events:
                raise ValueError(
                    f"`season.changes` names event {change.event}, but the season has {self.events}: "
                    f"an event from 1 to {self.events}, or a larger `season.events`"
                )
            for text in change.set:
                path, equals, _ = text.partition("=")
                if not equals or path.strip().startswith(OF_THE_WHOLE):
                    raise ValueError(
                        f"`{text}` at event {change.event}: `path=value`, and none of `season`, `market`, "
                        "`audience.scale` or a name, which hold for all events"
                    )
        return self
