"""Parameters as annotated fields: one line holds default, unit, bounds, grade, source and meaning.

Schema, documentation, error messages, `lianlu explain` and the sensitivity sweep are all read from
these lines, so a parameter is described once.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Grade = Literal["A", "B", "C", "claim", "assumed", "rule"]
"""A official or peer-reviewed · B named press or industry report · C weak web · claim = said by the
case article · assumed = engineering default with its reason · rule = a modelling convention."""

Role = Literal["model", "search", "display"]
"""model: changes a column of the log or a KPI · search: read by a search · display: read by a view."""


class Params(BaseModel):
    """A frozen, strict group of parameters: a typo can never create one."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


def par(
    default: Any,
    *,
    unit: str,
    meaning: str,
    grade: Grade,
    source: str,
    low: float | None = None,
    high: float | None = None,
    sweep: tuple[float, float] | None = None,
    role: Role = "model",
) -> Any:
    """A parameter field.

    Args:
        default: shipped value, inside `[low, high]`.
        unit: unit of the value ("s", "min", "share", "CNY", "people", …); "-" for a switch or a name,
            "file" for a path, which a scenario file gives relative to itself.
        meaning: one sentence in English; what it is and who reads it.
        grade: how good the evidence for the default is.
        source: title, publisher and year; for grade "assumed" the reason.
        low, high: closed bounds, both needed for a number.
        sweep: the range over which a verdict must not change (the field's honest uncertainty).
        role: which kind of answer the parameter moves.
    """
    extra: dict[str, Any] = {"unit": unit, "grade": grade, "source": source, "role": role}
    if sweep is not None:
        extra["sweep"] = list(sweep)
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)
