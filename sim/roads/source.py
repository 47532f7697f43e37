"""Where a scenario's roads come from: its file, or the city that is generated."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sim.file_digest import file_digest
from sim.roads.city import generate_city
from sim.roads.read import load_roads
from sim.roads.spec import RoadsParams

if TYPE_CHECKING:
    from sim.roads.network import Roads


def roads_of(params: RoadsParams) -> Roads:
    """The network of a scenario, kept in the process: replications share it."""
    return _cached(params.network_key(), network_digest(params))


def network_digest(params: RoadsParams) -> str:
    """Hex digest of the file's bytes; empty for a generated city."""
    return file_digest(params.file)


@functools.lru_cache(maxsize=4)
def _cached(network_key: str, _digest: str) -> Roads:
    params = RoadsParams.model_validate_json(network_key)
    return load_roads(params.file, params) if params.file else generate_city(params)
