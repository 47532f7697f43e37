"""Routes from a file: any clock time comes back, missing times are computed, every mistake has its place."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim import simulate
from sim.problems import InputError
from sim.stages.delivery.routes_file import clock, minutes_of, read_routes
from tests.properties.contexts import CONTEXTS, changed

IDENTS = ["001", "002", "003"]
GOOD = "van,stop,pickup,depart\n1,1,001,05:30\n1,2,003,\n2,1,002,D0 23:50:30\n"


@given(st.integers(0, 3 * 86_400 - 1))
def test_every_second_of_three_days_comes_back(second: int) -> None:
    """A time written and read again is the same number, bit for bit."""
    assert minutes_of(clock(second / 60.0)) == second / 60.0


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    """Stops follow their numbers, routes their vans; a route's time may stand in one row only."""
    path = tmp_path / "plan.csv"
    heads, *body = GOOD.splitlines()
    path.write_text("\n".join([heads, *body[::-1]]), encoding="utf-8")
    plan = read_routes(path, IDENTS, 2)
    assert plan.van.tolist() == [0, 1]
    assert plan.points.tolist() == [0, 2, 1]
    assert plan.depart_min.tolist() == [1770.0, 1430.5]
    assert np.isnan(plan.latest_depart_min).all()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (GOOD.replace("depart", "when"), "1:1", "no such column"),
        (GOOD.replace("2,1,002", "3,1,002"), "4:1", "a vehicle of the fleet, 1 to 2"),
        (GOOD.replace("2,1,002", "2,0,002"), "4:2", "place in the route"),
        (GOOD.replace("003", "03"), "3:3", "the id of one of the 3 points"),
        (GOOD.replace("003", "001"), "3:3", "each point once"),
        (GOOD.replace("1,2,003", "1,1,003"), "3:2", "each place once"),
        (GOOD.replace("05:30", "5.30"), "2:4", "HH:MM"),
        (GOOD.replace("1,2,003,", "1,2,003,06:00"), "3:4", "one time a route"),
        (GOOD.replace("05:30", ""), "2:4", "HH:MM"),
        (GOOD.replace("2,1,002,D0 23:50:30\n", ""), "1:3", "no row for 1 of 3 points: 002"),
        (GOOD.replace("1,2,003,", "1,2,003,,,"), "", ""),
        (GOOD.replace("1,2,003,", "1,2,003,,x"), "3:1", "fields"),
        ("van,stop,pickup,depart,latest_depart\n1,1,001,05:30,05:00\n", "2:5", "not before 05:30"),
        (
            "van,stop,pickup,depart,latest_depart,load_by\n1,1,001,05:30,06:00,06:30\n",
            "2:6",
            "not after 06:00",
        ),
    ],
)
def test_a_mistake_has_its_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    """Line, field, what was found and what is allowed; empty fields at the end do no harm."""
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    if not words:
        assert len(read_routes(path, IDENTS, 2).van) == 2
        return
    with pytest.raises(InputError, match=words) as refused:
        read_routes(path, IDENTS, 2)
    places = [f"{one.place.line}:{one.place.column}" for one in refused.value.problems]
    assert place in places


def test_a_file_without_latest_times_is_driven(tmp_path: Path) -> None:
    """A dispatcher's own rounds, one point after the other, change the morning; two policies are refused."""
    path = tmp_path / "own.csv"
    body = [f"{1 + i // 8},{1 + i % 8},{i + 1:03d},05:45" for i in range(24)]
    path.write_text("\n".join(["van,stop,pickup,depart", *body]), encoding="utf-8")
    scenario = changed(CONTEXTS[0], "delivery.routes_file", str(path))
    log = simulate(scenario, 1, 0)
    trips, stops = log.tables["trips"], log.tables["stops"]
    assert trips["depart_min"].min() >= 1785.0
    first = stops["trip"] == 0
    driven = stops["point"][first & (stops["van"] == 1)]
    assert driven.tolist() == sorted(driven.tolist())
    assert set(driven.tolist()) <= set(range(8, 16))
    with pytest.raises(ValidationError, match="routes_file"):
        scenario.model_validate(
            scenario.model_dump() | {"delivery": scenario.delivery.model_dump() | {"policy": "nightly"}}
        )
