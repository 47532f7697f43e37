"""The loop of a season: play an event, look back on it, carry over what it has changed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.carried import Carried
from sim.chain import event_of, play
from sim.orderlog import OrderLog
from sim.season.changes import changed_events
from sim.season.experience import experience
from sim.season.figures import EventFigures, Flow, measured, season_kpis
from sim.season.leaders import following, quitting, work_of
from sim.season.members import Members, new_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.acts.event import Event
    from sim.engines import Engine
    from sim.market.market import Market
    from sim.scenario import Scenario
    from sim.season.experience import Experience
    from sim.season.leaders import Work


class Season(NamedTuple):
    """One replication of a season; `kpis` as in `figures.SEASON_KPIS`, NaN ones left out."""

    events: tuple[EventFigures, ...]
    kpis: dict[str, float]
    flow: Flow


def play_season(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    engine: Engine = "compiled",
    look: Callable[[int, OrderLog], None] = lambda _number, _log: None,
) -> Season:
    """Play all events of `scenario.season`.

    Args:
        scenario: what every event is, but for `season.changes`.
        seed, replication: name all the chance there is; the first event is the replication that `run` has.
        engine: the face that plays.
        look: called with each event's number, from 0, and log.
    """
    state = _State(scenario, seed, replication, engine)
    events = []
    for number in range(scenario.season.events):
        event = state.event(number)
        log = OrderLog(seed, replication, play(event))
        look(number, log)
        events.append(state.after(number, event, log))
    return state.told(tuple(events))


class _State:
    """What changes from event to event."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, engine: Engine) -> None:
        self.scenario, self.season = scenario, scenario.season
        self.seed, self.replication, self.engine = seed, replication, engine
        first = event_of(scenario, seed, replication, engine)
        self.market = first.market
        self.members = Members.of(self.market)
        self.used = self.market.members.copy()
        self.start = len(self.members)
        self.room = np.maximum(
            self.used, int(scenario.market.members_cap * scenario.audience.scale)
        )  # a group that is full already only fills up again
        self.leading = np.ones(self.market.communities, np.bool_)
        self.back_day = np.zeros(self.market.communities)
        self.learned = 1.0
        self.joined = self.left = self.followed = self.quit = self.ever = self.again = 0
        self.changed = changed_events(scenario)

    def event(self, number: int) -> Event:
        """The event of a number, with everything it inherits; the first inherits nothing."""
        scenario = self.changed.get(number, self.scenario)
        event = event_of(scenario, self.seed, self.replication, self.engine, number=number)
        if number == 0:
            return event
        day = number * self.season.every_days
        self.leading |= self.back_day <= day
        members = self.members
        carried = Carried(
            members.key,
            members.come(self.season),
            members.score(self.season, live=scenario.live),
            self.leading.copy(),
            self.learned,
        )
        return event._replace(
            market=peopled(event.market, members), carried=carried, planned_for=event.market
        )

    def after(self, number: int, event: Event, log: OrderLog) -> EventFigures:
        """Look back on an event and let the time pass until the next."""
        scenario, season, members = event.scenario, self.season, self.members
        day = number * season.every_days
        lived = experience(scenario, season, dict(log.tables), members.key)
        work = work_of(scenario, log)
        figures = self._figures(scenario, log, lived, work)
        members.look_back(season, lived, self.market.communities, live=scenario.live)
        self._learn(scenario, log)
        if number + 1 < season.events:
            members.forget(season, season.every_days)
            self._leaders(scenario, work, event, day)
            self._come_and_go(event)
        return figures

    def _figures(self, scenario: Scenario, log: OrderLog, lived: Experience, work: Work) -> EventFigures:
        first = lived.bought & (self.members.orders == 0)
        self.ever += int(first.sum())
        self.again += int((lived.bought & (self.members.orders == 1)).sum())
        known: Any = measured(scenario, log)
        return EventFigures(
            **known,
            members=len(self.members),
            leaders=int(self.leading.sum()),
            trust_mean=float(self.members.trust.mean()) if len(self.members) else float("nan"),
            first_buyers=int(first.sum()),
            harmed=lived.harmed,
            commission_fen=int(work.commission_fen.sum()),
            leader_hours=float(work.hours.mean()),
        )

    def _learn(self, scenario: Scenario, log: OrderLog) -> None:
        """Smooth what was wanted into what is expected, where goods are produced before the event."""
        if not scenario.stock.limited:
            return
        nominal = scenario.stock.forecast.expected_lines * scenario.audience.scale
        wanted = float(log["orders"]["lines_wanted"].sum())
        p = self.season.planning
        if nominal > 0.0:
            self.learned += min(1.0, p.gain * p.weight) * (wanted / nominal - self.learned)

    def _leaders(self, scenario: Scenario, work: Work, event: Event, day: float) -> None:
        """Who quits, who goes with them, and when the community has a new leader."""
        gone = quitting(self.season, work, self.leading, event.streams)
        if not gone.any():
            return
        self.leading &= ~gone
        self.back_day[gone] = day + self.season.leaders.replaced_after_days
        self.quit += int(gone.sum())
        follows = gone[self.members.community] & following(
            self.season, scenario, self.members.key, event.streams
        )
        self.followed += int(follows.sum())
        self.members.keep(~follows)

    def _come_and_go(self, event: Event) -> None:
        leaves = self.members.leaving(self.season, event.streams)
        self.left += int(leaves.sum())
        self.members.keep(~leaves)
        joining = self.members.joining(
            self.season.membership, self.season.every_days, self.room, event.streams
        )
        self.joined += int(joining.sum())
        self.members.join(*new_keys(joining, self.used))

    def told(self, events: tuple[EventFigures, ...]) -> Season:
        """The season's figures."""
        members = self.members
        flow = Flow(self.start, self.joined, self.left, self.followed, len(members), self.quit)
        found = season_kpis(
            events,
            flow,
            buyers=self.ever,
            again=self.again,
            trust_end=float(members.trust.mean()) if len(members) else float("nan"),
            voucher_cny=self.season.remedy.cny,
        )
        return Season(events, {name: value for name, value in found.items() if value == value}, flow)


def peopled(market: Market, members: Members) -> Market:
    """The market with the members there are now; communities without any keep their points."""
    count = members.sizes(market.communities)
    return dataclasses.replace(
        market, members=count, member_community=members.community, member_key=members.key
    )
