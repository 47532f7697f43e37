"""Audience, posts, baskets and the chat's mood: what must hold whatever the numbers are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.laws import Law, mean_of
from sim.night import Night
from sim.random_streams import Streams
from sim.scenario_tree import leaves
from sim.signals import Chat, MoodNumbers, MoodParams, mood, mood_numbers
from sim.stages.audience import kernel
from sim.stages.audience.draws import FRIEND_KEY, crowd_of, draw_luck
from sim.stages.audience.spec import AudienceParams, QuestionParams, numbers, question_team
from sim.stages.audience.trust_spec import TrustParams, trust_numbers
from sim.stages.basket.spec import BasketParams, Sku, draw_basket, prices
from sim.stages.group_post import kernel as post_kernel
from sim.stages.group_post.draws import draw_effort, readers_of
from sim.stages.group_post.spec import GroupPostParams
from sim.stages.group_post.spec import numbers as post_numbers
from sim.station import serve

DISCOUNT = 0.15


class Town:
    """A market of equal communities."""

    def __init__(self, communities=40, each=250):
        self.communities = communities
        self.member_community = np.repeat(np.arange(communities), each).astype(np.int32)
        index = np.tile(np.arange(each, dtype=np.int64), communities)
        self.member_key = (self.member_community.astype(np.int64) << 24) | index


TOWN = Town()


def night(attendance=1.0):
    """An ordinary night but for its attendance."""
    return Night(attendance, 1.0, 1.0, 1.0, 1.0, False)


def show(
    params=None, *, attendance=1.0, replication=0, care=1.0, absent=0.0, mood_params=None, discount=DISCOUNT
):
    """One show by hand in the town, compiled."""
    params = params or AudienceParams()
    n = numbers(params, care=care, leader_absent_share=absent)
    trust = trust_numbers(
        params.trust,
        params.intercept_live,
        expected_min=None,
        discount_share=discount,
        member_discount_share=0.0,
    )
    crowd, luck = crowd_of(
        kernel.gather, params, n, Streams(5, replication), TOWN, night(attendance), params.scale
    )
    return kernel.show_by_hand(n, trust, mood_numbers(mood_params or MoodParams()), crowd, luck)


def post(
    params=None, *, trust_params=None, by_hand=True, absent=0.0, attendance=1.0, replication=0, cutoff=1260.0
):
    """One day of posts in the town, compiled."""
    params = params or GroupPostParams()
    n = post_numbers(params, cutoff_min=cutoff, leader_absent_share=absent)
    trust = trust_numbers(
        trust_params or TrustParams(), params.intercept_text, discount_share=0.0, member_discount_share=0.0,
        expected_min=mean_of(params.effort_min) if by_hand else None,
    )  # fmt: skip
    readers, luck = readers_of(
        post_kernel.gather, params, n, Streams(5, replication), TOWN, night(attendance)
    )
    return post_kernel.read_and_reply(n, trust, readers, luck)


def differs(a, b):
    """Whether any column of two tables differs."""
    return any(
        x.shape != y.shape or not np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
        for x, y in zip(a, b, strict=True)
    )


def inside(values, target, z=3.3):
    """Whether the target lies within z standard errors of the mean of replications."""
    values = np.asarray(values, float)
    return abs(values.mean() - target) <= z * values.std(ddof=1) / math.sqrt(len(values)) + 1e-12


def test_a_viewers_luck_depends_on_the_key_alone():
    """Drawing other people, or in another order, changes nobody's luck, and a tile's border is no border."""
    params = AudienceParams()
    keys = np.arange(2000, dtype=np.int64) * 7 + (3 << 24)
    some = np.random.default_rng(1).permutation(2000)[:700]
    everybody = draw_luck(params, Streams(1, 2), keys)
    assert everybody[some].tobytes() == draw_luck(params, Streams(1, 2), keys[some]).tobytes()


def test_more_attendance_keeps_everybody_who_came():
    """A better night only adds viewers, and those who came anyway live the same evening up to the mood."""
    few, many = show(attendance=0.8), show(attendance=1.2)
    assert set(few.key) < set(many.key)
    rows = np.flatnonzero(np.isin(many.key, few.key))
    assert np.array_equal(many.key[rows], few.key)
    assert np.array_equal(many.arrive_min[rows], few.arrive_min)
    assert np.array_equal(many.decide_min[rows], few.decide_min, equal_nan=True)


def test_a_switch_downstream_leaves_what_is_upstream():
    """Weights and questions change no arrival, stay or moment of decision, bit for bit."""
    base = show()
    for params in (
        AudienceParams(trust=TrustParams(host="shouting")),
        changed(AudienceParams(), "questions.ask_share", 0.2),
    ):
        other = show(params)
        for name in ("key", "reached_min", "arrive_min", "leave_min", "decide_min", "threshold"):
            assert np.array_equal(getattr(base, name), getattr(other, name), equal_nan=True), name


def test_rows_are_in_order_and_friends_have_bringers():
    """Members by key, then strangers, then friends, each beside a bringer of the same community."""
    people = show()
    assert (np.diff(people.origin) >= 0).all()
    assert (np.diff(people.key[people.origin == 0]) > 0).all()
    assert len(np.unique(people.key)) == len(people.key)
    where = dict(zip(people.key.tolist(), people.community.tolist(), strict=True))
    for key, community in zip(people.key.tolist(), people.community.tolist(), strict=True):
        if key & FRIEND_KEY:
            assert where[key ^ FRIEND_KEY] == community
    assert np.isnan(people.reached_min[people.origin > 0]).all()
    assert (people.reached_min[people.origin == 0] < 0.0).sum() == (people.origin == 0).sum()


def test_every_evening_is_in_order():
    """Arrive, ask, decide and answer lie where they must, and only deciders with a score want anything."""
    n = numbers(AudienceParams())
    people = show()
    assert ((people.arrive_min >= n.show_start) & (people.arrive_min < n.show_end)).all()
    assert ((people.leave_min >= people.arrive_min) & (people.leave_min <= n.show_end)).all()
    asked = ~np.isnan(people.asked_min)
    assert (
        people.asked_min[asked]
        <= np.minimum(people.leave_min, np.nan_to_num(people.decide_min, nan=np.inf))[asked]
    ).all()
    served = ~np.isnan(people.answered_min)
    assert (asked | ~served).all()
    waited = people.answer_start_min[served] - people.asked_min[served]
    assert (waited >= 0).all()
    assert (waited <= n.patience + 1e-9).all()
    decided = ~np.isnan(people.decide_min)
    assert np.array_equal(decided, ~np.isnan(people.score))
    assert not people.wants[~decided].any()
    assert (people.decide_min[decided] >= people.arrive_min[decided]).all()


def test_no_answerer_is_busy_twice():
    """At no moment are more questions in hand than there are people to answer them."""
    people = show(changed(AudienceParams(), "questions.ask_share", 0.5))
    begun, done = (column[~np.isnan(column)] for column in (people.answer_start_min, people.answered_min))
    moments = np.concatenate([begun, done])
    steps = np.concatenate([np.ones(len(begun)), -np.ones(len(done))])
    order = np.lexsort((steps, moments))
    assert steps[order].cumsum().max() == AudienceParams().questions.team


def test_the_audience_has_the_size_and_shape_of_the_model():
    """Members, strangers, friends and the shares of arrivals lie where theory puts them."""
    params = AudienceParams()
    reached = 1.0 - (1.0 - 0.85 * 0.306) ** 3
    members, strangers, opening, push = [], [], [], []
    for r in range(40):
        people = show(replication=r)
        came = people.arrive_min - params.show.starts_at_min
        members.append((people.origin == 0).sum())
        strangers.append((people.origin == 1).sum())
        opening.append((came < 5.0).mean())
        push.append(((came >= 28.0) & (came < 33.0)).mean())
        share = 0.05
        bringers = (people.origin < 2).sum()
        assert abs((people.origin == 2).sum() - share * bringers) < 5.0 * math.sqrt(share * bringers)
    assert inside(members, len(TOWN.member_key) * reached * 0.45)
    assert inside(strangers, 600.0)
    assert inside(opening, 0.20)
    rest = (math.exp(-23 / 25) - math.exp(-28 / 25)) + math.exp(-55 / 25) * 5 / 55
    assert inside(push, 0.30 + 0.50 * rest)


def test_question_team_against_the_queue_with_deadlines():
    """One answerer: the share of questions given up is that of the M/M/1 queue with fixed patience."""
    rate, patience, n = 0.9, 2.0, 20_000
    team = question_team(numbers(AudienceParams(questions=QuestionParams(team=1))))
    lost = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        asked = np.cumsum(rng.exponential(1.0 / rate, n))
        told = serve(team, asked, rng.exponential(1.0, n), patience=np.full(n, patience))
        lost.append(1.0 - told.served.mean())
    decay = math.exp(-(1.0 - rate) * patience)
    idle = 1.0 / (1.0 + rate * (1.0 - decay) / (1.0 - rate) + rate * decay)
    assert inside(lost, idle * rate * decay)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(0, 3), min_size=0, max_size=30),
    st.lists(st.floats(0, 3), max_size=30),
    st.floats(0, 3),
)
def test_mood_sees_earlier_ticks_only(failures, successes, now):
    """Nothing of the current tick, later, or before the memory counts; a mood is between −gain and 0."""
    n = MoodNumbers(5, 60, 2.0)
    heard, all_told = Chat(n), Chat(n)
    start = math.floor(now * 60) // 5 * 5
    for times, note in ((failures, "note_failure"), (successes, "note_success")):
        for t in times:
            getattr(all_told, note)(t)
            if start - 60 <= math.floor(t * 60) < start:
                getattr(heard, note)(t)
    assert heard.mood(now) == all_told.mood(now)
    assert -2.0 <= all_told.mood(now) <= 0.0


def test_mood_worsens_with_failures():
    """Silence is neutral, each failure lowers the mood, each success raises it, gain 0 switches it off."""
    assert mood(0, 0, 1.0) == 0.0
    assert mood(2, 2, 1.0) < mood(1, 2, 1.0) < mood(1, 3, 1.0) < 0.0
    assert mood(5, 1, 0.0) == 0.0


def test_the_tick_hardly_matters():
    """Half and double tick leave the number of buyers within one per cent."""
    wants = [show(mood_params=MoodParams(tick_s=tick)).wants.sum() for tick in (2, 5, 10)]
    assert max(wants) / min(wants) < 1.01


def test_trust_has_the_signs_of_the_literature():
    """A shouting host, slow buying, bad mood and no offer cost buyers; answers and a lower price win them."""
    base = show().wants.sum()
    assert show(AudienceParams(trust=TrustParams(host="shouting"))).wants.sum() < base
    assert show(AudienceParams(trust=TrustParams(host="neighbour"))).wants.sum() < base
    assert show(AudienceParams(trust=TrustParams(system_min=10.0))).wants.sum() < base
    assert show(discount=0.0).wants.sum() < base < show(discount=0.3).wants.sum()
    assert show(mood_params=MoodParams(gain=0.0)).wants.sum() > base
    assert show(changed(AudienceParams(), "questions.team", 30)).wants.sum() > base


def test_drills_drive_viewers_off():
    """A lost feed, stutter and a slow picture shorten stays; neglected and absent leaders cost viewers."""
    watched = (show().leave_min - show().arrive_min).sum()
    for path, value in (
        ("watch.feed_lost_minutes", 5.0),
        ("watch.rebuffer_share", 0.02),
        ("watch.startup_s", 6.0),
    ):
        people = show(changed(AudienceParams(), path, value))
        assert (people.leave_min - people.arrive_min).sum() < watched, path
    base = len(show().key)
    assert len(show(care=0.5).key) < base
    assert len(show(absent=0.3).key) < base
    assert len(post(absent=0.3).key) < len(post().key)


def test_the_quiz_holds_those_who_take_part():
    """Only viewers present at the quiz take part, they stay longer, and nobody else's stay changes."""
    none, quiz = show(changed(AudienceParams(), "quiz.share", 0.0)), show()
    at = AudienceParams().show.starts_at_min + AudienceParams().quiz.after_min
    assert quiz.quiz.any()
    assert not none.quiz.any()
    assert ((quiz.arrive_min <= at) & (quiz.leave_min > at))[quiz.quiz].all()
    assert np.array_equal(none.leave_min[~quiz.quiz], quiz.leave_min[~quiz.quiz])
    assert (quiz.leave_min[quiz.quiz] >= none.leave_min[quiz.quiz]).all()


def test_posts_are_read_in_their_day():
    """8.14 % of members read; replies after the cut-off do not count; a tool wins more than transfers."""
    assert inside([len(post(replication=r).key) for r in range(40)], 0.0814 * len(TOWN.member_key))
    people = post(cutoff=800.0)
    late = np.isnan(people.decide_min)
    assert late.any()
    assert not people.wants[late].any()
    assert (people.decide_min[~late] <= 800.0).all()
    assert ((people.reached_min >= 540.0) & (people.reached_min <= 660.0)).all()
    by_hand, by_tool = post(), post(by_hand=False)
    assert set(by_hand.key[by_hand.wants]) < set(by_tool.key[by_tool.wants])


def test_buying_by_hand_takes_five_to_ten_minutes():
    """The effort of a buyer by hand is the article's, and its mean is what the decision reckons with."""
    effort = draw_effort(GroupPostParams(), Streams(1, 0), np.arange(4000, dtype=np.int64))
    assert effort.min() >= 5.0
    assert effort.max() <= 10.0
    assert inside(effort, mean_of(GroupPostParams().effort_min))


def test_a_mean_line_costs_what_the_model_says():
    """Weighted by share, a line is ¥29.41 at list price, ¥25.00 in the offer and 1.5 kg."""
    params = BasketParams()
    share = np.array([sku.share for sku in params.skus])
    p = prices(params)
    assert share.sum() == pytest.approx(1.0)
    assert share @ p.list_fen == pytest.approx(2941.0, abs=1e-9)
    assert share @ p.offer_fen == pytest.approx(2500.0, abs=0.5)
    assert share @ p.grams == pytest.approx(1500.0, abs=1e-9)
    assert sum(sku.new for sku in params.skus) == 1


def test_baskets_are_keyed_and_have_their_law():
    """1 + Poisson lines split by the shares, each by its key alone; a bigger night never shrinks one."""
    params, keys = BasketParams(), np.arange(20_000, dtype=np.int64)
    lines = draw_basket(params, Streams(2, 0), keys)
    assert np.array_equal(draw_basket(params, Streams(2, 0), keys[5:9]), lines[5:9])
    total = lines.sum(axis=1)
    assert total.min() == 1
    assert inside(total, 2.0)
    assert inside((total == 1).astype(float), math.exp(-1.0))
    for k, sku in enumerate(params.skus):
        assert inside(lines[:, k], 2.0 * sku.share)
    assert (draw_basket(params, Streams(2, 0), keys, 1.2) >= lines).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"skus": ()},
        {"skus": (Sku(share=0.0),)},
        {"skus": (Sku(price_fen=900, kg=1.5),)},
        {"skus": (Sku(price_fen=9000, kg=1.5),)},
        {"offer_discount_share": 0.7, "member_discount_share": 0.4},
    ],
    ids=["none", "no share", "too cheap a kg", "too dear a kg", "free for members"],
)
def test_impossible_baskets_are_refused(bad):
    """A range nobody could sell is an error when the scenario is read."""
    with pytest.raises(ValidationError):
        BasketParams(**bad)


def changed(params, path, value):
    """The parameters with one leaf at a dotted path set."""
    head, _, rest = path.partition(".")
    return params.model_copy(update={head: changed(getattr(params, head), rest, value) if rest else value})


def moved(leaf):
    """Another value a leaf may take."""
    if isinstance(leaf.default, bool):
        return not leaf.default
    if leaf.path.endswith("trust.host"):
        return "neighbour"
    if leaf.path == "show.offer_minutes":
        return 15.0  # a longer offer outlasts every decision
    step = 1 if isinstance(leaf.default, int) else 0.1
    up = leaf.default + step if isinstance(leaf.default, int) else leaf.default * 1.3 + 0.01
    return up if leaf.high is None or up <= leaf.high else leaf.default - step


def moved_law(law):
    """The same law, longer."""
    inner = getattr(law, law.kind)
    if isinstance(inner, float):
        return Law(constant=inner * 1.3)
    first = {name: getattr(inner, name) * 1.3 for name in type(inner).model_fields if name != "sigma"}
    return Law(**{law.kind: inner.model_copy(update=first)})


DRILL = {
    "watch.startup_s": 5.0,
    "watch.rebuffer_share": 0.01,
    "watch.feed_lost_minutes": 2.0,
}
"""Drills are off by default; their parameters are tried with all of them on."""
KPI_ONLY = {"quiz.gifts", "quiz.gift_cny"}
"""Read by a KPI, not by a column."""
CHOSEN = {"trust.neighbour_weight": "neighbour", "trust.shouting_weight": "shouting"}
"""Weights that only their host reads."""


def drilled():
    """The audience with every drill on."""
    params = AudienceParams()
    for path, value in DRILL.items():
        params = changed(params, path, value)
    return params


@pytest.mark.parametrize("leaf", list(leaves(drilled(), split_laws=False)), ids=lambda leaf: leaf.path)
def test_every_parameter_of_the_audience_is_alive(leaf):
    """Changing any single parameter changes a column."""
    if leaf.path in KPI_ONLY:
        assert "quiz_cost_cny" in leaf.meaning
        return
    params = drilled()
    if leaf.path in CHOSEN:
        params = changed(params, "trust.host", CHOSEN[leaf.path])
    if leaf.path == "show.offer_wave_min":
        params = changed(params, "show.offer_waves", 2)
    if leaf.path in ("trust.friction_per_min", "trust.friction_free_min"):
        params = changed(params, "trust.system_min", 5.0)
    value = moved_law(leaf.default) if isinstance(leaf.default, Law) else moved(leaf)
    assert differs(show(params), show(changed(params, leaf.path, value)))


@pytest.mark.parametrize(
    "leaf", list(leaves(GroupPostParams(), split_laws=False)), ids=lambda leaf: leaf.path
)
def test_every_parameter_of_the_post_is_alive(leaf):
    """Changing any single parameter changes a column, the members' own effort among them."""
    value = moved_law(leaf.default) if isinstance(leaf.default, Law) else moved(leaf)
    assert differs(post(), post(changed(GroupPostParams(), leaf.path, value)))


def test_links_in_waves_hold_back_whole_communities_and_nobody_else():
    """The first wave decides as before, each later one not before its link; fewer are left to decide."""
    at_once, params = AudienceParams(), AudienceParams()
    for path, value in (("show.offer_waves", 4), ("show.offer_wave_min", 3.0)):
        params = changed(params, path, value)
    before, after = show(at_once), show(params)
    assert np.array_equal(before.arrive_min, after.arrive_min)
    assert np.array_equal(before.leave_min, after.leave_min)
    link = numbers(params).offer_from + 3.0 * (after.community % 4)
    decided = ~np.isnan(after.decide_min)
    waited = decided & (after.decide_min != before.decide_min)
    assert waited.any()
    assert np.all(after.decide_min[waited] > np.maximum(link, before.decide_min)[waited])
    first = after.community % 4 == 0
    assert np.array_equal(before.decide_min[first], after.decide_min[first], equal_nan=True)
    assert np.all(np.isnan(after.decide_min[np.isnan(before.decide_min)]))
    assert decided.sum() < (~np.isnan(before.decide_min)).sum()


@pytest.mark.parametrize(("name", "value"), [("tick_s", 30), ("memory_s", 5), ("gain", 0.5)])
def test_every_parameter_of_the_mood_is_alive(name, value):
    """Changing tick, memory or gain changes who wants to buy."""
    busy = changed(AudienceParams(), "questions.ask_share", 0.5)
    assert differs(show(busy), show(busy, mood_params=MoodParams(**{name: value})))
