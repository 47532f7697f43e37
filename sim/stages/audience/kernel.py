"""The audience, compiled: one pass over the invited, one over the viewers, one over the questions.

Same signatures as `story`; arrays as described in `draws` and `people`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import signals
from sim.compiling import compiled, kernel
from sim.signals import MoodNumbers
from sim.stages.audience import rules, trust_rules
from sim.stages.audience.draws import FRIEND_KEY, Invited, Pushes
from sim.stages.audience.people import FRIEND, MEMBER, STRANGER, Crowd, People
from sim.stages.audience.spec import AudienceNumbers, question_team
from sim.stages.audience.trust_spec import TrustNumbers
from sim.station import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

unit = compiled(rules.unit)
attend_share = compiled(rules.attend_share)
pushed_at = compiled(rules.pushed_at)
bored_at = compiled(rules.bored_at)
takes_part = compiled(rules.takes_part)
after_quiz = compiled(rules.after_quiz)
leaves_at = compiled(rules.leaves_at)
decides = compiled(rules.decides)
watched_until = compiled(rules.watched_until)
asks = compiled(rules.asks)
share_seen = compiled(rules.share_seen)
score_of = compiled(trust_rules.score)
second_of = compiled(signals.second_of)
tick_start = compiled(signals.tick_start)
mood_of = compiled(signals.mood)
ZERO = np.int64(0)
ONE = np.int64(1)
NEVER = math.nan


def gather(
    n: AudienceNumbers,
    pushes: Pushes,
    members: Iterable[Invited],
    strangers: Invited,
    night_attendance: float,
) -> Crowd:
    """Who of the invited comes, and whom they bring."""
    sent = np.empty(pushes.send.shape)
    _send(sent, pushes, n)
    share = rules.attend_share(n.attend_share, night_attendance)
    parts = [_coming(invited, sent, n.reach_share, share, n.brings_share, True) for invited in members]
    koc = rules.attend_share(n.koc_attend_share, night_attendance)
    parts.append(_coming(strangers, sent, n.reach_share, koc, n.brings_share, False))
    known, new = parts[:-1], parts[-1]
    key = np.concatenate([part[0] for part in parts])
    community = np.concatenate([part[1] for part in parts])
    brings = np.concatenate([part[3] for part in parts])
    count = [sum(len(part[0]) for part in known), len(new[0]), int(np.count_nonzero(brings))]
    return Crowd(
        key=np.concatenate([key, key[brings] | FRIEND_KEY]),
        community=np.concatenate([community, community[brings]]),
        origin=np.repeat(np.array([MEMBER, STRANGER, FRIEND], np.int8), count),
        reached_min=np.concatenate([*(part[2] for part in parts), np.full(count[2], NEVER)]),
    )


def watch(n: AudienceNumbers, trust: TrustNumbers, crowd: Crowd, luck: NDArray[Any]) -> People:
    """The show as everybody in the crowd sees it, up to the wish to buy if the chat were silent."""
    size = len(luck)
    arrive, leave, decide, asked, until = (np.empty(size) for _ in range(5))
    quiz = np.empty(size, np.bool_)
    asking = np.empty(size, np.int64)
    askers = _view(luck, crowd.community, n, arrive, leave, quiz, decide, asked, until, asking)
    who = asking[:askers]
    patience = np.full(askers, n.patience)
    told = serve(question_team(n), asked[who], luck["answer"][who], "compiled", patience=patience)
    begun, answered = np.full(size, NEVER), np.full(size, NEVER)
    begun[who], answered[who] = told.start, told.end
    score, wants = np.empty(size), np.empty(size, np.bool_)
    _judge(luck, crowd.origin, n, trust, arrive, until, decide, asked, answered, score, wants)
    threshold = np.ascontiguousarray(luck["threshold"])
    return People(*crowd, arrive, leave, quiz, asked, begun, answered, decide, score, threshold, wants)


def show_by_hand(
    n: AudienceNumbers, trust: TrustNumbers, mood: MoodNumbers, crowd: Crowd, luck: NDArray[Any]
) -> People:
    """A show without a checkout: the chat's mood comes from its questions alone, and `wants` is final."""
    people = watch(n, trust, crowd, luck)
    first = signals.second_of(n.show_start)
    seconds = max(2, 2 + _latest_second(people) - first)
    unanswered, answered = question_counts(people, n, first, seconds)
    _moody(people.decide_min, people.score, people.threshold, unanswered, answered, first, mood, people.wants)
    return people


def question_counts(
    people: People, n: AudienceNumbers, first_second: int, seconds: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Questions given up, and answered, in each second from `first_second` on: two arrays (seconds,).

    What lies outside is not counted.
    """
    unanswered, answered = np.zeros(seconds, np.int64), np.zeros(seconds, np.int64)
    _count(people.asked_min, people.answered_min, n.patience, first_second, unanswered, answered)
    return unanswered, answered


def _latest_second(people: People) -> int:
    latest = np.nanmax(people.decide_min, initial=people.leave_min.max(initial=0.0))
    return signals.second_of(float(latest))


@kernel
def _send(sent, pushes, n):
    """When each leader's push of each day goes out; NaN: never."""
    for c in range(sent.shape[0]):
        for day in range(sent.shape[1]):
            sent[c, day] = NEVER
            if pushes.absent[c] >= n.leader_absent_share and pushes.send[c, day] < n.send_share:
                sent[c, day] = pushed_at(day, pushes.delay[c, day], n)


def _coming(
    invited: Invited, sent: NDArray[np.float64], reach: float, share: float, brings_share: float,
    by_push: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]]:  # fmt: skip
    size = len(invited.key)
    key, community = np.empty(size, np.int64), np.empty(size, np.int32)
    reached, brings = np.empty(size), np.empty(size, np.bool_)
    count = _pick(*invited, sent, reach, share, brings_share, by_push, key, community, reached, brings)
    return key[:count], community[:count], reached[:count], brings[:count]


@kernel
def _pick(
    in_key, in_community, words, sent, reach, share, brings_share, by_push, key, community, reached, brings
):
    """Copy out those who come: word 0 says whether and whether with a friend, the others which day."""
    days = sent.shape[1] if by_push else 0
    friendly = share * brings_share
    count = ZERO
    for i in range(in_key.shape[0]):
        comes = unit(words[i, 0])
        first = NEVER
        for later in range(days):
            day = days - 1 - later
            at = sent[in_community[i], day]
            # selections and one unconditional write: no branch predictor guesses a coin toss
            first = at if (unit(words[i, day + 1]) < reach) & (at == at) else first
        key[count] = in_key[i]
        community[count] = in_community[i]
        reached[count] = first
        brings[count] = comes < friendly
        count += ONE if (comes < share) & ((not by_push) | (first == first)) else ZERO
    return count


@kernel
def _view(luck, community, n, arrive, leave, quiz, decide, asked, until, asking):
    """Arrive, stay, decide, ask; returns how many rows of `asking` are filled."""
    askers = 0
    for i in range(luck.shape[0]):
        mine = luck[i]
        came = n.show_start + mine["arrive"]
        goes = bored_at(came, mine["stay"], mine["startup"], n)
        played = takes_part(came, goes, mine["quiz"], n)
        if played:
            goes = after_quiz(goes, n)
        goes = leaves_at(came, goes, mine["feed"], n)
        when = decides(
            came, goes, mine["wait"], mine["latency"], mine["react"], mine["think"], community[i], n
        )
        seen = watched_until(goes, when)
        question = asks(came, seen, mine["ask"], mine["ask_at"], n)
        arrive[i] = came
        leave[i] = goes
        quiz[i] = played
        decide[i] = when
        until[i] = seen
        asked[i] = question
        if question == question:
            asking[askers] = i
            askers += 1
    return askers


@kernel
def _judge(luck, origin, n, trust, arrive, until, decide, asked, answered, score, wants):
    """The score of everybody who decides."""
    for i in range(luck.shape[0]):
        score[i] = NEVER
        wants[i] = False
        if decide[i] == decide[i]:
            tour = share_seen(arrive[i], until[i], n.show_start, n.tour_end)
            talk = share_seen(arrive[i], until[i], n.tour_end, n.show_end)
            score[i] = score_of(tour, talk, decide[i], asked[i], answered[i], origin[i] == MEMBER, n, trust)
            wants[i] = score[i] >= luck[i]["threshold"]


@kernel
def _count(asked, answered, patience, first, unanswered_in, answered_in):
    for i in range(asked.shape[0]):
        if asked[i] == asked[i]:
            if answered[i] == answered[i]:
                second = second_of(answered[i]) - first
                if second >= 0 and second < answered_in.shape[0]:
                    answered_in[second] += 1
            else:
                second = second_of(asked[i] + patience) - first
                if second >= 0 and second < unanswered_in.shape[0]:
                    unanswered_in[second] += 1


@kernel
def _moody(decide, score, threshold, failures, successes, first, mood, wants):
    """Judge again with the mood: running totals turn a memory into two differences."""
    seconds = failures.shape[0]
    failed = np.zeros(seconds + 1, np.int64)
    went_well = np.zeros(seconds + 1, np.int64)
    for s in range(seconds):
        failed[s + 1] = failed[s] + failures[s]
        went_well[s + 1] = went_well[s] + successes[s]
    for i in range(decide.shape[0]):
        if decide[i] == decide[i]:
            last = tick_start(second_of(decide[i]), mood.tick_s) - first
            start = max(0, last - mood.memory_s)
            last = max(0, last)
            chat = mood_of(failed[last] - failed[start], went_well[last] - went_well[start], mood.gain)
            wants[i] = score[i] + chat >= threshold[i]
