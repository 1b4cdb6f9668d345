"""Ticker widgets: lines of nothing but stock symbols with their change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "ticker/4"

_EXCHANGE = r"(?:NYSE|NASDAQ|Nasdaq|AMEX|LSE|TSX)"
_TOKEN = re.compile(
    rf"(?P<symbol>(?:{_EXCHANGE}:\s*)?[$^]?[A-Z]{{1,5}}(?:[.-][A-Z]{{1,4}})?(?![a-z])(?:\s*\({_EXCHANGE}\))?)"
    r"|(?P<change>-{2,}|–{1,2}|—|[▲▼+−-]?\s?\$?\d[\d,]*(?:\.\d+)?\s?%?)"
    r"|[\s|,;·()]+"
)
_BARE = re.compile(r"\(?(?:NYSE|NASDAQ|Nasdaq|AMEX|LSE|TSX):\s*[A-Z]{1,5}\)?|\$[A-Z]{1,5}(?:[\s,|]+\$[A-Z]{1,5})*")
_MOVES = re.compile(r"--|–|—|%|▲|▼|[+−]\s?\d|\d\.\d\d")

# A change with its sign: two of them make a board of quotations, whatever the names beside them.
_SIGNED = re.compile(r"(?<![\w.,])[+−–-]\s?\d+[.,]\d+\s?%")


# A number beside an arrow up or down, before or behind it.
_ARROWED = re.compile(r"\d ?%? ?[▲▼△▽↑↓]|[▲▼△▽↑↓] ?[+−–-]?\d")


def find(page: Page) -> Iterator[Hit]:
    """Lines that are symbols and changes from end to end. `$5` or `PRO` alone is no ticker."""
    for index in page.free():
        text = page.blocks[index].text
        if len(text) > 200:
            continue
        if (_symbols_and_changes(text) and _MOVES.search(text)) or _BARE.fullmatch(text) or _is_board(page, index):
            yield Hit(index, index, "ticker", f"stock symbols only: {text[:60]!r}")


def _is_board(page: Page, index: int) -> bool:
    """True for names with their numbers and changes, outside the article: "DAX 18.402 +0,34 %  MDAX 26.110 −0,12 %"."""
    text = page.blocks[index].text
    if (
        (len(_ARROWED.findall(text)) < 2 and (text.count("%") < 2 or len(_SIGNED.findall(text)) < 2))
        or page.blocks[index].ends_sentence
        or not page.outside(index)
    ):
        return False
    tokens = [token for token in text.split() if any(map(str.isalnum, token))]
    return bool(_ARROWED.search(text)) or 2 * sum(any(map(str.isdigit, token)) for token in tokens) >= len(tokens)


def _symbols_and_changes(text: str) -> bool:
    """True if the line is a row of symbols, each with one to three changes behind it. One pass, no backtracking."""
    changes = 3  # as if before the first symbol one had just been closed
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return False
        position = token.end()
        if token.lastgroup == "symbol":
            if not changes:
                return False
            changes = 0
        elif token.lastgroup == "change":
            changes += 1
            if changes > 3:
                return False
    return 1 <= changes <= 3 and any(character.isupper() for character in text)
