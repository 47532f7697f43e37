"""The parameters of a live show's audience, in engine units for both faces, and the columns it writes."""

from __future__ import annotations

from typing import NamedTuple

from sim.laws import Law, exponential, lognormal
from sim.orderlog import Column
from sim.remembered import remembered
from sim.stages.audience.reach import KocParams, SeedingParams
from sim.stages.audience.trust_spec import TrustParams
from sim.stages.audience.watching import ArrivalParams, QuizParams, ShowParams, WatchParams
from sim.station import Station
from sim.units import Params, par

LATENCY = "Aliyun 49785 and Tencent Cloud 1071/38160: latency of RTMP/FLV and HLS streams, 2024"
NO_FIGURE = "no published figure for private groups"


class QuestionParams(Params):
    """Questions in the chat, and the team that answers them."""

    ask_share: float = par(
        0.06,
        unit="share",
        low=0,
        high=1,
        sweep=(0.02, 0.12),
        grade="C",
        source="cqdjgzn.com 5064: over 15 comments per 1,000 views is good",
        meaning="Viewers who ask a question.",
    )
    team: int = par(
        3,
        unit="people",
        low=0,
        high=1000,
        grade="assumed",
        source=NO_FIGURE,
        meaning="People who answer questions.",
    )
    answer_s: Law = par(
        lognormal(30, 0.6), unit="s", grade="assumed", source=NO_FIGURE, meaning="Time for an answer."
    )
    patience_s: float = par(
        180.0,
        unit="s",
        low=0,
        high=7200,
        grade="assumed",
        source=NO_FIGURE,
        meaning="After this time in the queue a question counts as unanswered.",
    )


class IntentParams(Params):
    """When a viewer decides."""

    not_wait_share: float = par(
        0.10,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers who do not wait for the special price (the cart is open from 0).",
    )
    late_share: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        grade="A",
        source=LATENCY,
        meaning="Viewers on a stream with the long latency.",
    )
    latency_s: float = par(
        3.0, unit="s", low=0, high=120, grade="A", source=LATENCY, meaning="Ordinary latency, mean."
    )
    latency_sd_s: float = par(
        1.0, unit="s", low=0, high=60, grade="A", source=LATENCY, meaning="Its spread (normal)."
    )
    late_latency_s: float = par(
        12.0, unit="s", low=0, high=120, grade="A", source=LATENCY, meaning="Long latency, mean."
    )
    late_latency_sd_s: float = par(
        4.0, unit="s", low=0, high=60, grade="A", source=LATENCY, meaning="Its spread (normal)."
    )
    react_s: Law = par(
        lognormal(20, 0.6),
        unit="s",
        grade="assumed",
        source=NO_FIGURE,
        meaning="From seeing the price to the first click of those who decide at once.",
    )
    at_once_share: float = par(
        0.5,
        unit="share",
        low=0,
        high=1,
        sweep=(0.2, 0.8),
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers who decide with the first reaction; the others think on.",
    )
    think_min: Law = par(
        exponential(6),
        unit="min",
        grade="assumed",
        source=NO_FIGURE,
        meaning="How long those think on, unless they leave before.",
    )


class AudienceParams(Params):
    """Everybody who may watch the show."""

    scale: float = par(
        1.0,
        unit="factor",
        low=0.001,
        high=1000,
        grade="rule",
        source="the axis of the headroom search; 3.4 is about 50,000 viewers",
        meaning="Multiplies members, group cap and KOC's invitations; points and roads stay.",
    )
    intercept_live: float = par(
        -0.95,
        unit="score",
        low=-20,
        high=20,
        grade="claim",
        source="fitted to the article's 38 % of viewers who buy",
        meaning="Score of a live show before everything else is counted.",
    )
    brings_share: float = par(
        0.05,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Probability that a viewer brings one other, who brings nobody.",
    )
    seeding: SeedingParams = SeedingParams()
    koc: KocParams = KocParams()
    show: ShowParams = ShowParams()
    arrival: ArrivalParams = ArrivalParams()
    watch: WatchParams = WatchParams()
    quiz: QuizParams = QuizParams()
    questions: QuestionParams = QuestionParams()
    intent: IntentParams = IntentParams()
    trust: TrustParams = TrustParams()

    @property
    def offer_opens_min(self) -> float:
        """When special price and gift begin, minutes since D0 00:00."""
        return self.show.starts_at_min + self.show.offer_after_min


class AudienceNumbers(NamedTuple):
    """`AudienceParams` for the engines: absolute minutes, shares."""

    days: int
    sent_at: float
    send_share: float
    leader_absent_share: float
    reach_share: float
    attend_share: float
    koc_attend_share: float
    brings_share: float
    show_start: float
    show_end: float
    tour_end: float
    offer_from: float
    offer_until: float
    waves: int
    wave_gap: float
    startup_leave_share: float
    stutter_factor: float
    feed_from: float
    feed_until: float
    feed_leave_share: float
    quiz_at: float
    quiz_share: float
    quiz_factor: float
    ask_share: float
    team: int
    patience: float
    not_wait_share: float


@remembered
def numbers(
    params: AudienceParams, *, care: float = 1.0, leader_absent_share: float = 0.0
) -> AudienceNumbers:
    """The audience's constants in engine units.

    Args:
        params: the audience.
        care: how well leaders are looked after (`leaders.care`); multiplies the share who send the push.
        leader_absent_share: of leaders who send nothing at all (`leaders.absent_share`).
    """
    show, watch = params.show, params.watch
    start = float(show.starts_at_min)
    feed_from = start + watch.feed_lost_after_min
    return AudienceNumbers(
        days=params.seeding.days,
        sent_at=float(params.seeding.sent_at_min),
        send_share=params.seeding.confirm_share * care,
        leader_absent_share=float(leader_absent_share),
        reach_share=float(params.seeding.reach_share),
        attend_share=float(params.seeding.attend_share),
        koc_attend_share=float(params.koc.attend_share),
        brings_share=float(params.brings_share),
        show_start=start,
        show_end=start + show.minutes,
        tour_end=start + show.tour_minutes,
        offer_from=params.offer_opens_min,
        offer_until=params.offer_opens_min + show.offer_minutes,
        waves=show.offer_waves,
        wave_gap=float(show.offer_wave_min),
        startup_leave_share=watch.leave_per_startup_s * max(0.0, watch.startup_s - watch.startup_free_s),
        stutter_factor=max(0.0, 1.0 - watch.stay_loss_factor * watch.rebuffer_share),
        feed_from=feed_from,
        feed_until=feed_from + watch.feed_lost_minutes,
        feed_leave_share=watch.feed_lost_leave_share if watch.feed_lost_minutes > 0.0 else 0.0,
        quiz_at=start + params.quiz.after_min,
        quiz_share=float(params.quiz.share),
        quiz_factor=float(params.quiz.stay_factor),
        ask_share=float(params.questions.ask_share),
        team=params.questions.team,
        patience=params.questions.patience_s / 60.0,
        not_wait_share=float(params.intent.not_wait_share),
    )


def question_team(n: AudienceNumbers) -> Station:
    """The people who answer the chat, as a station: first come, first served; patience ends in the queue."""
    return Station(servers=n.team)


COLUMNS: tuple[Column, ...] = (
    Column("people", "key", "int64", "-", "The person's key, by which all of their chance is drawn."),
    Column("people", "community", "int32", "-", "Home community."),
    Column("people", "origin", "int8", "-", "0 member, 1 invited by a KOC, 2 brought by a viewer."),
    Column(
        "people",
        "reached_min",
        "float64",
        "min",
        "First push (text: post) that reached them; NaN for strangers.",
    ),
    Column("people", "arrive_min", "float64", "min", "Came to the show (text: read the post)."),
    Column("people", "leave_min", "float64", "min", "Left the show (text: NaN)."),
    Column("people", "quiz", "bool", "-", "Took part in the quiz."),
    Column("people", "asked_min", "float64", "min", "Asked a question; NaN: did not."),
    Column("people", "answer_start_min", "float64", "min", "The team took the question; NaN: never."),
    Column("people", "answered_min", "float64", "min", "Got the answer; NaN: never."),
    Column(
        "people",
        "decide_min",
        "float64",
        "min",
        "Decided; NaN: gone before the price (text: after the cut-off).",
    ),
    Column(
        "people", "score", "float64", "score", "Score of the decision, chat mood aside; NaN: did not decide."
    ),
    Column("people", "threshold", "float64", "score", "The person's own threshold, standard logistic."),
    Column("people", "wants", "bool", "-", "Decided to buy (chat mood included)."),
)
