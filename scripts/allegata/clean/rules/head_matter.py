"""Bylines, dates, reading times and generation notices, also where a page glued them into one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "head_matter/1"

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_DATE = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:19|20)\d\d|"
    rf"(?:19|20)\d\d-\d\d-\d\d(?:t[\d:.]+(?:z|[+-]\d\d:?\d\d)?)?|\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)?\d\d|"
    rf"\d+ (?:minutes?|mins?|hours?|days?|weeks?|months?) ago|yesterday|today)"
)
_TIME = (
    r"(?:\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)"
    r"(?:\s*\(?(?:et|est|edt|ct|cst|cdt|mt|mst|mdt|pt|pst|pdt|gmt|utc|bst|cet|cest|ist|aest|sgt|hkt|jst)\b\)?)?"
)
# The zone may be glued to the number of a reading time: "ET1min read".
_ZONE_GLUED = r"(?:et|est|edt|pt|pst|pdt|ct|gmt|utc)(?=\d)"
_READING = (
    r"(?:(?:estimated )?read(?:ing)?(?: time)?:? ?)?\d{1,3}\s*-?\s*min(?:ute)?s?\.?\s*(?:read(?:ing)?(?: time)?|to read)"
    r"|read(?:ing)? time:? ?(?:about )?\d{1,3} ?min(?:ute)?s?"
)
_LABEL = r"(?:first |last |originally )?(?:published|updated|posted|modified|revised|created|edited)(?: on| at)?:?|date:|on|at"
_BYLINE_CUE = (
    r"(?:(?:written|posted|reported|produced|edited|reviewed|story|words|article|analysis|text|additional reporting|"
    r"reporting|editing|writing|compiled|contributed|published) by|by|author(?:s|\(s\))?:|byline:)"
)
_NAME_WORD = r"(?:[A-Z][^\W\d_]*(?:[-'’.][^\W\d_]*)*|de|la|van|von|der|den|di|da|al|el|bin)"
_NAME = rf"[A-Z][^\W\d_]*(?:[-'’.][^\W\d_]*)*(?:\s+{_NAME_WORD}){{1,4}}"
_BYLINE = re.compile(
    rf"(?i:{_BYLINE_CUE})\s*{_NAME}(?:(?:\s*,\s*|\s+and\s+|\s*&\s*|\s*;\s*(?i:{_BYLINE_CUE})\s*){_NAME})*"
)
_DATED = re.compile(f"{_DATE}|{_READING}", re.IGNORECASE)
_FRAGMENT = re.compile(f"(?:{_READING}|{_DATE}|{_TIME}|{_ZONE_GLUED}|{_WEEKDAY}|{_LABEL})", re.IGNORECASE)
_PUBLICATION_MARK = re.compile(f"(?:{_READING}|published|updated|posted|modified)", re.IGNORECASE)
_AGENCY_CREDIT = re.compile(r"(?i:reporting|editing|writing|additional reporting) by\b")
_REST = re.compile(r"[\s,|·•/()\[\]:;.@>—–-]*")

_MACHINE = (
    r"(?:ai|a\.i\.|artificial intelligence|chatgpt|gpt-?\d?\w*|gemini|claude|copilot|llms?|(?:large )?language models?|"
    r"bot|automat\w+|machine)"
)
_GENERATED = re.compile(
    r"(?:(?:this|the) (?:article|story|post|content|report|summary|piece|page|text|image|news)(?: above)? "
    r"(?:was|is|has been|were) )?(?:partially |partly |fully |entirely |automatically )?"
    r"(?:ai[- ])?(?:generated|written|created|produced|authored|summari[sz]ed|drafted|translated|compiled|powered|reported) "
    r"(?:by|with|using|through)(?: the)?(?: help| assistance| aid| use)?(?: of| from)? ?(?:an? |our |the )?(?:\w+ )?"
    + _MACHINE
    + r"\b.*"
)
_AI_LABEL = re.compile(r"ai[- ](?:generated|assisted|written)(?: (?:summary|content|article|story|text))?")


def find(page: Page) -> Iterator[Hit]:
    """Lines that hold nothing but metadata: what is left of them after its fragments is punctuation.

    A line with a date alone may be the heading of a timeline; so dates count only near the head, after the
    article, or with a mark of publication ("Updated", "5 min read").
    """
    for index in page.free():
        block, count = page.blocks[index], page.word_counts[index]
        if count > 30 or not page.folded[index]:
            continue
        notice = _generation_notice(page, index)
        if notice:
            yield Hit(index, index, "generation_notice", notice)
            continue
        dated = bool(_DATED.search(block.text))
        outer = (page.in_head(index) or page.in_tail(index)) and (index > 0 or dated)
        if not (outer or _PUBLICATION_MARK.search(block.text) or _AGENCY_CREDIT.match(block.text)):
            continue
        signed = bool(_BYLINE.search(block.text))
        if not (dated or signed):
            continue
        rest = _FRAGMENT.sub(" ", _BYLINE.sub(" ", block.text))
        if _REST.fullmatch(rest):
            reason = "dateline" if dated else "byline"
            yield Hit(index, index, reason, f"nothing but {'dates' if dated else 'names'}: {block.text[:80]!r}")


def _generation_notice(page: Page, index: int) -> str | None:
    line, block = page.folded[index].rstrip(" .!"), page.blocks[index]
    if page.word_counts[index] > 25 or page.reports(index):
        return None
    match = _GENERATED.fullmatch(line)
    if match and (line.startswith(("this ", "the ")) or not block.ends_sentence):
        return f"says how it was made: {line[:80]!r}"
    if _AI_LABEL.fullmatch(line):
        return f"says how it was made: {line[:80]!r}"
    return None
