"""`serve`: one station alone, for anyone's queue.

The one place where a face, and within the compiled face a kernel, is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.station.inputs import Columns, check_inputs
from sim.station.spec import Station

Engine = Literal["reference", "compiled"]


@dataclass(frozen=True, slots=True)
class Served:
    """What became of each customer; every array has shape (n,), times in the unit of the inputs.

    served: heard its answer. start, end, wait: of the attempt that succeeded (wait = start − that attempt's
    arrival), NaN where none did. leave: when the customer was done, by answer or by giving up; one who would
    wait forever leaves at the last moment anything happens. attempts: how many came to the station.
    """

    served: NDArray[np.bool_]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    leave: NDArray[np.float64]
    wait: NDArray[np.float64]
    attempts: NDArray[np.int64]


def serve(
    station: Station,
    arrivals: ArrayLike,
    services: ArrayLike,
    engine: Engine = "compiled",
    priority: ArrayLike | None = None,
    patience: ArrayLike | None = None,
    timeout: ArrayLike | None = None,
    retry_delay: ArrayLike | None = None,
) -> Served:
    """Let customers through one station; all chance comes in as arrays, in one time unit.

    Args:
        station: servers, queue and rules.
        arrivals: (n,) first arrivals, unsorted and tied allowed; at one moment they join by position.
        services: (n,) or (n, tries), zero length allowed.
        engine: "compiled" (numba) or "reference" (SimPy); the answer is the same to the bit.
        priority: (n,), low first; read where the discipline is "priority".
        patience: (n,) or (n, tries): how long after its arrival an attempt leaves the *queue*; inf never.
        timeout: (n,) or (n, tries): how long after its arrival the client stops listening while the queue and
            the server keep the work; inf never.
        retry_delay: (n, tries − 1): from a failure (refused, left, timed out) to the next attempt; inf: gives
            up.

    Returns:
        Served: one entry a customer.

    Raises:
        TypeError: `station` is no Station.
        ValueError: naming the argument, what was found and what is allowed.

    """
    if not isinstance(station, Station):
        raise TypeError(f"station: found {type(station).__name__}, allowed a Station")
    if engine not in ("reference", "compiled"):
        raise ValueError(f"engine: found {engine!r}, allowed reference | compiled")
    inputs = check_inputs(station, arrivals, services, priority, patience, timeout, retry_delay)
    columns: Columns = _face(engine).run(station, inputs)
    return Served(*columns)


def _face(engine: Engine) -> Any:
    """Return the module that runs a station."""
    if engine == "reference":
        from sim.station import story

        return story
    from sim.station import kernel

    return kernel
