"""Protections of an overloaded checkout and named failures: each off by default, each a switch."""

from __future__ import annotations

from pydantic import model_validator

from sim.units import Params, par

_VENDORS = "Cloudflare Waiting Room documentation (settings of the same names)"
_METASTABLE = "Huang et al., Metastable failures in the wild, USENIX OSDI 2022"
_SRE = "Google, Site Reliability Engineering, chapter Addressing cascading failures, 2016"
_OPERATORS = "an operator's first setting; no published figure for shops of this size"


class WaitingRoom(Params):
    """A queue in front of the checkout that lets in only as many as it can serve."""

    on: bool = par(
        False, unit="-", grade="A", source=_VENDORS,
        meaning="Whether clicks first pass a waiting room.",
    )  # fmt: skip
    total_active_users: int = par(
        600, unit="people", low=1, high=10_000_000, grade="assumed", source=_OPERATORS,
        meaning="Most shoppers inside the checkout at one time.",
    )  # fmt: skip
    new_users_per_minute: float = par(
        2400.0, unit="people/min", low=1, high=10_000_000, grade="assumed",
        source="two thirds of the order service's capacity of 60 orders/s",
        meaning="Most shoppers let in a minute, evenly spaced.",
    )  # fmt: skip
    session_min: float = par(
        5.0, unit="min", low=0.05, high=240, grade="A",
        source=_VENDORS + ": session duration from 1 to 30 min, default 5",
        meaning="A place inside is given up at the latest after this time; who still tries queues again.",
    )  # fmt: skip
    patience_min: float = par(
        3.0, unit="min", low=0.01, high=240, grade="assumed",
        source="a visible position keeps people longer than a spinning wheel",
        meaning="Median patience in the waiting room, log-normal.",
    )  # fmt: skip
    patience_sigma: float = par(
        0.6, unit="-", low=0, high=3, grade="assumed",
        source="spread of the clients' patience",
        meaning="Spread of the patience in the waiting room.",
    )  # fmt: skip


class RetryBudget(Params):
    """Clicking again is allowed only as a small share of first clicks."""

    on: bool = par(
        False, unit="-", grade="A", source=_SRE,
        meaning="Whether repeated clicks are limited by a budget.",
    )  # fmt: skip
    ratio: float = par(
        0.10, unit="share", low=0, high=10, grade="A", source=_SRE + ": about 10 %",
        meaning="Repeated clicks earned by a first click.",
    )  # fmt: skip
    burst: float = par(
        20.0, unit="clicks", low=1, high=1_000_000, grade="assumed", source=_OPERATORS,
        meaning="Most repeated clicks saved up.",
    )  # fmt: skip


class CircuitBreaker(Params):
    """When too many calls fail, all are refused for a while; then one probe decides."""

    on: bool = par(
        False, unit="-", grade="A", source=_METASTABLE,
        meaning="Whether the app stops calling a failing order service.",
    )  # fmt: skip
    window_s: float = par(
        10.0, unit="s", low=0.5, high=600, grade="assumed", source=_OPERATORS,
        meaning="Length of the window in which calls and failures are counted.",
    )  # fmt: skip
    least_calls: int = par(
        50, unit="calls", low=1, high=1_000_000, grade="assumed", source=_OPERATORS,
        meaning="Calls ended in the window before the breaker may open.",
    )  # fmt: skip
    failure_share: float = par(
        0.5, unit="share", low=0.01, high=1, grade="assumed", source=_OPERATORS,
        meaning="Share of failed calls in the window that opens the breaker.",
    )  # fmt: skip
    open_s: float = par(
        5.0, unit="s", low=0.1, high=600, grade="assumed", source=_OPERATORS,
        meaning="How long the breaker refuses everything before it lets a probe through.",
    )  # fmt: skip


class LoadShedding(Params):
    """Refuse at the door what would wait too long anyway."""

    on: bool = par(
        False, unit="-", grade="A", source=_SRE,
        meaning="Whether the order service refuses new calls when many wait.",
    )  # fmt: skip
    waiting: int = par(
        300, unit="calls", low=0, high=10_000_000, grade="assumed",
        source="five seconds of work at 60 orders/s, half the clients' timeout",
        meaning="Calls waiting at which a new one is refused.",
    )  # fmt: skip


class ScaleOut(Params):
    """More workers, some time after they were needed."""

    on: bool = par(
        False, unit="-", grade="A", source=_METASTABLE,
        meaning="Whether workers are added when many calls wait.",
    )  # fmt: skip
    waiting: int = par(
        200, unit="calls", low=1, high=10_000_000, grade="assumed", source=_OPERATORS,
        meaning="Calls waiting that order more workers.",
    )  # fmt: skip
    workers: int = par(
        5, unit="workers", low=1, high=100_000, grade="assumed", source=_OPERATORS,
        meaning="Workers added at a time.",
    )  # fmt: skip
    times: int = par(
        2, unit="-", low=1, high=100, grade="assumed", source=_OPERATORS,
        meaning="How often workers may be added in a show.",
    )  # fmt: skip
    lag_low_s: float = par(
        60.0, unit="s", low=0, high=3600, grade="assumed",
        source="start of a container with warm image",
        meaning="Shortest time from the order to the workers' start.",
    )  # fmt: skip
    lag_high_s: float = par(
        180.0, unit="s", low=0, high=3600, grade="assumed",
        source="start of a machine",
        meaning="Longest time from the order to the workers' start.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ordered(self) -> ScaleOut:
        if self.lag_high_s < self.lag_low_s:
            raise ValueError("`lag_high_s` must not be below `lag_low_s`")
        return self


class Protections(Params):
    """What stands between a rush and the order service."""

    waiting_room: WaitingRoom = WaitingRoom()
    retry_budget: RetryBudget = RetryBudget()
    circuit_breaker: CircuitBreaker = CircuitBreaker()
    load_shedding: LoadShedding = LoadShedding()
    scale_out: ScaleOut = ScaleOut()
    drop_abandoned: bool = par(
        False, unit="-", grade="A", source=_METASTABLE,
        meaning="Whether a worker skips calls whose client has left, instead of serving them in vain.",
    )  # fmt: skip


class Degradation(Params):
    """The order service is slow for a while: the trigger of a metastable failure."""

    from_min: float = par(
        1200.0, unit="min", low=0, high=2880, grade="assumed",
        source="at the link drop, when it hurts most",
        meaning="Minute of D0 at which the order service becomes slow.",
    )  # fmt: skip
    for_min: float = par(
        0.0, unit="min", low=0, high=1440, grade="rule",
        source="0 = no such failure",
        meaning="How long it stays slow; 0 switches the drill off.",
    )  # fmt: skip
    factor: float = par(
        4.0, unit="share", low=1, high=1000, grade="assumed",
        source="a cold cache or a failed-over replica",
        meaning="Factor on service times while it is slow.",
    )  # fmt: skip


class NetworkDown(Params):
    """The payment network does not answer: WeChat payments fail, the balance works."""

    from_min: float = par(
        1226.0, unit="min", low=0, high=2880, grade="C",
        source="press notes on the Youzan outage that began at 20:26",
        meaning="Minute of D0 at which the payment network goes down.",
    )  # fmt: skip
    for_min: float = par(
        0.0, unit="min", low=0, high=1440, grade="rule",
        source="0 = no such failure; the Youzan outage lasted 140 min",
        meaning="How long it stays down; 0 switches the drill off.",
    )  # fmt: skip


class QuotaCut(Params):
    """The gateway allows only a part of its rate."""

    from_min: float = par(
        1200.0, unit="min", low=0, high=2880, grade="assumed",
        source="at the link drop, when it hurts most",
        meaning="Minute of D0 at which the gateway's quota is cut.",
    )  # fmt: skip
    for_min: float = par(
        0.0, unit="min", low=0, high=1440, grade="rule",
        source="0 = no such failure",
        meaning="How long the cut lasts; 0 switches the drill off.",
    )  # fmt: skip
    share: float = par(
        0.05, unit="share", low=0.0001, high=1, grade="A",
        source="WeChat Pay developer community, 2019–2020: 30 requests/s seen where 600 are allowed",
        meaning="Share of the gateway's rate that is left.",
    )  # fmt: skip


class Drills(Params):
    """Named failures in the checkout."""

    degradation: Degradation = Degradation()
    network_down: NetworkDown = NetworkDown()
    quota_cut: QuotaCut = QuotaCut()
