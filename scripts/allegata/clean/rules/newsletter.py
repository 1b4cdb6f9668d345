"""Newsletter, subscribe and membership prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "newsletter/6"

MOST_WORDS = 45
_LEAD_WORDS = 20  # of what stands before a button: "Already a subscriber? Log in"
_SENTENCE = re.compile(r"(?<=[.!?:]) +|(?<=[.!?:]\") +")
_START = re.compile(r"[.!?:] +[¿¡]?")
_FIRST_END = re.compile(r"[.!?:]\"? ")
_STRIP = " .!:?"
_QUOTED = re.compile(r"\"[^\"]{12,}\"")


def find(page: Page) -> Iterator[Hit]:
    """Prompts by their imperative and their channel; slogans and consents only beside a prompt or other furniture."""
    free = page.free()
    prompts = {index: evidence for index in free if (evidence := _prompt(page, index))}
    for index, evidence in prompts.items():
        yield Hit(index, index, "newsletter_prompt", evidence)
    slogans, consents = page.words.pattern("newsletter", "slogans"), page.words.pattern("newsletter", "consent")
    beside = set(prompts)
    for index in free:
        if index in prompts or page.word_counts[index] > MOST_WORDS:
            continue
        line = page.folded[index].strip(_STRIP)
        if page.word_counts[index] <= 10 and slogans.fullmatch(line):
            if page.neighbour_taken(index) or index - 1 in beside or index + 1 in beside:
                yield Hit(index, index, "newsletter_prompt", f"slogan {line[:60]!r} beside a prompt")
        elif index - 1 in beside and consents.match(line) and not page.quotes(index):
            beside.add(index)
            yield Hit(index, index, "newsletter_prompt", f"small print {line[:60]!r} below a prompt")


def _prompt(page: Page, index: int) -> str | None:
    line = page.folded[index]
    if not line or page.word_counts[index] > MOST_WORDS or line[0] == '"':
        return None
    found = _evidence(page, index, line)
    return None if found and page.quotes(index) else found


def _evidence(page: Page, index: int, line: str) -> str | None:
    words, stripped = page.words, line.strip(_STRIP)
    lines, channels = words.pattern("newsletter", "lines"), words.finder("newsletter", "channels")
    # "Every Monday" begins a sentence of an article as well.
    often = page.neighbour_taken(index) or not page.blocks[index].ends_sentence
    imperatives = words.pattern("newsletter", "imperatives", *(("often",) if often else ()))
    requests = words.finder("newsletter", "requests")
    end, short = _FIRST_END.search(line), line.count(" ") < _LEAD_WORDS
    sentences = [line[: end.end() - 1 if end else None].strip(_STRIP)]
    # The first sentence of a long line tells whether the others matter; most lines of an article end here.
    if end and (short or not sentences[0] or lines.fullmatch(sentences[0]) or requests.may_find(line)):
        sentences = [part.strip(_STRIP) for part in _SENTENCE.split(line)]
    last = short and len(sentences) > 1 and lines.fullmatch(sentences[-1])
    if (lines.fullmatch(stripped) or last) and (page.word_counts[index] > 1 or page.outside(index)):
        return f"subscribe prompt {line[:60]!r}"
    if all(lines.fullmatch(part) for part in sentences if part):
        return f"subscribe prompt {line[:60]!r}"
    bare = _QUOTED.sub('""', line) if '"' in line else line
    for match in _starts(bare):
        imperative = imperatives.match(bare, match)
        found = channels.finditer(bare) if imperative else iter(())
        channel = next((one for one in found if imperative and not _overlap(one, imperative)), None)
        if imperative and channel:
            return f"{imperative.group()[:40].strip()!r} with {channel.group()!r}"
    for sentence in sentences:  # in some languages the verb comes last
        for request in requests.finditer(sentence):
            found = channels.finditer(sentence) if request.end() == len(sentence) else iter(())
            if channel := next((one for one in found if one.start() < request.start()), None):
                return f"{channel.group()!r} with {request.group()!r}"
    offer = words.finder("newsletter", "offers").search(bare)
    if offer and channels.search(bare):
        return f"offer {offer.group()!r}"
    return None


def _overlap(first: re.Match[str], second: re.Match[str]) -> bool:
    return first.start() < second.end() and second.start() < first.end()


def _starts(line: str) -> list[int]:
    """Where a sentence of the line begins."""
    opening = len(line) - len(line.lstrip("¿¡>►▶•→-* "))
    return [opening, *(match.end() for match in _START.finditer(line))]
