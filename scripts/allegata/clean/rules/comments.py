"""Comment forms, comment counts, closed-comment lines, and the comments that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "comments/2"

_NUMBER = r"(?:\d[\d,.]*|no|one|two|three|four|five|six|seven|eight|nine|ten)"
_NOUN = r"(?:comments?|responses?|replies|reply|thoughts?)"
# Lines that open a comment section: what stands below them, down to the end, belongs to it.
_OPENING = re.compile(
    rf"""(?:
      leave\ (?:a|your)\ (?:reply|comment|response)(?:\ to\ .{{1,80}})?(?:\ cancel\ reply)?
    | (?:post|add|write|submit)\ (?:a\ |your\ )?comments?
    | {_NUMBER}\ {_NOUN}(?:\ yet|\ so\ far)?(?:\ (?:on|to|about)\ (?:".*"|this\ \w+))?
    | (?:comments?|responses?|replies)\ ?[:(]\ ?\d[\d,.]*\)?
    | (?:comments?|commenting|replies)\ (?:are\ |is\ |have\ been\ |has\ been\ )?(?:now\ )?(?:closed|disabled|turned\ off)
      (?:\ (?:for|on)\ this\ \w+)?
    | comments\ off(?:\ on\ .*)?
    | (?:\d[\d,.]*|no)\ (?:comments?|responses?|replies|thoughts?)\ (?:on|to)\ \S.*
    | be\ the\ first\ to\ (?:leave\ a\ )?(?:comment|reply|respond|share\ your\ thoughts)(?:\ .{{0,60}})?
    )""",
    re.VERBOSE,
)
# Short lines that may as well be a subheading: "No comment", "Two replies".
_VAGUE = re.compile(
    r"(?:no|one|two|three|four|five|six|seven|eight|nine|ten) (?:comments?|responses?|replies|reply|thoughts?)(?: (?:on|to) [^\"].*)?"
)
# Pieces of a comment form or list. They go wherever they stand; they open nothing.
_PIECE = re.compile(
    r"""(?:
      cancel\ reply
    | join\ the\ (?:conversation|discussion|debate)
    | your\ email\ address\ will\ not\ be\ published.{0,60}
    | required\ fields\ are\ marked.{0,10}
    | save\ my\ name,?\ (?:and\ )?email.*
    | (?:please\ )?(?:you\ (?:must|need\ to|have\ to)\ )?(?:be\ )?(?:log(?:ged)?|sign(?:ed)?)[\ -]?in
      (?:\ or\ (?:register|sign\ up|create\ an\ account))?\ (?:to|before)\ (?:post|leave|add|write|comment|reply|join).*
    | notify\ me\ (?:of|when|via|by)\ .*
    | this\ site\ uses\ akismet.*
    | learn\ how\ your\ comment\ data\ .*
    | (?:show|view|load|read|see|hide)\ (?:all\ |more\ )?(?:\d+\ )?(?:comments|replies)(?:\ \(\d+\))?
    | (?:share|tell\ us|let\ us\ know)\ (?:your\ thoughts|what\ you\ think)(?:\ in\ the\ comments.*|\ below)?
    | (?:comments?|commenting|community)\ (?:policy|guidelines|rules)
    | sort\ by:?\ (?:newest|oldest|best|top).*
    | (?:name|email|website)\ \*
    )""",
    re.VERBOSE,
)
# Words that are boilerplate only where the article is over.
_TAIL_WORD = re.compile(
    r"(?:comments?|replies|reply|responses|discussion|conversation|name|e-?mail|website|comment|post comment|submit|post)"
)
_STRIP = " .!:*?"


def find(page: Page) -> Iterator[Hit]:
    """Every line of comment furniture; and the comments below an opening line.

    The rest below an opening line is taken only where no more than a quarter of the article's words stand
    below it: an article that goes on is worth more than a comment that stays.
    """
    opening: int | None = None
    found = set()
    for index in page.free():
        line = page.folded[index].strip(_STRIP)
        if not line:
            continue
        if _OPENING.fullmatch(line) and not page.quotes(index) and (not _VAGUE.fullmatch(line) or page.outside(index)):
            opening = index if opening is None else opening
            found.add(index)
            yield Hit(index, index, "comments", f"comment section line {line[:60]!r}")
        elif _PIECE.fullmatch(line):
            found.add(index)
            yield Hit(index, index, "comments", f"comment form line {line[:60]!r}")
    if opening is None:
        return
    above = sum(page.word_counts[index] for index in page.free() if index < opening)
    below = [index for index in page.free() if index > opening and index not in found]
    if 0 < 4 * sum(page.word_counts[index] for index in below) <= above:
        evidence = f"below the comment section line {page.folded[opening][:60]!r}"
        yield from (Hit(index, index, "comments", evidence) for index in below)


def find_words(page: Page) -> Iterator[Hit]:
    """Bare words such as "Comments", which are furniture only below the article."""
    for index in page.free():
        line = page.folded[index].strip(_STRIP)
        if _TAIL_WORD.fullmatch(line) and page.in_tail(index) and _leads_on(page, index):
            yield Hit(index, index, "comments", f"comment heading {line!r} after the article")


def _leads_on(page: Page, index: int) -> bool:
    """True if the line is the last, or what follows is a comment line or taken already."""
    after = index + 1
    if after >= len(page.blocks) or after in page.taken or index - 1 in page.taken:
        return True
    line = page.folded[after].strip(_STRIP)
    return bool(_OPENING.fullmatch(line) or _PIECE.fullmatch(line))
