"""What a face is: the acts' steps under fixed names, whoever plays them.

The type checker holds both modules of this folder to it, since `sim.chain` hands them on as a `Face`: a step
that one of them lacks, or takes otherwise, is found before anything runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from sim.orderlog import Table
    from sim.signals import MoodNumbers
    from sim.stages.audience.draws import Invited, Pushes
    from sim.stages.audience.people import Crowd, People
    from sim.stages.audience.spec import AudienceNumbers
    from sim.stages.audience.trust_spec import TrustNumbers
    from sim.stages.basket.stock import Goods
    from sim.stages.checkout.draws import CheckoutDraws, Shoppers
    from sim.stages.checkout.numbers import CheckoutNumbers
    from sim.stages.checkout.result import CheckoutLog
    from sim.stages.collection.flow import Cold, ColdInput, Coming, ComingInput
    from sim.stages.collection.spec import CollectionDraws, CollectionNumbers
    from sim.stages.delivery.spec import Delivered, DeliveryDraws, DeliveryInput, DeliveryNumbers, Plan
    from sim.stages.group_post.draws import Posts, ReaderLuck
    from sim.stages.group_post.spec import PostNumbers
    from sim.stages.leader_desk.draws import DeskDraws
    from sim.stages.leader_desk.jobs import Evening, Jobs
    from sim.stages.leader_desk.numbers import DeskNumbers
    from sim.stages.sorting.spec import Sorted, SortingDraws, SortingInput, SortingNumbers
    from sim.station.serve import Engine

    Counts = NDArray[np.int64]


class Face(Protocol):
    """The steps of an event in the order of the acts; each is described where it is told (`story.py`)."""

    @property
    def NAME(self) -> Engine:  # noqa: N802  # a constant of the module
        """How `engine=` calls it; stations served alone are served by the same face."""

    # --- the evening

    def gather_readers(
        self, n: PostNumbers, posts: Posts, members: Iterable[Invited], night_attendance: float, /
    ) -> Crowd:
        """Who of the members reads the post of a text arm."""

    def read_post(self, n: PostNumbers, trust: TrustNumbers, crowd: Crowd, luck: ReaderLuck, /) -> People:
        """Readers of a post decide and reply."""

    def gather_crowd(
        self, n: AudienceNumbers, pushes: Pushes, members: Iterable[Invited], strangers: Invited,
        night_attendance: float, /,
    ) -> Crowd:  # fmt: skip
        """Who of the invited comes to a show, and whom they bring."""

    def watch_show(
        self, n: AudienceNumbers, trust: TrustNumbers, crowd: Crowd, luck: NDArray[Any], /
    ) -> People:
        """Viewers of a show before a checkout, up to the wish to buy if the chat were silent."""

    def show_by_hand(
        self, n: AudienceNumbers, trust: TrustNumbers, mood: MoodNumbers, crowd: Crowd, luck: NDArray[Any], /
    ) -> People:
        """A show without a checkout: the wish to buy is final."""

    def question_counts(
        self, people: People, n: AudienceNumbers, first_second: int, seconds: int, /
    ) -> tuple[Counts, Counts]:
        """Questions given up, and answered, in each second."""

    def run_checkout(
        self, numbers: CheckoutNumbers, draws: CheckoutDraws, shoppers: Shoppers, goods: Goods, /
    ) -> CheckoutLog:
        """Decisions, orders, attempts and stock of one show."""

    def evening(self, numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, until: float, /) -> Evening:
        """Leaders register and tally until the end of the night."""

    # --- the night

    def run_sorting(self, numbers: SortingNumbers, draws: SortingDraws, given: SortingInput, /) -> Sorted:
        """The hall sorts what is released to it."""

    def run_delivery(
        self, numbers: DeliveryNumbers, draws: DeliveryDraws, plan: Plan, given: DeliveryInput, /
    ) -> Delivered:
        """Vans are loaded, drive and come back."""

    # --- the day

    def run_coming(self, numbers: CollectionNumbers, draws: CollectionDraws, given: ComingInput, /) -> Coming:
        """Buyers come to their pickup points."""

    def both_days(self, numbers: DeskNumbers, draws: DeskDraws, jobs: Jobs, /) -> Table:
        """Leaders work off both days: the `desk` table."""

    def run_cold(self, numbers: CollectionNumbers, draws: CollectionDraws, given: ColdInput, /) -> Cold:
        """Orders stay cold as far as there is room, and spoil or not."""
