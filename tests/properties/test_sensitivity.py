"""Properties of sensitivity: planted drivers are found, what does nothing stands last, luck is no driver."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.experiments.laboratory import Laboratory
from sim.experiments.replicate import Outcome
from sim.experiments.sensitivity import Effort, input_uncertainty, sensitivity
from sim.experiments.sensitivity.input_uncertainty import nested
from sim.experiments.sensitivity.inputs import GRADES, SPREAD, Input, inputs_of
from sim.experiments.sensitivity.points import Model
from sim.experiments.sensitivity.screening import screen
from sim.experiments.sensitivity.study import _stepped
from sim.problems import InputError, Unusable
from sim.scenario import Scenario
from sim.scenario_file import load_scenario
from sim.scenario_file.changing import changed, known_field

Floats = NDArray[np.float64]
LIVE = load_scenario("chenxi_live")
DECLINE = "checkout.payment.decline_share"
PIN = "checkout.pin_s.lognormal.median"
PATIENCE = "checkout.client.patience_s.lognormal.median"
MEMBERS = "market.members_mean"
WORDS = "leaders.warm_words_s"
PLANTED = {DECLINE, PIN, PATIENCE, MEMBERS}
SMALL = Effort(trajectories=4, samples=64, nights=2, top=6)


def planted(scenario: Scenario, seed: int, replication: int, engine: str) -> Outcome:
    """A model with four known drivers: two alone, two together; luck moves every night alike."""
    luck = float(np.random.default_rng((seed, replication)).normal())
    shop = scenario.checkout
    decline = (shop.payment.decline_share - 0.0275) / 0.045
    pin = (shop.pin_s.lognormal.median - 12.0) / 16.0  # type: ignore[union-attr]  # the shipped law
    patience = (shop.client.patience_s.lognormal.median - 12.0) / 16.0  # type: ignore[union-attr]
    members = (scenario.market.members_mean - 250.0) / 300.0
    success = 0.7 - 0.10 * decline + 0.25 * pin * patience - 0.08 * members + 0.01 * luck
    kpis = {"payment_success": success, "gmv_cny": 1000.0 * members + 10.0 * luck, "steps_to_buy": 3.0}
    if scenario.mood.gain <= 1.0:
        kpis["recovery_min"] = 1.0 + scenario.mood.gain
    return Outcome(kpis, {"collected": 1}, {})


def told(kpis: tuple[str, ...] = ("payment_success", "gmv_cny"), **options: Any) -> dict[str, Any]:
    """The answer about the planted model."""
    with Laboratory(seed=3, jobs=1, simulate=planted) as laboratory:
        return sensitivity(LIVE, laboratory, kpis=kpis, **{"effort": SMALL} | options)


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    """All inputs of the live arm, on the planted model."""
    return told()


def test_planted_drivers_are_found(answer: dict[str, Any]) -> None:
    """Of over 200 inputs exactly the four planted ones drive the figure; they stand first."""
    assert answer["design"]["inputs"] > 200
    assert {row["path"] for row in answer["inputs"][:4]} == PLANTED
    assert {row["path"] for row in answer["inputs"] if row["verdict"] == "drives"} == PLANTED
    assert {row["path"]: np.sign(row["mu"]) for row in answer["inputs"][:4]}[DECLINE] == -1


def test_what_does_nothing_stands_last(answer: dict[str, Any]) -> None:
    """Inputs that the model never reads have no effect, no share, and stand behind the others."""
    rest = answer["inputs"][4:]
    assert {row["verdict"] for row in rest} == {"no_effect"}
    assert {row["effect"] for row in rest} == {0.0}
    assert {row["share_of_variance"] for row in rest} == {0.0}
    assert WORDS in answer["screened_out"]["no_effect"]


def test_shares_contain_what_was_planted(answer: dict[str, Any]) -> None:
    """The variance is shared as it was planted: squared slopes over 12, the pair's halved between its two."""
    alone = {DECLINE: 0.10**2 / 12.0, MEMBERS: 0.08**2 / 12.0}
    both = 0.25**2 / 144.0
    whole = sum(alone.values()) + both
    truth = {path: v / whole for path, v in (alone | {PIN: both / 2.0, PATIENCE: both / 2.0}).items()}
    for row in answer["inputs"][:4]:
        assert row["share_low"] <= truth[row["path"]] <= row["share_high"], row["path"]
    assert sum(row["share_of_variance"] for row in answer["inputs"]) == pytest.approx(1.0)


def test_ledger_sums_to_one(answer: dict[str, Any]) -> None:
    """Each answer's shares by grade sum to 1; a figure of one input rests on that input's grade alone."""
    assert set(answer["ledger"]) == {"payment_success", "gmv_cny"}
    for book in answer["ledger"].values():
        assert sum(one["share"] for one in book.values()) == pytest.approx(1.0)
        assert all(0.0 <= one["ci_low"] <= one["share"] <= one["ci_high"] <= 1.0 for one in book.values())
    assert answer["ledger"]["gmv_cny"]["B"]["share"] == pytest.approx(1.0)
    assert answer["noise"]["payment_success"]["std_luck"] == pytest.approx(0.01, rel=0.3)


def test_costly_sections_that_do_nothing_stay_closed(answer: dict[str, Any]) -> None:
    """Roads and routes, moved together, show no effect and stay closed."""
    assert {one["section"] for one in answer["screened_out"]["sections"]} == {
        "roads",
        "delivery",
        "money.van",
    }
    assert all(one["effect"] == 0.0 for one in answer["screened_out"]["sections"])


def test_the_same_question_has_the_same_answer() -> None:
    """Same seed, same document; inputs that are named are all looked at."""
    paths = [WORDS, DECLINE, PIN]
    one, two = (told(paths=paths) for _ in range(2))
    assert one == two
    assert [row["path"] for row in one["inputs"]][-1] == WORDS
    assert one["design"]["inputs"] == 3


def test_a_figure_that_never_varies_is_said_to() -> None:
    """A figure that is the same everywhere has no ledger and no driver, and the document names it."""
    found = told(("steps_to_buy",), paths=[DECLINE, WORDS])
    assert found["constant"] == ["steps_to_buy"]
    assert found["ledger"] == {}
    assert {row["verdict"] for row in found["inputs"]} == {"no_effect"}


def test_a_figure_without_meaning_is_not_called_constant() -> None:
    """Where a figure has no meaning at half of the points, nothing is claimed of any input."""
    found = told(("recovery_min",), paths=["mood.gain", DECLINE])
    assert found["without_meaning"] == ["recovery_min"]
    assert found["constant"] == []
    assert {row["verdict"] for row in found["inputs"]} == {"cannot_tell"}


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"kpis": ("payment_sucess",)}, InputError, "payment_success"),
        ({"kpis": ("leader_min_tally",)}, InputError, "without meaning where show: live"),
        ({"paths": ["checkout.nothing"]}, InputError, "no such parameter"),
        ({"paths": ["show"]}, InputError, "a path at which a number stands"),
        ({"paths": ["stock.limited"]}, InputError, "a path at which a number stands"),
        ({"paths": ["group_post.read_share"]}, InputError, "show: text"),
        ({"paths": ["service_levels.oversold"]}, InputError, "cannot move alone"),
        ({"effort": Effort(samples=2)}, Unusable, "at least 16 rows"),
        ({"effort": Effort(nights=1)}, Unusable, "2 nights"),
        ({"effort": Effort(trajectories=1)}, Unusable, "2 trajectories"),
    ],
)
def test_wrong_questions_get_a_sentence(options: dict[str, Any], error: type[Exception], said: str) -> None:
    """A name nobody has, a figure the arm has not, a path without a range, no effort: each says why."""
    with pytest.raises(error, match=said):
        told(**{"kpis": ("payment_success",), "paths": [DECLINE]} | options)


@pytest.mark.parametrize("name", ["chenxi_live", "chenxi_jielong", "live_by_hand", "chenxi_jielong_tool"])
def test_inputs_have_ranges_that_the_scenario_accepts(name: str) -> None:
    """Every input of every arm is graded, lies inside its range, and the scenario takes both ends."""
    scenario = load_scenario(name)
    chosen = inputs_of(scenario).chosen
    assert len(chosen) > 150
    for one in chosen:
        assert one.grade in GRADES
        assert one.low < one.high
        assert one.low <= one.base <= one.high
        assert not scenario.combination_problems([one.path], scenario)
    ends = [{one.path: one.value(share) for one in chosen[::9]} for share in (0.0, 1.0)]
    assert all(isinstance(changed(scenario, end), Scenario) for end in ends)


def test_ranges_come_from_the_sweep_or_the_grade() -> None:
    """A field's sweep is its range; without one the grade says how far off it may be."""
    by_path = {one.path: one for one in inputs_of(LIVE).chosen}
    assert (by_path[DECLINE].low, by_path[DECLINE].high, by_path[DECLINE].by) == (0.005, 0.05, "sweep")
    for path in ("checkout.client.timeout_s", "checkout.order_service.alpha", "basket.more_lines_mean"):
        one = by_path[path]
        assert one.by == "grade"
        assert one.high == pytest.approx(one.base * (1.0 + SPREAD[one.grade]))
    assert f"{PIN.rpartition('.')[0]}.sigma" not in by_path


def test_decisions_are_no_assumptions() -> None:
    """People, clock times, prices and promises are varied only on demand; conventions never."""
    usual = {one.path for one in inputs_of(LIVE).chosen}
    all_of_them = {one.path for one in inputs_of(LIVE, decisions=True).chosen}
    decided = all_of_them - usual
    assert usual < all_of_them
    assert {"aftersales.agents", "sorting.teams[0].people", "cutoff.placed_by_min"} <= decided
    assert not {"market.seed", "audience.scale", "service_levels.required_probability"} & all_of_them
    assert all(known_field(LIVE, path, "").grade != "rule" for path in all_of_them)


def test_whole_numbers_get_equal_parts() -> None:
    """A whole-numbered input takes each of its values equally often, and no other."""
    one = Input("people", "assumed", 3, 2, 4, whole=True)
    values = [one.value(share) for share in np.linspace(0.0, 1.0, 3001)]
    counts = np.unique(values, return_counts=True)
    assert counts[0].tolist() == [2, 3, 4]
    assert np.ptp(counts[1]) <= 2


@pytest.mark.parametrize("levels", range(2, 9))
def test_few_values_keep_mean_and_variance(levels: int) -> None:
    """The values of a costly input have the mean and the variance of its whole range, and lie inside it."""
    values = np.unique(_stepped((np.arange(levels) + 0.5) / levels, levels))
    assert len(values) == levels
    assert values.mean() == pytest.approx(0.5)
    assert values.var() == pytest.approx(1.0 / 12.0)
    assert 0.0 <= values.min() < values.max() <= 1.0


def test_only_what_does_not_go_together_steps_back() -> None:
    """More shops and homes than points step back until they fit; an input beside them stays."""
    paths = ["market.shop_share", "market.home_share", MEMBERS, DECLINE]
    chosen = inputs_of(LIVE, paths).chosen
    with Laboratory(jobs=1, simulate=planted) as laboratory:
        model = Model(LIVE, chosen, ["payment_success"], laboratory)
        scenario = model.at(np.ones(4))
    market = scenario.market
    assert 0.9 < market.shop_share + market.home_share <= 1.0
    assert market.members_mean == chosen[2].high
    assert scenario.checkout.payment.decline_share == chosen[3].high
    assert model.stepped_back == 1


def test_two_refusals_at_once_leave_the_others_alone() -> None:
    """Shops with homes, and shares of the day above 1: both pairs step back, and nothing else does."""
    pairs = ["market.shop_share", "market.home_share"]
    pairs += [f"collection.profile.{part}_share" for part in ("morning", "midday", "evening")]
    chosen = inputs_of(LIVE, [*pairs, DECLINE, MEMBERS]).chosen
    with Laboratory(jobs=1, simulate=planted) as laboratory:
        model = Model(LIVE, chosen, ["payment_success"], laboratory)
        scenario = model.at(np.ones(len(chosen)))
    profile = scenario.collection.profile
    assert scenario.market.shop_share + scenario.market.home_share <= 1.0
    assert profile.morning_share + profile.midday_share + profile.evening_share <= 1.0
    assert scenario.checkout.payment.decline_share == chosen[-2].high
    assert scenario.market.members_mean == chosen[-1].high
    assert model.stepped_back == 1


def test_without_salib_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named where it is missing; nothing is computed first."""
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(Unusable, match=r"lianlu\[sensitivity\]"):
        told(paths=[DECLINE])


def test_luck_is_rarely_called_a_driver() -> None:
    """Where nothing but luck moves a figure, any input is called a driver in at most 5 % of studies."""
    trials, names = 200, [f"x{n}" for n in range(6)]

    def wrong(seed: int) -> bool:
        def luck(points: Floats, _first: NDArray[np.int64], nights: int) -> Floats:
            return np.random.default_rng(seed).normal(size=(len(points), nights, 1))

        found = screen(luck, names, names, trajectories=6, nights=2, seed=seed)[0]
        return "drives" in found.verdicts()

    false = sum(wrong(seed) for seed in range(1, trials + 1))
    assert false / trials <= 0.05 + 3.3 * math.sqrt(0.05 * 0.95 / trials)


def test_variance_components_are_found() -> None:
    """Nested draws: the exact interval of the inputs' share covers it in 95 % of studies."""
    rng, trials, hits = np.random.default_rng(5), 400, 0
    for _ in range(trials):
        figures = rng.normal(size=(32, 1)) + 2.0 * rng.normal(size=(32, 4))
        hits += nested(figures).share_interval.contains(1.0 / 5.0)
    assert abs(hits / trials - 0.95) <= 3.3 * math.sqrt(0.95 * 0.05 / trials)


def test_input_uncertainty_widens_what_inputs_move() -> None:
    """A KPI's interval grows by what the inputs may do, and only where they do something."""
    with Laboratory(seed=4, jobs=1, simulate=planted) as laboratory:
        found = input_uncertainty(laboratory.replicate(LIVE, 30), laboratory, draws=48, nights=2)
    moved, still = found["kpis"]["payment_success"], found["kpis"]["steps_to_buy"]
    assert moved["ci_low"] <= moved["luck_low"] <= moved["mean"] <= moved["luck_high"] <= moved["ci_high"]
    whole = math.sqrt((0.10**2 + 0.08**2) / 12.0 + 0.25**2 / 144.0)
    assert moved["std_inputs"] == pytest.approx(whole, rel=0.35)
    assert moved["ci_high"] - moved["ci_low"] > 5.0 * (moved["luck_high"] - moved["luck_low"])
    assert (still["ci_low"], still["ci_high"], still["share_of_inputs"]) == (3.0, 3.0, 0.0)
