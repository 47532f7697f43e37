"""What binds a route, as `routes` says it, and what happens to a route whose van breaks down."""

import json
from typing import Any

import numpy as np
import pytest

from sim import simulate
from sim.experiments.routes.answer import Search, keep_promise
from sim.scenario import Scenario
from tests.properties.contexts import CONTEXTS, put, tree_of

SEARCH = Search(probability=0.6, mornings=50, fresh=50)
HEAVY = [{"name": "van", "count": 6, "payload_kg": 150.0, "volume_m3": 11.0}]
BULKY = [{"name": "van", "count": 6, "payload_kg": 1500.0, "volume_m3": 1.1}]
FAR = [{"name": "van", "count": 6, "payload_kg": 1500.0, "volume_m3": 11.0}]


def small(**changes: Any) -> Scenario:
    """The first context with fields changed (`__` for a dot)."""
    tree = json.loads(tree_of(CONTEXTS[0]))
    for path, value in changes.items():
        put(tree, path.replace("__", "."), value)
    return Scenario.model_validate_json(json.dumps(tree))


@pytest.mark.parametrize(("vehicles", "binds"), [(HEAVY, "weight"), (BULKY, "volume"), (FAR, "time")])
def test_weight_volume_and_time_bind(vehicles: list[dict[str, Any]], binds: str) -> None:
    """Vans of little payload, of little room, or of plenty of both: most routes say so."""
    document = keep_promise(small(delivery__vehicles=vehicles), SEARCH)
    found = [route["binds"] for route in document["routes"]]
    assert found.count(binds) > len(found) / 2
    for route in document["routes"]:
        shares = {"weight": route["load_kg"] / vehicles[0]["payload_kg"],
                  "volume": route["load_m3"] / (0.7 * vehicles[0]["volume_m3"])}  # fmt: skip
        assert route["binds"] == "time" or shares[route["binds"]] == max(shares.values())


def test_too_little_of_each_is_named() -> None:
    """Where no fleet allowed can carry the load, the answer names what is missing."""
    never = Search(probability=0.6, mornings=50, fresh=50, may_leave_earlier=False, more_vans=0)
    for vehicles, binds in ((HEAVY, "weight"), (BULKY, "volume")):
        document = keep_promise(small(delivery__vehicles=[vehicles[0] | {"count": 2}]), never)
        assert not document["reached"]
        assert [stage["binds"] for stage in document["tried"]] == [binds]


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_van_that_breaks_down_leaves_its_stops_to_others(engine: Any) -> None:
    """After the breakdown the van does nothing; other vans serve its points, every order is brought."""
    calm = simulate(small(), 1, 0, engine).tables
    van = int(calm["stops"]["van"][0])
    mine = calm["stops"]["van"] == van
    when = float(np.median(calm["stops"]["unload_end_min"][mine]))
    drill = small(delivery__breakdown_van=van + 1, delivery__breakdown_min=when)
    broken = simulate(drill, 1, 0, engine).tables
    stops = broken["stops"]
    assert (stops["unload_end_min"][stops["van"] == van] <= when).all()
    was_his = set(calm["stops"]["point"][mine].tolist())
    by_others = set(stops["point"][(stops["van"] != van) & (stops["unload_end_min"] > when)].tolist())
    left = was_his - set(stops["point"][stops["van"] == van].tolist())
    assert left
    assert left <= by_others
    brought, before = broken["orders"]["at_point_min"], calm["orders"]["at_point_min"]
    assert np.array_equal(np.isnan(brought), np.isnan(before))
