"""What every headroom answer keeps: order, monotone bands, either direction, no false crossing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts.headroom import headroom_curve
from sim.experiments.headroom import Answer, axis_of, document, gate, headroom, screen
from sim.experiments.headroom.curve import Curve
from sim.experiments.headroom.levels import counts, levels_of
from sim.experiments.laboratory import Laboratory
from sim.experiments.replicate import Outcome
from sim.problems import InputError
from sim.scenario_file import load_scenario
from sim.scenario_file.changing import changed
from sim.service_levels import ServiceLevels
from sim.units import Params, par

LEVEL, HOURS, SORTED = "payment_success", "leader_hours_p95", "all_sorted_by_midnight"


class Toy(Params):
    """A night whose leader works `load` × `pace` hours more or less, with some servers."""

    name: str = "toy"
    load: float = par(1.0, unit="ratio", low=0.01, high=100, grade="rule", source="a test", meaning="Varied.")
    servers: int = par(6, unit="workers", low=1, high=100, grade="rule", source="a test", meaning="Varied.")
    pace: float = par(
        1.0,
        unit="ratio",
        low=0.1,
        high=10,
        sweep=(0.5, 2.0),
        grade="assumed",
        source="a test",
        meaning="Slow.",
    )
    known: float = par(
        1.0,
        unit="ratio",
        low=0.1,
        high=10,
        sweep=(0.8, 1.25),
        grade="A",
        source="a test",
        meaning="Measured.",
    )
    idle: float = par(
        1.0, unit="ratio", low=0.1, high=10, sweep=(0.5, 2.0), grade="B", source="a test", meaning="Inert."
    )
    service_levels: ServiceLevels = ServiceLevels()


def night(toy: Toy, seed: int, replication: int, engine: str) -> Outcome:
    """Hours fall short of one where load × pace × known is small; payments succeed where servers suffice."""
    luck = np.random.default_rng([seed, replication]).normal(size=2)
    hours = 0.5 * toy.load * toy.pace * toy.known * float(np.exp(0.15 * luck[0]))
    paid = 1.0 if toy.servers >= 4.0 * toy.load * float(np.exp(0.2 * luck[1])) else 0.5
    return Outcome({HOURS: hours, LEVEL: paid, SORTED: 1.0, "spoiled_share": 0.5}, {}, {})


def bent(toy: Toy, seed: int, replication: int, engine: str) -> Outcome:
    """Kept at both ends of the range and broken in the middle."""
    return Outcome({LEVEL: float(abs(np.log(toy.load)) > 0.8)}, {}, {})


def searched(
    path: str, low: float, high: float, simulate: Callable[..., Outcome] = night, replications: int = 100
) -> Answer:
    """A search of the toy on one worker."""
    lab = Laboratory(seed=3, jobs=1, simulate=simulate)
    return headroom(lab, Toy(), axis_of(Toy(), path, low, high), replications)


def test_what_never_breaks_and_what_is_broken_stand_apart() -> None:
    """Always kept: beyond the range; never kept: broken already; both with the P that says so."""
    said = document(searched("load", 0.1, 10.0))
    assert said["beyond_range"] == [SORTED]
    assert said["already_broken"] == ["spoiled_share"]
    assert said["outside"][SORTED]["certain"]
    assert said["outside"]["spoiled_share"]["ci_high"] < 0.05
    assert [level["level"] for level in said["levels"]] == [LEVEL, HOURS]
    assert said["first_to_break"] == LEVEL


def test_the_crossing_is_where_the_formula_says() -> None:
    """Hours ≤ 1 with P = .95 at load 2·exp(−.15 · 1.645), paid at 1.5·exp(−.2 · 1.645)."""
    knees = {knee.level.name: knee for knee in searched("load", 0.1, 10.0, replications=250).knees}
    for name, true in ((HOURS, 2.0 * np.exp(-0.15 * 1.6449)), (LEVEL, 1.5 * np.exp(-0.2 * 1.6449))):
        assert knees[name].low <= true <= knees[name].high
        assert knees[name].value == pytest.approx(true, rel=0.08)
        assert knees[name].falling


def test_whole_numbers_and_the_other_direction() -> None:
    """More servers keep a promise: the fewest that hold it is a whole number, and the direction is said."""
    said = document(searched("servers", 1, 12, replications=250))
    (level,) = said["levels"]
    assert level["level"] == LEVEL
    assert level["direction"] == "rising"
    assert isinstance(level["value_p95"], int)
    assert level["value_p95"] == 6  # 4·exp(.2·1.645) = 5.56
    assert level["ci_low"] <= 6 <= level["ci_high"]
    assert all(isinstance(point["value"], int) for point in said["curve"])
    assert "audience_p95" not in level


def test_a_level_that_is_not_monotone_gets_no_crossing() -> None:
    """Where no monotone curve fits inside the band, the answer says so instead of naming a point."""
    said = document(searched("load", 0.1, 10.0, bent))
    assert said["levels"] == []
    assert said["not_monotone"] == [LEVEL]
    assert said["first_to_break"] is None
    for point in said["curve"]:
        assert point[LEVEL]["p"] == float(abs(np.log(point["value"])) > 0.8)
        assert point[LEVEL]["ci_low"] <= point[LEVEL]["p"] <= point[LEVEL]["ci_high"]


def test_the_answer_does_not_hang_on_the_workers() -> None:
    """One worker or three: the same document."""
    lab = Laboratory(seed=3, jobs=3, simulate=night)
    with lab:
        other = headroom(lab, Toy(), axis_of(Toy(), "load", 0.1, 10.0), 100)
    assert document(other) == document(searched("load", 0.1, 10.0))


def test_another_seed_is_another_answer() -> None:
    """Nothing of the answer is fixed: other luck moves the crossing inside its interval."""
    lab = Laboratory(seed=4, jobs=1, simulate=night)
    other = headroom(lab, Toy(), axis_of(Toy(), "load", 0.1, 10.0), 100)
    one = searched("load", 0.1, 10.0)
    assert [knee.value for knee in other.knees] != [knee.value for knee in one.knees]


def test_a_stricter_promise_breaks_earlier() -> None:
    """`service_levels.required_probability` is read: .99 is crossed before .80."""
    values = {}
    for required in (0.8, 0.99):
        toy = changed(Toy(), {"service_levels.required_probability": required})
        lab = Laboratory(seed=3, jobs=1, simulate=night)
        answer = headroom(lab, toy, axis_of(toy, "load", 0.1, 10.0), 100)
        values[required] = {knee.level.name: knee.value for knee in answer.knees}
    assert all(values[0.99][name] < values[0.8][name] for name in (LEVEL, HOURS))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=12))
def test_bands_are_monotone_and_hold_the_fit(pairs: list[tuple[int, int]]) -> None:
    """For any counts the estimate lies inside its band; unless refuted, estimate and bounds fall."""
    n = np.array([40 for _ in pairs])
    hits = np.array([min(hits, 40) for hits, _ in pairs])
    curve = Curve(np.arange(len(pairs), dtype=np.float64), hits, n, np.ones(len(pairs), np.bool_))
    low, high = curve.band
    assert ((low <= curve.p) & (curve.p <= high)).all()
    if not curve.refuted:
        for falls in (curve.p, low, high):
            assert (np.diff(falls) <= 1e-12).all()


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_certain_ends_enclose_the_estimate(a: int, b: int) -> None:
    """Whatever the counts: last surely safe place ≤ crossing ≤ first surely broken place."""
    hits = np.array([120, 120 - a // 4, 120 - a, 60 - b])
    curve = Curve(np.arange(4.0), hits, np.full(4, 120), np.ones(4, np.bool_))
    crossing = curve.crossing(0.95)
    if crossing is not None:
        assert (crossing.low if crossing.low is not None else 0.0) <= crossing.place
        assert crossing.place <= (crossing.high if crossing.high is not None else 3.0)


def test_a_night_without_the_figure_does_not_count() -> None:
    """NaN is neither kept nor broken, as in `lianlu run`."""

    def half(toy: Toy, seed: int, replication: int, engine: str) -> Outcome:
        return Outcome({LEVEL: 1.0} if replication % 2 else {}, {}, {})

    rows = Laboratory(seed=1, jobs=1, simulate=half).replicate(Toy(), 10)
    assert counts(rows, levels_of(Toy())) == {LEVEL: (5, 5)}


def test_the_gate_asks_fresh_nights() -> None:
    """Well below the crossing it says yes, above it no, and names what is missed."""
    lab = Laboratory(seed=3, jobs=1, simulate=night)
    toy = changed(Toy(), {"service_levels.spoiled_share": 1.0})
    answer = headroom(lab, toy, axis_of(toy, "load", 0.1, 10.0), 100)
    assert gate(answer, 0.5).holds
    refused = gate(answer, 1.6)
    assert not refused.holds
    assert LEVEL in refused.missed
    assert gate(answer).value == 1.0  # the scenario as it is


def test_the_screening_finds_what_moves_the_answer() -> None:
    """Hours go with `pace` (assumed, a factor of 2) and `known` (A, 1.25); `idle` does nothing."""
    toy = changed(Toy(), {"service_levels.payment_success": 0.0})
    lab = Laboratory(seed=3, jobs=1, simulate=night)
    answer = headroom(lab, toy, axis_of(toy, "load", 0.1, 10.0), 250)
    found = document(answer, screening=screen(answer.search, answer.knees[0]))["assumptions"]
    first, second = found["inputs"]
    knee = answer.knees[0].value
    assert (first["path"], second["path"]) == ("pace", "known")
    assert first["at_low"] == pytest.approx(2.0 * knee, rel=0.1)
    assert first["at_high"] == pytest.approx(knee / 2.0, rel=0.1)
    assert second["at_high"] == pytest.approx(knee / 1.25, rel=0.1)
    assert found["still"] == 1
    exact = np.log(2.0) ** 2 / (np.log(2.0) ** 2 + np.log(1.25) ** 2)
    assert found["assumed_share"] == pytest.approx(exact, abs=0.03)
    assert sum(found["shares"].values()) == pytest.approx(1.0)
    assert found["low"] < first["at_high"] < second["at_high"]
    assert found["high"] > first["at_low"] > second["at_low"]


def test_the_curve_that_is_drawn_is_the_curve_of_the_document() -> None:
    """The chart has the document's figures in the same order, each inside its band."""
    said = document(searched("load", 0.1, 10.0))
    chart = headroom_curve(said, "en")
    assert list(chart.x) == [point.get("audience", point["value"]) for point in said["curve"]]
    names = said["already_broken"] + [knee["level"] for knee in said["levels"]] + said["not_monotone"]
    assert len(chart.lines) == len(names) > 0
    for name, line in zip(names, chart.lines, strict=True):
        assert list(line.y) == [point[name]["p"] for point in said["curve"]]
        assert line.low is not None
        assert line.high is not None
        assert all(low <= p <= high for low, p, high in zip(line.low, line.y, line.high, strict=True))
    assert chart.marks[0].at == said["required_probability"]


@pytest.mark.parametrize(
    ("path", "low", "high", "word"),
    [
        ("load", 3.0, 1.0, "below its end"),
        ("load", 1.0, 1.0, "below its end"),
        ("load", -1.0, 1.0, "0.01"),
        ("servers", 1.5, 9.0, "whole number"),
        ("servers", 1.0, 1000.0, "100"),
        ("name", None, None, "number"),
        ("laod", None, None, "load"),
        ("load", float("nan"), None, "finite"),
    ],
)
def test_a_wrong_axis_is_refused_with_what_is_allowed(
    path: str, low: float | None, high: float | None, word: str
) -> None:
    """Reversed, outside the bounds, not whole, not a number, unknown: each names what may stand there."""
    with pytest.raises(InputError, match=word):
        axis_of(Toy(), path, low, high)


def test_a_storm_of_retries_is_decided_by_luck() -> None:
    """Near its knee a night of the shipped chain holds or collapses: 0 < P < 1, and seeds disagree."""
    scenario = changed(load_scenario("chenxi_live"), {"audience.scale": 1.55})
    levels = levels_of(scenario)
    kept = []
    for seed in (1, 2):
        with Laboratory(seed=seed) as lab:
            rows = lab.replicate(scenario, 24)
        kept.append(rows.values(LEVEL) >= scenario.service_levels.payment_success)
        count = counts(rows, levels)[LEVEL]
        assert 0 < count.hits < count.n
    assert not np.array_equal(kept[0], kept[1])
