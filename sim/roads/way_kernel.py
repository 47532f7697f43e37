"""What the fastest ways are made of: metres, and minutes by class of road, along Dijkstra's predecessors."""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel


@kernel
def along(first, head, metres, minutes, road_class, way, sources, targets, out_m, out_min):
    """Fill out_m (s, t) with metres, out_min (s, t, classes) with minutes by class, from sources to targets.

    first (n+1,), head, metres, minutes, road_class (edges,): edges of node k are first[k] … first[k+1]−1. way
    (s, n): node before each on the way from the source, negative where there is none; the metres of a target
    not reached are inf.
    """
    for i in range(len(sources)):
        for j in range(len(targets)):
            at = targets[j]
            total = 0.0
            while at != sources[i]:
                before = np.int64(way[i, at])
                if before < 0:
                    total = np.inf
                    break
                edge = first[before]
                while head[edge] != at:
                    edge += 1
                total += metres[edge]
                out_min[i, j, road_class[edge]] += minutes[edge]
                at = before
            out_m[i, j] = total
