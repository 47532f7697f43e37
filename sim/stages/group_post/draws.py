"""All chance of the post, keyed to leader, member or buyer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from sim.random_streams import Streams
from sim.stages.audience.draws import CHUNK, Invited, Members, draw_words
from sim.stages.group_post.spec import GroupPostParams, PostNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.carried import Carried
    from sim.night import Night
    from sim.stages.audience.people import Crowd

    Floats = NDArray[np.float64]
    Keys = NDArray[np.int64]


class Posts(NamedTuple):
    """Uniforms of the leaders (C,): `absent`, and the `place` of their post in the morning's window."""

    absent: Floats
    place: Floats


class ReaderLuck(NamedTuple):
    """Luck of the readers (n,): minutes from post to reading and on to the reply, logistic threshold."""

    delay: Floats
    react: Floats
    threshold: Floats


def draw_posts(streams: Streams, communities: int, carried: Carried | None = None) -> Posts:
    """What the leaders do in the morning; the absent ones are those the leaders' table calls absent."""
    leader = np.arange(communities, dtype=np.int64)
    away = streams.uniform("leaders.absent", leader)
    away = away if carried is None else carried.absent(away)
    return Posts(away, streams.uniform("group_post.post", leader))


def group_members(streams: Streams, market: Members, carried: Carried | None = None) -> Iterator[Invited]:
    """All members in key order, a chunk at a time; word 0 decides whether they read."""
    for first in range(0, len(market.member_key), CHUNK):
        part = slice(first, first + CHUNK)
        key = market.member_key[part]
        words = draw_words("group_post.member", streams, key, 1)
        if carried is not None:
            words = carried.invited(words, first)
        yield Invited(key, market.member_community[part], words)


def draw_luck(params: GroupPostParams, streams: Streams, keys: Keys) -> ReaderLuck:
    """Luck of the readers with these keys."""
    return ReaderLuck(
        streams.draw("group_post.delay", keys, params.delay_min),
        streams.draw("group_post.react", keys, params.react_s, scale=1.0 / 60.0),
        streams.logistic("group_post.threshold", keys),
    )


def draw_effort(params: GroupPostParams, streams: Streams, keys: Keys) -> Floats:
    """Minutes (n,) that buyers by hand need from their decision to the transfer, in either manual arm."""
    return streams.draw("group_post.effort", keys, params.effort_min)


class Gather(Protocol):
    """How a face says who of the members reads."""

    def __call__(
        self, n: PostNumbers, posts: Posts, members: Iterator[Invited], night_attendance: float, /
    ) -> Crowd:
        """Who reads the post."""


def readers_of(
    gather: Gather, params: GroupPostParams, n: PostNumbers, streams: Streams, market: Members, night: Night,
    carried: Carried | None = None,
) -> tuple[Crowd, ReaderLuck]:  # fmt: skip
    """Post in every group of one replication and draw the luck of those who read."""
    posts = draw_posts(streams, market.communities, carried)
    crowd = gather(n, posts, group_members(streams, market, carried), night.attendance)
    luck = draw_luck(params, streams, crowd.key)
    if carried is not None:
        luck = luck._replace(threshold=carried.thresholds(luck.threshold, crowd.key))
    return crowd, luck
