"""Every KPI once, as data: its name, unit, which direction is better, and what it means.

Tables, `explain`, documentation and the service levels read this list; the functions beside it compute
the values. A KPI without meaning in an arm (checkout figures of a manual arm) is absent, never zero.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Better = Literal["higher", "lower", "none"]


class Kpi(NamedTuple):
    """One figure of a replication."""

    name: str
    group: str
    unit: str
    better: Better
    meaning: str


# a table, one KPI a line
# fmt: off
_TABLE: tuple[tuple[str, str, str, Better, str], ...] = (
    # audience
    ("viewers", "audience", "people", "higher", "People who watched the show (text: who read the post)."),
    ("viewers_koc", "audience", "people", "higher", "Viewers won by key opinion consumers, with the friends these brought."),
    ("peak_viewers", "audience", "people", "none", "Largest number of viewers at one moment."),
    ("new_viewers", "audience", "people", "higher", "Viewers who are not members of a community."),
    ("watch_mean_min", "audience", "min", "higher", "Mean time a viewer stays."),
    ("present_after_offer", "audience", "people", "higher", "Viewers present at some time after the offer opens (text: readers before the cut-off)."),
    # funnel
    ("intents", "funnel", "orders", "higher", "People who decide to buy."),
    ("orders_placed", "funnel", "orders", "higher", "Orders accepted by the seller's system (text by hand: replies)."),
    ("orders_paid", "funnel", "orders", "higher", "Orders whose money moved, before cancellation and refund."),
    ("conversion", "funnel", "share", "higher", "Paid orders per person of the scenario's `conversion_base`."),
    ("conversion_of_viewers", "funnel", "share", "higher", "Paid orders per viewer (text: per reader)."),
    ("conversion_of_clickers", "funnel", "share", "higher", "Paid orders per person who clicked or replied."),
    ("conversion_of_present", "funnel", "share", "higher", "Paid orders per viewer present after the offer (text: per reader before the cut-off)."),
    ("conversion_of_members", "funnel", "share", "higher", "Paid orders per member of the communities."),
    ("steps_to_buy", "funnel", "steps", "lower", "Steps from wanting to having paid."),
    ("payment_success", "funnel", "share", "higher", "Paid orders that the seller knows of in time, per person who wanted to buy."),
    ("payment_success_wechat", "funnel", "share", "higher", "The same among payers by WeChat Pay."),
    ("payment_success_balance", "funnel", "share", "higher", "The same among payers by member balance."),
    ("checkout_p50_s", "funnel", "s", "lower", "Median time from the first click (reply) to money moved; who never paid waited until the cut-off."),
    ("checkout_p95_s", "funnel", "s", "lower", "95th percentile of the same."),
    ("attempts_per_order", "funnel", "attempts", "lower", "Clicks on the order button per person who clicked."),
    ("peak_orders_per_s", "funnel", "1/s", "none", "Most first attempts in a fixed 10-second bin, per second."),
    ("peak_attempts_per_s", "funnel", "1/s", "none", "Most attempts, retries included, in a fixed 10-second bin, per second."),
    ("goodput_min_share", "funnel", "share", "higher", "Worst minute: share of first attempts whose order was accepted within 60 s (minutes with 30 or more)."),
    ("orders_lost_payment", "funnel", "orders", "lower", "Wanted orders lost between click and payment (sold out not counted)."),
    ("paid_not_sorted", "funnel", "orders", "lower", "Paid orders the seller learned of too late to sort."),
    ("gifts_awarded", "funnel", "gifts", "none", "Gifts given to the first payers."),
    ("oversold", "funnel", "lines", "lower", "Lines sold beyond the stock."),
    ("sold_out_lost", "funnel", "orders", "lower", "Orders lost because nothing of the basket was left."),
    ("recovery_min", "funnel", "min", "lower", "Time from the first to the end of the last minute with goodput below 0.9; 0 if none."),
    ("answer_p50_s", "funnel", "s", "lower", "Median wait for the answer to a question in the show."),
    ("answer_p95_s", "funnel", "s", "lower", "95th percentile of the same."),
    ("unanswered_share", "funnel", "share", "lower", "Questions never answered."),
    ("lbs_moved_share", "funnel", "share", "none", "Orders assigned to another point than that of the leader who won them."),
    ("lbs_wrong_share", "funnel", "share", "lower", "Orders assigned to a wrong point."),
    # money
    ("gmv_cny", "money", "CNY", "higher", "Value of paid orders before cancellation and refund."),
    ("gmv_net_cny", "money", "CNY", "higher", "What is left of it after cancellation, refund and what never reached its point."),
    ("aov_cny", "money", "CNY", "higher", "Mean value of a paid order."),
    ("goods_cny", "money", "CNY", "lower", "Cost of all goods taken from the stock, whether or not they reached a point."),
    ("cost_cny", "money", "CNY", "lower", "Cost of the event besides the goods: show, fees, commission, sorting, delivery, support, waste; equipment and helpers have their price in `lianlu provision` only."),
    ("cost_per_order_cny", "money", "CNY", "lower", "Sorting, delivery and support cost per paid order."),
    ("contribution_cny", "money", "CNY", "higher", "Net sales less `goods_cny` and `cost_cny`."),
    ("discount_cny", "money", "CNY", "none", "List value less price of the paid goods."),
    ("quiz_cost_cny", "money", "CNY", "lower", "Cost of quiz prizes and gifts."),
    ("waste_cny", "money", "CNY", "lower", "Unsold stock at cost less salvage."),
    ("refunds_cny", "money", "CNY", "lower", "Money paid back or owed for what was never delivered."),
    ("cac_cny", "money", "CNY", "lower", "Cost of winning a buyer: show or post, gifts, bags, commission and discount."),
    ("cac_excl_discount_cny", "money", "CNY", "lower", "The same without the discount."),
    ("private_money_cny", "money", "CNY", "lower", "Money that passed through a leader's private account."),
    ("money_at_risk_cny_h", "money", "CNY·h", "lower", "Money held by leaders times the hours they held it."),
    ("forecast_error", "money", "ratio", "lower", "Distance between forecast and wanted lines, relative to wanted lines."),
    ("new_sku_share", "money", "share", "higher", "Share of the new product in the lines sold."),
    # sorting
    ("sorted_by_midnight", "sorting", "share", "higher", "Released orders sorted by 24:00."),
    ("all_sorted_by_midnight", "sorting", "0/1", "higher", "1 when every released order was sorted by 24:00."),
    ("sort_finish_min", "sorting", "clock", "lower", "When the last order was sorted, minutes since 00:00 of the event day."),
    ("sort_utilisation", "sorting", "share", "none", "Busy person-time over scheduled and overtime person-time in sorting."),
    ("missorted", "sorting", "orders", "lower", "Orders with a wrong item or a wrong crate."),
    ("errors_per_100", "sorting", "1/100", "lower", "Mistakes of registration and sorting per 100 paid orders."),
    ("sorter_hours", "sorting", "h", "lower", "Paid hours of sorters."),
    # delivery
    ("stops_on_time", "delivery", "share", "higher", "Pickup points with everything released for them unloaded by 10:00."),
    ("all_stops_on_time", "delivery", "0/1", "higher", "1 when every pickup point was completely unloaded by 10:00."),
    ("orders_on_time", "delivery", "share", "higher", "Paid orders (not cancelled) that were at the point by 10:00."),
    ("delivered_next_day", "delivery", "share", "higher", "Paid orders (not cancelled) that reached the point on D1."),
    ("last_stop_min", "delivery", "clock", "lower", "When the last unloading ended, minutes since 00:00 of the event day."),
    ("van_km", "delivery", "km", "lower", "Kilometres driven."),
    ("van_hours", "delivery", "h", "lower", "Hours from departure to return, all trips."),
    ("vans_used", "delivery", "vans", "lower", "Vehicles that left the yard."),
    ("van_fill", "delivery", "share", "higher", "Mean load of the first trips over the binding one of weight and volume."),
    ("second_trips", "delivery", "trips", "lower", "Trips beyond the first of a van, and trips of spare vans."),
    # collection
    ("pickup_wait_p95_s", "collection", "s", "lower", "95th percentile of a member's wait at the pickup point."),
    ("arrival_spread_min", "collection", "min", "lower", "Spread of unloading over the points (90th less 10th percentile)."),
    ("collected_same_day", "collection", "share", "higher", "Delivered orders collected on the day they arrive."),
    ("wasted_trips", "collection", "trips", "lower", "Members who came before the goods did."),
    ("spoiled", "collection", "orders", "lower", "Orders above the temperature limit for too long when collected."),
    ("spoiled_share", "collection", "share", "lower", "The same per collected order."),
    ("min_above_limit_p95", "collection", "min", "lower", "95th percentile of minutes above the temperature limit."),
    # after-sales
    ("tickets", "aftersales", "tickets", "lower", "After-sales tickets and complaints."),
    ("tickets_per_100", "aftersales", "1/100", "lower", "The same per 100 paid orders."),
    ("response_within_15min", "aftersales", "share", "higher", "Tickets whose handling started within 15 minutes."),
    ("resolved_within_15min", "aftersales", "share", "higher", "Tickets resolved for good within 15 minutes."),
    ("unregistered_transfers", "aftersales", "orders", "lower", "Transfers the leader never registered."),
    ("mismatch_tickets", "aftersales", "tickets", "lower", "Tickets because the goods were not as shown."),
    # leaders
    ("leader_hours_mean", "leaders", "h", "lower", "Mean working time of a leader for this brand: group work and desk."),
    ("leader_hours_p95", "leaders", "h", "lower", "95th percentile over leaders of the same."),
    ("leader_hours_fixed", "leaders", "h", "lower", "Group work not tied to an order, mean a leader."),
    ("leader_hours_other_brands", "leaders", "h", "lower", "Other brands' orders at the same desk, mean a leader and day."),
    ("leader_hours_all", "leaders", "h", "lower", "Group work of a day, this brand's event and a day of other brands together, mean a leader."),
    ("leader_min_per_order", "leaders", "min", "lower", "This brand's desk minutes per order delivered or registered."),
    ("leader_min_register", "leaders", "min", "lower", "Registering, chasing and answering for this brand, mean a leader."),
    ("leader_min_tally", "leaders", "min", "lower", "Tallying, mean a leader."),
    ("leader_min_split", "leaders", "min", "lower", "Splitting the goods by order, mean a leader."),
    ("leader_min_handover", "leaders", "min", "lower", "Receiving and handing over, mean a leader."),
    ("leader_min_complaints", "leaders", "min", "lower", "Complaints and leader-channel tickets, mean a leader."),
    # data
    ("orders_visible_share", "data", "share", "higher", "Share of paid orders headquarters can see when its list closes (cut-off and `sorting.list_delay_min`)."),
    ("list_complete_at_7", "data", "share", "higher", "Share of paid orders that are on the leader's list at 07:00 of D1."),
)
# fmt: on

KPIS: dict[str, Kpi] = {row[0]: Kpi(*row) for row in _TABLE}
