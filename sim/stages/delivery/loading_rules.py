"""The arithmetic of loading and unloading, read by both faces."""

from __future__ import annotations

WEIGHT = 0
VOLUME = 1
TIME = 2


def load_min(crates: int, crate_load_min: float) -> float:
    """Time at the dock."""
    return crates * crate_load_min


def stop_min(crates: int, noise_min: float, night: float, own_pace: float, crate_unload_min: float) -> float:
    """Time at a point: parking and papers (which vary), and every crate."""
    return noise_min * night * own_pace + crates * crate_unload_min


def leg_min(free_flow_min: float, traffic: float, leg: float) -> float:
    """Free-flow minutes of a leg with the night's traffic and its own luck."""
    return free_flow_min * traffic * leg


def binds(weight_share: float, volume_share: float, time_share: float) -> int:
    """Which limit a trip came nearest to; the first named among equals."""
    if weight_share >= volume_share and weight_share >= time_share:
        return WEIGHT
    if volume_share >= time_share:
        return VOLUME
    return TIME


def time_share(depart_from: float, last_unload: float, promise: float) -> float:
    """Share of the morning from the earliest departure to the promise that a trip used."""
    return (last_unload - depart_from) / (promise - depart_from)
