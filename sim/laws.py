"""Probability laws a scenario may name: `{lognormal: {median: 8, sigma: 0.6}}`.

A law only says what is drawn; `sim.random_streams` draws it. Values are in the unit of the field
that holds the law.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.units import Params

Positive = Annotated[float, Field(gt=0.0, le=1e7)]
NonNegative = Annotated[float, Field(ge=0.0, le=1e7)]
Sigma = Annotated[float, Field(ge=0.0, le=3.0)]


class LogNormal(Params):
    """Log-normal by its median: exp(ln median + sigma·Z)."""

    median: Positive
    sigma: Sigma


class LogNormalMean(Params):
    """Log-normal by its mean: exp(ln mean − sigma²/2 + sigma·Z)."""

    mean: Positive
    sigma: Sigma


class Exponential(Params):
    """Exponential with the given mean."""

    mean: Positive


class Uniform(Params):
    """Uniform on [low, high]."""

    low: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.high < self.low:
            raise ValueError("`high` must not be below `low`")
        return self


Kind = Literal["lognormal", "lognormal_mean", "exponential", "uniform", "constant"]
KINDS: tuple[Kind, ...] = ("lognormal", "lognormal_mean", "exponential", "uniform", "constant")


class Law(Params):
    """Exactly one named law."""

    lognormal: LogNormal | None = None
    lognormal_mean: LogNormalMean | None = None
    exponential: Exponential | None = None
    uniform: Uniform | None = None
    constant: NonNegative | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Law:
        named = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(f"name exactly one law of {', '.join(KINDS)}; found {len(named)}")
        return self

    @property
    def kind(self) -> Kind:
        """Name of the law that is set."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)


def lognormal(median: float, sigma: float) -> Law:
    """Log-normal law by median."""
    return Law(lognormal=LogNormal(median=median, sigma=sigma))


def lognormal_mean(mean: float, sigma: float) -> Law:
    """Log-normal law by mean."""
    return Law(lognormal_mean=LogNormalMean(mean=mean, sigma=sigma))


def exponential(mean: float) -> Law:
    """Exponential law."""
    return Law(exponential=Exponential(mean=mean))


def uniform(low: float, high: float) -> Law:
    """Uniform law."""
    return Law(uniform=Uniform(low=low, high=high))


def constant(value: float) -> Law:
    """A fixed value."""
    return Law(constant=value)


def mean_of(law: Law) -> float:
    """Mean of a law."""
    if law.constant is not None:
        return law.constant
    if law.uniform is not None:
        return 0.5 * (law.uniform.low + law.uniform.high)
    if law.exponential is not None:
        return law.exponential.mean
    if law.lognormal is not None:
        return law.lognormal.median * math.exp(0.5 * law.lognormal.sigma**2)
    assert law.lognormal_mean is not None
    return law.lognormal_mean.mean
