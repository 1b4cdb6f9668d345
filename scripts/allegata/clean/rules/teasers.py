"""Teasers of other articles: with a cue ("Read more:"), as lists, and as bare headlines between paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain

from allegata.clean.page import Hit, Page
from allegata.text.blocks import Block, looks_like_heading
from allegata.text.normal import for_matching
from allegata.text.words import Words

NAME = "teasers/6"

_ARROW = r"(?:[>»►▶•→*■◆●▼【\[-]+\s*)?"
_MOST_WORDS = 40
_HEADLINE_WORDS = 25
_ARROW_WORDS = 16  # of a link to the next page
LEAST_WORDS = 5
# Share of a headline's content words that the article's own prose does not use. On the five articles the two
# teasers have .71 and .86, the real subheadings of five words or more at most .33.
LEAST_NOVELTY = 0.6
LEAST_SIGNS = 3
_ROW = re.compile(r": [^;]+;")  # of names behind a label: a line-up
_SUM = r"[$€£]\d"
_CONTENT = re.compile(r"[^\W\d_]{2,}")


@cache
def _inline(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    cues, labels = words.source("teasers", "cues"), words.source("teasers", "labels")
    between = r"(?:[:|>→\"】\]]+|-(?= )|[.?](?= )|(?= [・•·]))"
    return re.compile(rf"{_ARROW}(?:{cues}|(?P<label>{labels}))\s*{between}\s*(?P<headline>\S.*)")


@cache
def _alone(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_ARROW}(?:{Words(languages).source('teasers', 'cues')})\s*[:>→.!?…]*")


@cache
def _news(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    verbs, labels = words.source("teasers", "headline_verbs"), words.source("teasers", "headline_labels")
    return re.compile(rf"{verbs}|^(?:{labels}):|{_SUM}")


def find(page: Page) -> Iterator[Hit]:
    """Cue lines with or without their headlines, then bare headlines."""
    cued = list(_cued(page))
    yield from cued
    yield from _bare(page.without(cued))


def _cued(page: Page) -> Iterator[Hit]:
    done = -1
    vocabulary = cache(lambda: _vocabulary(page))  # most articles never ask for it
    inline, alone = _inline(page.words.languages), _alone(page.words.languages)
    lines = page.words.pattern("teasers", "lines")
    for index in page.free():
        if index <= done:
            continue
        line, text = page.folded[index], page.blocks[index].text
        if not line or page.word_counts[index] > _MOST_WORDS:
            continue
        cued = alone.fullmatch(line)
        section = (
            not cued and page.in_tail(index) and page.words.pattern("teasers", "sections").fullmatch(line.strip(" :"))
        )
        last = _headlines_below(page, index, vocabulary) if (cued or section) and text[0] not in '«»“„"' else -1
        if last > index + 1 or (
            last >= index
            and ((not section and (last > index or page.in_tail(index))) or line.rstrip().endswith((":", ">")))
        ):
            done = last
            yield Hit(index, last, "related_teaser", f"cue {line[:40]!r}")
        elif (
            page.in_tail(index)
            and page.word_counts[index] <= _ARROW_WORDS
            and (text.startswith(("← ", "« ", "‹ ")) or text.endswith((" →", " »", " ›", " ▸", " ►", " ▶", " ➜", " >")))
            and not ("«" in text and "»" in text)  # a quotation, with blanks inside its marks
        ):
            yield Hit(index, index, "related_teaser", "arrow to another page")
        elif lines.fullmatch(line.strip(" .!")):
            yield Hit(index, index, "related_teaser", f"cue {line[:40]!r}")
        elif (
            (match := inline.fullmatch(line))
            and not (match["label"] and page.prose and index < page.prose[0])  # "Interview: …" is a headline there
            and _sets_off(text, line, match)
            and _is_headline(page, index, match["headline"])
        ):
            yield Hit(index, index, "related_teaser", f"cue before {match['headline'][:50]!r}")


def _sets_off(text: str, line: str, match: re.Match[str]) -> bool:
    """A full stop sets a cue off only if that is in capitals; a question mark, if the cue is no question of the text."""
    before = line[: match.start("headline")].rstrip()
    return not before.endswith(".") or text[: len(before)].isupper()


def _is_headline(page: Page, index: int, headline: str) -> bool:
    """False for a sentence behind the cue."""
    if headline.endswith(('"', ".")) and (page.quotes(index) or len(headline.split()) > LEAST_WORDS):
        return not page.quotes(index) and not headline.endswith(".")
    return len(headline.split()) <= _HEADLINE_WORDS


def _may_be_headline(page: Page, index: int, *, tail: bool) -> bool:
    """A line that has the shape of a headline; below the article also a question or a quotation."""
    block = page.blocks[index]
    if looks_like_heading(block, most_words=_HEADLINE_WORDS) or (block.bullet and not block.ends_sentence):
        return True
    return tail and len(block.words) <= _HEADLINE_WORDS and not block.text.endswith((".", ":", ";", ","))


def _headlines_below(page: Page, index: int, vocabulary: Callable[[], Counter[str]]) -> int:
    """The last of the headlines that stand directly below a cue line.

    In the middle of an article the last heading-like line before prose is its own next subheading and stays,
    unless it is the only one and long enough to be a headline.
    """
    run = []
    tail = page.in_tail(index)
    for below in range(index + 1, len(page.blocks)):
        if below in page.taken or not _may_be_headline(page, below, tail=tail):
            break
        run.append(below)
    goes_on = bool(page.prose) and page.prose[-1] > index
    if run and goes_on and not page.blocks[run[-1]].bullet:
        last = page.blocks[run[-1]]
        own = (
            (len(run) > 1 and last.gap > 1)
            or len(last.words) < LEAST_WORDS
            or _novelty(page, run[-1], vocabulary()) < LEAST_NOVELTY
        )
        if own:
            run.pop()
    return run[-1] if run else index


def _bare(page: Page) -> Iterator[Hit]:
    """A headline of another article, set without any cue below a paragraph or list.

    Five words or more in title case or capitals, with `LEAST_SIGNS` signs (`_signs`). One sign alone proves
    nothing: real subheadings can be foreign to their article, stand in capitals or above another heading.
    """
    free = page.free()
    headings = [page.blocks[index] for index in free if looks_like_heading(page.blocks[index])]
    capitals = sum(heading.text.isupper() for heading in headings) > len(headings) / 2
    vocabulary: Counter[str] | None = None  # worked out for the first candidate: most articles have none
    taken: set[int] = set()
    apart = 2 * sum(page.blocks[index].gap > 1 for index in page.prose) > len(page.prose)
    for position, index in enumerate(free):
        if position == 0 or position + 1 == len(free):
            continue
        block, above = page.blocks[index], free[position - 1]
        if above not in page.prose_set and above not in taken and not page.blocks[above].bullet:
            continue
        shaped = looks_like_heading(block, most_words=20) or (block.text.endswith("?") and len(block.words) <= 20)
        if (
            not shaped
            or _ROW.search(block.text)
            or len(block.words) < LEAST_WORDS
            or not _is_title_case(block, _small(page))
        ):
            continue
        if vocabulary is None:
            vocabulary = _vocabulary(page)
        signs = _signs(page, index, free[position + 1], capitals, vocabulary)
        if _decide(signs, apart=apart):
            taken.add(index)
            found = ", ".join(sign for sign, weight in signs.items() if weight)
            yield Hit(index, index, "related_teaser", f"headline of another article: {found}")


def _signs(page: Page, index: int, following: int, capitals: bool, vocabulary: Counter[str]) -> dict[str, int]:
    """The signs that a headline is not of this article, with their weights; the first three are of its layout."""
    block, after = page.blocks[index], page.blocks[following]
    novelty = _novelty(page, index, vocabulary)
    return {
        "a heading follows": 2 * (looks_like_heading(after) and after.text[0].isupper()),
        "in capitals": 2 * (block.text.isupper() and not capitals),
        "glued to the text above": int(block.gap == 1 and after.gap > 1),
        f"{novelty:.0%} of its words are foreign to the article": (novelty >= 0.6) + (novelty >= 0.8),
        "news verb or sum": int(bool(_news(page.words.languages).search(for_matching(block.text)))),
    }


def _decide(signs: dict[str, int], *, apart: bool) -> bool:
    """Enough signs, one of the layout among them; the weakest of these needs what a headline does beside it. Where
    paragraphs stand `apart`, a subheading does as well: there the line must be glued to the text above.

    Words alone decide nothing: writers like a foreign word in a subheading. Of 18 lines on WCXB's development pages that
    were not glued 9 belonged to the text, of 27 on the even half of the 990 pages 24.
    """
    heading, capitals, glued, _, news = signs.values()
    layout = heading or capitals or (glued and news)
    return sum(signs.values()) >= LEAST_SIGNS and bool(layout and (glued or not apart))


def _small(page: Page) -> frozenset[str]:
    """Words too common to be of an article."""
    return page.words.entry_set("teasers", "small_words")


def _is_title_case(block: Block, small: frozenset[str]) -> bool:
    words = [word for word in block.words if word.casefold() not in small and not word[0].isdigit()]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _stem(word: str) -> str:
    # Five letters make "publisher" and "publish", "privacy" and "private" one word, and keep "legal"/"legend" apart.
    return word[:5]


def _content_words(page: Page, index: int) -> set[str]:
    small, line = _small(page), page.folded[index] or for_matching(page.blocks[index].text)
    return {_stem(word) for word in _CONTENT.findall(line) if word not in small}


def _vocabulary(page: Page) -> Counter[str]:
    """In how many blocks of prose and list items of the page each content word occurs."""
    blocks = (index for index in page.free() if index in page.prose_set or page.blocks[index].bullet)
    return Counter(chain.from_iterable(_content_words(page, index) for index in blocks))


def _novelty(page: Page, index: int, vocabulary: Counter[str]) -> float:
    """Share of the content words of a line that no prose and no list of the page has."""
    words = _content_words(page, index)
    return sum(not vocabulary[word] for word in words) / len(words) if words else 0.0
