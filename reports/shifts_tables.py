"""Tables of `lianlu shifts`: who comes when, what being surer costs, and the calendar as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.catalogue import Lang, number, say, span
from reports.cells import foot
from reports.tables import MISSING, Document, Row, Table
from sim.kpis.sorting import MIDNIGHT
from sim.scenario_file.writing import in_line

HEADS = ("shifts.team", "shifts.start", "shifts.end", "shifts.break", "shifts.people", "shifts.cost")
BINDS = {"hall": "shifts.binds.hall", "teams": "shifts.binds.teams", "shifts": "shifts.binds.shifts"}


def shifts_table(document: Document, lang: Lang) -> Table:
    """The calendar found, those of other promises and today's, team by team; what follows from them below."""
    required = number(document["promise"], "share", lang)
    by = _clock(document["by_min"], lang)
    rows: list[Row] = []
    first = "shifts.found" if document["reached"] else "shifts.fullest"
    others = {
        key: one
        for key, one in document["promises"].items()
        if one["reached"] and one["plan"] != document["plan"]
    }
    calendars = [(first, "", document), *(("shifts.for_promise", key, one) for key, one in others.items())]
    for key, promise, calendar in (*calendars, ("shifts.today", "", document["today"])):
        share = number(calendar["p_sorted"], "share", lang)
        asked = number(float(promise), "share", lang) if promise else ""
        rows.append((f"[{say(key, lang, p=share, required=asked)}]", *[""] * 5))
        rows += [_team(team, lang) for team in calendar["plan"]]
        total = _money(calendar["cost_cny"])
        rows.append((say("shifts.total", lang), "", "", "", str(calendar["people"]), total))
    heads = tuple(say(name, lang) for name in HEADS)
    title = say("title.shifts", lang, scenario=document["scenario"], by=by, required=required)
    return Table(title, heads, tuple(rows), tuple(_sentences(document, lang)))


def _team(team: Document, lang: Lang) -> Row:
    breaks = [
        f"{_clock(begin, lang)} … {_clock(begin + pause['length_min'], lang)}"
        for pause in team["breaks"]
        for begin in [team["start_min"] + pause["after_min"]]
    ]
    return (
        team["team"],
        _clock(team["start_min"], lang),
        _clock(team["end_min"], lang),
        "\n".join(breaks) or MISSING,
        str(team["people"]),
        _money(team["cost_cny"]),
    )


def price_table(document: Document, lang: Lang) -> Table:
    """What each promise costs, how much more than the one below it, and today's calendar as the last row."""
    rows: list[Row] = []
    before: float | None = None
    for key, one in document["promises"].items():
        cost, more = say("shifts.out_of_reach", lang), MISSING
        if one["reached"]:
            cost = _money(one["cost_cny"])
            more = MISSING if before is None else _money(one["cost_cny"] - before)
            before = one["cost_cny"]
        rows.append((number(float(key), "share", lang), cost, more, *_measured(one, lang)))
    today = document["today"]
    cost = _money(today["cost_cny"])
    rows.append((say("shifts.now", lang), cost, MISSING, *_measured(today, lang)))
    heads = tuple(
        say(name, lang)
        for name in (
            "shifts.promise",
            "shifts.cost",
            "shifts.more",
            "shifts.people",
            "shifts.kept",
            "head.interval",
            "shifts.lost",
        )
    )
    return Table(say("title.shift_prices", lang), heads, tuple(rows), tuple(_grounds(document, lang)))


def _clock(minute: float, lang: Lang) -> str:
    """A time of day; midnight at the end of the day is 24:00 to people who work until then."""
    return "24:00" if round(minute) == MIDNIGHT else number(minute, "clock", lang)


def _money(cny: float) -> str:
    """Whole yuan: nobody plans wages in fen."""
    return f"{round(cny):,}"


def _measured(one: Document, lang: Lang) -> Row:
    interval = span(one["ci_low"], one["ci_high"], "share", lang)
    lost = MISSING if one["never_sorted_jobs"] == 0.0 else _money(one["lost_cny"])
    return str(one["people"]), number(one["p_sorted"], "share", lang), interval, lost


def _sentences(document: Document, lang: Lang) -> Iterator[str]:
    """What an operations manager should know of the calendar."""
    by = _clock(document["by_min"], lang)
    if not document["plan"]:
        yield say("shifts.nothing", lang)
        return
    binding = _clock(document["binding_min"], lang)
    if document["reached"]:
        yield say("shifts.binding", lang, binding=binding, by=by)
        yield _against_today(document, lang)
        yield from _with_losses(document, lang)
    else:
        yield say(
            "shifts.unreachable",
            lang,
            by=by,
            required=number(document["promise"], "share", lang),
            best=number(document["p_sorted"], "share", lang),
            binding=binding,
            hours=number(document["lacking"]["person_hours"], "h", lang, varies=True),
        )
        lacking, hall = document["lacking"], document["hall_limit_people"]
        yield say(BINDS[lacking["binds"]], lang, by=by, most=lacking["most_people"], hall=hall)
    if "jobs_late_when_missed" in document:
        yield say("shifts.missed", lang, jobs=f"{document['jobs_late_when_missed']:.0f}")


def _against_today(document: Document, lang: Lang) -> str:
    saved = document["today"]["cost_cny"] - document["cost_cny"]
    key = "shifts.cheaper" if saved >= 0.0 else "shifts.dearer"
    return say(
        key,
        lang,
        saved=_money(abs(saved)),
        p=number(document["p_sorted"], "share", lang),
        now=number(document["today"]["p_sorted"], "share", lang),
    )


def _with_losses(document: Document, lang: Lang) -> Iterator[str]:
    """A calendar that ends at the deadline leaves goods unsorted on its bad nights: is it still cheaper?"""
    today = document["today"]
    if document["lost_cny"] == today["lost_cny"] == 0.0:
        return
    both = {name: one["cost_cny"] + one["lost_cny"] for name, one in (("this", document), ("now", today))}
    yield say(
        "shifts.losses",
        lang,
        jobs=f"{document['never_sorted_jobs']:.1f}",
        lost=_money(document["lost_cny"]),
        lost_now=_money(today["lost_cny"]),
        both=_money(both["this"]),
        both_now=_money(both["now"]),
    )


def _grounds(document: Document, lang: Lang) -> Iterator[str]:
    """Where the figures come from."""
    nights = document["nights"]
    yield say("shifts.nights", lang, **nights, kinds=document["shifts_to_choose_from"])
    if "paid_cny" in document:
        paid = document["paid_cny"]
        yield say("shifts.wages", lang, paid=_money(paid["mean"]))
    if document["reached"] and document["p_sorted"] < document["promise"] <= document["ci_high"]:
        yield say(
            "shifts.inside",
            lang,
            p=number(document["p_sorted"], "share", lang),
            n=nights["fresh"],
            required=number(document["promise"], "share", lang),
        )
    few = {key: needed for key, needed in document["nights_needed"].items() if needed > nights["fresh"]}
    for key, needed in few.items():
        required = number(float(key), "share", lang)
        yield say("shifts.few", lang, required=required, needed=needed, have=nights["fresh"])
    yield foot("shifts.seed", document, lang)


def teams_yaml(document: Document) -> str:
    """The calendar as the lines of a scenario file, `sorting.teams`."""
    lines = ["sorting:", "  teams:" if document["plan"] else "  teams: []"]
    lines += [f"    - {in_line(_as_team(team))}" for team in document["plan"]]
    return "\n".join(lines) + "\n"


def _as_team(team: Document) -> Mapping[str, Any]:
    found = {
        "name": team["team"],
        "start_min": team["start_min"],
        "length_min": team["length_min"],
        "people": team["people"],
    }
    return {**found, "breaks": [dict(pause) for pause in team["breaks"]]} if team["breaks"] else found
