"""Replications: the KPI table of one scenario, a row a replication, however the rows were computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines import Engine
from sim.experiments.row import Layout, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Replications:
    """The KPI table of one scenario: `table` is (N, K) float64, a row a replication, NaN without meaning.

    balance: people by final state, summed over the replications (so that it balances in integers).
    stations: mean over the replications of utilisation and waits, and the longest queue of any.
    first: number of the replication in row 0.
    """

    name: str
    scenario: Any
    seed: int
    engine: Engine
    kpis: tuple[str, ...]
    table: Floats
    balance: dict[str, int]
    stations: dict[str, dict[str, float]]
    config_hash: str
    first: int = 0

    def __len__(self) -> int:
        return int(self.table.shape[0])

    def column(self, kpi: str) -> Floats:
        """(N,) values by replication, NaN where the KPI had no meaning."""
        return self.table[:, self.kpis.index(kpi)]

    def has(self, kpi: str) -> bool:
        """Whether the KPI has a value in at least one replication."""
        return kpi in self.kpis and bool(np.isfinite(self.column(kpi)).any())

    def values(self, kpi: str) -> Floats:
        """The finite values of a KPI."""
        column = self.column(kpi)
        return column[np.isfinite(column)]


def replications_of(
    rows: Sequence[Row], *, name: str, scenario: Any, seed: int, engine: Engine, config: str, first: int = 0
) -> Replications:
    """The table of rows in the order of their numbers; names in the order in which they first appear."""
    layouts = list(dict.fromkeys(row.layout for row in rows))
    kpis = tuple(dict.fromkeys(kpi for layout in layouts for kpi in layout.kpis))
    table = np.full((len(rows), len(kpis)), np.nan)
    states = dict.fromkeys((state for layout in layouts for state in layout.balance), 0)
    figures: dict[tuple[str, str], list[float]] = {}
    for layout in layouts:
        places = [place for place, row in enumerate(rows) if row.layout is layout]
        numbers = np.stack([rows[place].numbers for place in places])
        table[np.ix_(places, [kpis.index(kpi) for kpi in layout.kpis])] = numbers[:, : len(layout.kpis)]
        _add_balance(states, layout, numbers)
        _add_figures(figures, layout, numbers)
    table.setflags(write=False)
    return Replications(
        name, scenario, seed, engine, kpis, table, states, _stations(layouts, figures), config, first
    )


def _add_balance(states: dict[str, int], layout: Layout, numbers: Floats) -> None:
    begin = len(layout.kpis)
    counts = numbers[:, begin : begin + len(layout.balance)].astype(np.int64).sum(axis=0)
    for state, count in zip(layout.balance, counts.tolist(), strict=True):
        states[state] += count


def _add_figures(figures: dict[tuple[str, str], list[float]], layout: Layout, numbers: Floats) -> None:
    begin = len(layout.kpis) + len(layout.balance)
    for place, (station, figure, whole) in enumerate(layout.stations, begin):
        column = numbers[:, place]
        values = column[np.isfinite(column)].tolist()
        known = figures.setdefault((station, figure), [])
        known += map(int, values) if whole else values


def _stations(
    layouts: Sequence[Layout], figures: dict[tuple[str, str], list[float]]
) -> dict[str, dict[str, float]]:
    """Means over the nights; of the longest queues the longest."""
    found: dict[str, dict[str, float]] = {}
    for station, figure in dict.fromkeys(one[:2] for layout in layouts for one in layout.stations):
        values = figures.get((station, figure))
        named = found.setdefault(station, {})
        if values:
            named[figure] = max(values) if figure == "queue_max" else math.fsum(values) / len(values)
    return found
