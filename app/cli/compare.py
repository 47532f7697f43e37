"""`lianlu compare BASE OTHER…`: paired differences, GMV decomposition, attribution, the claims table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from app.cli import options

if TYPE_CHECKING:
    from sim.experiments.replicate import Outcome
    from sim.scenario import Scenario

TEXT_CONVERSIONS = (0.05, 0.06, 0.07, 0.078, 0.08)
"""What "below 8 %" may have meant: the range over which the decomposition is read again."""


def compare(
    scenarios: options.Scenarios,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    seed: options.Seed = 1,
    replications: options.Replications = 50,
    engine: options.Engine = "compiled",
    jobs: options.Jobs = None,
    out: options.Out = None,
    lang: options.Lang = "en",
    json: options.Json = False,
    progress: options.Progress = "auto",
    equal_volume: bool = typer.Option(
        False, "--equal-volume", help="Thin the other arms to the orders the base delivers, after payment."
    ),
    claims: bool | None = typer.Option(
        None,
        "--claims/--no-claims",
        help="Judge the article's claims (by default where the four arms are given).",
    ),
) -> None:
    """Compare scenarios with the first one, replication by replication."""
    from app.cli.arms import named_arms
    from app.cli.experiments import judged_claims, orders_held, replicated, save
    from app.cli.terminal import print_json, show
    from reports import tables as t
    from sim.experiments.attribution import four_arms
    from sim.experiments.experiment import Experiment

    if len(scenarios) < 2:
        raise typer.BadParameter(
            "name a base and at least one scenario to compare with it", param_hint="SCENARIO…"
        )
    arms = named_arms(scenarios, set_)
    runs: dict[str, Any] = {"seed": seed, "engine": engine, "jobs": jobs, "progress": progress, "out": out}
    base: dict[int, Outcome] = {}
    rows = [replicated(arms[0], **runs, replications=replications, known=base)]
    volume = orders_held(base, replications) if equal_volume else None
    rows += [replicated(arm, **runs, replications=replications, thin_to=volume) for arm in arms[1:]]
    experiment = Experiment(tuple(rows))
    wanted = four_arms(experiment.arms) is not None if claims is None else claims
    known = rows[:1] if equal_volume else rows
    judged = judged_claims(known, **runs, replications=replications) if wanted else []
    document = experiment.compare_document(claims=judged, text_conversions=TEXT_CONVERSIONS)
    document |= {"seed": seed, "engine": engine, "replications": len(rows[0]), "config_hash": experiment.hash}
    document["arms"] = {arm.label: _said(arm.scenario) for arm in arms}
    if volume is not None:
        document["equal_volume"] = {"orders": float(volume.mean())}
    shown: list[Any] = [t.comparison_table(document, lang), t.gmv_table(document, lang)]
    if "attribution" in document:
        shown.append(t.attribution_table(document, lang))
    if judged:
        shown.append(t.claims_table(document, lang))
    save(out, "compare", document, shown)
    if json:
        print_json(document)
    else:
        show(*shown)


def _said(scenario: Scenario) -> dict[str, str]:
    """What a reader of the table needs to know of an arm."""
    return {name: getattr(scenario, name) for name in ("title_zh", "title_en", "show", "system")}
