"""What a reader sees: every word in both languages, every figure in the way its language writes it."""

import json
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from app.cli.main import main
from reports.catalogue import LANGS, Lang, in_wan, keys, number, say, span, spread
from reports.cells import is_heading
from reports.season_tables import SHOWN
from reports.tables import (
    VERDICTS,
    claims_table,
    comparison_table,
    dispersion_table,
    duration,
    gmv_table,
    promise_table,
    summary_table,
)
from sim.chain import simulate
from sim.claims import CLAIMS
from sim.experiments.provision.within_budget import PARTS
from sim.kpis.definitions import KPIS
from sim.kpis.stations import stations_of
from sim.roads.coordinates import SYSTEMS
from sim.scenario import Scenario
from sim.scenario_file import load_scenario
from sim.scenario_tree import leaves
from sim.season.figures import OF_EVENT, SEASON_KPIS
from sim.stages.sorting.spec import SortingParams
from sim.states import End

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for folder in ("app", "reports", "docs") for path in (ROOT / folder).rglob("*.py")]


CODES = [
    path
    for folder in ("roads", "market", "experiments/routes")
    for path in (ROOT / "sim" / folder).glob("*.py")
]
"""Where the model names what a catalogue says: remarks, what was dropped, what binds."""
QUOTED = r"[\"']([\w./·\[\]]+)[\"']"


def places(phrase: str) -> set[str]:
    """Names that a phrase wants filled."""
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    """A phrase exists in Chinese and in English, and both are filled with the same values."""
    assert keys("zh") == keys("en")
    for key in keys("en"):
        texts = {lang: say(key, lang) for lang in LANGS}
        assert places(texts["zh"]) == places(texts["en"]), key
        assert all(texts.values()) or key in ("unit.share", "unit.clock"), key


def test_keys_are_in_the_order_of_their_first_language() -> None:
    """Both catalogues list their phrases in the same order, so that a translator sees them side by side."""
    listed = [
        list(json.loads((ROOT / f"reports/catalogue/{lang}.json").read_text("utf-8"))) for lang in LANGS
    ]
    assert listed[0] == listed[1]


def named_by_data() -> set[str]:
    """Keys whose last part stands in the model: KPIs, units, states, claims."""
    found = {f"kpi.{name}" for name in KPIS}
    found |= {f"group.{kpi.group}" for kpi in KPIS.values()}
    found |= {f"unit.{kpi.unit}" for kpi in KPIS.values()}
    found |= {f"state.{end.name.lower()}" for end in End} | {"state.did_not_want"}
    found |= {f"claim.{verdict}" for verdict in VERDICTS}
    found |= {f"kept.{answer}" for answer in ("yes", "no", "cannot_tell")}
    found |= {f"arm.{show}.{system}" for show in ("text", "live") for system in ("manual", "system")}
    found |= {f"of.{claim.id}" for claim in CLAIMS}
    found |= {f"remark.looks_{system}" for system in SYSTEMS}
    found |= {f"part.{part}" for part in PARTS}
    found |= {f"option.{policy}" for policy in get_args(SortingParams.model_fields["policy"].annotation)}
    found |= {f"kind_of.{claim.kind}" for claim in CLAIMS}
    found |= {f"season.{name}" for name in SEASON_KPIS} | {f"head.event_{name}" for name in SHOWN}
    found |= {f"unit.{one.unit}" for one in (*SEASON_KPIS.values(), *OF_EVENT.values())}
    return found | {f"claimed.{claim.id}" for claim in CLAIMS if isinstance(claim.claimed, str)}


def stations() -> set[str]:
    """Stations that the arms have."""
    found: set[str] = set()
    for name in ("chenxi_jielong", "chenxi_live", "grid_depots"):
        scenario = load_scenario(name)
        found |= set(stations_of(scenario, simulate(scenario)))
    return found


SCENARIOS = ("chenxi_live", "chenxi_jielong", "grid_depots")
SPELLED = ("grade_of", "better_of")


def test_every_key_is_used_and_every_name_has_a_key() -> None:
    """No phrase is left over: each is named in a source, or by a KPI, unit, state, station or claim."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    quoted = set(re.findall(QUOTED, text))
    named = named_by_data() | {f"station.{name}" for name in stations()}
    assert named <= keys("en")
    told = (
        "head",
        "unit",
        "remark",
        "dropped",
        "plan",
        "sheet",
        "routes",
        "roads",
        "road",
        "binds",
        *SPELLED,
        "explain",
        "chain",
        "chart",
        "replay",
        "slider",
        "verdict",
    )
    coded = set(re.findall(QUOTED, "\n".join(path.read_text("utf-8") for path in CODES)))
    families = dict.fromkeys(told, quoted | coded)
    unused = [
        key
        for key in keys("en") - named - quoted
        if key.partition(".")[2] not in families.get(key.partition(".")[0], set())
    ]
    assert unused == []
    literal = set(re.findall(r"say\(\s*\"([\w./·]+)\"", text))
    assert literal <= keys("en")


def test_every_meaning_stands_in_both_languages() -> None:
    """KPIs and parameters have a Chinese sentence each, with the same code words, units a word; no more."""
    found = [leaf for name in SCENARIOS for leaf in leaves(load_scenario(name))] + [*leaves(Scenario)]
    english = {leaf.meaning for leaf in found}
    parameters, kpis, units = (
        json.loads((ROOT / f"reports/catalogue/{file}.json").read_text("utf-8"))
        for file in ("parameters_zh", "kpis_zh", "units_zh")
    )
    assert set(units) == {leaf.unit for leaf in found}
    assert set(parameters) == english
    assert list(kpis) == list(KPIS)
    pairs = [*parameters.items(), *((KPIS[name].meaning, text) for name, text in kpis.items())]
    for one, other in pairs:
        assert re.search(r"[\u4e00-\u9fff]", other), one
        assert sorted(re.findall(r"`[^`]+`", one)) == sorted(re.findall(r"`[^`]+`", other)), one


def test_claims_say_of_what_in_the_words_of_their_definition() -> None:
    """The English denominators and claimed words are those of the claims themselves."""
    for claim in CLAIMS:
        assert say(f"of.{claim.id}", "en") == claim.denominator
        if isinstance(claim.claimed, str):
            assert say(f"claimed.{claim.id}", "en") == claim.claimed


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (0.3816, "share", "38.2 %", "38.2%"),
        (0.92, "0/1", "92.0 %", "92.0%"),
        (277_925.4, "CNY", "277,925", "27.8万"),
        (18_417.2, "CNY", "18,417", "18,417"),
        (-135_000.0, "CNY", "-135,000", "-13.5万"),
        (1_537_441.0, "CNY·h", "1,537,441", "153.7万"),
        (14_543.2, "people", "14,543", "14,543"),
        (3.0, "steps", "3", "3"),
        (312.36, "orders", "312.4", "312.4"),
        (8.284, "s", "8.28", "8.28"),
        (0.35249, "1/s", "0.352", "0.352"),
        (1402.0, "clock", "23:22", "23:22"),
        (2007.4, "clock", "09:27 +1d", "次日09:27"),
        (1439.7, "clock", "00:00 +1d", "次日00:00"),
    ],
)
def test_numbers_look_as_people_write_them(value: float, unit: str, en: str, zh: str) -> None:
    """Per cent, ten thousands of yuan, times of day: each language has its own habit."""
    assert number(value, unit, "en") == en
    assert number(value, unit, "zh") == zh


def test_a_figure_and_its_spread_have_one_scale() -> None:
    """What stands before and after ± or … has the same unit and the same digits after the point."""
    around = (
        (277_925.0, 8_804.0, "CNY"),
        (-750.8, 1_735.0, "CNY"),
        (0.382, 0.0031, "share"),
        (21.3, 0.0367, "min"),
    )
    said = [spread(mean, mean - half, mean + half, unit, "en") for mean, half, unit in around]
    assert said == ["277,925 ±8,804", "-751 ±1,735", "38.2 ±0.3 %", "21.3 ±0.0"]
    assert spread(277_925.0, 269_121.0, 286_729.0, "CNY", "zh") == "27.8 ±0.9万"
    assert spread(277_925.0, 269_121.0, 296_729.0, "CNY", "zh") == "27.8 −0.9 +1.9万"
    assert spread(18_417.0, 17_751.0, 19_158.0, "CNY", "zh", wan=True) == "1.84 ±0.07万"
    assert in_wan((18_417.0, 277_925.0), "CNY", "zh")
    assert not in_wan((-971.0, -28_900.0), "CNY", "zh")
    assert not in_wan((18_417.0, 277_925.0), "CNY", "en")
    assert spread(4.0, 4.0, 4.0, "steps", "en") == "4"
    assert spread(1402.0, 1394.6, 1409.4, "clock", "en") == "23:22 ±7 min"
    assert spread(1402.0, 1394.6, 1409.4, "clock", "zh") == "23:22 ±7分"
    assert span(95_000.0, 105_000.0, "CNY", "zh") == "9.5 … 10.5万"
    assert span(0.378, 0.384, "share", "en") == "37.8 … 38.4 %"
    assert span(9.8, 10.2, "h", "en") == "9.8 … 10.2"
    assert span(3.0, 3.0, "steps", "en") == "3"


def test_durations_are_said_in_the_unit_a_person_would_use() -> None:
    """Stations wait from microseconds to hours."""
    waits = (1e-6, 0.034, 28.0, 931.6, 29_334.0)
    assert [duration(wait, "en") for wait in waits] == ["0", "34 ms", "28.0 s", "15.5 min", "8.1 h"]
    assert duration(28.0, "zh") == "28.0 秒"


FOUR = ("chenxi_jielong", "chenxi_jielong_tool", "live_by_hand", "chenxi_live")


@pytest.mark.parametrize("lang", LANGS)
def test_tables_fit_a_terminal_of_160_columns(lang: Lang, capsys: pytest.CaptureFixture[str]) -> None:
    """Run and compare, claims included, print tables no wider than 160 columns and nothing but words."""
    from rich.cells import cell_len

    assert main(["run", "chenxi_live", "--replications", "3", "--lang", lang]) == 0
    assert main(["compare", *FOUR, "--replications", "2", "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(cell_len(line.rstrip()) for line in lines) <= 160
    text = "\n".join(lines)
    assert not re.search(r"\b(nan|None|inf)\b", text)
    assert not re.search(r"\b(kpi|head|unit|of|claim|foot|state|station)\.\w+ ", text)
    assert say("title.claims", lang) in text
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    assert han > 2000 if lang == "zh" else han == 0


def test_tables_of_a_comparison_are_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Every row is as wide as its heads, words stand in columns that exist, and groups are headings."""
    assert main(["compare", *FOUR, "--replications", "2", "--json", "--progress", "none"]) == 0
    document = json.loads(capsys.readouterr().out)
    makers = (summary_table, comparison_table, promise_table, gmv_table, dispersion_table, claims_table)
    groups = dict.fromkeys(KPIS[kpi].group for kpi in document["kpis"])
    for lang in LANGS:
        for maker in makers:
            table = maker(document, lang)
            assert table.rows, maker
            assert {len(row) for row in table.rows} == {len(table.heads)}, maker
            assert table.words <= set(range(len(table.heads))), maker
        rows = comparison_table(document, lang).rows
        headings = [row[0][1:-1] for row in rows if is_heading(row)]
        assert headings == [say(f"group.{group}", lang) for group in groups]
