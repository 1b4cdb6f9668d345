"""AI disclosures, investment and other disclaimers, and links to report an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from allegata.clean.page import Hit, Page
from allegata.text.words import Words

NAME = "disclosures/4"

# A page may glue a badge in front of the label: "PROEditorial Disclosure".
_BADGE = re.compile(r"[A-Z]{2,5}(?=[A-Z][a-z])")
_MOST_STRONG = 45  # words of a line in which one cue is enough


@cache
def _label(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    labels, notes = words.source("disclosure", "labels"), words.source("disclosure", "notes")
    return re.compile(rf"(?:(?P<sure>{labels})|{notes})[^.:]{{0,40}}(?::|$)")


def find(page: Page) -> Iterator[Hit]:
    """Blocks with a label and a cue, or several cues, before or after the article; error-report links.

    A block between two of them goes with them (a disclosure may run over several paragraphs) if nobody is
    quoted in it.
    """
    free = page.free()
    found: dict[int, Hit] = {}
    prose = list(page.prose)
    # From the end: an article is over where only notices follow.
    for index in reversed(free):
        while prose and prose[-1] in found:
            prose.pop()
        hit = _notice(page, index, outside=not prose or prose[-1] <= index or page.in_head(index))
        if hit:
            found[index] = hit
    order = sorted(found)
    for first, second in pairwise(order):
        between = range(first + 1, second)
        if len(between) == 1 and between[0] not in page.taken and not page.quotes(between[0]):
            reason = found[first].reason
            found[between[0]] = Hit(between[0], between[0], reason, f"between two blocks of {reason}")
    yield from (found[index] for index in sorted(found))


def _notice(page: Page, index: int, *, outside: bool) -> Hit | None:
    line, words = page.folded[index], page.words
    if not line:
        return None
    if page.word_counts[index] <= 14 and words.pattern("disclosure", "errors").fullmatch(line.strip(" .!¿?")):
        return None if page.quotes(index) else Hit(index, index, "error_report", f"error-report link {line[:60]!r}")
    strong = page.word_counts[index] <= _MOST_STRONG and words.finder("disclosure", "strong").search(line)
    if strong and not page.quotes(index):
        return Hit(index, index, "disclosure", f"cue: {strong.group()!r}")
    badge = _BADGE.match(page.blocks[index].text)
    label = _label(words.languages).match(line, badge.end() if badge else 0)
    if not outside and not label:
        return None
    disclaimers, disclosures = _cues(page, "disclaimers", line), _cues(page, "disclosures", line)
    cues = len(disclaimers) + len(disclosures) + (2 if label and label["sure"] else bool(label))
    cues += bool(cues) and bool(words.pattern("disclosure", "itself").search(line))
    cues += bool(cues) and len(disclaimers) == 1 and bool(words.pattern("disclosure", "views").match(line))
    if cues < 2 or page.quotes(index):
        return None
    if not outside and not (label and cues > 2):
        return None
    said = ([label.group().strip()] if label else []) + disclaimers + disclosures
    reason = "disclaimer" if len(disclaimers) > len(disclosures) else "disclosure"
    return Hit(index, index, reason, "cues: " + "; ".join(repr(word) for word in said[:4]))


def _cues(page: Page, key: str, line: str) -> list[str]:
    return sorted({match.group() for match in page.words.finder("disclosure", key).finditer(line)})
