"""Templates of pages: every value is escaped, and what would steer or hide is shown by its code point."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.nativetypes import NativeCodeGenerator
from markupsafe import Markup, escape

from allegata.schema.visible import visible
from allegata.schema.wording import noun, number, thousands

HERE, ASSETS = (Path(__file__).parent / name for name in ("templates", "assets"))
_OUTSIDE = ("http", "https")


class _Environment(Environment):
    """Templates in which `{{ value }}` is what `finalize` makes of it: one call for each value, of which there are a
    thousand on a page. What jinja2 writes else makes four, a sixth of the time of all pages."""

    code_generator_class = NativeCodeGenerator


@cache
def environment(folder: Path) -> Environment:
    """The templates of `folder`, with the frame and the macros that all pages share.

    Whatever is put into a template is escaped, and its control characters and turns of direction are shown
    (`schema.visible`): no value of the data can become markup, script or a hidden character. `once(macro)` is a macro
    that writes the same for the same values without looking again.
    """
    found = _Environment(
        loader=FileSystemLoader([folder, HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_written,
        keep_trailing_newline=True,
    )
    found.filters["outside"] = outside
    found.globals["once"] = lru_cache(maxsize=1_000)
    found.filters |= {"thousands": thousands, "number": number, "noun": noun}
    return found


def _written(value: object) -> str:
    """What a template writes for a value. `escape` takes three times as long as to see that there is nothing to do."""
    if type(value) is str:
        text = value
        if text.isalnum():  # half of all values
            return text
    elif isinstance(value, Markup):
        return value
    else:
        text = "" if value is None else str(value)
    plain = "&" not in text and "<" not in text and ">" not in text and '"' not in text and "'" not in text
    if plain and text.isprintable():  # nearly every value
        return text
    return escape(visible(text, keep="\n\t"))


def weight(text: str) -> int:
    """How many bytes a text takes on a page, escaped and with its hidden characters shown."""
    return len(escape(visible(text, keep="\n\t")).encode("utf-8", "replace"))


def outside(url: str | None) -> str:
    """The address if a reader may choose to open it: one of the web; else nothing, and it is shown as text."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if parts.scheme in _OUTSIDE and parts.netloc else ""
