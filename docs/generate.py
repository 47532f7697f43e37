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

from reports.catalogue import say
from sim.claims import CLAIMS, Check, Claim, Term
from sim.kpis import KPIS
from sim.orderlog import Column
from sim.scenario import Scenario
from sim.scenario_file.allowed import number
from sim.scenario_file.scalars import written
from sim.scenario_tree import Leaf, choices, field_at, leaves
from sim.service_levels import DIRECTION, ServiceLevels
from sim.units import Params

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "<!-- Written by `python -m docs.generate` (or `make docs`); change the program, not this page. -->"

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
    lines = _head("Parameters", _PARAMETERS)
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
        lines += ["", _purpose(group), "", *_table(_PARAMETER_HEADS, map(_parameter_row, members))]
    return _page(lines)


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
        f"`{_value(leaf.default)}`",
        leaf.unit,
        _allowed(leaf),
        f"{_figure(leaf.sweep[0])} … {_figure(leaf.sweep[1])}" if leaf.sweep else "",
        leaf.grade,
        "Spread of the law above (σ of the logarithm)." if spread else leaf.meaning,
        "as above" if spread else leaf.source,
    )


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(item)}" for key, item in value.items()) + "}"
    return _figure(value) if isinstance(value, float) else written(value)


def _figure(value: Any) -> str:
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


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
    lines = _head("KPIs and service levels", _KPIS)
    for group, members in groupby(KPIS.values(), key=lambda kpi: kpi.group):
        rows = (
            (f"`{k.name}`", say(f"kpi.{k.name}", "zh"), k.unit, _better(k.better), k.meaning) for k in members
        )
        lines += ["", f"## {say(f'group.{group}', 'en')}", ""]
        lines += _table(("name", "in Chinese", "unit", "better", "meaning"), rows)
    lines += ["", "## Service levels", "", *_LEVELS.strip().splitlines(), ""]
    return _page([*lines, *_table(("level", "kept when", "meaning"), _level_rows())])


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
        yield f"`{name}`", f"{sign} {_figure(field.default)} {KPIS[name].unit}", field.description or ""


def columns_page() -> str:
    """Every column of the log by table, from the stages' own lists."""
    columns = list(columns_of_the_program())
    lines = _head("Columns of the log", _COLUMNS)
    for table, row in TABLES.items():
        rows = [
            (f"`{column.name}`", column.dtype, column.unit, column.meaning, where)
            for column, where in columns
            if column.table == table
        ]
        if rows:
            lines += ["", f"## {table}", "", f"{row[0].upper()}{row[1:]}.", ""]
            lines += _table(("column", "type", "unit", "meaning", "written by"), rows)
    return _page(lines)


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


def claims_page() -> str:
    """Every claim: sentence, test, denominator, drivers."""
    lines = _head("The case article's 66 claims", _CLAIMS)
    rows = (
        (
            str(claim.id), claim.kind, claim.zh, claim.en, "<br>".join(_claim_checks(claim)),
            claim.denominator, "<br>".join(f"`{driver.path}`" for driver in claim.drivers),
        )
        for claim in CLAIMS
    )  # fmt: skip
    heads = ("#", "kind", "in Chinese", "in English", "test", "denominator", "drivers")
    return _page([*lines, "", *_table(heads, rows)])


_CLAIMS = """
What the article "从团购接龙到私域直播" says about one dairy, as data. A claim is a target to be tested, never
evidence; the article is probably a composite. Kinds: **I** input of the scenario, shown with its price ·
**O** output of the model · **X** comparison of variants · **C** needs a season of events, which one event
cannot judge.

A row is *supported* (*not supported*) only if its interval, Holm-adjusted over the table, satisfies
(violates) the relation at the default **and** at both ends of the sweep of each of its drivers. If it turns
inside a sweep the verdict is *by assumption* and names that driver; if an interval straddles the relation
it is *cannot tell*. *Reproduced by calibration*: the model was fitted to it, so it says nothing. *Needs
season*: one event cannot say. More replications can settle an open point; they can never turn an assumption
into support.
"""


def _claim_checks(claim: Claim) -> Iterator[str]:
    yield from (_check(check) for check in claim.checks)
    if claim.claimed is not None:
        yield f"claimed: {claim.claimed}"


def _check(check: Check) -> str:
    text = _term(check.figure)
    if check.minus is not None:
        text += f" − {_term(check.minus)}"
    if check.per is not None:
        text = f"({text})" if check.minus is not None else text
        text += f" ÷ {_term(check.per)}"
    if check.relation is not None:
        sign = {">=": "≥", "<=": "≤", "==": "=", "within": "≈"}[check.relation.sign]
        text += f" {sign} {_figure(check.relation.value)}"
        if check.relation.tolerance:
            text += f" ± {100 * check.relation.tolerance:g} %"
    basis = check.basis.replace("_", " ")
    return text if check.basis == "tested" else f"{text} ({basis})"


def _term(term: Term) -> str:
    changes = ", ".join(f"{path}={_value(value)}" for path, value in term.arm.changes)
    return f"`{term.kpi}` of {term.arm.scenario}" + (f" [{changes}]" if changes else "")


def _head(title: str, text: str) -> list[str]:
    count = sum(1 for _ in leaves(Scenario))
    return [f"# {title}", "", NOTICE, "", *text.strip().format(count=count).splitlines()]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
