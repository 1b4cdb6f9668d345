"""How a command ends: whatever is raised becomes a report and an exit code, here and nowhere else."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer
from typer.core import TyperGroup

from allegata.cli.shown import alarm, complain, libraries_shown, own_command
from allegata.schema.visible import visible

PROBLEMS, USAGE, SYSTEM, FAULT = 1, 2, 3, 4
INTERRUPTED, CLOSED = 128 + signal.SIGINT, 128 + 13  # as a shell shows a process that the signal ended; 13: SIGPIPE
_AGAIN = "then run the same command again"
TRACEBACK = "ALLEGATA_TRACEBACK"
# New objects before Python looks for garbage among them (else 700). What we make is seldom circular: the looking was a
# twentieth of the CPU time of `browse`, a tenth with 10,000 articles (December 2026), for no more than 15 MB.
_NEW_OBJECTS = 50_000
CODES = (
    "Exit code: 0 good, 1 the data fails its checks, 2 a usage error, 3 the system refuses (a full disk, no "
    f"permission), 4 a fault of allegata, {INTERRUPTED} interrupted."
)


class Commands(TyperGroup):
    """The commands: what any of them raises, its options and its help included, is reported."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """See `TyperGroup`."""
        with _ending():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """See `TyperGroup`."""
        with _ending(), libraries_shown():
            return super().invoke(ctx)


@contextmanager
def _ending() -> Iterator[None]:
    """All that is to be printed is printed in it: a pipe that was closed, as by `head`, is no news."""
    try:
        with _reported():
            yield
            sys.stdout.flush()
    except BrokenPipeError:
        _silenced(sys.stdout)
        _silenced(sys.stderr)
        raise typer.Exit(CLOSED) from None


@contextmanager
def _reported() -> Iterator[None]:
    """Turn every kind of bad news into a report and an exit code."""
    from allegata.schema.problems import ProblemsFound, UsageError

    try:
        yield
    except ProblemsFound as found:
        from allegata.cli.console import problems

        problems(found)
        raise typer.Exit(PROBLEMS) from None
    except UsageError as error:
        alarm(f"allegata: {error}")
        raise typer.Exit(USAGE) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        from allegata.schema.system_errors import system_problem

        if error.filename is None and _silenced(sys.stdout):
            error.filename = "the standard output"
        _end(error, str(system_problem(error)), SYSTEM)
    except RuntimeError as error:
        if not str(error).startswith("Symlink loop"):  # so `Path.resolve` says it before Python 3.13
            _end_of_fault(error)
        _end(error, f"allegata: {error}\n    → remove the link, {_AGAIN}", SYSTEM)
    except MemoryError as error:
        fix = f"give it more, or smaller batches (--batch) and fewer workers, {_AGAIN}"
        _end(error, f"allegata: out of memory\n    → {fix}", SYSTEM)
    except KeyboardInterrupt as error:
        _end(error, "allegata: interrupted", INTERRUPTED)
    except UnicodeEncodeError as error:
        if not (name := _name_not_utf8(error)):
            _end_of_fault(error)
        _end(error, f"allegata: a file or folder is named {name!r}, which is not UTF-8: rename it, {_AGAIN}", USAGE)
    except Exception as error:
        from allegata.schema.system_errors import refused_to_sqlite, system_problem

        if refused := refused_to_sqlite(error):
            _end(error, str(system_problem(refused)), SYSTEM)
        _end_of_fault(error)


def _name_not_utf8(error: UnicodeEncodeError) -> str:
    """The name that Arrow, or a file in UTF-8, could not take: only the system's names have these half characters."""
    wrong_part = error.object[error.start : error.end]
    if not all("\udc80" <= character <= "\udcff" for character in wrong_part):
        return ""
    return error.object[max(0, error.start - 60) : error.end + 20]


def _end(error: BaseException, report: str, code: int) -> NoReturn:
    """Print the report, and what is whole; the traceback only where it is asked for."""
    _silenced(sys.stdout)
    with suppress(OSError):  # the standard error may be what is full
        if os.environ.get(TRACEBACK):
            alarm("".join(traceback.format_exception(error)))
        alarm(report)
        for state in dict.fromkeys(getattr(error, "__notes__", ())):
            complain(state)
    raise typer.Exit(code) from None


def _end_of_fault(error: Exception) -> NoReturn:
    if isinstance(error, typer.Abort) or hasattr(error, "exit_code"):  # how typer ends
        if isinstance(typed := getattr(error, "message", None), str):
            error.message = visible(typed, keep="\n")  # type: ignore[attr-defined]  # it has one
        raise error
    again = own_command() or "the command"
    report = f"please report it, with what {TRACEBACK}=1 {again} prints"
    _end(error, f"allegata: a fault of allegata, not of your data: {_fault(error)}\n    → {report}", FAULT)


def _fault(error: BaseException) -> str:
    """What it is, and where in the package it came up."""
    package = Path(__file__).parents[1]
    places = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(package)
    ]
    last = places[-1] if places else None
    where = f" ({Path(last.filename).relative_to(package).as_posix()}:{last.lineno})" if last else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"


def _silenced(stream: TextIO) -> bool:
    """Whether a stream cannot be written; what waits in it then goes nowhere, or the end of the program would fail."""
    try:
        stream.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return True
    return False


def run(app: typer.Typer) -> None:
    """Run the program. An interruption is reported while a command runs, and ends it without a word else."""
    gc.set_threshold(_NEW_OBJECTS)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # as `__main__` set it, unless interruptions are ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app()
