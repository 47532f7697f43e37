"""The clock of a plan: until when each route may wait for its goods, and when its loading must begin."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.stages.delivery.flow import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def timed(plan: Plan, latest_end: float, static: Floats, service: Floats, loading: Floats) -> Plan:
    """The plan with its open (NaN) times filled in, in whole seconds as a sheet prints them.

    The latest departure still unloads the last crate by `latest_end`, but is never before the departure;
    loading begins so early that it is done by then. static: (P+1, P+1); service, loading: (P,) minutes.
    """
    routes = [plan.points[a:b].tolist() for a, b in pairwise(plan.first.tolist())]
    by_plan = np.array([latest_end - minutes_of_route(route, static, service) for route in routes])
    by_plan = np.maximum(np.floor(by_plan * 60.0) / 60.0, plan.depart_min)
    latest = np.where(np.isnan(plan.latest_depart_min), by_plan, plan.latest_depart_min)
    at_dock = np.array([float(loading[route].sum()) for route in routes])
    load_by = np.floor(np.maximum(latest - at_dock, 0.0) * 60.0) / 60.0
    load_by = np.where(np.isnan(plan.load_by_min), load_by, plan.load_by_min)
    return plan._replace(latest_depart_min=latest, load_by_min=load_by)


def minutes_of_route(route: list[int], static: Floats, service: Floats) -> float:
    """Planned time from departure to the last crate."""
    places = [0, *(point + 1 for point in route)]
    driving = sum(float(static[a, b]) for a, b in pairwise(places))
    return driving + float(service[route].sum())
