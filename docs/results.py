"""Put the four arms' current figures into both READMEs: `python -m docs.results` (a few minutes).

Figures of a simulation are printed, never tested; what is between the two marks is replaced.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reports.catalogue import Lang, number, say, unit_word
from reports.cells import ends_of, interval, with_interval
from sim.experiments.ask import compare, experiment
from sim.kpis import KPIS
from sim.scenario_file import load_scenario

ROOT = Path(__file__).resolve().parent.parent
READMES: dict[Lang, str] = {"en": "README.md", "zh": "README.zh.md"}
ARMS = ("chenxi_jielong", "chenxi_jielong_tool", "live_by_hand", "chenxi_live")
SHOWN = (
    "viewers", "orders_paid", "conversion_of_viewers", "gmv_cny", "payment_success", "checkout_p95_s",
    "peak_orders_per_s", "paid_not_sorted", "all_sorted_by_midnight", "all_stops_on_time", "tickets_per_100",
    "leader_min_per_order", "cost_per_order_cny", "contribution_cny",
)  # fmt: skip
VERDICTS = (
    "supported", "not_supported", "by_assumption", "cannot_tell", "reproduced_by_calibration", "needs_season",
)  # fmt: skip
UNITS_SHOWN = ("s", "min", "CNY", "1/s")
"""Units that a KPI's name does not say."""
REPLICATIONS = 50
SEED = 1
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

FOOT: dict[Lang, str] = {
    "en": "Means of {n} nights with how far their 95 % intervals reach (in brackets: shares of nights with "
    "theirs); seed {seed}, configuration {hash}.",
    "zh": "{n} 晚的均值及其 95 % 区间的两侧（括号内为晚数占比的区间）；种子 {seed}，配置 {hash}。",
}
RATIO: dict[Lang, str] = {
    "en": "`chenxi_live` sells {total} times what `chenxi_jielong` does = audience {audience} × conversion "
    "{conversion} × basket {basket}. Of the difference in GMV the show brings ¥{shapley_show} and the system "
    "¥{shapley_system} (Shapley shares); ¥{interaction} of it comes only with both together.",
    "zh": "`chenxi_live` 的销售额是 `chenxi_jielong` 的 {total} 倍 = 人数 {audience} × 转化 {conversion} × "
    "客单价 {basket}。销售额之差中，直播带来 ¥{shapley_show}，系统带来 ¥{shapley_system}（Shapley 分摊），"
    "其中 ¥{interaction} 只在二者同时具备时出现。",
}
COUNTED: dict[Lang, str] = {
    "en": "The {claims} claims, by verdict: {counts}.",
    "zh": "{claims} 个说法的判定：{counts}。",
}


def main() -> int:
    """Run the four arms, judge the claims, write both READMEs."""
    scenarios = {name: load_scenario(name) for name in ARMS}
    document = compare(scenarios, seed=SEED, replications=REPLICATIONS)
    digest = experiment(scenarios, seed=SEED, replications=REPLICATIONS).hash
    for lang, name in READMES.items():
        path = ROOT / name
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        lines = [BEGIN, "", *block(document, digest, lang), "", END]
        path.write_text(before + "\n".join(lines) + after, encoding="utf-8")
    return 0


def block(document: Mapping[str, Any], digest: str, lang: Lang) -> list[str]:
    """Table, decomposition and verdict counts as Markdown."""
    counts = Counter(row["verdict"] for row in document["claims"])
    verdicts = [f"{say(f'claim.{name}', lang)} {counts[name]}" for name in VERDICTS if counts[name]]
    factors = {part: f"{document['gmv_ratio']['chenxi_live'][part]:.2f}" for part in _PARTS}
    effects = {
        name: number(document["attribution"]["gmv_cny"][name], "CNY", lang)
        for name in ("shapley_show", "shapley_system", "interaction")
    }
    return [
        *_table(document, lang),
        "",
        FOOT[lang].format(n=REPLICATIONS, seed=SEED, hash=digest[:12]),
        "",
        RATIO[lang].format(**factors, **effects),
        "",
        COUNTED[lang].format(claims=len(document["claims"]), counts=" · ".join(verdicts)),
    ]


_PARTS = ("total", "audience", "conversion", "basket")


def _table(document: Mapping[str, Any], lang: Lang) -> Iterable[str]:
    yield "| " + " | ".join(("", *(f"`{arm}`" for arm in ARMS))) + " |"
    yield "|---" + "|---:" * len(ARMS) + "|"
    for name in SHOWN:
        unit = f", {unit_word(KPIS[name].unit, lang)}" if KPIS[name].unit in UNITS_SHOWN else ""
        label = say(f"kpi.{name}", lang) + unit
        cells = [_cell(document["kpis"][name].get(arm), KPIS[name].unit, lang) for arm in ARMS]
        yield "| " + " | ".join((label, *cells)) + " |"


def _cell(figure: Mapping[str, Any] | None, unit: str, lang: Lang) -> str:
    if figure is None:
        return "–"
    if unit == "0/1":
        return f"{number(figure['mean'], unit, lang)} ({interval(figure, unit, lang)})"
    return with_interval(figure["mean"], ends_of(figure), unit, lang)


if __name__ == "__main__":
    sys.exit(main())
