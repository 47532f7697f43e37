"""Draws a possible scenario, section by section, from the tree of parameters and the ranges beside it."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.laws import Law
from sim.roads.spec import ROAD_CLASSES
from sim.scenario import Scenario
from sim.scenario_tree import Leaf, Path, choices, leaves, spelled, steps
from tests.equivalence.random_ranges import EARLY_BUYERS, NO_SPREAD, PICKS, RANGES, ROADS, SOMETIMES

OF_FILES = (
    "roads.posted_share",
    "market.points_file",
    "market.points_crs",
    "market.snap_limit_m",
    "delivery.routes_file",
)
"""Leaves that only say something about a user's files, and there are none here."""


@functools.lru_cache(maxsize=1)
def _ordinary() -> tuple[dict[str, Any], tuple[Leaf, ...]]:
    """The tree of defaults as JSON text holds it, and the leaves that may be changed by the ordinary rule."""
    tree = json.loads(Scenario().model_dump_json(exclude_none=True))
    return tree, tuple(leaf for leaf in leaves(split_laws=False) if leaf.role == "model")


@functools.cache
def _way(path: str) -> Path:
    return steps(path) or ()


@functools.cache
def _changeable(section: str, special: frozenset[str]) -> list[tuple[Path, Leaf]]:
    """A section's leaves that no special path covers."""
    ways = [(_way(leaf.path), leaf) for leaf in _ordinary()[1]]
    return [
        (way, leaf)
        for way, leaf in ways
        if way[0] == section
        and leaf.path not in OF_FILES
        and not any(spelled(way[:depth]) in special for depth in range(1, len(way) + 1))
    ]


class Maker:
    """Draws one scenario, section by section; a section that is not possible is drawn again."""

    def __init__(self, rng: np.random.Generator, *, gridded: bool) -> None:
        self.rng = rng
        self.gridded = gridded
        self.chatless = bool(rng.random() < 0.7)
        self.often = float(rng.choice([0.05, 0.3, 0.7]))
        """How many of the leaves leave their default."""

    def scenario(self) -> Scenario:
        """A possible scenario of at most 500 people and 20 points."""
        self.special = _specials(self)
        for _ in range(50):
            tree = {"show": self.pick("text", "live"), "system": self.pick("manual", "system", "system")}
            for section, field in Scenario.model_fields.items():
                if hasattr(field.annotation, "model_fields"):
                    tree[section] = self._section(section, field.annotation)
            tree["conversion_base"] = self.pick("viewers", "clickers", "present_at_offer", "members")
            with contextlib.suppress(ValidationError):
                return Scenario.model_validate_json(json.dumps(tree))
        raise AssertionError("fifty drawn scenarios were all impossible together")

    def _section(self, section: str, model: Any) -> dict[str, Any]:
        for often in (self.often, self.often, self.often / 3.0, self.often / 9.0, *[0.0] * 56):
            tree = json.loads(json.dumps(_ordinary()[0][section]))
            for way, leaf in _changeable(section, frozenset(self.special)):
                if self.rng.random() < often:
                    _put(tree, way[1:], self._other(leaf))
            for path, draw in self.special.items():
                way = _way(path)
                if way[0] == section:
                    tree = draw() if len(way) == 1 else _put(tree, way[1:], draw())
            with contextlib.suppress(ValidationError):
                model.model_validate_json(json.dumps(tree))
                return tree
        raise AssertionError(f"sixty drawn sections `{section}` were all impossible")

    def _other(self, leaf: Leaf) -> Any:
        """Another value for an ordinary leaf."""
        default = leaf.default
        if choices(leaf.annotation):
            return self.pick(*choices(leaf.annotation))
        if isinstance(default, bool):
            return bool(self.rng.integers(2))
        if hasattr(default, "kind"):
            return self.law(_size_of(default))
        if not isinstance(default, (int, float)):
            return json.loads(json.dumps(default))
        assert leaf.low is not None, leaf.path
        assert leaf.high is not None, leaf.path
        if leaf.unit == "share" or (leaf.low, leaf.high) == (0, 1):
            value = self.share()
        else:
            value = (default or min(leaf.high, 5.0)) * self.pick(
                0.0, 0.25, 0.5, 1.0, 2.0, 4.0, self.rng.random()
            )
        value = min(max(value, leaf.low), leaf.high)
        return (
            int(value)
            if isinstance(default, int)
            else self.time(value)
            if self.gridded and value > 1.0
            else value
        )

    # what is drawn

    def pick(self, *values: Any) -> Any:
        """One of the values."""
        return values[self.rng.integers(len(values))]

    def share(self) -> float:
        """None, all, or any share."""
        return float(self.pick(0.0, self.rng.random(), self.rng.random(), 1.0))

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def number(self, low: float, high: float) -> float:
        """A number, on the grid where times are on it."""
        value = float(low + (high - low) * self.rng.random())
        return min(max(self.time(value), low), high) if self.gridded else value

    def time(self, value: float) -> float:
        """A value of whole or half units where times are on a grid."""
        return round(value * 2.0) / 2.0

    def law(self, size: float) -> dict[str, Any]:
        """A law of about a size in its own unit; constants and zero lengths included."""
        size = max(size * self.pick(0.2, 1.0, 1.0, 3.0), 1e-3)
        kind = self.pick("constant", "zero", "uniform", "exponential", "lognormal", "lognormal_mean", "point")
        if kind == "zero":
            return {"constant": 0.0}
        if kind == "constant":
            return {"constant": max(self.time(size), 0.5) if self.gridded else size}
        if kind == "point":
            return {"uniform": {"low": size, "high": size}}
        if kind == "uniform":
            return {"uniform": {"low": self.pick(0.0, 0.5 * size), "high": size}}
        if kind == "exponential":
            return {"exponential": {"mean": size}}
        sigma = self.pick(0.0, 0.5, 1.2)
        return {kind: {"median" if kind == "lognormal" else "mean": size, "sigma": sigma}}

    def sometimes(self, low: float, high: float) -> float:
        """0, or a number."""
        return float(self.pick(0.0, self.number(low, high)))

    def teams(self) -> list[dict[str, Any]]:
        """Up to three teams of up to four people with up to two breaks each."""
        teams = []
        for _ in range(self.pick(1, 1, 2, 2, 3, 3, 0)):
            length = self.number(20.0, 400.0)
            first, pause = self.number(0.0, length / 3.0), self.number(0.0, length / 6.0)
            breaks = [
                {"after_min": first, "length_min": pause},
                {"after_min": first + pause, "length_min": self.number(0, length / 6.0)},
            ]
            teams.append(
                {
                    "start_min": self.number(1150.0, 1400.0),
                    "length_min": length,
                    "people": self.pick(0, 1, 2, 4, 4),
                    "breaks": breaks[: self.whole(0, 2)],
                }
            )
        return teams

    def vehicles(self) -> list[dict[str, Any]]:
        """One or two types of few small vans, so that loads do not always fit."""

        def kind() -> dict[str, Any]:
            return {
                "count": self.whole(1, 4),
                "payload_kg": self.pick(20.0, 60.0, 300.0, 1500.0),
                "volume_m3": self.pick(0.4, 3.0, 11.0),
            }

        return [kind() for _ in range(self.pick(1, 1, 2))]

    def windows(self, first_day: bool) -> list[str]:
        """Hours of a desk; those of the first day hold the tally."""
        hours = [self.pick("09:00-13:00", "10:00-12:30", "08:00-08:45")] * self.whole(0, 1)
        if first_day:
            return [*hours, self.pick("15:00-22:00", "18:00-23:30", "19:30-21:50")]
        return [*hours, *[self.pick("13:00-15:15", "15:00-22:00", "16:00-26:00")] * self.whole(0, 1)]

    def ranks(self) -> list[Any]:
        """The desk's classes in any order; two of those that never interrupt may be equal."""
        names = ["hand_over", "complaint", "register", "tally", "split", "chat"]
        self.rng.shuffle(names)
        self.equals = self.rng.random() < 0.3
        if self.equals:
            return [names[0], names[1:3], *names[3:]]
        return names

    def some(self, *values: Any) -> list[Any]:
        """Any of the values."""
        return [value for value in values if self.rng.random() < 0.5]

    def bands(self) -> list[dict[str, Any]]:
        """Speed bands from midnight on."""
        starts = sorted({0, *self.rng.choice([300, 360, 400, 435, 540, 600], 3).tolist()})
        factors = (0.5, 1.0, 2.0) if self.gridded else (0.5, 1.0, 1.3, 2.7)
        bands = [{"start_min": int(start), "factor": self.pick(*factors)} for start in starts]
        own = self.rng.spawn(1)[0]  # the luck of all that follows stays as it is
        if own.random() < 1 / 3:
            for band in bands:
                band |= {name: float(own.choice([0.5, 1.0, 2.0])) for name in ROAD_CLASSES}
        return bands

    def depots(self) -> dict[str, Any]:
        """Mostly none; else few of them, short of trucks, docks and people."""
        own = self.rng.spawn(1)[0]  # the luck of all that follows stays as it is
        found: dict[str, Any] = {"count": int(own.choice([0, 0, 0, 1, 2, 3]))}
        if found["count"]:
            grid = 0.5 if self.gridded else 1.0 / 64.0
            found |= {
                "trunk_trucks": int(own.integers(1, 4)),
                "trunk_payload_kg": float(own.choice([30.0, 5000.0])),
                "trunk_volume_m3": float(own.choice([0.2, 30.0])),
                "trunk_depart_min": float(own.choice([1400.0, 1470.0])),
                "cage_min": {"constant": float(own.integers(0, 40)) * grid},
                "docks": int(own.integers(1, 3)),
                "sorters": int(own.integers(1, 3)),
                "sort_from_min": float(own.choice([0.0, 1480.0, 1600.0])),
                "sort_order_s": {"constant": 60.0 * float(own.integers(0, 6)) * grid},
            }
        return found


def _size_of(law: Law) -> float:
    """About how large the draws of a law are: its first figure, of a uniform law its upper end."""
    inner = getattr(law, law.kind)
    if isinstance(inner, float):
        return inner
    figures = list(inner.model_dump().values())
    return float(figures[1] if law.uniform is not None else figures[0])


def _put(tree: Any, way: tuple[Any, ...], value: Any) -> Any:
    """Set what stands at a path; returns the tree."""
    place = tree
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    return tree


def _specials(m: Maker) -> dict[str, Callable[[], Any]]:
    """How to draw what stands at a path that needs care; all below the path is left to it."""
    special: dict[str, Callable[[], Any]] = {
        "audience.questions.answer_s": lambda: m.law(60.0),
        "basket.skus": lambda: _ordinary()[0]["basket"]["skus"][: m.whole(1, 6)],
        "checkout.order_service.service_ms": lambda: m.law(m.pick(171.0, 2000.0, 15000.0)),
        "leader_desk.windows_d0": lambda: m.windows(first_day=True),
        "leader_desk.windows_d1": lambda: m.windows(first_day=False),
        "leader_desk.order": m.ranks,
        "leader_desk.interrupting": lambda: [] if m.equals else m.some("chat", "hand_over", "complaint"),
        "leader_desk.interruptible": lambda: m.some("hand_over", "complaint", "register", "tally", "split"),
        "leader_desk.finish_at_close": lambda: m.some("chat", "hand_over", "complaint", "register", "tally"),
        "leader_desk.chat_factor": lambda: m.pick(1.0, 1.05) if m.chatless else 1.0,
        "leader_desk.chat_per_h": lambda: 0.0 if m.chatless else 6.0,
        "sorting.teams": m.teams,
        "sorting.allowance_share": lambda: 0.0 if m.gridded else m.pick(0.0, 0.13),
        "delivery.vehicles": m.vehicles,
        "roads": lambda: {
            **ROADS,
            "seed": m.whole(1, 2),
            "rain_speed": m.pick(1.0, 0.5),
            "speed_bands": m.bands(),
        },
        "depots": m.depots,
        "collection.profile": lambda: m.pick(_ordinary()[0]["collection"]["profile"], EARLY_BUYERS),
    }
    special |= {path: functools.partial(m.pick, *values) for path, values in PICKS.items()}
    special |= {path: functools.partial(m.number, *ends) for path, ends in RANGES.items()}
    special |= {path: functools.partial(m.sometimes, *ends) for path, ends in SOMETIMES.items()}
    if m.gridded:
        special |= {f"night.{name}": functools.partial(m.pick, 0.0, 0.0, 0.0, 0.1) for name in NO_SPREAD}
    return special
