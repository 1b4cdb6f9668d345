"""Text of the data in what we generate: one function for each place of a syntax; none lets it become markup.

Markdown is CommonMark with the tables, links and strikethrough of GitHub. What would steer or hide is shown by its code
point (`schema.visible`). HTML pages are escaped by their templates, YAML and JSON by their writers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from allegata.schema.visible import HIDDEN, visible

# A code span of plain words stays one: it ends where it seems to, and holds nothing that is read.
_CODE = re.compile(r"(?<!`)(`[\w ./:,=\[\]-]+`)(?!`)")
# Wherever they are: escapes, code, emphasis, links, tags, strikethrough, entities, headings and their ends.
_MARKS = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|(?<!\S)#")
# At the beginning of a line: quotations, tables, lists, rules, what underlines headings and heads of tables.
_BEGINS = re.compile(r"[>=|]|[-+:](?:\s|$|[-+:|=])")
_NUMBERED = re.compile(r"^([0-9]{1,9})(?=[.)](?:\s|$))")
_BARE_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_TICKS = re.compile("`+")
_WEB = re.compile(r"https?://[^\s<>]+")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'/=?^{}+_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_NOT_OF_AN_ADDRESS = re.compile(r"[^\w.~:/?#@!$&+,;=%'-]")


def inline(text: str) -> str:
    """A text as one line of Markdown that shows it: as a paragraph, a heading, an item or a cell, or within one."""
    parts = _CODE.split(_one_line(text))
    line = "".join(part if at % 2 else _MARKS.sub(r"\\\g<0>", part) for at, part in enumerate(parts))
    return f"\\{line}" if _BEGINS.match(line) else _NUMBERED.sub(r"\1\\", line)


def paragraphs(text: str) -> str:
    """A text of several lines as Markdown that shows them; empty lines part its paragraphs."""
    return "\n".join(map(inline, text.strip().splitlines()))


def code(text: str) -> str:
    """A text as a code span; empty where it is."""
    line = _one_line(text)
    ticks = "`" * (1 + max(map(len, _TICKS.findall(line)), default=0))
    return f"{ticks} {line} {ticks}" if len(ticks) > 1 else f"`{line}`" if line else ""


def fenced(text: str, language: str) -> str:
    """A text as a block of code, in a fence that none of its lines ends."""
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    lines = "\n".join(visible(line, keep="\t") for line in text.splitlines())
    return f"{ticks}{language}\n{lines}\n{ticks}"


def link(text: str, url: str) -> str:
    """A link to a web address; what no address holds is percent-encoded."""
    return f"[{inline(text)}]({_address(url)})"


def address(text: str) -> str:
    """An address of the web or of mail as a link that shows it; any other text as it is."""
    if _WEB.fullmatch(text):
        return f"<{_address(text)}>"
    return f"<{text}>" if _MAIL.fullmatch(text) else inline(text)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells in Markdown: each is one line, and pipes are no edges."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON; what would steer or hide is escaped, so that it shows and reads back equal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return HIDDEN.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def outside_fences(text: str) -> list[tuple[int, str]]:
    """The lines of a Markdown text that are not in a block of code, with their numbers from 0."""
    found, fence = [], ""
    for number, line in enumerate(text.split("\n")):
        ticks = _TICKS.match(line)
        if fence and ticks and len(ticks[0]) >= len(fence) and not line[ticks.end() :].strip():
            fence = ""
        elif not fence and ticks and len(ticks[0]) > 2:
            fence = ticks[0]
        elif not fence:
            found.append((number, line))
    return found


def _one_line(text: str) -> str:
    return visible(" ".join(text.split()))


def _cell(text: str) -> str:
    return _BARE_PIPE.sub(r"\1\\|", " ".join(text.splitlines()))


def _address(url: str) -> str:
    def encoded(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))

    return _NOT_OF_AN_ADDRESS.sub(encoded, url)
