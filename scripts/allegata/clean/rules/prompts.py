"""Prompts and offers between the paragraphs of a copied page: lines that are foreign to the article, and ask the reader
for something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.clean.rules.copied import RELATED, Body, is_copied, site_words
from allegata.clean.rules.page_lists import lines_of_headings

NAME = "prompts/3"

_MOST_WORDS = 35
_MARKS = "\"'“”„«»「『–—-"
# A length without brackets is as well a time of day or a result: "⚽ Scotland v Norway, 20:45".
_LENGTH = re.compile(r"\b(?:\d{1,2}:)?\d{1,2}:\d\d\)?$")  # of a recording: "Four goals in eleven minutes (3:12)"
_HOUR = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d$")  # "24:10" is none
# What takes place somewhere, or at a time.
_TAKES_PLACE = re.compile(
    r", [\d:]+$|\b(?:at|um|ab|im|am|a las|en|à|au|alle|al|às|no|o|w|в|om|in|saat|v|ve|kl)\b.*[\d:]+$"
)
_PLAYER = re.compile(r"[►▶🎧🔊]")
_SENTENCES = re.compile(r"[.!?:。！？] *")
_PICTOGRAM = re.compile(r"[\U0001f300-\U0001faff☀-➿►▶→➡]")
# Each of these may be of an article; what one of them needs beside it is another.
_SURE = frozenset(("names the site", "an offer", "asks for something", "a pictogram", "below an advertisement mark"))


def find(page: Page) -> Iterator[Hit]:
    """Lines with two signs of a prompt, or an offer that is no sentence, and few words of the article."""
    if not page.prose or not is_copied(page):
        return
    contents = list(lines_of_headings(page, (index for index in page.taken if index < page.prose[0])))
    body, site = Body(page), site_words(page.bring_back(contents))  # headings are no name of a site
    for index in page.free():
        text = page.blocks[index].text
        short = page.folded[index] and page.word_counts[index] <= _MOST_WORDS
        if not short or index <= page.prose[0] or page.blocks[index].bullet or text[0] in _MARKS:
            continue
        signs = _signs(page, index, site)
        offer = "an offer" in signs and not page.blocks[index].ends_sentence
        enough = offer or (len(signs) > 1 and not _SURE.isdisjoint(signs))
        most = RELATED if len(signs) < 3 else 2 * RELATED
        if _is_recording(page, index, body) and not page.quotes(index):
            yield Hit(index, index, "related_teaser", "a recording: its button and its length")
        elif enough and body.share(index) < most and not page.quotes(index):
            advertises = not {"an offer", "below an advertisement mark"}.isdisjoint(signs)
            reason = "advertisement" if advertises else "newsletter_prompt"
            yield Hit(index, index, reason, f"foreign to the article: {', '.join(signs)}")


def _signs(page: Page, index: int, site: set[str]) -> list[str]:
    """What of a prompt a line has."""
    words, line, text = page.words, page.folded[index], page.blocks[index].text
    calls = words.pattern("newsletter", "imperatives", "calls")
    signs = {
        "names the site": bool(site & set(re.findall(r"\w+", line))),
        "a channel": words.finder("newsletter", "channels", "means").search(line) is not None,
        "a price": words.finder("newsletter", "offers", "prices").search(line) is not None,
        "an offer": words.finder("advertisement", "deals").search(line) is not None,
        "asks for something": any(calls.match(part.strip("¿¡ ")) for part in _SENTENCES.split(line)),
        "below an advertisement mark": page.taken.get(index - 1) == "advertisement"
        and not page.blocks[index].ends_sentence,
        "words of an offer": words.finder("advertisement", "hints").search(line) is not None,
        "a pictogram": _PICTOGRAM.match(text) is not None,
    }
    return [sign for sign, holds in signs.items() if holds]


def _is_recording(page: Page, index: int, body: Body) -> bool:
    """True for the button and the length of a recording, with a word for one; with brackets around the length alone, and
    with a word beside what may be a time of day, only where it does not speak of the article: "▶ Gale over the
    lighthouse (1:20)"."""
    text, line = page.blocks[index].text, page.folded[index]
    if not _PLAYER.match(text) or not _LENGTH.search(text):
        return False
    named, hour = page.words.finder("teasers", "recordings").search(line), _HOUR.search(text)
    if named and not hour:
        return True
    said = not _TAKES_PLACE.search(line) if named else text.endswith(")")
    return said and body.share(index) < RELATED
