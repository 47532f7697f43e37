"""Write the pages that are read from the program: `python -m docs.generate`.

Parameters, columns, KPIs and claims are each defined once, in the program; the pages, the JSON Schema and
`scenarios/base.yaml` are views of these definitions. A test compares the committed files with them.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from docs.claims_page import claims_page
from docs.markdown import figure, head, page, table, value_text
from reports.catalogue import say
from sim.kpis import KPIS
from sim.orderlog import Column
from sim.scenario import Scenario
from sim.scenario_file.allowed import number
from sim.scenario_file.scalars import written
from sim.scenario_tree import Leaf, choices, field_at, leaves
from sim.service_levels import DIRECTION, ServiceLevels
from sim.units import Params

ROOT = Path(__file__).resolve().parent.parent

TABLES = {
    "communities": "one row a community",
    "people": "one row a person who watches the show or reads the post",
    "orders": "one row a person who wanted to buy, in the order of `people`",
    "attempts": "one row a call to the order service (system arms)",
    "stock": "one row a product",
    "sheets": "one row a leader's sheet (manual arms)",
    "sorting": "one row a job in the hall",
    "workers": "one row a sorter",
    "trips": "one row a trip of a van",
    "stops": "one row a stop of a trip",
    "desk": "one row a job at a leader's desk",
    "leaders": "one row a leader",
    "tickets": "one row an after-sales ticket or complaint",
}
"""Tables of the log in the order of the chain, and what a row of each is."""


def main() -> int:
    """Write every page; print what changed."""
    for name, text in pages().items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 0


def pages() -> dict[str, str]:
    """Every generated file: path from the top of the repository → text."""
    return {
        "docs/parameters.md": parameters_page(),
        "docs/kpis.md": kpis_page(),
        "docs/columns.md": columns_page(),
        "docs/claims.md": claims_page(),
        **scenario_files(),
    }


def scenario_files() -> dict[str, str]:
    """`scenarios/base.yaml` with every default, and the JSON Schema that editors complete with."""
    import tempfile

    from sim.scenario_file import write_base_yaml

    with tempfile.TemporaryDirectory() as folder:
        files = write_base_yaml(Scenario, Path(folder))
        return {f"scenarios/{path.name}": path.read_text(encoding="utf-8") for path in files}


def parameters_page() -> str:
    """Every leaf of the scenario tree, by section and group."""
    lines = head("Parameters", _PARAMETERS.format(count=sum(1 for _ in leaves(Scenario))))
    section = None
    for group, members in groupby(leaves(Scenario), key=_group_of):
        top = group.split(".")[0].split("[")[0]
        if group and top != section:
            section = top
            lines += ["", f"## {top}"]
        elif not group and section is None:
            section = ""
            lines += ["", "## The scenario itself"]
        if "." in group or "[" in group:
            lines += ["", f"### {group}"]
        lines += ["", _purpose(group), "", *table(_PARAMETER_HEADS, map(_parameter_row, members))]
    return page(lines)


_PARAMETERS = """
Every leaf of the scenario tree: {count} parameters. The path is the key in a scenario file, the argument of
`--set` and of `lianlu explain`, and the attribute in Python. Bounds are closed unless a round bracket says
otherwise; the sweep is the range over which a verdict must not change. A law is named with its figures
(`{{lognormal: {{median: 8, sigma: 0.6}}}}`: median, or mean for `lognormal_mean`, in the unit of the
field); a field that holds a law takes any of `lognormal`, `lognormal_mean`, `exponential`, `uniform`,
`constant`.

Grades: **A** official or peer-reviewed · **B** named press or industry report · **C** weak web source ·
**claim** said by the case article, so a target to be tested and never evidence · **assumed** an engineering
default, with its reason · **rule** a convention of the model. Sources were read as excerpts of public
pages.
"""
_PARAMETER_HEADS = ("path", "default", "unit", "allowed", "sweep", "grade", "meaning", "source")


def _group_of(leaf: Leaf) -> str:
    """Path of the parameter group a leaf stands in; a law's figures stand in the group of the law's field."""
    path = re.sub(r"\.(lognormal|lognormal_mean|exponential|uniform|constant)(\.\w+)?$", "", leaf.path)
    return path.rpartition(".")[0]


def _purpose(group: str) -> str:
    annotation: Any = Scenario
    if group:
        found = field_at(group, Scenario)
        annotation = found.annotation if found else None
    is_group = isinstance(annotation, type) and issubclass(annotation, Params)
    return " ".join((annotation.__doc__ or "").split()) if is_group else ""


def _parameter_row(leaf: Leaf) -> Sequence[str]:
    spread = leaf.path.endswith(".sigma")
    return (
        f"`{leaf.path}`",
        f"`{value_text(leaf.default)}`",
        leaf.unit,
        _allowed(leaf),
        f"{figure(leaf.sweep[0])} … {figure(leaf.sweep[1])}" if leaf.sweep else "",
        leaf.grade,
        "Spread of the law above (σ of the logarithm)." if spread else leaf.meaning,
        "as above" if spread else leaf.source,
    )


def _allowed(leaf: Leaf) -> str:
    named = [choice for choice in choices(leaf.annotation) if choice is not None]
    if named:
        return " · ".join(f"`{written(choice)}`" for choice in named)
    if leaf.low is None and leaf.high is None:
        return ""
    left = "(" if leaf.low_open or leaf.low is None else "["
    right = ")" if leaf.high_open or leaf.high is None else "]"
    low = "−∞" if leaf.low is None else number(leaf.low)
    high = "∞" if leaf.high is None else number(leaf.high)
    return f"{left}{low}, {high}{right}"


def kpis_page() -> str:
    """Every KPI by group, then the service levels."""
    lines = head("KPIs and service levels", _KPIS)
    for group, members in groupby(KPIS.values(), key=lambda kpi: kpi.group):
        rows = (
            (f"`{k.name}`", say(f"kpi.{k.name}", "zh"), k.unit, _better(k.better), k.meaning) for k in members
        )
        lines += ["", f"## {say(f'group.{group}', 'en')}", ""]
        lines += table(("name", "in Chinese", "unit", "better", "meaning"), rows)
    lines += ["", "## Service levels", "", *_LEVELS.strip().splitlines(), ""]
    return page([*lines, *table(("level", "kept when", "meaning"), _level_rows())])


_KPIS = """
One row of these figures is what is left of a replication. Shares are 0 to 1; `clock` is minutes since 00:00
of the event day (1440 is midnight, 2040 is 10:00 on the next day). A KPI without meaning in an arm is
absent there, never zero: checkout queues of a manual arm, money in private accounts of a system arm.
"""
_LEVELS = """
Each level is kept (1) or broken (0) in a replication. It *holds* when it is kept with at least the
probability `service_levels.required_probability`; only a Clopper–Pearson interval on one side of that
probability says so, otherwise the answer is "cannot tell".
"""


def _better(better: str) -> str:
    return {"higher": "↑ higher", "lower": "↓ lower", "none": "neither"}[better]


def _level_rows() -> Iterator[Sequence[str]]:
    for name, direction in DIRECTION.items():
        field = ServiceLevels.model_fields[name]
        sign = "≥" if direction == "at_least" else "≤"
        yield f"`{name}`", f"{sign} {figure(field.default)} {KPIS[name].unit}", field.description or ""


def columns_page() -> str:
    """Every column of the log by table, from the stages' own lists."""
    columns = list(columns_of_the_program())
    lines = head("Columns of the log", _COLUMNS)
    for name, row in TABLES.items():
        rows = [
            (f"`{column.name}`", column.dtype, column.unit, column.meaning, where)
            for column, where in columns
            if column.table == name
        ]
        if rows:
            lines += ["", f"## {name}", "", f"{row[0].upper()}{row[1:]}.", ""]
            lines += table(("column", "type", "unit", "meaning", "written by"), rows)
    return page(lines)


_COLUMNS = """
`simulate(…)` returns an `OrderLog`: tables of typed columns, read as `log["orders"]["paid_min"]`.
`log.frame()` is the table `orders` as a pandas DataFrame. Times are minutes since 00:00 of the event day
(NaN: never), money is fen, weight is grams. Queue lengths, waits and workloads are not columns; they follow
from the timestamps.
"""


def columns_of_the_program() -> Iterator[tuple[Column, str]]:
    """Every documented column with the folder that writes it."""
    seen: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if not re.search(r"^COLUMNS\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found: Iterable[Column] = importlib.import_module(name).COLUMNS
        for column in found:
            if (column.table, column.name) not in seen:
                seen.add((column.table, column.name))
                yield column, f"`{path.parent.relative_to(ROOT).as_posix()}`"


if __name__ == "__main__":
    sys.exit(main())
