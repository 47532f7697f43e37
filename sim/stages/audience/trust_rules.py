"""The trust score: one decision rule of all four arms, compared with a person's own threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.stages.audience.spec import AudienceNumbers
    from sim.stages.audience.trust_spec import TrustNumbers


def score(
    tour_seen: float, talk_seen: float, decide: float, asked: float, answered: float, member: bool,
    n: AudienceNumbers, t: TrustNumbers,
) -> float:  # fmt: skip
    """What a viewer's decision to buy is made of, chat mood aside; compared with their threshold."""
    total = t.intercept + t.host
    total += t.tour * tour_seen
    total += t.talk * talk_seen
    if asked <= decide:
        total += t.answered if answered <= decide else t.unanswered
    if member:
        total += t.tie
    if n.offer_from <= decide < n.offer_until:
        total += t.member_offer if member else t.offer
    return total - t.friction


def text_score(t: TrustNumbers) -> float:
    """The same decision for a member who reads a post: no show, no offer; the leader is a neighbour."""
    return t.intercept + t.tie - t.friction
