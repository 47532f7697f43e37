"""Delivery: crates are loaded at the docks and driven to every pickup point in the morning of D1.

Routes are planned once on expected loads (`fixed`) or on the night's orders (`nightly`). A van is loaded when
all orders of its route are sorted, or at the latest moment that still keeps the promise; what does not fit
goes with a spare van, then with the first van that is back; what was not sorted in time follows once it is
sorted. Driving is integrated exactly through the speed bands of the morning.

`spec` holds parameters, draws and columns; `fleet` the vehicles; `plans` makes plans with
`route_search`; `driving_rules` and `loading_rules` are the arithmetic of both faces; `story` tells it with
SimPy; `kernel` is the same, compiled.
"""

from sim.stages.delivery.route_problem import NoFeasiblePlan
from sim.stages.delivery.route_search import plan_routes

__all__ = ["NoFeasiblePlan", "plan_routes"]
