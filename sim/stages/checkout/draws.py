"""All chance of checkout, and the shoppers' columns it takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.laws import lognormal, uniform
from sim.random_streams import Streams
from sim.stages.checkout.rules import FATES
from sim.stages.checkout.spec import CheckoutParams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Shoppers(NamedTuple):
    """The candidates: who would buy at the best mood (score ≥ threshold, a decision time), by person row."""

    person: Ints
    """Row in `people`, ascending."""
    key: Ints
    community: NDArray[np.int32]
    decide_min: Floats
    score: Floats
    threshold: Floats
    wanted: NDArray[np.int16]
    """Lines wanted of each product, (n, K)."""
    nearest: NDArray[np.int32]
    """Pickup point nearest by road to the home, and the second nearest."""
    second: NDArray[np.int32]
    answered: Ints
    """Questions answered in each second from `start_second` on, (S,)."""
    unanswered: Ints
    """Questions given up in each second, (S,)."""


class CheckoutDraws(NamedTuple):
    """Draws of n shoppers with up to T tries; times in minutes."""

    service: Floats
    """A worker's time for each try, alone, (n, T)."""
    patience: Floats
    """Patience in the queue, (n,)."""
    room_patience: Floats
    """Patience in the waiting room, (n,)."""
    again: Floats
    """Uniform: clicks again after try t, (n, T)."""
    again_in: Floats
    """Time from the failure of try t to the next click, (n, T)."""
    pin: Floats
    """Time to enter the PIN, (n,)."""
    pay_again_in: Floats
    """Time from a refused payment to the second PIN, (n,)."""
    fate: Floats
    """Uniforms (n, FATES), columns named in `rules`."""
    scale_lag: Floats
    """Time from the order of more workers to their start, (times,)."""


def draw(params: CheckoutParams, streams: Streams, keys: Ints) -> CheckoutDraws:
    """Draw for the shoppers with these keys; a shopper's draws depend on nothing but her key."""
    client, room, scale = params.client, params.protections.waiting_room, params.protections.scale_out
    tries = client.tries
    second = 1.0 / 60.0
    return CheckoutDraws(
        service=streams.draw("checkout.service", keys, params.order_service.service_ms,
        scale=second / 1000.0, attempts=tries),
        patience=streams.draw("checkout.patience", keys, client.patience_s, scale=second),
        room_patience=streams.draw("checkout.room_patience", keys,
        lognormal(room.patience_min, room.patience_sigma)) if room.on else np.zeros(keys.size),
        again=streams.uniform("checkout.again", keys, attempts=tries),
        again_in=streams.draw("checkout.again_in", keys, client.again_s, scale=second, attempts=tries),
        pin=streams.draw("checkout.pin", keys, params.pin_s, scale=second),
        pay_again_in=streams.draw("checkout.pay_again_in", keys, params.payment.again_s, scale=second),
        fate=streams.uniform("checkout.fate", keys, attempts=FATES),
        scale_lag=streams.draw("checkout.scale_lag", np.arange(scale.times, dtype=np.int64),
        uniform(scale.lag_low_s, scale.lag_high_s), scale=second),
    )  # fmt: skip
