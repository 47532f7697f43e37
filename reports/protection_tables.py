"""Tables of what today's capacity can do instead of more of it: protections, and links in waves."""

from __future__ import annotations

from typing import Any

from reports.catalogue import Lang, number, say, span
from reports.cells import Document, Table
from reports.provision_words import WAYS, level_names, more_orders


def protections_table(document: Document, lang: Lang) -> Table:
    """What each protection of today's capacity pays, and what it costs in lost orders."""
    rows = [
        (
            say(WAYS[one["name"]], lang),
            ", ".join(f"{key} {value:g}" for key, value in one["settings"].items()),
            number(one["orders_paid"], "orders", lang),
            more_orders(one["orders_saved"], lang),
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
        more=more_orders(difference["mean"], lang),
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
    return Table(
        say("title.protections", lang),
        heads,
        tuple(rows),
        (*_broken(document, lang), foot),
        frozenset({0, 1}),
    )


def _broken(document: Document, lang: Lang) -> list[str]:
    """A sentence for all protections that leave the same levels broken."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in document["protections"]:
        alike.setdefault(tuple(one["broken"]), []).append(say(WAYS[one["name"]], lang))
    return [
        say(
            "foot.still_broken",
            lang,
            ways=say("list.comma", lang).join(ways),
            levels=level_names(broken, lang),
        )
        for broken, ways in alike.items()
    ]


def waves_table(document: Document, lang: Lang) -> Table:
    """Links in waves: the peak they leave against the conversion they cost, and what pays most today."""
    best = document["best_waves"]
    rows = tuple(
        (
            f"{one['settings']['waves']:g}",
            f"{one['settings']['minutes']:g}",
            f"{one['peak_orders_per_s']:.0f}",
            _points(one),
            number(one["orders_paid"], "orders", lang),
            _of_waves(one, best, lang),
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
    foot = (_conclusion(best, lang), say("foot.waves", lang))
    return Table(say("title.waves", lang), heads, rows, foot, frozenset({5}))


def _of_waves(one: Document, best: Document, lang: Lang) -> str:
    """What is said of a number of waves: it pays most, or another one beats it in peak and conversion."""
    if one["settings"] == best["settings"]:
        return say("provision.pays_most", lang)
    return "" if one["on_front"] else say("provision.beaten", lang)


def _conclusion(best: Document, lang: Lang) -> str:
    """Whether waves pay more than one drop, with the interval of paired fresh nights."""
    sure = best["ci_low"] > 0.0 or best["ci_high"] < 0.0
    key = (
        "foot.waves_cannot_tell"
        if not sure
        else "foot.waves_pay"
        if best["more_orders"] > 0.0
        else "foot.waves_cost"
    )
    return say(
        key,
        lang,
        waves=f"{best['settings']['waves']:g}",
        minutes=f"{best['settings']['minutes']:g}",
        more=more_orders(best["more_orders"], lang),
        span=span(best["ci_low"], best["ci_high"], "orders", lang),
        n=best["nights"],
        points=f"{100.0 * best['conversion_lost']:.1f}",
    )


def _points(one: dict[str, Any]) -> str:
    """Conversion lost in points of a hundred, with its interval."""
    mean, low, high = (
        100.0 * one[key] for key in ("conversion_lost", "conversion_lost_ci_low", "conversion_lost_ci_high")
    )
    return f"{mean:.1f} ({low:.1f} … {high:.1f})"
