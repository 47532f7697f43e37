"""The night of `plain_chain`: people in the sorting hall, vans on their routes."""

from __future__ import annotations

import math
from collections import deque

from benchmarks.plain_day import Day, Life
from sim.stages.aftersales.spec import Cause
from sim.stages.delivery.driving_rules import arrive_min
from sim.stages.delivery.loading_rules import leg_min, stop_min
from sim.stages.leader_desk.codes import Task
from sim.stages.sorting.rules import crates_of, work_min


class Night(Day):
    """Sorting and driving."""

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
            i: int = job.value  # type: ignore[assignment]  # the hall holds orders
            if i not in self.cancelled:
                yield env.timeout(
                    work_min(sum(self.got[i]), n.unit_min, self.c.noise[i], draws.night_pace, pace)
                )
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
            aboard: dict[int, list[int]] = {}
            grams = 0
            for i in mine:
                more = self.grams(i)
                if (
                    self.sorted_of[i].triggered
                    and i not in self.warm_since
                    and grams + more <= n.fleet.payload_g[van]
                ):
                    aboard.setdefault(self.c.point[i], []).append(i)
                    self.warm_since[i] = math.inf
                    grams += more
            if not aboard:
                return
            crates = {
                point: crates_of(sum(map(self.grams, orders)), n.crate_grams)
                for point, orders in aboard.items()
            }
            with self.docks.request() as dock:
                yield dock
                yield env.timeout(sum(crates.values()) * n.load_crate_min)
            yield env.timeout(max(0.0, float(plan.depart_min[route]) - env.now))
            here = 0
            for point in (point for point in points if point in aboard):
                yield env.timeout(self.drive(van, leg, here, point + 1))
                noise = float(self.c.driving.stop_min[point, 0])
                pace = float(self.c.driving.pace[van])
                yield env.timeout(
                    stop_min(crates[point], noise, self.c.driving.stop_time, pace, n.unload_crate_min)
                )
                self.unload(point, aboard[point], crates[point])
                here, leg = point + 1, leg + 1
            yield env.timeout(self.drive(van, leg, here, 0) + n.reload_min)
            leg += 1

    def drive(self, van: int, leg: int, here: int, there: int) -> float:
        """Minutes of the next leg."""
        n, draws = self.c.n_delivery, self.c.driving
        free = leg_min(
            float(self.c.market.travel_min[here, there]), draws.traffic, float(draws.leg[van, leg % 64])
        )
        factors = self.c.scenario.roads.bands()[1]
        return arrive_min(self.env.now, free, n.band_starts, factors, draws.speed) - self.env.now

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
