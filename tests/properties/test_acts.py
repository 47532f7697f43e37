"""Acts hand on columns: what an act has read is afterwards as it was, and a ticket finds its own talk."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import load_scenario
from sim.acts.day import play_day
from sim.acts.equal_volume import at_equal_volume
from sim.acts.evening import Show, play_evening
from sim.acts.night import play_night
from sim.chain import event_of
from sim.stages.aftersales.causes import Channel
from sim.stages.leader_desk.codes import Task
from sim.states import End

SCENARIOS = ("chenxi_live", "live_by_hand", "grid_depots")
KEPT = 60


def columns(show: Show) -> dict[tuple[str, str], Any]:
    """A copy of every column of the evening's tables."""
    tables = ("people", "orders", "attempts", "stock", "sheets", "leaders")
    return {(table, name): column.copy() for table in tables for name, column in getattr(show, table).items()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_later_acts_leave_the_evening_as_it_was(name: str) -> None:
    """Cut down, sorted, driven, collected and complained about: no column of the show changes."""
    event = event_of(load_scenario(name), 2, 0, "compiled", thin_to=KEPT)
    show = play_evening(event)
    before = columns(show)
    fewer = at_equal_volume(event, show)
    thinned = columns(fewer)
    play_day(event, fewer, play_night(event, fewer))
    for was, now in ((before, columns(show)), (thinned, columns(fewer))):
        for column, values in was.items():
            assert np.array_equal(values, now[column], equal_nan=values.dtype.kind == "f"), column
    assert np.count_nonzero(fewer.orders["end"] == End.OPEN) == KEPT
    assert np.count_nonzero(fewer.orders["end"] == End.THINNED) > 0


@pytest.mark.parametrize("name", ["chenxi_jielong", "live_by_hand", "chenxi_live"])
def test_a_ticket_for_the_leader_is_a_talk_about_its_order(name: str) -> None:
    """Whoever was handled by a leader stands in the desk's table with the same order, begin and end."""
    event = event_of(load_scenario(name), 4, 0, "compiled")
    show = play_evening(event)
    day = play_day(event, show, play_night(event, show))
    talks = np.isin(day.desk["task"], (Task.TICKET, Task.COMPLAINT))
    at_desk = set(
        zip(*(day.desk[name][talks].tolist() for name in ("order", "start_min", "end_min")), strict=True)
    )
    handled = (day.tickets["channel"] == Channel.LEADER) & ~np.isnan(day.tickets["end_min"])
    told = zip(
        *(day.tickets[name][handled].tolist() for name in ("order", "start_min", "end_min")), strict=True
    )
    assert np.count_nonzero(handled) > 10
    assert set(told) <= at_desk
