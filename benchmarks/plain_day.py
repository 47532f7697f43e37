"""The day of `plain_chain`: pickup points, leaders' desks and support; and the state of one night."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.plain_draws import Chance
from sim.stages.aftersales.spec import Cause
from sim.stages.collection.rules import coming_min, within_opening
from sim.stages.leader_desk.codes import TASK_CLASS, Task

Life = Generator[simpy.Event, Any, Any]
DAY, END = 1440.0, 2880.0
MOST_LINES = 64


class Day:
    """Collecting, handing over, writing tickets; `counts` is what came of the night."""

    def __init__(self, chance: Chance) -> None:
        self.c = c = chance
        self.env = env = simpy.Environment()
        self.counts: Counter[str] = Counter()
        n = c.n_checkout
        self.team = simpy.Resource(env, c.n_audience.team)
        self.service = simpy.Resource(env, n.workers)
        self.row, self.gateway = simpy.Resource(env, 1), simpy.Resource(env, 1)
        self.chat: deque[tuple[float, bool]] = deque()
        self.answered = [math.nan] * len(c.luck)
        self.stock, self.gifts = list(c.stock), n.gifts
        self.got: dict[int, list[int]] = {}
        self.paid_at: dict[int, float] = {}
        self.cancelled: set[int] = set()
        self.hall = simpy.Store(env)
        self.sorted_of: dict[int, simpy.Event] = {}
        self.here_of: dict[int, simpy.Event] = {}
        points = c.market.communities
        self.due: list[list[int]] = [[] for _ in range(points)]
        self.docks = simpy.Resource(env, c.n_delivery.docks)
        self.cold, self.outside = c.market.cold_grams.tolist(), [[] for _ in range(points)]  # type: ignore[var-annotated]  # of orders
        self.warm_since: dict[int, float] = {}
        self.opens, self.closes = c.market.open_min.tolist(), c.market.close_min.tolist()
        self.desks = [simpy.PreemptiveResource(env, 1) for _ in range(points)]
        self.hours = list(zip(c.n_desk.opens.tolist(), c.n_desk.closes.tolist(), strict=True))
        self.d1 = c.n_desk.d1_opens.tolist(), c.n_desk.d1_closes.tolist()
        self.agents = simpy.PriorityResource(
            env, max(c.scenario.aftersales.agents, c.scenario.aftersales.show_night_agents)
        )
        self.second_line = simpy.Resource(env, c.scenario.aftersales.second_line_agents)

    def collect(self, i: int) -> Life:
        """Come, perhaps in vain, and get the goods from the leader."""
        env, n, draws, point = self.env, self.c.n_collection, self.c.coming, self.c.point[i]
        window = self.opens[point], self.closes[point], *self.d1
        first = within_opening(coming_min(draws["part_u"][i], draws["place_u"][i], n), *window)
        if i in self.cancelled or first == math.inf:
            return
        yield env.timeout(first - env.now)
        here = self.here_of[i]
        if not here.triggered:
            yield here | env.timeout(n.wait_max)
            if not here.triggered:
                self.counts["wasted"] += 1
                again = within_opening(draws["back_min"][i], *window)
                yield env.timeout(max(0.0, min(again, END) - env.now))
                if not here.triggered:
                    return
        yield from self.work(point, Task.HAND_OVER, self.c.n_desk.hand_over)
        self.counts["collected"] += 1
        self.hand_out(i, point)
        self.ticket(i, Cause.NOT_AS_SHOWN)
        self.ticket(i, Cause.REGRET)
        if self.c.missorts[i] < self.c.n_sorting.error_by_lines[min(sum(self.got[i]), 64)]:
            self.ticket(i, Cause.MISSORTED)

    def hand_out(self, i: int, point: int) -> None:
        """Room in the cold store becomes free for those in the box."""
        n, since = self.c.n_collection, self.warm_since[i]
        if math.isnan(since):
            self.cold[point] += self.grams(i)
            for other in list(self.outside[point]):
                if self.grams(other) <= self.cold[point]:
                    self.outside[point].remove(other)
                    self.cold[point] -= self.grams(other)
                    self.counts["spoiled"] += bool(self.env.now - self.warm_since[other] - n.hold > n.limit)
                    self.warm_since[other] = math.nan
        else:
            self.outside[point].remove(i)
            self.counts["spoiled"] += bool(self.env.now - since - n.hold > n.limit)

    def grams(self, i: int) -> int:
        """Weight of an order."""
        return sum(lines * each for lines, each in zip(self.got[i], self.c.grams, strict=True))

    def work(self, leader: int, task: Task, length: float, start: float = 0.0) -> Life:
        """A job for a leader in opening hours; urgent ones interrupt others."""
        env, klass = self.env, int(TASK_CLASS[task])
        level = int(self.c.n_desk.level[klass])
        yield env.timeout(max(0.0, start - env.now))
        while True:
            opening = next((opens for opens, closes in self.hours if env.now < closes), None)
            if opening is None:
                return
            if opening > env.now:
                yield env.timeout(opening - env.now)
            with self.desks[leader].request(priority=level, preempt=level == 0) as turn:
                yield turn
                begun = env.now
                try:
                    yield env.timeout(length)
                except simpy.Interrupt:
                    length += self.c.n_desk.resume_cost - (env.now - begun)
                else:
                    self.counts["desk jobs"] += 1
                    return

    def ticket(self, i: int, cause: Cause, since: float = 0.0) -> None:
        """Perhaps somebody writes."""
        luck, channel, delay, handling = self.c.tickets[cause][i]
        if luck < self.share(cause):
            self.counts["tickets"] += 1
            self.env.process(self.support(i, channel, max(0.0, since - self.env.now) + delay, handling))

    def share(self, cause: Cause) -> float:
        """Probability of a ticket from this cause."""
        p = self.c.scenario.aftersales
        return {
            Cause.PAYMENT_TROUBLE: p.payment_trouble.share,
            Cause.LATE: p.late.share,
            Cause.NOT_AS_SHOWN: p.not_as_shown.live_share,
            Cause.WHERE_IS_IT: p.where_is_it.with_notices_share,
            Cause.OTHER: p.other.share,
            Cause.REGRET: p.regret.share,
            Cause.MISSORTED: p.wrong_goods.share,
        }[cause]

    def support(self, i: int, channel: float, delay: float, handling: float) -> Life:
        """Self-service, an agent, or the leader."""
        p = self.c.scenario.aftersales
        yield self.env.timeout(delay)
        if channel < p.self_service_share:
            return
        if channel >= 1.0 - p.leader_share:
            yield from self.work(self.c.community[i], Task.TICKET, handling)
            return
        with self.agents.request(priority=1) as turn:
            yield turn
            yield self.env.timeout(handling)
        if channel < p.self_service_share + p.reopened_share:
            yield self.env.timeout(60.0)
            with self.second_line.request() as turn:
                yield turn
                yield self.env.timeout(handling)

    def away(self, start: float, end: float) -> Life:
        """An agent's free time keeps a place busy."""
        yield self.env.timeout(start)
        with self.agents.request(priority=0) as turn:
            yield turn
            yield self.env.timeout(max(0.0, end - self.env.now))
