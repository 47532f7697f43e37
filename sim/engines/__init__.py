"""The two faces of the chain: `reference` tells it in SimPy, `compiled` plays it in kernels.

`sim.chain` alone asks which one plays; the modules here offer the acts' steps under the same names.
"""

from sim.station.serve import Engine

__all__ = ["Engine"]
