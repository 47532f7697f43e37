"""The post as a story: every reader is a process who reads, decides, and perhaps buys.

Same results as `kernel`, to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable
from typing import Any

import numpy as np
import simpy

from sim import ranks
from sim.ranked import RankedEnvironment
from sim.stages.audience import rules as audience_rules
from sim.stages.audience import trust_rules
from sim.stages.audience.draws import Invited
from sim.stages.audience.people import MEMBER, Crowd, People
from sim.stages.audience.story import crowd_table
from sim.stages.audience.trust_spec import TrustNumbers
from sim.stages.group_post import rules
from sim.stages.group_post.draws import Posts, ReaderLuck
from sim.stages.group_post.spec import PostNumbers

Life = Generator[simpy.Event, Any, None]
NEVER = math.nan


def gather(n: PostNumbers, posts: Posts, members: Iterable[Invited], night_attendance: float) -> Crowd:
    """Who reads the post today; nobody where the leader posts nothing."""
    leaders = zip(posts.absent.tolist(), posts.place.tolist(), strict=True)
    posted = [rules.posted_at(absent, place, n) for absent, place in leaders]
    share = audience_rules.attend_share(n.read_share, night_attendance)
    readers = [
        (key, community, MEMBER, posted[community])
        for invited in members
        for key, community, words in zip(*(column.tolist() for column in invited), strict=True)
        if audience_rules.unit(words[0]) < share and not math.isnan(posted[community])
    ]
    return crowd_table(readers)


class Group:
    """The readers of all groups in one environment."""

    def __init__(
        self, env: RankedEnvironment, n: PostNumbers, trust: TrustNumbers, crowd: Crowd, luck: ReaderLuck
    ) -> None:
        size = len(crowd.key)
        self.env, self.n, self.trust, self.crowd, self.luck = env, n, trust, crowd, luck
        self.posted = crowd.reached_min.tolist()
        self.delay, self.react, self.threshold = (column.tolist() for column in luck)
        self.arrive, self.decide_at, self.score = [NEVER] * size, [NEVER] * size, [NEVER] * size
        self.wants = [False] * size

    def reader(self, i: int, buy: Callable[[int], Life] | None = None) -> Life:
        """A reader's day; `buy` is what those do who want to, in the same process."""
        yield from self.read(i)
        yield from self.decide(i)
        if buy is not None and self.wants[i]:
            yield from buy(i)

    def read(self, i: int) -> Life:
        """Come across the post."""
        self.arrive[i] = self.posted[i] + self.delay[i]
        yield self.env.at(self.arrive[i], ranks.ARRIVE, i)

    def decide(self, i: int) -> Life:
        """Decide, in time for the cut-off or never."""
        reply = rules.replies_at(self.arrive[i], self.react[i], self.n)
        if math.isnan(reply):
            return
        yield self.env.at(reply, ranks.DECIDE, i)
        self.decide_at[i] = reply
        self.score[i] = trust_rules.text_score(self.trust)
        self.wants[i] = self.score[i] >= self.threshold[i]

    def people(self) -> People:
        """The table of all readers, once the day is over."""
        size = len(self.arrive)
        return People(
            key=self.crowd.key,
            community=self.crowd.community,
            origin=self.crowd.origin,
            reached_min=self.crowd.reached_min,
            arrive_min=np.array(self.arrive, np.float64),
            leave_min=np.full(size, NEVER),
            quiz=np.zeros(size, np.bool_),
            asked_min=np.full(size, NEVER),
            answer_start_min=np.full(size, NEVER),
            answered_min=np.full(size, NEVER),
            decide_min=np.array(self.decide_at, np.float64),
            score=np.array(self.score, np.float64),
            threshold=self.luck.threshold,
            wants=np.array(self.wants, np.bool_),
        )


def read_and_reply(n: PostNumbers, trust: TrustNumbers, crowd: Crowd, luck: ReaderLuck) -> People:
    """The readers' day: the `people` table of a text arm, `wants` final."""
    env = RankedEnvironment()
    group = Group(env, n, trust, crowd, luck)
    for i in range(len(crowd.key)):
        env.process(group.reader(i))
    env.run()
    return group.people()
