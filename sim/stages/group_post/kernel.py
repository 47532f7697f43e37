"""The post, compiled. Same signatures as `story`."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from sim.compiling import compiled, kernel
from sim.stages.audience import rules as audience_rules
from sim.stages.audience import trust_rules
from sim.stages.audience.draws import Invited
from sim.stages.audience.people import Crowd, People
from sim.stages.audience.trust_spec import TrustNumbers
from sim.stages.group_post import rules
from sim.stages.group_post.draws import Posts, ReaderLuck
from sim.stages.group_post.spec import PostNumbers

unit = compiled(audience_rules.unit)
text_score = compiled(trust_rules.text_score)
posted_at = compiled(rules.posted_at)
replies_at = compiled(rules.replies_at)
NEVER = math.nan


def gather(n: PostNumbers, posts: Posts, members: Iterable[Invited], night_attendance: float) -> Crowd:
    """Who reads the post today; nobody where the leader posts nothing."""
    posted = np.empty(len(posts.place))
    _post(posted, posts, n)
    share = audience_rules.attend_share(n.read_share, night_attendance)
    parts = [(np.empty(0, np.int64), np.empty(0, np.int32))]  # so that an empty market has columns too
    for invited in members:
        rows = np.empty(len(invited.key), np.int64)
        rows = rows[: _read(invited.community, invited.words, posted, share, rows)]
        parts.append((invited.key[rows], invited.community[rows]))
    key = np.concatenate([part[0] for part in parts])
    community = np.concatenate([part[1] for part in parts])
    return Crowd(key, community, np.zeros(len(key), np.int8), posted[community])


def read_and_reply(n: PostNumbers, trust: TrustNumbers, crowd: Crowd, luck: ReaderLuck) -> People:
    """The readers' day: the `people` table of a text arm, `wants` final."""
    size = len(crowd.key)
    arrive, decide, score = np.empty(size), np.empty(size), np.empty(size)
    wants = np.empty(size, np.bool_)
    _reply(crowd.reached_min, luck, n, trust, arrive, decide, score, wants)
    leave, asked, begun, answered = (np.full(size, NEVER) for _ in range(4))
    quiz = np.zeros(size, np.bool_)
    return People(*crowd, arrive, leave, quiz, asked, begun, answered, decide, score, luck.threshold, wants)


@kernel
def _post(posted, posts, n):
    """When each leader posts; NaN: not at all."""
    for c in range(posted.shape[0]):
        posted[c] = posted_at(posts.absent[c], posts.place[c], n)


@kernel
def _read(community, words, posted, share, rows):
    """Rows of the members who read; returns how many."""
    count = 0
    for i in range(community.shape[0]):
        if unit(words[i, 0]) < share:
            at = posted[community[i]]
            if at == at:
                rows[count] = i
                count += 1
    return count


@kernel
def _reply(posted, luck, n, trust, arrive, decide, score, wants):
    """Read, decide, reply before the cut-off or never."""
    for i in range(posted.shape[0]):
        arrive[i] = posted[i] + luck.delay[i]
        decide[i] = replies_at(arrive[i], luck.react[i], n)
        score[i] = NEVER
        wants[i] = False
        if decide[i] == decide[i]:
            score[i] = text_score(trust)
            wants[i] = score[i] >= luck.threshold[i]
