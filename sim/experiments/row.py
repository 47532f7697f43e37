"""What is kept of one replication: its figures, as names shared by many rows and one string of numbers.

A row of `chenxi_live` takes 1.1 kB this way and some 12 kB as dictionaries, so thousands of nights fit where
dozens would. The numbers are the float64 themselves, so nothing is lost on the way through a worker or file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

_LITTLE = np.dtype("<f8")


class Outcome(NamedTuple):
    """What a replication answers; its log is re-simulated when somebody asks.

    kpis: figure by name, absent where it has no meaning. balance: people by final state.
    stations: by name `utilisation` (share), `wait_mean_s`, `wait_p95_s`, `queue_max`.
    """

    kpis: Mapping[str, float]
    balance: Mapping[str, int]
    stations: Mapping[str, Mapping[str, float]]


class Layout(NamedTuple):
    """What the numbers of a row are: first the KPIs, then the states, then the stations' figures.

    stations: (station, figure, whether it is a count) each.
    """

    kpis: tuple[str, ...]
    balance: tuple[str, ...]
    stations: tuple[tuple[str, str, bool], ...]

    def text(self) -> str:
        """The layout as one line of JSON, the same for equal layouts."""
        return json.dumps(self, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Layout:
        """The layout of a line that `text` wrote; ValueError for anything else."""
        try:
            kpis, balance, stations = json.loads(text)
            known = ((str(s), str(f), bool(w)) for s, f, w in stations)
            return shared(cls(tuple(map(str, kpis)), tuple(map(str, balance)), tuple(known)))
        except TypeError as error:
            raise ValueError(str(error)) from error

    @property
    def width(self) -> int:
        """Numbers in a row of this layout."""
        return len(self.kpis) + len(self.balance) + len(self.stations)


class Row(NamedTuple):
    """One replication: `values` holds the layout's numbers as little-endian float64."""

    layout: Layout
    values: bytes

    @classmethod
    def of(cls, outcome: Outcome | Row) -> Row:
        """The row of an outcome (a row is its own)."""
        if isinstance(outcome, Row):
            return cls(shared(outcome.layout), outcome.values)
        stations = [
            (station, figure, isinstance(value, (int, np.integer)), value)
            for station, figures in outcome.stations.items()
            for figure, value in figures.items()
        ]
        layout = Layout(tuple(outcome.kpis), tuple(outcome.balance), tuple(one[:3] for one in stations))
        numbers = [*outcome.kpis.values(), *outcome.balance.values(), *(one[3] for one in stations)]
        return cls(shared(layout), np.array(numbers, _LITTLE).tobytes())

    @property
    def numbers(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """(layout.width,) float64, read only."""
        return np.frombuffer(self.values, _LITTLE)

    @property
    def kpis(self) -> dict[str, float]:
        """KPI by name."""
        return dict(zip(self.layout.kpis, self.numbers.tolist(), strict=False))

    @property
    def balance(self) -> dict[str, int]:
        """People by final state."""
        first = len(self.layout.kpis)
        counts = self.numbers[first : first + len(self.layout.balance)].tolist()
        return {state: int(count) for state, count in zip(self.layout.balance, counts, strict=True)}

    @property
    def stations(self) -> dict[str, dict[str, float]]:
        """Figures by station."""
        found: dict[str, dict[str, float]] = {}
        figures = self.numbers[len(self.layout.kpis) + len(self.layout.balance) :].tolist()
        for (station, figure, whole), value in zip(self.layout.stations, figures, strict=True):
            found.setdefault(station, {})[figure] = int(value) if whole else value
        return found


_layouts: dict[Layout, Layout] = {}


def shared(layout: Layout) -> Layout:
    """The one object for equal layouts; a model has a handful (a KPI without meaning tonight is another)."""
    return _layouts.setdefault(layout, layout)
