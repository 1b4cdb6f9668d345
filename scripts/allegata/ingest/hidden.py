"""Which hidden boxes of a page are its article: what a script shows later is text, and what it may show is not.

Two things bring a hidden box in. It outweighs: no article is visible, and the box holds more prose than all that is
(`<main hidden>`, anti-flicker, a box a later style shows). Or it goes on: it stands behind visible prose in the same
container, as what "Read more" shows. A box that its tag, role or name calls a dialog, menu, form or cookie notice, and
one that repeats what is visible, stays hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from allegata.ingest.rendering import KINDS
from allegata.text.page_blocks import PageBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Unlinked characters of a line of prose, whatever the script.
_PROSE = 40
# Prose that goes on in a line is this much, behind one a paragraph or two: of 997 development pages 19 such boxes are
# gold, all of 206 characters and more, and 7 are not, 6 of them (affiliations, "did this help?") below 172. A visible
# article has as much as the last.
_REST, _PARAGRAPH, _ARTICLE = 100, 200, 500
# How much more than a visible article a hidden box holds to be the article instead.
_MORE = 2
# Lines between the visible prose and the box: "Read more", a subheading.
_LINES_BETWEEN = 3
# A hidden box of less than this share of all hidden prose is not what outweighs the page.
_SHARE = 0.1
_DIALOG = re.compile(
    r"cookie|consent|gdpr|privacy|legal|modal|pop-?up|pop-?over|overlay|dialog|lightbox|tool-?tip|toast|menu|drawer|"
    r"\bnav|sidebar|newsletter|subscri|log-?in|sign-?(?:in|up)|banner|announcement|form\b|raw-?markdown|json|template",
    re.IGNORECASE,
)
# What scripts keep in hidden boxes: JSON, markup, base64.
_DATA = re.compile(r"\A\s*(?:[{<]|\[\s*[\[{\"])|[\w+/=%-]{200}", re.ASCII)
_AROUND = frozenset(["dialog", "nav", "footer", "header", "menu"])
_FURNITURE_TAGS = _AROUND | {"form", "fieldset", "template"}
_CONSENT = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
_WINDOW = re.compile(r"cookie|consent|gdpr|modal|dialog|light-?box|pop-?up", re.IGNORECASE)
# Elements around a hidden box, and in it, that are looked at.
_LEVELS, _LOOKED_AT = 12, 100


@dataclass(frozen=True)
class HiddenBox:
    """A hidden element that a script may show: `before` visible blocks stand before it, and `in_line` characters of the
    line that it is in; `path` and `marks` are those of the block element around it. `clipped`: hidden from eyes alone,
    as what screen readers read."""

    element: HtmlElement
    clipped: bool
    before: int
    in_line: int
    path: str
    marks: str


Read = Callable[["HtmlElement"], tuple[Sequence[PageBlock], str]]


def boxes_to_show(boxes: Sequence[HiddenBox], blocks: Sequence[PageBlock], text: str, read: Read) -> list[HiddenBox]:
    """Those of `boxes`, outermost hidden elements of a page whose visible text is `text`, that are its article.

    `read` gives the blocks and the text of one box. Linear in the length of the page.
    """
    visible = prose(blocks)
    candidates: list[tuple[HiddenBox, Sequence[PageBlock], str, int]] = []
    for box in boxes:
        if len(str(box.element.text_content())) < _REST or _is_furniture(box.element):
            continue
        inside, inner = read(box.element)
        if (weight := prose(inside)) and not _DATA.search(inner):
            candidates.append((box, inside, inner, weight))
    if not candidates:
        return []
    lines = {_letters(text[block.start : block.end]) for block in blocks}
    candidates = [one for one in candidates if not _repeats(one[1], one[2], lines)]
    total = sum(weight for *_, weight in candidates)
    outweighs = total > (visible if visible < _ARTICLE else _MORE * visible)
    return [
        box
        for box, _, _, weight in candidates
        if (outweighs and weight >= _SHARE * total) or _goes_on(box, weight, blocks)
    ]


def show(element: HtmlElement) -> None:
    """Take off what hides an element."""
    for name in ("hidden", "style"):
        if name in element.attrib:
            del element.attrib[name]


def prose(blocks: Sequence[PageBlock]) -> int:
    """Unlinked characters of the lines that are prose: `_PROSE` of them at least, and most of the line."""
    free = [(block.end - block.start - block.linked, block.linked) for block in blocks]
    return sum(count for count, linked in free if count >= _PROSE and count > linked)


def _is_furniture(element: HtmlElement) -> bool:
    """True if an element is one of the controls of the page by tag, role or name, stands in one, or holds consents."""
    if element.tag in _FURNITURE_TAGS or _DIALOG.search(f"{element.tag} {_names(element)}"):
        return True
    for around in islice(element.iterancestors(), _LEVELS):
        if around.tag in _AROUND or (around.tag not in ("html", "body") and _WINDOW.search(_names(around))):
            return True
    return any(_CONSENT.search(_names(inside)) for inside in islice(element.iterdescendants(), _LOOKED_AT))


def _names(element: HtmlElement) -> str:
    """The id, classes, name and role of an element; `aria-modal` is the role of a modal dialog."""
    names = [element.get(name) for name in ("id", "class", "name", "role")]
    return " ".join(["modal" if element.get("aria-modal") is not None else "", *filter(None, names)])


def _goes_on(box: HiddenBox, weight: int, blocks: Sequence[PageBlock]) -> bool:
    """True if visible prose stands right before the box, on its line or in the element around it."""
    if box.clipped:
        return False
    if box.in_line >= _PROSE:
        return weight >= (_PARAGRAPH if KINDS.get(box.element.tag) else _REST)
    if not box.path or weight < _PARAGRAPH:
        return False
    for block in reversed(blocks[max(0, box.before - _LINES_BETWEEN) : box.before]):
        if not f"{block.path}/".startswith(f"{box.path}/") or not f"{block.marks}/".startswith(f"{box.marks}/"):
            return False
        if block.end - block.start - block.linked >= _REST and 2 * block.linked < block.end - block.start:
            return True
    return False


def _repeats(blocks: Sequence[PageBlock], text: str, lines: set[str]) -> bool:
    """True if half of the lines of a box, by their characters, are visible already."""
    total = repeated = 0
    for block in blocks:
        letters = _letters(text[block.start : block.end])
        total += len(letters)
        repeated += len(letters) if letters in lines else 0
    return 2 * repeated >= total


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
