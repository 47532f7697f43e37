"""Provision: the searches against closed forms, bills against prices, options against what is to be kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chain import simulate
from sim.experiments.laboratory import Laboratory
from sim.experiments.provision import options as opt
from sim.experiments.provision.bill import bill_of, cost_of, shift_cny, unit_costs
from sim.experiments.provision.evening import best_workers, capacity_per_s
from sim.experiments.provision.night import fitted, with_people
from sim.experiments.provision.plan import (
    AGENTS,
    GATEWAY,
    HALL,
    HOST,
    SERVERS,
    STATIONS,
    Plan,
    plan_of,
    scenario_of,
    teams_of,
)
from sim.experiments.provision.protections import _mark_front
from sim.experiments.provision.step import least, seek, together
from sim.experiments.provision.trials import Share, Trials, margin
from sim.experiments.provision.verify import NIGHTS, carriers, passes, verified, with_units
from sim.experiments.provision.within_budget import PARTS, having
from sim.experiments.row import Outcome
from sim.scenario import Scenario
from sim.scenario_file import load_scenario
from sim.scenario_file.changing import changed
from sim.scenario_tree import Leaf, leaves
from sim.service_levels import DIRECTION

BASE = load_scenario("chenxi_live")
EVERYTHING = plan_of(BASE).with_options(
    opt.DATABASE, opt.PUT_TO_LIGHT, opt.SHELF, opt.BOT, opt.HOURS[0], opt.ONE_ENTRY, opt.COLD_BOXES
)
"""Today's counts with every kind of equipment."""


@settings(max_examples=300, deadline=None)
@given(
    low=st.integers(0, 5),
    span=st.integers(0, 500),
    start=st.integers(0, 600),
    threshold=st.integers(0, 520),
    ratio=st.sampled_from([1.05, 1.3, 2.0]),
)
def test_bisection_finds_the_least_count_that_holds(
    low: int, span: int, start: int, threshold: int, ratio: float
) -> None:
    """For every monotone test the least count is found, None where even the largest fails, in few trials."""
    high, asked = low + span, list[int]()

    def test(n: int) -> bool:
        assert low <= n <= high
        asked.append(n)
        return n >= threshold

    found = least(test, seek(low, high, start, ratio=ratio))
    assert found == (None if threshold > high else max(low, threshold))
    assert len(asked) <= 2 * math.log2(span + 2) + 12
    assert len(asked) == len(set(asked))


def test_searches_side_by_side_find_what_each_finds_alone() -> None:
    """Counts whose levels do not touch each other are found together as apart."""
    thresholds = {"a": 7, "b": 130, "c": 1, "d": 999}
    found = together(
        lambda counts: {name: n >= thresholds[name] for name, n in counts.items()},
        {name: seek(1, 500, 20) for name in thresholds},
    )
    assert found == {"a": 7, "b": 130, "c": 1, "d": None}


def test_more_workers_help_only_up_to_the_peak_of_the_concurrency_law() -> None:
    """Capacity rises up to `best_workers` and falls beyond: no count beats it."""
    best = best_workers(BASE)
    capacities = [capacity_per_s(BASE, n) for n in range(1, 200)]
    assert abs(int(np.argmax(capacities)) + 1 - best) <= 1
    assert capacity_per_s(BASE, 20) == pytest.approx(20 / (0.171 * (1 + 0.014 * 19 + 0.0018 * 20 * 19)))
    assert best_workers(changed(BASE, {"checkout.order_service.beta": 0.0})) > 1000


def test_today_is_the_scenario_itself() -> None:
    """The plan read from a scenario changes nothing in it."""
    assert scenario_of(BASE, plan_of(BASE)) == BASE


def test_a_shift_is_paid_by_the_hour_with_its_night_premium() -> None:
    """Team A: two hours by day, two and a half by night, and what a sorter costs besides."""
    team = BASE.sorting.teams[0]
    assert shift_cny(BASE, team) == pytest.approx(2.0 * 25.0 + 2.5 * 35.0 + BASE.prices.sorter_call_cny)


def test_one_unit_more_costs_its_unit_price() -> None:
    """For every resource but the hall (bought whole), the bill rises by the unit cost."""
    costs = unit_costs(BASE, plan_of(BASE))
    before = cost_of(BASE, plan_of(BASE))
    for path, count in plan_of(BASE).counts.items():
        if path != HALL:
            more = plan_of(BASE).having(**{HALL: 60}).having(**{path: count + 1})
            rise = cost_of(BASE, more) - before - BASE.prices.hall.cny
            assert rise == pytest.approx(costs[path]), path


PRICES = [leaf for leaf in leaves() if leaf.path.startswith("prices.")]


@pytest.mark.parametrize("leaf", PRICES, ids=[leaf.path for leaf in PRICES])
def test_every_price_moves_a_bill_or_what_is_bought(leaf: Leaf) -> None:
    """A price doubled changes the bill of some plan, or what its equipment does: none is dead."""
    vans = [
        {"name": f"{kg} kg", "count": 1, "payload_kg": kg, "volume_m3": 5.0} for kg in (500.0, 1000.0, 1500.0)
    ]
    base = changed(BASE, {"delivery.vehicles": vans, "leaders.helpers": 1})
    value = leaf.default * 2 if leaf.default else 1.0
    value = value if leaf.high is None or value <= leaf.high else leaf.default / 2
    other = changed(base, {leaf.path: value})
    options = EVERYTHING.options
    plans = [Plan({**plan_of(base).counts, HALL: 60}, names) for names in ((), options)]

    def said(scenario: Scenario) -> list[Any]:
        equipped = scenario_of(scenario, plans[1])
        return [
            *(bill_of(scenario, plan) for plan in plans),
            equipped.model_copy(update={"prices": base.prices}),
            fitted(scenario, with_people(scenario, plans[0], 100)),
        ]

    assert said(other) != said(base)


def test_prices_move_no_night() -> None:
    """With every price changed a night is the same to the bit: prices are for searches alone."""
    small = changed(BASE, {"market.communities": 4, "delivery.plan_iterations": 5})
    other = changed(small, {leaf.path: leaf.high for leaf in PRICES})
    assert simulate(small, 1, 0).differences(simulate(other, 1, 0)) == []


def test_whole_halls_hold_the_people() -> None:
    """However many sorters, everybody present has a place, halls are whole, and the scenario is valid."""
    for people in (1, 29, 30, 31, 60, 61, 100):
        plan = with_people(BASE, plan_of(BASE), people)
        assert sum(plan.counts[path] for path in teams_of(plan)) == people
        assert plan.counts[STATIONS] == people
        assert (plan.counts[HALL] - 30) % BASE.prices.hall.people == 0
        assert plan.counts[HALL] - BASE.prices.hall.people < max(people, 1) or plan.counts[HALL] == 30
        assert people <= plan.counts[HALL]
        scenario_of(BASE, plan)


@pytest.mark.parametrize("name", sorted(opt.OPTIONS))
def test_what_is_to_be_kept_forbids_the_options_that_move_it(name: str) -> None:
    """Keeping a path, or a section above it, forbids each option that would set it, and no other."""
    base = changed(
        BASE,
        {
            "stock.reservation": "at_payment",
            "sorting.policy": "by_order",
            "collection.cold_chain.equipment": "ice_bag",
        },
    )
    if name == opt.BY_ORDER:
        base = changed(base, {"sorting.policy": "by_community_sku"})
    assert opt.allowed(name, base, frozenset())
    for path in opt.option(name).changes(base):
        assert not opt.allowed(name, base, frozenset({path}))
        assert not opt.allowed(name, base, frozenset({path.split(".")[0]}))
    assert opt.allowed(name, base, frozenset({"roads"}))
    assert not opt.is_kept("sorting.teams_of_old", frozenset({"sorting.teams"}))
    assert opt.is_kept("sorting.teams[0].people", frozenset({"sorting.teams"}))


def test_the_judge_asks_for_a_standard_error_to_spare() -> None:
    """Of 300 nights 288 are too few for .95 and 289 enough; a level without meaning is held."""
    assert margin(0.95, 300) == pytest.approx(math.sqrt(0.95 * 0.05 / 300))
    assert not passes(Share(288, 300), 0.95)
    assert passes(Share(289, 300), 0.95)
    assert passes(Share(0, 0), 0.95)


NEED = {SERVERS: 22.0, GATEWAY: 300.0, AGENTS: 9.0}
"""What an ordinary night of the toy chain needs of each resource."""


def toy(scenario: Any, seed: int, replication: int, _engine: str, *_more: Any) -> Outcome:
    """A chain in closed form: a level is kept on a night when its count meets what that night needs."""
    luck = np.random.default_rng([seed, replication]).normal(0.0, 0.05, 3)
    counts = {
        SERVERS: scenario.checkout.order_service.servers,
        GATEWAY: scenario.checkout.gateway.rate_per_s,
        AGENTS: scenario.aftersales.agents,
    }
    met = [counts[path] / (NEED[path] * (1.0 + z)) for path, z in zip(counts, luck, strict=True)]
    kpis = {
        "payment_success": 0.98 * met[0],
        "checkout_p95_s": 30.0 / met[1],
        "response_within_15min": 0.95 * met[2],
    }
    return Outcome(kpis, {}, {})


def test_pruning_leaves_only_units_whose_loss_breaks_a_level() -> None:
    """From a lavish plan the judge comes down to the least counts by its own rule, to the unit."""
    with Laboratory(seed=3, jobs=1, simulate=toy) as laboratory:
        trials = Trials(BASE, laboratory)
        lavish = plan_of(BASE).having(**{SERVERS: 40, GATEWAY: 600, AGENTS: 30})
        judged = verified(trials, lavish, frozenset())
        assert judged.held
        for path in (SERVERS, GATEWAY, AGENTS):
            fewer = with_units(BASE, judged.plan, path, -1, frozenset())
            shares = trials.shares(fewer, NIGHTS, 1_000_000)
            level = next(name for name, paths in carriers(fewer).items() if path in paths and name in shares)
            assert not passes(shares[level], 0.95), path
        poor = plan_of(BASE).having(**{SERVERS: 20, GATEWAY: 250, AGENTS: 7})
        grown = verified(trials, poor, frozenset())
        assert grown.held
        assert {p: grown.plan.counts[p] for p in NEED} == {p: judged.plan.counts[p] for p in NEED}
        kept = verified(trials, poor, frozenset({"aftersales"}))
        assert not kept.held
        assert kept.plan.counts[AGENTS] == 7


def test_a_front_holds_what_nothing_beats_in_both() -> None:
    """Points on the front: none cheaper sells as much; the others are beaten by one that is marked."""
    rng = np.random.default_rng(1)
    points: list[dict[str, Any]] = [{"c": float(c), "o": float(o)} for c, o in rng.integers(0, 9, (60, 2))]
    _mark_front(points, "c", "o", fewer=False)
    front = [one for one in points if one["on_front"]]
    assert front
    for one in points:
        better = [r for r in front if r["c"] <= one["c"] and r["o"] >= one["o"] and r != one]
        assert one["on_front"] == (not [r for r in better if (r["c"], r["o"]) != (one["c"], one["o"])])


def test_every_level_has_something_that_carries_it_or_is_named_unreachable() -> None:
    """Levels that counts can hold are mapped to resources of the plan; HOST carries none of them."""
    mapped = carriers(plan_of(BASE))
    assert set(mapped) <= set(DIRECTION)
    assert {path for paths in mapped.values() for path in paths} == set(plan_of(BASE).counts) - {HOST, HALL}


def test_parts_of_a_plan_are_all_of_it() -> None:
    """All parts together are the whole plan, none is today's, and each resource is in one part alone."""
    whole = EVERYTHING.having(**{path: 2 * n + 1 for path, n in EVERYTHING.counts.items()})
    today = plan_of(BASE)
    assert having(today, whole, tuple(PARTS)) == whole
    assert having(today, whole, ()) == today
    for path in whole.counts:
        moved = [part for part in PARTS if having(today, whole, (part,)).counts[path] != today.counts[path]]
        assert len(moved) == 1
    assert sorted(name for part in PARTS.values() for name in part[1]) == sorted(opt.OPTIONS)
