"""Author boxes: biographies of writers and of writing bots, after the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial

from allegata.clean.page import Hit, Page

NAME = "biography/2"
Name = tuple[str, ...]  # of a person: words without what divides them

_HEADING = re.compile(
    r"(?:about the (?:authors?|writer|reporter)|author(?:'s)? bio(?:graphy)?|about me|meet the author|the author)"
)
_ALL_POSTS = re.compile(
    r"(?:view|see|read) (?:all|more)(?: (?:posts|articles|stories))? (?:by|from) .{1,60}|(?:more|all) posts by .{1,60}"
)
# Two to four capitalised words, or two run together; written so that no line can be divided in many ways.
_ABOUT = re.compile(
    r"About ((?:[A-Z][\w'’.-]++(?: [A-Z][\w'’.-]++){1,3}|(?=[A-Z][\w'’.-]+[A-Z][\w'’.-])[A-Z][\w'’.-]++) ?)"
)
_PIECE = re.compile(r"[^\W_]+")
_MOST_PIECES = 8  # of a name
_BOT = re.compile(
    r"(?:i am |i'm |meet .{1,30}, )?(?:an? |the |our )?(?:ai|a\.i\.|virtual|automated|robot) (?:\w+ )?"
    r"(?:agent|assistant|writer|author|reporter|journalist|bot|columnist|analyst|editor)\b"
)
_TRADE = (
    r"(?:reporter|writer|journalist|editor|correspondent|contributor|columnist|blogger|freelancer|author|analyst|strategist|"
    r"copywriter|producer|editor-in-chief|lawyer and writer)"
)
_IS_A = re.compile(
    rf"^(?:[\w.'’-]+ ){{1,5}}(?:is|was|works as|serves as|has been) (?:an? |the |our )?(?:[\w'-]+ ){{0,6}}{_TRADE}\b"
)
_HABIT = re.compile(
    r"\b(?:covers?|covering|appeared in|(?:has |have )?written|writes? (?:about|on|for)|reports? on|specializ\w+|specialis\w+|focus(?:es|ing)? on|passionate|"
    r"follow (?:him|her|them|me)|(?:reach|contact|email) (?:him|her|them|me)|can be reached|years of experience|based in|"
    r"lives in|holds a|graduated|degree in|enjoys|previously (?:worked|wrote|reported)|@\w+)\b"
)
_BYLINE_NAME = re.compile(r"(?:[A-Z][\w'’-]+ ){1,3}[A-Z][\w'’-]+$")


def find(page: Page) -> Iterator[Hit]:
    """Blocks after the last prose that tell who (or what) wrote the article.

    Read from the end, so that several boxes in a row are all found. The signs: a heading "About the author"
    above; a bot that names itself; a trade with a writer's habits; the name of the byline in front.
    """
    authors = _byline_names(page)
    prose, elsewhere = list(page.prose), cache(partial(_named_elsewhere, page))
    hits = []
    for index in reversed(page.free()):
        line = page.folded[index]
        if not line or (prose and prose[-1] > index):
            break
        evidence = _evidence(page, index, line, authors, elsewhere)
        if evidence:
            if prose and prose[-1] == index:
                prose.pop()
            hits.append(Hit(index, index, "author_biography", evidence))
    yield from reversed(hits)


def _evidence(
    page: Page, index: int, line: str, authors: dict[str, str], elsewhere: Callable[[], set[Name]]
) -> str | None:
    if _HEADING.fullmatch(line.strip(" :.")):
        return f"heading {line!r}"
    if index and _HEADING.fullmatch(page.folded[index - 1].strip(" :.")):
        return f"below the heading {page.folded[index - 1]!r}"
    if page.word_counts[index] <= 8 and _ALL_POSTS.fullmatch(line.strip(" .→>»")):
        return f"link to the author's posts {line!r}"
    named = _ABOUT.fullmatch(page.blocks[index].text) or (index and _ABOUT.fullmatch(page.blocks[index - 1].text))
    if named and _pieces(named) in elsewhere():
        return f"about {named.group(1)}, who is named elsewhere on the page"
    if page.word_counts[index] > 150:
        return None
    if _BOT.match(line):
        return f"a bot introduces itself: {line[:50]!r}"
    if _IS_A.match(line) and _HABIT.search(line) and not page.quotes(index):
        return f"a writer's trade and habits: {line[:50]!r}"
    if line.startswith(tuple(authors)) and (_IS_A.match(line) or _HABIT.search(line)):
        name = next(name for folded, name in authors.items() if line.startswith(folded))
        return f"begins with the byline's name {name!r}"
    return None


def _named_elsewhere(page: Page) -> set[Name]:
    """The names of the lines "About X" that stand in another line too. One pass, however many there are."""
    about = {
        index: _pieces(match)
        for index, block in enumerate(page.blocks)
        if block.text.startswith("About ") and (match := _ABOUT.fullmatch(block.text))
    }
    wanted = {name for name in about.values() if len(name) <= _MOST_PIECES}
    firsts, lengths = {name[0] for name in wanted}, sorted({len(name) for name in wanted})
    found: set[Name] = set()
    for index, block in enumerate(page.blocks if wanted else ()):
        pieces = _PIECE.findall(block.text)
        for start in (start for start, piece in enumerate(pieces) if piece in firsts):
            names = {tuple(pieces[start : start + length]) for length in lengths} & wanted
            found |= names - {about.get(index)}
    return found


def _pieces(about: re.Match[str]) -> Name:
    return tuple(_PIECE.findall(about.group(1)))


def _byline_names(page: Page) -> dict[str, str]:
    """Names at the end of the bylines that earlier rules took, by their folded form."""
    names: dict[str, str] = {}
    for index, reason in sorted(page.taken.items()):
        if reason in ("byline", "generation_notice"):
            match = _BYLINE_NAME.search(page.blocks[index].text)
            if match:
                names.setdefault(match.group().casefold(), match.group())
    return names
