"""The parameters of a live show's audience, in engine units for both faces, and the columns it writes."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import model_validator

from sim.laws import Law, exponential, lognormal
from sim.orderlog import Column
from sim.stages.audience.trust import TrustParams
from sim.units import Params, par

ARTICLE = "the case article on one dairy (vendor's marketing text)"
CROWD = "Li et al., Flash crowd dynamics in Coolstreaming, IEEE GLOBECOM, 2008 (form); figure assumed"
STAYS = (
    "Veloso et al., A hierarchical characterization of a live streaming media workload, "
    "IEEE/ACM ToN, 2006 (form)"
)
QUALITY = "Krishnan & Sitaraman, Video stream quality impacts viewer behavior, ACM IMC, 2012"
LATENCY = "Aliyun 49785 and Tencent Cloud 1071/38160: latency of RTMP/FLV and HLS streams, 2024"
PUSH = "WeCom developer docs 92135, 2025: each member must confirm a push before it is sent; share assumed"
NO_FIGURE = "no published figure for private groups"
DAY_MIN = 1440.0


class SeedingParams(Params):
    """Days of videos and shares before the show, sent on by the leaders."""

    days: int = par(
        3,
        unit="days",
        low=0,
        high=7,
        grade="claim",
        source=ARTICLE,
        meaning="Days before the show on which leaders push a video; each reaches members anew.",
    )
    sent_at_min: float = par(
        600.0,
        unit="min",
        low=0,
        high=1439,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Time of day at which headquarters asks the leaders to push.",
    )
    confirm_share: float = par(
        0.85,
        unit="share",
        low=0,
        high=1,
        sweep=(0.6, 1.0),
        grade="assumed",
        source=PUSH,
        meaning="Probability that a leader confirms and sends the push of a day.",
    )
    delay_min: Law = par(
        lognormal(20, 1.0),
        unit="min",
        grade="assumed",
        source=PUSH,
        meaning="From the request to the leader's sending; moves the time only.",
    )
    reach_share: float = par(
        0.306,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source="fitted with attend_share to the article's audience (26 % a day over all)",
        meaning="Probability that a day's push of a sending leader reaches a member.",
    )
    attend_share: float = par(
        0.45,
        unit="share",
        low=0,
        high=1,
        grade="claim",
        source="fitted with reach_share to the article's audience of about 14,700 viewers",
        meaning="Probability that a reached member comes; × the night's attendance factor.",
    )


class KocParams(Params):
    """Key opinion consumers who bring strangers."""

    count: int = par(
        10, unit="people", low=0, high=1000, grade="claim", source=ARTICLE, meaning="KOC who share."
    )
    viewers_each: float = par(
        60.0,
        unit="people",
        low=0,
        high=100_000,
        sweep=(30, 120),
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers an ordinary night gets from a KOC; × audience.scale.",
    )
    attend_share: float = par(
        0.5,
        unit="share",
        low=0.01,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Probability that a stranger they invite comes; × the night's factor.",
    )


class ShowParams(Params):
    """The programme of the show."""

    starts_at_min: float = par(
        1170.0,
        unit="min",
        low=0,
        high=1320,
        grade="claim",
        source=ARTICLE,
        meaning="Start of the show, minutes since midnight (19:30).",
    )
    minutes: float = par(
        60.0, unit="min", low=5, high=240, grade="claim", source=ARTICLE, meaning="Length of the show."
    )
    tour_minutes: float = par(
        30.0,
        unit="min",
        low=1,
        high=239,
        grade="claim",
        source=ARTICLE,
        meaning="The farm tour; the rest of the show is the nutrition talk.",
    )
    offer_after_min: float = par(
        30.0,
        unit="min",
        low=0,
        high=240,
        grade="claim",
        source=ARTICLE,
        meaning="Minute of the show from which special price and gift hold.",
    )
    offer_minutes: float = par(
        45.0,
        unit="min",
        low=0,
        high=600,
        grade="assumed",
        source="until 20:45, the last moment to place an order",
        meaning="How long the offer holds.",
    )

    @model_validator(mode="after")
    def _talk_after_tour(self) -> ShowParams:
        if self.tour_minutes >= self.minutes:
            raise ValueError("`tour_minutes` must be less than `minutes`: the talk follows the tour")
        return self


class ArrivalParams(Params):
    """When viewers come: at the opening, on the push for the offer, or in between."""

    opening_share: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        sweep=(0.15, 0.40),
        grade="assumed",
        source=CROWD,
        meaning="Viewers who come in the opening minutes.",
    )
    opening_minutes: float = par(
        5.0,
        unit="min",
        low=0.1,
        high=60,
        grade="assumed",
        source=CROWD,
        meaning="Length of the opening rush.",
    )
    push_share: float = par(
        0.30,
        unit="share",
        low=0,
        high=1,
        sweep=(0.1, 0.5),
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers who come on the mini-program's own push for the offer.",
    )
    push_after_min: float = par(
        28.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Minute of the show at which that push goes out.",
    )
    push_minutes: float = par(
        5.0,
        unit="min",
        low=0.1,
        high=60,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Length of the rush after the push.",
    )
    rest_mean_min: float = par(
        25.0,
        unit="min",
        low=0.1,
        high=240,
        grade="assumed",
        source=CROWD,
        meaning="Mean time after the opening rush of all other arrivals (exponential).",
    )

    @model_validator(mode="after")
    def _shares(self) -> ArrivalParams:
        if self.opening_share + self.push_share > 1.0:
            raise ValueError("`opening_share` + `push_share` must not exceed 1")
        return self


class WatchParams(Params):
    """How long viewers stay, and what drives them off."""

    short_share: float = par(
        0.20, unit="share", low=0, high=1, grade="assumed", source=STAYS, meaning="Viewers who only look in."
    )
    short_min: Law = par(
        exponential(2), unit="min", grade="assumed", source=STAYS, meaning="Stay of those who look in."
    )
    long_min: Law = par(
        lognormal(30, 0.8),
        unit="min",
        grade="assumed",
        source=STAYS,
        meaning="Stay of all others, cut at the end of the show.",
    )
    startup_s: float = par(
        2.0,
        unit="s",
        low=0,
        high=60,
        grade="A",
        source=QUALITY,
        meaning="Delay until the picture comes: a drill above `startup_free_s`.",
    )
    startup_free_s: float = par(
        2.0,
        unit="s",
        low=0,
        high=60,
        grade="A",
        source=QUALITY,
        meaning="Start-up delay that drives nobody off.",
    )
    leave_per_startup_s: float = par(
        0.058,
        unit="share",
        low=0,
        high=1,
        grade="A",
        source=QUALITY,
        meaning="Viewers lost for each second of start-up delay beyond that.",
    )
    rebuffer_share: float = par(
        0.0,
        unit="share",
        low=0,
        high=1,
        grade="A",
        source=QUALITY,
        meaning="Share of watching time lost to stutter: a drill.",
    )
    stay_loss_factor: float = par(
        5.0,
        unit="share",
        low=0,
        high=50,
        grade="A",
        source=QUALITY,
        meaning="Share of the stay lost for each share of stutter (1 % costs 5 %).",
    )
    feed_lost_after_min: float = par(
        32.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source="a drill",
        meaning="Minute of the show at which the host's feed is lost.",
    )
    feed_lost_minutes: float = par(
        0.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source="a drill, off by default",
        meaning="How long the host's feed is lost; 0: not at all.",
    )
    feed_lost_leave_share: float = par(
        0.5,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers who leave when the feed is lost, or come and find it lost.",
    )


class QuizParams(Params):
    """A quiz with gifts: those who take part stay longer, and the gifts cost money."""

    after_min: float = par(
        20.0,
        unit="min",
        low=0,
        high=240,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Minute of the show at which the quiz starts.",
    )
    share: float = par(
        0.20,
        unit="share",
        low=0,
        high=1,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Viewers present who take part.",
    )
    stay_factor: float = par(
        1.2,
        unit="factor",
        low=1,
        high=10,
        sweep=(1.0, 1.5),
        grade="assumed",
        source=NO_FIGURE,
        meaning="By how much the rest of their stay grows.",
    )
    gifts: int = par(
        20,
        unit="gifts",
        low=0,
        high=100_000,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Gifts among those who take part (read by `quiz_cost_cny`).",
    )
    gift_cny: float = par(
        15.0,
        unit="CNY",
        low=0,
        high=10_000,
        grade="assumed",
        source=NO_FIGURE,
        meaning="Cost of a gift (read by `quiz_cost_cny`).",
    )


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
