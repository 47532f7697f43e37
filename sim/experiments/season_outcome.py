"""One season from its first event to its figures: what a laboratory runs for `campaign`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.experiments.row import Outcome
from sim.season.figures import OF_EVENT

if TYPE_CHECKING:
    from sim.engines import Engine
    from sim.scenario import Scenario


def one_season(scenario: Scenario, seed: int, replication: int, engine: Engine) -> Outcome:
    """Play a season: its figures, those of each event under `event_key`, and where its members went."""
    from sim.season import play_season

    season = play_season(scenario, seed, replication, engine)
    kpis = dict(season.kpis)
    for number, event in enumerate(season.events, 1):
        for name in OF_EVENT:
            value = float(getattr(event, name))
            if math.isfinite(value):
                kpis[event_key(number, name)] = value
    return Outcome(kpis, season.flow._asdict(), {})


def event_key(number: int, name: str) -> str:
    """Under which name a figure of an event (from 1) is kept, as `e01.gmv_cny`."""
    return f"e{number:02d}.{name}"
