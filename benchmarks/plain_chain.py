"""The chain as a plain SimPy script, the way one would write it by hand without lianlu.

One process a viewer, from the show to the pickup point; resources for question team, order service, stock row,
gateway, docks, desks and agents; stores and events for the hall and the vans. Same constants, same draws and same
arithmetic of a single step as lianlu; no protections, drills, priorities of ties or logs, and shortcuts where they do
not change the size of the work (a cancelled order is simply skipped, what does not fit goes on a second trip of the
same van). So the counts come out like lianlu's, not equal to them.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.plain_draws import Chance, draw
from sim.scenario import Scenario
from sim.stages.aftersales.spec import Cause
from sim.stages.audience import rules as show
from sim.stages.checkout import rules as shop
from sim.stages.collection.rules import coming_min, within_opening
from sim.stages.delivery.loading_rules import leg_min, stop_min
from sim.stages.delivery.rules import arrive_min
from sim.stages.leader_desk.codes import TASK_CLASS, Task
from sim.stages.sorting.rules import crates_of, work_min

Life = Generator[simpy.Event, Any, Any]
DAY, END = 1440.0, 2880.0


class Chain:
    """One night: `counts` is what came of it."""

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
        self.agents = simpy.PriorityResource(env, max(c.scenario.aftersales.agents, c.scenario.aftersales.show_night_agents))
        self.second_line = simpy.Resource(env, c.scenario.aftersales.second_line_agents)

    # --- the show and the shop

    def viewer(self, i: int) -> Life:
        """Watch, perhaps ask, decide, buy, and collect."""
        env, n, mine = self.env, self.c.n_audience, self.c.luck[i]
        yield env.timeout(n.show_start + mine["arrive"])
        self.counts["viewers"] += 1
        arrive = env.now
        leave = show.bored_at(arrive, mine["stay"], mine["startup"], n)
        if show.takes_part(arrive, leave, mine["quiz"], n):
            leave = show.after_quiz(leave, n)
        leave = show.leaves_at(arrive, leave, mine["feed"], n)
        decide = show.decides(arrive, leave, mine["wait"], mine["latency"], mine["react"], mine["think"], n)
        until = show.watched_until(leave, decide)
        asked = show.asks(arrive, until, mine["ask"], mine["ask_at"], n)
        if not math.isnan(asked):
            yield env.timeout(asked - env.now)
            env.process(self.question(i, mine["answer"]))
        if math.isnan(decide):
            return
        yield env.timeout(decide - env.now)
        tour = show.share_seen(arrive, until, n.show_start, n.tour_end)
        talk = show.share_seen(arrive, until, n.tour_end, n.show_end)
        score = show.score(tour, talk, decide, asked, self.answered[i], self.c.member[i], n, self.c.trust)
        if score + self.mood() >= mine["threshold"] and (yield from self.order(i)):
            yield from self.collect(i)

    def mood(self) -> float:
        """What the last minute's failures in the chat do to trust."""
        n = self.c.n_checkout
        while self.chat and self.chat[0][0] < self.env.now - n.memory_s / 60.0:
            self.chat.popleft()
        return -n.mood_gain * sum(failed for _, failed in self.chat) / len(self.chat) if self.chat and n.mood_gain else 0.0

    def question(self, i: int, length: float) -> Life:
        """Have a question answered, or lose patience."""
        with self.team.request() as turn:
            ready = yield turn | self.env.timeout(self.c.n_audience.patience)
            if turn in ready:
                yield self.env.timeout(length)
                self.answered[i] = self.env.now
            self.chat.append((self.env.now, turn not in ready))

    def order(self, i: int) -> Life:
        """Click until it works or one gives up, then pay; True when money moved in time."""
        env, n, draws = self.env, self.c.n_checkout, self.c.checkout
        self.counts["orders"] += 1
        if draws["fate"][i][shop.BEFORE_CLICK] < n.lost_before_click:
            return False
        for k in range(n.tries):
            call: dict[str, bool] = {}
            answer = env.process(self.call(i, k, call))
            heard = yield answer | env.timeout(n.timeout)
            if answer in heard and "accepted" in call:
                return call["accepted"] and (yield from self.pay(i))
            call["given up"] = True
            self.chat.append((env.now, True))
            if k + 1 == n.tries or draws["again"][i][k] >= n.again_share:
                return False
            yield env.timeout(draws["again_in"][i][k])
        return False

    def call(self, i: int, k: int, call: dict[str, bool]) -> Life:
        """The shop's side of one click: a worker, then the stock row, whether or not anybody still waits."""
        env, n = self.env, self.c.n_checkout
        with self.service.request() as turn:
            ready = yield turn | env.timeout(self.c.checkout["patience"][i])
            if turn not in ready:
                return
            busy = self.service.count
            yield env.timeout(self.c.checkout["service"][i][k] * (1.0 + n.alpha * (busy - 1) + n.beta * busy * (busy - 1)))
        with self.row.request() as turn:
            yield turn
            busy = 1 + len(self.row.queue)
            yield env.timeout(n.row_time * (1.0 + n.alpha * (busy - 1) + n.beta * busy * (busy - 1)))
        if "given up" not in call:
            call["accepted"] = env.now <= n.placed_by and self.reserve(i)

    def reserve(self, i: int) -> bool:
        """Take what is there of the basket."""
        got = [min(want, left) for want, left in zip(self.c.wanted[i], self.stock, strict=True)]
        self.stock = [left - lines for left, lines in zip(self.stock, got, strict=True)]
        self.got[i] = got
        return any(got)

    def pay(self, i: int) -> Life:
        """Gateway, PIN, perhaps a second try, before the order closes; then the shop must hear of it."""
        env, n, fate = self.env, self.c.n_checkout, self.c.checkout["fate"][i]
        closes = env.timeout(n.expiry)
        if fate[shop.METHOD] < n.wechat_share:
            with self.gateway.request() as turn:
                yield turn
                yield env.timeout(n.gateway_gap)
        waits = [self.c.checkout["pin"][i]]
        if fate[shop.DECLINE] < n.decline_share:
            waits.append(self.c.checkout["pay_again_in"][i] + waits[0] if fate[shop.AGAIN] < n.pay_again_share else math.inf)
        for wait in waits:
            entered = env.timeout(wait)
            ready = yield entered | closes
            if entered not in ready or env.now > n.paid_by:
                self.stock = [left + lines for left, lines in zip(self.stock, self.got[i], strict=True)]
                self.ticket(i, Cause.PAYMENT_TROUBLE)
                return False
        self.chat.append((env.now, False))
        self.counts["paid"] += 1
        self.counts["gmv_fen"] += sum(lines * price for lines, price in zip(self.got[i], self.c.price, strict=True))
        self.gifts -= self.gifts > 0
        if fate[shop.LOST] < n.lost_share:
            yield env.timeout(n.query_after)
        self.paid_at[i] = env.now
        self.here_of[i], self.sorted_of[i] = env.event(), env.event()
        self.ticket(i, Cause.OTHER)
        self.ticket(i, Cause.WHERE_IS_IT, since=DAY + 480.0)
        if fate[shop.CANCEL] < n.cancel_share:
            env.process(self.cancel(i, fate[shop.CANCEL_AT] * (n.paid_by - env.now)))
        self.due[self.c.point[i]].append(i)
        yield self.hall.put(i)
        return True

    def cancel(self, i: int, wait: float) -> Life:
        """Money back before the cut-off."""
        yield self.env.timeout(wait)
        self.cancelled.add(i)

    # --- the night

    def sorter(self, worker: int) -> Life:
        """One person's shift in the hall."""
        env, n, draws = self.env, self.c.n_sorting, self.c.sorters
        shifts = n.shifts
        own = slice(shifts.break_first[worker], shifts.break_first[worker + 1])
        breaks = deque(zip(shifts.break_start[own].tolist(), shifts.break_length[own].tolist(), strict=True))
        end, pace = float(shifts.end[worker]), float(draws.pace[worker])
        yield env.timeout(float(shifts.start[worker]))
        while env.now < end:
            if breaks and breaks[0][0] <= env.now:
                yield env.timeout(breaks.popleft()[1])
                continue
            job = self.hall.get()
            ready = yield job | env.timeout((breaks[0][0] if breaks else end) - env.now)
            if job not in ready:
                job.cancel()
                continue
            i = job.value
            if i not in self.cancelled:
                yield env.timeout(work_min(sum(self.got[i]), n.unit_min, self.c.noise[i], draws.night_pace, pace))
                self.sorted_of[i].succeed()
                self.counts["sorted"] += 1

    def van(self, route: int) -> Life:
        """Wait for the route's orders, load, drive, come back, and go again with what did not fit."""
        env, n, plan = self.env, self.c.n_delivery, self.c.plan
        van = int(plan.van[route])
        points = plan.points[plan.first[route] : plan.first[route + 1]].tolist()
        yield env.timeout(self.c.n_sorting.close_min)
        mine = [i for point in points for i in self.due[point] if i not in self.cancelled]
        complete = env.all_of([self.sorted_of[i] for i in mine])
        yield complete | env.timeout(max(0.0, float(plan.load_by_min[route]) - env.now))
        leg = 0
        while env.now < n.last_load_min:
            aboard, grams = {}, 0
            for i in mine:
                more = self.grams(i)
                if self.sorted_of[i].triggered and i not in self.warm_since and grams + more <= n.fleet.payload_g[van]:
                    aboard.setdefault(self.c.point[i], []).append(i)
                    self.warm_since[i] = math.inf
                    grams += more
            if not aboard:
                return
            crates = {point: crates_of(sum(map(self.grams, orders)), n.crate_grams) for point, orders in aboard.items()}
            with self.docks.request() as dock:
                yield dock
                yield env.timeout(sum(crates.values()) * n.load_crate_min)
            yield env.timeout(max(0.0, float(plan.depart_min[route]) - env.now))
            here = 0
            for point in (point for point in points if point in aboard):
                yield env.timeout(self.drive(van, leg, here, point + 1))
                noise = float(self.c.driving.stop_min[point, 0])
                pace = float(self.c.driving.pace[van])
                yield env.timeout(stop_min(crates[point], noise, self.c.driving.stop_time, pace, n.unload_crate_min))
                self.unload(point, aboard[point], crates[point])
                here, leg = point + 1, leg + 1
            yield env.timeout(self.drive(van, leg, here, 0) + n.reload_min)
            leg += 1

    def drive(self, van: int, leg: int, here: int, there: int) -> float:
        """Minutes of the next leg."""
        n, draws = self.c.n_delivery, self.c.driving
        free = leg_min(float(self.c.market.travel_min[here, there]), draws.traffic, float(draws.leg[van, leg % 64]))
        return arrive_min(self.env.now, free, n.band_starts, n.band_factors, draws.speed) - self.env.now

    def grams(self, i: int) -> int:
        """Weight of an order."""
        return sum(lines * each for lines, each in zip(self.got[i], self.c.grams, strict=True))

    def unload(self, point: int, orders: list[int], crates: int) -> None:
        """Into the cold store as far as there is room; the leader receives the crates."""
        desk, late = self.c.n_desk, bool(self.env.now > self.c.n_delivery.promise_min)
        self.env.process(self.work(point, Task.RECEIVE, desk.receive + desk.receive_crate * crates))
        for i in orders:
            self.counts["late"] += late
            weight = self.grams(i)
            if weight <= self.cold[point]:
                self.cold[point] -= weight
                self.warm_since[i] = math.nan
            else:
                self.outside[point].append(i)
                self.warm_since[i] = self.env.now
            self.here_of[i].succeed()
            if late:
                self.ticket(i, Cause.LATE)

    # --- the day

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
                    self.counts["desk jobs"] += 1
                    return
                except simpy.Interrupt:
                    length += self.c.n_desk.resume_cost - (env.now - begun)

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
            Cause.PAYMENT_TROUBLE: p.payment_trouble.share, Cause.LATE: p.late.share, Cause.NOT_AS_SHOWN: p.not_as_shown.live_share,
            Cause.WHERE_IS_IT: p.where_is_it.with_notices_share, Cause.OTHER: p.other.share, Cause.REGRET: p.regret.share,
            Cause.MISSORTED: p.wrong_goods.share,
        }[cause]  # fmt: skip

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

    def play(self) -> Counter[str]:
        """Everybody comes; what came of it."""
        env, c = self.env, self.c
        for i in range(len(c.luck)):
            env.process(self.viewer(i))
        for worker in range(len(c.sorters.absent)):
            if not c.sorters.absent[worker]:
                env.process(self.sorter(worker))
        for route in range(len(c.plan.van)):
            env.process(self.van(route))
        for leader, moment in zip(c.desk.other_leader.tolist(), c.desk.other_at.tolist(), strict=True):
            env.process(self.work(leader, Task.OTHER_BRAND, c.n_desk.other_brand, moment))
        for leader, moment, length in zip(*(x.tolist() for x in (c.desk.chat_leader, c.desk.chat_at, c.desk.chat_work)), strict=True):
            env.process(self.work(leader, Task.CHAT, length, moment))
        p = c.scenario.aftersales
        day, night, late = p.day_from_h * 60.0, p.day_until_h * 60.0, p.show_night_until_h * 60.0
        for agent in range(self.agents.capacity):
            only_evening = agent >= p.agents
            for start, end in ((0.0, night if only_evening else day), (late, END if only_evening else DAY + day), (DAY + night, END)):
                env.process(self.away(start, end))
        env.run(until=END)
        return self.counts


def play(scenario: Scenario, seed: int, replication: int) -> Counter[str]:
    """Draw and play one night."""
    return Chain(draw(scenario, seed, replication)).play()
