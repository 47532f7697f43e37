"""Where an order ended: every row of `orders` ends in exactly one state, every viewer in one balance line."""

from __future__ import annotations

from enum import IntEnum


class End(IntEnum):
    """Final state of an order (the `end` column)."""

    GAVE_UP = 0
    """Never accepted by the server: busy, timed out, impatient."""
    SOLD_OUT = 1
    """Nothing of the basket was left."""
    UNPAID = 2
    """Accepted but never paid: declined, network down, expired."""
    REFUNDED_EXPIRED = 3
    """Paid after the order had closed; refunded."""
    NOT_SORTED = 4
    """Paid; the seller learned of it too late (lost callback) or never (unregistered transfer); refunded."""
    CANCELLED = 5
    """Cancelled by the buyer before the cut-off; refunded."""
    THINNED = 6
    """Left out on purpose to compare arms at equal volume."""
    COLLECTED = 7
    NEVER_COLLECTED = 8
    """At the point until it closed."""
    OPEN = 9
    """Still on its way when the run ended."""
    LATE_PAID = 10
    """Placed or paid after the cut-off; refunded."""


class Method(IntEnum):
    """How an order was paid (the `method` column)."""

    WECHAT = 0
    BALANCE = 1
    TRANSFER = 2
    """By hand, to the leader's own account."""
