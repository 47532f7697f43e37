"""A large city: 100,000 nodes read from a file, and the ways between 201 of them, the first time and again.

The network is a made-up grid written as OpenStreetMap; reading runs in a process of its own, whose largest
memory is what the operating system says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.finding import Figure, Finding, Goal
from benchmarks.interleave import Spread

QUESTION = "How long does a city of 100,000 nodes take, and how much memory?"
SIDE, SMALL_SIDE = 317, 100
WORK = """
import resource, sys
from time import process_time
begin = process_time()
from sim.roads import load_roads
roads = load_roads(sys.argv[1])
print(process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, len(roads.ids))
import numpy as np
nodes = np.linspace(0, len(roads.ids) - 1, 201).astype(np.int64)
roads.travel(nodes[:3])
begin = process_time()
minutes, metres, _ = roads.travel(nodes)
assert np.isfinite(minutes).all() and np.isfinite(metres).all()
print(process_time() - begin)
"""
MARKET = """
import sys
from time import perf_counter
from sim.market import market_of
from sim.scenario_file import load_scenario
s = load_scenario("chenxi_live", [f"roads.file={sys.argv[1]}", "market.communities=200"])
begin = perf_counter()
market = market_of(s.market, s.roads)
print(perf_counter() - begin)
"""


def measure(quick: bool = False) -> Finding:
    """Read, measure the ways, and ask for the same market twice with a cache between."""
    with tempfile.TemporaryDirectory(prefix="lianlu-bench-") as folder:
        path = Path(folder) / "city.osm"
        write_grid(path, SMALL_SIDE if quick else SIDE)
        rounds = [_numbers(WORK, path, folder) for _ in range(1 if quick else 3)]
        first = _numbers(MARKET, path, folder)
        again = [_numbers(MARKET, path, folder) for _ in range(3)]
    figures = (
        Figure("nodes", Spread.of([one[2] for one in rounds]), ""),
        Figure("reading the file, processor time", Spread.of([one[0] for one in rounds]), "s", Goal("≤", 60)),
        Figure("memory at most", Spread.of([one[1] for one in rounds]), "GB", Goal("≤", 2.0)),
        Figure("201 × 201 ways, processor time", Spread.of([one[3] for one in rounds]), "s", Goal("≤", 5.0)),
        Figure("a market's places and ways, first time", Spread.of([first[0]]), "s"),
        Figure("the same again, in a new process", Spread.of([one[0] for one in again]), "s", Goal("≤", 0.5)),
    )
    return Finding(QUESTION, figures, notes=("a made-up grid of tertiary roads, every edge both ways",))


def write_grid(path: Path, side: int) -> None:
    """A grid of side × side nodes 150 m apart as OpenStreetMap; every row and column is a way."""
    rng = np.random.default_rng(1)
    lon = 114.0 + 0.0016 * np.arange(side) + rng.uniform(-3e-4, 3e-4, (side, side))
    lat = 30.0 + 0.0014 * np.arange(side)[:, None] + rng.uniform(-3e-4, 3e-4, (side, side))
    with path.open("w", encoding="utf-8") as out:
        out.write('<osm version="0.6">\n')
        out.writelines(
            f'<node id="{i * side + j + 1}" lon="{lon[i, j]:.7f}" lat="{lat[i, j]:.7f}"/>\n'
            for i in range(side)
            for j in range(side)
        )
        rows = [[i * side + j + 1 for j in range(side)] for i in range(side)]
        for number, way in enumerate([*rows, *zip(*rows, strict=True)], 1):
            nodes = "".join(f'<nd ref="{node}"/>' for node in way)
            out.write(f'<way id="{number}">{nodes}<tag k="highway" v="tertiary"/></way>\n')
        out.write("</osm>\n")


def _numbers(program: str, path: Path, cache: str) -> list[float]:
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(  # noqa: S603  # this interpreter and words written here
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, "LIANLU_CACHE": cache, "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]
