"""Bracketed citation markers and the reference list they resolve against."""

from __future__ import annotations

import re
from dataclasses import dataclass

from allegata.clean.page import MOST_CHARACTERS, Hit, Page
from allegata.text.citation_markers import MARKER, NUMBERS, cited
from allegata.text.layers import Citation, Reference, Removal
from allegata.text.spans import Span

NAME = "citations/4"

_BETWEEN = r"[ \t]*(?:(?:[,;–-]|and\b|&)[ \t]*)?"
# A group of markers with what only separates them, and the brackets around it that then hold nothing else.
_GROUP = re.compile(
    rf"(?P<open>\(\s*(?:(?:see|citing|cf\.?|e\.g\.,?|refs?\.?|sources?:?)\s+)*)?\[{NUMBERS}\](?:{_BETWEEN}\[{NUMBERS}\])*"
    r"(?(open)\s*\))",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\[(\d{1,3})\]\s*(\S.*)")
# "1. https://…" below a heading: too common in prose to stand without one.
_NUMBERED = re.compile(r"(\d{1,3})[.)]?\s+(\S.*)")
_URL = re.compile(r"https?://[^\s<>\"]+")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")  # of a printed source
_CLOSING = '.,;:!?)]”’»"'
FEWEST_WITHOUT_LIST = 3


@dataclass(frozen=True)
class Citations:
    """What the citations of one article are: the list's blocks, its entries, the markers, their removals."""

    list_hits: tuple[Hit, ...]
    references: tuple[Reference, ...]
    citations: tuple[Citation, ...]
    removals: tuple[Removal, ...]


def find_reference_list(page: Page) -> tuple[tuple[Hit, ...], tuple[Reference, ...]]:
    """The reference list: lines `[n] …` in a row at the end (two or more, or one below a heading "References").

    The heading goes with the list. A line's first URL is its url.
    """
    last = next((i for i in reversed(range(len(page.blocks))) if _entry(page.blocks[i].text)), None)
    if last is None:
        return (), ()
    first = last
    while first > 0 and _entry(page.blocks[first - 1].text):
        first -= 1
    headed = first > 0 and _is_heading(page, first - 1)
    bracketed = all(_ENTRY.fullmatch(page.blocks[index].text) for index in range(first, last + 1))
    has_url = any(_URL.search(page.blocks[index].text) for index in range(first, last + 1))
    dated = last > first and all(_YEAR.search(page.blocks[index].text) for index in range(first, last + 1))
    if not (headed and (bracketed or has_url or dated)) and not (
        bracketed and last > first and (has_url or last > first + 1)
    ):
        return (), ()
    inside = sum(page.word_counts[first : last + 1])
    if not (headed or has_url or dated) and 2 * inside > sum(page.word_counts):
        return (), ()  # paragraphs with numbers: the text itself
    references = []
    for index in range(first, last + 1):
        match = _entry(page.blocks[index].text)
        if match:
            url = _URL.search(match.group(2))
            references.append(
                Reference(f"[{int(match.group(1))}]", url.group().rstrip(".,;)") if url else None, match.group(2))
            )
    evidence = f"{len(references)} lines that begin with a citation marker" + (", below a heading" if headed else "")
    return (Hit(first - 1 if headed else first, last, "reference_list", evidence),), tuple(references)


def _is_heading(page: Page, index: int) -> bool:
    return bool(page.words.pattern("references", "headings").fullmatch(page.folded[index].strip(" :")))


def _entry(line: str) -> re.Match[str] | None:
    return (_ENTRY.fullmatch(line) or _NUMBERED.fullmatch(line)) if len(line) <= MOST_CHARACTERS else None


def find_citations(source_text: str, page: Page, references: tuple[Reference, ...]) -> Citations:
    """The markers of the blocks that stay, resolved against `references`.

    Without a reference list, brackets count as citations only if there are three or more, `[1]` among them:
    a lone "[5]" may be anything. Removing a marker takes the blank before it with it, the separators inside a
    group, brackets left empty, and a blank after it before closing punctuation; so no double blank and no
    blank before punctuation is left.
    """
    urls = {reference.marker: reference.url for reference in references}
    groups = [
        (match.start(), match.end(), block.span)
        for index, block in enumerate(page.blocks)
        if index not in page.taken and "[" in block.text
        for match in _GROUP.finditer(source_text, block.span.start, block.span.end)
    ]
    markers = [[Span(*match.span()) for match in MARKER.finditer(source_text, start, end)] for start, end, _ in groups]
    quotes = [span.quote(source_text) for inside in markers for span in inside]
    if not references and (len(quotes) < FEWEST_WITHOUT_LIST or "[1]" not in quotes):
        return Citations((), references, (), ())
    citations: list[Citation] = []
    removals: list[Removal] = []
    opening = taken = 0  # where the removals at the start of the stretch end, and where the last removal so far ends
    for (start, end, block), inside in zip(groups, markers, strict=True):
        opening, taken = max(opening, block.start), max(taken, block.start)
        left, right = _widen(source_text, start, end, Span(taken, block.end), opening)
        opening, taken = right if left == opening else opening, right
        for order, span in enumerate(inside):
            named = cited(source_text, span.start, span.end)
            citations += [Citation(span, marker, urls.get(marker)) for marker in named]
            known = [marker[1:-1] for marker in named if marker in urls]
            evidence = (
                f"marker of reference {', '.join(known)}" if known else "marker without an entry in a reference list"
            )
            removals.append(
                Removal(
                    Span(
                        left if order == 0 else inside[order - 1].end,
                        right if order == len(inside) - 1 else span.end,
                    ),
                    "citation_marker",
                    NAME,
                    evidence,
                )
            )
    return Citations((), references, tuple(citations), tuple(removals))


def _widen(text: str, start: int, end: int, around: Span, opening: int) -> tuple[int, int]:
    """The span of a marker group together with the blanks `around` it that its removal would leave over.

    `opening` is where the text around it begins.
    """
    left, right = start, end
    while left > around.start and text[left - 1] in " \t\u00a0":
        left -= 1
    following = right
    while following < around.end and text[following] in " \t\u00a0":
        following += 1
    if left == opening or following == around.end or _closes(text, following, around):
        right = following
    return left, right


def _closes(text: str, position: int, block: Span) -> bool:
    """True for closing punctuation; a straight quote before a word opens."""
    if text[position] == '"':
        return position + 1 >= block.end or not text[position + 1].isalnum()
    return text[position] in _CLOSING
