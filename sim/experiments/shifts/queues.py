"""The queue of a night: what the evening leaves for the hall, whoever will sort it.

Draws never change with a parameter and the evening is over before it knows who sorts, so one play of the
evening serves every calendar. Only what the hall reads is kept: 17 bytes a job.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.executors import usable_cpus
from sim.kpis.sorting import MIDNIGHT
from sim.random_streams import Streams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.acts.night import Hall
    from sim.engines import Engine
    from sim.night import Night
    from sim.orderlog import Table
    from sim.scenario import Scenario
    from sim.stages.sorting.spec import Sorted

    Floats = NDArray[np.float64]


class Queue(NamedTuple):
    """One night's jobs in the order in which the hall takes them.

    Attributes:
        replication: which night.
        release: (m,) when a job may be begun, minutes.
        work: (m,) minutes it takes an ordinary person on an ordinary night.
        cancelled: (c, 2) job and minute of cancellations that the hall may still hear of.
        counts: (m,) jobs of orders that must be sorted; the others may be.
        streams, night: where people's luck is drawn; the night's pace among its factors.
        by_min: when everything must be sorted.
        job_cny: what is lost with a job that nobody ever does: the buyers' money less commission, for goods
            that are paid for all the same.
    """

    replication: int
    release: Floats
    work: Floats
    cancelled: Floats
    counts: NDArray[np.bool_]
    streams: Streams
    night: Night
    by_min: float
    job_cny: float


def queue_of(
    scenario: Scenario, seed: int, replication: int, engine: Engine, by_min: float | None = None
) -> Queue:
    """Play one evening and keep its queue.

    Args:
        scenario, seed, replication, engine: as `simulate` takes them.
        by_min: when everything must be sorted; None: midnight by the system, when the first van must begin
            to load by hand.
    """
    from sim.acts.evening import play_evening
    from sim.acts.night import before_the_hall
    from sim.chain import event_of

    event = event_of(scenario, seed, replication, engine)
    show = play_evening(event)
    hall = before_the_hall(event, show)
    done = event.face.run_sorting(hall.numbers, hall.draws, hall.given)
    release = done.sorting["release_min"]
    units, noise, cancelled, counts = _jobs(hall, done)
    late = np.flatnonzero(~np.isnan(cancelled))
    if by_min is None:
        by_min = MIDNIGHT if scenario.by_system else _first_loading(scenario, hall)
    return Queue(
        replication=replication,
        release=release.copy(),
        work=units * hall.numbers.unit_min * noise,  # in the order in which `rules.work_min` multiplies
        cancelled=np.stack([late.astype(np.float64), cancelled[late]], axis=1),
        counts=counts,
        streams=event.streams,
        night=event.night,
        by_min=by_min,
        job_cny=_worth(scenario, show.orders, counts),
    )


def _worth(scenario: Scenario, orders: Table, counts: NDArray[np.bool_]) -> float:
    """Mean worth of a job that counts: the money of all orders that may be sorted, spread over them."""
    kept = ~np.isnan(orders["paid_min"]) & np.isnan(orders["cancelled_min"])
    fen = int((orders["amount_fen"] - orders["short_fen"])[kept].sum())
    return fen / 100.0 * (1.0 - scenario.leaders.commission_share) / max(1, int(np.count_nonzero(counts)))


def _first_loading(scenario: Scenario, hall: Hall) -> float:
    """When the first van must begin to load in order to keep its promise."""
    return float(hall.plan.load_by_min.min(initial=scenario.delivery.promise_min))


def _jobs(hall: Hall, done: Sorted) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Units, noise, cancellation of each job, and whether an order that was not cancelled needs it."""
    given, jobs = hall.given, done.sorting
    kept = np.isnan(given.cancelled_min)
    if not hall.numbers.by_crate:
        order = jobs["order"]
        units = given.lines[order].astype(np.float64)
        return units, hall.draws.noise[order], given.cancelled_min[order], kept[order]
    skus = len(given.sku_grams)
    pile = jobs["community"].astype(np.int64) * skus + jobs["sku"]
    wanted = np.zeros(len(given.point_rank) * skus, np.bool_)
    rows, sku = np.nonzero(given.sku_lines[kept & ~np.isnan(done.release_min)])
    points = given.point[kept & ~np.isnan(done.release_min)].astype(np.int64)
    wanted[points[rows] * skus + sku] = True
    return np.ones(len(pile)), hall.draws.noise[pile], np.full(len(pile), np.nan), wanted[pile]


def gather(
    scenario: Scenario,
    seed: int,
    nights: Sequence[int],
    *,
    engine: Engine = "compiled",
    jobs: int | None = None,
    by_min: float | None = None,
    tick: Callable[[int], None] | None = None,
) -> list[Queue]:
    """The queues of these nights, in their order, played side by side; `tick` is called with each."""
    found: list[Queue] = []
    alone = 1  # kernels are compiled and routes planned once

    def keep(queue: Queue) -> None:
        found.append(queue)
        if tick is not None:
            tick(queue.replication)

    for replication in nights[:alone]:
        keep(queue_of(scenario, seed, replication, engine, by_min))
    pool = ThreadPoolExecutor(jobs or usable_cpus())
    try:
        rest = [pool.submit(queue_of, scenario, seed, night, engine, by_min) for night in nights[alone:]]
        for one in rest:
            keep(one.result())
    finally:
        pool.shutdown(cancel_futures=True)  # on Ctrl-C only the evenings that have begun are waited for
    return found
