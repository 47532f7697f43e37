"""Inputs: which figures of a scenario are assumptions, and how far each may be from the truth.

An input is a graded number that this arm reads. Its range is the field's own `sweep`; where a field has
none, the grade of its evidence says how far off it may be (`SPREAD`). What the company decides (how many
people, when a shift starts, a price, a promise) is no assumption and is left out unless it is asked for; a
decision whose field has a sweep is not known yet, and counts. Conventions (`rule`), fields of searches and
displays, switches that are off and figures that stand at 0 have no uncertainty of their own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.experiments.sensitivity.variants import Refused, Variants
from sim.laws import Law
from sim.problems import InputError, Place, Problem
from sim.scenario_file.changing import known_field, number_at
from sim.scenario_tree import Leaf, leaves

if TYPE_CHECKING:
    from sim.scenario import Scenario

GRADES = ("A", "B", "C", "claim", "assumed")
"""From the best evidence to none; `rule` is a convention and no evidence."""
SPREAD: Mapping[str, float] = {"A": 0.05, "B": 0.15, "C": 0.30, "claim": 0.50, "assumed": 0.50}
"""Share of its value by which a figure of that grade may be off, on either side."""
DECIDED_UNITS = frozenset(
    (
        "communities",
        "days",
        "docks",
        "fen",
        "gifts",
        "people",
        "people/min",
        "stations",
        "steps",
        "teams",
        "vehicles",
        "workers",
    )
)
"""What is counted in these is hired, bought, priced or planned."""
DECIDED = (
    "service_levels",
    "audience.show",
    "basket.offer_discount_share",
    "sorting.teams",
    "aftersales.promise_min",
)
DECIDED_CHECKOUT = ("checkout.protections", "checkout.drills")
"""Promises, the show's plan, the offer, shifts; protections and drills are what-ifs."""
_CLOCK = re.compile(r"(^|_)(at|from|until|by|open|close|start|bill)_(min|h)$")
COSTLY = ("market", "roads", "delivery", "money.van")
CHEAP_ROADS = re.compile(r"roads\.(rain_speed|speed_bands\[\d+\]\.(start_min|factor))$")
"""A change below the first makes a new market or plans the routes anew, except for the second.

A band that slows a class by itself changes what the planner sees, one that slows all alike does not.
"""
HALVINGS = 8
"""How often a range is halved towards the value where the scenario refuses its end."""

Reason = Literal["rule", "decision", "unread", "off", "zero", "tied"]


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that may be wrong: its path, its value, and the range it is drawn from uniformly.

    whole: only whole numbers may stand there. costly: a new value makes a new market or route plan.
    by: where the range comes from, `sweep` (the field says it) or `grade`.
    """

    path: str
    grade: str
    base: float
    low: float
    high: float
    unit: str = "-"
    meaning: str = ""
    source: str = ""
    whole: bool = False
    costly: bool = False
    by: Literal["sweep", "grade"] = "sweep"

    def value(self, share: float) -> float:
        """The value at a share of the range; whole numbers each get an equal part of it."""
        if self.whole:
            return min(math.floor(self.low + share * (self.high - self.low + 1.0)), int(self.high))
        return self.low + share * (self.high - self.low)

    def document(self) -> dict[str, object]:
        """What tables say of the input itself."""
        said = ("path", "grade", "base", "low", "high", "unit", "meaning", "source", "by")
        return {name: getattr(self, name) for name in said}


class Inputs(NamedTuple):
    """What is varied, and how many figures are not, by reason."""

    chosen: tuple[Input, ...]
    left_out: dict[str, int]

    def only(self, places: Sequence[int]) -> tuple[Input, ...]:
        """The inputs at these places."""
        return tuple(self.chosen[place] for place in places)


def inputs_of(
    scenario: Scenario, paths: Sequence[str] = (), *, decisions: bool = False, origin: str = "--inputs"
) -> Inputs:
    """The assumptions of a scenario, or the figures at `paths` whatever they are.

    Args:
        scenario: the event.
        paths: figures to vary; none: every assumption that the arm reads.
        decisions: vary what the company decides as well.
        origin: the option that named the paths, for errors.

    Raises:
        InputError: a path that does not exist, holds no number, is read in other arms only, or cannot move.
    """
    variants = Variants(scenario)
    if paths:
        return Inputs(tuple(_named(variants, path, origin) for path in dict.fromkeys(paths)), {})
    found: list[Input] = []
    left_out: Counter[str] = Counter()
    for leaf, first in _numbers(scenario):
        reason = _left_out(scenario, leaf, first=first, decisions=decisions)
        one = None if reason else _movable(variants, _input(leaf))
        if one is None:
            left_out[reason or "tied"] += 1
        else:
            found.append(one)
    return Inputs(tuple(found), dict(left_out))


def _numbers(scenario: Scenario) -> Iterator[tuple[Leaf, bool]]:
    """Each number of the tree, and whether it is the figure by which its field is swept."""
    laws = [leaf.path for leaf in leaves(scenario, split_laws=False) if isinstance(leaf.default, Law)]
    seen: set[str] = set()
    for leaf in leaves(scenario):
        if isinstance(leaf.default, bool) or not isinstance(leaf.default, int | float):
            continue
        law = next((path for path in laws if leaf.path.startswith(f"{path}.")), "")
        yield leaf, law not in seen
        seen |= {law} if law else set()


def _left_out(scenario: Scenario, leaf: Leaf, *, first: bool, decisions: bool) -> Reason | None:
    if leaf.role != "model" or leaf.grade == "rule" or not first:
        return "rule"
    if scenario.combination_problems([leaf.path], scenario):
        return "unread"
    if _switched_off(scenario, leaf.path):
        return "off"
    if leaf.default == 0 and leaf.sweep is None:
        return "zero"
    return "decision" if not decisions and is_decision(leaf) else None


def is_decision(leaf: Leaf) -> bool:
    """Whether the company sets this figure rather than assumes it."""
    if leaf.path.startswith((*DECIDED, *DECIDED_CHECKOUT)):
        return True
    clock = leaf.unit.startswith("min since") or leaf.unit.startswith("h of")
    name = leaf.path.rpartition(".")[2]
    return leaf.sweep is None and (clock or leaf.unit in DECIDED_UNITS or _CLOCK.search(name) is not None)


def _switched_off(scenario: Scenario, path: str) -> bool:
    """Whether the group in which the figure stands has a switch `on` that is off."""
    group = known_field(scenario, path.rpartition(".")[0], path).default if "." in path else None
    return getattr(group, "on", True) is False


def _input(leaf: Leaf) -> Input:
    base = float(leaf.default)
    by: Literal["sweep", "grade"] = "grade"
    if leaf.sweep is not None and min(leaf.sweep) <= base <= max(leaf.sweep):
        (low, high), by = sorted(map(float, leaf.sweep)), "sweep"
    else:  # a scenario that has left the sweep of its field knows something the field did not
        low, high = sorted(base * (1.0 + side * SPREAD.get(leaf.grade, 0.5)) for side in (-1.0, 1.0))
        low, high = (_tidy(end, leaf) for end in (low, high))
    whole = isinstance(leaf.default, int)
    if whole:
        low, high = float(min(math.ceil(low), base)), float(max(math.floor(high), base))
    said = {"unit": leaf.unit, "meaning": leaf.meaning, "source": leaf.source}
    return Input(
        leaf.path, leaf.grade, base, low, high, **said, whole=whole, costly=_costly(leaf.path), by=by
    )


def _tidy(end: float, leaf: Leaf) -> float:
    """The end of a range inside the field's bounds, without the noise of a floating product."""
    end = end if leaf.low is None else max(end, leaf.low)
    return float(f"{end if leaf.high is None else min(end, leaf.high):.9g}")


def _costly(path: str) -> bool:
    return bool(section_of(path)) and CHEAP_ROADS.match(path) is None


def section_of(path: str) -> str:
    """The costly section a path belongs to, empty where there is none."""
    return next((section for section in COSTLY if path.startswith(section)), "")


def _movable(variants: Variants, one: Input) -> Input | None:
    """The input with ends that the scenario accepts; None where it cannot move alone."""
    low, high = (_accepted(variants, one, end) for end in (one.low, one.high))
    if not low < high:
        return None
    return replace(one, low=low, high=high)


def _accepted(variants: Variants, one: Input, end: float) -> float:
    """The end, or what is left of the way to it where the scenario refuses more."""
    for _ in range(HALVINGS):
        if end == one.base:
            break
        if not isinstance(variants.at({one.path: int(end) if one.whole else end}), Refused):
            return end
        end = 0.5 * (one.base + end)
        end = float(round(end)) if one.whole else end
    return one.base


def _named(variants: Variants, path: str, origin: str) -> Input:
    """The input at a path that somebody asked for."""
    scenario = variants.scenario
    _, leaf = number_at(scenario, path, origin)
    place = Place(f"{origin}:{path}", 1, 1)
    unread = scenario.combination_problems([path], scenario)
    if unread:
        _, found, allowed, instead = unread[0]
        raise InputError([Problem(place, path, found, allowed, instead)])
    one = _movable(variants, _input(leaf))
    if one is None:
        said = f"stands at {leaf.default:g} and cannot move alone within its bounds"
        raise InputError([Problem(place, path, said, "a figure with a range of its own")])
    return one
