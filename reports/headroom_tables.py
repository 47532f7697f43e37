"""Tables of `lianlu headroom`: the order of breaking, the curve, and what the answer hangs on."""

from __future__ import annotations

import math

from reports.catalogue import Lang, number, say, span, unit_word
from reports.cells import foot
from reports.tables import MISSING, Document, Row, Table
from sim.kpis.definitions import KPIS
from sim.service_levels import AT_LEAST, DIRECTION

SHOWN_INPUTS = 8
COMPACT = 14
"""Rows of the printed curve; the document and the CSV hold all of them."""


def headroom_table(document: Document, lang: Lang) -> Table:
    """What is broken already, then the order of breaking, then what outlasts the range."""
    rows = _outside_rows(document, ("already_broken",), lang)
    for place, knee in enumerate(document["levels"]):
        rows.append(
            (
                str(place + 1),
                say(f"kpi.{knee['level']}", lang),
                _threshold(knee["level"], knee["threshold"], lang),
                _amount(document, _best(knee), lang),
                _between(document, knee, lang),
                _remark(document, knee, lang),
            )
        )
    rows += _outside_rows(document, ("beyond_range", "not_monotone"), lang)
    required = number(document["required_probability"], "share", lang)
    audience = _of_audience(document)
    heads = (
        "#",
        say("head.level", lang),
        say("head.promise", lang),
        say("headroom.audience" if audience else "headroom.value", lang, required=required),
        say("head.interval", lang),
        "",
    )
    title = say(
        "title.headroom",
        lang,
        scenario=document["scenario"],
        path=document["path"],
        low=f"{document['from']:g}",
        high=f"{document['to']:g}",
    )
    return Table(title, heads, tuple(rows), _foot(document, lang), frozenset({1, 5}))


def _outside_rows(document: Document, groups: tuple[str, ...], lang: Lang) -> list[Row]:
    """Levels without a crossing, with the reason in place of one."""
    return [
        (
            MISSING,
            say(f"kpi.{name}", lang),
            _threshold(name, said["threshold"], lang),
            MISSING if group == "not_monotone" else _end(document, group, said["at"], lang),
            say("headroom.p_at", lang, p=number(said["p"], "share", lang), at=f"{said['at']:.4g}"),
            _outside(document, group, name, lang),
        )
        for group in groups
        for name, said in ((name, document["outside"][name]) for name in document[group])
    ]


def headroom_tables(document: Document, lang: Lang) -> list[Table]:
    """Every table of the command, in the order in which they are read."""
    tables = [headroom_table(document, lang), curve_table(document, lang)]
    if "at" in document:
        tables.append(gate_table(document, lang))
    if "assumptions" in document:
        tables.append(assumption_table(document, lang))
    return tables


def gate_table(document: Document, lang: Lang) -> Table:
    """Each level at the audience asked for, on fresh nights."""
    asked = document["at"]
    rows = tuple(
        (
            say(f"kpi.{name}", lang),
            number(one["p"], "share", lang),
            span(one["ci_low"], one["ci_high"], "share", lang),
            say(f"kept.{one['kept']}", lang),
        )
        for name, one in asked["levels"].items()
    )
    viewers = number(asked["audience"], "people", lang) if "audience" in asked else MISSING
    title = say(
        "title.headroom_at",
        lang,
        viewers=viewers,
        path=document["path"],
        value=f"{asked['value']:.4g}",
        n=asked["replications"],
    )
    heads = tuple(say(f"head.{name}", lang) for name in ("level", "probability", "interval", "verdict"))
    return Table(title, heads, rows, (), frozenset({0, 3}))


def assumption_table(document: Document, lang: Lang) -> Table:
    """The inputs that move the first level to break most, and whose word they rest on."""
    said = document["assumptions"]
    total = sum(one["squared"] for one in said["inputs"])
    moving = [one for one in said["inputs"] if one["squared"] > 0.0]
    rows = tuple(
        (
            one["path"],
            say(f"grade.{one['grade']}", lang),
            _within(document, one["at_low"], lang),
            _within(document, one["at_high"], lang),
            number(one["squared"] / total, "share", lang),
        )
        for one in moving[:SHOWN_INPUTS]
    )
    heads = (
        say("head.assumption", lang),
        say("head.grade", lang),
        say("headroom.at_low", lang),
        say("headroom.at_high", lang),
        say("headroom.of_movement", lang),
    )
    title = say("title.headroom_assumptions", lang, level=say(f"kpi.{said['level']}", lang))
    return Table(title, heads, rows, tuple(_assumption_foot(document, lang)), frozenset({0, 1}))


def _assumption_foot(document: Document, lang: Lang) -> list[str]:
    said = document["assumptions"]
    foot = []
    if said["assumed_share"] is not None:
        low, high = (_within(document, said[end], lang) for end in ("low", "high"))
        share = number(said["assumed_share"], "share", lang)
        foot.append(say("foot.headroom_assumed", lang, share=share, low=low, high=high))
    else:
        foot.append(say("foot.headroom_unmoved", lang))
    if said["left_out"]:
        count = len(said["left_out"])
        foot.append(say("foot.headroom_left", lang, n=count, some=", ".join(said["left_out"][:3])))
    return foot


def curve_table(document: Document, lang: Lang) -> Table:
    """P(kept) against the axis for every level that changes on it."""
    names = [knee["level"] for knee in document["levels"]] + list(document["not_monotone"])
    points = document["curve"]
    shown = points[:: max(1, -(-len(points) // COMPACT))] if len(points) > 2 * COMPACT else points
    rows = tuple(
        (
            *((number(point["audience"], "people", lang),) if "audience" in point else (MISSING,)),
            f"{point['value']:.4g}",
            str(point["replications"]),
            *(_probability(point.get(name)) for name in names),
        )
        for point in shown
    )
    heads = (
        say("head.audience", lang),
        document["path"],
        say("headroom.nights", lang),
        *(f"#{k}" for k in range(1, len(names) + 1)),
    )
    columns = "; ".join(f"#{k} {say(f'kpi.{name}', lang)}" for k, name in enumerate(names, 1))
    return Table(say("title.headroom_curve", lang), heads, rows, (columns, say("foot.headroom_band", lang)))


def _of_audience(document: Document) -> bool:
    return any("audience_p95" in knee for knee in document["levels"]) or document["path"] == "audience.scale"


def _best(knee: Document) -> float:
    return float(knee.get("audience_p95", knee["value_p95"]))


def _amount(document: Document, value: float, lang: Lang) -> str:
    return number(value, "people", lang) if _of_audience(document) else f"{value:.4g}"


def _between(document: Document, knee: Document, lang: Lang) -> str:
    """The interval; an end that the range cut off is marked as open."""
    low, high = knee["ci_low"], knee["ci_high"]
    text = span(low, high, "people", lang) if _of_audience(document) else f"{low:.4g} … {high:.4g}"
    return f"{'≤ ' if knee['ci_low_open'] else ''}{text}{' ≤' if knee['ci_high_open'] else ''}"


def _remark(document: Document, knee: Document, lang: Lang) -> str:
    """Which breaks first, and which way round where more of the axis keeps a level."""
    place = "headroom.next" if document["already_broken"] else "headroom.first"
    words = [say(place, lang)] if knee["level"] == document["first_to_break"] else []
    if knee["direction"] == "rising":
        words.append(say("headroom.rising", lang))
    return "; ".join(words)


def _end(document: Document, group: str, at: float, lang: Lang) -> str:
    """On which side of the range the answer would lie: `< 1,461`; what holds all over it lies beyond both."""
    points = {point["value"]: point.get("audience", point["value"]) for point in document["curve"]}
    if group == "beyond_range":
        return f"> {_amount(document, max(points.values()), lang)}"
    return f"{'<' if at == document['from'] else '>'} {_amount(document, points.get(at, at), lang)}"


def _within(document: Document, value: float, lang: Lang) -> str:
    """An amount as far as the range was looked at; beyond its ends nothing has been simulated."""
    looked = [point.get("audience", point["value"]) for point in document["curve"]]
    low, high = min(looked), max(looked)
    if value < low:
        return f"< {_amount(document, low, lang)}"
    return f"> {_amount(document, high, lang)}" if value > high else _amount(document, value, lang)


def _outside(document: Document, group: str, name: str, lang: Lang) -> str:
    words = {
        "already_broken": say("headroom.already_broken", lang),
        "beyond_range": say("headroom.beyond_range", lang),
        "not_monotone": say("headroom.not_monotone", lang),
    }
    certain = document["outside"][name]["certain"] or group == "not_monotone"
    return "; ".join([words[group], *([] if certain else [say("kept.cannot_tell", lang)])])


def _probability(said: Document | None) -> str:
    if said is None:
        return MISSING
    p, low, high = (f"{100.0 * said[part]:.0f}" for part in ("p", "ci_low", "ci_high"))
    return f"{p} ({low}…{high})"


def _threshold(name: str, threshold: float, lang: Lang) -> str:
    unit = KPIS[name].unit
    if unit == "0/1":
        return say("promise.always", lang) if threshold >= 1.0 else MISSING
    sign = "≥" if DIRECTION[name] == AT_LEAST else "≤"
    return f"{sign} {number(threshold, unit, lang)} {unit_word(unit, lang)}".rstrip()


def _foot(document: Document, lang: Lang) -> tuple[str, ...]:
    lines = []
    unsettled = [str(k + 1) for k, knee in enumerate(document["levels"]) if knee["order_certain"] is False]
    if unsettled:
        lines.append(say("foot.headroom_order", lang, places=", ".join(unsettled)))
    if not document["levels"]:
        lines.append(say("foot.headroom_none", lang))
    wide = [knee for knee in document["levels"] if knee["band_half_width"] > document["band"]["goal"]]
    if wide:
        widest, goal = max(knee["band_half_width"] for knee in wide), document["band"]["goal"]
        more = math.ceil(document["replications"] * (widest / goal) ** 2 / 10.0) * 10
        lines.append(
            say(
                "foot.headroom_wide",
                lang,
                half=number(widest, "share", lang),
                goal=number(goal, "share", lang),
                n=max(more, document["band"]["replications_needed"]),
            )
        )
    lines.append(foot("foot.headroom", document, lang, all=document["simulated"]))
    return tuple(lines)
