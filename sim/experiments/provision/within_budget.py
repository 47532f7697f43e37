"""What a budget buys that does not reach for everything: the parts of the plan that keep most promises.

A plan falls into parts that carry levels of their own: the evening, the hall, the morning, the leaders and
the agents. Each set of parts that the budget pays for is played; the one that keeps most levels is the
answer, of equal ones the cheapest. Parts lean on each other (more orders paid in the evening are more to
sort), so what a set keeps is seen on nights and not added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from sim.experiments.provision import options as opt
from sim.experiments.provision.bill import cost_of
from sim.experiments.provision.plan import HELPERS, Plan
from sim.experiments.provision.trials import FRESH
from sim.experiments.provision.verify import NIGHTS, passes

if TYPE_CHECKING:
    from sim.experiments.provision.trials import Trials

PARTS = {
    "evening": (("checkout.", "audience."), (opt.DATABASE, opt.RESERVED)),
    "hall": (("sorting.",), (opt.PUT_TO_LIGHT, opt.BY_ORDER, opt.BY_COMMUNITY_SKU)),
    "morning": (("delivery.",), (opt.COLD_BOXES,)),
    "leaders": ((HELPERS,), (opt.SHELF, opt.ONE_ENTRY)),
    "agents": (("aftersales.",), (opt.BOT, *opt.HOURS)),
}
"""Part → where its resources stand, and its options."""
LOOK = 20
"""Nights on which the sets are compared; the answer is judged on fresh ones."""


def best_within(trials: Trials, today: Plan, whole: Plan, budget_cny: float) -> dict[str, Any]:
    """The parts of the whole plan that keep most levels for so much beyond today's bill.

    Returns:
        `parts` bought (perhaps none), `extra_cny`, `holds` with P and interval, and `broken`: levels that
        stay broken, on fresh nights.

    """
    now = cost_of(trials.base, today)
    sets = [(parts, having(today, whole, parts)) for parts in _subsets(today, whole)]
    priced = [(cost_of(trials.base, plan) - now, parts, plan) for parts, plan in sets]
    cny, parts, plan = min(
        (one for one in priced if one[0] <= budget_cny or not one[1]),
        key=lambda one: (*_kept(trials, one[2]), one[0]),
    )
    shares = trials.shares(plan, NIGHTS, FRESH)
    return {
        "parts": list(parts),
        "extra_cny": cny,
        "holds": {name: share.document() for name, share in shares.items()},
        "broken": [name for name, share in shares.items() if not passes(share, trials.required)],
    }


def _subsets(today: Plan, whole: Plan) -> Iterator[tuple[str, ...]]:
    """Every set of parts in which the whole plan differs from today."""
    moved = [part for part in PARTS if having(today, whole, (part,)) != today]
    for size in range(len(moved) + 1):
        yield from combinations(moved, size)


def having(today: Plan, whole: Plan, parts: tuple[str, ...]) -> Plan:
    """Today's plan with these parts of the whole one."""
    places = tuple(place for part in parts for place in PARTS[part][0])
    names = {name for part in parts for name in PARTS[part][1]}
    counts = {path: n if path.startswith(places) else today.counts[path] for path, n in whole.counts.items()}
    settings = {path: value for path, value in whole.settings.items() if path.startswith(places)}
    return Plan(counts, tuple(name for name in whole.options if name in names), settings)


def _kept(trials: Trials, plan: Plan) -> tuple[int, float]:
    """Levels that are not kept, and minus the sum of all P: what is to be small."""
    shares = trials.shares(plan, LOOK).values()
    return sum(not trials.enough(one) for one in shares), -sum(one.p for one in shares)
