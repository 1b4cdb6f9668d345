"""Keyword and tag lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from allegata.clean.page import Hit, Page
from allegata.clean.rules.menus import items_of
from allegata.text.normal import for_matching
from allegata.text.tag_lists import MOST_OF_AN_ARTICLE, is_divided, tags_in
from allegata.text.words import Words, every_language

NAME = "keywords/5"

_SEPARATORS = ",;|•·"
_SPLIT = re.compile(rf"\s*[{_SEPARATORS}]\s*|\s{{2,}}")
_HASHTAGS = re.compile(r"(?:#[^\W_][\w-]*[\s,]*){2,}")
# A list may end in the full stop of an abbreviation.
_ABBREVIATION = re.compile(r"\b(?:corp|inc|ltd|co|llc|plc|jr|sr|etc|u\.s|u\.k)\.$")
LEAST_ITEMS = 5
_OF_A_TEAM = re.compile(r": |\(\d+-\d")  # a line-up: "Pell (4-3-3): Agbaje, Eldrick"
_MOST_ITEM_WORDS = 8  # the longest measured has 7
_MOST_WORDS_ALONE = 3
_LONGEST = 150  # words of a list
_GLUE = re.compile(r"[^\W\d_A-Z](?=[A-Z])")


def stated(text: str, *, beside: bool = False) -> list[str]:
    """The items of a removed list, without its label; none where they cannot be told apart. `beside`: a list that stood
    beside the article. It must call itself one, and be no cloud of all tags of a site."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    label = _own_label().match(lines[0]) if lines else None
    if label:
        lines[0] = lines[0][label.end() :]
    lines = [line for line in lines if any(map(str.isalnum, line))]
    alone = len(lines) == 1
    if beside and not (label and (not alone or is_divided(lines[0]))):
        return []
    items = [item for line in lines for item in _told_apart(line, alone=alone)]
    if any(len(item.split()) > _MOST_ITEM_WORDS or _own_label().match(item) for item in items):
        return []
    return [] if beside and len(items) > MOST_OF_AN_ARTICLE else items


@cache
def _label(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    sure, other = words.source("keywords", "sure"), words.source("keywords", "labels")
    return re.compile(rf"(?:(?P<sure>{sure})|{other})\s*[:|]\s*")


@cache
def _prose(languages: tuple[str, ...]) -> re.Pattern[str]:
    """A list in prose has one of these in front of an item, or a verb with its auxiliary inside one."""
    words = Words(languages)
    return re.compile(rf"^(?:{words.source('keywords', 'prose_first')})|{words.source('keywords', 'prose')}")


@cache
def _own_label() -> re.Pattern[str]:
    """What a list calls itself in any language: for taking the list apart, not for finding it."""
    words = every_language()
    names = words.source("keywords", "sure", "labels")
    return re.compile(
        rf"(?!.{{0,40}}(?:cloud|wolke))(?:{names})(?: [^:|,;#]{{0,40}}?)?(?:\s*[:|]\s*|\s{{2,}}|$)", re.IGNORECASE
    )


def is_labelled(page: Page, index: int) -> bool:
    """True for a line that begins with a label that no text has: "Filed under:", "Tags:"."""
    label = _label(page.words.languages).match(page.folded[index])
    return bool(label and label.group("sure"))


def find(page: Page) -> Iterator[Hit]:
    """Labelled lists anywhere; unlabelled ones (five items or more) only below prose of the article, beside furniture or
    the end."""
    done = -1
    names = page.words.languages
    for index in page.free():
        line = page.folded[index]
        if index <= done or not line or page.word_counts[index] > _LONGEST:
            continue
        label = _label(names).match(line)
        if label and (label.group("sure") or page.outside(index)) and _is_list(page, line[label.end() :], least=1):
            yield Hit(index, index, "keyword_list", f"list after {label.group().strip()!r}")
        elif _HASHTAGS.fullmatch(line):
            yield Hit(index, index, "keyword_list", "hashtags only")
        elif spaced := _spaced(page, index):
            yield Hit(index, index, "keyword_list", f"list after {spaced!r}")
        elif (
            _ends(page, index)
            and not _is_sentence(page, index)
            and _is_list(page, _divided(page, index), least=LEAST_ITEMS)
            and not _are_figures(_items(line))
        ):
            yield Hit(index, index, "keyword_list", f"{len(_items(line))} short items below the article")
        elif page.in_tail(index) and page.words.pattern("keywords", "sure", "labels").fullmatch(line.strip(" :")):
            done = _items_below(page, index)
            yield Hit(index, done, "keyword_list", f"heading {line!r} after the article")


def _is_sentence(page: Page, index: int) -> bool:
    """A full stop may close a list of keywords; one with function words in it is a sentence, and so is what ends with
    another mark: the scripts that have their own full stop write no blanks, and so no function words can be told."""
    line = page.folded[index]
    if not page.blocks[index].ends_sentence or _ABBREVIATION.search(line):
        return False
    common = page.words.entry_set("language", "function_words")
    return not page.blocks[index].text.endswith(".") or 3 * sum(word in common for word in line.split()) > line.count(
        ","
    )


def _divided(page: Page, index: int) -> str:
    """The line with a bar for every wide gap."""
    return for_matching(re.sub(r"\s{2,}|\u3000", " | ", page.blocks[index].text))


def _spaced(page: Page, index: int) -> str | None:
    """The label of a list with wide gaps after it and between its items."""
    if page.blocks[index].ends_sentence or not page.outside(index):
        return None
    label, *items = items_of(page.blocks[index].text) or [""]
    if len(items) < 2:
        return None
    named = page.words.pattern("keywords", "sure").match(for_matching(label))
    return named.group() if named and max(len(item.split()) for item in items) <= _MOST_ITEM_WORDS else None


def _ends(page: Page, index: int) -> bool:
    """True below prose of the article, beside a block that is taken, above another list or teaser, or at the end."""
    if (
        not page.in_tail(index)
        or not page.prose
        or page.prose[0] >= index
        or _OF_A_TEAM.search(page.blocks[index].text)
    ):
        return False
    below = index + 1
    if below >= len(page.blocks) or page.neighbour_taken(index):
        return True
    line = page.folded[below]
    return bool(_label(page.words.languages).match(line) or page.words.pattern("teasers", "cues", "labels").match(line))


def _told_apart(line: str, *, alone: bool) -> list[str]:
    """The items of one line, or none where only the page's style told them apart. A line among others is one item."""
    if line.endswith(".") and not _ABBREVIATION.search(for_matching(line)):
        line = line[:-1]
    if is_divided(line):
        return tags_in(line)
    if "#" in line:
        return tags_in(line.replace("#", ","))
    if alone and (len(line.split()) > _MOST_WORDS_ALONE or len(_GLUE.findall(line)) > 1):
        return []
    return tags_in(line)


def _are_figures(items: Sequence[str]) -> bool:
    """True for marks and results: "Pell 7, Eldrick 6.5". A keyword may hold a number, most of a list do not."""
    return 2 * sum(any(map(str.isdigit, item)) for item in items) > len(items)


def _items(line: str) -> list[str]:
    return [item for item in _SPLIT.split(line) if item]


def _is_list(page: Page, line: str, *, least: int) -> bool:
    if sum(map(line.count, _SEPARATORS)) + 1 < least:
        return False
    items = _items(line)
    # A full stop may close a long list; a short one that ends like a sentence is prose.
    stopped = line.endswith((".", "!", "?")) and not _ABBREVIATION.search(line)
    if len(items) < least or (stopped and (len(items) < LEAST_ITEMS or not line.endswith("."))):
        return False
    counts = [len(item.split()) for item in items]
    # The longest keyword measured has 7 words ("U.S. District Court Northern District of California").
    return (
        max(counts) <= 8
        and sum(counts) <= 5 * len(counts)
        and not any(_prose(page.words.languages).search(item) for item in items)
    )


def _items_below(page: Page, index: int) -> int:
    """The last of the short lines below a heading "Tags"; that above a list of other articles is none."""
    last, others = index, page.words.pattern("teasers", "cues", "sections")
    for below in range(index + 1, len(page.blocks)):
        if below in page.taken or page.word_counts[below] > 5 or page.blocks[below].ends_sentence:
            break
        if others.fullmatch(page.folded[below].strip(" :>")):
            break
        last = below
    return last
