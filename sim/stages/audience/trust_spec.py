"""The weights of the one decision rule of all four arms.

Signs come from the literature, sizes do not: every weight is assumed, so results are shown as a band over
`weight_scale`, which multiplies them all.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from sim.remembered import remembered
from sim.units import Params, par

SIGN = "sign: Chen et al., Trust development in live streaming commerce, IMDS, 2024; size: no figure found"
Host = Literal["expert", "neighbour", "shouting"]


class TrustParams(Params):
    """What the decision to buy is made of."""

    weight_scale: float = par(
        1.0,
        unit="factor",
        low=0,
        high=5,
        sweep=(0, 2),
        grade="assumed",
        source=SIGN,
        meaning="Multiplies every weight of trust: tour, talk, host, answers, tie.",
    )
    tour: float = par(
        0.3,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 0.6),
        grade="assumed",
        source=SIGN,
        meaning="Having seen the whole farm tour; in proportion to what was seen.",
    )
    talk: float = par(
        0.3,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 0.6),
        grade="assumed",
        source=SIGN,
        meaning="Having seen the whole nutrition talk before deciding; in proportion.",
    )
    host: Host = par(
        "expert",
        unit="-",
        grade="claim",
        source="the case article: an expert, not a shouting seller",
        meaning="Who presents the show.",
    )
    expert_weight: float = par(
        0.5,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 1),
        grade="assumed",
        source=SIGN,
        meaning="An expert as host.",
    )
    neighbour_weight: float = par(
        0.4,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 0.8),
        grade="assumed",
        source=SIGN,
        meaning="A neighbour, one of the leaders, as host.",
    )
    shouting_weight: float = par(
        -0.6,
        unit="score",
        low=-5,
        high=5,
        sweep=(-1.2, 0),
        grade="assumed",
        source=SIGN,
        meaning="A shouting seller as host.",
    )
    answered: float = par(
        0.3,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 0.6),
        grade="assumed",
        source=SIGN,
        meaning="An own question answered before deciding.",
    )
    unanswered: float = par(
        -0.4,
        unit="score",
        low=-5,
        high=5,
        sweep=(-0.8, 0),
        grade="assumed",
        source=SIGN,
        meaning="An own question not answered when deciding.",
    )
    tie: float = par(
        0.2,
        unit="score",
        low=-5,
        high=5,
        sweep=(0, 0.4),
        grade="assumed",
        source=SIGN,
        meaning="Being a member of a group, known by the leader and recognised by the shop.",
    )
    offer_per_share: float = par(
        2.0,
        unit="score",
        low=0,
        high=50,
        sweep=(0, 4),
        grade="assumed",
        source=SIGN,
        meaning="Weight of the discount, for each share of the list price (15 %: 0.3).",
    )
    friction_per_min: float = par(
        0.10,
        unit="score",
        low=0,
        high=5,
        sweep=(0, 0.25),
        grade="assumed",
        source=SIGN,
        meaning="What each expected minute to buy beyond `friction_free_min` costs.",
    )
    friction_free_min: float = par(
        0.5,
        unit="min",
        low=0,
        high=60,
        grade="claim",
        source="the case article: 30 seconds with the system",
        meaning="Minutes to buy that put nobody off.",
    )
    system_min: float = par(
        0.5,
        unit="min",
        low=0,
        high=60,
        grade="claim",
        source="the case article: 30 seconds with the system",
        meaning="Minutes that buying through the system is expected to take.",
    )


class TrustNumbers(NamedTuple):
    """The weights of one arm, scale and friction worked in."""

    intercept: float
    host: float
    tour: float
    talk: float
    answered: float
    unanswered: float
    tie: float
    offer: float
    member_offer: float
    friction: float


@remembered
def trust_numbers(
    params: TrustParams,
    intercept: float,
    *,
    expected_min: float | None,
    discount_share: float,
    member_discount_share: float,
) -> TrustNumbers:
    """The weights of an arm.

    Args:
        params: the weights.
        intercept: of the form, live or text.
        expected_min: minutes to buy a shopper expects by hand; None: the system's `system_min`.
        discount_share: off the list price in the offer.
        member_discount_share: further off for members.
    """
    host = {
        "expert": params.expert_weight,
        "neighbour": params.neighbour_weight,
        "shouting": params.shouting_weight,
    }
    minutes = params.system_min if expected_min is None else expected_min
    return TrustNumbers(
        intercept=float(intercept),
        host=params.weight_scale * host[params.host],
        tour=params.weight_scale * params.tour,
        talk=params.weight_scale * params.talk,
        answered=params.weight_scale * params.answered,
        unanswered=params.weight_scale * params.unanswered,
        tie=params.weight_scale * params.tie,
        offer=params.offer_per_share * discount_share,
        member_offer=params.offer_per_share * (discount_share + member_discount_share),
        friction=params.friction_per_min * max(0.0, minutes - params.friction_free_min),
    )
