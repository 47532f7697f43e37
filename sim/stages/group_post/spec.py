"""Parameters of the post and of buying by hand, in engine units for both faces."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import model_validator

from sim.laws import Law, lognormal, uniform
from sim.units import Params, par

ARTICLE = "the case article on one dairy (vendor's marketing text)"
NO_FIGURE = "no published figure for group chats"


class GroupPostParams(Params):
    """The post in the group, and the reply and transfer of those who buy by hand."""

    intercept_text: float = par(
        -1.953,
        unit="score",
        low=-20,
        high=20,
        grade="claim",
        source="fitted to the article's conversion below 8 % (7.8 % of readers)",
        meaning="Score of a text post before everything else is counted.",
    )
    read_share: float = par(
        0.0814,
        unit="share",
        low=0,
        high=1,
        sweep=(0.05, 0.15),
        grade="claim",
        source="fitted to the article's sales by post, a fifteenth of the show's",
        meaning="Members who read the post on the day; × the night's attendance factor.",
    )
    post_from_min: float = par(
        540.0,
        unit="min",
        low=0,
        high=1439,
        grade="claim",
        source=ARTICLE,
        meaning="Leaders post from this time of day (09:00).",
    )
    post_until_min: float = par(
        660.0,
        unit="min",
        low=0,
        high=1439,
        grade="claim",
        source=ARTICLE,
        meaning="Last post (11:00); uniform in between.",
    )
    delay_min: Law = par(
        lognormal(120, 0.8),
        unit="min",
        grade="assumed",
        source=NO_FIGURE,
        meaning="From the post to a member's reading it.",
    )
    react_s: Law = par(
        lognormal(60, 0.6),
        unit="s",
        grade="assumed",
        source=NO_FIGURE,
        meaning="From reading to the reply of those who buy.",
    )
    effort_min: Law = par(
        uniform(5, 10),
        unit="min",
        grade="claim",
        source=ARTICLE,
        meaning="A member's own minutes to order by hand: reply, item and amount, transfer. "
        "Their mean is what shoppers expect buying by hand to cost them.",
    )

    @model_validator(mode="after")
    def _window(self) -> GroupPostParams:
        if self.post_until_min < self.post_from_min:
            raise ValueError("`post_until_min` must not be before `post_from_min`")
        return self


class PostNumbers(NamedTuple):
    """`GroupPostParams` for the engines: minutes since D0 00:00, shares."""

    post_from: float
    post_until: float
    read_share: float
    leader_absent_share: float
    cutoff: float


def numbers(params: GroupPostParams, *, cutoff_min: float, leader_absent_share: float = 0.0) -> PostNumbers:
    """The post's constants.

    Args:
        params: the post.
        cutoff_min: last moment of a reply that counts, minutes since D0 00:00.
        leader_absent_share: of leaders who post nothing (`leaders.absent_share`).
    """
    return PostNumbers(
        post_from=float(params.post_from_min),
        post_until=float(params.post_until_min),
        read_share=float(params.read_share),
        leader_absent_share=float(leader_absent_share),
        cutoff=float(cutoff_min),
    )
