"""The arithmetic of a viewer, shared by both faces. Times are minutes since D0 00:00.

`n` is `spec.AudienceNumbers` everywhere. No rule calls another, so that each can be compiled by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import DAY_MIN

if TYPE_CHECKING:
    from sim.stages.audience.spec import AudienceNumbers

NEVER = float("nan")


def attend_share(share: float, night_factor: float) -> float:
    """Probability to come on a night with this attendance factor."""
    return min(1.0, share * night_factor)


def pushed_at(day: int, delay: float, n: AudienceNumbers) -> float:
    """When a leader's push of seeding day 0, 1, … goes out; the days end the day before the show."""
    return (day - n.days) * DAY_MIN + n.sent_at + delay


def bored_at(arrive: float, stay: float, startup: float, n: AudienceNumbers) -> float:
    """When a viewer would leave by themselves: at once without a picture, sooner if it stutters."""
    if startup < n.startup_leave_share:
        return arrive
    return arrive + stay * n.stutter_factor


def takes_part(arrive: float, leave: float, quiz: float, n: AudienceNumbers) -> bool:
    """Is there when the quiz starts, and takes part."""
    return quiz < n.quiz_share and arrive <= n.quiz_at and n.quiz_at < leave


def after_quiz(leave: float, n: AudienceNumbers) -> float:
    """A quiz lengthens what was left of the stay."""
    return n.quiz_at + (leave - n.quiz_at) * n.quiz_factor


def leaves_at(arrive: float, leave: float, feed: float, n: AudienceNumbers) -> float:
    """When a viewer leaves at last: driven off by a lost feed, or at the end of the show."""
    if feed < n.feed_leave_share and arrive < n.feed_until and leave > n.feed_from:
        leave = max(arrive, n.feed_from)
    return min(leave, n.show_end)


def decides(
    arrive: float,
    leave: float,
    wait: float,
    latency: float,
    react: float,
    think: float,
    community: int,
    n: AudienceNumbers,
) -> float:
    """When a viewer decides; NaN for one who left before the price they wait for was there.

    Communities get the link to the offer in waves (错峰), in turn by their index. The price is seen through
    the stream's latency; thinking ends with leaving, not before the first reaction.
    """
    price = n.show_start if wait < n.not_wait_share else n.offer_from + n.wave_gap * (community % n.waves)
    sees = max(arrive, price)
    if leave <= sees:
        return NEVER
    first = sees + latency + react
    return min(first + think, max(leave, first))


def watched_until(leave: float, decide: float) -> float:
    """End of what a viewer has seen before deciding, or at all."""
    if decide < leave:
        return decide
    return leave


def asks(arrive: float, until: float, ask: float, ask_at: float, n: AudienceNumbers) -> float:
    """When a viewer asks: somewhere in what they watch before deciding; NaN for most."""
    if ask < n.ask_share:
        return min(until, arrive + ask_at * (until - arrive))
    return NEVER


def share_seen(arrive: float, until: float, first: float, last: float) -> float:
    """Share of the programme from `first` to `last` that was watched."""
    seen = min(until, last) - max(arrive, first)
    if seen <= 0.0:
        return 0.0
    return seen / (last - first)


def unit(word: float) -> float:
    """A 32-bit word as a number strictly between 0 and 1."""
    return (word + 0.5) * (1.0 / 4294967296.0)
