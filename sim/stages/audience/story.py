"""The audience as a story: every viewer is a process who comes, perhaps asks, decides, and perhaps buys.

Same results as `kernel`, to the bit; this is the face to read and to extend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from sim import ranks
from sim.ranked import RankedEnvironment
from sim.signals import Chat, MoodNumbers, second_of
from sim.stages.audience import rules, trust_rules
from sim.stages.audience.draws import FRIEND_KEY, Invited, Pushes
from sim.stages.audience.people import FRIEND, MEMBER, STRANGER, Crowd, People
from sim.stages.audience.spec import AudienceNumbers, question_team
from sim.stages.audience.trust_spec import TrustNumbers
from sim.station.inputs import Inputs, check_inputs
from sim.station.story import StationStory

if TYPE_CHECKING:
    from numpy.typing import NDArray

Life = Generator[simpy.Event, Any, None]
NEVER = math.nan


def gather(
    n: AudienceNumbers,
    pushes: Pushes,
    members: Iterable[Invited],
    strangers: Invited,
    night_attendance: float,
) -> Crowd:
    """Who of the invited comes, and whom they bring."""
    sent = _pushes_sent(n, pushes)
    people: list[tuple[int, int, int, float]] = []
    friends: list[tuple[int, int, int, float]] = []

    def comes(key: int, community: int, origin: int, reached: float, word: float, share: float) -> None:
        if word < share:
            people.append((key, community, origin, reached))
            if word < share * n.brings_share:
                friends.append((key | FRIEND_KEY, community, FRIEND, NEVER))

    member_share = rules.attend_share(n.attend_share, night_attendance)
    for invited in members:
        for key, community, words in zip(*(column.tolist() for column in invited), strict=True):
            reached = _first_reached(n, sent[community], words[1:])
            if not math.isnan(reached):
                comes(key, community, MEMBER, reached, rules.unit(words[0]), member_share)
    stranger_share = rules.attend_share(n.koc_attend_share, night_attendance)
    for key, community, words in zip(*(column.tolist() for column in strangers), strict=True):
        comes(key, community, STRANGER, NEVER, rules.unit(words[0]), stranger_share)

    return crowd_table(people + friends)


def crowd_table(rows: list[tuple[int, int, int, float]]) -> Crowd:
    """People as (key, community, origin, reached) turned into columns."""
    key, community, origin, reached = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Crowd(
        np.array(key, np.int64),
        np.array(community, np.int32),
        np.array(origin, np.int8),
        np.array(reached, np.float64),
    )


def _pushes_sent(n: AudienceNumbers, pushes: Pushes) -> list[list[float]]:
    """When each leader's push of each day goes out; NaN: never."""
    sent = []
    for absent, send, delay in zip(*(column.tolist() for column in pushes), strict=True):
        here = absent >= n.leader_absent_share
        days = []
        for day, (u, wait) in enumerate(zip(send, delay, strict=True)):
            days.append(rules.pushed_at(day, wait, n) if here and u < n.send_share else NEVER)
        sent.append(days)
    return sent


def _first_reached(n: AudienceNumbers, sent: list[float], words: list[int]) -> float:
    """The first push that reaches a member, days being independent; NaN if none does."""
    for at, word in zip(sent, words, strict=False):
        if at == at and rules.unit(word) < n.reach_share:
            return at
    return NEVER


class Audience:
    """The viewers of one show in one environment."""

    def __init__(
        self,
        env: RankedEnvironment,
        n: AudienceNumbers,
        trust: TrustNumbers,
        chat: Chat,
        crowd: Crowd,
        luck: NDArray[Any],
    ) -> None:
        size = len(luck)
        self.env, self.n, self.trust, self.chat, self.crowd = env, n, trust, chat, crowd
        self.luck = [dict(zip(luck.dtype.names or (), row, strict=True)) for row in luck.tolist()]
        self.origin, self.community = crowd.origin.tolist(), crowd.community.tolist()
        self.team = StationStory(env, question_team(n), questions(n, luck["answer"]))
        self.arrive, self.leave, self.until = [NEVER] * size, [NEVER] * size, [NEVER] * size
        self.decide_at, self.asked, self.score = [NEVER] * size, [NEVER] * size, [NEVER] * size
        self.quiz, self.wants = [False] * size, [False] * size

    def viewer(self, i: int, buy: Callable[[int], Life] | None = None) -> Life:
        """A viewer's evening; `buy` is what those do who want to, in the same process."""
        yield from self.enter(i)
        yield from self.ask(i)
        yield from self.decide(i)
        if buy is not None and self.wants[i]:
            yield from buy(i)

    def enter(self, i: int) -> Life:
        """Come to the show, knowing how long one stays and when one will have made up one's mind."""
        n, mine = self.n, self.luck[i]
        arrive = n.show_start + mine["arrive"]
        yield self.env.at(arrive, ranks.ARRIVE, i)
        leave = rules.bored_at(arrive, mine["stay"], mine["startup"], n)
        self.quiz[i] = rules.takes_part(arrive, leave, mine["quiz"], n)
        if self.quiz[i]:
            leave = rules.after_quiz(leave, n)
        leave = rules.leaves_at(arrive, leave, mine["feed"], n)
        home = self.community[i]
        decide = rules.decides(
            arrive, leave, mine["wait"], mine["latency"], mine["react"], mine["think"], home, n
        )
        self.arrive[i], self.leave[i], self.decide_at[i] = arrive, leave, decide
        self.until[i] = rules.watched_until(leave, decide)

    def ask(self, i: int) -> Life:
        """Ask a question in the chat, as few do, and go on watching."""
        mine = self.luck[i]
        asked = rules.asks(self.arrive[i], self.until[i], mine["ask"], mine["ask_at"], self.n)
        if not math.isnan(asked):
            yield self.env.at(asked, ranks.ASK, i)
            self.asked[i] = asked
            self.env.process(self.await_answer(i))

    def await_answer(self, i: int) -> Life:
        """Wait for the team; the chat sees whether an answer comes or patience ends."""
        yield from self.team.customer(i)
        if self.team.out.served[i]:
            self.chat.note_success(self.env.now)
        else:
            self.chat.note_failure(self.env.now)

    def decide(self, i: int) -> Life:
        """Weigh what was seen and answered, look at the chat, and buy or not; gone viewers never get here."""
        decide = self.decide_at[i]
        if math.isnan(decide):
            return
        yield self.env.at(decide, ranks.DECIDE, i)
        n, arrive, until = self.n, self.arrive[i], self.until[i]
        tour = rules.share_seen(arrive, until, n.show_start, n.tour_end)
        talk = rules.share_seen(arrive, until, n.tour_end, n.show_end)
        answered, member = self.team.out.end.item(i), self.origin[i] == MEMBER
        self.score[i] = trust_rules.score(tour, talk, decide, self.asked[i], answered, member, n, self.trust)
        self.wants[i] = self.score[i] + self.chat.mood(decide) >= self.luck[i]["threshold"]

    def people(self) -> People:
        """The table of everybody, once the show is over."""
        return People(
            key=self.crowd.key,
            community=self.crowd.community,
            origin=self.crowd.origin,
            reached_min=self.crowd.reached_min,
            arrive_min=np.array(self.arrive, np.float64),
            leave_min=np.array(self.leave, np.float64),
            quiz=np.array(self.quiz, np.bool_),
            asked_min=np.array(self.asked, np.float64),
            answer_start_min=self.team.out.start,
            answered_min=self.team.out.end,
            decide_min=np.array(self.decide_at, np.float64),
            score=np.array(self.score, np.float64),
            threshold=np.array([mine["threshold"] for mine in self.luck], np.float64),
            wants=np.array(self.wants, np.bool_),
        )


def questions(n: AudienceNumbers, answer: NDArray[np.float64]) -> Inputs:
    """What the team may be asked: a question a viewer, who brings it herself when she asks (NaN: never)."""
    whenever, patience = np.zeros(len(answer)), np.full(len(answer), n.patience)
    return check_inputs(question_team(n), whenever, np.nan_to_num(answer), None, patience, None, None)


def watch(n: AudienceNumbers, trust: TrustNumbers, crowd: Crowd, luck: NDArray[Any]) -> People:
    """The show as everybody in the crowd sees it, up to the wish to buy if the chat were silent."""
    return show_by_hand(n, trust, MoodNumbers(tick_s=60, memory_s=1, gain=0.0), crowd, luck)


def show_by_hand(
    n: AudienceNumbers, trust: TrustNumbers, mood: MoodNumbers, crowd: Crowd, luck: NDArray[Any]
) -> People:
    """A show without a checkout: the chat's mood comes from its questions alone, and `wants` is final."""
    env = RankedEnvironment()
    audience = Audience(env, n, trust, Chat(mood), crowd, luck)
    for i in range(len(luck)):
        env.process(audience.viewer(i))
    env.run()
    return audience.people()


def question_counts(
    people: People, n: AudienceNumbers, first_second: int, seconds: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Questions given up, and answered, in each second from `first_second` on: two arrays (seconds,).

    What lies outside is not counted.
    """
    unanswered, answered = np.zeros(seconds, np.int64), np.zeros(seconds, np.int64)
    for asked_min, answered_min in zip(people.asked_min.tolist(), people.answered_min.tolist(), strict=True):
        if math.isnan(asked_min):
            continue
        given_up = math.isnan(answered_min)
        second = second_of(asked_min + n.patience if given_up else answered_min) - first_second
        if 0 <= second < seconds:
            (unanswered if given_up else answered)[second] += 1
    return unanswered, answered
