"""Seasons: balances, bounds, parameters that live, and the sign of every effect over many paired seasons."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim import load_scenario
from sim.experiments.paired import paired
from sim.orderlog import OrderLog
from sim.problems import InputError
from sim.scenario import Scenario
from sim.scenario_file.changing import changed
from sim.scenario_tree import field_at, leaves
from sim.season import Season, play_season
from sim.season.figures import SEASON_KPIS
from sim.season.leaders import work_of
from sim.season.season import _State
from sim.season_spec import SeasonParams

TINY = {
    "market.communities": 6,
    "market.members_mean": 60.0,
    "market.members_cap": 100,
    "audience.koc.viewers_each": 2.0,
    "roads.radius_km": 2.0,
    "roads.block_m": 500.0,
    "stock.forecast.expected_lines": 60.0,
    "delivery.expected_orders": 60.0,
    "delivery.plan_iterations": 10,
    "season.events": 6,
    "season.every_days": 7.0,
}
"""Some four hundred members."""
RESTLESS = {
    "season.leaders.quit_share_a_month": 0.6,
    "season.membership.leave_share_a_month": 0.3,
    "season.membership.join_share_a_month": 0.3,
    "season.trust.bound": 0.9,
    "season.remedy.cny": 5.0,
}
"""Enough of everything that a small change shows."""
SLOW_SHOP = {
    "checkout.order_service.servers": 1,
    "checkout.order_service.service_ms": {"lognormal_mean": {"mean": 8000.0, "sigma": 0.98}},
}
NO_VANS = {
    "delivery.vehicles": [{"name": "van", "count": 1, "payload_kg": 20.0, "volume_m3": 0.2}],
    "delivery.reload_min": 240.0,
}
PAIRS = 50
LEAVES = [leaf for leaf in leaves(SeasonParams) if isinstance(leaf.default, (int, float))]


@functools.lru_cache(maxsize=64)
def _tiny(name: str) -> Scenario:
    return changed(load_scenario(name), TINY)


def tiny(name: str, *changes: dict[str, Any]) -> Scenario:
    """A small season of an arm."""
    return changed(_tiny(name), functools.reduce(lambda one, other: one | other, changes, {}))


def at_event(number: int, values: dict[str, Any]) -> dict[str, Any]:
    """One event's own values."""
    return {
        "season.changes": [
            {"event": number, "set": [f"{path}={json.dumps(v)}" for path, v in values.items()]}
        ]
    }


@functools.cache
def contexts() -> dict[str, Scenario]:
    """Where a parameter may show: live shows in trouble, and posts by hand in trouble."""
    short = {**NO_VANS, "audience.questions.team": 1, "audience.questions.ask_share": 0.6}
    many = {"group_post.read_share": 0.6, "group_post.intercept_text": 0.5}
    return {
        "live": tiny("chenxi_live", RESTLESS, SLOW_SHOP, short),
        "well": tiny("chenxi_live", RESTLESS),
        "hand": tiny("chenxi_jielong", RESTLESS, many, NO_VANS),
    }


@functools.cache
def before(name: str) -> str:
    """All figures of a context's season."""
    return repr(play_season(contexts()[name], 1, 0))


def others(leaf: Any, now: float) -> Iterator[float]:
    """Other values that may stand there: the ends of the sweep, then twice, half and none."""
    for value in (*(leaf.sweep or ()), now * 2, now / 2, leaf.low):
        if value != now and leaf.low <= value <= leaf.high:
            yield type(leaf.default)(value)


@pytest.mark.parametrize("leaf", LEAVES, ids=[leaf.path for leaf in LEAVES])
def test_every_number_of_a_season_is_alive(leaf: Any) -> None:
    """Each number, changed within its bounds, changes a figure of some small season."""
    path = f"season.{leaf.path}"
    for name, scenario in contexts().items():
        now = field_at(path, scenario)
        assert now is not None
        for value in others(leaf, now.default):
            if repr(play_season(changed(scenario, {path: value}), 1, 0)) != before(name):
                return
    pytest.fail(f"{path} changes nothing")


def test_an_event_of_its_own_is_alive() -> None:
    """What is set for event 3 changes event 3 and later ones, and nothing before."""
    plain, other = (play_season(tiny("chenxi_live", more), 1, 0) for more in ({}, at_event(3, SLOW_SHOP)))
    assert plain.events[:2] == other.events[:2]
    assert other.events[2].payment_success < plain.events[2].payment_success
    assert repr(plain.events[3]) != repr(other.events[3])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (at_event(7, SLOW_SHOP), "the season has 6"),
        (at_event(3, {"market.communities": 5}), "hold for all events"),
        (at_event(3, {"season.trust.gain": 0.0}), "hold for all events"),
        ({"season.changes": [{"event": 3, "set": ["checkout"]}]}, "path=value"),
    ],
)
def test_an_event_that_cannot_be_so_is_refused(changes: dict[str, Any], said: str) -> None:
    """An event beyond the season, a market of its own, a text that sets nothing."""
    with pytest.raises(InputError, match=said):
        tiny("chenxi_live", changes)


def test_an_unknown_path_of_an_event_is_refused() -> None:
    """The paths of single events are those of the scenario."""
    with pytest.raises(InputError, match="checkut"):
        play_season(tiny("chenxi_live", at_event(3, {"checkut.servers": 1})), 1, 0)


@pytest.mark.parametrize("name", ["live", "hand"])
def test_members_commission_and_trust_balance(name: str) -> None:
    """Nobody is lost, commission is the sum over orders, trust stays within its bound, keys are unique."""
    scenario = contexts()[name]
    for replication in range(5):
        season, logs = lived(scenario, replication)
        flow = season.flow
        assert flow.start + flow.joined == flow.left + flow.left_with_leader + flow.end
        assert flow.leaders_quit > 0
        assert flow.left_with_leader > 0
        for event, log in zip(season.events, logs, strict=True):
            members = log["communities"]["members"]
            assert event.members == members.sum()
            assert members.max() <= 100
            assert event.commission_fen == sum(_commission(scenario, log))
            assert event.trust_mean == pytest.approx(0.0, abs=scenario.season.trust.bound)
        paid = sum(event.commission_fen for event in season.events)
        assert season.kpis["commission_cny"] == paid / 100.0
        assert set(season.kpis) <= set(SEASON_KPIS)


def lived(scenario: Scenario, replication: int) -> tuple[Season, list[OrderLog]]:
    """A season and the logs of its events."""
    logs: list[OrderLog] = []
    return play_season(scenario, 1, replication, look=lambda _number, log: logs.append(log)), logs


def _commission(scenario: Scenario, log: OrderLog) -> Iterator[int]:
    """Fen that each order pays its leader, worked out order by order."""
    orders = log["orders"]
    for row in range(orders["key"].size):
        one = {name: column[row] for name, column in orders.items()}
        delivered = one["at_point_min"] == one["at_point_min"] and one["paid_min"] == one["paid_min"]
        if delivered and one["refunded_min"] != one["refunded_min"]:
            yield int((one["amount_fen"] - one["short_fen"]) * scenario.leaders.commission_share // 1)


def test_state_stays_within_its_bounds() -> None:
    """After every event trust is within its bound, habit, need and news between 0 and 1, keys rise."""
    from sim.chain import play

    scenario = contexts()["hand"]
    state = _State(scenario, 1, 0, "compiled")
    for number in range(scenario.season.events):
        event = state.event(number)
        state.after(number, event, OrderLog(1, 0, play(event)))
        members = state.members
        assert np.abs(members.trust).max() <= scenario.season.trust.bound
        for share in (members.habit, members.filled, members.news):
            assert share.min() >= 0.0
            assert share.max() <= 1.0
        assert (np.diff(members.key) > 0).all()
        assert work_of(scenario, OrderLog(1, 0, play(event))).hours.shape == state.leading.shape


@functools.cache
def many(kind: str) -> list[Season]:
    """Fifty seasons of one of the stories below, all with the same luck."""
    collapse = at_event(3, SLOW_SHOP)
    late = at_event(3, NO_VANS)
    stories = {
        "quiet": ("chenxi_live", {}),
        "collapse": ("chenxi_live", collapse),
        "collapse, vouchers": ("chenxi_live", {**collapse, "season.remedy.cny": 20.0}),
        "no vans": ("chenxi_live", late),
        "neglected": ("neglected_leader", {}),
        "by hand": ("chenxi_jielong", {}),
    }
    name, changes = stories[kind]
    scenario = tiny(name, {"season.leaders.quit_share_a_month": 0.2}, changes)
    return [play_season(scenario, 1, replication) for replication in range(PAIRS)]


def later(kind: str, figure: str, first: int = 4) -> Any:
    """(PAIRS,) mean of a figure over the events from `first` on."""
    return np.array([np.mean([getattr(e, figure) for e in s.events[first - 1 :]]) for s in many(kind)])


def total(kind: str, kpi: str) -> Any:
    """(PAIRS,) figure of the season."""
    return np.array([season.kpis[kpi] for season in many(kind)])


@pytest.mark.parametrize("kind", ["collapse", "no vans"])
@pytest.mark.parametrize("figure", ["trust_mean", "viewers", "orders_paid"])
def test_a_collapse_at_event_three_costs_later_events(kind: str, figure: str) -> None:
    """One bad evening, or one bad morning, lowers trust, attendance and orders of the events after it."""
    assert paired(later("quiet", figure), later(kind, figure)).interval.high < 0.0


@pytest.mark.parametrize("figure", ["trust_mean", "viewers"])
def test_vouchers_shorten_the_loss(figure: str) -> None:
    """Who is compensated comes back sooner: what a collapse costs later is less."""
    assert paired(later("collapse", figure), later("collapse, vouchers", figure)).interval.low > 0.0
    assert total("collapse, vouchers", "vouchers_cny").min() > 0.0


@pytest.mark.parametrize("kind", ["neglected", "by hand"])
def test_neglected_and_overloaded_leaders_quit_more(kind: str) -> None:
    """Poor commission and a long evening by hand drive leaders away, and members go with them."""
    assert paired(total("quiet", "leaders_quit"), total(kind, "leaders_quit")).interval.low > 0.0


def test_members_follow_a_leader_less_where_the_system_holds_the_trust() -> None:
    """Of each leader who quits, fewer members leave with the system than by hand (both shares are data)."""
    lost = {
        kind: total(kind, "members_left_with_leader").sum() / total(kind, "leaders_quit").sum()
        for kind in ("quiet", "by hand")
    }
    assert lost["quiet"] < lost["by hand"]
