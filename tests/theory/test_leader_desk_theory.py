"""A leader's desk against the theory of priority queues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.random_streams import Streams
from sim.stages.leader_desk.codes import Task
from sim.stages.leader_desk.draws import draw
from sim.stages.leader_desk.jobs import Jobs, join
from sim.stages.leader_desk.kernel import work_desks
from sim.stages.leader_desk.leaders import LeadersParams
from sim.stages.leader_desk.numbers import numbers
from sim.stages.leader_desk.spec import LeaderDeskParams


def stationary(
    rate: tuple[float, float], service: tuple[float, float], interrupting: tuple[str, ...]
) -> list[tuple[float, float]]:
    """Simulate 400 desks open day and night: (mean, standard error) of the stay of hand-overs, registers."""
    rng = np.random.default_rng(2024)
    desks, count, settling = 400, 3000, 300
    span = count / sum(rate)
    params = LeaderDeskParams(interrupting=interrupting)  # type: ignore[arg-type]  # class names
    desk = numbers(params, LeadersParams())._replace(
        opens=np.zeros(1), closes=np.full(1, 1e9), complaint_share=0.0
    )
    chance = draw(
        params,
        LeadersParams(other_brands_per_day=0.0),
        desk,
        Streams(1, 0),
        np.zeros(1, np.int64),
        desks,
        by_hand=True,
    )
    parts = []
    for task, arrivals, mean in zip((Task.HAND_OVER, Task.REGISTER), rate, service, strict=True):
        n = rng.poisson(arrivals * span * desks)
        parts.append(
            Jobs(
                rng.integers(0, desks, n),
                np.full(n, int(task)),
                np.full(n, -1),
                rng.random(n) * span,
                rng.exponential(mean, n),
            )
        )
    table = work_desks(desk, chance, join(*parts), 1e9)
    found = []
    for task in (Task.HAND_OVER, Task.REGISTER):
        mine = (table["task"] == task) & (table["arrive_min"] > settling / sum(rate))
        stay = (table["end_min"] - table["arrive_min"])[mine]
        means = np.bincount(table["leader"][mine], weights=stay, minlength=desks) / np.bincount(
            table["leader"][mine], minlength=desks
        )
        found.append((float(means.mean()), float(means.std(ddof=1) / np.sqrt(desks))))
    return found


def residual(rate: tuple[float, float], service: tuple[float, float]) -> float:
    """Mean work left of the job in service, exponential lengths."""
    return sum(a * m * m for a, m in zip(rate, service, strict=True))


def test_priorities_without_interruption_follow_cobham() -> None:
    """Two classes at an M/M/1 desk stay as long as Cobham says (priorities, no interruption), |z| ≤ 3.3."""
    rate, service = (0.3, 0.25), (1.0, 2.0)
    high, all_load = rate[0] * service[0], rate[0] * service[0] + rate[1] * service[1]
    rest = residual(rate, service)
    expected: NDArray[np.float64] = np.array(
        [rest / (1 - high) + service[0], rest / ((1 - high) * (1 - all_load)) + service[1]]
    )
    for theory, (mean, error) in zip(expected, stationary(rate, service, ()), strict=True):
        assert abs(mean - theory) <= 3.3 * error, (theory, mean, error)


def test_priorities_with_interruption_follow_theory() -> None:
    """Hand-overs that interrupt see an M/M/1 of their own, registers the preemptive stay, |z| ≤ 3.3."""
    rate, service = (0.3, 0.25), (1.0, 2.0)
    high, all_load = rate[0] * service[0], rate[0] * service[0] + rate[1] * service[1]
    first = rate[0] * service[0] ** 2 / (1 - high) + service[0]
    second = residual(rate, service) / ((1 - high) * (1 - all_load)) + service[1] / (1 - high)
    for theory, (mean, error) in zip(
        (first, second), stationary(rate, service, ("chat", "hand_over")), strict=True
    ):
        assert abs(mean - theory) <= 3.3 * error, (theory, mean, error)
