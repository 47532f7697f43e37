"""What is wrong with an input, in the reader's language: where, what was found, what may stand there."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.web import uploads
from app.web.asked import asked
from reports.catalogue import Lang, say
from reports.catalogue.meanings import unit_meaning
from sim.problems import SHOWN, InputError, Problem, visible
from sim.scenario_tree import Leaf, choices, field_at, members


def show_problems(error: Exception, lang: Lang, file: str = "") -> None:
    """Every problem as text.

    Args:
        error: what was raised; what is no `InputError` says itself in one sentence.
        lang: of the words around what the reader wrote.
        file: what the reader calls the file that was dropped.

    """
    st.error(say("app.problems", lang))
    text = str(error)
    if isinstance(error, InputError):
        shown = error.problems[:SHOWN]
        blocks = [_block(one, lang, file or say("app.uploaded", lang)) for one in shown]
        left = error.total - len(shown)
        text = "\n".join([*blocks, *([f"… +{left}"] if left else [])])
    st.code(text, language=None, wrap_lines=True)


def _block(problem: Problem, lang: Lang, file: str) -> str:
    place = problem.place
    where = ""
    if not place.file.startswith("--"):  # a value from this page has no place in a file
        name = file if Path(place.file).stem == uploads.NAME else place.file
        where = f"{visible(name, 300)}:{place.line}:{place.column}  "
    leaf = field_at(problem.key, asked().original()) if problem.key else None
    allowed = problem.allowed if leaf is None or not problem.found else allowed_words(leaf, lang)
    found = "" if problem.sentence else problem.found.partition("  (")[0]  # without the kind of value
    told = (
        (say("app.problem_found", lang), found),
        (say("app.problem_allowed", lang), allowed),
        (say("app.problem_try", lang), problem.instead),
    )
    rows = [visible(problem.sentence, 400)] if problem.sentence else []
    rows += [f"{name}  {visible(text, 400)}" for name, text in told if text]
    return "\n".join([f"{where}{visible(problem.key, 200)}", *(f"  {row}" for row in rows)])


def allowed_words(leaf: Leaf, lang: Lang) -> str:
    """What may stand at a parameter, with bounds and unit."""
    from sim.scenario_file.allowed import allowed, number

    if (options := choices(leaf.annotation)) and lang == "zh":
        return "、".join(map(str, options))
    kinds = members(leaf.annotation)
    if not {int, float} & {*kinds} or options:
        return allowed(leaf.annotation, leaf.field, leaf.unit)
    bounds = []
    if leaf.low is not None:
        bounds.append(f"{'>' if leaf.low_open else '≥'} {number(leaf.low)}")
    if leaf.high is not None:
        bounds.append(f"{'<' if leaf.high_open else '≤'} {number(leaf.high)}")
    kind = say("app.a_number" if float in kinds else "app.a_whole", lang)
    return " ".join(part for part in (kind, ", ".join(bounds), unit_meaning(leaf.unit, lang)) if part)
