"""Author boxes: biographies of writers and of writing bots, after the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice

from allegata.clean.page import Hit, Page
from allegata.clean.rules.copied import RELATED, Body, is_copied
from allegata.text.normal import for_matching
from allegata.text.words import Words

NAME = "biography/5"
Name = tuple[str, ...]  # of a person: words without what divides them

_PIECE = re.compile(r"[^\W_]+")
# Signs of a hit: it stands below a name, or its heading "About X" alone gives it away.
BELOW_A_NAME, ABOUT_A_NAME = "below a name", "about a name"
_MOST_PIECES = 8  # of a name
_MOST_WORDS = 150  # of a box
_NAME_WORD = r"(?:(?![a-zß-öø-ÿ\d_])[^\W][\w'’.-]*+)"
# Two to four capitalised words, or two run together; written so that no line can be divided in many ways.
_NAME = rf"(?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{0,3}} ?)"
_BYLINE_NAME = re.compile(rf"{_NAME_WORD}(?: (?:{_NAME_WORD}|de|la|van|von|der|den|di|da|do|dos|du)){{1,4}}")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\. ")  # not of an initial
_BARE_NAME = re.compile(rf"{_NAME_WORD}(?: {_NAME_WORD}){{1,3}}")
_SUBJECT = r"(?:[\w.'’-]+,? ){1,5}"


@cache
def _about(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?i:{Words(languages).source('biography', 'about')}) {_NAME}")


@cache
def _is_a(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    verbs, roles = words.source("biography", "is_a"), words.source("byline", "roles")
    return re.compile(rf"^{_SUBJECT}(?:{verbs}) (?:[\w'-]+ ){{0,7}}(?:{roles})")


def find(page: Page) -> Iterator[Hit]:
    """Blocks after the last prose that tell who (or what) wrote the article.

    Read from the end, so that several boxes in a row are all found. The signs: a heading "About the author"
    above; a bot that names itself; a trade with a writer's habits; the name of the byline in front.
    """
    authors = byline_names(page)
    prose, elsewhere = list(page.prose), cache(partial(_named_elsewhere, page))
    copied = is_copied(page)
    companies = page.words.pattern("biography", "companies") if copied and prose else None
    body = Body(page) if companies else None
    hits: list[Hit] = []
    for index in reversed(page.free()):
        line = page.folded[index]
        if not line or (prose and prose[-1] > index):
            break
        below = bool(hits) and hits[-1].first == index + 1
        if companies and body and (about := _about_a_company(page, index, companies, body, below)):
            if prose and prose[-1] == index:
                prose.pop()
            hits.append(Hit(index, index, "site_furniture", f"about the site or a company: {about!r}"))
            continue
        above_box = bool(hits) and (hits[-1].first, hits[-1].sign) == (index + 1, BELOW_A_NAME)
        for sign, evidence in islice(_evidence(page, index, line, authors, elsewhere, above_box, below or copied), 1):
            if prose and prose[-1] == index:
                prose.pop()
            hits.append(Hit(index, index, "author_biography", evidence, sign=sign))
    yield from reversed(hits)


def _about_a_company(page: Page, index: int, companies: re.Pattern[str], body: Body, below: bool) -> str | None:
    """The heading "About the group" if the line is one or stands below one. It heads a section of an article too: only
    a copied page has one, with a paragraph that does not speak of the article. `below`: the next line goes."""
    lines = [page.folded[line].strip(" :.?") for line in (index, index - 1) if line >= 0]
    if companies.fullmatch(lines[0]):
        return lines[0] if below or index + 1 not in page.free() else None
    return next((line for line in lines[1:] if companies.fullmatch(line) and body.share(index) < RELATED), None)


def _evidence(
    page: Page,
    index: int,
    line: str,
    authors: dict[str, str],
    elsewhere: Callable[[], set[Name]],
    above_box: bool,
    sure: bool,
) -> Iterator[tuple[str, str]]:
    """What gives a block away, the surest first: its sign, mostly empty, and the evidence. `above_box`: the block below
    is a biography below a name. `sure`: the page was copied, or the block below goes; else "The author" may head a
    section of the article."""
    words = page.words
    headings, posts = words.pattern("biography", "headings"), words.pattern("biography", "posts")
    is_a, habit = _is_a(words.languages).match(line), words.finder("biography", "habits").search(line)
    if sure and headings.fullmatch(line.strip(" :.?")):
        yield "", f"heading {line!r}"
    said = sure or is_a or habit or words.pattern("byline", "roles").match(line)
    if said and index and headings.fullmatch(page.folded[index - 1].strip(" :.?")):
        yield "", f"below the heading {page.folded[index - 1]!r}"
    if page.word_counts[index] <= 8 and posts.fullmatch(line.strip(" .→>»")):
        yield "", f"link to the author's posts {line!r}"
    about = _about(words.languages)
    named = about.fullmatch(page.blocks[index].text) or (index and about.fullmatch(page.blocks[index - 1].text))
    if named and _pieces(named) in elsewhere():
        yield ABOUT_A_NAME, f"about {named['name']}, who is named elsewhere on the page"
    if page.word_counts[index] > _MOST_WORDS:
        return
    label, _, rest = line.partition(":")
    if headings.fullmatch(label.strip()) and (said := words.finder("biography", "habits").search(rest)):
        yield "", f"behind the heading {label.strip()!r}: {said.group()!r}"
    if words.pattern("biography", "bots").match(line):
        yield "", f"a bot introduces itself: {line[:50]!r}"
    if is_a and habit and not page.quotes(index):
        yield "", f"a writer's trade and habits: {line[:50]!r}"
    above = page.folded[index - 1].strip(" :.?") if index else ""
    for name in authors:
        if line == name:
            yield "", f"the byline's name {authors[name]!r} alone"
        if line.startswith(name) and (is_a or habit or _says_what_it_is(page, line[len(name) :])):
            yield "", f"begins with the byline's name {authors[name]!r}"
        if above == name and page.word_counts[index] <= _MOST_WORDS // 2 and not page.quotes(index):
            yield "", f"below the byline's name {authors[name]!r}"
    if _is_name(page, index - 1) and page.word_counts[index] <= _MOST_WORDS // 2 and not page.quotes(index):
        role = page.words.pattern("byline", "roles").match(line)
        if said := role or habit:
            yield BELOW_A_NAME, f"below a name: {said.group()!r}"
    if above_box and _is_name(page, index):
        yield "", "a name above a biography"


def _is_name(page: Page, index: int) -> bool:
    """True for a line of two to four capitalised words and nothing else."""
    if index < 0 or index in page.taken or not _BARE_NAME.fullmatch(page.blocks[index].text):
        return False
    return not any(word[0].islower() for word in page.blocks[index].text.split())


def _says_what_it_is(page: Page, rest: str) -> bool:
    """True if a name is followed by "is", perhaps with something in brackets between."""
    verbs = page.words.source("biography", "is_a")
    return bool(re.match(rf"(?: \([^()]{{1,60}}\))?,? (?:{verbs})", rest))


def _named_elsewhere(page: Page) -> set[Name]:
    """The names of the lines "About X" that stand in another line too. One pass, however many there are."""
    pattern = _about(page.words.languages)
    about = {
        index: _pieces(match)
        for index, block in enumerate(page.blocks)
        if page.word_counts[index] <= _MOST_PIECES and (match := pattern.fullmatch(block.text))
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
    return tuple(_PIECE.findall(about["name"]))


def byline_names(page: Page) -> dict[str, str]:
    """The names of the bylines that earlier rules took, by their folded form."""
    names: dict[str, str] = {}
    cues = page.words.pattern("byline", "cues")
    for index, reason in sorted(page.taken.items()):
        if reason in ("byline", "dateline", "generation_notice") and page.word_counts[index] <= 20:
            text = page.blocks[index].text
            if not any(map(str.islower, text)) and not any(map(str.isupper, text)):  # of a script without capitals
                first = page.folded[index].partition(",")[0]
                names.setdefault(first[cue.end() :].strip(" :") if (cue := cues.match(first)) else first, text)
            for match in _BYLINE_NAME.finditer(_SENTENCE_END.sub(" | ", text)):
                name = match.group()
                if cue := cues.match(for_matching(name)):
                    name = name[cue.end() :].strip()
                if " " in name:
                    names.setdefault(for_matching(name), name)
    return names
