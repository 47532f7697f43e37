"""From audience to collected orders, with every loss by its cause."""

from __future__ import annotations

from reports.catalogue import Lang, say
from reports.cells import Document, called, foot
from reports.charts.chart import Flow, Link, Role

LOST = ("gave_up", "sold_out", "unpaid", "thinned")
"""Wanted, never paid."""
GIVEN_BACK = ("refunded_expired", "not_sorted", "late_paid", "cancelled")
"""Paid, never delivered."""
BROUGHT = ("never_collected", "open", "collected")


def funnel(document: Document, lang: Lang) -> Flow:
    """People by what became of them, a night's mean; the streams add up to everybody who came."""
    nights = document["replications"]
    counts = {state: count / nights for state, count in document["balance"].items()}
    brought = sum(counts.get(state, 0.0) for state in BROUGHT)
    paid = brought + sum(counts.get(state, 0.0) for state in GIVEN_BACK)
    wanted = paid + sum(counts.get(state, 0.0) for state in LOST)
    came = wanted + counts.get("did_not_want", 0.0)
    nodes = [(say(f"chain.{stage}", lang), amount) for stage, amount in
             (("came", came), ("wanted", wanted), ("paid", paid), ("brought", brought))]  # fmt: skip
    links = [Link(0, 1, wanted), Link(1, 2, paid), Link(2, 3, brought)]
    for stage, states in ((0, ("did_not_want",)), (1, LOST), (2, GIVEN_BACK), (3, BROUGHT)):
        for state in states:
            if counts.get(state):
                role: Role = "good" if state == "collected" else "muted" if state == "did_not_want" else "bad"
                links.append(Link(stage, len(nodes), counts[state], role))
                nodes.append((say(f"state.{state}", lang), counts[state]))
    named = tuple(
        f"{name} {amount:,.0f}" if amount >= 9.5 else f"{name} {amount:.1f}" for name, amount in nodes
    )
    return Flow(say("chart.funnel", lang, scenario=called(document, lang)), named, tuple(links), "people",
                (say("chart.funnel_foot", lang), foot("chart.foot", document, lang)))  # fmt: skip
