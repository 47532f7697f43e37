"""A deck as data: pages with one message each, what is shown below it, and what the speaker knows."""

from __future__ import annotations

from dataclasses import dataclass

from reports.cells import Table
from reports.charts.chart import Chart

Exhibit = Chart | Table


@dataclass(frozen=True)
class Page:
    """One message, the charts and tables that carry it, and notes on the method.

    A page without exhibits divides the deck. `below` is what a reader must know to read the exhibits; `foot`
    stands instead of the deck's where the page shows another experiment.
    """

    message: str
    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...] = ()
    below: str = ""
    foot: str = ""


@dataclass(frozen=True)
class Deck:
    """What a report says, in the reader's language, whatever file it becomes.

    `foot` is what brings the same figures back: seed, engine, replications, hash.
    """

    title: str
    subtitle: str
    pages: tuple[Page, ...]
    foot: str
