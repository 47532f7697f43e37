"""The answer as the document that `lianlu shifts --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.experiment import titles_of
from sim.experiments.identity import config_hash
from sim.experiments.intervals import mean_interval, replications_to_promise, share_interval
from sim.experiments.shifts.answer import Answer, Held
from sim.experiments.shifts.cheapest import binding_min, most_missed
from sim.experiments.shifts.kinds import Plan, cost_of, price_of, teams_of, top_up

if TYPE_CHECKING:
    from sim.experiments.shifts.trials import Trial
    from sim.scenario import Scenario


def document_of(answer: Answer) -> dict[str, Any]:
    """Plan, cost and P of the promise asked for, prices of all promises, today's calendar, what binds."""
    asked, main, scenario = answer.asked, answer.main, answer.asked.scenario
    promises = {spelled(one.promise): _promise(answer, one) for one in answer.held}
    return {
        "scenario": asked.name,
        **titles_of(scenario),
        "seed": asked.seed,
        "engine": asked.engine,
        "promise": asked.promise,
        "by_min": answer.searched.by_min,
        "reached": main.found.reached,
        **_calendar(main.found.plan, main.fresh, scenario),
        "price": {key: one["cost_cny"] for key, one in promises.items() if one["reached"]},
        **_binding(answer, main),
        "promises": promises,
        "today": _calendar(answer.today, answer.today_fresh, scenario),
        "nights": {"searched": len(answer.searched), "fresh": len(answer.fresh)},
        "nights_needed": {key: replications_to_promise(float(key)) for key in promises},
        "shifts_to_choose_from": len(answer.programme.kinds),
        "programmes_solved": answer.programme.solved,
        "nights_replayed": answer.searched.replays + answer.fresh.replays,
        "hall_limit_people": scenario.sorting.hall_limit_people,
        "config_hash": config_hash(scenario),
    }


def spelled(promise: float) -> str:
    """A promise as a key: two digits after the point, more where it has more."""
    return max(f"{promise:.2f}", f"{promise:.10g}", key=len)


def _promise(answer: Answer, held: Held) -> dict[str, Any]:
    return {
        "reached": held.found.reached,
        "complete": held.found.complete,
        **_calendar(held.found.plan, held.fresh, answer.asked.scenario),
        "p_searched": 1.0 - held.found.trial.missed / held.found.trial.nights,
    }


def _calendar(plan: Plan, trial: Trial, scenario: Scenario) -> dict[str, Any]:
    """A calendar, what it costs, and how it did on the fresh nights."""
    kept = trial.nights - trial.missed
    band = share_interval(kept, trial.nights)
    found: dict[str, Any] = {
        "plan": [
            {
                "team": team.name,
                "start_min": kind.start,
                "length_min": kind.length,
                "end_min": kind.end,
                "breaks": [{"after_min": after, "length_min": length} for after, length in kind.breaks],
                "people": people,
                "cost_cny": round(people * price_of(kind, scenario), 2),
            }
            for team, (kind, people) in zip(teams_of(plan), plan, strict=True)
        ],
        "people": sum(people for _, people in plan),
        "cost_cny": round(cost_of(plan, scenario), 2),
        "p_sorted": kept / trial.nights,
        "ci_low": band.low,
        "ci_high": band.high,
    }
    extra = sum(people * top_up(kind, scenario) for kind, people in plan)
    if len(trial.paid) > 1:
        paid = mean_interval(trial.paid + extra)
        found["paid_cny"] = {
            "mean": float(np.mean(trial.paid)) + extra,
            "ci_low": paid.low,
            "ci_high": paid.high,
        }
    found["never_sorted_jobs"] = float(trial.never.mean())
    found["lost_cny"] = float(trial.lost.mean())
    late = trial.unsorted[trial.unsorted > 0]
    if len(late):
        found["jobs_late_when_missed"] = float(np.mean(late))
    return found


def _binding(answer: Answer, main: Held) -> dict[str, Any]:
    """From when on the calendar has least to spare, and what is missing where none is enough."""
    plan, trial = main.found.plan, main.found.trial
    if not plan:
        return {}
    allowed = most_missed(trial.nights, main.promise)
    found: dict[str, Any] = {"binding_min": binding_min(plan, trial, allowed)}
    if not main.found.reached:
        found["lacking"] = {
            "person_hours": float(np.sort(trial.short)[::-1][allowed]) / 60.0,
            "most_people": most_at_once(plan),
            "binds": _what_binds(answer, plan, found["binding_min"]),
        }
    return found


def _what_binds(answer: Answer, plan: Plan, moment: float) -> str:
    """Why no calendar can do more from a moment on: `shifts`, `hall` or `teams`.

    `shifts`: from some time before the deadline no allowed shift works; `hall`: it is full at its fullest;
    `teams`: more people would fit, but not in so many teams of such a size.
    """
    last = max((kind.end for kind in answer.programme.kinds), default=-np.inf)
    if moment >= last or last < answer.programme.by_min:
        return "shifts"
    sorting = answer.asked.scenario.sorting
    return "hall" if most_at_once(plan) >= min(sorting.hall_limit_people, sorting.stations) else "teams"


def most_at_once(plan: Plan) -> int:
    """The most people that a calendar has in the hall at one moment."""
    return max(
        (
            sum(people for kind, people in plan if kind.start <= moment < kind.end)
            for moment in {kind.start for kind, _ in plan}
        ),
        default=0,
    )
