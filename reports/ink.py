"""The product's ink, one for pages, slides, pictures and the moving night."""

from __future__ import annotations

from reports.charts.chart import Role
from reports.typeface import FACES

INK, PALE, WHITE = "#1f2933", "#5b6670", "#ffffff"
LINE, BAND, STRIPE = "#d7dde3", "#f2f5f8", "#f7f9fb"
"""Rules between rows and grids, behind headings, behind every other row."""
ACTION = "#005a8c"
"""What may be clicked: dark enough to be read on white."""
BLUE, VERMILION, GREEN, PINK, ORANGE, SKY = COLOURS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
)
"""Okabe and Ito's colours, told apart by every eye, in print and on a projector."""
ROLES: dict[Role, str] = {
    "main": BLUE,
    "other": ORANGE,
    "good": GREEN,
    "bad": VERMILION,
    "limit": INK,
    "muted": "#8a94a0",
    "total": SKY,
}
SCALE = ((0.0, BAND), (0.5, "#8fb8d8"), (0.8, ORANGE), (1.0, "#b3321b"))
"""Light to dark, through blue and orange, for the colour-blind; the stops rise from 0 to 1."""


def ink(role: Role, alpha: float = 1.0) -> str:
    """The colour of a role as `rgba(…)`."""
    r, g, b = _parts(ROLES[role])
    return f"rgba({r},{g},{b},{alpha:g})"


def shade(value: float) -> str:
    """The colour of a value between 0 and 1 on `SCALE`; what lies outside has the colour of the end."""
    at = min(max(value, 0.0), 1.0)
    k = next(k for k in range(1, len(SCALE)) if at <= SCALE[k][0])
    (low, light), (high, dark) = SCALE[k - 1], SCALE[k]
    part = (at - low) / (high - low)
    mixed = (round(a + (b - a) * part) for a, b in zip(_parts(light), _parts(dark), strict=True))
    return "#" + "".join(f"{one:02x}" for one in mixed)


def tint(colour: str, white: float = 0.35) -> str:
    """A colour with so much white in it."""
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, int, int]:
    r, g, b = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return r, g, b


VARIABLES = (
    f":root {{ --ink: {INK}; --pale: {PALE}; --line: {LINE}; --band: {BAND}; --stripe: {STRIPE}; "
    f"--action: {ACTION}; --main: {BLUE}; --good: {GREEN}; --bad: {VERMILION}; --doubt: {ORANGE}; "
    f"--muted: {ROLES['muted']}; --face: {FACES} }}\n"
)
"""The same for style sheets."""
TABLES = """table.lianlu { border-collapse: collapse; width: 100%; font-size: 0.86rem }
table.lianlu th, table.lianlu td { border-bottom: 1px solid var(--line); padding: 4px 8px;
  text-align: right; vertical-align: top; white-space: pre-line }
table.lianlu th { border-bottom: 2px solid var(--ink) }
table.lianlu .w { text-align: left }
table.lianlu caption { text-align: left; font-weight: 600; caption-side: top; color: var(--ink);
  padding: 4px 0 }
table.lianlu tr.head td { background: var(--band); font-weight: 600; text-align: left }
.scroll { overflow-x: auto }
.foot p { color: var(--pale); font-size: 0.8rem; margin: 2px 0 }
"""
"""How a table looks on a page."""
