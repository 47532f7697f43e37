"""Options: equipment that may be bought and policies that may be switched, each a bundle of changes.

An option knows the paths it moves, so that `--keep PATH` can forbid it. What it costs is in the scenario's
`prices`, and is added up in `bill`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

NIGHT_SHIFT_MIN = 195.0
"""From the closed list at 21:15 to 00:30: short enough to go without a break."""


@dataclass(frozen=True)
class Option:
    """A bundle of changes; `possible` says whether it would change anything in a scenario."""

    name: str
    changes: Callable[[Scenario], Mapping[str, Any]]
    possible: Callable[[Scenario], bool]


def _database(base: Scenario) -> dict[str, Any]:
    price = base.prices.database
    return {
        "checkout.order_service.alpha": min(price.alpha, base.checkout.order_service.alpha),
        "checkout.order_service.beta": min(price.beta, base.checkout.order_service.beta),
        "stock.row_ms": min(price.row_ms, base.stock.row_ms),
    }


def _by_order(_base: Scenario) -> dict[str, Any]:
    return {"sorting.policy": "by_order"}


def _by_community_sku(base: Scenario) -> dict[str, Any]:
    """Crates can be filled from the closed list on, so everybody comes then, and nobody before."""
    out: dict[str, Any] = {"sorting.policy": "by_community_sku"}
    if base.sorting.release == "as_paid":
        out["sorting.release"] = "by_arm"
    for k, _ in enumerate(base.sorting.teams):
        out[f"sorting.teams[{k}].start_min"] = base.cutoff.paid_by_min + base.sorting.list_delay_min
        out[f"sorting.teams[{k}].length_min"] = NIGHT_SHIFT_MIN
        out[f"sorting.teams[{k}].breaks"] = []
    return out


def _put_to_light(_base: Scenario) -> dict[str, Any]:
    return {"sorting.technology": "put_to_light"}


def _shelf(base: Scenario) -> dict[str, Any]:
    return {"leader_desk.hand_over_s": base.prices.shelf.hand_over_s, "leaders.warm_words_s": 0.0}


def _one_entry(_base: Scenario) -> dict[str, Any]:
    return {"aftersales.leader_share": 0.0}


def _bot(base: Scenario) -> dict[str, Any]:
    share = min(base.prices.bot.self_service_share, 1.0 - base.aftersales.leader_share)
    return {"aftersales.self_service_share": share}


def _hours(first: float, last: float) -> Callable[[Scenario], dict[str, Any]]:
    def changes(_base: Scenario) -> dict[str, Any]:
        return {
            "aftersales.day_from_h": first,
            "aftersales.day_until_h": last,
            "aftersales.show_night_until_h": 24.0,
        }

    return changes


def _reserved(_base: Scenario) -> dict[str, Any]:
    return {"stock.reservation": "at_order"}


def _cold_boxes(_base: Scenario) -> dict[str, Any]:
    return {"collection.cold_chain.equipment": "cold_plates"}


COLD_BOXES = "cold_boxes"
DATABASE, SHELF, BOT, PUT_TO_LIGHT = "order_database", "pickup_shelf", "support_bot", "put_to_light"
BY_ORDER, BY_COMMUNITY_SKU, ONE_ENTRY = "by_order", "by_community_sku", "one_entry"
RESERVED = "reserve_at_order"
HOURS = ("support_06_22", "support_00_22", "support_00_23", "support_00_24")

OPTIONS = {
    one.name: one
    for one in (
        Option(
            DATABASE,
            _database,
            lambda s: (
                s.checkout.order_service.beta > s.prices.database.beta
                or s.checkout.order_service.alpha > s.prices.database.alpha
            ),
        ),
        Option(BY_ORDER, _by_order, lambda s: s.sorting.policy != "by_order"),
        Option(BY_COMMUNITY_SKU, _by_community_sku, lambda s: s.sorting.policy != "by_community_sku"),
        Option(PUT_TO_LIGHT, _put_to_light, lambda s: s.sorting.technology != "put_to_light"),
        Option(SHELF, _shelf, lambda s: s.leader_desk.hand_over_s > s.prices.shelf.hand_over_s),
        Option(ONE_ENTRY, _one_entry, lambda s: s.aftersales.leader_share > 0.0),
        Option(BOT, _bot, lambda s: s.aftersales.self_service_share < s.prices.bot.self_service_share),
        Option(HOURS[0], _hours(6.0, 22.0), lambda s: s.aftersales.day_from_h > 6.0),
        Option(HOURS[1], _hours(0.0, 22.0), lambda s: s.aftersales.day_from_h > 0.0),
        Option(
            HOURS[2],
            _hours(0.0, 23.0),
            lambda s: s.aftersales.day_from_h > 0.0 or s.aftersales.day_until_h < 23.0,
        ),
        Option(
            HOURS[3],
            _hours(0.0, 24.0),
            lambda s: s.aftersales.day_from_h > 0.0 or s.aftersales.day_until_h < 24.0,
        ),
        Option(COLD_BOXES, _cold_boxes, lambda s: s.collection.cold_chain.equipment != "cold_plates"),
        Option(RESERVED, _reserved, lambda s: s.stock.reservation != "at_order"),
    )
}


def option(name: str) -> Option:
    """The option of that name."""
    return OPTIONS[name]


def allowed(name: str, base: Scenario, kept: frozenset[str]) -> bool:
    """Whether an option would change something, and nothing that is to be kept."""
    one = OPTIONS[name]
    return one.possible(base) and not any(is_kept(path, kept) for path in one.changes(base))


def is_kept(path: str, kept: frozenset[str]) -> bool:
    """Whether a path, or something it stands under, is to be kept."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in kept)
