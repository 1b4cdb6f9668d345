"""Keyword and tag lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.text.normal import for_matching
from allegata.text.tag_lists import MOST_OF_AN_ARTICLE, is_divided, tags_in

NAME = "keywords/2"

_LABEL = re.compile(
    r"(?:(?P<sure>tags?|tagged(?: (?:as|with|in))?|keywords?|key words|filed under|filed in|posted in|hashtags?|related topics?)|"
    r"topics?|categor(?:y|ies)|labels?|more on)\s*[:|]\s*"
)
_LABEL_ALONE = re.compile(
    r"(?:tags?|tagged(?: (?:as|with|in))?|keywords?|topics?|filed under|categories|hashtags?|related topics)\s*:?"
)
_SEPARATORS = ",;|•·"
_SPLIT = re.compile(rf"\s*[{_SEPARATORS}]\s*")
_HASHTAGS = re.compile(r"(?:#[^\W_][\w-]*[\s,]*){2,}")
# A list in prose has one of these in front of an item, or a verb with its auxiliary inside one.
_PROSE = re.compile(
    r"^(?:and|or|but|nor|which|who|that|as|while|when|if|then|with|to|is|are|was|were|has|have|had|will|would|can|could|"
    r"said|he|she|it|they|we|i)\b|\b(?:is|are|was|were|has|have|had|will|would|could|said|says|that)\b"
)
# A list may end in the full stop of an abbreviation.
_ABBREVIATION = re.compile(r"\b(?:corp|inc|ltd|co|llc|plc|jr|sr|etc|u\.s|u\.k)\.$")
LEAST_ITEMS = 5
# What a list calls itself, in the languages of the web: for taking the list apart, not for finding it.
_OWN_LABEL = re.compile(
    r"(?!.{0,40}(?:cloud|wolke))(?:tags?|tagged|key ?words?|filed|posted in|hashtags?|(?:related )?topics?|categor(?:y|ies)|"
    r"labels?|more on|schlagw(?:ö|o)rter|schlagworte?|stichw(?:ö|o)rter|stichworte?|themen|kategorien?|temas?|etiquetas|"
    r"palabras clave|archivado|mots[- ]clés|étiquettes|sujets|argomenti|assuntos|marcadores|tagi|trefwoorden|onderwerpen)"
    r"\b(?: [^:|,;#]{0,40}?)?(?:\s*[:|]\s*|$)",
    re.IGNORECASE,
)
_MOST_ITEM_WORDS = 8  # the longest measured has 7
_MOST_WORDS_ALONE = 3
_GLUE = re.compile(r"[^\W\d_A-Z](?=[A-Z])")


def stated(text: str, *, beside: bool = False) -> list[str]:
    """The items of a removed list, without its label; none where they cannot be told apart. `beside`: a list that stood
    beside the article. It must call itself one, and be no cloud of all tags of a site."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    label = _OWN_LABEL.match(lines[0]) if lines else None
    if label:
        lines[0] = lines[0][label.end() :]
    lines = [line for line in lines if any(map(str.isalnum, line))]
    alone = len(lines) == 1
    if beside and not (label and (not alone or is_divided(lines[0]))):
        return []
    items = [item for line in lines for item in _told_apart(line, alone=alone)]
    if any(len(item.split()) > _MOST_ITEM_WORDS or _OWN_LABEL.match(item) for item in items):
        return []
    return [] if beside and len(items) > MOST_OF_AN_ARTICLE else items


def find(page: Page) -> Iterator[Hit]:
    """Labelled lists anywhere; unlabelled ones (five items or more) only below most of the prose."""
    done = -1
    for index in page.free():
        line = page.folded[index]
        if index <= done or not line or page.word_counts[index] > 150:
            continue
        label = _LABEL.match(line)
        if label and (label.group("sure") or page.outside(index)) and _is_list(line[label.end() :], least=1):
            yield Hit(index, index, "keyword_list", f"list after {label.group().strip()!r}")
        elif _HASHTAGS.fullmatch(line):
            yield Hit(index, index, "keyword_list", "hashtags only")
        elif _is_late(page, index) and _is_list(line, least=LEAST_ITEMS):
            yield Hit(index, index, "keyword_list", f"{len(_items(line))} short items below the article")
        elif _LABEL_ALONE.fullmatch(line) and page.in_tail(index):
            done = _items_below(page, index)
            yield Hit(index, done, "keyword_list", f"heading {line!r} after the article")


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


def _is_late(page: Page, index: int) -> bool:
    """True if the larger part of the prose stands above the block. (Readers' comments may stand below it.)"""
    above, total = page.prose_words_before(index), page.prose_words_before(len(page.blocks))
    own = page.word_counts[index] if index in page.prose_set else 0
    return 2 * (total - above - own) <= total - own


def _items(line: str) -> list[str]:
    return [item for item in _SPLIT.split(line) if item]


def _is_list(line: str, *, least: int) -> bool:
    if sum(map(line.count, _SEPARATORS)) + 1 < least:
        return False
    items = _items(line)
    # A full stop may close a long list; a short one that ends like a sentence is prose.
    stopped = line.endswith((".", "!", "?")) and not _ABBREVIATION.search(line)
    if len(items) < least or (stopped and (len(items) < LEAST_ITEMS or not line.endswith("."))):
        return False
    counts = [len(item.split()) for item in items]
    # The longest keyword measured has 7 words ("U.S. District Court Northern District of California").
    return max(counts) <= 8 and sum(counts) <= 5 * len(counts) and not any(_PROSE.search(item) for item in items)


def _items_below(page: Page, index: int) -> int:
    """The last of the short lines below a heading "Tags"."""
    last = index
    for below in range(index + 1, len(page.blocks)):
        if below in page.taken or page.word_counts[below] > 5 or page.blocks[below].ends_sentence:
            break
        last = below
    return last
