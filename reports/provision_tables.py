"""Tables of `lianlu provision`: now → needed → price, what binds, other ways, and what protections cost."""

from __future__ import annotations

from reports.catalogue import Lang, number, say, span
from reports.cells import MISSING, Document, Row, Table
from reports.protection_tables import protections_table, waves_table
from reports.provision_words import WAYS, level_names, resource, signed_cny, way


def provision_tables(document: Document, lang: Lang) -> list[Table]:
    """Every table of the command, in the order in which a board reads them."""
    tables = [resources_table(document, lang), levels_table(document, lang)]
    if document["binding"]:
        tables.append(binding_table(document, lang))
    tables.append(alternatives_table(document, lang))
    if "protections" in document:
        tables.append(protections_table(document, lang))
        if document["waves"]:
            tables.append(waves_table(document, lang))
    return tables


def resources_table(document: Document, lang: Lang) -> Table:
    """What there is, what is needed, and what the difference costs."""
    rows: list[Row] = []
    for path, one in document["resources"].items():
        counts = (str(one["now"]), str(one["needed"]))
        rows.append((resource(path, document, lang), *counts, *_line(document, path, lang)))
    for one in document["options"]:
        name, yes = one["name"], say("provision.yes", lang)
        rows.append((say(WAYS[name], lang), MISSING, yes, *_line(document, name, lang)))
    money = [number(document[key], "CNY", lang) for key in ("cost_now_cny", "cost_cny")]
    more = signed_cny(document["cost_cny"] - document["cost_now_cny"], lang)
    rows.append((say("provision.total", lang), "", "", *money, more))
    keys = (
        "provision.now",
        "provision.needed",
        "provision.bill_now",
        "provision.bill_needed",
        "provision.extra",
    )
    heads = ("", *(say(key, lang) for key in keys))
    title = say(
        "title.provision",
        lang,
        scenario=document["scenario"],
        viewers=number(document["viewers"], "people", lang),
    )
    return Table(title, heads, tuple(rows), tuple(_sentences(document, lang)), frozenset({0}))


def _line(document: Document, path: str, lang: Lang) -> tuple[str, str, str]:
    """A line of the bill: today, with the plan, and the difference of the two."""
    now, needed = document["bill_now"].get(path, 0.0), document["bill"][path]
    return number(now, "CNY", lang), number(needed, "CNY", lang), signed_cny(needed - now, lang)


def changes_of_bill(document: Document) -> dict[str, float]:
    """Line of the bill → what the plan adds to it; they add up to the difference of the two bills."""
    now = document["bill_now"]
    return {path: cny - now.get(path, 0.0) for path, cny in document["bill"].items()}


def _sentences(document: Document, lang: Lang) -> list[str]:
    required = number(document["required_probability"], "share", lang)
    more = changes_of_bill(document).values()
    bought, saved = sum(cny for cny in more if cny > 0.0), -sum(cny for cny in more if cny < 0.0)
    money = {"bought": number(bought, "CNY", lang), "saved": number(saved, "CNY", lang)}
    said = [say("foot.provision_bill", lang, **money)]
    said.append(_whether_it_pays(document, lang))
    if document["feasible"]:
        p = number(document["all_together"]["p"], "share", lang)
        said.append(say("foot.provision_holds", lang, required=required, n=document["nights"], p=p))
    for level in document["unreachable"]:
        p = number(document["holds"][level]["p"], "share", lang)
        said.append(
            say("foot.provision_fails", lang, level=say(f"kpi.{level}", lang), p=p, required=required)
        )
    for path, value in document["planning"].items():
        said.append(say("foot.provision_planning", lang, path=path, value=f"{value:g}"))
    if "budget" in document:
        budget = document["budget"]
        key = "foot.budget_short" if document["feasible"] else "foot.budget_nothing"
        key = "foot.budget_enough" if budget["enough"] else key
        places = {name: number(budget[name], "CNY", lang) for name in ("cny", "extra_cny", "short_cny")}
        said.append(say(key, lang, **places))
        if "best" in budget:
            said += _best_within(budget["best"], lang)
    return said


def _whether_it_pays(document: Document, lang: Lang) -> str:
    """What the orders won are worth, against what the plan costs more."""
    won = document["orders"] - document["orders_now"]
    worth, extra = won * document["order_margin_cny"], document["cost_cny"] - document["cost_now_cny"]
    return say(
        "foot.provision_pays" if worth >= extra else "foot.provision_costs",
        lang,
        won=number(won, "orders", lang),
        margin=number(document["order_margin_cny"], "CNY", lang),
        worth=number(worth, "CNY", lang),
        extra=number(extra, "CNY", lang),
        net=number(abs(worth - extra), "CNY", lang),
    )


def _best_within(best: Document, lang: Lang) -> list[str]:
    """What the budget buys all the same, and what stays broken."""
    parts = say("list.comma", lang).join(say(f"part.{part}", lang) for part in best["parts"])
    cny = number(best["extra_cny"], "CNY", lang)
    bought = say("foot.budget_best", lang, parts=parts, cny=cny) if parts else say("foot.budget_none", lang)
    kept = [name for name in best["holds"] if name not in best["broken"]]
    levels = {"kept": level_names(kept, lang), "broken": level_names(best["broken"], lang)}
    return [bought, say("foot.budget_levels", lang, **levels)]


def levels_table(document: Document, lang: Lang) -> Table:
    """P of every level today and with the plan."""
    rows = []
    for level, one in document["holds"].items():
        now = document["holds_now"].get(level)
        rows.append(
            (
                say(f"kpi.{level}", lang),
                number(now["p"], "share", lang) if now else MISSING,
                number(one["p"], "share", lang),
                span(one["ci_low"], one["ci_high"], "share", lang),
                say("kept.no" if level in document["unreachable"] else "kept.yes", lang),
            )
        )
    heads = (
        say("head.level", lang),
        say("provision.p_now", lang),
        say("provision.p_plan", lang),
        say("head.interval", lang),
        say("head.verdict", lang),
    )
    return Table(say("title.provision_levels", lang), heads, tuple(rows), (), frozenset({0, 4}))


def binding_table(document: Document, lang: Lang) -> Table:
    """What stands in the way of holding the levels with today's policy and equipment."""
    rows = tuple(
        (
            resource(one["resource"], document, lang),
            one["resource"],
            say(f"kpi.{one['level']}", lang),
            str(one["most"]),
            number(one["p"], "share", lang),
        )
        for one in document["binding"]
    )
    keys = (
        "provision.binds",
        "provision.path",
        "provision.for_level",
        "provision.most",
        "provision.p_most",
    )
    heads = tuple(say(key, lang) for key in keys)
    foot = (say("foot.binding", lang),)
    return Table(say("title.binding", lang), heads, rows, foot, frozenset({0, 1, 2}))


def alternatives_table(document: Document, lang: Lang) -> Table:
    """Each way to hold a stage's levels: its price beside the others', or why it fails."""
    rows = []
    for one in document["alternatives"]:
        levels = ", ".join(say(f"kpi.{level}", lang) for level in one["levels"][:2])
        if one["holds"]:
            lost = one.get("lost_orders", 0.0)
            price = signed_cny(one["extra_cny"], lang)
            said = number(lost, "orders", lang) if lost else MISSING
            verdict = say("provision.chosen", lang) if one["chosen"] else say("provision.works", lang)
        else:
            worst = min(one["p"].values(), default=0.0)
            price, said = MISSING, MISSING
            verdict = say("provision.fails", lang, p=number(worst, "share", lang))
        rows.append((way(one["way"], document, lang), levels, price, said, verdict))
    keys = (
        "provision.way",
        "provision.for_level",
        "provision.extra",
        "provision.lost_orders",
        "provision.outcome",
    )
    heads = tuple(say(key, lang) for key in keys)
    foot = (say("foot.alternatives", lang),)
    return Table(say("title.alternatives", lang), heads, tuple(rows), foot, frozenset({0, 1, 4}))
