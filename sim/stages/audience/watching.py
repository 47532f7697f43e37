"""The show itself: its hours, when people come, how long they stay, and the quiz that holds them."""

from __future__ import annotations

from pydantic import model_validator

from sim.laws import Law, exponential, lognormal
from sim.units import Params, par

ARTICLE = "the case article on one dairy (vendor's marketing text)"
CROWD = "Li et al., Flash crowd dynamics in Coolstreaming, IEEE GLOBECOM, 2008 (form); figure assumed"
STAYS = (
    "Veloso et al., A hierarchical characterization of a live streaming media workload, "
    "IEEE/ACM ToN, 2006 (form)"
)
QUALITY = "Krishnan & Sitaraman, Video stream quality impacts viewer behavior, ACM IMC, 2012"
NO_FIGURE = "no published figure for private groups"


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
    offer_waves: int = par(
        1,
        unit="waves",
        low=1,
        high=1000,
        grade="rule",
        source="1 = everybody gets the link at once",
        meaning="Waves in which communities get the link to the offer (错峰), in turn by their index; the "
        "first when it opens.",
    )
    offer_wave_min: float = par(
        2.0,
        unit="min",
        low=0,
        high=60,
        grade="assumed",
        source="a host can fill two minutes between two groups' links",
        meaning="Time from one wave to the next; who leaves before her wave does not buy.",
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
