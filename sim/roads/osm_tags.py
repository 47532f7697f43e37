"""What OpenStreetMap's tags say of a way to the driver of a van: may I, in which direction, how fast.

Meanings follow the OpenStreetMap wiki (Key:access, Key:oneway, Key:maxspeed and its country defaults).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

ROAD_CLASS = {
    "motorway": "expressway",
    "trunk": "expressway",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "secondary",
    "unclassified": "residential",
    "residential": "residential",
    "living_street": "residential",
    "service": "residential",
    "road": "residential",
}
"""Road class by `highway`; ways of any other kind are not for vans. A link has the class of its road."""

NO_THROUGH_SERVICE = {"parking_aisle", "driveway", "emergency_access", "private", "drive-through"}
CLOSED = {
    "no",
    "private",
    "agricultural",
    "forestry",
    "agricultural;forestry",
    "military",
    "emergency",
    "psv",
    "bus",
}
MOST_SPECIFIC_FIRST = ("goods", "motorcar", "motor_vehicle", "vehicle", "access")
FORWARD, BACKWARD, BOTH = "forward", "backward", "both"

KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_FIGURE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots|)")
_ZONE = re.compile(r"(?:[a-z]{2}:)?zone:?(\d{1,3})")
_NATIONAL = re.compile(r"([a-z]{2}):(urban|rural|trunk|motorway|living_street|bicycle_road|pedestrian_zone)")
BY_LAW = {"urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0, "living_street": 15.0}
"""km/h where only the kind of place is given; countries differ by ten or twenty."""
LAW_OF = {
    "cn:urban": 50.0, "cn:rural": 70.0, "cn:motorway": 120.0, "gb:urban": 48.28032, "gb:rural": 96.56064,
    "gb:motorway": 112.65408, "us:urban": 40.2336, "us:rural": 88.51392, "de:rural": 100.0,
    "de:motorway": 130.0, "fr:rural": 80.0, "fr:motorway": 130.0, "ru:urban": 60.0,
    "ru:motorway": 110.0, "fi:rural": 80.0,
}  # fmt: skip
WORDS = {"none": 130.0, "walk": 6.0, "living_street": 15.0}
NO_FIGURE = {"signals", "variable", "default", "implicit", "unposted", "national"}


def road_class(tags: Mapping[str, str]) -> str | None:
    """Class of a way that a van may use in some direction; None where it may not."""
    kind = tags.get("highway", "").removesuffix("_link")
    if kind not in ROAD_CLASS or tags.get("area") == "yes":
        return None
    if kind == "service" and tags.get("service") in NO_THROUGH_SERVICE:
        return None
    rule = next((tags[key] for key in MOST_SPECIFIC_FIRST if key in tags), "yes")
    return None if rule in CLOSED else ROAD_CLASS[kind]


def direction(tags: Mapping[str, str]) -> str:
    """Which way along its nodes a way may be driven."""
    word = next((tags[key].strip().lower() for key in ("oneway:motor_vehicle", "oneway") if key in tags), "")
    if word in ("-1", "reverse"):
        return BACKWARD
    if word in ("yes", "true", "1"):
        return FORWARD
    if word in ("no", "false", "0"):
        return BOTH
    if tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in (
        "motorway",
        "motorway_link",
    ):
        return FORWARD  # implied
    return BOTH


def posted_kmh(tags: Mapping[str, str], along: bool = True) -> float | None:
    """Posted limit along (or against) the way's nodes, km/h; None where no tag says one.

    Of several figures ("50;30", by hour or vehicle) the lowest holds.
    """
    own = tags.get("maxspeed:forward" if along else "maxspeed:backward")
    for text in (own, tags.get("maxspeed"), tags.get("maxspeed:type"), tags.get("zone:maxspeed")):
        if text:
            found = [speed for part in re.split(r"[;|,]", text) if (speed := kmh(part)) is not None]
            if found:
                return min(found)
    return None


def kmh(text: str) -> float | None:
    """One limit as people write it: "50", "30 mph", "RU:urban", "DE:zone:30", "none", "walk"; else None."""
    word = text.strip().lower().replace(" ", "")
    if word in NO_FIGURE:
        return None
    if word in WORDS:
        return WORDS[word]
    if match := _FIGURE.fullmatch(word):
        speed = float(match[1]) * KMH[match[2]]
        return speed if 1.0 <= speed <= 200.0 else None
    if match := _ZONE.fullmatch(word):
        return float(match[1]) or None
    if match := _NATIONAL.fullmatch(word):
        return LAW_OF.get(word, BY_LAW.get(match[2]))
    return None
