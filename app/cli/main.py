"""The command line: one file a command, and only the file of the command asked for is loaded.

Exit codes: 0 done · 1 a go/no-go question answered "no" · 2 bad input · 3 stopped, can go on · 70 a bug.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer

from app.cli import asked, interrupt

COMMANDS = (
    "scenarios", "validate", "schema", "run", "compare", "campaign", "explain", "events", "headroom",
    "provision", "shifts", "sensitivity", "roads", "routes", "report", "app", "runs", "bench",
)  # fmt: skip
"""In the order of `--help`; a command exists when its file app/cli/NAME.py does (or NAME_.py)."""

PYTHONS_OWN = gc.get_threshold()
LOOK_AFTER = 100_000
"""New objects after which Python looks for garbage; loading makes half a million that stay."""

PROMISE = "Simulate tonight's show, checkout, sorting, vans, pickup points and leaders before going live."


def application(names: Iterable[str]) -> typer.Typer:
    """The typer application with the commands of these names."""
    cli = typer.Typer(
        name="lianlu",
        help=PROMISE,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )
    cli.callback()(_lianlu)
    for name in names:
        module = _module(name)
        if module is None:
            continue
        command = getattr(import_module(module), name, None) or getattr(import_module(module), f"{name}_")
        if isinstance(command, typer.Typer):
            cli.add_typer(command, name=name)
        else:
            cli.command(name)(command)
    return cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    gc.set_threshold(LOOK_AFTER)
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(
                errors="backslashreplace"
            )  # a terminal without Chinese shows escapes, not a traceback
    asked.words[:] = words
    wanted = words[0] if words else ""
    names = (wanted,) if wanted in COMMANDS and _module(wanted) else COMMANDS
    with interrupt.heard():
        return _guarded(lambda: application(names)(args=words, prog_name="lianlu", standalone_mode=False))


def _lianlu() -> None:
    """Keep the commands a group even when only one of them is loaded."""


def _module(name: str) -> str | None:
    for module in (f"app.cli.{name}", f"app.cli.{name}_"):
        if find_spec(module) is not None:
            return module
    return None


def _guarded(work: Any) -> int:
    """Run, and turn every way of ending into an exit code; bad input never shows a traceback."""
    from sim.problems import InputError, Stopped, Unusable

    out = sys.stdout
    try:
        code = work()
        sys.stdout.flush()
    except (InputError, Unusable) as error:
        print(error, file=sys.stderr)
        return 2
    except Stopped as error:
        print(error, file=sys.stderr)
        return 3
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as error:
        if sys.stdout is not out:  # typer has seen that the reader left, and quietened the stream
            return 0
        return error.code if isinstance(error.code, int) else 2 if error.code else 0
    except Exception as error:  # noqa: BLE001  # the last catch: a bug is reported with what to send us
        return _usage_or_bug(error)
    code = code if isinstance(code, int) else 0
    return _interrupted() if code == 130 else code


def _usage_or_bug(error: Exception) -> int:
    code = getattr(error, "exit_code", None)
    if code is not None and hasattr(error, "format_message"):  # typer's own usage errors
        from typer import rich_utils

        if error.__class__.__name__ != "NoArgsIsHelpError":
            rich_utils.rich_format_error(error)  # type: ignore[arg-type]  # typer hides the class it raises
        return int(code)
    import traceback

    traceback.print_exception(error)
    print("this is a bug in lianlu; the lines above say where", file=sys.stderr)
    return 70


def _interrupted() -> int:
    # An interrupt inside a library's `exec` leaves a mark by which Python ends with the signal instead of
    # our exit code, though it was caught here; the next `exec` takes the mark away.
    exec("")  # noqa: S102  # nothing is executed
    print(f"interrupted; {asked.after_a_stop()}", file=sys.stderr)
    return 3


def _reader_left() -> int:
    """The reader of a pipe has enough (`| head`)."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def __getattr__(name: str) -> Any:
    """`app`: the application with every command, built when somebody asks for it."""
    if name == "app":
        return application(COMMANDS)
    raise AttributeError(name)


if __name__ == "__main__":
    sys.exit(main())
