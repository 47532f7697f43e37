"""What KPIs and parameters mean: English stands at the definition, Chinese in a file here."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from reports.catalogue import Lang
from sim.kpis.definitions import KPIS
from sim.scenario_file.allowed import unit_words
from sim.scenario_tree import Leaf


def kpi_meaning(name: str, lang: Lang) -> str:
    """The meaning of a KPI in one sentence."""
    return _chinese("kpis_zh")[name] if lang == "zh" else KPIS[name].meaning


def parameter_meaning(leaf: Leaf, lang: Lang) -> str:
    """The meaning of a parameter in one sentence."""
    return _chinese("parameters_zh")[leaf.meaning] if lang == "zh" else leaf.meaning


def unit_meaning(unit: str, lang: Lang) -> str:
    """The unit of a parameter in words; empty where it has none."""
    if lang == "zh":
        return _chinese("units_zh")[unit]
    return unit_words(unit)


@cache
def _chinese(file: str) -> dict[str, str]:
    words: dict[str, str] = json.loads(files("reports.catalogue").joinpath(f"{file}.json").read_text("utf-8"))
    return words
