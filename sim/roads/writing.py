"""Write a network as GraphML, as OSMnx does: every attribute a string, so both read it back.

Written is what the file said, never what parameters made of it: a posted limit as `maxspeed`, and
`speed_kph` only where it was given; so a scenario's speeds by class and share of the limit still hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from xml.sax.saxutils import escape, quoteattr

from sim.roads.graphml import SOURCE

if TYPE_CHECKING:
    from sim.roads.network import Roads

NODE_KEYS = ("x", "y", "lon", "lat")
EDGE_KEYS = ("length", "oneway", "highway", "maxspeed", "speed_kph", "name")
HIGHWAY = {
    "expressway": "trunk",
    "primary": "primary",
    "secondary": "secondary",
    "residential": "residential",
}
"""`highway` of an edge whose file named none."""


def write_graphml(roads: Roads, path: Path) -> None:
    """The network's kept part; complete or not at all."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as out:
        _write(roads, out)
    part.replace(path)


def _write(roads: Roads, out: TextIO) -> None:
    graph = roads.graph
    out.write('<?xml version="1.0" encoding="utf-8"?>\n')
    out.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, keys in (("graph", ("crs", "source")), ("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        out.writelines(
            f'<key id="{key}" for="{owner}" attr.name="{key}" attr.type="string"/>\n' for key in keys
        )
    out.write('<graph edgedefault="directed">\n')
    if roads.report.openstreetmap:
        out.write(f'<data key="source">{SOURCE}</data>\n')
    if "crs" in graph.graph:
        out.write(f'<data key="crs">{escape(str(graph.graph["crs"]))}</data>\n')
    out.writelines(
        f"<node id={quoteattr(str(node))}>{_data(data, NODE_KEYS)}</node>\n"
        for node, data in graph.nodes(data=True)
    )
    out.writelines(
        f"<edge source={quoteattr(str(a))} target={quoteattr(str(b))}>{_edge(data)}</edge>\n"
        for a, b, data in graph.edges(data=True)
    )
    out.write("</graph>\n</graphml>\n")


def _edge(data: dict[str, object]) -> str:
    keys = EDGE_KEYS if data.get("speed_given") else tuple(key for key in EDGE_KEYS if key != "speed_kph")
    return _data({"highway": HIGHWAY[str(data["road_class"])], **data}, keys)


def _data(values: dict[str, object], keys: tuple[str, ...]) -> str:
    return "".join(f'<data key="{key}">{escape(str(values[key]))}</data>' for key in keys if key in values)
