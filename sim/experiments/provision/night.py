"""The night: people, sorting places and halls, for each way to sort.

The teams keep their hours (`lianlu shifts` finds better ones) and their proportions; the hall limits how many
of them may stand in it, so a way that needs more people needs more hall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import DAY_MIN
from sim.experiments.provision import options as opt
from sim.experiments.provision.bill import cost_of
from sim.experiments.provision.plan import HALL, STATIONS, Plan, scenario_of, teams_of
from sim.experiments.provision.step import Binding, Tried, least, seek
from sim.experiments.provision.trials import LOOKS, ROUGH
from sim.stages.sorting.teams import most_people

if TYPE_CHECKING:
    from sim.experiments.provision.trials import Trials
    from sim.scenario import Scenario

SORTED = ("all_sorted_by_midnight",)
MOST_PEOPLE = 4000
BREAKS_H = 0.25
MORE_PEOPLE = "more_people"


def with_people(base: Scenario, plan: Plan, people: int) -> Plan:
    """The plan with so many sorters in all, in the teams' proportions, with places and halls for them."""
    teams = teams_of(plan)
    now = [team.people for team in base.sorting.teams]
    now = now if sum(now) else [1 for _ in now]
    share = [people * one / sum(now) for one in now]
    counts = [int(one) for one in share]
    for k in sorted(range(len(now)), key=lambda k: counts[k] - share[k])[: people - sum(counts)]:
        counts[k] += 1
    return fitted(base, plan.having(**dict(zip(teams, counts, strict=True))))


def fitted(base: Scenario, plan: Plan) -> Plan:
    """The plan with a place for everybody who is there at one moment, and halls to hold them."""
    first, each = base.sorting.hall_limit_people, base.prices.hall.people
    present = present_people(base, plan)
    halls = -(-max(0, present - first) // each)
    return plan.having(**{STATIONS: max(1, present), HALL: first + halls * each})


def present_people(base: Scenario, plan: Plan) -> int:
    """Most people on the calendar at one moment."""
    wide = plan.having(**{HALL: 2 * MOST_PEOPLE, STATIONS: MOST_PEOPLE})
    return most_people(scenario_of(base, wide).sorting.teams)[1]


def ways(base: Scenario, kept: frozenset[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Ways to sort, name → options: as today with more people, with equipment, by the other policy."""
    other = (opt.PUT_TO_LIGHT, opt.BY_ORDER, opt.BY_COMMUNITY_SKU)
    return [(MORE_PEOPLE, ())] + [(name, (name,)) for name in other if opt.allowed(name, base, kept)]


def binding_hall(trials: Trials, plan: Plan) -> Binding | None:
    """The hall, where even full it does not hold the level with today's policy and equipment."""
    full = _packed(trials.base, plan)
    if trials.holds(full, SORTED, ROUGH):
        return None
    limit = trials.base.sorting.hall_limit_people
    return Binding(HALL, SORTED[0], limit, limit, trials.shares(full, ROUGH[0])[SORTED[0]].p)


def _packed(base: Scenario, plan: Plan) -> Plan:
    """The first hall full of sorters."""
    limit = base.sorting.hall_limit_people
    beyond = least(
        lambda n: present_people(base, with_people(base, plan, n)) > limit, seek(1, 10 * limit, limit)
    )
    return with_people(base, plan, max(1, (beyond or 10 * limit) - 1))


def least_people(
    trials: Trials, plan: Plan, kept: frozenset[str], looks: tuple[int, ...], start: int, grain: float
) -> Plan | None:
    """The fewest sorters that hold the level; None where the hall, kept as it is, is too small for them."""
    base = trials.base
    limit = base.sorting.hall_limit_people
    if any(opt.is_kept(path, kept) for path in teams_of(plan)):
        return plan if trials.holds(plan, SORTED, looks) else None

    def fits(people: int) -> bool:
        return not opt.is_kept(HALL, kept) or present_people(base, with_people(base, plan, people)) <= limit

    def enough(people: int) -> bool:
        # more than the hall holds counts as enough, so that the search turns back; looked at again below
        return not fits(people) or trials.holds(with_people(base, plan, people), SORTED, looks)

    count = least(enough, seek(1, MOST_PEOPLE, start, ratio=1.0 + max(grain, 0.05), grain=grain))
    return None if count is None or not fits(count) else with_people(base, plan, count)


def workload_people(trials: Trials, plan: Plan, start: int) -> int:
    """About how many sorters the worst of a few nights keeps busy until midnight: where a search starts.

    Measured with three times as many as there are, so that all is sorted; the time one person has is from
    when most is released until midnight.
    """
    base = trials.base
    rows = trials.rows(with_people(base, plan, 3 * start), ROUGH[0])
    busy_h = float((rows.column("sorter_hours") * rows.column("sort_utilisation")).max())
    scenario = scenario_of(base, with_people(base, plan, start))
    begin = min((team.start_min for team in scenario.sorting.teams if team.people), default=DAY_MIN)
    released = base.cutoff.paid_by_min + base.sorting.list_delay_min
    first = released if scenario.sorting.policy == "by_community_sku" else base.offer_opens_min
    hours = max(0.5, (DAY_MIN - max(begin, first)) / 60.0 - BREAKS_H)
    return max(1, round(busy_h / hours))


def sorting_ways(trials: Trials, plan: Plan, kept: frozenset[str]) -> list[Tried]:
    """Every way to sort with its least people, roughly; the caller adds what each costs elsewhere."""
    base, out = trials.base, []
    now = max(1, sum(team.people for team in base.sorting.teams))
    for name, names in ways(base, kept):
        way = plan.with_options(*names)
        start = workload_people(trials, way, now)
        found = least_people(trials, way, kept, ROUGH, start, 0.08)
        if found is None:
            share = trials.shares(_packed(base, way), ROUGH[0])[SORTED[0]]
            out.append(Tried(name, SORTED, None, None, {SORTED[0]: share.p}))
        else:
            out.append(Tried(name, SORTED, found, cost_of(base, found), {}))
    return out


def refined(trials: Trials, found: Plan, kept: frozenset[str]) -> Plan:
    """The chosen way with its fewest people, to one in fifty."""
    people = sum(found.counts[path] for path in teams_of(found))
    better = least_people(trials, found, kept, LOOKS, people, 0.02)
    return found if better is None else better
