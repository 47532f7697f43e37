"""Members through a season: trust, habit and need of each, who joins and who leaves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.market.market import INDEX_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.market.market import Market
    from sim.random_streams import Streams
    from sim.season.experience import Experience
    from sim.season_spec import MembershipParams, SeasonParams

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MONTH_DAYS = 30.0


@dataclass
class Members:
    """The members there are now, in the order of their keys, (M,) each.

    trust: score, within the bound. habit: 0 none to 1 full. filled: share of the need that the last order
    still fills. news: share of a show's novelty that is left. orders: events they bought at.
    """

    key: Ints
    community: NDArray[np.int32]
    trust: Floats
    habit: Floats
    filled: Floats
    news: Floats
    orders: Ints

    @staticmethod
    def of(market: Market) -> Members:
        """Those of the market, without a past."""
        return _new(market.member_key, market.member_community)

    def __len__(self) -> int:
        return self.key.size

    def sizes(self, communities: int) -> Ints:
        """(C,) members of each community."""
        return np.diff(np.searchsorted(self.community, np.arange(communities + 1)))

    def keep(self, stays: NDArray[np.bool_]) -> None:
        """Only these stay."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[stays])

    def join(self, key: Ints, community: NDArray[np.int32]) -> None:
        """Newcomers without a past take their place in the order of keys."""
        place = np.searchsorted(self.key, key)
        new = _new(key, community)
        for field in fields(self):
            name = field.name
            setattr(self, name, np.insert(getattr(self, name), place, getattr(new, name)))

    def look_back(self, season: SeasonParams, lived: Experience, communities: int, *, live: bool) -> None:
        """What an event has done to them, and what they hear of others in their group."""
        p = season.trust
        change = p.gain * (lived.gained - lived.lost)
        sizes = self.sizes(communities)
        told = season.talk.gain * season.talk.share * _means(sizes, change)
        self.trust = np.clip(self.trust + change + np.repeat(told, sizes), -p.bound, p.bound)
        step = season.habit.step * lived.delivered
        self.habit = self.habit + step * (1.0 - self.habit)
        self.filled[lived.bought] = 1.0
        self.orders = self.orders + lived.bought
        if live:
            self.news[lived.watched] *= season.novelty.kept_share

    def forget(self, season: SeasonParams, days: float) -> None:
        """Time passes."""
        self.trust = self.trust * 0.5 ** (days / season.trust.half_life_days)
        self.habit = self.habit * 0.5 ** (days / season.habit.half_life_days)
        self.filled = self.filled * 0.5 ** (days / season.pull.half_life_days)

    def score(self, season: SeasonParams, *, live: bool) -> Floats:
        """(M,) what is added to the score of a decision now."""
        habit, pull, novelty = season.habit, season.pull, season.novelty
        score = self.trust + habit.gain * habit.score * self.habit
        score -= pull.gain * pull.score * self.filled
        if live:
            score -= novelty.gain * novelty.score * (1.0 - self.news)
        return score

    def come(self, season: SeasonParams) -> Floats:
        """(M,) factor on the probability to come or to read."""
        factor: Floats = np.exp(season.trust.come_per_score * self.trust)
        return factor

    def leaving(self, season: SeasonParams, streams: Streams) -> NDArray[np.bool_]:
        """(M,) who leaves before the next event."""
        p = season.membership
        rate = p.gain * p.leave_share_a_month * season.every_days / MONTH_DAYS
        luck = streams.uniform("season.leave", self.key)
        gone: NDArray[np.bool_] = luck < -np.expm1(-rate * np.exp(-p.per_score * self.trust))
        return gone

    def joining(self, p: MembershipParams, days: float, room: Ints, streams: Streams) -> NDArray[np.int64]:
        """(C,) how many join each community: the mean, rounded by chance, as far as there is room."""
        communities = room.size
        size = self.sizes(communities)
        trust = _means(size, self.trust)
        mean = p.gain * p.join_share_a_month * days / MONTH_DAYS * size * np.exp(p.per_score * trust)
        luck = streams.uniform("season.join", np.arange(communities, dtype=np.int64))
        wished = np.floor(mean + luck).astype(np.int64)
        return np.clip(wished, 0, np.maximum(room - size, 0))


def _new(key: Ints, community: NDArray[np.int32]) -> Members:
    """Members without a past."""
    n = key.size
    return Members(key, community, np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n), np.zeros(n, np.int64))


def new_keys(joining: Ints, used: Ints) -> tuple[Ints, NDArray[np.int32]]:
    """Keys and communities of newcomers, rising; `used` (C,) indices are taken, and are counted on."""
    community = np.repeat(np.arange(joining.size, dtype=np.int64), joining)
    first = np.cumsum(joining) - joining
    index = np.arange(community.size, dtype=np.int64) - first[community] + used[community]
    used += joining
    return (community << INDEX_BITS) | index, community.astype(np.int32)


def _means(sizes: Ints, values: Floats) -> Floats:
    """(C,) means of (M,) values that lie community by community; 0 where there is nobody."""
    means = np.zeros(sizes.size)
    there = sizes > 0
    if values.size:
        first = (np.cumsum(sizes) - sizes)[there]
        means[there] = np.add.reduceat(values, first) / sizes[there]
    return means
