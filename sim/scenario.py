"""Scenario: the whole tree of parameters, one section a stage. It only assembles what the stages declare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from sim.cutoff import Cutoff
from sim.market.spec import MarketParams
from sim.money import MoneyParams
from sim.night import NightParams
from sim.prices import PricesParams
from sim.roads.spec import RoadsParams
from sim.rosters import RostersParams
from sim.season_spec import SeasonParams
from sim.service_levels import ServiceLevels
from sim.signals import MoodParams
from sim.stages.aftersales.spec import AftersalesParams
from sim.stages.audience.spec import AudienceParams
from sim.stages.basket.spec import BasketParams
from sim.stages.basket.stock import StockParams
from sim.stages.checkout.spec import CheckoutParams
from sim.stages.collection.spec import CollectionParams
from sim.stages.delivery.spec import DeliveryParams
from sim.stages.depots.spec import DepotsParams
from sim.stages.group_post.spec import GroupPostParams
from sim.stages.leader_desk.leaders import LeadersParams
from sim.stages.leader_desk.spec import LeaderDeskParams
from sim.stages.leader_desk.working_hours import check_tally_hours
from sim.stages.sorting.spec import SortingParams
from sim.units import Params, par

if TYPE_CHECKING:
    from sim.orderlog import OrderLog

ConversionBase = Literal["viewers", "clickers", "present_at_offer", "members"]
Combination = tuple[str, str, str, str]
"""A combination that makes no sense: path, found, allowed, what to try."""

MANUAL_STEPS = 4
"""Reply, transfer, screenshot, wait for the leader's confirmation: the article's four steps."""


class Scenario(Params):
    """One event of one brand: two factors (show, system) and everything that happens in them."""

    name: str = par(
        "",
        unit="-",
        grade="rule",
        source="a name",
        meaning="Name in tables; the file's name where none is given.",
        role="display",
    )
    title_zh: str = par(
        "", unit="-", grade="rule", source="a name", meaning="Title in Chinese.", role="display"
    )
    title_en: str = par(
        "", unit="-", grade="rule", source="a name", meaning="Title in English.", role="display"
    )
    show: Literal["text", "live"] = par(
        "live",
        unit="-",
        grade="claim",
        source="case article: text post before, live show after",
        meaning="First factor: a text post in the groups, or a live show.",
    )
    system: Literal["manual", "system"] = par(
        "system",
        unit="-",
        grade="claim",
        source="case article: transfer and Excel before, one-tap checkout after",
        meaning="Second factor: reply, transfer and Excel by hand, or checkout, assignment and tracking by "
        "a system.",
    )
    conversion_base: ConversionBase = par(
        "viewers",
        unit="-",
        grade="rule",
        source="the article names none; all four are reported",
        meaning="Whom the KPI `conversion` divides by.",
    )
    market: MarketParams = MarketParams()
    roads: RoadsParams = RoadsParams()
    night: NightParams = NightParams()
    audience: AudienceParams = AudienceParams()
    group_post: GroupPostParams = GroupPostParams()
    mood: MoodParams = MoodParams()
    basket: BasketParams = BasketParams()
    stock: StockParams = StockParams()
    cutoff: Cutoff = Cutoff()
    checkout: CheckoutParams = CheckoutParams()
    leader_desk: LeaderDeskParams = LeaderDeskParams()
    leaders: LeadersParams = LeadersParams()
    sorting: SortingParams = SortingParams()
    delivery: DeliveryParams = DeliveryParams()
    depots: DepotsParams = DepotsParams()
    collection: CollectionParams = CollectionParams()
    aftersales: AftersalesParams = AftersalesParams()
    money: MoneyParams = MoneyParams()
    prices: PricesParams = PricesParams()
    rosters: RostersParams = RostersParams()
    service_levels: ServiceLevels = ServiceLevels()
    season: SeasonParams = SeasonParams()

    @model_validator(mode="after")
    def _possible(self) -> Scenario:
        if self.system == "manual":
            check_tally_hours(self.leader_desk.windows_d0, self.cutoff.paid_by_min)
        begins = self.audience.show.starts_at_min if self.live else self.group_post.post_from_min
        ends = self.cutoff.placed_by_min
        if begins >= ends:
            path = "audience.show.starts_at_min" if self.live else "group_post.post_from_min"
            raise ValueError(
                f"`{path}` ({begins:g}) must be before `cutoff.placed_by_min` ({ends:g}): "
                "selling begins when no order is accepted any more, so nobody can buy"
            )
        show = self.audience.show
        if self.live and show.offer_minutes > 0 and self.offer_opens_min >= min(ends, begins + show.minutes):
            raise ValueError(
                f"`audience.show.offer_after_min` ({show.offer_after_min:g}): the offer must open before the "
                "show ends and before `cutoff.placed_by_min`, or nobody can take it"
            )
        if self.depots.count:
            self._two_tiers()
        return self

    def _two_tiers(self) -> None:
        trucks, vans = self.depots.trunk_depart_min, self.delivery.depart_from_min
        if trucks >= vans:
            raise ValueError(
                f"`depots.trunk_depart_min` ({trucks:g}) must be before `delivery.depart_from_min` "
                f"({vans:g}): vans drive what trucks have brought"
            )
        if self.market.points_file is None and self.depots.count > self.market.communities:
            raise ValueError(
                "`depots.count` must not be above `market.communities`: a depot stands at a point"
            )
        if self.delivery.routes_file is not None:
            raise ValueError("`delivery.routes_file` has routes from the centre: `depots.count` must be 0")
        room = self.depots.trunk_volume_m3 * self.delivery.usable_volume_share
        if room < self.delivery.crate_m3:
            raise ValueError("`depots.trunk_volume_m3`: a truck must hold at least one crate")

    @property
    def live(self) -> bool:
        """Whether this arm has a show."""
        return self.show == "live"

    @property
    def by_system(self) -> bool:
        """Whether orders go through a checkout."""
        return self.system == "system"

    @property
    def offer_opens_min(self) -> float:
        """Minute of D0 at which special price and gift begin."""
        return self.audience.show.starts_at_min + self.audience.show.offer_after_min

    @property
    def fleet(self) -> int:
        """Vans of all types; with depots the vans of each depot, then the trucks."""
        vans = sum(kind.count for kind in self.delivery.vehicles)
        depots = self.depots
        return depots.count * vans + depots.trunk_trucks if depots.count else vans

    @property
    def steps_to_buy(self) -> int:
        """Steps from wanting to having paid."""
        return self.checkout.steps if self.by_system else MANUAL_STEPS

    def quiz_prizes_cny(self, log: OrderLog) -> float:
        """What the quiz gave away: as many gifts as planned, or as people took part."""
        quiz = self.audience.quiz
        return min(quiz.gifts, int(log["people"]["quiz"].sum())) * quiz.gift_cny

    @staticmethod
    def combination_problems(explicit: Iterable[str], scenario: Scenario) -> list[Combination]:
        """Keys a file sets although its arm never reads them."""
        show, system = scenario.show, scenario.system
        found: list[Combination] = []
        for path in explicit:
            if path == "delivery.breakdown_van" and scenario.delivery.breakdown_van > scenario.fleet:
                found.append(
                    (
                        path,
                        f"van {scenario.delivery.breakdown_van} of a fleet of {scenario.fleet}",
                        "0 for none, or the number of a van, counted from 1",
                        "choose a van of the fleet: `delivery.vehicles` says how many there are",
                    )
                )
            if _under(path, ("depots",)) and path != "depots.count" and not scenario.depots.count:
                one_tier = "set in a scenario without depots", "depots are read where depots.count > 0"
                found.append((path, *one_tier, "remove the key, or set `depots.count`"))
            reason = _unread(path, show, system)
            if reason:
                found.append(
                    (
                        path,
                        f"set in a scenario with show: {show}, system: {system}",
                        reason,
                        "remove the key, or change `show` or `system`",
                    )
                )
        return found


_LIVE_ONLY = (
    "audience.seeding",
    "audience.koc",
    "audience.show",
    "audience.arrival",
    "audience.watch",
    "audience.quiz",
    "audience.questions",
    "audience.intent",
    "audience.intercept_live",
    "audience.brings_share",
    "mood",
)
_TEXT_ONLY = (
    "group_post.intercept_text",
    "group_post.read_share",
    "group_post.post_from_min",
    "group_post.post_until_min",
    "group_post.delay_min",
    "group_post.react_s",
)
_MANUAL_ONLY = ("group_post.effort_min",)


def _under(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith((f"{root}.", f"{root}[")) for root in roots)


def _unread(path: str, show: str, system: str) -> str:
    """Why an arm never reads a key; empty where it does."""
    if system == "manual" and _under(path, ("checkout",)):
        return "checkout is read where system: system"
    if show == "text" and _under(path, _LIVE_ONLY):
        return "this key is read where show: live"
    if show == "live" and _under(path, _TEXT_ONLY):
        return "this key is read where show: text"
    if system == "system" and _under(path, _MANUAL_ONLY):
        return "this key is read where system: manual"
    return ""
