"""Stations through the day: where and when it hurts; one station's load and queue against its capacity."""

from __future__ import annotations

from reports.catalogue import Lang, say
from reports.cells import Document, called, foot
from reports.charts.chart import Axis, Heat, Line, Lines, Mark
from sim.clock import DAY_MIN

HEAT_MIN = 30.0
"""Width of a cell of the heat map: as narrow as a slide can show a day, and the same on the page."""
SHOWN = 1e-9
"""A utilisation below this is no work at all."""


def day_heat(document: Document, lang: Lang) -> Heat:
    """Utilisation of every station by cell of time; empty where nobody is there."""
    stations = document["stations"]
    rows = tuple(say(f"station.{name}", lang) for name in stations)
    many = max(1, round(HEAT_MIN / document["cell_min"]))
    values = tuple(_coarser(one["load"]["mean"], one["capacity"], many) for one in stations.values())
    return Heat(
        say("chart.day_heat", lang, scenario=called(document, lang)),
        rows,
        tuple(document["from_min"][::many]),
        Axis(say("axis.clock", lang), "clock"),
        values,
        Axis(say("axis.utilisation", lang), "share"),
        1.0,
        (foot("chart.foot", document, lang),),
    )


def _coarser(load: list[float], capacity: list[float], many: int) -> tuple[float | None, ...]:
    """Utilisation of so many cells together; None where nobody is there in any of them."""
    starts = range(0, len(load), many)
    busy, there = ([sum(column[k : k + many]) for k in starts] for column in (load, capacity))
    return tuple(used / room if room > 0.0 else None for used, room in zip(busy, there, strict=True))


def station_lines(document: Document, station: str, lang: Lang) -> tuple[Lines, Lines]:
    """Servers at work against those there, and customers waiting: mean and 90 nights of 100."""
    one = document["stations"][station]
    first, last = _busy_hours(document, station)
    clock, band = Axis(say("axis.clock", lang), "clock"), say("chart.band", lang)
    x = tuple(document["from_min"][first:last])
    name = say(f"station.{station}", lang)

    def line(figure: str, name: str) -> Line:
        low, mean, high = (tuple(one[figure][end][first:last]) for end in ("low", "mean", "high"))
        return Line(name, mean, low, high)

    there = Line(say("chart.capacity", lang), tuple(one["capacity"][first:last]), role="limit", step=True)
    marks = tuple(Mark(at, say("chart.midnight", lang)) for at in (DAY_MIN,) if x[0] < at < x[-1])
    feet = (band, foot("chart.foot", document, lang))
    return (
        Lines(say("chart.load", lang, station=name), x, clock, Axis(say("axis.servers", lang)),
              (line("load", say("chart.at_work", lang)), there), marks, feet),
        Lines(say("chart.queue", lang, station=name), x, clock, Axis(say("axis.waiting", lang)),
              (line("queue", say("chart.waiting", lang)),), marks, feet),
    )  # fmt: skip


def busiest_station(document: Document) -> str:
    """The station that is fully used for the longest time; of equals, where most people wait at once."""
    stations: Document = document["stations"]
    return max(
        stations,
        key=lambda name: (
            sum(used >= 0.95 for used in stations[name]["utilisation"]),
            max(stations[name]["queue"]["mean"]),
        ),
    )


def _busy_hours(document: Document, station: str) -> tuple[int, int]:
    """Cells from shortly before the first work or wait to shortly after the last."""
    one = document["stations"][station]
    busy = [
        k
        for k, pair in enumerate(zip(one["load"]["high"], one["queue"]["high"], strict=True))
        if max(pair) > SHOWN
    ]
    cells = len(document["from_min"])
    if not busy:
        return 0, cells
    margin = max(1, round(30.0 / document["cell_min"]))
    return max(0, busy[0] - margin), min(cells, busy[-1] + margin + 1)
