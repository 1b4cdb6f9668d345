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
from typing import TYPE_CHECKING

from allegata.text.page_blocks import PageBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Unlinked characters of a line of prose, whatever the script.
_PROSE = 40
# Prose that goes on is a paragraph at least; and a visible article has as much as this.
_PARAGRAPH, _ARTICLE = 100, 500
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
_FURNITURE_TAGS = frozenset(["dialog", "nav", "form", "footer", "header", "template", "fieldset", "menu"])


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
        if len(str(box.element.text_content())) < _PARAGRAPH or _is_furniture(box.element):
            continue
        inside, inner = read(box.element)
        if weight := prose(inside):
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
        if (outweighs and weight >= _SHARE * total) or (weight >= _PARAGRAPH and _goes_on(box, blocks))
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
    """True if the element, or an element around it, is one of the page's controls by tag, role or name."""
    if element.tag in _FURNITURE_TAGS or element.get("aria-modal") is not None:
        return True
    names = " ".join(element.get(name) or "" for name in ("id", "class", "role"))
    if _DIALOG.search(names):
        return True
    return any(around.tag in _FURNITURE_TAGS - {"form"} for around in element.iterancestors())


def _goes_on(box: HiddenBox, blocks: Sequence[PageBlock]) -> bool:
    """True if visible prose stands right before the box, on its line or in the element around it."""
    if box.in_line >= _PROSE:
        return not box.clipped
    if box.clipped or not box.path:
        return False
    for block in reversed(blocks[max(0, box.before - _LINES_BETWEEN) : box.before]):
        if not f"{block.path}/".startswith(f"{box.path}/") or not f"{block.marks}/".startswith(f"{box.marks}/"):
            return False
        if block.end - block.start - block.linked >= _PARAGRAPH and 2 * block.linked < block.end - block.start:
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
