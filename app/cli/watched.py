"""`--watch KPI,…`: which figures `--precision` waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sim.experiments.replicate import Precision

LEVELS = "levels"
Watch = Annotated[
    str | None,
    typer.Option(
        help=f"With --precision: the KPIs it waits for; `{LEVELS}` stands for those of the service levels.",
        metavar="KPI,…",
    ),
]


def wanted_precision(precision: float | None, watch: str | None) -> Precision | None:
    """What `--precision` and `--watch` say together; None where a number of replications is meant."""
    kpis = watched(watch, precision)
    if precision is None:
        return None
    from sim.experiments.replicate import Precision

    return Precision(precision) if kpis is None else Precision(precision, kpis)


def watched(text: str | None, precision: float | None) -> tuple[str, ...] | None:
    """The KPIs asked for, each once; None where the usual three are meant.

    Raises BadParameter for a name nobody has, and where there is no precision to wait for.
    """
    from app.cli.kpi_names import kpi_names
    from sim.service_levels import DIRECTION

    if text is None:
        return None
    if precision is None:
        raise typer.BadParameter("belongs to --precision", param_hint="--watch")
    return kpi_names(text, "--watch", {LEVELS: tuple(DIRECTION)})
