"""The one way of text to the terminal: as it is, never interpreted, never cut.

Nothing else in the package prints. Text of the data may hold anything: markup, emoji codes, links, escape sequences.
"""

from __future__ import annotations

import json
import logging
import shlex
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from allegata.schema.system_errors import naming
from allegata.schema.visible import HIDDEN, visible

if TYPE_CHECKING:
    from rich.console import Console


def say(line: str = "") -> None:
    """Print a message of one line to the standard output, whatever the data in it holds."""
    _write(visible(line, keep="\t"), sys.stdout)


def following(command: str) -> None:
    """Name the next command."""
    say(f"next: {command}")


def show(text: str) -> None:
    """Print a text of several lines, such as Markdown, to the standard output."""
    _write(text.removesuffix("\n"), sys.stdout)


def open_page(page: Path) -> None:
    """Open a page in the browser of this machine, and complain where there is none."""
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        complain(f"warning: no browser is found on this machine: open {page} yourself")


def exact_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON for programs, to `show`: in ASCII, on every terminal, each character is what it was."""
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


@contextmanager
def libraries_shown() -> Iterator[None]:
    """What libraries log or warn of, which may quote the data, goes the same way to the standard error."""

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            alarm(self.format(record))

    def warned(message: Warning | str, category: type[Warning], *_: object) -> None:
        complain(f"{category.__name__}: {message}")

    before = logging.lastResort
    with warnings.catch_warnings():
        warnings.showwarning = warned  # type: ignore[assignment]  # it takes the same, and looks at two of them
        logging.lastResort = Shown(logging.WARNING)
        try:
            yield
        finally:
            logging.lastResort = before


def complain(line: str) -> None:
    """Print a message of one line to the standard error."""
    _write(visible(line, keep="\t"), sys.stderr)


def alarm(text: str) -> None:
    """Print a report to the standard error, red on a terminal."""
    if not sys.stderr.isatty():
        _write(text, sys.stderr)
        return
    from rich.text import Text

    console(sys.stderr).print(Text(_written(text, sys.stderr), style="red"), soft_wrap=True)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table to the standard output: on a terminal long cells go on in the next line, elsewhere a row is a
    line."""
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    def cell(text: str) -> Text:
        return Text(_written(visible(text), sys.stdout))

    out = console(sys.stdout if sys.stdout.isatty() else StringIO())
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        grid.add_column(cell(name), overflow="fold")
    for row in rows:
        grid.add_row(*map(cell, row))
    if not isinstance(out.file, StringIO):
        out.print(grid)
        return
    out.width = Measurement.get(out, out.options.update(width=1_000_000), grid).maximum
    out.print(grid)
    _write("\n".join(line.rstrip() for line in out.file.getvalue().split("\n")[:-1]), sys.stdout)


def margin(lines: Iterable[tuple[str, str, str]]) -> None:
    """Print lines with a mark before each: mark, text of the data, style on a terminal.

    On a terminal a long line goes on behind its mark, so that no text can be taken for a mark of ours; elsewhere a
    line is a line, without style.
    """
    from rich.text import Text

    out, on_terminal = console(sys.stdout), sys.stdout.isatty()
    for mark, text, style in lines:
        seen = _written(visible(text), sys.stdout)
        if not on_terminal:
            _write(f"{mark}{seen}".rstrip(), sys.stdout)
            continue
        for part in Text(seen).wrap(out, max(out.width - len(mark), 1)) or [Text()]:
            out.print(Text(mark + part.plain, style), soft_wrap=True)


def own_command() -> str | None:
    """The command line as it was given; None where another program, such as a test, runs the command."""
    program = Path(sys.argv[0])
    is_own = program.stem == "allegata" or program.parts[-2:] == ("allegata", "__main__.py")
    return " ".join(map(shell_word, ["allegata", *sys.argv[1:]])) if is_own else None


def shell_word(text: str) -> str:
    """`text` as one word of a shell. What would not be shown as it is, such as a name that is not UTF-8, has the quotes
    `$'…'`: those of bash, zsh, ksh and POSIX 2024."""
    if not HIDDEN.search(text):
        return shlex.quote(text)
    plain = range(ord(" "), 0x7F)
    return (
        "$'"
        + "".join(
            chr(byte) if byte in plain and chr(byte) not in "\\'" else f"\\{byte:03o}"
            for byte in text.encode("utf-8", "surrogateescape")
        )
        + "'"
    )


def console(stream: TextIO) -> Console:
    """A console of rich on `stream` that interprets nothing."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


def _write(text: str, stream: TextIO) -> None:
    with naming("the standard output" if stream is sys.stdout else "the standard error"):
        print(_written(text, stream), file=stream, flush=stream is sys.stderr)


def _written(text: str, stream: TextIO) -> str:
    """What `stream` can write of `text`; a character that its encoding lacks becomes an escape."""
    encoding = stream.encoding or "utf-8"
    return visible(text, keep="\n\t").encode(encoding, "backslashreplace").decode(encoding)
