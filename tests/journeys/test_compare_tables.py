"""Tables of a comparison on documents made for it: signs, units, tolerances, answers, in both languages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.catalogue import LANGS, Lang
from reports.charts.comparison import claim_counts
from reports.claims import claims_in_a_sentence, claims_table
from reports.comparison import (
    attribution_table,
    best_table,
    comparison_table,
    gmv_table,
    promise_table,
    summary_table,
)
from reports.dispersion import dispersion_table
from reports.tables import balance_table, kpi_table
from sim.claims import CLAIMS
from sim.claims.definition import effect, gap, level, ratio, shown
from sim.experiments.attribution import CELLS
from sim.experiments.claims import claims_table as judged
from sim.experiments.experiment import Experiment
from sim.experiments.replications import Replications
from sim.experiments.selection import select_best

Floats = NDArray[np.float64]
NIGHTS = 40


def arm(name: str, columns: dict[str, Floats], **facts: Any) -> Replications:
    """Rows with given KPI columns."""
    table = np.column_stack(list(columns.values()))
    standing = {"live": False, "by_system": False} | facts
    scenario = SimpleNamespace(title_zh="标题", title_en="A title", **standing)
    return Replications(name, scenario, 1, "compiled", tuple(columns), table, {"paid": 80}, {}, "0" * 64)


def nights(shift: float = 0.0) -> dict[str, Floats]:
    """A figure of each kind: better, without direction, a count that never happened, a share that was 0."""
    rng = np.random.default_rng(1)
    luck = rng.normal(size=NIGHTS)
    return {
        "gmv_cny": 1000.0 + 10.0 * luck + 5.0 * shift + 0.1 * rng.normal(size=NIGHTS) * (shift != 0.0),
        "discount_cny": 50.0 + luck - shift * (1.0 + 0.1 * rng.normal(size=NIGHTS)),
        "peak_viewers": 500.0 + luck + shift * (1.0 + 0.1 * rng.normal(size=NIGHTS)),
        "oversold": np.zeros(NIGHTS),
        "unanswered_share": np.zeros(NIGHTS),
    }


def cell(table: Any, words: str, column: int) -> str:
    """The cell of the row that begins with these words."""
    (found,) = [row[column] for row in table.rows if row[0] == words]
    return str(found)


def test_every_sign_has_its_meaning() -> None:
    """Better, worse, higher, lower, the same, never happened: each as the foot of the table explains it."""
    experiment = Experiment((arm("a", nights()), arm("up", nights(1.0)), arm("a#2", nights())))
    table = comparison_table(experiment.compare_document(), "en")
    assert cell(table, "GMV", 2).endswith("↑")
    assert cell(table, "GMV", 3).endswith("=")
    assert cell(table, "Peak viewers", 2).endswith("△")
    assert cell(table, "Discount given", 2).endswith("▽")
    assert cell(table, "Oversold lines", 1).strip() == "0 (≤ 0.092)"
    assert all(sign in table.foot[0] for sign in "↑↓△▽?=≤")
    assert "a: A title" in table.foot
    swapped = Experiment((arm("up", nights(1.0)), arm("a", nights()))).compare_document()
    assert cell(comparison_table(swapped, "en"), "GMV", 2).endswith("↓")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "0 (else on ≤ 8.8 % of nights)"), ("zh", "0（否则至多占8.8%的夜晚）")]
)
def test_what_never_happened_is_not_called_impossible(lang: Lang, words: str) -> None:
    """A count of 0 has an upper end; any other figure says on how many nights it may differ from 0."""
    document = Experiment((arm("a", nights()),)).run_document()
    intervals = {row[0]: row[2] for row in kpi_table(document, lang).rows}
    assert words in intervals.values()
    assert "0.000 … 0.092" in intervals.values()
    assert document["kpis"]["oversold"]["ci_high"] == pytest.approx(0.0922, abs=1e-4)


@pytest.mark.parametrize("lang", LANGS)
def test_answers_of_the_race_are_sentences(lang: Lang) -> None:
    """Decided, tied and cannot tell are each told with who remains; cannot tell says what would decide."""
    rng = np.random.default_rng(2)
    luck = rng.normal(size=(2_000, 3))
    for shift, delta, most, said in (
        (5.0, 1.0, 500, "win"),
        (0.0, 0.01, 40, "--most"),
        (None, 1.0, 40, "twin"),
    ):
        rows = luck if shift is not None else np.repeat(luck[:, :1], 3, axis=1)
        rows = rows + np.array([shift or 0.0, 0.0, 0.0])

        def observe(inside: Any, n: int, rows: Floats = rows) -> list[Floats]:
            return [rows[:n, k] for k in inside]

        found = select_best(
            observe, ["win", "twin", "third"], kpi="gmv_cny", better="higher", delta=delta, most=most
        )
        table = best_table({"best": found.document()}, lang)
        assert len(table.rows) == 3
        assert said in table.foot[0]
        assert "{" not in "".join(table.foot)


def test_percentiles_are_told_for_what_varies() -> None:
    """A line an arm; what never varies is left out, unless nothing does; too few nights say so."""
    experiment = Experiment((arm("a", nights()), arm("b", nights(1.0))))
    table = dispersion_table({"dispersion": experiment.dispersion_document((0.5, 0.95))}, "en")
    assert {row[0] for row in table.rows if row[0]} >= {"GMV", "Peak viewers"}
    assert "Oversold lines" not in {row[0] for row in table.rows}
    assert any("95 %" in line and "72" in line for line in table.foot)
    still = Experiment((arm("a", {"steps_to_buy": np.full(NIGHTS, 3.0)}),))
    assert dispersion_table({"dispersion": still.dispersion_document()}, "en").rows


def test_promises_and_balance() -> None:
    """A promise has its exact interval and sign; people are counted over all nights and for one."""
    from sim.service_levels import ServiceLevels

    held = np.ones(NIGHTS)
    broken = np.where(np.arange(NIGHTS) < 15, 0.0, 1.0)
    arms = [
        arm(
            name,
            {"all_sorted_by_midnight": column},
            service_levels=ServiceLevels(),
            show="live",
            system="system",
        )
        for name, column in (("a", held), ("b", broken))
    ]
    table = promise_table(Experiment(tuple(arms)).compare_document(), "en")
    assert table.rows[0][1:] == ("100.0 % (91.2 … 100.0 %)  ", "62.5 % (45.8 … 77.3 %) ↓")
    people = balance_table({"replications": 40, "balance": {"collected": 80}}, "en")
    assert people.rows == (("collected", "80", "2.00"),)
    assert "40" in people.title


def four(text: float, tool: float, by_hand: float, live: float, noise: float = 0.1) -> Experiment:
    """The four arms with these mean sales."""
    rng = np.random.default_rng(3)
    cells = zip(CELLS, (text, tool, by_hand, live), strict=True)
    return Experiment(
        tuple(
            arm(f"{s} {y}", {"gmv_cny": mean + noise * rng.normal(size=NIGHTS)}, show=s, system=y)
            for (s, y), mean in cells
        )
    )


@pytest.mark.parametrize(
    ("means", "noise", "said"),
    [
        ((10.0, 12.0, 16.0, 18.0), 0.1, "7"),
        ((10.0, 5.0, 20.0, 15.0), 0.1, "they pull apart"),
        ((10.0, 10.0, 16.0, 16.0), 1.0, "cannot tell"),
    ],
)
def test_the_share_of_the_show(means: tuple[float, ...], noise: float, said: str) -> None:
    """A share with its interval only where both factors surely move the figure the same way; else words."""
    row = attribution_table(four(*means, noise=noise).compare_document(), "en").rows[0]
    assert row[-1].startswith(said)
    assert ("…" in row[-1]) == (said == "7")


@pytest.mark.parametrize("lang", LANGS)
def test_only_a_posts_conversion_is_read_again(lang: Lang) -> None:
    """Against a show there is no "if the post converts", neither as a column nor in the foot."""
    columns = {"viewers": 90.0 + np.arange(NIGHTS), "orders_paid": 9.0 + np.arange(NIGHTS)}
    columns["gmv_cny"] = 50.0 * columns["orders_paid"]
    for show, width, feet in (("text", 6, 2), ("live", 5, 1)):
        arms = (
            arm("a", columns, show=show, system="manual"),
            arm("b", columns, show="live", system="system"),
        )
        document = Experiment(arms).compare_document(text_conversions=(0.05,))
        table = gmv_table(document, lang)
        assert {len(row) for row in table.rows} == {len(table.heads)} == {width}
        assert len(table.foot) == feet


def test_the_summary_counts_what_the_long_table_says() -> None:
    """As many figures are better for sure as have an arrow up; a filter changes no verdict."""
    document = Experiment((arm("a", nights()), arm("up", nights(1.0)))).compare_document()
    summary, full = summary_table(document, "en"), comparison_table(document, "en")
    better = sum(row[2].endswith("↑") for row in full.rows)
    assert better > 0
    assert cell(summary, "Figures better for sure", 2) == str(better)
    some = comparison_table(document, "en", only=("peak_viewers",))
    assert [row for row in some.rows if row[1]] == [row for row in full.rows if row[0] == "Peak viewers"]


def test_a_sure_difference_below_the_digits_shown_is_no_better_figure() -> None:
    """0.915 hours before and after is neither: it has its own sign and is not counted."""
    luck = np.random.default_rng(3).normal(scale=0.002, size=NIGHTS)
    columns = {"leader_hours_other_brands": 0.915 + luck}
    less = {"leader_hours_other_brands": 0.915 + luck - 1e-5 * (1.0 + np.abs(luck))}
    document = Experiment((arm("a", columns), arm("less", less))).compare_document()
    assert document["kpis"]["leader_hours_other_brands"]["difference"]["less"]["verdict"] == "better"
    assert cell(comparison_table(document, "en"), "Leader's other brands", 2).endswith("≈")
    assert cell(summary_table(document, "en"), "Figures better for sure", 2) == "0"


def test_a_sentence_and_a_chart_count_the_claims() -> None:
    """Each verdict that some claim has, with its number; none is said of nothing."""
    verdicts = ["supported", "by_assumption", "supported", "not_supported"]
    document = {"claims": [{"verdict": verdict} for verdict in verdicts]}
    told = claims_in_a_sentence(document, "en")
    assert told == "Of 4 claims of the article 2 stand, 1 fall, 1 rest on an assumption"
    chart = claim_counts(document, "en")
    assert chart.names == ("supported 2", "not supported 1", "by assumption 1")
    assert chart.bars[0].values == (2.0, 1.0, 1.0)


def world(scenario: str, changes: Any, replications: int) -> Replications:
    """Every KPI the claims below need."""
    rng = np.random.default_rng(4)
    rows = 100.0 + rng.normal(size=replications)
    share = 0.6 + 0.01 * rng.normal(size=replications) + 0.1 * (scenario == "chenxi_live")
    columns = {"gmv_cny": rows * (2.0 if scenario == "chenxi_live" else 1.0), "payment_success": share}
    columns |= {"discount_cny": 0.15 * columns["gmv_cny"], "all_sorted_by_midnight": np.ones(replications)}
    columns |= {"tickets": 0.05 * rows, "cost_cny": rows * (1.0 - 0.1 * bool(changes))}
    return arm(scenario, columns)


@pytest.mark.parametrize(
    ("check", "claimed", "simulated"),
    [
        (ratio("gmv_cny", 0, 1, ">=", 1.9, 0.05), "≥ 1.9 × (−5.0 %)", "2 ×"),
        (gap("payment_success", 0, 1, ">=", 0.05), "≥ 5.0 points", "10.0 points"),
        (level("all_sorted_by_midnight", 0, ">=", 1.0, 0.05), "≥ 100.0 % (−5.0 %)", "(91.2 … 100.0 %)"),
        (level("gmv_cny", 0, "within", 200.0, 0.1), "≈ 200 CNY (±10.0 %)", "CNY"),
        (ratio("tickets", 0, 0, "<=", 0.1, per="cost_cny"), "≤ 10.0 %", "5.0 %"),
        (shown("discount_cny", 0, per="gmv_cny", plus="discount_cny"), "15.0 %", "13.0 %"),
        (effect("cost_cny", 0, 2, per="gmv_cny"), "15.0 %", "5.0 %"),
    ],
)
def test_claims_are_written_in_their_unit(check: Any, claimed: str, simulated: str) -> None:
    """×, points, per cent, the KPI's unit; the tolerance stands beside what is claimed."""
    from sim.claims.definition import JIELONG, LIVE

    arms = (LIVE, JIELONG, LIVE.but("leaders.commission_share", 0.0))
    terms = {
        name: getattr(check, name)._replace(arm=arms[getattr(check, name).arm])
        for name in ("figure", "minus", "per", "plus")
        if getattr(check, name) is not None
    }
    claim = CLAIMS[28]._replace(checks=(check._replace(**terms),), kind="O" if check.relation else "I")
    (row,) = judged(world, lambda _path: None, claims=[claim], replications=NIGHTS)
    (told,) = claims_table({"claims": [row]}, "en").rows
    assert told[2] == claimed
    assert simulated in told[3]
