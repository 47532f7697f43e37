"""`lianlu explain SCENARIO PATH|KPI|CLAIM`: what a figure means, how well it is known, where it was set."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import options

What = Annotated[
    str,
    typer.Argument(
        help="A path (checkout.gateway.rate_per_s), a KPI (gmv_cny) or a claim's number (27).",
        metavar="PATH|KPI|CLAIM",
    ),
]


def explain(
    scenario: options.OneScenario,
    what: What,
    set_: options.Set = [],  # noqa: B006  # typer reads the default, nothing changes it
    lang: options.Lang = "en",
    json: options.Json = False,
) -> None:
    """Explain a parameter, a KPI or a claim: meaning, unit, bounds, source, grade, who reads it."""
    from app.cli.explanation import explanation, heading, shown
    from app.cli.terminal import print_json
    from sim.scenario_file import read

    answer = explanation(read(scenario, [("--set", text) for text in set_]), what)
    if json:
        print_json(answer)
        return
    print(heading(answer))
    for label, text in shown(answer, lang):
        print(f"  {label}  {text}")
