"""`lianlu bench [NAME…]`: the benchmarks behind the README's figures, each beside its competitor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options

if TYPE_CHECKING:
    from reports.tables import Table


def bench(
    names: Annotated[
        list[str], typer.Argument(help="Which benchmarks; all of them by default.", metavar="[NAME…]")
    ] = [],  # noqa: B006  # typer reads the default, nothing changes it
    quick: Annotated[
        bool, typer.Option("--quick", help="Smaller sizes: a look, not a figure to quote.")
    ] = False,
    json: options.Json = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit with 1 when a goal is missed or theory lies outside.")
    ] = False,
) -> None:
    """Measure speed beside the competitors: interleaved, each side at least five times, theory beside it."""
    import gc
    from importlib import import_module

    from app.cli.main import PYTHONS_OWN
    from app.cli.terminal import print_json, show

    gc.set_threshold(*PYTHONS_OWN)  # each side runs as a script of its own would

    found: dict[str, Any] = {}
    for name in _chosen(names):
        print(f"{name} …", file=sys.stderr, flush=True)
        found[name] = import_module(f"benchmarks.{name}").measure(quick).document()
        if not json:
            show(*_tables(name, found[name]))
    if json:
        print_json({"quick": quick, "machine": _machine(), "benchmarks": found})
    if gate and not all(_good(one) for one in found.values()):
        raise typer.Exit(1)


def _chosen(names: list[str]) -> list[str]:
    """The names asked for, in the benchmarks' own order; they live in the checkout, not in the wheel."""
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / "benchmarks" / "interleave.py").exists():
        raise typer.BadParameter(
            "the benchmarks are not installed with lianlu; run `lianlu bench` in a checkout of its sources"
        )
    if str(checkout) not in sys.path:
        sys.path.append(str(checkout))
    from benchmarks import NAMES
    from sim.problems import visible

    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise typer.BadParameter(
            f"found {', '.join(map(visible, unknown))}; allowed {', '.join(NAMES)}", param_hint="NAME"
        )
    return [name for name in NAMES if name in names or not names]


def _machine() -> dict[str, Any]:
    import os
    import platform
    from importlib.metadata import distributions

    sides = ("numpy", "numba", "simpy", "ciw", "simulsi")
    found = {one.name.lower(): one.version for one in distributions() if one.name}
    libraries = {name: found[name] for name in sides if name in found}
    return {"python": platform.python_version(), "processors": os.cpu_count(), **libraries}


def _good(found: dict[str, Any]) -> bool:
    return all(one["met"] is not False for one in found["figures"]) and all(
        one["inside"] for one in found["checks"]
    )


def _tables(name: str, found: dict[str, Any]) -> list[Table]:
    from reports.tables import Table

    goals = {None: "", True: "met", False: "missed"}
    rows = tuple(
        (
            one["name"],
            _figure(one["median"]),
            f"{_figure(one['low'])} … {_figure(one['high'])}",
            one["unit"],
            one["goal"] or "",
            goals[one["met"]],
        )
        for one in found["figures"]
    )
    heads = ("figure", "median", "lowest … highest", "unit", "goal", "")
    tables = [
        Table(f"{name}: {found['question']}", heads, rows, () if found["checks"] else tuple(found["notes"]))
    ]
    if found["checks"]:
        checks = tuple(
            (
                one["name"],
                one["side"],
                _figure(one["theory"]),
                _figure(one["mean"]),
                f"{_figure(one['low'])} … {_figure(one['high'])}",
                str(one["replications"]),
                "inside" if one["inside"] else "OUTSIDE",
            )
            for one in found["checks"]
        )
        told = ("figure", "side", "theory", "mean", "95 % interval", "runs", "theory is")
        tables.append(Table(f"{name}: theory", told, checks, tuple(found["notes"])))
    return tables


def _figure(value: float) -> str:
    """Four digits are more than a shared machine can say."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
