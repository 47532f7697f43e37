"""Words of `lianlu provision`: resources, ways, levels and amounts, as all its tables say them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reports.catalogue import Lang, number, say
from reports.cells import MISSING, Document

WAYS = {
    "more_workers": "way.more_workers",
    "order_database": "way.order_database",
    "waiting_room": "way.waiting_room",
    "waves": "way.waves",
    "more_people": "way.more_people",
    "put_to_light": "way.put_to_light",
    "by_order": "way.by_order",
    "by_community_sku": "way.by_community_sku",
    "pickup_shelf": "way.pickup_shelf",
    "one_entry": "way.one_entry",
    "support_bot": "way.support_bot",
    "support_06_22": "way.support_06_22",
    "support_00_22": "way.support_00_22",
    "support_00_23": "way.support_00_23",
    "support_00_24": "way.support_00_24",
    "more_agents": "way.more_agents",
    "retry_budget": "way.retry_budget",
    "load_shedding": "way.load_shedding",
    "drop_abandoned": "way.drop_abandoned",
    "reserve_at_order": "way.reserve_at_order",
    "cold_boxes": "way.cold_boxes",
}
"""Option or way → its phrase."""
RESOURCES = {
    "servers": "resource.servers",
    "rate_per_s": "resource.rate_per_s",
    "team": "resource.team",
    "teams": "resource.teams",
    "stations": "resource.stations",
    "hall_limit_people": "resource.hall_limit_people",
    "vehicles": "resource.vehicles",
    "docks": "resource.docks",
    "agents": "resource.agents",
    "show_night_agents": "resource.show_night_agents",
    "helpers": "resource.helpers",
    "second_line_agents": "resource.second_line_agents",
}
"""Last part of a path → its phrase."""


def resource(path: str, document: Document, lang: Lang) -> str:
    """A resource in words; teams and vehicle types with their names."""
    key = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
    key = path.split(".")[1].split("[", maxsplit=1)[0] if "[" in path else key
    name = document["resources"].get(path, {}).get("name", "")
    return say(RESOURCES[key], lang, name=name)


def way(name: str, document: Document, lang: Lang) -> str:
    """A way of a stage in words; combined ways joined."""
    parts = [
        resource(part, document, lang) if "." in part else say(WAYS[part], lang) for part in name.split("+")
    ]
    return " + ".join(parts)


def level_names(names: Iterable[str], lang: Lang) -> str:
    """Service levels in a row; some names hold a comma."""
    return " · ".join(say(f"kpi.{name}", lang) for name in names) or MISSING


def signed_cny(cny: float, lang: Lang) -> str:
    """Money with its sign; nothing is a plain 0."""
    return ("+" if cny > 0.0 else "") + number(cny, "CNY", lang)


def more_orders(orders: float, lang: Lang) -> str:
    """Orders with their sign; nothing is a plain 0."""
    return ("+" if orders > 0.0 else "") + number(orders, "orders", lang)
