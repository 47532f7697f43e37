"""Named contexts: a shipped scenario made small, with the mechanism on that some parameters belong to."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim import load_scenario
from sim.scenario import Scenario
from sim.scenario_tree import steps

SMALL: dict[str, Any] = {
    "market.communities": 24,
    "market.members_mean": 80.0,
    "market.members_cap": 160,
    "roads.radius_km": 3.0,
    "roads.block_m": 500.0,
    "audience.koc.viewers_each": 8.0,
    "stock.forecast.expected_lines": 420.0,
    "delivery.expected_orders": 250.0,
    "delivery.plan_iterations": 20,
    "delivery.vehicles": [{"name": "van", "count": 5, "payload_kg": 250.0, "volume_m3": 2.2}],
}
"""Two thousand members: what a replication does stays, what it costs does not."""

STORM: dict[str, Any] = {
    "checkout.order_service.servers": 2,
    "checkout.order_service.service_ms": {"lognormal_mean": {"mean": 6000.0, "sigma": 0.98}},
}
"""Far more orders than the service can take."""
DEPOTS: dict[str, Any] = {
    "depots.count": 3,
    "delivery.vehicles": [{"name": "van", "count": 2, "payload_kg": 250.0, "volume_m3": 2.2}],
}
HOT_CAR: dict[str, Any] = {"collection.cold_chain.equipment": "no_ice", "market.shop_cold_kg": 20.0}
MANY_BY_HAND: dict[str, Any] = {"group_post.read_share": 0.6, "group_post.intercept_text": 0.5}


@dataclass(frozen=True, eq=False)
class Context:
    """Where a parameter may show: only those whose path begins with one of `about` are tried here."""

    name: str
    scenario: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, ...] = ("",)


def _protected(name: str, **changes: Any) -> dict[str, Any]:
    at = f"checkout.protections.{name}"
    return {**STORM, f"{at}.on": True, **{f"{at}.{key}": value for key, value in changes.items()}}


SHOP, DESK, HALL, ROAD = "checkout", ("leader_desk", "leaders"), "sorting", ("delivery", "roads", "night")
CONTEXTS: tuple[Context, ...] = (
    Context("a live show with a system", "chenxi_live"),
    Context("a text post by hand", "chenxi_jielong", MANY_BY_HAND),
    Context("a live show by hand", "live_by_hand"),
    Context("a text post with a system", "chenxi_jielong_tool", MANY_BY_HAND),
    Context("neglected leaders", "neglected_leader", {}, ("leaders",)),
    Context("a shouting host", "shouting_host", {}, ("audience.trust",)),
    Context("a neighbour as host", "chenxi_live", {"audience.trust.host": "neighbour"}, ("audience.trust",)),
    Context("a storm", "chenxi_live", STORM, (SHOP, "mood", "aftersales", "service_levels")),
    Context("a waiting room", "chenxi_live", _protected("waiting_room", total_active_users=4), (SHOP,)),
    Context(
        "a waiting room that lets in few",
        "chenxi_live",
        _protected("waiting_room", new_users_per_minute=6.0),
        (SHOP,),
    ),
    Context("a retry budget", "chenxi_live", _protected("retry_budget", burst=2.0), (SHOP,)),
    Context("a circuit breaker", "chenxi_live", _protected("circuit_breaker", least_calls=3), (SHOP,)),
    Context("load shedding", "chenxi_live", _protected("load_shedding", waiting=4), (SHOP,)),
    Context("scale-out", "chenxi_live", _protected("scale_out", waiting=4, workers=1), (SHOP,)),
    Context(
        "lost notices",
        "chenxi_live",
        {
            "checkout.payment.notices.lost_share": 0.5,
            "checkout.payment.notices.query": False,
            "checkout.payment.closing_race_share": 0.5,
            "checkout.payment.decline_share": 0.5,
        },
        (SHOP, "aftersales"),
    ),
    Context(
        "notices lost in a storm",
        "chenxi_live",
        {
            **STORM,
            "checkout.payment.notices.lost_share": 0.05,
            "checkout.payment.notices.overload_waiting": 3,
        },
        (SHOP,),
    ),
    Context(
        "notices by the bill only",
        "chenxi_live",
        {
            "checkout.payment.notices.lost_share": 1.0,
            "checkout.payment.notices.query": False,
            "checkout.payment.notices.repeat_after_s": [],
        },
        (SHOP,),
    ),
    Context("a slow gateway", "chenxi_live", {"checkout.gateway.rate_per_s": 0.5}, (SHOP,)),
    Context("five steps", "chenxi_live", {"checkout.steps": 5}, (SHOP,)),
    Context(
        "a slow service for a while", "chenxi_live", {"checkout.drills.degradation.for_min": 20.0}, (SHOP,)
    ),
    Context(
        "no payment network for a while",
        "chenxi_live",
        {"checkout.drills.network_down.for_min": 10.0},
        (SHOP,),
    ),
    Context(
        "a cut quota",
        "chenxi_live",
        {"checkout.drills.quota_cut.for_min": 30.0, "checkout.gateway.rate_per_s": 1.0},
        (SHOP,),
    ),
    Context(
        "scarce goods",
        "chenxi_live",
        {"stock.forecast.expected_lines": 100.0},
        ("stock", "basket", "checkout"),
    ),
    Context("a slow picture", "chenxi_live", {"audience.watch.startup_s": 6.0}, ("audience.watch",)),
    Context("links in waves", "chenxi_live", {"audience.show.offer_waves": 2}, ("audience.show",)),
    Context("a stutter", "chenxi_live", {"audience.watch.rebuffer_share": 0.05}, ("audience.watch",)),
    Context("a lost feed", "chenxi_live", {"audience.watch.feed_lost_minutes": 5.0}, ("audience.watch",)),
    Context(
        "few who answer",
        "chenxi_live",
        {"audience.questions.team": 1, "audience.questions.ask_share": 0.6},
        ("audience",),
    ),
    Context(
        "chat at the desk",
        "chenxi_jielong",
        {**MANY_BY_HAND, "leader_desk.chat_per_h": 6.0, "leader_desk.resume_cost_s": 30.0},
        DESK,
    ),
    Context(
        "goods split by the leader", "chenxi_live", {"sorting.policy": "by_community_sku"}, (*DESK, HALL)
    ),
    Context(
        "slow hands at the door", "chenxi_live", {"leader_desk.hand_over_s": 900.0, "leaders.care": 0.5}, DESK
    ),
    Context("other brands on a system", "chenxi_jielong", {"leaders.other_brands_moved": True}, ("leaders",)),
    Context("a put-to-light wall", "chenxi_live", {"sorting.technology": "put_to_light"}, (HALL,)),
    Context(
        "few sorters",
        "chenxi_live",
        {
            "sorting.scan.lines_per_h": 20.0,
            "sorting.teams": [
                {"name": "A", "start_min": 1200.0, "length_min": 120.0, "people": 2, "breaks": []}
            ],
        },
        (HALL, "night", "money", "service_levels"),
    ),
    Context("breaks while work waits", "chenxi_live", {"sorting.scan.lines_per_h": 4.0}, (HALL,)),
    Context(
        "power lost in the hall",
        "chenxi_live",
        {"sorting.power_loss_from_min": 1230.0, "sorting.power_loss_to_min": 1300.0},
        (HALL,),
    ),
    Context("a rainy morning", "rainy_morning", {}, ROAD),
    Context(
        "small vans",
        "chenxi_live",
        {"delivery.vehicles": [{"name": "van", "count": 2, "payload_kg": 60.0, "volume_m3": 0.5}]},
        ROAD,
    ),
    Context("routes by the night", "chenxi_live", {"delivery.policy": "nightly"}, ROAD),
    Context(
        "a van that breaks down",
        "chenxi_live",
        {"delivery.breakdown_van": 1, "delivery.breakdown_min": 1790.0},
        ROAD,
    ),
    Context(
        "a tight morning",
        "chenxi_live",
        {
            "delivery.depart_from_min": 1945.0,
            "delivery.stop_min": {"constant": 12.0},
            "roads.speed_bands": [
                {"start_min": 0, "factor": 1.0},
                {"start_min": 390, "factor": 1.3},
                {"start_min": 435, "factor": 1.65},
                {"start_min": 535, "factor": 1.3},
                {"start_min": 600, "factor": 1.0},
            ],
        },
        ROAD,
    ),
    Context("one dock", "chenxi_live", {"delivery.docks": 1}, ROAD),
    Context("three depots", "chenxi_live", DEPOTS, ("depots",)),
    Context(
        "three depots short of everything",
        "chenxi_live",
        {
            **DEPOTS,
            "depots.trunk_trucks": 3,
            "depots.trunk_payload_kg": 200.0,
            "depots.trunk_volume_m3": 1.5,
            "depots.trunk_depart_min": 1760.0,
            "depots.docks": 1,
            "depots.sorters": 1,
            "depots.sort_from_min": 1760.0,
            "depots.sort_order_s": {"constant": 40.0},
        },
        ("depots", "delivery"),
    ),
    Context("a bag without ice", "chenxi_live", HOT_CAR, ("collection", "market", "aftersales")),
    Context(
        "ice bags in America",
        "chenxi_live",
        {**HOT_CAR, "collection.cold_chain.jurisdiction": "us", "collection.cold_chain.equipment": "ice_bag"},
        ("collection",),
    ),
    Context(
        "boxes with cold plates, little room",
        "chenxi_live",
        {"market.shop_cold_kg": 10.0, "market.home_cold_kg": 10.0},
        ("collection", "market"),
    ),
    Context(
        "late vans",
        "chenxi_live",
        {"delivery.depart_from_min": 1970.0, "delivery.stop_min": {"constant": 60.0}},
        ("aftersales", "collection", "service_levels"),
    ),
    Context("more KOC", "chenxi_live", {"audience.koc.viewers_each": 20.0}, ("audience.koc",)),
    Context(
        "goods oversold",
        "chenxi_live",
        {"stock.forecast.expected_lines": 100.0, "stock.reservation": "none"},
        ("service_levels",),
    ),
    Context(
        "nobody tells when goods come",
        "chenxi_live",
        {"collection.notices": False},
        ("collection", "aftersales"),
    ),
    Context(
        "much goes wrong",
        "chenxi_live",
        {"sorting.scan.error_share": 0.3, "aftersales.reopened_share": 0.5, "aftersales.agents": 1},
        ("aftersales",),
    ),
    Context(
        "much goes wrong by hand",
        "chenxi_jielong",
        {**MANY_BY_HAND, "leader_desk.forgotten_share": 0.3, "leader_desk.transcription_share": 0.3},
        ("aftersales", *DESK),
    ),
    Context("hours of agents count", "chenxi_live", {"aftersales.clock": "staffed"}, ("aftersales",)),
)


@functools.cache
def tree_of(context: Context) -> str:
    """A context's scenario as JSON text."""
    tree = json.loads(load_scenario(context.scenario).model_dump_json(exclude_none=True))
    for path, value in (SMALL | dict(context.changes)).items():
        put(tree, path, value)
    return Scenario.model_validate_json(json.dumps(tree)).model_dump_json(exclude_none=True)


def put(tree: Any, path: str, value: Any) -> None:
    """Set what stands at a path; KeyError or IndexError where the tree has no such place."""
    way = steps(path) or ()
    for step in way[:-1]:
        tree = tree[step]
    if isinstance(way[-1], int):
        tree[way[-1]]
    tree[way[-1]] = value


def changed(context: Context, path: str, value: Any) -> Scenario:
    """A context's scenario with one more field changed. Raises ValidationError, KeyError, IndexError."""
    tree = json.loads(tree_of(context))
    put(tree, path, value)
    return Scenario.model_validate_json(json.dumps(tree))
