"""Signals: the only way a later step of the show may act on an earlier one.

Whatever is talked about in the chat is counted in whole seconds; the counts are read at the start of a tick,
so only seconds of earlier ticks are ever seen and the order of simultaneous events cannot matter. The memory
is in seconds, not in ticks, so a finer tick changes when the chat is read, not how far back it remembers.

The chat mood: source are payments and questions (failures: failed payments, questions nobody answered;
successes: paid orders, answers), readers are the viewers still deciding. Gain 0 switches it off.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.units import Params, par

SECONDS_A_MIN = 60.0


class MoodParams(Params):
    """The chat mood."""

    tick_s: int = par(
        5, unit="s", low=1, high=60, grade="rule", meaning="How often the mood is read anew.",
        source="short against the median reaction of 20 s; results hold at half and double",
    )  # fmt: skip
    memory_s: int = par(
        60, unit="s", low=1, high=1800, grade="assumed",
        meaning="How many seconds before the current tick the chat remembers.",
        source="no published figure; about what fits on a phone's screen of a lively room",
    )  # fmt: skip
    gain: float = par(
        1.0, unit="score", low=0, high=10, sweep=(0, 2), grade="assumed",
        meaning="By how much a memory full of failures lowers a score; 0 switches the mood off.",
        source="sign: Chen et al., Trust development in live streaming commerce, IMDS, 2024; size assumed",
    )  # fmt: skip


class MoodNumbers(NamedTuple):
    """`MoodParams` for the engines."""

    tick_s: int
    memory_s: int
    gain: float


def mood_numbers(params: MoodParams) -> MoodNumbers:
    """The mood's constants."""
    return MoodNumbers(params.tick_s, params.memory_s, float(params.gain))


def second_of(time_min: float) -> int:
    """The whole second since D0 00:00 in which a moment lies."""
    return math.floor(time_min * SECONDS_A_MIN)


def tick_start(second: int, tick_s: int) -> int:
    """First second of the tick in which a second lies."""
    return (second // tick_s) * tick_s


def mood(failures: int, successes: int, gain: float) -> float:
    """What the chat adds to a score: −gain × the share of failures among what is remembered; 0 in silence."""
    told = failures + successes
    if told == 0:
        return 0.0
    return -gain * (failures / told)


class Chat:
    """The reference face's ledger of the chat: note what happens, read the mood of a moment."""

    def __init__(self, numbers: MoodNumbers) -> None:
        self.numbers = numbers
        self._failures: dict[int, int] = {}
        self._successes: dict[int, int] = {}
        self._read_at = -1
        self._mood = 0.0

    def note_failure(self, time_min: float) -> None:
        """A payment failed, or a question was never answered."""
        second = second_of(time_min)
        self._failures[second] = self._failures.get(second, 0) + 1

    def note_success(self, time_min: float) -> None:
        """An order was paid, or a question answered."""
        second = second_of(time_min)
        self._successes[second] = self._successes.get(second, 0) + 1

    def mood(self, time_min: float) -> float:
        """The mood as it was at the start of the moment's tick."""
        start = tick_start(second_of(time_min), self.numbers.tick_s)
        if start != self._read_at:
            remembered = range(start - self.numbers.memory_s, start)
            failures = sum(self._failures.get(second, 0) for second in remembered)
            successes = sum(self._successes.get(second, 0) for second in remembered)
            self._mood = mood(failures, successes, self.numbers.gain)
            self._read_at = start
        return self._mood
