"""Audience and posts: the story and the kernels give the same columns to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.night import Night
from sim.random_streams import Streams
from sim.signals import MoodNumbers
from sim.stages.audience import kernel, story
from sim.stages.audience.draws import FRIEND_KEY, KOC_KEY, LUCK, Invited, Pushes, crowd_of
from sim.stages.audience.people import Crowd
from sim.stages.audience.spec import (
    ArrivalParams,
    AudienceNumbers,
    AudienceParams,
    KocParams,
    QuestionParams,
    SeedingParams,
    WatchParams,
    numbers,
)
from sim.stages.audience.trust_spec import TrustNumbers, TrustParams, trust_numbers
from sim.stages.group_post import kernel as post_kernel
from sim.stages.group_post import story as post_story
from sim.stages.group_post.draws import Posts, ReaderLuck, readers_of
from sim.stages.group_post.spec import GroupPostParams, PostNumbers
from sim.stages.group_post.spec import numbers as post_numbers

GRIDS = st.sampled_from([0.25, 1.0, 1.0 / 30.0, 0.0])
"""Quarter and whole minutes and two seconds, where ties are everywhere, and continuous times."""


class Town:
    """A market of a few small communities."""

    def __init__(self, sizes):
        self.communities = len(sizes)
        self.member_community = np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)
        index = np.concatenate([np.arange(size) for size in sizes]).astype(np.int64)
        self.member_key = (self.member_community.astype(np.int64) << 24) | index


def same(mine, theirs):
    """Assert that two tuples of columns are equal in type and in every bit, NaN equal to NaN."""
    for name, a, b in zip(mine._fields, mine, theirs, strict=True):
        assert a.dtype == b.dtype, name
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), name


def on_grid(values, grid):
    """Values rounded to the grid; continuous where it is 0."""
    return np.round(values / grid) * grid if grid else values


@st.composite
def shows(pick):
    """A random show of up to 80 viewers: numbers, trust, mood, crowd, luck."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    size, grid = pick(st.integers(0, 80)), pick(GRIDS)
    start, pace = 1170.0, pick(st.sampled_from([1.0, 0.1]))
    feed = start + pick(st.sampled_from([2.0, 5.25, 9.0]))
    n = AudienceNumbers(
        days=3, sent_at=600.0, send_share=0.8, leader_absent_share=0.1, reach_share=0.3, attend_share=0.5,
        koc_attend_share=0.5, brings_share=0.2, show_start=start,
        show_end=start + pick(st.sampled_from([12.0, 20.5])),
        tour_end=start + 6.0, offer_until=start + 14.0,
        offer_from=start + pick(st.sampled_from([0.0, 6.0, 8.25])),
        startup_leave_share=pick(st.sampled_from([0.0, 0.2])),
        stutter_factor=pick(st.sampled_from([1.0, 0.5])),
        feed_from=feed, feed_until=feed + 3.0, feed_leave_share=pick(st.sampled_from([0.0, 0.5])),
        waves=pick(st.integers(1, 3)), wave_gap=pick(st.sampled_from([0.0, 0.25, 2.0])),
        quiz_at=start + pick(st.sampled_from([3.0, 8.0])), quiz_share=pick(st.sampled_from([0.0, 0.5])),
        quiz_factor=pick(st.sampled_from([1.5, 1.3])), ask_share=pick(st.sampled_from([0.0, 0.3, 1.0])),
        team=pick(st.integers(0, 4)), patience=pick(st.sampled_from([0.0, 0.25, 1.0, 3.0])),
        not_wait_share=pick(st.sampled_from([0.0, 0.1, 1.0])),
    )  # fmt: skip
    trust = (
        TrustNumbers(*np.round(rng.normal(size=10) * 4).tolist())
        if grid
        else TrustNumbers(*rng.normal(size=10).tolist())
    )
    mood = MoodNumbers(
        pick(st.sampled_from([1, 5, 7])),
        pick(st.sampled_from([1, 60, 90])),
        pick(st.sampled_from([0.0, 1.0, 5.0])),
    )
    luck = np.zeros(size, LUCK)
    for name, mean in (
        ("arrive", 6.0),
        ("stay", 6.0),
        ("latency", 0.3),
        ("react", 0.5),
        ("think", 1.0),
        ("answer", 1.0),
    ):
        luck[name] = on_grid(rng.exponential(mean * pace, size), grid)
    luck["arrive"] = np.minimum(luck["arrive"], n.show_end - start - 0.25)  # the draws let nobody come later
    luck["think"] *= rng.random(size) < 0.5
    for name in ("quiz", "startup", "feed", "wait", "ask", "ask_at"):
        luck[name] = np.minimum(on_grid(rng.random(size), 0.25 if grid else 0.0), 1.0)
    luck["threshold"] = on_grid(trust.intercept + rng.logistic(size=size) * 3, 0.5 if grid else 0.0)
    crowd = Crowd(
        np.arange(size, dtype=np.int64),
        rng.integers(0, 3, size).astype(np.int32),
        np.sort(rng.integers(0, 3, size)).astype(np.int8),
        np.full(size, np.nan),
    )
    return n, trust, mood, crowd, luck


@settings(max_examples=500, deadline=None)
@given(shows())
def test_show_faces_agree(case):
    """Random shows with ties: who stays, asks, is answered, decides and wants is the same to the bit."""
    n, trust, mood, crowd, luck = case
    mine = kernel.show_by_hand(n, trust, mood, crowd, luck)
    same(mine, story.show_by_hand(n, trust, mood, crowd, luck))
    same(kernel.watch(n, trust, crowd, luck), story.watch(n, trust, crowd, luck))
    for first, seconds in ((70_200, 900), (70_500, 60)):
        counts = zip(
            kernel.question_counts(mine, n, first, seconds),
            story.question_counts(mine, n, first, seconds),
            strict=True,
        )
        assert all(np.array_equal(a, b) for a, b in counts)


@st.composite
def invitations(pick):
    """Random leaders, members in one or two chunks, strangers, with words that often lie on a boundary."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    communities, size, koc = pick(st.integers(1, 5)), pick(st.integers(0, 60)), pick(st.integers(0, 20))
    days = pick(st.integers(0, 3))
    n = numbers(
        AudienceParams(
            seeding=SeedingParams(
                days=days, attend_share=pick(st.sampled_from([0.0, 0.5, 1.0])), reach_share=0.5
            )
        ),
        care=pick(st.sampled_from([1.0, 0.3])),
        leader_absent_share=pick(st.sampled_from([0.0, 0.5])),
    )

    def words(count):
        return rng.integers(0, 5, (count, 4)).astype(np.uint32) * np.uint32(2**30 - 1)

    community = np.sort(rng.integers(0, communities, size)).astype(np.int32)
    key = np.arange(size, dtype=np.int64)
    cut = pick(st.integers(0, size))
    drawn = words(size)
    members = [Invited(key[part], community[part], drawn[part]) for part in (slice(0, cut), slice(cut, size))]
    strangers = Invited(
        KOC_KEY | np.arange(koc), rng.integers(0, communities, koc).astype(np.int32), words(koc)
    )
    pushes = Pushes(
        rng.random(communities), rng.random((communities, days)), rng.exponential(20.0, (communities, days))
    )
    return n, pushes, members, strangers, pick(st.sampled_from([1.0, 0.7, 3.0]))


@settings(max_examples=300, deadline=None)
@given(invitations())
def test_crowds_agree(case):
    """Random invitations: both faces name the same people in the same order, reached at the same time."""
    n, pushes, members, strangers, night = case
    same(
        kernel.gather(n, pushes, members, strangers, night),
        story.gather(n, pushes, members, strangers, night),
    )


@st.composite
def post_days(pick):
    """A random day of posts: numbers, trust, leaders, members, luck of everybody."""
    rng = np.random.default_rng(pick(st.integers(0, 2**32 - 1)))
    communities, size, grid = pick(st.integers(1, 5)), pick(st.integers(0, 80)), pick(GRIDS)
    n = PostNumbers(
        540.0,
        660.0,
        pick(st.sampled_from([0.0, 0.5, 1.0])),
        pick(st.sampled_from([0.0, 0.5])),
        pick(st.sampled_from([700.0, 1260.0])),
    )
    trust = TrustNumbers(*np.round(rng.normal(size=10)).tolist())
    posts = Posts(rng.random(communities), on_grid(rng.random(communities), 0.25 if grid else 0.0))
    words = rng.integers(0, 5, (size, 4)).astype(np.uint32) * np.uint32(2**30 - 1)
    community = np.sort(rng.integers(0, communities, size)).astype(np.int32)
    luck = ReaderLuck(
        on_grid(rng.exponential(60.0, size), grid),
        on_grid(rng.exponential(2.0, size), grid),
        on_grid(rng.logistic(size=size), grid),
    )
    return n, trust, posts, Invited(np.arange(size, dtype=np.int64), community, words), luck


@settings(max_examples=300, deadline=None)
@given(post_days())
def test_posts_agree(case):
    """Random posts: readers, their reading, deciding and wanting are bit-identical."""
    n, trust, posts, members, luck = case
    crowd = post_kernel.gather(n, posts, [members], 1.0)
    same(crowd, post_story.gather(n, posts, [members], 1.0))
    mine = ReaderLuck(*(column[: len(crowd.key)] for column in luck))
    same(post_kernel.read_and_reply(n, trust, crowd, mine), post_story.read_and_reply(n, trust, crowd, mine))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 7))
def test_drawn_audiences_agree(seed, sizes, days):
    """From the draws on: whole audiences, live and by post, are the same in both faces, keys unique."""
    params = AudienceParams(
        seeding=SeedingParams(days=days),
        koc=KocParams(count=2, viewers_each=10.0),
        questions=QuestionParams(ask_share=0.3),
        watch=WatchParams(startup_s=4.0, feed_lost_minutes=5.0, rebuffer_share=0.02),
        arrival=ArrivalParams(push_after_min=57.0),
    )
    town, streams, night = Town(sizes), Streams(seed, 3), Night(1.1, 1.0, 1.0, 1.0, 1.0, False)
    trust = trust_numbers(
        TrustParams(), -1.0, expected_min=None, discount_share=0.15, member_discount_share=0.0
    )
    n = numbers(params)
    people = [
        face.watch(n, trust, *crowd_of(face.gather, params, n, streams, town, night, 1.3))
        for face in (kernel, story)
    ]
    same(*people)
    mine = people[0]
    assert len(np.unique(mine.key)) == len(mine.key)
    friends = mine.key[mine.origin == 2]
    assert np.isin(friends ^ FRIEND_KEY, mine.key).all()

    post = GroupPostParams(read_share=0.5)
    p = post_numbers(post, cutoff_min=900.0, leader_absent_share=0.2)
    read = [
        face.read_and_reply(p, trust, *readers_of(face.gather, post, p, streams, town, night))
        for face in (post_kernel, post_story)
    ]
    same(*read)
