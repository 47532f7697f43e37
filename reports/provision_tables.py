"""Tables of `lianlu provision`: now → needed → price, what binds, other ways, and what protections cost."""

from __future__ import annotations

import re
from typing import Any

from reports.catalogue import Lang, number, say, span
from reports.tables import MISSING, Document, Row, Table

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


def provision_tables(document: Document, lang: Lang) -> list[Table]:
    """Every table of the command, in the order in which a board reads them."""
    tables = [resources_table(document, lang), levels_table(document, lang)]
    if document["binding"]:
        tables.append(binding_table(document, lang))
    tables.append(alternatives_table(document, lang))
    if "protections" in document:
        tables.append(protections_table(document, lang))
        if document["waves"]:
            tables.append(waves_table(document, lang))
    return tables


def resources_table(document: Document, lang: Lang) -> Table:
    """What there is, what is needed, and what the difference costs."""
    rows: list[Row] = []
    for path, one in document["resources"].items():
        counts = (str(one["now"]), str(one["needed"]))
        rows.append((resource(path, document, lang), *counts, *_line(document, path, lang)))
    for one in document["options"]:
        name, yes = one["name"], say("provision.yes", lang)
        rows.append((say(WAYS[name], lang), MISSING, yes, *_line(document, name, lang)))
    money = [number(document[key], "CNY", lang) for key in ("cost_now_cny", "cost_cny")]
    more = signed_cny(document["cost_cny"] - document["cost_now_cny"], lang)
    rows.append((say("provision.total", lang), "", "", *money, more))
    keys = (
        "provision.now",
        "provision.needed",
        "provision.bill_now",
        "provision.bill_needed",
        "provision.extra",
    )
    heads = ("", *(say(key, lang) for key in keys))
    title = say(
        "title.provision",
        lang,
        scenario=document["scenario"],
        viewers=number(document["viewers"], "people", lang),
    )
    return Table(title, heads, tuple(rows), tuple(_sentences(document, lang)), frozenset({0}))


def _line(document: Document, path: str, lang: Lang) -> tuple[str, str, str]:
    """A line of the bill: today, with the plan, and the difference of the two."""
    now, needed = document["bill_now"].get(path, 0.0), document["bill"][path]
    return number(now, "CNY", lang), number(needed, "CNY", lang), signed_cny(needed - now, lang)


def changes_of_bill(document: Document) -> dict[str, float]:
    """Line of the bill → what the plan adds to it; they add up to the difference of the two bills."""
    now = document["bill_now"]
    return {path: cny - now.get(path, 0.0) for path, cny in document["bill"].items()}


def _sentences(document: Document, lang: Lang) -> list[str]:
    required = number(document["required_probability"], "share", lang)
    more = changes_of_bill(document).values()
    bought, saved = sum(cny for cny in more if cny > 0.0), -sum(cny for cny in more if cny < 0.0)
    money = {"bought": number(bought, "CNY", lang), "saved": number(saved, "CNY", lang)}
    said = [say("foot.provision_bill", lang, **money)]
    if document["feasible"]:
        p = number(document["all_together"]["p"], "share", lang)
        said.append(say("foot.provision_holds", lang, required=required, n=document["nights"], p=p))
    for level in document["unreachable"]:
        p = number(document["holds"][level]["p"], "share", lang)
        said.append(
            say("foot.provision_fails", lang, level=say(f"kpi.{level}", lang), p=p, required=required)
        )
    for path, value in document["planning"].items():
        said.append(say("foot.provision_planning", lang, path=path, value=f"{value:g}"))
    if "budget" in document:
        budget = document["budget"]
        key = "foot.budget_short" if document["feasible"] else "foot.budget_nothing"
        key = "foot.budget_enough" if budget["enough"] else key
        places = {name: number(budget[name], "CNY", lang) for name in ("cny", "extra_cny", "short_cny")}
        said.append(say(key, lang, **places))
    return said


def resource(path: str, document: Document, lang: Lang) -> str:
    """A resource in words; teams and vehicle types with their names."""
    key = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
    key = path.split(".")[1].split("[", maxsplit=1)[0] if "[" in path else key
    name = document["resources"].get(path, {}).get("name", "")
    return say(RESOURCES[key], lang, name=name)


def levels_table(document: Document, lang: Lang) -> Table:
    """P of every level today and with the plan."""
    rows = []
    for level, one in document["holds"].items():
        now = document["holds_now"].get(level)
        rows.append(
            (
                say(f"kpi.{level}", lang),
                number(now["p"], "share", lang) if now else MISSING,
                number(one["p"], "share", lang),
                span(one["ci_low"], one["ci_high"], "share", lang),
                say("kept.no" if level in document["unreachable"] else "kept.yes", lang),
            )
        )
    heads = (
        say("head.level", lang),
        say("provision.p_now", lang),
        say("provision.p_plan", lang),
        say("head.interval", lang),
        say("head.verdict", lang),
    )
    return Table(say("title.provision_levels", lang), heads, tuple(rows), (), frozenset({0, 4}))


def binding_table(document: Document, lang: Lang) -> Table:
    """What stands in the way of holding the levels with today's policy and equipment."""
    rows = tuple(
        (
            resource(one["resource"], document, lang),
            one["resource"],
            say(f"kpi.{one['level']}", lang),
            str(one["most"]),
            number(one["p"], "share", lang),
        )
        for one in document["binding"]
    )
    keys = (
        "provision.binds",
        "provision.path",
        "provision.for_level",
        "provision.most",
        "provision.p_most",
    )
    heads = tuple(say(key, lang) for key in keys)
    foot = (say("foot.binding", lang),)
    return Table(say("title.binding", lang), heads, rows, foot, frozenset({0, 1, 2}))


def way(name: str, document: Document, lang: Lang) -> str:
    """A way of a stage in words; combined ways joined."""
    parts = [
        resource(part, document, lang) if "." in part else say(WAYS[part], lang) for part in name.split("+")
    ]
    return " + ".join(parts)


def alternatives_table(document: Document, lang: Lang) -> Table:
    """Each way to hold a stage's levels: its price beside the others', or why it fails."""
    rows = []
    for one in document["alternatives"]:
        levels = ", ".join(say(f"kpi.{level}", lang) for level in one["levels"][:2])
        if one["holds"]:
            lost = one.get("lost_orders", 0.0)
            price = signed_cny(one["extra_cny"], lang)
            said = number(lost, "orders", lang) if lost else MISSING
            verdict = say("provision.chosen", lang) if one["chosen"] else say("provision.works", lang)
        else:
            worst = min(one["p"].values(), default=0.0)
            price, said = MISSING, MISSING
            verdict = say("provision.fails", lang, p=number(worst, "share", lang))
        rows.append((way(one["way"], document, lang), levels, price, said, verdict))
    keys = (
        "provision.way",
        "provision.for_level",
        "provision.extra",
        "provision.lost_orders",
        "provision.outcome",
    )
    heads = tuple(say(key, lang) for key in keys)
    foot = (say("foot.alternatives", lang),)
    return Table(say("title.alternatives", lang), heads, tuple(rows), foot, frozenset({0, 1, 4}))


def protections_table(document: Document, lang: Lang) -> Table:
    """What each protection of today's capacity pays, and what it costs in lost orders."""
    rows = [
        (
            say(WAYS[one["name"]], lang),
            ", ".join(f"{key} {value:g}" for key, value in one["settings"].items()),
            number(one["orders_paid"], "orders", lang),
            _count(one["orders_saved"], lang),
            number(one["orders_lost"], "orders", lang),
            number(one["lost_cny"], "CNY", lang),
        )
        for one in document["protections"]
    ]
    thumb = document["rule_of_thumb"]
    difference = thumb["difference"]
    foot = say(
        "foot.rule_of_thumb",
        lang,
        share=number(thumb["share_of_capacity"], "share", lang),
        capacity=f"{thumb['capacity_per_s']:.0f}",
        more=_count(difference["mean"], lang),
        span=span(difference["ci_low"], difference["ci_high"], "orders", lang),
        n=difference["nights"],
    )
    keys = (
        "provision.way",
        "provision.settings",
        "provision.orders_paid",
        "provision.orders_saved",
        "provision.orders_lost",
        "provision.lost_cny",
    )
    heads = tuple(say(key, lang) for key in keys)
    return Table(say("title.protections", lang), heads, tuple(rows), (foot,), frozenset({0, 1}))


def waves_table(document: Document, lang: Lang) -> Table:
    """Links in waves: the peak they leave against the conversion they cost."""
    rows = tuple(
        (
            f"{one['settings']['waves']:g}",
            f"{one['settings']['minutes']:g}",
            f"{one['peak_orders_per_s']:.0f}",
            _points(one),
            number(one["orders_paid"], "orders", lang),
            say("provision.front", lang) if one["on_front"] else "",
        )
        for one in document["waves"]
    )
    keys = (
        "provision.waves",
        "provision.minutes",
        "provision.peak",
        "provision.conversion_lost",
        "provision.orders_paid",
        "provision.pareto",
    )
    heads = tuple(say(key, lang) for key in keys)
    return Table(say("title.waves", lang), heads, rows, (say("foot.waves", lang),), frozenset({5}))


def _points(one: dict[str, Any]) -> str:
    """Conversion lost in points of a hundred, with its interval."""
    mean, low, high = (
        100.0 * one[key] for key in ("conversion_lost", "conversion_lost_ci_low", "conversion_lost_ci_high")
    )
    return f"{mean:.1f} ({low:.1f} … {high:.1f})"


def signed_cny(cny: float, lang: Lang) -> str:
    """Money with its sign; nothing is a plain 0."""
    return ("+" if cny > 0.0 else "") + number(cny, "CNY", lang)


def _count(orders: float, lang: Lang) -> str:
    return ("+" if orders > 0.0 else "") + number(orders, "orders", lang)
