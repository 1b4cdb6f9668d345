"""Bracketed citation markers and the reference list they resolve against."""

from __future__ import annotations

import re
from dataclasses import dataclass

from allegata.clean.page import MOST_CHARACTERS, Hit, Page, fold
from allegata.text.layers import Citation, Reference, Removal
from allegata.text.spans import Span

NAME = "citations/2"

# Up to three digits: "[2024] EWHC 12" is a law report, not a citation. Ranges and lists in one bracket count.
_NUMBERS = r"\s?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s?"
_MARKER = re.compile(rf"\[({_NUMBERS})\]")
_BETWEEN = r"[ \t]*(?:(?:[,;–-]|and\b|&)[ \t]*)?"
# A group of markers with what only separates them, and the brackets around it that then hold nothing else.
_GROUP = re.compile(
    rf"(?P<open>\(\s*(?:(?:see|citing|cf\.?|e\.g\.,?|refs?\.?|sources?:?)\s+)*)?\[{_NUMBERS}\](?:{_BETWEEN}\[{_NUMBERS}\])*"
    r"(?(open)\s*\))",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*[–-]\s*")
_ENTRY = re.compile(r"\[(\d{1,3})\]\s*(\S.*)")
# "1. https://…" below a heading: too common in prose to stand without one.
_NUMBERED = re.compile(r"(\d{1,3})[.)]?\s+(\S.*)")
_URL = re.compile(r"https?://[^\s<>\"]+")
_HEADING = re.compile(
    r"(?:(?:notes?|sources?) (?:and|&) )?"
    r"(?:references?|sources?|citations?|bibliography|works|footnotes|endnotes|notes)"
    r"(?: (?:cited|consulted|used))?\s*:?|(?:references? (?:and|&) (?:notes?|sources?|further reading)|links)\s*:?"
)
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
    headed = first > 0 and bool(_HEADING.fullmatch(fold(page.blocks[first - 1].text)))
    bracketed = all(_ENTRY.fullmatch(page.blocks[index].text) for index in range(first, last + 1))
    has_url = any(_URL.search(page.blocks[index].text) for index in range(first, last + 1))
    if not (headed and (bracketed or has_url)) and not (bracketed and last > first and (has_url or last > first + 1)):
        return (), ()
    references = []
    for index in range(first, last + 1):
        match = _entry(page.blocks[index].text)
        if match:
            url = _URL.search(match.group(2))
            references.append(
                Reference(f"[{match.group(1)}]", url.group().rstrip(".,;)") if url else None, match.group(2))
            )
    evidence = f"{len(references)} lines that begin with a citation marker" + (", below a heading" if headed else "")
    return (Hit(first - 1 if headed else first, last, "reference_list", evidence),), tuple(references)


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
        (block.span.start + match.start(), block.span.start + match.end(), block.span)
        for index, block in enumerate(page.blocks)
        if index not in page.taken and "[" in block.text
        for match in _GROUP.finditer(block.text)
    ]
    markers = [
        [Span(start + match.start(), start + match.end()) for match in _MARKER.finditer(source_text[start:end])]
        for start, end, _ in groups
    ]
    quotes = [span.quote(source_text) for inside in markers for span in inside]
    if not references and (len(quotes) < FEWEST_WITHOUT_LIST or "[1]" not in quotes):
        return Citations((), references, (), ())
    citations: list[Citation] = []
    removals: list[Removal] = []
    for (start, end, block), inside in zip(groups, markers, strict=True):
        left, right = _widen(source_text, start, end, block)
        for order, span in enumerate(inside):
            numbers = _numbers(span.quote(source_text))
            # "[1]-[3]": what lies between the two is cited as well.
            if order and _RANGE.fullmatch(source_text[inside[order - 1].end : span.start]):
                first = _numbers(inside[order - 1].quote(source_text))[-1]
                numbers = (
                    _numbers(f"[{int(first) + 1}-{numbers[0]}]")[:-1] + numbers
                    if int(first) + 1 < int(numbers[0])
                    else numbers
                )
            # "[1, 3]" is two citations at one place.
            for number in numbers:
                citations.append(Citation(span, f"[{number}]", urls.get(f"[{number}]")))
            known = [number for number in numbers if f"[{number}]" in urls]
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


def _numbers(marker: str) -> list[str]:
    numbers: list[str] = []
    for part in re.split(r"\s*[,;]\s*", marker[1:-1].strip()):
        ends = [int(number) for number in re.split(r"\s*[–-]\s*", part)]
        last = ends[-1] if ends[0] <= ends[-1] <= ends[0] + 50 else ends[0]
        numbers += [str(number) for number in range(ends[0], last + 1)]
    return numbers


def _widen(text: str, start: int, end: int, block: Span) -> tuple[int, int]:
    """The span of a marker group together with the blanks that its removal would leave over."""
    left, right = start, end
    while left > block.start and text[left - 1] in " \t\u00a0":
        left -= 1
    following = right
    while following < block.end and text[following] in " \t\u00a0":
        following += 1
    if left == block.start or following == block.end or _closes(text, following, block):
        right = following
    return left, right


def _closes(text: str, position: int, block: Span) -> bool:
    """True for closing punctuation; a straight quote before a word opens."""
    if text[position] == '"':
        return position + 1 >= block.end or not text[position + 1].isalnum()
    return text[position] in _CLOSING
