"""How long the fastest ways are: metres along the predecessors that Dijkstra left behind."""

from __future__ import annotations

import numpy as np

from sim.compiling import kernel


@kernel
def metres_along(first, head, metres, way, sources, targets, out):
    """Fill out (s, t) with metres from sources[i] to targets[j] along the predecessors way[i].

    first (n+1,), head, metres (edges,): edges of node k are first[k] … first[k+1]−1. way (s, n): node before
    each on the way from the source, negative where there is none; the entry of a target not reached is inf.
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
                at = before
            out[i, j] = total
