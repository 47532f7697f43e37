"""The leader as a person: group work, pay, other brands, absence, and how well the brand looks after them.

A neglected leader (low commission, no training) is `care` below 1: sends fewer pushes (the audience
multiplies its sending share by `care`), has no warm words at the door, and those kept waiting complain more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.laws import Law, uniform
from sim.orderlog import Table
from sim.units import Params, par

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.carried import Carried
    from sim.random_streams import Streams

_ARTICLE = "从团购接龙到私域直播 (case article of 晨曦牧场), the leader's 4–5 h before and under 1 h after"
_OTHERS = "a leader sells several brands (SCMP, 2021: 2.5 h of packing and questions at noon); number assumed"


class LeadersParams(Params):
    """The people behind the communities."""

    fixed_manual_h: Law = par(
        uniform(2.5, 3.5),
        unit="h",
        grade="claim",
        source=_ARTICLE,
        meaning="Group work of a day not tied to an order, in arms by hand: chat, photos, reminders.",
    )
    fixed_system_h: float = par(
        0.4,
        unit="h",
        low=0,
        high=12,
        sweep=(0.4, 2.0),
        grade="claim",
        source=_ARTICLE,
        meaning="Group work of a day not tied to an order, in arms with a system.",
    )
    commission_share: float = par(
        0.10,
        unit="share",
        low=0,
        high=0.5,
        sweep=(0.03, 0.15),
        grade="B",
        source="China's grocery delivery war, Rest of World, 2021 (5–10 %); Oriental Review (10–12 %)",
        meaning="Commission of the leader on net sales.",
    )
    other_brands_per_day: float = par(
        10.0,
        unit="orders",
        low=0,
        high=200,
        sweep=(0, 30),
        grade="assumed",
        source=_OTHERS,
        meaning="Other brands' orders a leader handles in a day (Poisson), at the same desk.",
    )
    other_brand_hand_min: float = par(
        5.5,
        unit="min",
        low=0,
        high=60,
        grade="assumed",
        source="register 3, split 2 and half a minute of tally, as for this brand by hand",
        meaning="Desk time of another brand's order by hand.",
    )
    other_brand_system_min: float = par(
        0.75,
        unit="min",
        low=0,
        high=60,
        grade="assumed",
        source="a hand-over only",
        meaning="Desk time of another brand's order once it runs on a system too.",
    )
    other_brands_moved: bool = par(
        False,
        unit="-",
        grade="rule",
        source="the article's system is one brand's",
        meaning="Whether the other brands run on a system too.",
    )
    helpers: int = par(
        0,
        unit="people",
        low=0,
        high=100,
        grade="rule",
        source="0: the article's leader works alone",
        meaning="Helpers beside every leader on the day of collection; together they receive, "
        "split and hand over, so each of these takes 1/(1 + helpers) of the time.",
    )
    warm_words_s: float = par(
        15.0,
        unit="s",
        low=0,
        high=600,
        sweep=(0, 60),
        grade="assumed",
        source="a greeting and a question; the article asks for them and does not count their time",
        meaning="Warm words at each hand-over of a leader who is looked after (times `care`).",
    )
    care: float = par(
        1.0,
        unit="share",
        low=0,
        high=1,
        sweep=(0.5, 1.0),
        grade="assumed",
        source="1 is the article's rewarded and trained leader",
        meaning="How well leaders are rewarded and trained: multiplies the share who send the push "
        "and the warm words; below 1 waiting buyers complain more.",
    )
    neglect_complaints: float = par(
        2.0,
        unit="ratio",
        low=0,
        high=20,
        grade="assumed",
        source="sign plausible, size unknown",
        meaning="Relative rise of complaints about waiting as `care` goes from 1 to 0.",
    )
    absent_share: float = par(
        0.0,
        unit="share",
        low=0,
        high=1,
        sweep=(0, 0.05),
        grade="assumed",
        source="a named drill (one leader in thirty); not part of an ordinary night",
        meaning="Probability that a leader is away on the event day.",
    )


def leader_absent(
    params: LeadersParams, streams: Streams, communities: int, carried: Carried | None = None
) -> NDArray[np.bool_]:
    """(communities,) who is away on the event day; keyed by the community's index."""
    away = streams.uniform("leaders.absent", np.arange(communities, dtype=np.int64))
    return (away if carried is None else carried.absent(away)) < params.absent_share


def leaders_table(
    params: LeadersParams,
    streams: Streams,
    communities: int,
    *,
    by_hand: bool,
    carried: Carried | None = None,
) -> Table:
    """Make the `leaders` table: community, fixed_min, absent."""
    index = np.arange(communities, dtype=np.int64)
    if by_hand:
        fixed = streams.draw("leaders.fixed", index, params.fixed_manual_h, scale=60.0)
    else:
        fixed = np.full(communities, params.fixed_system_h * 60.0)
    return {
        "community": index.astype(np.int32),
        "fixed_min": fixed,
        "absent": leader_absent(params, streams, communities, carried),
    }
