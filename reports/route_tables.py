"""The answer of `lianlu routes` as tables: the price of the promise, the routes, what was tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.catalogue import Lang, number, say, span
from reports.tables import Table

Document = Mapping[str, Any]
FIGURES = (
    ("km", "km"),
    ("van_hours", "h"),
    ("vans_used", "vans"),
    ("second_trips", "trips"),
    ("cost_cny", "CNY"),
)

WHOSE = {"own": "routes.by_own", "usual": "routes.by_usual", "buffers": "routes.by_buffers"}
"""Whose routes a plan that was tried has."""


def plan_table(document: Document, lang: Lang) -> Table:
    """The scenario's own plan beside the plan found, on the same fresh mornings."""
    first, rows = document["first_plan"], []
    rows.append((
        say("routes.p_all", lang),
        _share(first, lang),
        _share(document, lang),
        "",
    ))  # fmt: skip
    for key, unit in FIGURES:
        own, new = first[key], document[key]
        sign = "+" if new >= own else "−"
        difference = f"{sign}{number(abs(new - own), unit, lang, varies=True)}"
        rows.append((
            say(f"routes.{key}", lang),
            number(own, unit, lang, varies=True),
            number(new, unit, lang, varies=True),
            difference,
        ))  # fmt: skip
    rows.append((
        say("routes.depart", lang),
        number(document["depart_from_min"] + document["earlier_min"], "clock", lang),
        number(document["depart_from_min"], "clock", lang),
        "",
    ))  # fmt: skip
    rows.append((
        say("routes.vans", lang),
        f"{document['vans'] - document['more_vans']}",
        f"{document['vans']}",
        f"+{document['more_vans']}",
    ))  # fmt: skip
    heads = tuple(say(f"routes.{key}", lang) for key in ("figure", "own", "found", "difference"))
    return Table(
        say("routes.title", lang), heads, tuple(rows), (_verdict(document, lang), _foot(document, lang))
    )


def route_table(document: Document, lang: Lang) -> Table:
    """One line a route: van, stops, times, kilometres, load, what binds, its least punctual stop."""
    rows = []
    for route in document["routes"]:
        worst = min(route["stops"], key=lambda stop: stop["p_on_time"])
        rows.append((
            f"{route['van']}",
            f"{len(route['stops'])}",
            number(route["depart_min"], "clock", lang),
            number(route["stops"][-1]["planned_min"], "clock", lang),
            f"{route['km']:.1f}",
            f"{route['load_kg']:,.0f}",
            f"{route['load_m3']:.2f}",
            say(f"binds.{route['binds']}", lang),
            f"{100 * worst['p_on_time']:.1f} %",
        ))  # fmt: skip
    keys = ("van", "stops", "leaves", "last_stop", "kilometres", "kg", "m3", "binds", "worst")
    return Table(
        say("routes.routes", lang),
        tuple(say(f"routes.{key}", lang) for key in keys),
        tuple(rows),
        words=frozenset({7}),
    )


def tried_table(document: Document, lang: Lang) -> Table:
    """What was tried in turn: the best routes of each, how far they came, and what bound."""
    rows = [
        (
            say("routes.stage", lang, minutes=f"{stage['earlier_min']:g}", vans=stage["more_vans"]),
            say(WHOSE[stage["by"]], lang),
            number(stage["p_all"], "share", lang),
            number(stage["p_fresh"], "share", lang) if "p_fresh" in stage else "",
            number(stage["cost_cny"], "CNY", lang, varies=True),
            say(f"binds.{stage['binds'] or 'nothing'}", lang),
        )
        for stage in document["tried"]
    ]
    heads = tuple(
        say(f"routes.{key}", lang) for key in ("tried", "by", "p_all", "p_fresh", "cost_cny", "binds")
    )
    return Table(say("routes.search", lang), heads, tuple(rows), words=frozenset({0, 1, 5}))


def _share(document: Document, lang: Lang) -> str:
    low, high = document["ci_low"], document["ci_high"]
    return f"{number(document['p_all_on_time'], 'share', lang)} ({span(low, high, 'share', lang)})"


def _verdict(document: Document, lang: Lang) -> str:
    promise = number(document["promise_min"], "clock", lang)
    share = number(document["probability"], "share", lang)
    if not document["reached"]:
        late = document.get("missing_min")
        return say(
            "routes.not_reached" if late is not None else "routes.never_all", lang, share=share,
            promise=promise, minutes="" if late is None else f"{late:.0f}",
            found=number(document["p_all_on_time"], "share", lang),
            binds=say(f"binds.{document['tried'][-1]['binds']}", lang),
        )  # fmt: skip
    key = (
        "reached_more"
        if document["more_vans"]
        else "reached_earlier"
        if document["earlier_min"]
        else "reached"
    )
    return say(
        f"routes.{key}", lang, share=share, promise=promise, vans=document["more_vans"],
        minutes=f"{document['earlier_min']:g}",
    )  # fmt: skip


def _foot(document: Document, lang: Lang) -> str:
    return say("routes.foot", lang, n=f"{document['mornings']:,}", seed=document["seed"])
