"""The fixed walk of a page's DOM to its visible text, one block element a line.

The walk follows `innerText` of the HTML standard (section 3.2.6.5) as far as it does not need a style sheet:
blanks collapse, `<br>` breaks a line, the cells of a table row are parted by a tab, a blank line stands
around paragraphs, headings, lists and tables, `<q>` has its marks. Characters stay as they are: zero-width,
bidirectional and soft-hyphen characters are part of the source text (dropping them would move every offset of a text
that needs them, and rules that compare texts normalise anyway). It does not depend on any extractor.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from allegata.ingest.hidden import HiddenBox
from allegata.ingest.rendering import (
    ASKED,
    BLOCK,
    CLIPPED,
    HIDDEN,
    INVISIBLE,
    KINDS,
    ODD,
    PREFORMATTED,
    SPACED,
    UNSEEN,
    QuotationMarks,
    Visibility,
    is_in_text,
)
from allegata.schema.limits import DEFAULTS, Excess, Limits
from allegata.text.page_blocks import Boxes, PageBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Class names run words together: `newsletterBox`.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Characters of class and id words that an element keeps, and of tag paths and such words that all blocks of a page do:
# one long name stands in the path of every block inside it. The most of
# 45 development pages, every twentieth: 440 and 253,283.
_MOST_NAMES, _MOST_PATHS = 2_000, 100_000_000
# Attributes in which a box names the address of what it holds: an article of several on the page.
_ADDRESSES = frozenset(
    ("data-url", "data-href", "data-permalink", "data-link", "data-uri", "data-article-url", "data-canonical",
     "data-canonical-url", "data-post-url", "data-page-url", "itemid", "about", "resource")
)  # fmt: skip
_BLANKS = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_BLANK = " \t\n\r\f"
# Two inline elements of one kind with nothing between them, a whole sentence in the first: paragraphs by their style.
_SENTENCE_END = re.compile(r"""[.!?\u2026\u061f\u06d4\u0964\u0965\u0589\u1362]["'\u201d\u2019\u00bb)\]]*$""")
_LEAST_SENTENCE, _LEAST_BEHIND = 40, 10


class TooCrowdedError(ValueError):
    """A page that no library should see, of whatever corpus: it nests too deep, or has tags of too many attributes."""


class BeyondLimitError(ValueError):
    """A page of more lines or elements than the limits of its corpus allow."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.what)
        self.excess = excess


class Walk:
    """Collects lines while the tree is walked in document order; with `reads_all`, those of hidden boxes too."""

    def __init__(self, limits: Limits = DEFAULTS, *, reads_all: bool = False) -> None:
        self._limits = limits
        self._least = UNSEEN if reads_all else HIDDEN  # of what makes an element no part of the text
        self.blocks: list[PageBlock] = []
        self.hidden: list[HiddenBox] = []  # outermost boxes that a script may show
        self._parts: list[str] = []  # finished lines and the line breaks between them
        self._length = 0
        self._line: list[str] = []
        self._linked = 0
        self._links = 0  # open <a href>
        self._breaks = 0  # line breaks owed before the next line
        self._blank = True  # the line so far ends in a blank: the next one collapses
        self._preformatted = 0
        self._room = _MOST_PATHS
        self._elements = self._before_line = 0  # opened so far, and before this line
        self._open_boxes: list[tuple[int, HtmlElement | None]] = [(-1, None)]  # with their elements
        self._where: dict[int, tuple[str, str]] = {-1: ("", "")}  # tag path and class words down to a box
        self.boxes = Boxes()
        self._marks: dict[tuple[str | None, str | None], str] = {}  # class and id of an element -> its words
        self._quotation = QuotationMarks()
        self._quotes: list[str] = []  # the closing marks of open <q>

    def text(self) -> str:
        """The source text so far."""
        return "".join(self._parts)

    def run(self, tree: HtmlElement) -> None:
        """Walk `tree`, which is shown; `iterwalk` keeps its own stack, so depth costs no recursion."""
        from lxml import etree

        walker = etree.iterwalk(tree, events=("start", "end"))
        visibility, least, add, kind_of = Visibility(), self._least, self._add, KINDS.get
        visible, shown = visibility.of, visibility.shown
        opened: list[tuple[str, int]] = []  # tag and kind of the open elements
        skipped = None
        closed = ""  # the inline element that was closed last, if nothing came since
        for event, element in walker:
            if event == "start":
                tag = element.tag
                kind = kind_of(tag, 0)
                if kind & INVISIBLE and element is not tree:
                    walker.skip_subtree()
                    skipped = element
                    continue
                names = element.keys()
                words = element.get("class") if "class" in names else None
                # Most elements have no other class than one before them, and no style.
                asked = kind & ASKED or (names and (words not in shown or "style" in names or "hidden" in names))
                if asked and element is not tree and (state := visible(element, tag, names)) >= least:
                    if state != UNSEEN and tag != "textarea":  # a value that a script keeps, not text
                        self._note_hidden(element, state == CLIPPED)
                    walker.skip_subtree()
                    skipped = element
                    continue
                self._elements += 1
                if kind:
                    kind = self._open(element, tag, kind, words, names)
                elif tag == closed and self._is_paragraph(element):
                    self._flush(1)
                opened.append((tag, kind))
                text = element.text
            else:
                if element is skipped:
                    skipped = None
                else:
                    closed, kind = opened.pop()
                    if kind:
                        self._close(element, closed, kind)
                text = element.tail if element is not tree else None
                if not text:
                    continue
            closed = ""
            if text and not (self._blank and not self._preformatted and not text.strip(_BLANK)):
                add(text)
        self._flush(1)

    def _note_hidden(self, element: HtmlElement, clipped: bool) -> None:
        path, marks = self._path(self._open_boxes[-1][0])
        in_line = min(_LEAST_SENTENCE, sum(map(len, self._line[-9:])))
        self.hidden.append(HiddenBox(element, clipped, len(self.blocks), in_line, path, marks))

    def _open(self, element: HtmlElement, tag: str, kind: int, words: str | None, names: list[str]) -> int:
        """The kind that the element, of the class `words` and attributes `names`, has here: what `_close` undoes."""
        if kind & ODD:
            if tag == "a":
                linked = element.get("href") is not None
                self._links += linked
                return kind if linked else 0
            if tag == "br":
                self._flush(1)
                return 0
            if tag == "q":
                opening, closing = self._quotation.around(element)
                self._add(opening)
                self._quotes.append(closing)
                return kind
            if tag == "button" and is_in_text(element):
                return 0
            if tag == "tr" and len(element) > self._limits.line_elements:
                raise BeyondLimitError(self._limits.excess("line-elements", len(element)))
        if kind & BLOCK:
            breaks = 2 if kind & SPACED else 1
            if self._line:
                self._flush(breaks)
            else:  # around most block elements the line is empty
                self._before_line = self._elements
                if breaks > self._breaks:
                    self._breaks = breaks
            if kind & PREFORMATTED:
                self._preformatted += 1
        elif self._line:  # a cell
            self._line.append("\t")
            self._blank = True
        key = words, element.get("id")
        own = self._marks.get(key)
        if own is None:
            own = self._marks[key] = _words_of(" ".join(filter(None, key)))
        box = self.boxes.open(self._open_boxes[-1][0], tag, own, len(self.blocks))
        self._open_boxes.append((box, element))
        if names and not _ADDRESSES.isdisjoint(names):
            address = next(element.get(name) or "" for name in names if name in _ADDRESSES)
            self.boxes.addresses[box] = address.strip().partition("#")[0].rstrip("/")
        return kind

    def _path(self, box: int) -> tuple[str, str]:
        """The tag path and the class and id words of the block elements from the body down to a box."""
        boxes, known, missing = self.boxes, self._where, []
        while box not in known:
            missing.append(box)
            box = boxes.parent[box]
        path, marks = known[box]
        for box in reversed(missing):
            tag = boxes.tags[box]
            if tag not in ("html", "body"):
                own = boxes.names[box]
                path, marks = (f"{path}/{tag}", f"{marks}/{own}") if path else (tag, own)
            known[box] = path, marks
        return path, marks

    def _close(self, element: HtmlElement, tag: str, kind: int) -> None:
        if tag == "a":
            self._links -= 1
            return
        if tag == "q":
            self._add(self._quotes.pop())
            return
        if kind & BLOCK:
            breaks = 2 if kind & SPACED else 1
            if self._line:
                self._flush(breaks)
            else:
                self._before_line = self._elements
                if breaks > self._breaks:
                    self._breaks = breaks
            if kind & PREFORMATTED:
                self._preformatted -= 1
        self.boxes.last[self._open_boxes.pop()[0]] = len(self.blocks)

    def _is_paragraph(self, element: HtmlElement) -> bool:
        """True if an inline element begins a paragraph: a sentence just ended in one like it, without a blank after."""
        text = element.text or ""
        if not self._line or self._preformatted or len(text) < _LEAST_BEHIND or text[0] in _BLANK or text[0].islower():
            return False
        return len(self._line[-1]) >= _LEAST_SENTENCE and _SENTENCE_END.search(self._line[-1][-9:]) is not None

    def _add(self, text: str) -> None:
        if self._preformatted:
            first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._put(first)
            for line in rest:
                self._flush(1)
                self._put(line)
            return
        if "  " in text or not text.isprintable():
            text = _BLANKS.sub(" ", text)
        if self._blank and text[:1] == " ":
            text = text[1:]
        if text:  # as `_put`, of which there is no call for every text
            self._line.append(text)
            self._blank = text[-1] == " "
            if self._links:
                self._linked += len(text)

    def _put(self, text: str) -> None:
        if text:
            self._line.append(text)
            self._blank = text[-1] == " "
            if self._links:
                self._linked += len(text)

    def _flush(self, breaks: int) -> None:
        """End the line: it becomes a block if anything is on it. `breaks`: 2 leaves a blank line after it."""
        limits = self._limits
        if (elements := self._elements - self._before_line) > limits.line_elements:
            raise BeyondLimitError(limits.excess("line-elements", elements))
        if self._elements > limits.page_elements:
            raise BeyondLimitError(limits.excess("page-elements"))
        if self._line:
            line = "".join(self._line).strip()
            if line:
                if len(self.blocks) == limits.article_lines:
                    raise BeyondLimitError(limits.excess("article-lines"))
                if self.blocks:
                    self._parts.append("\n" * self._breaks)
                    self._length += self._breaks
                self._breaks = 0
                start = self._length
                self._parts.append(line)
                self._length += len(line)
                box, element = self._open_boxes[-1]
                path, marks = self._path(box)
                at = 0 if element is None or element.tag in ("html", "body") else element.sourceline or 0
                self.boxes.of_block.append(box)
                self._room -= len(path) + len(marks)
                if self._room < 0:
                    path = marks = ""
                self.blocks.append(PageBlock(start, self._length, path, marks, at, min(self._linked, len(line))))
            self._line, self._linked, self._blank = [], 0, True
        self._before_line = self._elements
        self._breaks = max(self._breaks, breaks)


def _words_of(names: str) -> str:
    """The class and id words of an element, in lower case, words that run together apart."""
    words = names.strip()[:_MOST_NAMES].replace("/", " ")
    return words if words.islower() else _CAMEL.sub("-", words).lower()  # the pattern costs as much as all else here
