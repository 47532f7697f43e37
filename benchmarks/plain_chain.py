"""The chain as a plain SimPy script, the way one would write it by hand without lianlu.

One process a viewer, from the show to the pickup point; resources for question team, order service, stock
row, gateway, docks, desks and agents; stores and events for the hall and the vans. Same constants, same draws
and same arithmetic of a single step as lianlu; no protections, drills, priorities of ties or logs, and
shortcuts where they do not change the size of the work (a cancelled order is simply skipped, what does not
fit goes on a second trip of the same van). So the counts come out like lianlu's, not equal to them.
The show stands here, the night in `plain_night`, the day in `plain_day`.
"""

from __future__ import annotations

import math
from collections import Counter

from benchmarks.plain_day import DAY, END, Life
from benchmarks.plain_draws import draw
from benchmarks.plain_night import Night
from sim.scenario import Scenario
from sim.stages.aftersales.spec import Cause
from sim.stages.audience import rules as show
from sim.stages.audience import trust_rules
from sim.stages.checkout import rules as shop
from sim.stages.leader_desk.codes import Task


class Chain(Night):
    """The show and the shop, and with them the whole night."""

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
        home = self.c.community[i]
        pace = mine["latency"], mine["react"], mine["think"]
        decide = show.decides(arrive, leave, mine["wait"], *pace, home, n)
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
        score = trust_rules.score(
            tour, talk, decide, asked, self.answered[i], self.c.member[i], n, self.c.trust
        )
        if score + self.mood() >= mine["threshold"] and (yield from self.order(i)):
            yield from self.collect(i)

    def mood(self) -> float:
        """What the last minute's failures in the chat do to trust."""
        n = self.c.n_checkout
        while self.chat and self.chat[0][0] < self.env.now - n.memory_s / 60.0:
            self.chat.popleft()
        return (
            -n.mood_gain * sum(failed for _, failed in self.chat) / len(self.chat)
            if self.chat and n.mood_gain
            else 0.0
        )

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
            yield env.timeout(
                self.c.checkout["service"][i][k] * (1.0 + n.alpha * (busy - 1) + n.beta * busy * (busy - 1))
            )
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
            waits.append(
                self.c.checkout["pay_again_in"][i] + waits[0]
                if fate[shop.AGAIN] < n.pay_again_share
                else math.inf
            )
        for wait in waits:
            entered = env.timeout(wait)
            ready = yield entered | closes
            if entered not in ready or env.now > n.paid_by:
                self.stock = [left + lines for left, lines in zip(self.stock, self.got[i], strict=True)]
                self.ticket(i, Cause.PAYMENT_TROUBLE)
                return False
        self.chat.append((env.now, False))
        self.counts["paid"] += 1
        self.counts["gmv_fen"] += sum(
            lines * price for lines, price in zip(self.got[i], self.c.price, strict=True)
        )
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
        for leader, moment, length in zip(
            *(x.tolist() for x in (c.desk.chat_leader, c.desk.chat_at, c.desk.chat_work)), strict=True
        ):
            env.process(self.work(leader, Task.CHAT, length, moment))
        p = c.scenario.aftersales
        day, night, late = p.day_from_h * 60.0, p.day_until_h * 60.0, p.show_night_until_h * 60.0
        for agent in range(int(self.agents.capacity)):
            only_evening = agent >= p.agents
            for start, end in (
                (0.0, night if only_evening else day),
                (late, END if only_evening else DAY + day),
                (DAY + night, END),
            ):
                env.process(self.away(start, end))
        env.run(until=END)
        return self.counts


def play(scenario: Scenario, seed: int, replication: int) -> Counter[str]:
    """Draw and play one night."""
    return Chain(draw(scenario, seed, replication)).play()
