"""Teasers of other articles: with a cue ("Read more:"), as lists, and as bare headlines between paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from allegata.clean.page import Hit, Page
from allegata.text.blocks import Block, looks_like_heading
from allegata.text.normal import for_matching

NAME = "teasers/2"

_CUE = re.compile(
    r"(?:also read|read (?:more|also|next|this|too)|see also|also see|related(?: (?:articles?|posts?|stor(?:y|ies)|news|reading|"
    r"coverage|content|links?))?|you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|recommended(?: (?:for you|reading|"
    r"stories|articles))?|editor'?s'? (?:picks?|choice)|trending(?: now| stories| news)?|most (?:read|popular|viewed|shared)|"
    r"popular (?:posts|stories|articles)|latest (?:articles?|news|posts?|stories|headlines|updates)|top (?:stories|news|headlines)|"
    r"up next|what to read next|in other news|more stories|more news|more articles|keep reading|watch(?: also| now| more)|"
    r"(?:previous|next) (?:article|post|story)|don't miss|must[- ]reads?|read the (?:full|whole) (?:story|article)|"
    r"(?:latest|previous|next|previously|also on (?:this|the|our) (?:blog|site))(?=:)|more from .{1,40}|more on this(?: (?:story|topic))?|recent (?:posts|articles|news)|from our partners|around the web)"
)
_INLINE = re.compile(rf"(?:[>»►▶•→-]\s*)?{_CUE.pattern}\s*(?:[:|>»→-]+)\s*(?P<headline>\S.*)")
_ALONE = re.compile(rf"(?:[>»►▶•→-]\s*)?{_CUE.pattern}\s*[:»>→.!]*")
_SMALL = {
    "a", "an", "the", "and", "or", "but", "nor", "of", "in", "on", "at", "to", "for", "from", "by", "with", "as", "is", "are",
    "over", "vs", "v", "via", "into", "after", "amid", "its", "it", "be", "how", "what", "why", "who", "when", "up", "out", "off",
    "this", "that", "not", "no", "has", "have", "will", "can",
}  # fmt: skip
LEAST_WORDS = 5
# Share of a headline's content words that the article's own prose does not use. On the five articles the two
# teasers have .71 and .86, the real subheadings of five words or more at most .33.
LEAST_NOVELTY = 0.6
LEAST_SIGNS = 3
# What headlines of news do, and subheadings seldom.
_NEWS = re.compile(
    r"\b(?:sues?|settles?|faces?|wins?|loses?|launch(?:es)?|announces?|files?|orders?|bans?|fines?|fined|approves?|rejects?|"
    r"votes?|seeks?|urges?|warns?|cuts?|raises?|hits?|gets?|finds|opens?|closes?|joins?|quits?|beats?|drops?|slips?|jumps?|"
    r"falls?|rises?|blocks?|blocked|halts?|delays?|unveils?|reveals?|accuses?|charges?|charged|arrest(?:s|ed)?|names?|sets|"
    r"signs?|backs|strikes?|agrees?|denies|appeals?|upholds?|overturns?|clears?|drops|dies|names|returns?|takes|bets|"
    r"names)\b|^(?:explained|explainer|watch|video|opinion|analysis|podcast|exclusive|breaking):|[$€£]\d"
)


def find(page: Page) -> Iterator[Hit]:
    """Cue lines with or without their headlines, then bare headlines."""
    cued = list(_cued(page))
    yield from cued
    yield from _bare(page.without(cued))


def _cued(page: Page) -> Iterator[Hit]:
    done = -1
    vocabulary = cache(lambda: _vocabulary(page))  # most articles never ask for it
    for index in page.free():
        if index <= done:
            continue
        line = page.folded[index]
        if not line or page.word_counts[index] > 40:
            continue
        if _ALONE.fullmatch(line):
            last = _headlines_below(page, index, vocabulary)
            if last > index or page.in_tail(index) or line.rstrip().endswith((":", ">", "»")):
                done = last
                yield Hit(index, last, "related_teaser", f"cue {line[:40]!r}")
        elif page.in_tail(index) and (line.startswith(("← ", "« ")) or line.endswith((" →", " »"))):
            yield Hit(index, index, "related_teaser", "arrow to another page")
        elif (match := _INLINE.fullmatch(line)) and not (page.reports(index) and page.blocks[index].ends_sentence):
            yield Hit(index, index, "related_teaser", f"cue before {match.group('headline')[:50]!r}")


def _headlines_below(page: Page, index: int, vocabulary: Callable[[], Counter[str]]) -> int:
    """The last of the headlines that stand directly below a cue line.

    In the middle of an article the last heading-like line before prose is its own next subheading and stays,
    unless it is the only one and long enough to be a headline.
    """
    run = []
    for below in range(index + 1, len(page.blocks)):
        block = page.blocks[below]
        headline = looks_like_heading(block, most_words=25) or (block.bullet and not block.ends_sentence)
        if below in page.taken or not headline:
            break
        run.append(below)
    goes_on = bool(page.prose) and page.prose[-1] > index
    if run and goes_on and not page.blocks[run[-1]].bullet:
        last = page.blocks[run[-1]]
        own = (
            (len(run) > 1 and last.gap > 1)
            or len(last.words) < LEAST_WORDS
            or _novelty(last, vocabulary()) < LEAST_NOVELTY
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
    for position, index in enumerate(free):
        if position == 0 or position + 1 == len(free):
            continue
        block, above = page.blocks[index], free[position - 1]
        if above not in page.prose_set and above not in taken and not page.blocks[above].bullet:
            continue
        shaped = looks_like_heading(block, most_words=20) or (block.text.endswith("?") and len(block.words) <= 20)
        if not shaped or len(block.words) < LEAST_WORDS or not _is_title_case(block):
            continue
        if vocabulary is None:
            vocabulary = _vocabulary(page)
        signs = _signs(page, index, free[position + 1], capitals, vocabulary)
        if _decide(signs):
            taken.add(index)
            found = ", ".join(sign for sign, weight in signs.items() if weight)
            yield Hit(index, index, "related_teaser", f"headline of another article: {found}")


def _signs(page: Page, index: int, following: int, capitals: bool, vocabulary: Counter[str]) -> dict[str, int]:
    """The signs that a headline is not of this article, with their weights; the first three are of its layout."""
    block, after = page.blocks[index], page.blocks[following]
    novelty = _novelty(block, vocabulary)
    return {
        "a heading follows": 2 * (looks_like_heading(after) and after.text[0].isupper()),
        "in capitals": 2 * (block.text.isupper() and not capitals),
        "glued to the text above": int(block.gap == 1 and after.gap > 1),
        f"{novelty:.0%} of its words are foreign to the article": (novelty >= 0.6) + (novelty >= 0.8),
        "news verb or sum": int(bool(_NEWS.search(for_matching(block.text)))),
    }


def _decide(signs: dict[str, int]) -> bool:
    """Enough signs, one of the layout among them; the weakest of these needs what a headline does beside it.

    Words alone decide nothing: writers like a foreign word in a subheading.
    """
    heading, capitals, glued, _, news = signs.values()
    return sum(signs.values()) >= LEAST_SIGNS and bool(heading or capitals or (glued and news))


def _is_title_case(block: Block) -> bool:
    words = [word for word in block.words if word.casefold() not in _SMALL and not word[0].isdigit()]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _stem(word: str) -> str:
    # Five letters make "publisher" and "publish", "privacy" and "private" one word, and keep "legal"/"legend" apart.
    return word[:5]


def _content_words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W\d_]{2,}", for_matching(text)) if word not in _SMALL}


def _vocabulary(page: Page) -> Counter[str]:
    """In how many blocks of prose and list items of the page each content word occurs."""
    blocks = (index for index in page.free() if index in page.prose_set or page.blocks[index].bullet)
    return Counter(word for index in blocks for word in _content_words(page.blocks[index].text))


def _novelty(block: Block, vocabulary: Counter[str]) -> float:
    """Share of the content words of a line that no prose and no list of the page has."""
    words = _content_words(block.text)
    return sum(not vocabulary[word] for word in words) / len(words) if words else 0.0
