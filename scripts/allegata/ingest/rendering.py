"""What a browser shows of an element without style sheets: as a block, in the line, or not at all.

Text that only screen readers read (`sr-only`, `visually-hidden`, a clipped box of one pixel) is not shown: the source
text of a page is its visible text, and such a text is put into the middle of sentences ("filing, opens in a new tab").
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Kinds of elements, as bits.
INLINE, INVISIBLE, BLOCK, SPACED, CELL, PREFORMATTED, ODD, ASKED = 0, 1, 2, 4, 8, 16, 32, 64


def _kinds() -> dict[str, int]:
    """Tag -> kind. `ODD`: opens or closes in a way of its own; `ASKED`: may be hidden without an attribute."""
    kinds: dict[str, int] = {}

    def add(bits: int, names: str) -> None:
        for name in names.split():
            kinds[name] = kinds.get(name, 0) | bits

    # Not part of the visible text (HTML standard, section 15.3.1 "Hidden elements", and embedded content).
    add(
        INVISIBLE,
        "head title meta link style script template datalist param source track base iframe object embed input "
        "canvas audio video svg noframes area map rp rt rtc select optgroup option",
    )
    # A blank line before and after: what a style sheet of a browser gives a margin.
    spaced = "p h1 h2 h3 h4 h5 h6 blockquote pre listing ul ol dl menu dir table figure hr fieldset form"
    add(BLOCK | SPACED, spaced)
    blocks = (
        "html body address article aside center details dialog dd div dt figcaption footer frameset header "
        "hgroup legend li main nav search section summary tbody thead tfoot tr caption textarea button"
    )
    add(BLOCK, blocks)
    add(CELL, "td th")
    add(PREFORMATTED, "pre listing textarea")
    add(ASKED, "dialog noscript")
    add(ODD, "br a q button tr td th html body")
    return kinds


KINDS = _kinds()
HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# The common ways to take a text out of sight and leave it to screen readers; offsets of four digits at least.
_UNSEEN_STYLE = re.compile(
    r"clip\s*:\s*rect\(\s*(?:0|1px)|clip-path\s*:\s*inset\(\s*(?:50|100)%|"
    r"(?:left|top|right|text-indent)\s*:\s*-\d{4,}(?:px|em|rem)",
    re.IGNORECASE,
)
# Class words for the same, in the ways frameworks spell them; `not-sr-only` and `md:sr-only` are none.
_UNSEEN_CLASS = re.compile(
    r"(?:\A|(?<=[\s_-]))(?<!not-)(?:sr-?only|screen-?reader(?:-?only|-?text|s)?|visually-?hidden|assistive-?text|"
    r"element-invisible|show-for-sr|a11y-hidden)(?:__\w+)?(?![\w-])"
)
_PARTS = ("sr", "reader", "hidden", "assistive", "invisible")
# Characters. `<noscript>` holds tracking pixels and "enable JavaScript", or, on pages a script builds, the whole
# article: 3 of 990 development pages have it nowhere else.
_NOSCRIPT_PAGE = 400
SHOWN, HIDDEN, CLIPPED, UNSEEN = 0, 1, 2, 3


class Visibility:
    """Whether elements are shown, by their own attributes. A page repeats its classes and styles: each is read once."""

    def __init__(self) -> None:
        self.shown: set[str | None] = {None}  # class words that hide nothing
        self._styles: dict[str, int] = {}

    def of(self, element: HtmlElement, tag: str, names: list[str]) -> int:
        """`SHOWN`, `HIDDEN` (something may show it later), `CLIPPED` (the same, hidden from eyes alone) or `UNSEEN`
        (nothing will show it). `names` are those of its attributes."""
        if tag == "noscript":
            return UNSEEN if sum(map(len, element.itertext())) < _NOSCRIPT_PAGE else SHOWN
        if "hidden" in names and element.get("hidden") != "until-found":
            return HIDDEN
        if "style" in names:
            style = element.get("style")
            found = self._styles.get(style)
            if found is None:
                found = self._styles[style] = _read_style(style)
            if found:
                return found
        if "class" in names:
            words = element.get("class")
            if words not in self.shown:
                if _is_unseen(words.lower()):
                    return UNSEEN
                self.shown.add(words)
        return HIDDEN if tag == "dialog" and "open" not in names else SHOWN


def _read_style(style: str) -> int:
    low = style.lower()
    if ("none" in low or "dden" in low) and HIDDEN_STYLE.search(style):
        return HIDDEN
    return CLIPPED if ("-" in low or "rect" in low) and _UNSEEN_STYLE.search(style) else SHOWN


def _is_unseen(words: str) -> bool:
    for part in _PARTS:
        if part in words:
            return _UNSEEN_CLASS.search(words) is not None
    return False


def is_in_text(button: HtmlElement) -> bool:
    """True for a button with words of its parent behind it, as that of a glossary: it does not break their line.

    At the end of its parent it is a control ("We use cookies. [Accept]").
    """
    return bool(button.tail and button.tail.strip())


_OPENING = frozenset("\"'“‘„‚«‹‟‛»›「『〈《")


# Elements that may stand between a `<q>` and its first words.
_BEFORE_WORDS = 8


class QuotationMarks:
    """The marks that a browser puts around the `<q>` of a page; two empty texts around one that has its own.

    By the language of the element around it and its depth (CSS Generated Content, `quotes: auto`; marks by CLDR).
    What is known of an element is not looked up again: a page may have a million of them, each below 2,000 others.
    """

    def __init__(self) -> None:
        self._known: dict[HtmlElement, tuple[str, int]] = {}  # the language of an element, and of how many <q> it is

    def around(self, element: HtmlElement) -> tuple[str, str]:
        """The opening and the closing mark of a `<q>`."""
        if _first_letter(element) in _OPENING:
            return "", ""
        tag, depth = self._of(element.getparent())
        tag = _language(element, tag)
        table = _marks_by_language()
        marks = table.get(tag) or table.get(tag.partition("-")[0]) or table["en"]
        return (marks[2], marks[3]) if depth % 2 else (marks[0], marks[1])

    def _of(self, element: HtmlElement | None) -> tuple[str, int]:
        chain, known, above = [], self._known, element
        while above is not None and above not in known:
            chain.append(above)
            above = above.getparent()
        language, depth = ("", 0) if above is None else known[above]
        for one in reversed(chain):
            language = _language(one, language)
            depth += one.tag == "q"
            known[one] = language, depth
        return language, depth


def _language(element: HtmlElement, around: str) -> str:
    own = element.get("lang")
    return around if own is None else own.strip().lower().replace("_", "-")


def _first_letter(element: HtmlElement) -> str | None:
    """The first letter in an element, unless many stand before it that have none."""
    from lxml import etree

    for event, one in islice(etree.iterwalk(element, events=("start", "end", "comment", "pi")), 2 * _BEFORE_WORDS):
        text = one.text if event == "start" else one.tail if one is not element else None
        if letters := (text or "").lstrip():
            return letters[0]
    return None


@cache
def _marks_by_language() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name("quotation_marks.toml").read_text(encoding="utf-8"))
