"""A season: many events, each of which changes the next.

    experience    what an event was like for each member, read from its log
    members       their trust, habit, need; who joins and who leaves
    leaders       load, pay, and who quits
    season        the loop: play, look back, carry over
    changes       events that are unlike the others
    figures       what is told of an event and of a season

What acts on the next event is `sim.carried.Carried`; the sizes are `sim.season_spec`.
"""

from __future__ import annotations

from sim.season.season import Season, play_season

__all__ = ["Season", "play_season"]
