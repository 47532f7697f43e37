"""What a road file holds, as a document and as tables: what was kept, dropped, mended; where points lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reports.catalogue import Lang, number, say
from reports.tables import Table

if TYPE_CHECKING:
    from sim.market.points_file import PointList
    from sim.market.snapping import Snapped
    from sim.roads import Roads

WORST = 10
"""Points shown in the terminal, the furthest from a road first; the document has all."""


def roads_document(roads: Roads, snapped: tuple[PointList, Snapped] | None = None) -> dict[str, Any]:
    """Counts of the file and the kept part, kilometres by class, what was dropped and doubted."""
    report = roads.report
    metres: dict[str, float] = {}
    for _, _, data in roads.graph.edges(data=True):
        metres[data["road_class"]] = metres.get(data["road_class"], 0.0) + data["length"]
    document: dict[str, Any] = {
        "nodes": report.nodes,
        "edges": report.edges,
        "nodes_kept": report.nodes_kept,
        "edges_kept": report.edges_kept,
        "radius_km": roads.radius_m / 1000.0,
        "km_by_class": {name: metres[name] / 1000.0 for name in sorted(metres)},
        "dropped": dict(report.dropped),
        "warnings": [remark.record() for remark in report.warnings],
        "openstreetmap": report.openstreetmap,
    }
    if snapped is not None:
        points, where = snapped
        document["points"] = [
            {"id": ident, "name": name, "snap_m": float(metre), "node": str(roads.ids[node])}
            for ident, name, metre, node in zip(
                points.ident, points.name, where.metres, where.node, strict=True
            )
        ]
        document["snap_median_m"] = float(np.median(where.metres))
        document["warnings"] += [remark.record() for remark in where.warnings]
    return document


def report_table(document: Mapping[str, Any], lang: Lang) -> Table:
    """The counts, one a line; warnings and what was dropped below."""
    rows = [
        (say("roads.nodes", lang), f"{document['nodes_kept']:,} / {document['nodes']:,}"),
        (say("roads.edges", lang), f"{document['edges_kept']:,} / {document['edges']:,}"),
        (say("roads.radius", lang), number(document["radius_km"], "km", lang, varies=True) + " km"),
        *(
            (
                say("roads.length", lang, kind=say(f"road.{name}", lang)),
                number(km, "km", lang, varies=True) + " km",
            )
            for name, km in document["km_by_class"].items()
        ),
    ]
    foot = [say(f"dropped.{code}", lang, n=f"{n:,}") for code, n in document["dropped"].items()]
    return Table(
        say("roads.title", lang),
        (say("head.figure", lang), say("roads.kept", lang)),
        tuple(rows),
        (*foot, *(_said(remark, lang) for remark in document["warnings"]), *credit(document, lang)),
    )


def credit(document: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    """Whom these roads are from, where that must be said."""
    return (say("roads.credit", lang),) if document["openstreetmap"] else ()


def _said(remark: Mapping[str, Any], lang: Lang) -> str:
    figures = {
        key: f"{value:,.0f}" if isinstance(value, float | int) else value
        for key, value in remark.items()
        if key != "code"
    }
    return say(f"remark.{remark['code']}", lang, **figures)


def snap_table(document: Mapping[str, Any], lang: Lang) -> Table:
    """The points furthest from a road."""
    far = sorted(document["points"], key=lambda point: -point["snap_m"])[:WORST]
    rows = [(point["id"], point["name"], f"{point['snap_m']:,.0f} m") for point in far]
    foot = say(
        "roads.snap_foot", lang, n=f"{len(document['points']):,}", median=f"{document['snap_median_m']:,.1f}"
    )
    heads = tuple(say(f"roads.{key}", lang) for key in ("point", "name", "snap"))
    return Table(say("roads.snap_title", lang), heads, tuple(rows), (foot,), words=frozenset({0, 1}))
