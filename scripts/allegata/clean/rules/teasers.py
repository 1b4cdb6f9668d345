"""Teasers of other articles: with a cue ("Read more:"), as lists, and as bare headlines between paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page, fold
from allegata.text.blocks import Block, looks_like_heading

NAME = "teasers/1"

_CUE = re.compile(
    r"(?:also read|read (?:more|also|next|this|too)|see also|also see|related(?: (?:articles?|posts?|stor(?:y|ies)|news|reading|"
    r"coverage|content|links?))?|you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|recommended(?: (?:for you|reading|"
    r"stories|articles))?|editor'?s'? (?:picks?|choice)|trending(?: now| stories| news)?|most (?:read|popular|viewed|shared)|"
    r"popular (?:posts|stories|articles)|latest (?:articles?|news|posts?|stories|headlines|updates)|top (?:stories|news|headlines)|"
    r"up next|what to read next|in other news|more stories|more news|more articles|keep reading|watch(?: also| now| more)|"
    r"(?:previous|next) (?:article|post|story)|don't miss|must[- ]reads?|read the (?:full|whole) (?:story|article)|"
    r"more from .{1,40}|more on this(?: (?:story|topic))?|recent (?:posts|articles|news)|from our partners|around the web)"
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
# teasers have .71 and .86, the fifteen real subheadings at most .50.
LEAST_NOVELTY = 0.6


def find(page: Page) -> Iterator[Hit]:
    """Cue lines with or without their headlines, then bare headlines."""
    cued = list(_cued(page))
    yield from cued
    yield from _bare(page.without(cued))


def _cued(page: Page) -> Iterator[Hit]:
    done = -1
    for index in page.free():
        if index <= done:
            continue
        line = page.folded[index]
        if not line or page.word_counts[index] > 40:
            continue
        if _ALONE.fullmatch(line):
            last = _headlines_below(page, index)
            if last > index or page.in_tail(index) or line.rstrip().endswith((":", ">", "»")):
                done = last
                yield Hit(index, last, "related_teaser", f"cue {line[:40]!r}")
        elif (match := _INLINE.fullmatch(line)) and not (page.reports(index) and page.blocks[index].ends_sentence):
            yield Hit(index, index, "related_teaser", f"cue before {match.group('headline')[:50]!r}")


def _headlines_below(page: Page, index: int) -> int:
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
    goes_on = any(later > index for later in page.prose)
    if run and goes_on and not page.blocks[run[-1]].bullet:
        last = page.blocks[run[-1]]
        own = (
            (len(run) > 1 and last.gap > 1) or len(last.words) < LEAST_WORDS or _novelty(page, run[-1]) < LEAST_NOVELTY
        )
        if own:
            run.pop()
    return run[-1] if run else index


def _bare(page: Page) -> Iterator[Hit]:
    """A headline of another article, set without any cue below a paragraph.

    All of: prose above; five words or more in title case or capitals; most of its content words foreign to the
    article; and it is not simply the next section's heading: another heading follows at once, or it is set in
    capitals where the article's headings are not, or the article shares none of its words.
    """
    free = page.free()
    headings = [index for index in free if looks_like_heading(page.blocks[index])]
    for index in headings:
        position = free.index(index)
        if position == 0 or position + 1 == len(free):
            continue
        above = free[position - 1]
        if above not in page.prose and not page.blocks[above].bullet:  # a list may close a section
            continue
        block = page.blocks[index]
        if len(block.words) < LEAST_WORDS or not _is_title_case(block):
            continue
        novelty = _novelty(page, index)
        follows_heading = position + 1 < len(free) and looks_like_heading(page.blocks[free[position + 1]])
        shouting = block.text.isupper() and not all(page.blocks[other].text.isupper() for other in headings)
        if novelty >= LEAST_NOVELTY and (follows_heading or shouting or novelty >= 0.8):
            sign = "a heading follows" if follows_heading else "in capitals" if shouting else "set between paragraphs"
            yield Hit(
                index,
                index,
                "related_teaser",
                f"headline foreign to the article ({novelty:.2f} of its words), {sign}",
            )


def _is_title_case(block: Block) -> bool:
    words = [word for word in block.words if word.casefold() not in _SMALL and not word[0].isdigit()]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _stem(word: str) -> str:
    # Five letters make "publisher" and "publish", "privacy" and "private" one word, and keep "legal"/"legend" apart.
    return word[:5]


def _content_words(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"[^\W\d_]{2,}", fold(text)) if word not in _SMALL}


def _novelty(page: Page, index: int) -> float:
    """Share of the content words of a line that no free prose, list or other line of the page has."""
    words = _content_words(page.blocks[index].text)
    if not words:
        return 0.0
    missing = set(words)
    for other in page.free():
        block = page.blocks[other]
        if other != index and (other in page.prose or block.bullet):
            missing -= _content_words(block.text[:20000])
            if not missing:
                break
    return len(missing) / len(words)
