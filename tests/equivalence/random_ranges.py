"""What a random event may be made of: for each path that needs care, values near the edges of capacity.

Sizes keep an event at 500 people and 20 points; services, rooms and windows are such that lines form, limits
bind and drills fall into the show. Every other leaf is varied by the ordinary rule of `random_scenarios`.
"""

from __future__ import annotations

from typing import Any

MOST_PEOPLE = 500
MOST_POINTS = 20

PICKS: dict[str, tuple[Any, ...]] = {
    "market.seed": (1, 2, 3),
    "market.resample": (False,),
    "market.members_mean": (1.0, 6.0, 10.0),
    "market.members_cap": (12, 30),
    "market.members_sigma": (0.0, 0.6),
    "market.shop_share": (0.0, 0.5),
    "market.home_share": (0.0, 0.5),
    "market.shop_cold_kg": (0.0, 5.0, 12.0, 25.0, 200.0),
    "market.home_cold_kg": (0.0, 3.0, 12.0, 25.0, 80.0),
    "market.shop_open_min": (0.0, 480.0, 720.0),
    "market.shop_close_min": (720.0, 1080.0, 1440.0),
    "market.home_open_min": (0.0, 420.0, 900.0),
    "market.home_close_min": (900.0, 1320.0, 1440.0),
    "market.home_spread_m": (220.0,),
    "market.point_spread_m": (120.0,),
    "audience.scale": (1.0, 1.0, 0.5, 1.25),
    "audience.intercept_live": (-1.0, 0.5, 3.0),
    "group_post.intercept_text": (-1.9, 0.5, 3.0),
    "group_post.read_share": (0.3, 0.9, 1.0),
    "group_post.post_from_min": (540.0, 660.0, 1080.0),
    "group_post.post_until_min": (660.0, 540.0, 1081.0),
    "audience.seeding.reach_share": (0.3, 0.9),
    "audience.seeding.attend_share": (0.45, 0.9),
    "audience.koc.count": (0, 1, 2, 3),
    "audience.koc.attend_share": (0.3, 1.0),
    "audience.brings_share": (0.0, 0.05, 0.25),
    "audience.show.starts_at_min": (1170.0, 1140.0),
    "audience.show.offer_waves": (1, 1, 2, 3),
    "audience.show.offer_wave_min": (0.0, 0.25, 2.0, 15.0),
    "audience.watch.feed_lost_minutes": (0.0, 0.0, 5.0),
    "audience.watch.startup_s": (2.0, 2.0, 9.0),
    "audience.questions.team": (0, 1, 2, 3),
    "audience.questions.ask_share": (0.06, 0.5, 1.0),
    "mood.tick_s": (1, 5, 5, 13, 60),
    "mood.gain": (0.0, 1.0, 5.0),
    "mood.memory_s": (1, 60, 400),
    "cutoff.placed_by_min": (1200.0, 1225.0, 1245.0),
    "cutoff.paid_by_min": (1245.0, 1260.0),
    "stock.forecast.expected_lines": (0.0, 20.0, 120.0, 600.0),
    "stock.row_ms": (0.0, 3.0, 3000.0),
    "basket.more_lines_mean": (0.0, 1.0, 4.0),
    "checkout.order_service.servers": (1, 2, 3, 4),
    "checkout.order_service.waiting_places": (0, 2, 8, 2000),
    "checkout.order_service.alpha": (0.0, 0.0, 0.014),
    "checkout.order_service.beta": (0.0, 0.0, 0.0018),
    "checkout.client.timeout_s": (0.5, 3.0, 10.0, 60.0),
    "checkout.client.tries": (1, 2, 4, 9),
    "checkout.steps": (1, 3, 5),
    "checkout.jump_loss": (0.0, 0.0, 0.3),
    "checkout.protections.waiting_room.total_active_users": (1, 3, 20),
    "checkout.protections.waiting_room.new_users_per_minute": (2.0, 30.0, 2400.0),
    "checkout.protections.circuit_breaker.least_calls": (1, 2, 3, 4, 5, 6),
    "checkout.protections.load_shedding.waiting": (0, 1, 2, 3, 4, 5, 6),
    "checkout.protections.scale_out.waiting": (1, 2, 3, 4, 5),
    "checkout.protections.scale_out.times": (1, 2, 3),
    "checkout.protections.scale_out.lag_low_s": (0.0, 20.0),
    "checkout.protections.scale_out.lag_high_s": (20.0, 60.0),
    "checkout.protections.retry_budget.burst": (1.0, 4.0, 20.0),
    "checkout.gateway.rate_per_s": (0.2, 2.0, 600.0),
    "checkout.gift.count": (0, 5, 100),
    "checkout.payment.expiry_min": (0.5, 3.0, 15.0),
    "checkout.payment.notices.lost_share": (0.003, 0.3, 1.0),
    "checkout.payment.notices.overload_waiting": (1, 5, 60),
    "checkout.payment.notices.repeat_after_s": ([], [15.0], [0.0, 0.0, 30.0], [15.0, 15.0, 180.0]),
    "checkout.payment.notices.bill_min": (1230.0, 1262.0, 2040.0),
    "leader_desk.ask_again_max": (1, 2, 3, 4, 5),
    "leader_desk.hand_over_s": (0.0, 45.0, 300.0),
    "leader_desk.complaint_tolerance_min": (0.0, 2.0, 10.0),
    "leader_desk.ask_again_share": (0.0, 0.05, 0.5),
    "leader_desk.clerks": (1, 2, 3),
    "leader_desk.merge_sheet_min": (0.0, 1.0, 20.0),
    "leaders.other_brands_per_day": (0.0, 1.0, 5.0),
    "leaders.helpers": (0, 0, 1, 3),
    "leaders.absent_share": (0.0, 0.0, 0.3),
    "sorting.stations": (1, 2, 30),
    "sorting.hall_limit_people": (30,),
    "sorting.release": ("by_arm", "by_arm", "as_paid", "at_cutoff", "per_sheet", "full_list"),
    "sorting.paper.lines_per_h": (60.0, 15.0),
    "sorting.scan.lines_per_h": (120.0, 30.0),
    "sorting.put_to_light.lines_per_h": (240.0, 200.0),
    "sorting.crates_per_h": (60.0, 20.0),
    "sorting.power_loss_to_min": (1320.0, 1400.0),
    "delivery.docks": (1, 2, 3),
    "delivery.crate_kg": (3.0, 10.0),
    "delivery.crate_m3": (0.045,),
    "delivery.usable_volume_share": (0.5, 0.7),
    "delivery.depart_from_min": (1500.0, 1770.0),
    "delivery.promise_min": (1900.0, 2040.0, 2100.0),
    "delivery.reserve_min": (0.0, 60.0),
    "delivery.expected_orders": (10.0, 60.0, 150.0),
    "delivery.plan_iterations": (5, 20),
    "delivery.plan_seed": (0, 1, 2),
    "delivery.last_load_min": (1800.0, 2520.0, 4000.0),
    "delivery.breakdown_van": (0, 0, 1, 2),
    "collection.return_from_h": (0.0, 16.0),
    "collection.return_until_h": (16.0, 24.0),
    "aftersales.agents": (0, 1, 2),
    "aftersales.show_night_agents": (0, 1, 3),
    "aftersales.second_line_agents": (0, 1),
    "aftersales.day_from_h": (0.0, 8.0, 9.5),
    "aftersales.day_until_h": (9.5, 20.0),
    "aftersales.show_night_until_h": (20.0, 22.5, 24.0),
    "aftersales.self_service_share": (0.0, 0.3),
    "aftersales.leader_share": (0.0, 0.15, 0.7),
    "market.communities": (1, 2, 5, 12, 20),
}
"""Path → values of which one is taken; one named twice is taken twice as often."""

RANGES: dict[str, tuple[float, float]] = {
    "audience.koc.viewers_each": (0.0, 30.0),
    "audience.show.minutes": (40.0, 90.0),
    "audience.show.tour_minutes": (5.0, 30.0),
    "audience.show.offer_after_min": (0.0, 25.0),
    "audience.show.offer_minutes": (0.0, 60.0),
    "checkout.protections.waiting_room.session_min": (0.5, 6.0),
    "checkout.drills.degradation.from_min": (1170.0, 1230.0),
    "checkout.drills.network_down.from_min": (1170.0, 1230.0),
    "checkout.drills.quota_cut.from_min": (1170.0, 1230.0),
    "leader_desk.tally_min": (0.0, 25.0),
    "sorting.power_loss_from_min": (1250.0, 1320.0),
    "delivery.breakdown_min": (1780.0, 1960.0),
}
"""Path → both ends of which any number is taken, in steps of half a unit where times are on a grid."""

SOMETIMES: dict[str, tuple[float, float]] = {
    "checkout.drills.degradation.for_min": (1.0, 40.0),
    "checkout.drills.network_down.for_min": (1.0, 40.0),
    "checkout.drills.quota_cut.for_min": (1.0, 40.0),
}
"""The same, but 0 in half of the cases."""

ROADS = {"radius_km": 2.0, "block_m": 800.0, "bridges": 1}
"""A city of a few hundred nodes."""

EARLY_BUYERS = {"morning_share": 0.7, "midday_share": 0.1, "evening_share": 0.1, "later_share": 0.1}
NO_SPREAD = ("sort_pace_cv", "stop_time_cv", "traffic_cv", "leg_cv", "own_pace_cv")
"""Factors of the night that would carry every time off its grid."""
