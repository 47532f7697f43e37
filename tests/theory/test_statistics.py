"""Do the intervals cover what they say, and are equal scenarios called equal?

Sizes for every day; LIANLU_NIGHTLY=1 runs the full size. Bounds are those of the full size (1,000
experiments) moved away by the same number of standard errors.
"""

from __future__ import annotations

import math
import os
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from sim.experiments.experiment import Experiment
from sim.experiments.holm import holm
from sim.experiments.intervals import (
    mean_interval,
    precise_enough,
    quantile_interval,
    replications_to_promise,
    share_interval,
    skew_t,
)
from sim.experiments.paired import paired
from sim.experiments.replications import Replications
from sim.kpis.definitions import KPIS

Floats = NDArray[np.float64]

EXPERIMENTS = 1000 if os.environ.get("LIANLU_NIGHTLY") else 300
REPLICATIONS = 20


def erlang_wait(servers: int, load: float) -> float:
    """Mean wait of M/M/c with service rate 1 and utilisation `load` (Erlang C)."""
    offered = servers * load
    terms = [offered**k / math.factorial(k) for k in range(servers)]
    last = offered**servers / math.factorial(servers) / (1.0 - load)
    return last / (sum(terms) + last) / (servers * (1.0 - load))


def queue_means(rng: np.random.Generator, runs: int, customers: int, servers: int, load: float) -> Floats:
    """(runs,) mean waits in an M/M/c that is stationary at time 0 (Kiefer & Wolfowitz, 1955)."""
    offered, states = servers * load, 400
    weight = np.array([offered**k / math.factorial(k) for k in range(servers)])
    weight = np.concatenate([weight, weight[-1] * load * load ** np.arange(states - servers)])
    inside = rng.choice(states, runs, p=weight / weight.sum())
    work = np.where(np.arange(servers) < inside[:, None], rng.exponential(1.0, (runs, servers)), 0.0)
    for waiting in range(servers, int(inside.max())):
        work.sort(axis=1)
        work[:, 0] += np.where(waiting < inside, rng.exponential(1.0, runs), 0.0)
    total = np.zeros(runs)
    for _ in range(customers):
        work.sort(axis=1)
        total += work[:, 0]
        work[:, 0] += rng.exponential(1.0, runs)
        work = np.maximum(work - rng.exponential(1.0 / offered, runs)[:, None], 0.0)
    return total / customers


@pytest.mark.parametrize(("servers", "load", "wait"), [(1, 0.9, 9.0), (1, 0.5, 1.0), (3, 0.9, 2.723537)])
def test_intervals_of_queue_means_cover_the_theory(servers: int, load: float, wait: float) -> None:
    """The skew-corrected interval of 20 replications covers the exact mean wait as often as it says."""
    assert erlang_wait(servers, load) == pytest.approx(wait, abs=1e-6)
    rng = np.random.default_rng(20 + servers)
    means = queue_means(rng, EXPERIMENTS * REPLICATIONS, 400, servers, load)
    covered = np.mean([mean_interval(row).contains(wait) for row in means.reshape(EXPERIMENTS, REPLICATIONS)])
    wider = math.sqrt(1000 / EXPERIMENTS)
    assert 0.95 - 0.035 * wider <= covered <= 0.95 + 0.021 * wider
    z = (means.mean() - wait) / (means.std(ddof=1) / math.sqrt(means.size))
    assert abs(z) <= 3.3


def test_the_skew_correction_earns_its_place() -> None:
    """At ρ = .9 and 20 replications the plain t interval covers less often than the corrected one."""
    rows = queue_means(np.random.default_rng(5), 1000 * REPLICATIONS, 400, 1, 0.9).reshape(1000, REPLICATIONS)
    half = stats.t.ppf(0.975, REPLICATIONS - 1) * rows.std(axis=1, ddof=1) / math.sqrt(REPLICATIONS)
    plain = np.mean(np.abs(rows.mean(axis=1) - 9.0) <= half)
    assert np.mean([mean_interval(row).contains(9.0) for row in rows]) > plain + 0.01


@pytest.mark.parametrize("p", [0.5, 0.8, 0.95, 0.99])
def test_intervals_of_promises_cover(p: float) -> None:
    """Clopper–Pearson covers at least 95 % (less 3.3 standard errors) where promises live."""
    hits = np.random.default_rng(int(100 * p)).binomial(REPLICATIONS, p, EXPERIMENTS)
    covered = np.mean([share_interval(int(k), REPLICATIONS).contains(p) for k in hits])
    assert covered >= 0.95 - 3.3 * math.sqrt(0.95 * 0.05 / EXPERIMENTS)


@pytest.mark.parametrize(("q", "n"), [(0.5, 30), (0.95, 200)])
def test_intervals_of_quantiles_cover(q: float, n: int) -> None:
    """Order statistics cover the quantile of a skewed law as often as they say; too few values give none."""
    rows = np.random.default_rng(n).exponential(1.0, (EXPERIMENTS, n))
    intervals = [quantile_interval(row, q) for row in rows]
    covered = np.mean([one is not None and one.contains(-math.log(1.0 - q)) for one in intervals])
    assert covered >= 0.95 - 3.3 * math.sqrt(0.95 * 0.05 / EXPERIMENTS)
    assert quantile_interval(rows[0, :10], 0.95) is None


def test_paired_promise_intervals_cover() -> None:
    """The interval of a difference of two rare, correlated 0/1 outcomes covers at least 95 %."""
    rng = np.random.default_rng(3)
    luck = rng.random((EXPERIMENTS, 50, 1))
    held = (luck < np.array([0.90, 0.97])) & (rng.random((EXPERIMENTS, 50, 2)) < 0.98)
    truth = 0.98 * (0.97 - 0.90)
    found = [paired(x[:, 0] * 1.0, x[:, 1] * 1.0, zero_one=True).interval.contains(truth) for x in held]
    assert np.mean(found) >= 0.95 - 3.3 * math.sqrt(0.95 * 0.05 / EXPERIMENTS)


def kpi_rows(rng: np.random.Generator, n: int) -> Floats:
    """(n, K) rows shaped like KPIs: skewed, correlated, counts, shares near 1, promises."""
    night = rng.normal(size=(n, 1))
    z = 0.7 * night + 0.7 * rng.normal(size=(n, len(KPIS)))
    kinds = np.arange(len(KPIS)) % 4
    rows = np.where(kinds == 0, z, np.exp(z))
    rows = np.where(kinds == 2, np.floor(0.6 * np.exp(z)), rows)
    rows = np.where(kinds == 3, 1.0 / (1.0 + 0.01 * np.exp(z)), rows)
    zero_one = np.array([kpi.unit == "0/1" for kpi in KPIS.values()])
    return np.where(zero_one, z < 1.8, rows)


def arm(name: str, table: Floats) -> Replications:
    """Rows under a scenario without promises."""
    return Replications(name, SimpleNamespace(), 1, "compiled", tuple(KPIS), table, {}, {}, name)


def test_equal_scenarios_are_rarely_told_apart() -> None:
    """Equal scenarios, different seeds: a false verdict in ≤ 7.3 % of comparisons; unadjusted in most."""
    rng = np.random.default_rng(11)
    false = loose = 0
    for _ in range(EXPERIMENTS):
        experiment = Experiment(
            (arm("a", kpi_rows(rng, REPLICATIONS)), arm("b", kpi_rows(rng, REPLICATIONS)))
        )
        entries = [entry["difference"]["b"] for entry in experiment.compare_document()["kpis"].values()]
        false += any(entry["verdict"] in ("better", "worse") for entry in entries)
        loose += any(entry["ci_low"] > 0.0 or entry["ci_high"] < 0.0 for entry in entries)
    assert false / EXPERIMENTS <= 0.05 + 0.023 * math.sqrt(1000 / EXPERIMENTS)
    assert loose / EXPERIMENTS > 0.5


def test_a_real_difference_is_found() -> None:
    """Common luck cancels: a fifth of a standard deviation is seen in 20 nights, with the right sign."""
    rng = np.random.default_rng(2)
    rows = kpi_rows(rng, REPLICATIONS)
    zero_one = np.array([kpi.unit == "0/1" for kpi in KPIS.values()])
    shifted = rows + np.where(zero_one, 0.0, 0.2 + 0.05 * rng.normal(size=rows.shape))
    document = Experiment((arm("a", rows), arm("b", shifted))).compare_document()
    for kpi, entry in document["kpis"].items():
        if KPIS[kpi].unit != "0/1":
            wanted = {"higher": "better", "lower": "worse", "none": "cannot_tell"}[KPIS[kpi].better]
            assert entry["difference"]["b"]["verdict"] == wanted


def test_agrees_with_established_libraries() -> None:
    """Holm, Clopper–Pearson, McNemar and (symmetric data) the t test equal SciPy's and statsmodels'."""
    rng = np.random.default_rng(9)
    p = rng.random(40) ** 3
    assert np.allclose(holm(p), multipletests(p, method="holm")[1])
    for hits in range(21):
        assert share_interval(hits, 20) == pytest.approx(proportion_confint(hits, 20, method="beta"))
    one, two = (rng.random(60) < 0.8) * 1.0, (rng.random(60) < 0.6) * 1.0
    table = [[np.sum((one == i) & (two == j)) for j in (0, 1)] for i in (0, 1)]
    assert paired(one, two, zero_one=True).p_value == pytest.approx(mcnemar(table, exact=True).pvalue)
    mirrored = np.concatenate([x := rng.normal(size=30), -x]) + 0.2
    found = paired(np.zeros(60), mirrored)
    assert found.p_value == pytest.approx(stats.ttest_1samp(mirrored, 0.0).pvalue)
    interval = stats.ttest_1samp(mirrored, 0.0).confidence_interval()
    assert found.interval == pytest.approx((interval.low, interval.high))
    assert skew_t(mirrored).skew == pytest.approx(0.0, abs=1e-9)


def test_precision_never_stops_early() -> None:
    """The precision rule wants 20 replications of values that hardly differ; .95 wants 72 kept nights."""
    values = 1.0 + 1e-6 * np.random.default_rng(1).normal(size=20)
    assert not precise_enough(values[:19], 0.05)
    assert precise_enough(values, 0.05)
    assert not precise_enough(np.ones(20), 0.05)  # exact: 83 … 100 %
    assert precise_enough(np.ones(40), 0.05)
    assert precise_enough(np.zeros(40), 0.05)
    assert replications_to_promise(0.95) == 72
    assert share_interval(72, 72).low >= 0.95 > share_interval(71, 71).low
