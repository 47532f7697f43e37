"""The arithmetic of a post, shared by both faces. Times are minutes since D0 00:00."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.stages.group_post.spec import PostNumbers

NEVER = float("nan")


def posted_at(absent: float, place: float, n: PostNumbers) -> float:
    """When a leader posts, somewhere in the morning's window; NaN when absent."""
    if absent < n.leader_absent_share:
        return NEVER
    return n.post_from + place * (n.post_until - n.post_from)


def replies_at(read: float, react: float, n: PostNumbers) -> float:
    """When a reader has decided, and replies if it is yes; NaN after the cut-off, when nothing counts."""
    reply = read + react
    if reply <= n.cutoff:
        return reply
    return NEVER
