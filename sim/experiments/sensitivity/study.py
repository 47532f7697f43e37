"""Study: screening first, then shares of variance over what is left, for any model with uncertain inputs.

1. Every input is moved along Morris trajectories. Inputs that need a new market or new routes move as one
   factor a section of the scenario, as each of their values costs half a second; sections that matter are
   opened.
2. The inputs that carry most of the variance become factors of Saltelli's design. The other inputs stay in
   it, one factor a grade of evidence, so that many small assumptions are counted as well.
3. Costly inputs in the design take a few values of equal probability, with the mean and variance of their
   range; costly inputs that were not chosen stay at their value, and how much that leaves out is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.experiments.sensitivity.inputs import Input, section_of
from sim.experiments.sensitivity.screening import Effects, screen
from sim.experiments.sensitivity.sobol import Nothing, Shares, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.experiments.sensitivity.points import Evaluate

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FEW_COSTLY = 8
"""So many costly inputs are screened one by one; more are screened by section first."""
OF_COSTLY = 3
"""Costly inputs get a trajectory for every so many of the others."""
OPENED = 0.01
"""A section that moves the first figure is opened, and one that carries this share of another's variance."""
CARRIED = 0.95
"""Inputs become factors of their own until they carry this share, by the screening."""
FOR_OTHERS = 1
"""Factors that each further figure adds to those of the first."""
MOST_COSTLY = 5
MOST_PLANS = 64
"""Markets and plans made for the design at most; the number of values of a costly input follows."""
OTHERS = "others:"


@dataclass(frozen=True)
class Effort:
    """How much is computed: trajectories, rows of Saltelli's samples, nights of each, single factors."""

    trajectories: int = 12
    samples: int = 128
    nights: int = 3
    screening_nights: int = 2
    top: int = 10


class Section(NamedTuple):
    """Costly inputs that were moved together and left closed."""

    name: str
    inputs: int
    effects: tuple[Effects, ...]
    place: int


@dataclass(frozen=True)
class Study:
    """What was found for every figure.

    effects: by figure, over the inputs at `screened` (places in `inputs`). closed: sections left as they are.
    single: places of the inputs that are factors of their own. factor: (d,) factor of each input, "" at rest.
    shares: by figure, or why it has none. levels: values a costly input took.
    """

    inputs: tuple[Input, ...]
    effects: tuple[Effects, ...]
    screened: tuple[int, ...]
    closed: tuple[Section, ...]
    single: tuple[int, ...]
    factor: tuple[str, ...]
    shares: tuple[Shares | Nothing, ...]
    levels: int


def study(evaluate: Evaluate, inputs: Sequence[Input], figures: int, effort: Effort, seed: int) -> Study:
    """Screen, choose, and share out the variance.

    Args:
        evaluate: the model over all d inputs; NaN in a point leaves an input at its own value.
        inputs: what is uncertain.
        figures: K figures the model answers with; the first decides which inputs stand alone.
        effort: how much may be computed.
        seed: of the designs.
    """
    effects, screened, closed = _screened(evaluate, inputs, effort, seed)
    single = _chosen(inputs, effects, screened, effort.top)
    factor = _factors(inputs, effects, screened, single)
    levels = _levels(sum(inputs[place].costly for place in single))
    places = [place for place, name in enumerate(factor) if name]
    found: list[Shares | Nothing] = ["constant"] * figures
    if places:
        found = shares(
            _over(evaluate, inputs, places, levels),
            [factor[place] for place in places],
            rows=effort.samples,
            nights=effort.nights,
            seed=seed,
        )
    return Study(tuple(inputs), effects, screened, closed, single, factor, tuple(found), levels)


def _screened(
    evaluate: Evaluate, inputs: Sequence[Input], effort: Effort, seed: int
) -> tuple[tuple[Effects, ...], tuple[int, ...], tuple[Section, ...]]:
    """Effects of single inputs, which these are, and the sections that stayed closed."""
    by_section = sum(one.costly for one in inputs) > FEW_COSTLY
    groups = [section_of(one.path) if by_section and one.costly else one.path for one in inputs]
    found = _screen(evaluate, inputs, range(len(inputs)), groups, effort, seed)
    names = found[0].names
    section = {name for name in names if groups.count(name) > 1}
    opened = {name for name in section if _matters(found, names.index(name))}
    alone = [place for place, group in enumerate(groups) if group not in section]
    inside = [place for place, group in enumerate(groups) if group in opened]
    effects = [_only(one, [groups[place] for place in alone]) for one in found]
    if inside:
        paths = [inputs[place].path for place in inside]
        fewer = replace(effort, trajectories=max(effort.trajectories // OF_COSTLY, 4))
        again = _screen(evaluate, inputs, inside, paths, fewer, seed + 1)
        effects = [_joined(one, two) for one, two in zip(effects, again, strict=True)]
    closed = (
        Section(name, groups.count(name), tuple(found), names.index(name))
        for name in names
        if name in section - opened
    )
    return tuple(effects), (*alone, *inside), tuple(closed)


def _screen(
    evaluate: Evaluate,
    inputs: Sequence[Input],
    places: Sequence[int],
    groups: list[str],
    effort: Effort,
    seed: int,
) -> list[Effects]:
    return screen(
        _over(evaluate, inputs, places, 0),
        [inputs[place].path for place in places],
        groups,
        trajectories=effort.trajectories,
        nights=effort.screening_nights,
        seed=seed,
    )


def _matters(found: Sequence[Effects], place: int) -> bool:
    first, *others = found
    return bool(not first.still[place]) or any(
        not one.still[place] and one.whole[place] >= OPENED * one.whole.sum() for one in others
    )


def _only(effects: Effects, names: Sequence[str]) -> Effects:
    at = [effects.names.index(name) for name in names]
    arrays = {name: getattr(effects, name)[at] for name in Effects.__dataclass_fields__ if name != "names"}
    return replace(effects, names=tuple(names), **arrays)


def _joined(one: Effects, two: Effects) -> Effects:
    fields = [name for name in Effects.__dataclass_fields__ if name != "names"]
    arrays = {name: np.concatenate([getattr(one, name), getattr(two, name)]) for name in fields}
    return Effects(names=one.names + two.names, **arrays)


def _chosen(
    inputs: Sequence[Input], effects: Sequence[Effects], screened: Sequence[int], top: int
) -> tuple[int, ...]:
    """Places of the inputs that carry most: up to `top` of the first figure, a few more of each other."""
    few = sum(not all(one.still[at] for one in effects) for at in range(len(screened))) <= top
    chosen: list[int] = []
    for number, one in enumerate(effects):
        size = weight(one, inputs, screened)
        for at in _leaders(one, size, FOR_OTHERS if number else top, everyone=few):
            place = screened[at]
            costly = sum(inputs[other].costly for other in chosen)
            if place not in chosen and (not inputs[place].costly or costly < MOST_COSTLY):
                chosen.append(place)
    return tuple(chosen)


def weight(one: Effects, inputs: Sequence[Input], screened: Sequence[int]) -> Floats:
    """What each screened input may carry; of a costly one with luck's part, as unchosen it is not varied."""
    costly = np.array([inputs[place].costly for place in screened])
    return np.where(costly, one.whole, one.variance)


def _leaders(one: Effects, size: Floats, most: int, *, everyone: bool) -> list[int]:
    """At most so many factors, the strongest first: everyone that moves, or those that carry enough."""
    order = [at for at in np.argsort(-size, kind="stable").tolist() if not one.still[at]]
    if everyone:
        return order[:most]
    enough = int(np.searchsorted(np.cumsum(size[order]), CARRIED * float(size.sum()))) + 1
    return order[: min(most, enough)]


def _factors(
    inputs: Sequence[Input], effects: Sequence[Effects], screened: Sequence[int], single: Sequence[int]
) -> tuple[str, ...]:
    moves = {place for at, place in enumerate(screened) if not all(one.still[at] for one in effects)}
    return tuple(
        one.path if place in single else f"{OTHERS}{one.grade}" if place in moves and not one.costly else ""
        for place, one in enumerate(inputs)
    )


def _levels(costly: int) -> int:
    return max(2, min(8, int(MOST_PLANS ** (1.0 / costly) + 1e-9))) if costly else 0


def _over(evaluate: Evaluate, inputs: Sequence[Input], places: Sequence[int], levels: int) -> Evaluate:
    """The model over some of its inputs; the others keep their values, costly ones take `levels` values."""
    stepped = np.array([bool(levels) and inputs[place].costly for place in places])

    def partly(points: Floats, first: Ints, nights: int) -> Floats:
        whole = np.full((len(points), len(inputs)), np.nan)
        whole[:, list(places)] = np.where(stepped, _stepped(points, max(levels, 2)), points)
        return evaluate(whole, first, nights)

    return partly


def _stepped(points: Floats, levels: int) -> Floats:
    """Shares on equally likely values that have the mean and the variance of the whole range."""
    middle = (np.minimum(np.floor(points * levels), levels - 1.0) + 0.5) / levels
    return np.asarray(0.5 + (middle - 0.5) / math.sqrt(1.0 - 1.0 / levels**2))
