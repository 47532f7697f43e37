"""Names of KPIs on the command line: `gmv_cny,cost_cny`; one that nobody has is refused with the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import typer


def kpi_names(text: str, option: str, groups: dict[str, Sequence[str]] | None = None) -> tuple[str, ...]:
    """The KPIs of a comma-separated list, each once; a word of `groups` stands for several.

    Raises BadParameter for a name nobody has.
    """
    from sim.kpis.definitions import KPIS

    groups = groups or {}
    names: list[str] = []
    for word in (word.strip() for word in text.split(",")):
        if word not in KPIS and word not in groups:
            near = get_close_matches(word, [*KPIS, *groups], 1)
            also = "".join(f", or `{group}`" for group in groups)
            hint = f"; did you mean `{near[0]}`?" if near else f"; a KPI of `lianlu run --json`{also}"
            raise typer.BadParameter(f"no KPI is called `{word}`{hint}", param_hint=option)
        names += groups.get(word, [word])
    return tuple(dict.fromkeys(names))
