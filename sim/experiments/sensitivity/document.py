"""What `lianlu sensitivity` answers: ranked inputs, the ledger, luck's part, what was not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.sensitivity.inputs import Inputs, inputs_of
from sim.experiments.sensitivity.ledger import ledger
from sim.experiments.sensitivity.points import Model
from sim.experiments.sensitivity.screening import Effects
from sim.experiments.sensitivity.sobol import Nothing, Shares
from sim.experiments.sensitivity.study import OTHERS, Effort, Study, study, weight
from sim.kpis.definitions import KPIS
from sim.problems import InputError, Place, Problem, Unusable, nearest
from sim.service_levels import DIRECTION

if TYPE_CHECKING:
    from sim.experiments.laboratory import Laboratory
    from sim.experiments.replications import Replications
    from sim.scenario import Scenario

USUAL = ("gmv_cny", "payment_success", *(name for name in DIRECTION if name != "payment_success"))
"""Answers whose ledger is written where none is named: sales, and every promise."""
LEAST_SAMPLES = 16
OWN_NIGHTS = 50
"""Nights of the scenario at its own values: what `run` plays, and what the figures' means are taken from."""
CLEARLY = 0.01
"""An input whose share is certainly that large drives the figure, whatever the screening could tell."""
MISSING = (
    "sensitivity needs the package SALib, which is not installed; "
    "`pip install 'lianlu[sensitivity]'` brings it"
)


def sensitivity(
    scenario: Scenario,
    laboratory: Laboratory,
    *,
    kpis: Sequence[str] = (),
    paths: Sequence[str] = (),
    decisions: bool = False,
    effort: Effort | None = None,
) -> dict[str, Any]:
    """Which assumptions drive the answer.

    Args:
        scenario: the event.
        laboratory: where replications come from.
        kpis: figures; the first is ranked, each has a ledger. None: sales and the promises the arm has.
        paths: figures to vary; none: every assumption the arm reads.
        decisions: vary what the company decides as well.
        effort: how much to compute.

    Raises:
        InputError: a KPI or path that does not exist, or not in this arm.
        Unusable: SALib is missing, or the effort cannot give an answer.
    """
    effort = effort or Effort()
    _check(effort)
    chosen = inputs_of(scenario, paths, decisions=decisions)
    base = laboratory.replicate(scenario, OWN_NIGHTS)
    names = _figures(base, kpis)
    model = Model(scenario, chosen.chosen, names, laboratory)
    found = study(model, chosen.chosen, len(names), effort, laboratory.seed)
    return {
        "scenario": scenario.name,
        **_ranked(found, names[0]),
        "ledger": {
            kpi: ledger(found, shares)
            for kpi, shares in zip(names, found.shares, strict=True)
            if isinstance(shares, Shares)
        },
        "noise": {kpi: _noise(found, k, base.values(kpi)) for k, kpi in enumerate(names)},
        "screened_out": _screened_out(found, chosen),
        **{
            why: [kpi for kpi, one in zip(names, found.shares, strict=True) if one == why]
            for why in ("constant", "without_meaning")
        },
        "design": _design(found, effort, model),
        "seed": laboratory.seed,
        "engine": laboratory.engine,
        "replications": model.replications,
        "config_hash": base.config_hash,
    }


def _check(effort: Effort) -> None:
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        raise Unusable(MISSING)
    if effort.samples < LEAST_SAMPLES:
        raise Unusable(
            f"--samples {effort.samples}: at least {LEAST_SAMPLES} rows, or no interval means anything"
        )
    if effort.trajectories < 2 or effort.nights < 2 or effort.screening_nights < 2:
        raise Unusable("at least 2 trajectories and 2 nights are needed, or luck cannot be told from effects")


def _figures(base: Replications, kpis: Sequence[str]) -> tuple[str, ...]:
    """The KPIs asked for, all of which the arm has."""
    has = [kpi for kpi in KPIS if base.has(kpi)]
    problems = []
    for kpi in kpis:
        place = Place(f"--kpi:{kpi}", 1, 1)
        if kpi not in KPIS:
            close = nearest(kpi, has) or ""
            problems.append(Problem(place, kpi, "no such KPI", "a KPI, as `lianlu run` lists them", close))
        elif kpi not in has:
            arm = f"show: {base.scenario.show}, system: {base.scenario.system}"
            problems.append(Problem(place, kpi, f"a KPI without meaning where {arm}", ", ".join(has)))
    if problems:
        raise InputError(problems)
    return tuple(dict.fromkeys(kpis or (kpi for kpi in USUAL if kpi in has)))


def _ranked(found: Study, kpi: str) -> dict[str, Any]:
    """The first KPI's inputs, the strongest first; those that do nothing stand last."""
    effects, shares = found.effects[0], found.shares[0]
    verdicts = effects.verdicts()
    rows: list[dict[str, Any]] = []
    for at, place in enumerate(found.screened):
        row: dict[str, Any] = {
            **found.inputs[place].document(),
            "effect": float(effects.mu_star[at]),
            "ci_low": float(effects.low[at]),
            "ci_high": float(effects.high[at]),
            "mu": float(effects.mu[at]),
            "sigma": float(effects.sigma[at]),
            "noise_floor": float(effects.noise[at]),
            "verdict": verdicts[at],
            **_share(found, effects, shares, at),
        }
        if row.get("share_low", 0.0) >= CLEARLY:  # the second look has seen what the first could not tell
            row["verdict"] = "drives"
        rows.append(row)
    rows.sort(key=lambda row: (-row["share_of_variance"], -row["effect"], row["path"]))
    return {"kpi": kpi, "unit": KPIS[kpi].unit, "inputs": rows}


def _share(found: Study, effects: Effects, shares: Shares | Nothing, at: int) -> dict[str, Any]:
    """Share of one input; of one that is in a factor with others, its part of it by the screening."""
    place = found.screened[at]
    factor = found.factor[place]
    if not factor or not isinstance(shares, Shares):
        return {"share_of_variance": 0.0}
    g = shares.names.index(factor)
    if not factor.startswith(OTHERS):
        low, high = shares.share_interval([g])
        said: dict[str, Any] = {
            "share_of_variance": float(shares.share[g]),
            "share_low": low,
            "share_high": high,
        }
        for which, name in (("first", "first_order"), ("total", "total")):
            ends = shares.interval(which)[:, g]
            said[name] = float(getattr(shares, which)[g])
            said |= {f"{name}_low": float(ends[0]), f"{name}_high": float(ends[1])}
        return said
    mates = [a for a, p in enumerate(found.screened) if found.factor[p] == factor]
    whole = float(effects.variance[mates].sum())
    part = float(effects.variance[at]) / whole if whole > 0.0 else 1.0 / len(mates)
    return {"share_of_variance": float(shares.share[g]) * part, "shared_with": len(mates)}


def _noise(found: Study, k: int, base: Any) -> dict[str, Any]:
    """Luck's part of one KPI, apart from the inputs' part."""
    moved = ~found.effects[k].still
    said: dict[str, Any] = {
        "floor": float(np.median(found.effects[k].noise[moved])) if moved.any() else 0.0,
        "left_at_value": _left(found, k),
    }
    shares = found.shares[k]
    if not isinstance(shares, Shares):
        return said | {"mean": float(base.mean())}
    noise = shares.noise
    return said | {
        "mean": float(base.mean()),
        "std_inputs": float(noise.inputs**0.5),
        "std_luck": float((noise.luck + noise.together) ** 0.5),
        "luck_of_one_night": noise.of_one_night,
        "luck_in_shares": noise.in_shares,
        "first_order_sum": float(shares.first.sum()),
    }


def _left(found: Study, k: int) -> float:
    """Share of the variance, by the screening, of costly inputs that stayed at their values."""
    size = weight(found.effects[k], found.inputs, found.screened)
    at_rest = [at for at, place in enumerate(found.screened) if not found.factor[place]]
    closed = sum(float(one.effects[k].whole[one.place]) for one in found.closed)
    whole = float(size.sum()) + closed
    return (float(size[at_rest].sum()) + closed) / whole if whole > 0.0 else 0.0


def _screened_out(found: Study, chosen: Inputs) -> dict[str, Any]:
    """What the ranking rests on no further: by reason, and sections that stayed closed."""
    verdicts = found.effects[0].verdicts()
    single = set(found.single)
    paths = {
        verdict: [
            found.inputs[place].path
            for at, place in enumerate(found.screened)
            if verdicts[at] == verdict and place not in single
        ]
        for verdict in ("drives", "cannot_tell", "no_effect")
    }
    closed = [
        {"section": one.name, "inputs": one.inputs, "effect": float(one.effects[0].mu_star[one.place])}
        for one in found.closed
    ]
    return {
        "small": paths["drives"],
        "cannot_tell": paths["cannot_tell"],
        "no_effect": paths["no_effect"],
        "sections": closed,
        "not_varied": chosen.left_out,
    }


def _design(found: Study, effort: Effort, model: Model) -> dict[str, Any]:
    return {
        "inputs": len(found.inputs),
        "trajectories": effort.trajectories,
        "screening_nights": effort.screening_nights,
        "samples": effort.samples,
        "nights": effort.nights,
        "top": effort.top,
        "single": [found.inputs[place].path for place in found.single],
        "costly_levels": found.levels,
        "stepped_back": model.stepped_back,
    }
