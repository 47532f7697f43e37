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


def draw_posts(streams: Streams, communities: int) -> Posts:
    """What the leaders do in the morning; the absent ones are those the leaders' table calls absent."""
    leader = np.arange(communities, dtype=np.int64)
    return Posts(streams.uniform("leaders.absent", leader), streams.uniform("group_post.post", leader))


def group_members(streams: Streams, market: Members) -> Iterator[Invited]:
    """All members in key order, a chunk at a time; word 0 decides whether they read."""
    for first in range(0, len(market.member_key), CHUNK):
        part = slice(first, first + CHUNK)
        key = market.member_key[part]
        yield Invited(key, market.member_community[part], draw_words("group_post.member", streams, key, 1))


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
    gather: Gather, params: GroupPostParams, n: PostNumbers, streams: Streams, market: Members, night: Night
) -> tuple[Crowd, ReaderLuck]:
    """Post in every group of one replication and draw the luck of those who read."""
    posts = draw_posts(streams, market.communities)
    crowd = gather(n, posts, group_members(streams, market), night.attendance)
    return crowd, draw_luck(params, streams, crowd.key)
