"""The clerks told in SimPy: a sheet is sent, taken up, merged."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from enum import IntEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.orderlog import Table
from sim.ranked import RankedEnvironment
from sim.stages.leader_desk.numbers import DeskNumbers
from sim.stages.leader_desk.rules import merge_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Story = Generator[simpy.Event, object, None]


class Moment(IntEnum):
    """Order of events at one instant."""

    COMPLETION = 0
    ARRIVAL = 1
    LOOK_UP = 2


class MergeOffice:
    """Headquarters' clerks and the sheets that come in."""

    def __init__(self, env: RankedEnvironment, numbers: DeskNumbers) -> None:
        self.env = env
        self.numbers = numbers
        self.idle = list(range(numbers.clerks))
        self.inbox: deque[simpy.Event] = deque()

    def send(self, sheet: int, arrive: float, rows: float, out: Table) -> Story:
        """Send a leader's sheet; a clerk takes it up and merges it."""
        yield self.env.at(arrive, Moment.ARRIVAL, sheet)
        taken = self.env.event()
        self.inbox.append(taken)
        self.call()
        clerk = yield taken
        out["merge_start_min"][sheet] = self.env.now
        yield self.env.at(
            self.env.now + merge_length(rows, self.numbers.merge_sheet, self.numbers.merge_row),
            Moment.COMPLETION,
            sheet,
        )
        out["merge_end_min"][sheet] = self.env.now
        out["clerk"][sheet] = clerk
        heappush(self.idle, clerk)  # type: ignore[misc]  # the event's value is the clerk's number
        self.call()

    def call(self) -> None:
        """Let the clerks look at the inbox once everything of this instant has happened."""
        event = self.env.at(self.env.now, Moment.LOOK_UP)
        event.callbacks.append(self.hand_out)

    def hand_out(self, _: simpy.Event) -> None:
        """Give the oldest sheet to the idle clerk with the lowest number, then look again."""
        if self.idle and self.inbox:
            self.inbox.popleft().succeed(heappop(self.idle))
            self.call()


def merge_sheets(numbers: DeskNumbers, tally_end_min: NDArray[np.float64], rows: NDArray[np.int64]) -> Table:
    """Merge the sheets that have orders: the `sheets` table, in the order of communities.

    A tally that never ended (NaN) is never merged.
    """
    community = np.flatnonzero(rows)
    n = len(community)
    arrive = tally_end_min[community]
    out: Table = {
        "community": community.astype(np.int32),
        "rows": rows[community].astype(np.int32),
        "tally_end_min": arrive,
        "merge_start_min": np.full(n, np.nan),
        "merge_end_min": np.full(n, np.nan),
        "clerk": np.full(n, -1, np.int32),
    }
    env = RankedEnvironment()
    office = MergeOffice(env, numbers)
    for sheet in np.flatnonzero(~np.isnan(arrive)).tolist():
        env.process(office.send(sheet, float(arrive[sheet]), float(rows[community[sheet]]), out))
    env.run()
    return out
