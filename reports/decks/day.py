"""Pages of a day: where and when it hurts, and the station where it hurts most."""

from __future__ import annotations

from collections.abc import Iterator

from reports.catalogue import Lang, number, say
from reports.cells import Document, foot
from reports.charts.through_the_day import busiest_station, day_heat, station_lines
from reports.decks.deck import Page


def day_pages(day: Document, lang: Lang) -> Iterator[Page]:
    """The heat map of all stations, then load and queue of the busiest; their foot names the day's nights."""
    station = busiest_station(day)
    called, below = say(f"station.{station}", lang), foot("chart.foot", day, lang)
    band = say("chart.band", lang)
    yield Page(say("deck.hurts", lang, station=called), (day_heat(day, lang),), foot=below)
    waiting = day["stations"][station]["queue"]["mean"]
    worst = max(range(len(waiting)), key=waiting.__getitem__)
    said = {"queue": f"{waiting[worst]:,.0f}", "clock": number(day["from_min"][worst], "clock", lang)}
    message = say("deck.day_of", lang, station=called, **said)
    yield Page(message, station_lines(day, station, lang), below=band, foot=below)
