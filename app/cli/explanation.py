"""What `explain` says, as data and as lines: of a parameter, a section, a KPI or a claim."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from reports.catalogue import Lang, say
from sim.problems import Place, Problem, ScenarioError, nearest, visible
from sim.scenario_tree import Leaf, field_at, is_model, known_paths, members

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario_file import Reading
    from sim.units import Params

LINES = (
    "title_en",
    "title_zh",
    "meaning",
    "unit",
    "allowed",
    "default",
    "grade",
    "source",
    "sweep",
    "role",
    "set_at",
    "read_by",
    "keys",
    "better",
    "group",
    "service_level",
    "kind",
    "denominator",
    "kpis",
    "drivers",
    "claims",
)
"""What is said of a thing, in this order."""


SPELLED = {
    "grade": "grade_of",
    "kind": "kind_of",
    "better": "better_of",
    "group": "group",
}
"""Where the catalogue spells out a code."""


def explanation(reading: Reading[Scenario], what: str) -> dict[str, Any]:
    """Everything known about a parameter, section, KPI or claim.

    Raises:
        ScenarioError: nothing has this name; the nearest name is offered.

    """
    from sim.kpis.definitions import KPIS

    number = what.strip().lower().removeprefix("claim").strip(" #")
    if number.isdigit():
        return _claim(int(number) if len(number) < 6 else 0)
    if what in KPIS:
        return _kpi(reading, what)
    leaf = field_at(what, reading.scenario)
    if leaf is None:
        raise _unknown(type(reading.scenario), what, list(KPIS))
    return (
        _section(reading, leaf)
        if any(is_model(part) for part in members(leaf.annotation)) and _group(leaf)
        else _parameter(reading, leaf)
    )


def heading(answer: dict[str, Any]) -> str:
    """The first line: the name, and its value where it has one."""
    from sim.scenario_file.writing import in_line

    return (
        f"{answer['name']} = {visible(in_line(answer['value']), 400)}"
        if "value" in answer
        else str(answer["name"])
    )


def shown(answer: dict[str, Any], lang: Lang) -> list[tuple[str, str]]:
    """Label and text of every further line, labels of equal width."""
    rows = [
        (say(f"explain.{key}", lang), _line(answer, key, lang))
        for key in LINES
        if answer.get(key) not in (None, "", [], {})
    ]
    width = max((_width(label) for label, _ in rows), default=0)
    return [(label + " " * (width - _width(label)), visible(text, 400)) for label, text in rows]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _line(answer: dict[str, Any], key: str, lang: Lang) -> str:
    from sim.scenario_file.writing import in_line

    value = answer[key]
    if key == "denominator":
        return say(f"of.{answer['id']}", lang)
    if key == "set_at":
        return str(Place(value["file"], value["line"], value["column"]))
    if key == "sweep":
        return " … ".join(map(str, value))
    if key == "default":
        return in_line(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key in ("grade", "kind", "better", "group"):
        return say(f"{SPELLED[key]}.{value}", lang)
    return str(value)


def _group(leaf: Leaf) -> bool:
    from sim.laws import Law
    from sim.units import Params

    return isinstance(leaf.default, Params) and not isinstance(leaf.default, Law)


def _parameter(reading: Reading[Scenario], leaf: Leaf) -> dict[str, Any]:
    from sim.scenario_file.allowed import allowed
    from sim.scenario_file.writing import plain

    default = field_at(leaf.path, type(reading.scenario))
    place = reading.place(leaf.path)
    return {
        "name": leaf.path,
        "value": plain(leaf.default),
        "meaning": leaf.meaning,
        "unit": leaf.unit,
        "allowed": allowed(leaf.annotation, leaf.field, leaf.unit),
        "low": leaf.low,
        "high": leaf.high,
        "default": plain(default.default) if default is not None else None,
        "grade": leaf.grade,
        "source": leaf.source,
        "sweep": list(leaf.sweep) if leaf.sweep else None,
        "role": leaf.role,
        "set_at": _at(place),
        "read_by": leaf.path.partition(".")[0],
        "claims": _claims_driven_by(leaf.path),
    }


def _section(reading: Reading[Scenario], leaf: Leaf) -> dict[str, Any]:
    keys = [f"{leaf.path}.{name}" for name in type(leaf.default).model_fields]
    meaning = " ".join((type(leaf.default).__doc__ or "").split())
    return {"name": leaf.path, "meaning": meaning, "keys": keys, "set_at": _at(reading.place(leaf.path))}


def _kpi(reading: Reading[Scenario], name: str) -> dict[str, Any]:
    from sim.claims import CLAIMS
    from sim.kpis.definitions import KPIS
    from sim.service_levels import DIRECTION

    kpi = KPIS[name]
    level = None
    if name in DIRECTION:
        level = f"{DIRECTION[name].replace('_', ' ')} {getattr(reading.scenario.service_levels, name)}"
    claims = [
        claim.id
        for claim in CLAIMS
        if any(term.kpi == name for check in claim.checks for term in check.terms)
    ]
    return {
        "name": name,
        "meaning": kpi.meaning,
        "unit": kpi.unit,
        "better": kpi.better,
        "group": kpi.group,
        "service_level": level,
        "claims": claims,
    }


def _claim(number: int) -> dict[str, Any]:
    from sim.claims import CLAIMS

    claim = next((claim for claim in CLAIMS if claim.id == number), None)
    if claim is None:
        raise ScenarioError(
            [Problem(Place("--claim", 1, 1), "claim", str(number), f"a number from 1 to {len(CLAIMS)}")]
        )
    kpis = dict.fromkeys(term.kpi for check in claim.checks for term in check.terms)
    return {
        "id": claim.id,
        "name": f"claim {claim.id}",
        "title_en": claim.en,
        "title_zh": claim.zh,
        "kind": claim.kind,
        "denominator": claim.denominator,
        "kpis": list(kpis),
        "drivers": [driver.path for driver in claim.drivers],
    }


def _claims_driven_by(path: str) -> list[int]:
    from sim.claims import CLAIMS

    return [claim.id for claim in CLAIMS if any(_same(driver.path, path) for driver in claim.drivers)]


def _same(driver: str, path: str) -> bool:
    return driver == path or driver.startswith(f"{path}.")


def _at(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line, "column": place.column} if place is not None else None


def _unknown(root: type[Params], what: str, kpis: list[str]) -> ScenarioError:
    known = known_paths(root)
    last = what.rpartition(".")[2]
    close = next((path for path in known if path.rpartition(".")[2] == last), None) or nearest(
        what, [*known, *kpis], 0.7
    )
    hint = f"; did you mean `{close}`?" if close else ""
    place = Place("--explain", 1, 1)
    problem = Problem(
        place,
        what,
        f"unknown name `{visible(what, 80)}`",
        "a path, a KPI or a claim's number",
        close or "",
        f"no parameter, KPI or claim{hint}",
    )
    return ScenarioError([problem])
