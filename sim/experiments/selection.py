"""The best of several scenarios, with a guarantee: Kim and Nelson's fully sequential procedure.

Night by night an arm drops out once another is ahead of it by more than luck explains; what is left at the
end is the best with probability ≥ .95 whenever the best is at least `delta` ahead of each other arm (Kim &
Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS 11, 2001).
Smaller differences are those the user calls indifferent: then whatever remains is as good as she needs.

* The variances are those of *paired* differences in a first stage, so common random numbers are allowed by
  the theorem (α is shared over the k − 1 rivals by Bonferroni) and shorten the race.
* An arm is out at night r where mean_i < mean_l − W, W = max(0, δ/(2r) · (h² S² / δ² − r)),
  h² = (n₀ − 1) · ((2α/(k−1))^(−2/(n₀−1)) − 1).
* 0/1 outcomes are not normal, and n₀ kept nights in a row have S² = 0: their S² is the upper Clopper–Pearson
  bound of the share of nights on which the two arms disagree, which their variance never exceeds.
* The rule is asked after every single night, however many are computed at once, so the answer does not
  depend on the number of workers or on how far ahead they ran.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.experiments.intervals import CONFIDENCE, LEAST_REPLICATIONS, share_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Answer = Literal["decided", "tied", "cannot_tell"]
Observe = Callable[[Sequence[int], int], Sequence["Floats"]]
"""(arms by number, n) → (n,) values each of the replications 0 … n−1, one seed; NaN without meaning."""

MOST = 2_000
"""Where the procedure gives up unless told otherwise, in replications of an arm."""
_AHEAD = 0.25  # how much further the arms are run at a time; looks happen every night all the same


class Out(NamedTuple):
    """How an arm left: which arm led then, after how many nights."""

    by: str
    after: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer and what it cost.

    decided: one arm remains, `best`. tied: those that remain are equal to the bit on every night, and no
    other can be better by `delta`. cannot_tell: `most` replications were not enough; the best is among
    those that remain with the same probability, and `decides_by` replications of them decide for certain.
    `nights` counts the replications that were compared, `means` are over an arm's own nights.
    """

    kpi: str
    better: Literal["higher", "lower"]
    delta: float
    first: int
    most: int
    answer: Answer
    remaining: tuple[str, ...]
    nights: dict[str, int]
    means: dict[str, float]
    out: dict[str, Out]
    decides_by: int
    confidence: float = CONFIDENCE

    @property
    def best(self) -> str | None:
        """The arm selected; None where several remain."""
        return self.remaining[0] if self.answer == "decided" else None

    def document(self) -> dict[str, Any]:
        """The `best` entry of `compare --json`; `best` itself is absent unless decided."""
        said: dict[str, Any] = {"kpi": self.kpi, "better": self.better, "delta": self.delta}
        said |= {"confidence": self.confidence, "answer": self.answer}
        if self.best is not None:
            said["best"] = self.best
        elif self.answer == "cannot_tell":
            said["decides_by"] = self.decides_by
        arms = {
            name: {"mean": self.means[name], "replications": nights}
            | ({"out_by": self.out[name].by, "out_after": self.out[name].after} if name in self.out else {})
            for name, nights in self.nights.items()
        }
        return said | {
            "remaining": list(self.remaining), "first": self.first, "most": self.most, "arms": arms,
        }  # fmt: skip


@dataclass(slots=True)
class _Race:
    """Arms still in the race, with the sums of the nights they shared."""

    names: Sequence[str]
    sign: float
    delta: float
    reach: Floats  # h² S² / δ of each pair: W at night r is (reach / r − δ) / 2
    inside: list[int]
    nights: int = 0
    sums: Floats = field(default_factory=lambda: np.zeros(0))
    last: dict[int, tuple[int, float]] = field(default_factory=dict)
    out: dict[str, Out] = field(default_factory=dict)

    def look(self, values: Floats, first: int) -> None:
        """Go through (n, k) further nights one by one; no arm leaves before night `first`."""
        while len(self.inside) > 1 and values.shape[0]:
            told = np.flatnonzero(np.isfinite(values[:, self.inside]).all(axis=1))
            sums = self.sums + np.cumsum(self.sign * np.nan_to_num(values[told]), axis=0)
            nights = self.nights + np.arange(1, told.size + 1)
            gone = self._behind(sums, nights) & (nights >= first)[:, None]
            leaving = np.flatnonzero(gone.any(axis=1))
            if leaving.size == 0:
                self._move(sums, nights)
                return
            night = int(leaving[0])
            self._move(sums[: night + 1], nights[: night + 1])
            self._drop([arm for place, arm in enumerate(self.inside) if gone[night, place]])
            values = values[told[night] + 1 :]

    def _behind(self, sums: Floats, nights: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n, arms inside): whether an arm is further behind a rival than W, W being 0 or more."""
        inside = self.inside
        own = sums[:, inside]
        behind = np.zeros(own.shape, np.bool_)
        for place, rival in enumerate(inside):
            slack = np.maximum(0.0, self.reach[inside, rival] - self.delta * nights[:, None]) / 2.0
            behind |= own < own[:, [place]] - slack
        return behind

    def _move(self, sums: Floats, nights: NDArray[np.int64]) -> None:
        if nights.size:
            self.sums, self.nights = sums[-1], int(nights[-1])

    def _drop(self, arms: list[int]) -> None:
        leader = max(self.inside, key=lambda arm: (self.sums[arm], -arm))
        for arm in arms:
            self.last[arm] = (self.nights, float(self.sums[arm]))
            self.out[self.names[arm]] = Out(self.names[leader], self.nights)
        self.inside = [arm for arm in self.inside if arm not in arms]

    def decides_by(self) -> int:
        """The night at which W is 0 for all that remain: then the larger mean wins."""
        pairs = self.reach[np.ix_(self.inside, self.inside)]
        return math.floor(float(pairs.max()) / self.delta) + 1

    def equal(self) -> bool:
        """Whether all that remain have the same sum, so that nothing tells them apart."""
        return bool(np.ptp(self.sums[self.inside]) == 0.0)


def select_best(
    observe: Observe,
    names: Sequence[str],
    *,
    kpi: str,
    better: Literal["higher", "lower"],
    delta: float,
    first: int = LEAST_REPLICATIONS,
    most: int = MOST,
    zero_one: bool = False,
    confidence: float = CONFIDENCE,
) -> Selection:
    """Find the arm with the best mean of one KPI.

    Args:
        observe: values of some arms; asked for growing numbers, so its owner keeps what it has computed.
        names: of the arms, two or more.
        kpi: its name, for the answer.
        better: which direction is.
        delta: the indifference zone, in the KPI's unit: a difference that does not matter.
        first: replications of the first stage, at least 20: the variances come from them alone.
        most: replications of an arm after which the answer is "cannot tell".
        zero_one: the values are outcomes 0 or 1.

    Raises:
        ValueError: fewer than two arms, `delta` not positive, fewer than two nights with the figure.
    """
    if len(names) < 2 or not delta > 0.0 or not math.isfinite(delta):
        raise ValueError("the best needs two arms at least and a positive indifference zone")
    first = max(first, LEAST_REPLICATIONS)
    most = max(most, first)
    start = np.column_stack(observe(range(len(names)), first))
    stage = start[np.isfinite(start).all(axis=1)]
    if stage.shape[0] < 2:
        raise ValueError(f"{kpi} has a value in all arms on fewer than two of {first} nights")
    spread = _disagreement(stage, confidence) if zero_one else _variances(stage)
    reach = _h_square(len(names), stage.shape[0], confidence) * spread / delta
    sign = 1.0 if better == "higher" else -1.0
    race = _Race(names, sign, delta, reach, list(range(len(names))), sums=np.zeros(len(names)))
    race.look(start, stage.shape[0])
    _go_on(race, observe, stage.shape[0], first, most)
    last = race.last | {arm: (race.nights, float(race.sums[arm])) for arm in race.inside}
    return Selection(
        kpi, better, delta, first, most,
        answer="decided" if len(race.inside) == 1 else "tied" if _tied(race) else "cannot_tell",
        remaining=tuple(names[arm] for arm in race.inside),
        nights={name: last[arm][0] for arm, name in enumerate(names)},
        means={name: sign * last[arm][1] / last[arm][0] for arm, name in enumerate(names)},
        out=race.out,
        decides_by=race.decides_by(),
        confidence=confidence,
    )  # fmt: skip


def _go_on(race: _Race, observe: Observe, stage: int, done: int, most: int) -> None:
    """Run whoever is still inside, a quarter further at a time, until one is left or `most` are done."""
    while len(race.inside) > 1 and not _tied(race) and done < most:
        ahead = min(most, done + max(10, math.ceil(_AHEAD * done)))
        block = np.full((ahead - done, len(race.names)), np.nan)
        block[:, race.inside] = np.column_stack([one[done:] for one in observe(race.inside, ahead)])
        race.look(block, stage)
        done = ahead


def _tied(race: _Race) -> bool:
    """Nothing tells those that remain apart although no slack is left."""
    return race.nights >= race.decides_by() and race.equal()


def _h_square(arms: int, first: int, confidence: float) -> float:
    """Kim and Nelson's h² with c = 1, each of the k − 1 rivals allowed α/(k − 1)."""
    share = 2.0 * (1.0 - confidence) / (arms - 1)
    return float((first - 1) * (share ** (-2.0 / (first - 1)) - 1.0))


def _variances(stage: Floats) -> Floats:
    """(k, k) sample variances of the paired differences."""
    away = stage - stage.mean(axis=0)
    differences = away[:, :, None] - away[:, None, :]
    spread: Floats = (differences**2).sum(axis=0) / (stage.shape[0] - 1)
    return spread


def _disagreement(stage: Floats, confidence: float) -> Floats:
    """(k, k) upper bounds of the shares of nights on which two arms disagree."""
    n, arms = stage.shape
    spread = np.zeros((arms, arms))
    for one in range(arms):
        for two in range(one):
            apart = int(np.sum(stage[:, one] != stage[:, two]))
            spread[one, two] = spread[two, one] = share_interval(apart, n, confidence).high
    return spread
