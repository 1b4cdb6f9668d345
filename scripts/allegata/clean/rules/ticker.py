"""Ticker widgets: lines of nothing but stock symbols with their change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "ticker/1"

_SYMBOL = r"(?:(?:NYSE|NASDAQ|Nasdaq|AMEX|LSE|TSX|OTC\w*):\s*)?[$^]?[A-Z]{1,5}(?:[.-][A-Z]{1,4})?(?:\s*\((?:NYSE|NASDAQ|Nasdaq|AMEX|LSE|TSX)\))?"
_CHANGE = r"(?:-{2,}|–{1,2}|—|[▲▼+−-]?\s?\$?\d[\d,]*(?:\.\d+)?\s?%?)"
_LINE = re.compile(rf"(?:{_SYMBOL}\s*(?:{_CHANGE}\s*[(|,]?\s*){{1,3}}\)?[\s|,;·]*)+")
_BARE = re.compile(r"\(?(?:NYSE|NASDAQ|Nasdaq|AMEX|LSE|TSX):\s*[A-Z]{1,5}\)?|\$[A-Z]{1,5}(?:[\s,|]+\$[A-Z]{1,5})*")
_MOVES = re.compile(r"--|–|—|%|▲|▼|[+−]\s?\d|\d\.\d\d")


def find(page: Page) -> Iterator[Hit]:
    """Lines that are symbols and changes from end to end. `$5` or `PRO` alone is no ticker."""
    for index in page.free():
        text = page.blocks[index].text
        if len(text) > 200:
            continue
        if (_LINE.fullmatch(text) and _MOVES.search(text)) or _BARE.fullmatch(text):
            yield Hit(index, index, "ticker", f"stock symbols only: {text[:60]!r}")
