"""Protections and staggering: what today's capacity can do instead of more of it, priced in lost orders.

A waiting room is set in its vendors' words. Vendors advise 75 % of the measured capacity; the room proposed
here is the best of several shares of it, the advice among them, and is then compared with the advice night
by night on fresh nights. Where it pays fewer there, the advice itself is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.experiments.paired import paired
from sim.experiments.promises import service_levels_document
from sim.experiments.provision.evening import capacity_per_s, room_changes
from sim.experiments.provision.trials import FRESH
from sim.scenario_file.changing import changed

if TYPE_CHECKING:
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replications import Replications
    from sim.scenario import Scenario

NIGHTS = 12
FRESH_NIGHTS, FRESH_WAVES = 60, 30
RULE_OF_THUMB = 0.75
"""Share of the measured capacity at which vendors advise to set a waiting room."""
SHARES = (0.65, RULE_OF_THUMB, 0.85, 0.95, 1.05)
RATIOS = (0.0, 0.1, 0.3)
WAVES = ((2, 2.0), (3, 2.0), (4, 2.0), (6, 2.0), (10, 2.0))
Settings = Mapping[str, float | bool]
BUDGET = "checkout.protections.retry_budget"
ROOMY = {
    "checkout.order_service.servers": 2000,
    "checkout.order_service.alpha": 0.0,
    "checkout.order_service.beta": 0.0,
    "checkout.gateway.rate_per_s": 10_000.0,
    "stock.row_ms": 0.0,
}
"""A checkout that nobody waits for."""
PAID, PEAK, CONVERSION = "orders_paid", "peak_orders_per_s", "conversion_of_viewers"


class Protections:
    """What protects today's capacity; `bought` is the plan that holds, for the price in lost orders."""

    def __init__(
        self, base: Scenario, bought: Scenario, laboratory: Laboratory, margin_cny: float, extra_cny: float
    ) -> None:
        self.base, self.laboratory, self.margin, self.extra = base, laboratory, margin_cny, extra_cny
        self.today = self._rows({})
        self.goal = laboratory.replicate(bought, NIGHTS)
        self.inside_s = 1.3 * float(self.goal.values("checkout_p50_s").mean())

    def _rows(self, changes: Mapping[str, Any], nights: int = NIGHTS, first: int = 0) -> Replications:
        return self.laboratory.replicate(changed(self.base, changes, "provision"), nights, first)

    def document(self) -> dict[str, Any]:
        """`protections`, `rule_of_thumb` and `pareto`."""
        rooms = {share: room_changes(self.base, share, self.inside_s) for share in SHARES}
        rows = {share: self._rows(room) for share, room in rooms.items()}
        best = max(SHARES, key=lambda share: float(rows[share].column(PAID).mean()))
        thumb = self._compared(rooms[best], rooms[RULE_OF_THUMB])
        if thumb["difference"]["mean"] < 0.0:
            best = RULE_OF_THUMB
            thumb = self._compared(rooms[best], rooms[best])
        protections = [self._row("waiting_room", rows[best], _words(rooms[best]))]
        protections += self._others()
        waves = self._waves()
        return {
            "protections": protections,
            "rule_of_thumb": thumb,
            "waves": waves,
            "best_waves": self._best_waves(waves),
            "pareto": self._pareto(protections, waves),
        }

    def _compared(self, mine: Settings, advice: Settings) -> dict[str, Any]:
        """The proposed room and the vendors' advice on the same fresh nights."""
        one = self._rows(mine, FRESH_NIGHTS, FRESH).column(PAID)
        other = self._rows(advice, FRESH_NIGHTS, FRESH).column(PAID)
        found = paired(other, one)
        return {
            "share_of_capacity": RULE_OF_THUMB,
            "capacity_per_s": capacity_per_s(self.base),
            "advice": _words(advice),
            "proposed": _words(mine),
            "orders_paid": float(one.mean()),
            "orders_paid_advice": float(other.mean()),
            "difference": {
                "mean": found.mean,
                "ci_low": found.interval.low,
                "ci_high": found.interval.high,
                "nights": found.n,
            },
        }

    def _others(self) -> list[dict[str, Any]]:
        """The retry budget with its best ratio, load shedding, and dropping abandoned work."""
        budgets = {r: self._rows({f"{BUDGET}.on": True, f"{BUDGET}.ratio": r}) for r in RATIOS}
        ratio = max(RATIOS, key=lambda r: float(budgets[r].column(PAID).mean()))
        root = "checkout.protections"
        shed = self._rows({f"{root}.load_shedding.on": True})
        dropped = self._rows({f"{root}.drop_abandoned": True})
        waiting = float(self.base.checkout.protections.load_shedding.waiting)
        return [
            self._row("retry_budget", budgets[ratio], {"ratio": ratio}),
            self._row("load_shedding", shed, {"waiting": waiting}),
            self._row("drop_abandoned", dropped, {}),
        ]

    def _row(self, name: str, rows: Replications, settings: dict[str, float]) -> dict[str, Any]:
        """What one protection does: orders paid, more than today, fewer than the plan, and their worth."""
        paid = rows.column(PAID)
        lost = paired(paid, self.goal.column(PAID))
        saved = paired(self.today.column(PAID), paid)
        return {
            "name": name,
            "settings": settings,
            "orders_paid": float(paid.mean()),
            "orders_saved": saved.mean,
            "orders_lost": lost.mean,
            "orders_lost_ci_low": lost.interval.low,
            "orders_lost_ci_high": lost.interval.high,
            "lost_cny": lost.mean * self.margin,
            "orders_saved_ci_low": saved.interval.low,
            "orders_saved_ci_high": saved.interval.high,
            "payment_success": float(rows.column("payment_success").mean()),
            "broken": [
                name for name, level in service_levels_document(rows).items() if level["kept"] == "no"
            ],
        }

    def _best_waves(self, waves: list[dict[str, Any]]) -> dict[str, Any]:
        """The waves that pay most orders on today's capacity, against one drop on the same fresh nights."""
        if not waves:
            return {}
        best = max(waves[1:], key=lambda one: one["orders_paid"])
        settings = best["settings"]
        show = "audience.show"
        changes = {
            f"{show}.offer_waves": int(settings["waves"]),
            f"{show}.offer_wave_min": settings["minutes"],
        }
        one, other = (self._rows(what, FRESH_WAVES, FRESH).column(PAID) for what in ({}, changes))
        found = paired(one, other)
        return {
            "settings": settings,
            "conversion_lost": best["conversion_lost"],
            "more_orders": found.mean,
            "ci_low": found.interval.low,
            "ci_high": found.interval.high,
            "nights": found.n,
        }

    def _waves(self) -> list[dict[str, Any]]:
        """Links in waves on today's capacity: the peak they leave and the conversion they cost.

        The conversion lost is what those cost who leave before their link: measured with a checkout that
        nobody ever waits for.
        """
        if not self.base.live:
            return []
        show = "audience.show"
        out = []
        roomy = changed(self.base, ROOMY, "provision")
        before = self.laboratory.replicate(roomy, NIGHTS).column(CONVERSION)
        for waves, gap in ((1, 0.0), *WAVES):
            what = {f"{show}.offer_waves": waves, f"{show}.offer_wave_min": gap}
            wide = self.laboratory.replicate(changed(roomy, what, "provision"), NIGHTS)
            lost = paired(wide.column(CONVERSION), before)
            here = self._row("waves", self._rows(what), {"waves": float(waves), "minutes": gap})
            out.append(
                here
                | {
                    "peak_orders_per_s": float(wide.column(PEAK).mean()),
                    "conversion_lost": lost.mean,
                    "conversion_lost_ci_low": lost.interval.low,
                    "conversion_lost_ci_high": lost.interval.high,
                }
            )
        _mark_front(out, "peak_orders_per_s", "conversion_lost", fewer=True)
        return out

    def _pareto(self, protections: list[dict[str, Any]], waves: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Cost of the evening against paid orders: today, each protection, and the plan bought."""
        points = [
            {"name": "today", "extra_cny": 0.0, "orders_paid": float(self.today.column(PAID).mean())},
            {"name": "plan", "extra_cny": self.extra, "orders_paid": float(self.goal.column(PAID).mean())},
        ]
        points += [
            {"name": one["name"], "extra_cny": 0.0, "orders_paid": one["orders_paid"]} for one in protections
        ]
        points += [
            {
                "name": "waves",
                "settings": one["settings"],
                "extra_cny": 0.0,
                "orders_paid": one["orders_paid"],
            }
            for one in waves[1:]
        ]
        _mark_front(points, "extra_cny", "orders_paid", fewer=False)
        return points


def _words(room: Settings) -> dict[str, float]:
    """A room's settings in its vendors' words."""
    return {path.rpartition(".")[2]: float(value) for path, value in room.items() if not path.endswith(".on")}


def _mark_front(points: list[dict[str, Any]], less: str, other: str, *, fewer: bool) -> None:
    """Mark the points that no other beats in both: less of one figure, less (or more) of the other."""
    sign = 1.0 if fewer else -1.0
    for one in points:
        one["on_front"] = not any(
            rival[less] <= one[less]
            and sign * rival[other] <= sign * one[other]
            and (rival[less] < one[less] or sign * rival[other] < sign * one[other])
            for rival in points
        )
