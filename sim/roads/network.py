"""A road network ready for questions: how far, how long, which pickup point is nearest.

Nodes are numbered 0 … n−1 in the graph's order; every method but `distance_m` speaks of these numbers.
Matrices come from SciPy's Dijkstra over sparse rows; of parallel edges the fastest (or shortest) counts.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.roads.remarks import Remark
from sim.roads.road_file_error import printable
from sim.roads.spec import ROAD_CLASSES

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

CELLS_AT_ONCE = 4_000_000
"""Rows × nodes of a distance matrix held at one time (memory stays flat on large files)."""


@dataclass(frozen=True)
class RoadReport:
    """What was read and what was kept: counts, `dropped` (code of the reason → count), remarks.

    openstreetmap: whether its contributors must be named wherever these roads are drawn (ODbL).
    """

    nodes: int
    edges: int
    nodes_kept: int
    edges_kept: int
    dropped: dict[str, int]
    warnings: tuple[Remark, ...]
    openstreetmap: bool = False


@dataclass(frozen=True)
class Edges:
    """Edge list without parallels: from, to, metres, free-flow minutes and class, sorted by (from, to).

    road_class: place of the class in `ROAD_CLASSES`.
    """

    tail: Ints
    head: Ints
    metres: Floats
    minutes: Floats
    road_class: Ints


class Travel(NamedTuple):
    """The fastest ways at free flow of k nodes: minutes and metres (k, k), minutes by class (k, k, 4)."""

    minutes: Floats
    metres: Floats
    class_min: Floats


@dataclass(frozen=True, eq=False)
class Roads:
    """A strongly connected road network.

    Attributes:
        graph: MultiDiGraph; nodes carry `x`, `y` (metres, or degrees of an unprojected file), edges
            `length` (m), `road_class`, `oneway`, `speed_kph`.
        report: what was read and dropped.
        xy: (n, 2) metres east and north of the city's centre.
        radius_m: radius of the city.
        dc_node: node of the distribution centre.
        local: (n,) bool, True where the node touches a road that is no expressway: one can live there.

    """

    graph: nx.MultiDiGraph
    report: RoadReport
    ids: tuple[Hashable, ...]
    xy: Floats
    radius_m: float
    dc_node: int
    local: NDArray[np.bool_]
    by_length: Edges
    by_time: Edges

    def distance_m(self, pairs: Iterable[tuple[Any, Any]]) -> Floats:
        """Metres along the shortest way for pairs of node ids, one-ways respected; shape (pairs,)."""
        wanted = [(self._node(a), self._node(b)) for a, b in pairs]
        out = np.empty(len(wanted))
        sources = sorted({a for a, _ in wanted})
        for block in _blocks(len(sources), len(self.ids)):
            row = {node: i for i, node in enumerate(sources[block])}
            table = self._dijkstra(self.by_length.metres, self.by_length, sources[block])
            for i, (a, b) in enumerate(wanted):
                if a in row:
                    out[i] = table[row[a], b]
        return out

    def travel(self, nodes: Ints) -> Travel:
        """Minutes, metres, minutes by class along the fastest way at free flow; inf where there is none."""
        from sim.roads.way_kernel import along

        nodes = np.asarray(nodes, np.int64)
        minutes = np.empty((len(nodes), len(nodes)))
        metres = np.empty_like(minutes)
        by_class = np.zeros((*minutes.shape, len(ROAD_CLASSES)))
        edges = self.by_time
        first = np.searchsorted(edges.tail, np.arange(len(self.ids) + 1))
        for block in _blocks(len(nodes), len(self.ids)):
            table, way = self._dijkstra(edges.minutes, edges, nodes[block], predecessors=True)
            minutes[block] = table[:, nodes]
            along(
                first, edges.head, edges.metres, edges.minutes, edges.road_class, way, nodes[block], nodes,
                metres[block], by_class[block],
            )  # fmt: skip
        return Travel(minutes, metres, by_class)

    def ways(self, nodes: list[int]) -> list[list[int]]:
        """The nodes along the fastest way between each two neighbours of the list."""
        legs: list[list[int]] = []
        for block in _blocks(len(nodes) - 1, len(self.ids)):
            sources, targets = nodes[:-1][block], nodes[1:][block]
            _, before = self._dijkstra(self.by_time.minutes, self.by_time, sources, predecessors=True)
            for row, (source, target) in enumerate(zip(sources, targets, strict=True)):
                leg = [target]
                while leg[-1] != source and before[row, leg[-1]] >= 0:
                    leg.append(int(before[row, leg[-1]]))
                legs.append(leg[::-1])
        return legs

    def nearest(self, points: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """For every node the nearest and the second nearest of `points` by road metres, node → point.

        Returns two (n,) arrays of positions in `points`, −1 where none is reachable; the lowest wins a tie.
        """
        points = np.asarray(points, np.int64)
        n = len(self.ids)
        rows = np.arange(n)
        first, second = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
        best, next_best = np.full(n, np.inf), np.full(n, np.inf)
        back = replace(self.by_length, tail=self.by_length.head, head=self.by_length.tail)
        for block in _blocks(len(points), n):
            table = self._dijkstra(back.metres, back, points[block])
            for _ in range(2):
                at = np.argmin(table, axis=0)
                value = table[at, rows]
                index = (at + block.start).astype(np.int32)
                wins, follows = value < best, (value >= best) & (value < next_best)
                second = np.where(wins, first, np.where(follows, index, second)).astype(np.int32)
                next_best = np.where(wins, best, np.where(follows, value, next_best))
                first, best = np.where(wins, index, first).astype(np.int32), np.where(wins, value, best)
                table[at, rows] = np.inf
        return first, second

    def _node(self, ident: Any) -> int:
        for candidate in (ident, *([int(ident)] if str(ident).lstrip("-").isdigit() else []), str(ident)):
            if candidate in self._numbers:
                return self._numbers[candidate]
        raise ValueError(
            f"node {printable(repr(ident))} is not in the network (unknown, or outside its connected part)"
        )

    @functools.cached_property
    def _numbers(self) -> dict[Hashable, int]:
        return {ident: number for number, ident in enumerate(self.ids)}

    def _dijkstra(self, weight: Floats, edges: Edges, sources: Any, predecessors: bool = False) -> Any:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        n = len(self.ids)
        matrix = csr_array((weight, (edges.tail, edges.head)), shape=(n, n))
        return dijkstra(matrix, indices=np.asarray(sources, np.int64), return_predecessors=predecessors)


def build(
    graph: nx.MultiDiGraph,
    report: RoadReport,
    xy: Floats,
    radius_m: float,
    dc_node: int,
) -> Roads:
    """Number the nodes of a checked graph and lay out its edges; (n,) orders follow `graph.nodes`."""
    ids = tuple(graph.nodes)
    number = {ident: i for i, ident in enumerate(ids)}
    classes = {name: i for i, name in enumerate(ROAD_CLASSES)}
    rows = [
        (
            number[a],
            number[b],
            data["length"],
            data["length"] * 0.06 / data["speed_kph"],
            classes[data["road_class"]],
        )
        for a, b, data in graph.edges(data=True)
        if a != b
    ]
    table = np.array(rows, np.float64).reshape(len(rows), 5)
    local = np.zeros(len(ids), np.bool_)
    for a, b, road_class in graph.edges(data="road_class"):
        if road_class != "expressway":
            local[number[a]] = local[number[b]] = True
    return Roads(
        graph,
        report,
        ids,
        xy,
        radius_m,
        dc_node,
        local,
        _without_parallels(table, 2),
        _without_parallels(table, 3),
    )


def _without_parallels(table: Floats, by: int) -> Edges:
    tail, head = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    order = np.lexsort((table[:, 5 - by], table[:, by], head, tail))
    tail, head, table = tail[order], head[order], table[order]
    keep = np.ones(len(tail), np.bool_)
    keep[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return Edges(tail[keep], head[keep], table[keep, 2], table[keep, 3], table[keep, 4].astype(np.int64))


def _blocks(rows: int, width: int) -> list[slice]:
    step = max(1, CELLS_AT_ONCE // max(width, 1))
    return [slice(begin, min(begin + step, rows)) for begin in range(0, rows, step)]
