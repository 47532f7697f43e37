"""Scenarios side by side: promises, percentiles, the GMV ratio, what show and system moved, claims."""

from __future__ import annotations

from collections import Counter

from reports.catalogue import Lang, say
from reports.cells import Document, experiment_foot, title_of
from reports.charts.chart import Axis, Bar, Bars, Mark, Point, Role, Spread, Spreads, Step, Steps
from reports.claims import VERDICTS
from sim.kpis.definitions import KPIS

ROLES: tuple[Role, ...] = ("muted", "other", "bad", "main")
"""Of the arms, in their order; the last named is the one a reader looks for."""
TASKS: tuple[tuple[str, float, Role], ...] = (
    ("leader_hours_fixed", 1.0, "muted"),
    ("leader_hours_other_brands", 1.0, "limit"),
    ("leader_min_register", 60.0, "main"),
    ("leader_min_tally", 60.0, "other"),
    ("leader_min_split", 60.0, "good"),
    ("leader_min_handover", 60.0, "total"),
    ("leader_min_complaints", 60.0, "bad"),
)
"""KPIs of a leader's day, how many of their units are an hour, and their ink."""


def arm_names(document: Document, lang: Lang) -> dict[str, str]:
    """How a chart calls each arm: its title, else its name."""
    names = [document["base"], *document["others"]]
    return {name: title_of(document["arms"][name], lang) or name for name in names}


def roles(document: Document) -> dict[str, Role]:
    """An ink for each arm: the base grey, the last one in the main colour."""
    names = [document["base"], *document["others"]]
    inner = [ROLES[1 + k % 2] for k in range(len(names) - 2)]
    return dict(zip(names, [ROLES[0], *inner, ROLES[-1]], strict=True))


def promises_kept(document: Document, lang: Lang) -> Bars:
    """P(each service level is kept) of every arm with its interval."""
    levels = tuple(document["service_levels"])
    bars = []
    for name, called in arm_names(document, lang).items():
        found = [document["service_levels"][level].get(name) for level in levels]
        value, low, high = (
            tuple(one[key] if one else None for one in found) for key in ("p", "ci_low", "ci_high")
        )
        bars.append(Bar(called, value, low, high, roles(document)[name]))
    target = max(
        (
            one["target"]
            for arms in document["service_levels"].values()
            for one in arms.values()
            if "target" in one
        ),
        default=0.95,
    )
    return Bars(
        say("chart.promises", lang),
        tuple(say(f"kpi.{level}", lang) for level in levels),
        Axis(say("axis.probability", lang), "share"),
        tuple(bars),
        marks=(Mark(target, say("chart.asked", lang)),),
        foot=(say("chart.interval_foot", lang), experiment_foot(document, lang)),
    )


def spread_of(document: Document, kpi: str, lang: Lang) -> Spreads:
    """Mean and percentiles of one KPI, each with its interval, a row an arm."""
    found, names = document["dispersion"], arm_names(document, lang)
    arms = found["kpis"][kpi]
    rows = tuple(
        Spread(called, _point(arms[name]["mean"]), tuple(_point(one) for one in arms[name]["percentiles"]))
        for name, called in names.items()
        if name in arms
    )
    return Spreads(
        say(f"kpi.{kpi}", lang),
        Axis(say(f"kpi.{kpi}", lang), KPIS[kpi].unit),
        tuple(found["quantiles"]),
        rows,
        foot=(say("chart.spread_foot", lang), experiment_foot(document, lang)),
    )


def _point(one: Document) -> Point:
    return Point(one["value"], one.get("ci_low"), one.get("ci_high"))


def attribution_steps(document: Document, kpi: str, lang: Lang) -> Steps:
    """From the base to both together: what each brings alone, and what only both together do."""
    effects, arms = document["attribution"][kpi], document["kpis"][kpi]
    by_factor = {(arm.get("show"), arm.get("system")): name for name, arm in document["arms"].items()}
    before, after = (arms[by_factor[key]] for key in (("text", "manual"), ("live", "system")))
    intervals = effects.get("intervals", {})

    def step(effect: str) -> Step:
        low, high = intervals.get(effect, (None, None))
        return Step(say(f"chart.{effect}", lang), effects[effect], low, high)

    def total(name: str, figure: Document) -> Step:
        return Step(
            say(f"arm.{name}", lang), figure["mean"], figure.get("ci_low"), figure.get("ci_high"), total=True
        )

    return Steps(
        say("chart.attribution", lang, kpi=say(f"kpi.{kpi}", lang)),
        Axis(say(f"kpi.{kpi}", lang), KPIS[kpi].unit),
        (
            total("text.manual", before),
            step("show"),
            step("system"),
            step("interaction"),
            total("live.system", after),
        ),
        (say("chart.attribution_foot", lang), experiment_foot(document, lang)),
    )


def gmv_factors(document: Document, other: str, lang: Lang) -> Bars:
    """The GMV ratio as audience × conversion × basket."""
    one = document["gmv_ratio"][other]
    parts = ("total", "audience", "conversion", "basket")
    ends = [one.get("intervals", {}).get(part, (None, None)) for part in parts]
    low, high = (tuple(end[k] for end in ends) for k in (0, 1))
    names = arm_names(document, lang)
    return Bars(
        say("chart.gmv_factors", lang, other=names[other], base=names[document["base"]]),
        tuple(say("head.ratio" if part == "total" else f"head.{part}", lang) for part in parts),
        Axis(say("axis.factor", lang), "ratio"),
        (Bar("", tuple(one[part] for part in parts), low, high),),
        marks=(Mark(1.0, say("chart.no_change", lang)),),
        foot=(say("chart.interval_foot", lang), experiment_foot(document, lang)),
    )


def leader_day(document: Document, lang: Lang) -> Bars:
    """A leader's two days by task in hours, a row an arm."""
    kpis, names = document["kpis"], arm_names(document, lang)
    bars = tuple(
        Bar(
            say(f"kpi.{kpi}", lang),
            tuple(kpis[kpi][name]["mean"] / an_hour if name in kpis[kpi] else None for name in names),
            role=role,
        )
        for kpi, an_hour, role in TASKS
        if kpi in kpis
    )
    axis = Axis(say("axis.leader_hours", lang), "h")
    title, foot = say("chart.leader_day", lang), (experiment_foot(document, lang),)
    return Bars(title, tuple(names.values()), axis, bars, stacked=True, foot=foot)


def claim_counts(document: Document, lang: Lang) -> Bars:
    """How many claims came to each verdict; verdicts of none are left out."""
    counts = Counter(row["verdict"] for row in document["claims"])
    found = [verdict for verdict in VERDICTS if counts[verdict]]
    return Bars(
        say("chart.claims", lang),
        tuple(f"{say(f'claim.{verdict}', lang)} {counts[verdict]}" for verdict in found),
        Axis(say("axis.claims", lang)),
        (Bar("", tuple(float(counts[verdict]) for verdict in found)),),
        foot=(say("foot.shipped", lang), say("foot.source", lang)),
    )
