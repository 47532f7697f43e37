"""What a claim is, as data: a sentence of the case article, and the figure and relation that test it.

A claim is a target to be tested, never evidence. A test reads

    (mean KPI of an arm − mean KPI `minus`) ÷ (mean KPI `per` + `plus`)      relation      value ± tolerance

and is put again at both ends of the sweep of each of the claim's drivers (`sim.experiments.claims`).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Kind = Literal["I", "O", "X", "C"]
"""I input of the scenario · O emergent output · X comparison of variants · C needs a season of events."""
Sign = Literal[">=", "<=", "within", "=="]
"""within: value ± tolerance · ==: in every single replication."""
Basis = Literal["tested", "calibrated", "by_fiat", "shown"]
"""tested by the verdict rule · calibrated: the model was fitted to it ·
by_fiat: the difference is an assumption itself, so no number of replications supports it · shown: a
figure printed beside an input."""


class Arm(NamedTuple):
    """A shipped scenario, perhaps with a few fields changed."""

    scenario: str
    changes: tuple[tuple[str, Any], ...] = ()

    def but(self, path: str, value: Any) -> Arm:
        """The same arm with one more field changed."""
        return Arm(self.scenario, (*self.changes, (path, value)))


class Term(NamedTuple):
    """The replication mean of a KPI in an arm."""

    kpi: str
    arm: Arm


class Relation(NamedTuple):
    """What is claimed of the figure; `tolerance` is relative to |value| and widens the relation."""

    sign: Sign
    value: float
    tolerance: float = 0.0

    def bounds(self) -> tuple[float, float]:
        """The closed range of figures that satisfy the relation."""
        slack = self.tolerance * abs(self.value)
        low = float("-inf") if self.sign == "<=" else self.value - slack
        high = float("inf") if self.sign == ">=" else self.value + slack
        return low, high


class Check(NamedTuple):
    """One figure and the relation it must satisfy; `relation` is None for a figure that is only shown.

    `plus` is added to `per`; `unit` is that of the figure where neither a KPI's nor a plain ratio says it.
    """

    figure: Term
    relation: Relation | None = None
    minus: Term | None = None
    per: Term | None = None
    basis: Basis = "tested"
    plus: Term | None = None
    unit: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every KPI mean the figure needs."""
        terms = (self.figure, self.minus, self.per, self.plus)
        return tuple(term for term in terms if term is not None)

    @property
    def kpi(self) -> str:
        """Name of the figure; "a / b" for a ratio of two different KPIs."""
        if self.per is not None and self.per.kpi != self.figure.kpi:
            return f"{self.figure.kpi} / {self.per.kpi}"
        return self.figure.kpi


class Driver(NamedTuple):
    """A scenario path the verdict hangs on; `ends` counts only where the field itself has no sweep."""

    path: str
    ends: tuple[Any, Any] | None = None


ENDS: dict[str, tuple[Any, Any]] = {
    "aftersales.self_service_share": (0.1, 0.5),
    "audience.seeding.reach_share": (0.2, 0.45),
    "checkout.steps": (3, 5),
    "collection.profile.evening_share": (0.3, 0.47),
    "leader_desk.tally_min": (10.0, 40.0),
    "sorting.list_delay_min": (15.0, 120.0),
    "sorting.policy": ("by_order", "by_community_sku"),
    "stock.reservation": ("at_order", "none"),
    "aftersales.where_is_it.with_notices_share": (0.005, 0.02),
    "aftersales.where_is_it.without_notices_share": (0.02, 0.08),
    "audience.questions.answer_s.lognormal.median": (15.0, 60.0),
    "basket.skus[5].share": (0.05, 0.2),
    "checkout.assignment.wrong_share": (0.002, 0.03),
    "stock.forecast.cv": (0.14, 0.42),
    "collection.vague_wasted_share": (0.05, 0.3),
    "leader_desk.register_min.lognormal_mean.mean": (2.0, 5.0),
    "money.koc_fee_cny": (100.0, 500.0),
    "money.show_crew_cny": (1500.0, 10000.0),
    "night.absence_share": (0.0, 0.06),
    "night.sort_pace_cv": (0.04, 0.16),
    "night.traffic_cv": (0.05, 0.2),
}
"""Ends for fields without a sweep of their own: about half and twice the default, or the other choice."""


class Claim(NamedTuple):
    """A row of the claims table.

    checks: the first carries the row's verdict, the others are parts of it with verdicts of their own.
    drivers: the assumptions that could turn the verdict, most decisive first; an input names itself.
    claimed: the claimed value where no relation of the first check says it.
    """

    id: int
    kind: Kind
    zh: str
    en: str
    denominator: str
    drivers: tuple[Driver, ...]
    checks: tuple[Check, ...] = ()
    claimed: float | str | None = None


def drivers(*paths: str | Driver) -> tuple[Driver, ...]:
    """Drivers by path, their sweep as the field says it, else as ENDS does."""
    return tuple(path if isinstance(path, Driver) else Driver(path, ENDS.get(path)) for path in paths)


def level(
    kpi: str, arm: Arm, sign: Sign, value: float, tolerance: float = 0.0, basis: Basis = "tested"
) -> Check:
    """Check a KPI's mean in one arm."""
    return Check(Term(kpi, arm), Relation(sign, value, tolerance), basis=basis)


def ratio(
    kpi: str,
    arm: Arm,
    base: Arm,
    sign: Sign,
    value: float,
    tolerance: float = 0.0,
    basis: Basis = "tested",
    per: str | None = None,
    unit: str = "",
) -> Check:
    """Check a KPI's mean in one arm over that in another, or over another KPI (`per`): then a share."""
    unit = unit or ("" if per is None else "share")
    divisor = Term(per or kpi, base)
    return Check(Term(kpi, arm), Relation(sign, value, tolerance), per=divisor, basis=basis, unit=unit)


def gap(kpi: str, arm: Arm, base: Arm, sign: Sign, value: float) -> Check:
    """Check a KPI's mean in one arm less that in another."""
    return Check(Term(kpi, arm), Relation(sign, value), minus=Term(kpi, base))


def shown(kpi: str, arm: Arm, per: str | None = None, plus: str | None = None) -> Check:
    """A figure printed beside an input, in one arm; a share where it is taken of other KPIs."""
    below = [None if name is None else Term(name, arm) for name in (per, plus)]
    unit = "" if per is None else "share"
    return Check(Term(kpi, arm), per=below[0], plus=below[1], basis="shown", unit=unit)


def effect(kpi: str, arm: Arm, without: Arm, per: str | None = None) -> Check:
    """What an input does to a KPI, printed beside it: with it less without it, perhaps per another KPI."""
    below, unit = (None, "") if per is None else (Term(per, arm), "share")
    return Check(Term(kpi, arm), minus=Term(kpi, without), per=below, basis="shown", unit=unit)


JIELONG = Arm("chenxi_jielong")
TOOL = Arm("chenxi_jielong_tool")
BY_HAND = Arm("live_by_hand")
LIVE = Arm("chenxi_live")
LIGHT = Arm("backend_light")
SHOUTING = Arm("shouting_host")
NEGLECTED = Arm("neglected_leader")

CLAIMED_TEXT_CONVERSION = (0.05, 0.08)
"""The range the article leaves for the text post: "below 8 %"; 5 % is the low end of what is usual."""
