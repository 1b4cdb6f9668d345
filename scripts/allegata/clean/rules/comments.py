"""Comment forms, comment counts, closed-comment lines, and the comments that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from allegata.clean.page import Hit, Page
from allegata.text.words import Words

NAME = "comments/5"
BELOW_AN_OPENING = "below an opening"  # a sign of a hit: nothing but its place says so

_MOST_WORDS = 40
_SHORT = 12  # words: a call to comment, and something after it
_STRIP = " .!:*?()"
_HANDLE = re.compile(
    r"(?:[^\W_][\w.]*[_\d.][\w.]*|[a-zß-öø-ÿ][\w.]+) ?: \S"
)  # no word of a sentence: underscores, digits
_NUMBERED = re.compile(r"\d+ .*\"$")  # "5 comments on \"What the mayor said\""
_INITIAL = re.compile(r"\b[A-Z]\.$")
_COUNT = r"\d(?:[\d,.]*\d)?+"  # "1,204"; "16." is the number of a section
_LINE_BREAK = re.compile(r"[.!?] +| {2,}|\s[|·•–—-]\s")


@cache
def _opening(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Lines that open a comment section: what stands below them, down to the end, belongs to it."""
    words = Words(languages)
    noun, number = words.source("comments", "nouns"), words.source("comments", "numbers")
    after, about = words.source("comments", "after_number"), words.source("comments", "about")
    return re.compile(
        rf"(?:{words.source('comments', 'openings')})(?: cancel reply| \d+)?|"
        rf"(?:{_COUNT}|{number}) (?:{noun})(?: (?:{after}))?(?: (?:{about}) (?:\".*\"|(?<=\w )this \w+))?|"
        rf"(?:{_COUNT}|no) (?:{noun}) (?:{about}) \S.*|"
        rf"(?:{noun}) ?:? ?{_COUNT}"
    )


@cache
def _vague(languages: tuple[str, ...]) -> re.Pattern[str]:
    """Short lines that may as well be a subheading: "No comment", "Two replies"."""
    words = Words(languages)
    noun, number = words.source("comments", "nouns"), words.source("comments", "numbers")
    return re.compile(rf"(?:{number}) (?:{noun})(?: (?:{words.source('comments', 'about')}) [^\"].*)?")


def _begun(page: Page, index: int) -> tuple[str, str | None]:
    """A line without brackets, and the first of its parts if it has several."""
    whole = page.folded[index]
    if "(" in whole or ")" in whole:
        whole = " ".join(whole.replace("(", " ").replace(")", " ").split())
    return whole.strip(_STRIP), next(_parts(page, index), None)


def _parts(page: Page, index: int) -> Iterator[str]:
    """The line in its sentences and items, if it has several: a form is often copied as one line."""
    text, at = page.blocks[index].text.casefold(), 0
    for match in _LINE_BREAK.finditer(text):
        if part := text[at : match.start()].strip(_STRIP):
            yield part
        at = match.end()
    if at and (part := text[at:].strip(_STRIP)):
        yield part


def _opens(page: Page, index: int, whole: str, first: str | None) -> bool:
    """True if the line opens a comment section: as a whole, or its first part does and the others are of a form."""
    if not _reads_as_opening(page, index, whole, first):
        return False
    return not page.quotes(index) or bool(_NUMBERED.match(page.folded[index]))


def _reads_as_opening(page: Page, index: int, whole: str, first: str | None) -> bool:
    pattern = _opening(page.words.languages)
    if not whole:
        return False
    if pattern.fullmatch(whole):
        return not _vague(page.words.languages).fullmatch(whole) or page.outside(index)
    if first is None or not pattern.fullmatch(first):
        return False
    if page.word_counts[index] <= _SHORT and len(first.split()) > 3:
        return True
    pieces = page.words.pattern("comments", "pieces", "openings")
    items = page.words.tiles(("comments", "items", "nouns"))
    return all(pieces.fullmatch(part) or items.fullmatch(part) for part in islice(_parts(page, index), 1, None))


def _is_piece(page: Page, index: int, whole: str, first: str | None) -> bool:
    """True for a piece of a comment form or list. It goes wherever it stands; it opens nothing."""
    pieces = page.words.pattern("comments", "pieces")
    if pieces.fullmatch(whole) or pieces.fullmatch(page.folded[index].strip(" .!:?()")):
        return True
    # Most lines are prose, whose first part tells.
    return bool(first and pieces.fullmatch(first)) and all(map(pieces.fullmatch, _parts(page, index)))


def find(page: Page) -> Iterator[Hit]:
    """Every line of comment furniture; and the comments below an opening line.

    The rest below an opening line is taken only where no more than a quarter of the article's words stand
    below it, or half with a second line of a comment section among them: an article that goes on is worth more than a
    comment that stays.
    """
    opening: int | None = None
    found = set()
    for index in page.free():
        line = page.folded[index].strip(_STRIP)
        if not line or page.word_counts[index] > _MOST_WORDS:
            continue
        begun = _begun(page, index)
        if _opens(page, index, *begun):
            opening = index if opening is None else opening
            found.add(index)
            yield Hit(index, index, "comments", f"comment section line {line[:60]!r}")
        elif _is_piece(page, index, *begun):
            found.add(index)
            yield Hit(index, index, "comments", f"comment form line {line[:60]!r}")
    heading = _last_heading(page, found)
    if opening is None or (heading is not None and heading < opening):
        opening = heading
    else:
        heading = None
    if opening is None:
        return
    above = sum(page.word_counts[index] for index in page.free() if index < opening)
    below = [index for index in page.free() if index > opening and index not in found]
    signs = sum(index >= opening for index in found) + sum(_is_items(page, index) for index in below)
    dated = sum(_says_on_a_day(page, index) for index in below)
    signs += sum(_says(page, index) for index in below) + dated
    words_below = sum(page.word_counts[index] for index in below)
    if words_below and (4 * words_below <= above or (signs > 1 and 2 * words_below <= above)):
        evidence = f"below the comment section line {page.folded[opening][:60]!r}"
        if heading is not None:
            yield Hit(heading, heading, "comments", f"heading {page.folded[heading][:60]!r} above comments")
        yield from (Hit(index, index, "comments", evidence, sign=BELOW_AN_OPENING) for index in below)


def _last_heading(page: Page, found: set[int]) -> int | None:
    """The first bare heading such as "Comments" with something below it that looks like comments."""
    words = page.words.pattern("comments", "headings")
    free = page.free()
    headings = [index for index in free if index not in found and words.fullmatch(page.folded[index].strip(_STRIP))]
    if not headings:
        return None
    signs = [index for index in free if index > headings[0] and _is_of_comments(page, index, found)]
    return max((index for index in headings if signs and index < signs[0]), default=None)


def _is_of_comments(page: Page, index: int, found: set[int]) -> bool:
    return index in found or _is_items(page, index) or _says(page, index) or _is_signed(page, index)


def _is_items(page: Page, index: int) -> bool:
    """True for a line of buttons: "Reply  Report  12"."""
    return page.word_counts[index] <= 8 and bool(page.words.tiles(("comments", "items")).fullmatch(page.folded[index]))


def _says(page: Page, index: int) -> bool:
    """True for "Anna says:"."""
    return page.word_counts[index] <= 12 and bool(_writer(page.words.languages).match(page.folded[index]))


@cache
def _writer(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\S+(?: \S+){{0,2}} (?:{Words(languages).source('comments', 'verbs')})\s?:")


def _says_on_a_day(page: Page, index: int) -> bool:
    """True for "Anna Bos wrote on 3 May: …", one word of a name or two. An article has such lines too, so that none of
    them shows that a heading is one of comments: "Her rival said in 2019: Never."."""
    match = _writer_on_a_day(page.words.languages).match(page.folded[index]) if page.word_counts[index] <= 12 else None
    first = page.folded[index].partition(" ")[0]
    named = match and all(word[0].isupper() for word in page.blocks[index].text.split()[: match["name"].count(" ") + 1])
    return bool(named) and first not in page.words.entry_set("language", "function_words")


@cache
def _writer_on_a_day(languages: tuple[str, ...]) -> re.Pattern[str]:
    verbs = Words(languages).source("comments", "verbs")
    return re.compile(rf"(?P<name>\S+(?: \S+)?) (?:{verbs}) (?=[^:]*\d)[^:]{{1,30}}\s?:")


def _is_signed(page: Page, index: int) -> bool:
    """True for a comment behind its writer's name: "anna_k: …", or below it: a line of a name above a sentence."""
    text = page.blocks[index].text
    if _HANDLE.match(text):
        return True
    below = index + 1
    ends = page.blocks[index].ends_sentence and not _INITIAL.search(text)
    named = page.word_counts[index] <= 4 and text[0].isupper() and not ends
    return named and below < len(page.blocks) and below not in page.taken and page.word_counts[below] >= 9


def find_words(page: Page) -> Iterator[Hit]:
    """Bare words such as "Comments", which are furniture only below the article."""
    tail = page.words.pattern("comments", "tail")
    for index in page.free():
        line = page.folded[index].strip(_STRIP)
        if line and (tail.fullmatch(line) or _is_items(page, index)) and page.in_tail(index) and _leads_on(page, index):
            yield Hit(index, index, "comments", f"comment heading {line!r} after the article")


def _leads_on(page: Page, index: int) -> bool:
    """True if the line is the last, or what follows is a comment line or taken already."""
    after = index + 1
    if after >= len(page.blocks) or after in page.taken or index - 1 in page.taken:
        return True
    begun = _begun(page, after)
    return _opens(page, after, *begun) or _is_piece(page, after, *begun)
