"""Which of two events of one instant comes first in the show act (then the lower id).

The question team is a station, whose own order (`sim.station.rules`) puts an answer before all of these that
read it: who decides at the instant of an answer has it.
"""

from __future__ import annotations

from typing import Final

SCALE_OUT: Final = 1
EXPIRY: Final = 2
HOT_ROW: Final = 3
ORDER_SERVICE: Final = 4
PAY: Final = 6
GIVE_UP: Final = 7
RENEGE: Final = 8
ARRIVE: Final = 9
LEAVE: Final = 10
ASK: Final = 11
DECIDE: Final = 12
CLICK: Final = 13
ADMIT: Final = 14
SESSION_END: Final = 15
"""A shopper's place inside the waiting room's limit is given up."""
REDISCOVER: Final = 16
"""A lost payment is found after the order expired: it reserves again, last in its instant."""
