"""Bylines, dates, reading times and generation notices, also where a page glued them into one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.text.blocks import looks_like_heading

NAME = "head_matter/2"
HEAD_REASONS = {"byline", "dateline", "generation_notice", "ticker"}

# No pattern here may look again at what it has passed: a run of digits, letters or blanks costs its length, not the
# square of it (possessive quantifiers, and word edges where a run begins).
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_DATE = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:19|20)\d\d|"
    rf"(?:19|20)\d\d-\d\d-\d\d(?:t[\d:.]+(?:z|[+-]\d\d:?\d\d)?)?|\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)?\d\d|"
    rf"(?<!\d)\d++ (?:minutes?|mins?|hours?|days?|weeks?|months?) ago)"
)
_TIME = (
    r"(?:\d{1,2}[:.]\d\d(?::\d\d)?\s*+(?:[ap]\.?m\.?)?|\d{1,2}\s*+[ap]\.?m\.?)"
    r"(?:\s*+\(?(?:et|est|edt|ct|cst|cdt|mt|mst|mdt|pt|pst|pdt|gmt|utc|bst|cet|cest|ist|aest|sgt|hkt|jst)\b\)?)?"
)
# The zone may be glued to the number of a reading time: "ET1min read".
_ZONE_GLUED = r"(?:et|est|edt|pt|pst|pdt|ct|gmt|utc)(?=\d)"
_READING = (
    r"(?:(?:estimated )?read(?:ing)?(?: time)?:? ?)?\d{1,3}\s*+-?\s*+min(?:ute)?s?\.?\s*+(?:read(?:ing)?(?: time)?|to read)"
    r"|read(?:ing)? time:? ?(?:about )?\d{1,3} ?min(?:ute)?s?"
)
_LABEL = r"(?:first |last |originally )?(?:published|updated|posted|modified|revised|created|edited)(?: on| at)?:?|date:|on|at"
_BYLINE_CUE = (
    r"(?:(?:written|posted|reported|produced|edited|reviewed|story|words|article|analysis|text|additional reporting|"
    r"reporting|editing|writing|compiled|contributed|published|editor) by:?|by:?|author(?:s|\(s\))?:|byline:|editor:|"
    r"(?:ai |virtual )?(?:agent|bot|writer|reporter|correspondent|author|analyst):)"
)
_NAME_WORD = r"(?:[A-Z][^\W\d_]*(?:[-'’.][^\W\d_]*)*|de|la|van|von|der|den|di|da|al|el|bin)"
# A label for a bot glued to its name: "AI AgentHarrison Brooks".
_GLUED = r"(?:\b\w+ )?(?:AI )?(?:Agent|Bot|Writer|Author|By)(?=[A-Z])"
_NAME = rf"[A-Z][^\W\d_]*(?:[-'’.][^\W\d_]*)*(?:\s+{_NAME_WORD}){{1,4}}"
_BYLINE = re.compile(
    rf"(?:(?i:{_BYLINE_CUE})\s*|{_GLUED}){_NAME}(?:(?:\s*,\s*|\s+and\s+|\s*&\s*|\s*;\s*(?i:{_BYLINE_CUE})\s*){_NAME})*"
    rf"|(?i:(?:edited|reviewed|produced|published|posted) by:?)\s*[A-Z]\w+(?:\s+[A-Z]\w+)?"
)
_DATED = re.compile(f"{_DATE}|{_READING}", re.IGNORECASE)
_FRAGMENT = re.compile(f"(?:{_READING}|{_DATE}|{_TIME}|{_ZONE_GLUED}|{_WEEKDAY}|{_LABEL})", re.IGNORECASE)
_PUBLICATION_MARK = re.compile(f"(?:{_READING}|published|updated|posted|modified)", re.IGNORECASE)
# No date, no mark of publication and no byline without one of these: asked first, they spare most lines the patterns.
_DATE_SIGN = re.compile(r"(?:19|20)\d\d|\d[/.]\d| ago|min")
_MARK_WORDS = ("read", "published", "updated", "posted", "modified")
_BYLINE_WORDS = ("by", "author", "agent", "bot", "writer", "editor:", "reporter:", "correspondent:", "analyst:")
_AGENCY_CREDIT = re.compile(r"(?i:reporting|editing|writing|additional reporting) by\b")
_REST = re.compile(r"[\s,|·•/()\[\]:;.@>—–-]*")

_MACHINE = (
    r"(?:ai|a\.i\.|artificial intelligence|chatgpt|gpt-?\d?\w*|gemini|claude|copilot|llms?|(?:large )?language models?|"
    r"bot|automat\w+|machine)"
)
_BARE_NAME = re.compile(
    rf"{_NAME}(?:, (?:[A-Z]?[\w-]+ ){{0,3}}(?i:reporter|writer|editor|correspondent|columnist|analyst|contributor))?"
)
_HANDLE = re.compile(r"(?:[Bb]y|[Pp]osted by) [\w.@-]+(?: [\w.-]+){0,3}")
_GENERATED = re.compile(
    r"(?:(?:this|the) (?:article|story|post|content|report|summary|piece|page|text|image|news)(?: above)? "
    r"(?:was|is|has been|were) )?(?:partially |partly |fully |entirely |automatically )?"
    r"(?:ai[- ])?(?:generated|written|created|produced|authored|summari[sz]ed|drafted|translated|compiled|powered|reported) "
    r"(?:by|with|using|through)(?: the)?(?: help| assistance| aid| use)?(?: of| from)? ?(?:an? |our |the )?(?:\w+ )?"
    + _MACHINE
    + r"\b.*"
)
_AUTOMATIC = re.compile(
    r"(?:this|the) (?:article|story|post|content|report|summary|piece|page|text|overview) (?:was|is|has been) "
    r"(?:(?:generated|written|created|produced|compiled|assembled|drafted) (?:automatically|by (?:a )?machine|without human)|"
    r"automatically (?:generated|written|created|produced|compiled|assembled))\b.*"
    r"|(?:text|summary|article|content|audio|translation|overview) (?:was )?(?:generated|written|created|produced|summari[sz]ed) by\b.*"
)
_AI_LABEL = re.compile(
    r"ai[- ](?:generated|assisted|written)(?: (?:summary|content|article|story|text|overview))?(?: [·|-] .{0,60})?"
)


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
        line = page.folded[index]
        outer = page.in_head(index) or page.in_tail(index)
        marked = outer or (_any_of(_MARK_WORDS, line) and _PUBLICATION_MARK.search(block.text))
        if not (marked or _AGENCY_CREDIT.match(block.text)):
            continue
        dated = bool(_DATE_SIGN.search(line) and _DATED.search(block.text))
        if not dated and not (_any_of(_BYLINE_WORDS, line) and _BYLINE.search(block.text)):
            continue
        rest = _FRAGMENT.sub(" ", _BYLINE.sub(" ", block.text))
        # In the head a name may be glued to the date: "Alfa BravoTuesday, Jan 21, 2025".
        if _REST.fullmatch(rest) or (dated and page.in_head(index) and _BARE_NAME.fullmatch(rest.strip(" ,|·"))):
            reason = "dateline" if dated else "byline"
            yield Hit(index, index, reason, f"nothing but {'dates' if dated else 'names'}: {block.text[:80]!r}")


def find_names(page: Page) -> Iterator[Hit]:
    """Bare names of authors, and section labels or logos, among the head matter that other rules found.

    A name (two to five capitalised words, perhaps with a trade) counts only beside head matter above the
    article's second block of prose; a logo or label is one or two words above the title.
    """
    if not page.prose:
        return
    label_ends = _label_end(page)
    for index in page.free():
        block = page.blocks[index]
        if index >= page.prose[0]:
            break
        if page.word_counts[index] > 8:
            continue
        beside = {page.taken.get(index - 1), page.taken.get(index + 1)} & HEAD_REASONS
        if (index > 0 and beside and _BARE_NAME.fullmatch(block.text) and page.word_counts[index] <= 8) or (
            beside and _HANDLE.fullmatch(block.text)
        ):
            yield Hit(index, index, "byline", f"a name beside {' and '.join(sorted(map(str, beside)))}")
        elif page.word_counts[index] <= 2 and index < label_ends:
            yield Hit(index, index, "site_furniture", "one or two words above the title")


def _label_end(page: Page) -> int:
    """Where the labels above the title end: at the first longer line, if that has the shape of a title, else 0."""
    free = [index for index in page.free() if page.word_counts[index] > 2]
    if not free or page.word_counts[free[0]] < 4 or not looks_like_heading(page.blocks[free[0]]):
        return 0
    return free[0]


def _any_of(words: tuple[str, ...], line: str) -> bool:
    return any(word in line for word in words)


def _generation_notice(page: Page, index: int) -> str | None:
    line, block = page.folded[index].rstrip(" .!"), page.blocks[index]
    if page.word_counts[index] > 25:
        return None
    says = _GENERATED.fullmatch(line) and (line.startswith(("this ", "the ")) or not block.ends_sentence)
    if (says or _AI_LABEL.fullmatch(line) or _AUTOMATIC.fullmatch(line)) and not page.reports(index):
        return f"says how it was made: {line[:80]!r}"
    return None
