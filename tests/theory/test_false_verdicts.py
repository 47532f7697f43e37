"""Equal scenarios are called equal: on the real KPI table, over all KPIs and promises together.

Nights of one scenario are exchangeable: drawing two groups from a pool of them is comparing the scenario with
itself under two seeds, a thousand times for the price of simulating the pool once.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.claims.definition import Arm, Claim, Driver, level
from sim.experiments.claims import claims_table
from sim.experiments.experiment import Experiment
from sim.experiments.laboratory import Ask, Laboratory
from sim.experiments.replications import Replications
from sim.experiments.selection import select_best
from sim.kpis.definitions import KPIS
from sim.scenario_file import load_scenario

NIGHTLY = bool(os.environ.get("LIANLU_NIGHTLY"))
POOL, COMPARISONS = (2_000, 1_000) if NIGHTLY else (400, 250)
NIGHTS = 20
MOST_FALSE = 0.05 + 0.023 * math.sqrt(1000 / COMPARISONS)
"""7.3 % in 1,000 comparisons is .05 and 3.3 standard errors; fewer comparisons are allowed as many errors."""


@pytest.fixture(scope="module")
def pool() -> Replications:
    """Nights of the scenario that has every figure, half of each of two seeds."""
    halves = []
    for seed in (1, 2):
        with Laboratory(seed=seed) as laboratory:
            halves.append(laboratory.replicate(load_scenario("chenxi_live"), POOL // 2))
    return replace(halves[0], table=np.vstack([half.table for half in halves]))


def group(pool: Replications, name: str, nights: NDArray[np.int64]) -> Replications:
    """Some of the nights, as an arm."""
    return replace(pool, name=name, table=pool.table[nights])


def test_equal_scenarios_of_different_seeds_are_rarely_told_apart(pool: Replications) -> None:
    """Over the whole table at least one false verdict in ≤ 7.3 %; without Holm in most comparisons."""
    rng = np.random.default_rng(1)
    false = loose = 0
    for _ in range(COMPARISONS):
        one, two = rng.permutation(POOL)[: 2 * NIGHTS].reshape(2, NIGHTS)
        experiment = Experiment((group(pool, "a", one), group(pool, "b", two)))
        document = experiment.compare_document()
        assert len(document["kpis"]) > 60
        tables = [*document["kpis"].values(), *document["service_levels"].values()]
        entries = [entry["difference"]["b"] for entry in tables if "b" in entry["difference"]]
        false += any(entry["verdict"] in ("better", "worse") or entry["p_holm"] <= 0.05 for entry in entries)
        loose += any(entry["ci_low"] > 0.0 or entry["ci_high"] < 0.0 for entry in entries)
    assert false / COMPARISONS <= MOST_FALSE
    assert loose / COMPARISONS > 0.5


def test_the_means_of_two_seeds_agree(pool: Replications) -> None:
    """No KPI's mean moves with the seed: |z| ≤ 4.2 for all of them, which is 3.3 once for many figures."""
    one, two = pool.table[: POOL // 2], pool.table[POOL // 2 :]
    for place, kpi in enumerate(pool.kpis):
        a, b = (half[np.isfinite(half[:, place]), place] for half in (one, two))
        error = math.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
        if error > 0.0 and KPIS[kpi].unit != "0/1" and min(np.count_nonzero(a), np.count_nonzero(b)) > 30:
            assert abs(a.mean() - b.mean()) / error <= 4.2, kpi


@pytest.mark.parametrize("name", ["chenxi_live", "chenxi_jielong", "live_by_hand"])
def test_equal_scenarios_of_one_seed_are_the_same(name: str) -> None:
    """Same seed, other workers, other nights asked first: every difference exactly 0, all "same"."""
    scenario = load_scenario(name)
    with Laboratory(seed=3, jobs=1) as alone, Laboratory(seed=3, jobs=2) as together:
        together.replicate(scenario, 2, first=3)
        one = alone.replicate(scenario, 6)
        two = together.replicate_all([Ask(scenario, 6, label="again")])[0]
    document = Experiment((one, two)).compare_document()
    for entry in (*document["kpis"].values(), *document["service_levels"].values()):
        for difference in entry["difference"].values():
            assert difference["verdict"] == "same"
            assert difference["mean"] == difference["ci_low"] == difference["ci_high"] == 0.0
    assert "again" in document["kpis"]["gmv_cny"]["difference"]


@pytest.mark.parametrize("kpi", ["contribution_cny", "sold_out_lost", "stops_on_time"])
def test_the_best_is_found_on_real_nights(pool: Replications, kpi: str) -> None:
    """Nights as the model makes them, tails and zeros included, three arms, two delta behind: ≥ .95."""
    trials = 1_000 if NIGHTLY else 200
    nights = pool.values(kpi)
    delta = 0.3 * float(nights.std())
    rng = np.random.default_rng(12)
    correct = 0
    for _ in range(trials):
        rows = rng.choice(nights, (1_000, 3)) + np.array([delta, 0.0, 0.0])
        found = select_best(
            lambda inside, n, rows=rows: [rows[:n, arm] for arm in inside],
            ["best", "second", "third"],
            kpi=kpi,
            better="higher",
            delta=delta,
            most=1_000,
        )
        correct += found.best == "best"
    assert correct >= int(stats.binom.ppf(0.001, trials, 0.95))


@pytest.mark.parametrize("shape", [1e6, 4.0])
def test_claims_on_the_border_are_left_open(shape: float) -> None:
    """Forty claims that are neither satisfied nor violated: a table with any verdict at all in ≤ 5 %."""
    tables, claims_in_table, nights = (1_000 if NIGHTLY else 150), 40, 50
    rng = np.random.default_rng(2)
    claims = [
        Claim(k, "O", "声明", "claim", "", (Driver("x"),), (level("gmv_cny", Arm(f"{k}"), ">=", 1.0),))
        for k in range(claims_in_table)
    ]
    judged = 0
    for _ in range(tables):
        values = rng.gamma(shape, 1.0 / shape, (claims_in_table, nights))

        def rows(name: str, _changes: Mapping[str, Any], _n: int, values: Any = values) -> Replications:
            column = values[int(name)][:, None]
            return Replications(name, SimpleNamespace(), 1, "compiled", ("gmv_cny",), column, {}, {}, "0")

        found = claims_table(rows, lambda _path: None, claims=claims, replications=nights)
        judged += any(row["verdict"] != "cannot_tell" for row in found)
    assert judged / tables <= 0.05 + 3.3 * math.sqrt(0.05 * 0.95 / tables)
