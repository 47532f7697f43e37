"""Who hears of the show before it begins: seeding by leaders, and key opinion consumers."""

from __future__ import annotations

from sim.laws import Law, lognormal
from sim.units import Params, par

ARTICLE = "the case article on one dairy (vendor's marketing text)"
PUSH = "WeCom developer docs 92135, 2025: each member must confirm a push before it is sent; share assumed"
NO_FIGURE = "no published figure for private groups"


class SeedingParams(Params):
    """Days of videos and shares before the show, sent on by the leaders."""

    days: int = par(
        3,
        unit="days",
        low=0,
        high=7,
        grade="claim",
        source=ARTICLE,
        meaning="Days before the show on which leaders push a video; each reaches members anew.",
    )
    sent_at_min: float = par(
        600.0,
        unit="min",
        low=0,
        high=1439,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Time of day at which headquarters asks the leaders to push.",
    )
    confirm_share: float = par(
        0.85,
        unit="share",
        low=0,
        high=1,
        sweep=(0.6, 1.0),
        grade="assumed",
        source=PUSH,
        meaning="Probability that a leader confirms and sends the push of a day.",
    )
    delay_min: Law = par(
        lognormal(20, 1.0),
        unit="min",
        grade="assumed",
        source=PUSH,
        meaning="From the request to the leader's sending; moves the time only.",
    )
    reach_share: float = par(
        0.306,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source="fitted with attend_share to the article's audience (26 % a day over all)",
        meaning="Probability that a day's push of a sending leader reaches a member.",
    )
    attend_share: float = par(
        0.45,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source="fitted with reach_share to the article's audience of about 14,700 viewers",
        meaning="Probability that a reached member comes; × the night's attendance factor.",
    )


class KocParams(Params):
    """Key opinion consumers who bring strangers."""

    count: int = par(
        10, unit="people", low=0, high=1000, grade="claim", source=ARTICLE, meaning="KOC who share."
    )
    viewers_each: float = par(
        60.0,
        unit="people",
        low=0,
        high=100_000,
        sweep=(30, 120),
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers an ordinary night gets from a KOC; × audience.scale.",
    )
    attend_share: float = par(
        0.5,
        unit="share",
        low=0.01,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Probability that a stranger they invite comes; × the night's factor.",
    )
