"""Properties of intervals, pairs, verdicts, experiments, decomposition, attribution and thinning."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from sim.acts.equal_volume import thinned
from sim.experiments.attribution import CELLS, EFFECTS, attribute, four_arms
from sim.experiments.decomposition import decompose
from sim.experiments.experiment import Experiment
from sim.experiments.holm import holm, holm_steps
from sim.experiments.intervals import Interval, mean_interval, skew_t
from sim.experiments.paired import DIFFERENCE, paired
from sim.experiments.replications import Replications
from sim.experiments.verdicts import Row, judge, kept
from sim.kpis.definitions import KPIS
from sim.service_levels import ServiceLevels

Floats = NDArray[np.float64]
values = arrays(
    np.float64, st.integers(3, 40), elements=st.floats(-1e6, 1e6, allow_subnormal=False, width=32)
)
p_lists = arrays(np.float64, st.integers(1, 60), elements=st.floats(0.0, 1.0))


def arm(name: str, columns: dict[str, Floats], **facts: object) -> Replications:
    """Rows with given KPI columns."""
    scenario = SimpleNamespace(**facts)
    return Replications(
        name, scenario, 1, "compiled", tuple(columns), np.column_stack(list(columns.values())), {}, {}, "0"
    )


@given(values, st.floats(0.01, 0.999))
@settings(deadline=None)
def test_intervals_and_p_values_say_the_same(x: Floats, confidence: float) -> None:
    """Just inside an interval p exceeds 1 − confidence, just outside it does not; intervals nest."""
    summary = skew_t(x)
    low, high = summary.cautious_interval(confidence)
    assert low <= summary.mean <= high
    wider = summary.cautious_interval(0.5 + 0.5 * confidence)
    assert wider.low <= low
    assert wider.high >= high
    inner = summary.interval(confidence)
    assert low <= inner.low <= inner.high <= high
    step = 1e-6 * (high - low)
    if summary.std > 1e-6 * abs(summary.mean):
        for inside, outside in ((low + step, low - step), (high - step, high + step)):
            assert summary.p_value(inside) >= (1.0 - confidence) * (1.0 - 1e-3)
            assert summary.p_value(outside) <= (1.0 - confidence) * (1.0 + 1e-3)


@given(values, st.floats(0.1, 10.0), st.floats(-100.0, 100.0))
@settings(deadline=None)
def test_intervals_follow_a_change_of_unit(x: Floats, scale: float, shift: float) -> None:
    """Changing unit and origin moves the interval with the values; changing the sign mirrors it."""
    low, high = mean_interval(x)
    near = {"rel": 1e-6, "abs": 1e-6 * (1.0 + float(np.abs(x).max()))}
    if np.ptp(x) > 1e-3:
        assert mean_interval(scale * x + shift) == pytest.approx(
            (scale * low + shift, scale * high + shift), **near
        )
        assert mean_interval(-x) == pytest.approx((-high, -low), **near)


@given(values)
@settings(deadline=None)
def test_a_scenario_against_itself_differs_nowhere(x: Floats) -> None:
    """Same scenario, same seed: verdict "same", difference and interval exactly 0, for every KPI."""
    columns = {kpi: np.abs(x) > 1.0 if KPIS[kpi].unit == "0/1" else x for kpi in KPIS}
    experiment = Experiment((arm("a", columns), arm("a#2", columns)))
    for entry in experiment.compare_document()["kpis"].values():
        difference = entry["difference"]["a#2"]
        assert difference["verdict"] == "same"
        assert difference["mean"] == difference["ci_low"] == difference["ci_high"] == 0.0
        assert difference["p_better"] == 0.5


@given(values, st.data(), st.booleans())
@settings(deadline=None)
def test_swapping_the_arms_swaps_the_words(x: Floats, data: st.DataObject, zero_one: bool) -> None:
    """Base and other exchanged: better becomes worse, the interval is mirrored, confidences add up to 1."""
    y = data.draw(arrays(np.float64, x.shape, elements=st.floats(-1e6, 1e6, width=32)))
    x, y = (1.0 * (x > 0), 1.0 * (y > 0)) if zero_one else (x, y)
    one, two = paired(x, y, zero_one=zero_one), paired(y, x, zero_one=zero_one)
    assert one.interval == pytest.approx((-two.interval.high, -two.interval.low))
    assert one.p_value == pytest.approx(two.p_value)
    assert one.p_better("higher") == pytest.approx(two.p_better("lower"))
    assert one.p_better("higher") + one.p_better("lower") == pytest.approx(1.0)
    words = [judge([Row(d, "higher")])[0].verdict for d in (one, two)]
    assert words in (["same"] * 2, ["cannot_tell"] * 2, ["better", "worse"], ["worse", "better"])


@given(p_lists)
@settings(deadline=None)
def test_holm_is_a_step_down(p: Floats) -> None:
    """Adjusted p-values never fall below the raw ones, keep their order, and their factors are 1 … m."""
    adjusted = holm(p)
    assert np.all(adjusted >= p)
    assert np.all(np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0.0)
    assert sorted(holm_steps(p)) == list(range(1, p.size + 1))
    assert np.all(np.minimum(p * holm_steps(p), 1.0) <= adjusted)


def test_rare_broken_promises_are_judged_by_the_disagreements() -> None:
    """Five nights lost of 200 and none gained: the exact p is 2 · 2^-5 whatever the agreeing nights."""
    base, other = np.ones(200), np.ones(200)
    other[:5] = 0.0
    found = paired(base, other, zero_one=True)
    assert found.p_value == pytest.approx(2 * 0.5**5)
    assert found.mean == pytest.approx(-0.025)


def test_a_constant_difference_is_worth_the_sign_test() -> None:
    """A difference that never varies has no standard error; n equal signs give p = 2 · 2^-n, not 0."""
    found = paired(np.full(20, 4.0), np.full(20, 3.0))
    assert found.p_value == pytest.approx(2 * 0.5**20)
    assert judge([Row(found, "lower")])[0].verdict == "better"


@pytest.mark.parametrize(
    ("interval", "word"), [((0.95, 1.0), "yes"), ((0.5, 0.94), "no"), ((0.9, 0.99), "cannot_tell")]
)
def test_a_promise_needs_the_whole_interval(interval: tuple[float, float], word: str) -> None:
    """Kept only if the interval lies at or above the promised probability, broken only if below."""
    assert kept(Interval(*interval), 0.95) == word


def test_run_document_is_the_contract() -> None:
    """`run --json`: the documented keys, absent KPIs absent, finite numbers only."""
    rng = np.random.default_rng(1)
    kept_nights = np.ones(80)
    missing = np.full(80, np.nan)
    partly = np.where(np.arange(80) % 2, 0.99, np.nan)
    columns = {
        "gmv_cny": rng.normal(280_000, 9_000, 80),
        "all_sorted_by_midnight": kept_nights,
        "recovery_min": missing,
        "response_within_15min": partly,
        "payment_success": np.full(80, 0.97),
    }
    said = {"service_levels": ServiceLevels(), "live": True, "by_system": True}
    document = Experiment((arm("live", columns, **said),)).run_document()
    json.dumps(document, allow_nan=False)
    assert set(document) == {
        "scenario",
        "seed",
        "engine",
        "replications",
        "kpis",
        "service_levels",
        "service_levels_without_data",
        "balance",
        "stations",
        "config_hash",
    }
    assert set(document["kpis"]) == {
        "gmv_cny",
        "all_sorted_by_midnight",
        "response_within_15min",
        "payment_success",
    }
    assert set(document["kpis"]["gmv_cny"]) == {"mean", "ci_low", "ci_high", "std", "unit", "better"}
    assert document["kpis"]["response_within_15min"]["replications"] == 40
    assert document["kpis"]["payment_success"]["target_met_share"] == 0.0
    levels = document["service_levels"]
    assert set(levels["all_sorted_by_midnight"]) == {"p", "ci_low", "ci_high", "target", "kept"}
    assert levels["all_sorted_by_midnight"]["kept"] == "yes"
    assert levels["payment_success"]["kept"] == "no"
    assert levels["response_within_15min"]["kept"] == "cannot_tell"
    assert "spoiled_share" not in levels


def test_compare_document_is_the_contract() -> None:
    """`compare --json`: differences beside the arms, a KPI absent where an arm lacks it."""
    rng = np.random.default_rng(2)
    base = arm(
        "a",
        {"gmv_cny": rng.normal(10, 1, 30), "viewers": rng.normal(50, 1, 30)},
        show="text",
        system="manual",
    )
    other = arm("b", {"gmv_cny": rng.normal(20, 1, 30)}, show="live", system="system")
    document = Experiment((base, other)).compare_document()
    json.dumps(document, allow_nan=False)
    assert set(document) == {
        "base", "others", "seed", "engine", "replications", "config_hash", "arms",
        "kpis", "service_levels", "gmv_ratio", "claims",
    }  # fmt: skip
    assert set(document["kpis"]["gmv_cny"]) == {"a", "b", "difference"}
    assert set(document["kpis"]["viewers"]) == {"a", "difference"}
    assert document["kpis"]["viewers"]["difference"] == {}
    assert set(document["kpis"]["gmv_cny"]["difference"]["b"]) == {
        "mean", "ci_low", "ci_high", "p_better", "p_holm", "verdict",
    }  # fmt: skip
    for names in (("a", "a"), ("a", DIFFERENCE)):
        with pytest.raises(ValueError, match="names must differ"):
            Experiment(tuple(arm(name, {"gmv_cny": np.ones(3)}) for name in names))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_factors_multiply_to_the_total(seed: int) -> None:
    """Audience × conversion × basket is the GMV ratio at every assumed text conversion."""
    rng = np.random.default_rng(seed)
    rows = []
    for name in ("text", "live"):
        viewers, paid = rng.integers(100, 9000, 20) * 1.0, rng.integers(1, 100, 20) * 1.0
        rows.append(
            arm(name, {"viewers": viewers, "orders_paid": paid, "gmv_cny": paid * rng.uniform(30, 60, 20)})
        )
    found = decompose(*rows)
    assert found is not None
    product = found.audience.value * found.conversion.value * found.basket.value
    assert product == pytest.approx(found.total.value)
    for row in found.over((0.05, 0.08)):
        product = row.audience.value * row.conversion.value * row.basket.value
        assert product == pytest.approx(found.total.value)


def test_decomposition_of_the_article() -> None:
    """15 × at 38 %: at 5 % conversion is 7.6 and leaves 1.97, at 8 % it is 4.75, the least."""
    text = arm(
        "text",
        {"viewers": np.array([4068.0]), "orders_paid": np.array([317.304]), "gmv_cny": np.array([18_667.0])},
    )
    live = arm(
        "live",
        {
            "viewers": np.array([14_700.0]),
            "orders_paid": np.array([5586.0]),
            "gmv_cny": np.array([280_000.0]),
        },
    )
    found = decompose(text, live)
    assert found is not None
    at5, simulated, at8 = found.over((0.05, 0.08))
    assert found.total.value == pytest.approx(15.0, abs=0.01)
    assert (at5.conversion.value, at5.audience.value * at5.basket.value) == pytest.approx(
        (7.6, 1.97), abs=0.01
    )
    assert (simulated.audience.value, simulated.basket.value) == pytest.approx((3.61, 0.85), abs=0.01)
    assert at8.conversion.value == pytest.approx(4.75, abs=0.01)
    assert decompose(text, arm("none", {"viewers": np.array([5.0])})) is None


@given(st.integers(0, 2**32 - 1), st.permutations(range(4)))
@settings(max_examples=30, deadline=None)
def test_attribution_adds_up(seed: int, order: list[int]) -> None:
    """Shares of show and system add up to the whole change, and are main effect plus half the interaction."""
    table = np.random.default_rng(seed).normal(size=(4, 25))
    arms = [arm(f"{k}", {"gmv_cny": table[k]}, show=CELLS[k][0], system=CELLS[k][1]) for k in range(4)]
    cells = four_arms([arms[k] for k in order])
    assert cells == tuple(arms)
    (found,) = attribute(cells)
    effects = {name: effect.value for name, effect in found.effects.items()}
    assert set(effects) == set(EFFECTS)
    whole = table[3].mean() - table[0].mean()
    assert effects["shapley_show"] + effects["shapley_system"] == pytest.approx(whole)
    assert effects["show"] + effects["system"] + effects["interaction"] == pytest.approx(whole)
    for cause in ("show", "system"):
        assert effects[f"shapley_{cause}"] == pytest.approx(effects[cause] + 0.5 * effects["interaction"])
    assert four_arms(arms[:3]) is None
    if found.shares:
        assert sum(share.value for share in found.shares.values()) == pytest.approx(1.0)
        assert found.shares["show"].value == pytest.approx(effects["shapley_show"] / whole)


def test_a_share_of_nothing_is_not_told() -> None:
    """Where the whole change may be 0 there are no shares; where it is not, they have intervals."""
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(4, 30))
    for step, told in ((0.0, False), (50.0, True)):
        table = noise + step * np.array([[0.0], [1.0], [3.0], [4.0]])
        arms = [arm(f"{k}", {"gmv_cny": table[k]}, show=CELLS[k][0], system=CELLS[k][1]) for k in range(4)]
        (found,) = attribute(arms)
        assert bool(found.shares) == told
        assert ("shares" in found.document()) == told
    assert found.document()["shares"]["show"]["value"] == pytest.approx(0.75, abs=0.02)


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_thinning_keeps_exactly_the_target(seed: int, target: int, more: int) -> None:
    """As many paid orders stay as the text arm has; a smaller target keeps a subset; unpaid are untouched."""
    rng = np.random.default_rng(seed)
    paid, priority = rng.random(50) < 0.7, np.round(rng.random(50), 1)
    left_out = thinned(paid, priority, target)
    assert not np.any(left_out & ~paid)
    assert np.sum(paid & ~left_out) == min(target, int(paid.sum()))
    assert np.all(thinned(paid, priority, target + more) <= left_out)
