"""What every act of one replication reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.carried import Carried
    from sim.engines.face import Face
    from sim.market.market import Market
    from sim.night import Night
    from sim.random_streams import Streams
    from sim.scenario import Scenario


class Event(NamedTuple):
    """One event of one brand, about to be played by a face."""

    scenario: Scenario
    face: Face
    market: Market
    night: Night
    streams: Streams
    thin_to: int | None = None
    """At most so many paid orders go on to the night; None: all."""
    carried: Carried | None = None
    """What earlier events have left behind; None: this is the first."""
    planned_for: Market | None = None
    """The market that fixed routes were planned for; None: this one."""

    @property
    def planning_market(self) -> Market:
        """The market that fixed routes know."""
        return self.market if self.planned_for is None else self.planned_for
