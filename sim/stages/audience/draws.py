"""All chance of the audience, drawn before either face starts and keyed to leader, member or viewer.

A member's or stranger's invitation is a block of four 32-bit words: word 0 decides coming and bringing a
friend, words 1, 2, … being reached on each day. A viewer's luck is a record of ready numbers: whatever needs
a logarithm is worked out here, because the engines use none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from sim.random_streams import Streams, law_numbers, purpose_code
from sim.remembered import remembered
from sim.stages.audience.spec import AudienceNumbers, AudienceParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.carried import Carried
    from sim.night import Night
    from sim.stages.audience.people import Crowd

CHUNK = 65_536
"""Members invited at a time: their words stay in the cache, and memory does not grow with the market."""
KOC_KEY = 1 << 40
FRIEND_KEY = 1 << 41
INDEX_BITS = 24

LUCK = np.dtype(
    [
        ("arrive", "f8"),  # minutes after the show's start
        ("stay", "f8"),  # minutes, not yet cut
        ("quiz", "f8"),  # uniform
        ("startup", "f8"),  # uniform
        ("feed", "f8"),  # uniform
        ("wait", "f8"),  # uniform
        ("latency", "f8"),  # minutes
        ("react", "f8"),  # minutes
        ("think", "f8"),  # minutes on top, 0 for those who decide at once
        ("ask", "f8"),  # uniform
        ("ask_at", "f8"),  # uniform: where in what they watch
        ("answer", "f8"),  # minutes of the team; NaN for those who do not ask
        ("threshold", "f8"),  # logistic
    ]
)
"""A viewer's luck, one record a row of `people`."""


class Members(Protocol):
    """What the audience reads of the market."""

    @property
    def communities(self) -> int:
        """How many there are."""

    @property
    def member_community(self) -> NDArray[np.int32]:
        """Each member's community, shape (m,)."""

    @property
    def member_key(self) -> NDArray[np.int64]:
        """Each member's key, shape (m,)."""


class Pushes(NamedTuple):
    """Chance of the leaders: uniforms `absent` (C,) and `send` (C, days), minutes `delay` (C, days)."""

    absent: NDArray[np.float64]
    send: NDArray[np.float64]
    delay: NDArray[np.float64]


class Invited(NamedTuple):
    """People who may come: key (m,) int64, community (m,) int32, words (m, ≥ 1 + days) uint32."""

    key: NDArray[np.int64]
    community: NDArray[np.int32]
    words: NDArray[np.uint32]


class LuckNumbers(NamedTuple):
    """What `LUCK` is drawn from: shares, minutes, and laws as (code, a, b)."""

    opening_share: float
    opening_minutes: float
    push_share: float
    push_after: float
    push_minutes: float
    rest_mean: float
    show_minutes: float
    short_share: float
    short: tuple[int, float, float]
    long: tuple[int, float, float]
    late_share: float
    latency: float
    latency_sd: float
    late_latency: float
    late_latency_sd: float
    react: tuple[int, float, float]
    at_once_share: float
    think: tuple[int, float, float]
    ask_share: float
    answer: tuple[int, float, float]
    drills: bool


def draw_pushes(
    params: AudienceParams, streams: Streams, communities: int, carried: Carried | None = None
) -> Pushes:
    """What the leaders of all communities do on the days of seeding."""
    leader = np.arange(communities, dtype=np.int64)
    seeding = params.seeding
    away = streams.uniform("leaders.absent", leader)
    return Pushes(
        away if carried is None else carried.absent(away),
        streams.uniform("audience.push", leader, attempts=seeding.days),
        streams.draw("audience.push_delay", leader, seeding.delay_min, attempts=seeding.days),
    )


def invite_members(
    params: AudienceParams, streams: Streams, market: Members, carried: Carried | None = None
) -> Iterator[Invited]:
    """All members, a chunk at a time, in key order."""
    blocks = (params.seeding.days + 4) // 4
    for first in range(0, len(market.member_key), CHUNK):
        part = slice(first, first + CHUNK)
        key = market.member_key[part]
        words = draw_words("audience.invited", streams, key, blocks)
        if carried is not None:
            words = carried.invited(words, first)
        yield Invited(key, market.member_community[part], words)


def invite_strangers(params: AudienceParams, streams: Streams, communities: int, scale: float) -> Invited:
    """Everybody the KOC invite; each lives in some community."""
    each = int(np.floor(params.koc.viewers_each * scale / params.koc.attend_share + 0.5))
    koc = np.repeat(np.arange(params.koc.count, dtype=np.int64), each)
    index = np.tile(np.arange(each, dtype=np.int64), params.koc.count)
    key = KOC_KEY | (koc << INDEX_BITS) | index
    words = draw_words("audience.stranger", streams, key, 1)
    home = np.minimum((words[:, 1] + 0.5) * 2.0**-32 * communities, communities - 1.0)
    return Invited(key, home.astype(np.int32), words)


def draw_words(purpose: str, streams: Streams, keys: NDArray[np.int64], blocks: int) -> NDArray[np.uint32]:
    """Random words (n, 4 × blocks) of the people with these keys."""
    from sim.stages.audience import draws_kernel

    words = np.empty((len(keys), 4 * blocks), np.uint32)
    draws_kernel.fill_words(words, streams.seed, streams.replication, np.uint64(purpose_code(purpose)), keys)
    return words


def draw_luck(params: AudienceParams, streams: Streams, keys: NDArray[np.int64]) -> NDArray[Any]:
    """Luck (n,) of dtype `LUCK` of the viewers with these keys."""
    from sim.stages.audience import draws_kernel

    luck = np.empty(len(keys), LUCK)
    purpose = np.uint64(purpose_code("audience.viewer"))
    draws_kernel.fill_luck(luck, streams.seed, streams.replication, purpose, keys, luck_numbers(params))
    return luck


@remembered
def luck_numbers(params: AudienceParams) -> LuckNumbers:
    """The constants `LUCK` is drawn with, in minutes."""
    arrival, watch, intent = params.arrival, params.watch, params.intent
    return LuckNumbers(
        opening_share=float(arrival.opening_share),
        opening_minutes=float(arrival.opening_minutes),
        push_share=float(arrival.push_share),
        push_after=float(arrival.push_after_min),
        push_minutes=float(arrival.push_minutes),
        rest_mean=float(arrival.rest_mean_min),
        show_minutes=float(params.show.minutes),
        short_share=float(watch.short_share),
        short=law_numbers(watch.short_min),
        long=law_numbers(watch.long_min),
        late_share=float(intent.late_share),
        latency=intent.latency_s / 60.0,
        latency_sd=intent.latency_sd_s / 60.0,
        late_latency=intent.late_latency_s / 60.0,
        late_latency_sd=intent.late_latency_sd_s / 60.0,
        react=law_numbers(intent.react_s, 1.0 / 60.0),
        at_once_share=float(intent.at_once_share),
        think=law_numbers(intent.think_min),
        ask_share=float(params.questions.ask_share),
        answer=law_numbers(params.questions.answer_s, 1.0 / 60.0),
        drills=bool(watch.startup_s > watch.startup_free_s or watch.feed_lost_minutes > 0.0),
    )


class Gather(Protocol):
    """How a face says who of the invited comes."""

    def __call__(
        self, n: AudienceNumbers, pushes: Pushes, members: Iterator[Invited], strangers: Invited,
        night_attendance: float, /,
    ) -> Crowd:  # fmt: skip
        """Who comes, and whom they bring."""


def crowd_of(
    gather: Gather, params: AudienceParams, n: AudienceNumbers, streams: Streams, market: Members,
    night: Night, scale: float, carried: Carried | None = None,
) -> tuple[Crowd, NDArray[Any]]:  # fmt: skip
    """Invite everybody of one replication and draw the luck of those who come."""
    crowd = gather(
        n,
        draw_pushes(params, streams, market.communities, carried),
        invite_members(params, streams, market, carried),
        invite_strangers(params, streams, market.communities, scale),
        night.attendance,
    )
    luck = draw_luck(params, streams, crowd.key)
    if carried is not None:
        luck["threshold"] = carried.thresholds(luck["threshold"], crowd.key)
    return crowd, luck
