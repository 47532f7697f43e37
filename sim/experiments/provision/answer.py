"""The answer: stages in order, the judge, and the document that terminal, pages and reports read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.experiments.provision.afterwards import expecting, leaders, roomy, sized, support
from sim.experiments.provision.bill import SECOND_LINE, bill_of, cost_of, unit_costs
from sim.experiments.provision.evening import evening, order_margin_cny
from sim.experiments.provision.night import SORTED, binding_hall, refined, sorting_ways
from sim.experiments.provision.options import COLD_BOXES, ONE_ENTRY, RESERVED, SHELF, allowed
from sim.experiments.provision.plan import (
    AGENTS,
    DOCKS,
    HALL,
    HELPERS,
    Plan,
    changes_of,
    plan_of,
    scenario_of,
    teams_of,
    vehicles_of,
)
from sim.experiments.provision.protections import Protections
from sim.experiments.provision.step import Binding, Step, Tried
from sim.experiments.provision.trials import FRESH, LOOKS, Trials, all_kept
from sim.experiments.provision.verify import NIGHTS, Judged, judge, passes, step_of, verified
from sim.experiments.provision.within_budget import best_within
from sim.problems import Unusable
from sim.scenario_file.changing import changed, known_field

if TYPE_CHECKING:
    from sim.experiments.laboratory import Laboratory
    from sim.scenario import Scenario

LOOK = 20
"""Nights on which today's resources are looked at."""
UNCARRIED = ("spoiled_share", "oversold")
"""Levels that no count carries: a way that breaks them is given up."""
HOPELESS_CNY = 1e12


def at_audience(base: Scenario, viewers: float, laboratory: Laboratory) -> Scenario:
    """The scenario with so many viewers on average: viewers are proportional to `audience.scale`."""
    now = float(laboratory.replicate(base, LOOK).values("viewers").mean())
    return changed(base, {"audience.scale": base.audience.scale * viewers / max(now, 1.0)}, "--audience")


@dataclass
class Found:
    """What the stages have said so far."""

    plan: Plan
    chosen: list[str] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    binding: list[Binding] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def copy(self) -> Found:
        """The same, to go on from in another way."""
        return Found(self.plan, list(self.chosen), list(self.tried), list(self.binding), list(self.failed))

    def take(self, step: Step) -> Plan:
        """Note a step; returns its plan."""
        self.plan = step.plan
        self.chosen += step.chosen
        self.tried += step.tried
        self.binding += step.binding
        self.failed += step.failed
        return step.plan


def provision(
    base: Scenario,
    laboratory: Laboratory,
    *,
    keep: Iterable[str] = (),
    budget_cny: float | None = None,
) -> dict[str, Any]:
    """The document of `lianlu provision`.

    Args:
        base: the scenario, at the audience in question.
        laboratory: where replications come from.
        keep: paths that must stay as they are, with everything under them.
        budget_cny: what may be spent beyond today's bill; None asks for the price.

    Raises:
        InputError: a path in `keep` that does not exist.
        Unusable: a scenario with depots.

    """
    if base.depots.count:
        raise Unusable(
            "`provision` sizes vans that drive from the centre; found depots: set `depots.count` to 0"
        )
    for path in keep:
        known_field(base, path, "--keep")
    kept = frozenset(keep)
    trials, today = Trials(base, laboratory), plan_of(base)
    found = searched(trials, today, kept)
    judged = judge(trials, found.plan) if found.failed else verified(trials, found.plan, kept)
    return _document(trials, today, found, judged, budget_cny)


def searched(trials: Trials, today: Plan, kept: frozenset[str]) -> Found:
    """Every stage in order; a stage that cannot hold its levels leaves them to be named."""
    found = Found(today)
    found.take(evening(trials, _reserving(trials, today, kept), kept))
    if SORTED[0] not in trials.shares(found.plan, LOOK):
        return _afterwards(trials, found, kept)
    hall = binding_hall(trials, found.plan)
    found.binding += [hall] if hall is not None else []
    ways, fails = _sorted_ways(trials, found.plan, kept)
    found.tried += fails
    if not ways:
        found.failed += SORTED
        return _afterwards(trials, found, kept)
    attempts: list[Found] = []
    for way in ways:
        attempt = found.copy()
        attempt.take(replace(way.step, plan=refined(trials, way.step.plan, kept)))
        attempts.append(_afterwards(trials, attempt, kept))
        if not attempts[-1].failed:
            break
    best = min(attempts, key=lambda one: len(one.failed))
    mine = attempts.index(best)
    for k, way in enumerate(ways):  # those looked at first and given up say what they broke
        broken = attempts[k].failed if k < mine else []
        p = {name: trials.shares(attempts[k].plan, LOOK)[name].p for name in broken}
        best.tried.append(replace(way.tried, plan=None, cny=None, p=p) if broken else way.tried)
    return best


class Way(NamedTuple):
    """A way to sort with what it asks of the leaders."""

    tried: Tried
    step: Step


def _sorted_ways(trials: Trials, plan: Plan, kept: frozenset[str]) -> tuple[list[Way], list[Tried]]:
    """Ways that hold the night's level, the cheapest first with their leaders, and those that do not.

    A way whose leaders' hours cannot be held comes after all whose can.
    """
    base = trials.base
    asked: dict[str, Step] = {}
    ranked: list[tuple[float, Way]] = []
    fails: list[Tried] = []
    for one in sorting_ways(trials, plan, kept):
        if one.plan is None:
            fails.append(one)
            continue
        policy = scenario_of(base, one.plan).sorting.policy
        if policy not in asked:  # leaders' work depends on what a parcel is, not on who packed it
            ready = roomy(trials, expecting(trials, one.plan, kept), kept)
            asked[policy] = leaders(trials, ready, kept)
        step = asked[policy]
        whole = _with_leaders(one.plan, step.plan)
        cny = cost_of(base, whole)
        way = Way(
            Tried(one.name, one.levels, whole, cny, {}),
            replace(step, plan=whole, chosen=(one.name, *step.chosen)),
        )
        ranked.append((cny + (HOPELESS_CNY if step.failed else 0.0), way))
    return [way for _, way in sorted(ranked, key=lambda pair: pair[0])], fails


def _reserving(trials: Trials, plan: Plan, kept: frozenset[str]) -> Plan:
    """Stock reserved when an order is placed, where more is sold than there is."""
    share = trials.shares(plan, LOOK).get("oversold")
    if share is None or trials.enough(share) or not allowed(RESERVED, trials.base, kept):
        return plan
    return plan.with_options(RESERVED)


def _afterwards(trials: Trials, found: Found, kept: frozenset[str]) -> Found:
    """Support, vehicles and helpers on top of what is found; levels nothing here carries are looked at."""
    if trials.base.by_system:
        step = support(trials, roomy(trials, found.plan, kept), kept)
        found.take(replace(step, plan=_counts_back(step.plan, found.plan)))
    found.take(sized(trials, found.plan, kept))
    shares = trials.shares(found.plan, LOOKS[-1])
    warm = "spoiled_share" in shares and not trials.enough(shares["spoiled_share"])
    if warm and allowed(COLD_BOXES, trials.base, kept):
        found.plan = found.plan.with_options(COLD_BOXES)
        shares = trials.shares(found.plan, LOOKS[-1])
    found.failed += [name for name in UNCARRIED if name in shares and trials.hopeless(shares[name])]
    found.failed = list(dict.fromkeys(found.failed))
    return found


def _counts_back(plan: Plan, before: Plan) -> Plan:
    """The plan without the vehicles and docks that were lent to it."""
    lent = {path: before.counts[path] for path in (*vehicles_of(plan), DOCKS)}
    return plan.having(**lent)


def _with_leaders(plan: Plan, settled: Plan) -> Plan:
    """A way to sort with the leaders' options, helpers and expected orders of another plan."""
    merged = plan.with_options(*(one for one in settled.options if one in (SHELF, ONE_ENTRY)))
    return replace(merged, settings=settled.settings).having(**{HELPERS: settled.counts[HELPERS]})


def _document(
    trials: Trials, today: Plan, found: Found, judged: Judged, budget_cny: float | None
) -> dict[str, Any]:
    base, plan = trials.base, judged.plan
    now_cny, cny = cost_of(base, today), cost_of(base, plan)
    rows = trials.rows(plan, NIGHTS, FRESH)
    broken = [name for name, share in judged.shares.items() if not passes(share, trials.required)]
    document: dict[str, Any] = {
        "scenario": base.name,
        "seed": trials.laboratory.seed,
        "viewers": float(rows.values("viewers").mean()),
        "required_probability": trials.required,
        "resources": _resources(trials, today, plan),
        "options": [{"name": name} for name in plan.options],
        "planning": dict(plan.settings),
        "changes": changes_of(base, plan),
        "cost_now_cny": now_cny,
        "cost_cny": cny,
        "feasible": not broken,
        "holds": {name: share.document() for name, share in judged.shares.items()},
        "holds_now": {name: one.document() for name, one in trials.shares(today, LOOK).items()},
        "all_together": all_kept(rows).document(),
        "unreachable": broken,
        "nights": NIGHTS,
        "binding": [one.document() for one in found.binding],
        "alternatives": [one.document(found.chosen, now_cny) for one in found.tried],
        "bill": bill_of(base, plan),
        "bill_now": bill_of(base, today),
        "order_margin_cny": order_margin_cny(trials, plan),
        "orders_now": trials.mean(today, "orders_paid", LOOK),
        "orders": trials.mean(plan, "orders_paid", LOOK),
    }
    if budget_cny is not None:
        document["budget"] = budget_answer(budget_cny, now_cny, cny, feasible=not broken)
        if not document["budget"]["enough"]:
            document["budget"]["best"] = best_within(trials, today, plan, budget_cny)
    if base.by_system:
        document |= _instead(trials, today, plan, document["order_margin_cny"])
    return document


def _resources(trials: Trials, today: Plan, plan: Plan) -> dict[str, dict[str, Any]]:
    base = trials.base
    costs = unit_costs(scenario_of(base, plan), plan)
    out: dict[str, dict[str, Any]] = {}
    for path, needed in plan.counts.items():
        price = base.prices.hall.cny if path == HALL else costs[path]
        step = base.prices.hall.people if path == HALL else step_of(path)
        out[path] = {"now": today.counts[path], "needed": needed, "unit_cost_cny": price, "step": step}
    second, each = base.aftersales.second_line_agents, costs[AGENTS]
    out[SECOND_LINE] = {"now": second, "needed": second, "unit_cost_cny": each, "step": 1}
    names = [team.name for team in base.sorting.teams] + [kind.name for kind in base.delivery.vehicles]
    for path, name in zip((*teams_of(plan), *vehicles_of(plan)), names, strict=True):
        out[path]["name"] = name
    return out


def budget_answer(budget: float, now: float, cny: float, *, feasible: bool) -> dict[str, Any]:
    """Whether what may be spent beyond today reaches, and how much is missing."""
    extra = cny - now
    return {
        "cny": budget,
        "extra_cny": extra,
        "enough": feasible and extra <= budget,
        "short_cny": max(0.0, extra - budget),
    }


def _instead(trials: Trials, today: Plan, plan: Plan, margin_cny: float) -> dict[str, Any]:
    """Protections and waves on today's evening, against the evening of the plan."""
    base = trials.base
    lines, before = bill_of(base, plan), bill_of(base, today)
    mine = ("checkout.", "audience.", "order_database")
    extra = sum(cny for path, cny in lines.items() if path.startswith(mine))
    extra -= sum(cny for path, cny in before.items() if path.startswith(mine))
    return Protections(base, scenario_of(base, plan), trials.laboratory, margin_cny, extra).document()
