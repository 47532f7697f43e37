"""What an event inherits from earlier ones: members who come and decide otherwise, leaders who are gone.

It acts on the luck that people bring, before either face starts, so both faces play the same season: a member
who is twice as likely to come has half the uniform, one who trusts has a lower threshold. An event without a
past has none of it and is the same to the bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Keys = NDArray[np.int64]

GONE = -1.0
"""Luck of a leader who is gone: below every share of absent ones, 0 included."""
LAST_WORD = float(2**32 - 1)


class Carried(NamedTuple):
    """Members in the order of the market's, leaders by community.

    Attributes:
        key: (M,) keys of the members, rising.
        come: (M,) factor on the probability to come or to read, above 0.
        score: (M,) what is added to the score of a decision.
        leading: (C,) communities that have a leader.
        expected: factor on the lines that headquarters expects to sell.
    """

    key: Keys
    come: Floats
    score: Floats
    leading: NDArray[np.bool_]
    expected: float

    def invited(self, words: NDArray[np.uint32], first: int) -> NDArray[np.uint32]:
        """Words (n, ≥ 1) of the members from `first` on; word 0, which decides coming, by their factor."""
        words[:, 0] = np.minimum(words[:, 0] / self.come[first : first + len(words)], LAST_WORD)
        return words

    def thresholds(self, thresholds: Floats, keys: Keys) -> Floats:
        """Thresholds (n,) of the people with these keys, lower by their score; strangers have none."""
        if self.key.size == 0:
            return thresholds
        place = np.minimum(np.searchsorted(self.key, keys), self.key.size - 1)
        known = self.key[place] == keys
        return np.where(known, thresholds - self.score[place], thresholds)

    def absent(self, luck: Floats) -> Floats:
        """Luck (C,) that decides which leaders are away."""
        return np.where(self.leading, luck, GONE)
