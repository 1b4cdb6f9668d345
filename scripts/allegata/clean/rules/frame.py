"""What stands around the article of a copied page, whatever it says: above its headline, and below its end.

The other rules know furniture by its words. Here the lines that they found are landmarks: a page that has several was
copied as a whole, and what stands among them at its top and at its end is of the page, not of the article. A text
without landmarks loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, takewhile

from allegata.clean.page import PROSE_WORDS, Hit, Page
from allegata.clean.rules.biography import byline_names
from allegata.clean.rules.copied import LABEL_WORDS, LEAST, RELATED, TAGLINE_WORDS, Body, is_copied, site_words
from allegata.clean.rules.menus import ends_in_a_figure, items_of
from allegata.clean.rules.page_lists import find_contents, find_sources

NAME = "frame/2"

_HEADLINE_WORDS, _MOST_AUTHORS = 25, 20

# What a line says for the article having ended above it, in lines of furniture.
_FURNITURE, _OPENING = 1.0, 2.0
_SHORT, _SENTENCE, _PROSE, _FOREIGN_PROSE = -0.34, -1.0, -4.0, -2.0
_SPOKEN = -1.1  # a line that somebody says, outside a list of comments
_COMMENT = -0.2  # a line among comments that has not the form of one

_PARTS = re.compile(r"[.|·•/;] +|\s{2,}")
_NAMED = re.compile(r"(?:[^\W\d_][^\s:]* ){0,3}[^\W\d_][^\s:]*(?: \([^()]{1,40}\))?: ?\S")
_SPEAKER = re.compile(r"[^\W\d_~@][^:–—!?]{0,40}(?:: ?| [–—-] )\S|[~@]\S")
_EDGES = " .:·•-–—|>→▼▶*[]【】()"
_DIVIDED = re.compile(r"\s{2,}|\s[–—·•|/]\s|[,、，;]\s?|\s?#")


def find(page: Page) -> Iterator[Hit]:
    """Lines above the headline and beside what stands below it, contents, sources, and lines from where the article
    ends."""
    if not page.prose:
        return
    hits = page.untaken(find_sources(page))
    yield from hits
    page = page.without(hits)
    if not is_copied(page):
        return
    for part in (_credits, _above, _beside_byline, find_contents, _below):
        hits = page.untaken(part(page))
        yield from hits
        page = page.without(hits)


# --- the top of the page


def _above(page: Page) -> Iterator[Hit]:
    """Lines among furniture above the headline; several labels directly above it."""
    body = Body(page)
    title = _title(page, body)
    free = [index for index in page.free() if index < title]
    last = max((index for index in page.taken if index < title), default=-1)
    beneath = [index for index in free if index > last and _is_label(page, index)]
    if beneath and beneath[-1] == title - 1 and _is_topic(page, beneath, body):
        beneath.pop()
    if last < 0 and len(beneath) < LEAST:
        beneath = []
    last = max(last, *beneath) if beneath else last
    for index in free:
        if index in beneath:
            yield Hit(index, index, "site_furniture", "one of several labels above the headline")
        elif index < last and page.word_counts[index] <= TAGLINE_WORDS:
            yield Hit(index, index, "site_furniture", "a line among furniture above the headline")
        elif index > last and _is_flash(page, index):
            yield Hit(index, index, "ticker", "news in brief above the headline")


def _title(page: Page, body: Body) -> int:
    """The headline: the first line above the first prose that says about as much of the article as any there; or the
    longest, below the menus if there is one."""
    free = [index for index in page.free() if index < page.prose[0] and not _is_flash(page, index)]
    free = [index for index in free if not _stops(page, index)] or free
    menu = _last_menu(page)
    said = {index: body.number(index) for index in free if page.word_counts[index] > LABEL_WORDS}
    said = {index: number for index, number in said.items() if number > 1 or body.share(index) >= RELATED}
    most = max(said.values(), default=0)
    first = next((index for index in said if 2 * said[index] >= most), None)
    if first is not None and (first > menu or said[first] > 1):
        return first
    below = [index for index in free if index > menu] or free
    return max(below, key=lambda index: (index in said, page.word_counts[index], -index), default=page.prose[0])


def _last_menu(page: Page) -> int:
    """The last line of site furniture above the byline that does not share the article; -1 without."""
    shares = page.words.tiles(("sharing", "items", "lines"))
    found = -1
    for index in range(page.prose[0]):
        if page.taken.get(index) in ("byline", "dateline"):
            break
        if page.taken.get(index) == "site_furniture" and not shares.fullmatch(page.folded[index]):
            found = index
    return found


def _is_label(page: Page, index: int) -> bool:
    return page.word_counts[index] <= LABEL_WORDS and not _stops(page, index)


def _is_topic(page: Page, labels: Sequence[int], body: Body) -> bool:
    """True if the last of the labels above a headline says what the article is about, not where the site has it."""
    if len(items_of(page.blocks[labels[-1]].text)) > 1:
        return False
    if len(labels) > 1 or body.number(labels[-1]):
        return body.number(labels[-1]) > 0
    return not page.words.tiles(("navigation", "items", "home")).fullmatch(page.folded[labels[-1]])


def _is_flash(page: Page, index: int) -> bool:
    """True for "Breaking: …", and for news in a row behind such a word."""
    line = page.folded[index].strip(_EDGES)
    label = page.words.pattern("teasers", "flashes").match(line)
    rest = line[label.end() :] if label else ""
    return rest.lstrip().startswith((":", "|", "·", "•")) or len(items_of(page.blocks[index].text)) > 1 < len(rest)


def _credits(page: Page) -> Iterator[Hit]:
    """Lines above the text that only say who made it."""
    for index in page.free():
        if index < page.prose[0] and _is_credits(page, index):
            yield Hit(index, index, "byline", "nothing but who made it, and when")


def _beside_byline(page: Page) -> Iterator[Hit]:
    """Short lines between headline and text, above a byline or date, that the article says nothing of."""
    body, site = Body(page), site_words(page)
    items = page.words.tiles(("sharing", "items", "lines"), ("navigation", "items"))
    title = _title(page, body)
    for index in page.free():
        if index >= page.prose[0] or page.word_counts[index] > TAGLINE_WORDS or index == title:
            continue
        if index < title or page.word_counts[index] > PROSE_WORDS or _stops(page, index) or page.blocks[index].bullet:
            continue
        text = page.blocks[index].text
        parts = items_of(text)
        button = len(parts) > 1 and any(items.fullmatch(part.casefold()) for part in parts)
        above = page.taken.get(index + 1) in ("byline", "dateline") and (
            index > title + 1 or len(parts) > 1 or "," in text
        )
        of_site = bool(site & set(re.findall(r"\w+", page.folded[index])))
        if not body.number(index) and (button or above or of_site):
            yield Hit(index, index, "byline", "a line beside the byline that the article says nothing of")


# --- the end of the page


def _below(page: Page) -> Iterator[Hit]:
    sections = _sections(page)
    start = _cut(page, sections)
    if start is None:
        return
    above = start - 1
    while above > page.prose[0] and above not in page.taken and (reason := _of_the_end(page, above)):
        yield Hit(above, above, reason, f"directly above line {start + 1}, where the article ends")
        above -= 1
    body = Body(page)
    run = list(takewhile(lambda index: _may_be_a_headline(page, index, body), range(above, page.prose[-1], -1)))
    labelled = sum(_NAMED.match(page.blocks[index].text) is not None for index in run)
    if len(run) >= LEAST and labelled < LEAST - 1:  # more: the rows of a list of facts, or of a line-up
        yield Hit(run[-1], run[0], "related_teaser", f"headlines foreign to the article, above line {start + 1}")
    for index in page.free():
        if index >= start:
            reason = sections[index] or (
                "related_teaser" if page.word_counts[index] > LABEL_WORDS else "site_furniture"
            )
            yield Hit(index, index, reason, f"below line {start + 1}, where the article ends")


def _may_be_a_headline(page: Page, index: int, body: Body) -> bool:
    """True for a line that is no sentence and no item, and of which the article says nothing."""
    block = page.blocks[index]
    return (
        index not in page.taken
        and 1 < page.word_counts[index] <= _HEADLINE_WORDS
        and not (_stops(page, index) or block.bullet or block.text[0].isdigit() or ends_in_a_figure(block.text))
        and not body.number(index)
    )


def _of_the_end(page: Page, index: int) -> str | None:
    """The reason of a line that may stand between the article and the first furniture below it."""
    if _is_divided(page, index):
        return "keyword_list"
    return "byline" if _is_credits(page, index) and ":" in page.folded[index] else None


def _is_credits(page: Page, index: int) -> bool:
    """True for who wrote, took or edited it, perhaps behind a date, and nothing else."""
    if page.word_counts[index] > 2 * TAGLINE_WORDS:
        return False
    line = page.folded[index].lstrip("0123456789-/.: |")
    cues = page.words.pattern("byline", "cues", "others")
    parts = [part for part in _PARTS.split(line) if part]
    small = sum(word[0].islower() for word in page.blocks[index].text.split())
    return (
        bool(parts)
        and page.word_counts[index] <= TAGLINE_WORDS * min(len(parts), 2)
        and small <= max(LABEL_WORDS, 2 * len(parts))
        and all((cue := cues.match(part)) and part[cue.end() : cue.end() + 1] in ("", " ", ":") for part in parts)
    )


def _sections(page: Page) -> list[str | None]:
    """For each line the reason of the list or thread that it stands in, by the last furniture above it."""
    cues = page.words.pattern("teasers", "cues")
    headings = page.words.pattern("comments", "headings", "tail")
    greets = page.words.pattern("biography", "greetings")
    authors = tuple(islice(byline_names(page), _MOST_AUTHORS))
    found: list[str | None] = []
    now: str | None = None
    for index in range(len(page.blocks)):
        reason = page.taken.get(index)
        if reason == "related_teaser":
            now = reason if now == reason or cues.fullmatch(page.folded[index].strip(_EDGES)) else None
        elif reason in ("comments", "author_biography", "reference_list"):
            now = reason
        elif reason is not None:
            now = None
        elif (greets.match(page.folded[index]) or page.folded[index].startswith(authors)) and not page.quotes(index):
            now = "author_biography"
        elif headings.fullmatch(page.folded[index].strip(_EDGES)) and _is_named(page, index + 1):
            now = "comments"
        found.append(now)
        now = None if now == "author_biography" and reason is None else now
    return found


def _is_named(page: Page, index: int) -> bool:
    """True for a line that somebody says, behind the name."""
    return index < len(page.blocks) and bool(_NAMED.match(page.blocks[index].text))


def _cut(page: Page, sections: Sequence[str | None]) -> int | None:
    """Where the end of the page begins: the line of furniture from which on most speaks for it."""
    body = Body(page)
    weights = [_weight(page, index, sections[index], body) for index in range(len(page.blocks))]
    sums = list(accumulate(reversed(weights)))[::-1]
    places = [
        index
        for index in range(page.prose[0] + 1, len(page.blocks))
        if page.taken.get(index, "repetition") != "repetition"
        or (sections[index] in ("author_biography", "comments") and sections[index - 1] != sections[index])
    ]
    best = max(places, key=lambda index: (sums[index], index), default=None)
    if best is None or sums[best] <= 0:
        return None
    words = [page.word_counts[index] if index not in page.taken else 0 for index in range(len(page.blocks))]
    return best if sum(words[best:]) <= sum(words[:best]) else None  # an article is worth more than what it leaves


def _weight(page: Page, index: int, section: str | None, body: Body) -> float:
    reason = page.taken.get(index)
    if reason is not None:
        if reason in ("repetition", "caption", "credit"):
            return 0.0
        return _OPENING if reason == "comments" and index and page.taken.get(index - 1) != reason else _FURNITURE
    prose = page.word_counts[index] >= PROSE_WORDS and page.blocks[index].ends_sentence
    if section == "author_biography":
        return _FURNITURE
    if section == "comments":
        if prose and body.share(index) >= RELATED and not _is_spoken(page, index):
            return _SENTENCE
        return 0.0 if not prose or _is_spoken(page, index) else _COMMENT
    if section == "reference_list":
        return 0.0 if any(map(str.isdigit, page.blocks[index].text)) else _SENTENCE
    if _is_named(page, index) and body.share(index) < RELATED and page.blocks[index].ends_sentence:
        return _SPOKEN
    if section == "related_teaser":
        return 0.0 if page.word_counts[index] <= _HEADLINE_WORDS and not _stops(page, index) else _PROSE
    if prose:
        return _PROSE if body.share(index) >= RELATED else _FOREIGN_PROSE
    return _SENTENCE if page.blocks[index].ends_sentence else _SHORT


def _is_spoken(page: Page, index: int) -> bool:
    """True for a comment behind its writer's name, or below it."""
    above = index - 1
    named = above >= 0 and page.word_counts[above] <= PROSE_WORDS and not page.blocks[above].ends_sentence
    return bool(named or _SPEAKER.match(page.blocks[index].text))


def _stops(page: Page, index: int) -> bool:
    return page.blocks[index].text.endswith((".", "。", "।", ",", ";", ":"))


def _is_divided(page: Page, index: int) -> bool:
    """True for a row of short items."""
    text = page.blocks[index].text
    if page.blocks[index].ends_sentence or page.blocks[index].bullet or any(map(str.isdigit, text)):
        return False
    items = max(items_of(text), [item for item in _DIVIDED.split(text) if item], key=len)
    return len(items) >= LEAST and max(len(item.split()) for item in items) <= LABEL_WORDS
