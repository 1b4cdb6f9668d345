"""The source text of a web page: one fixed walk of its DOM to the visible text, one block element a line.

The walk follows `innerText` of the HTML standard (section 3.2.6.5) as far as it does not need a style sheet:
blanks collapse, `<br>` breaks a line, the cells of a table row are parted by a tab, a blank line stands
around paragraphs, headings, lists and tables. Characters stay as they are: zero-width, bidirectional and
soft-hyphen characters are part of the source text (dropping them would move every offset of a text that
needs them, and rules that compare texts normalise anyway). It does not depend on any extractor.

lxml was chosen over lexbor by measurement on 200 development pages: lexbor parses 2.2 times and walks 1.6 times
as fast (1.25 against 2.9 ms a page, next to 30 ms for trafilatura), but gives no element positions, needs a
second parse (trafilatura reads lxml trees) and takes 36 s for 100,000 nested `<div>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allegata.ingest.attributes import within_bounds
from allegata.ingest.controls import blank_controls
from allegata.text.normal import MOST_LINES
from allegata.text.page_blocks import PageBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Not part of the visible text (HTML standard, section 15.3.1 "Hidden elements", and embedded content).
_INVISIBLE = _names(
    "head title meta link style script template datalist param source track base iframe object embed "
    "canvas audio video svg noframes area map rp rt rtc select optgroup option"
)
# A blank line before and after: what a style sheet of a browser gives a margin.
_SPACED = _names("p h1 h2 h3 h4 h5 h6 blockquote pre listing ul ol dl menu dir table figure hr fieldset form")
_BLOCKS = _SPACED | _names(
    "html body address article aside center details dialog dd div dt figcaption footer frameset header "
    "hgroup legend li main nav search section summary tbody thead tfoot tr caption textarea button"
)
_CELLS = frozenset(["td", "th"])
# Class names run words together: `newsletterBox`.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Elements of a page, and of one line or table row: trafilatura's time grows with the square of those (200,000 links on
# one line took it 21 s and 860 MB, as many cells in one row more than a minute). The most of 1,032 development pages:
# 10,106, 317 and 24.
MOST_ELEMENTS, MOST_ON_A_LINE = 200_000, 20_000
# Characters of class and id words that an element keeps, and of tag paths and such words that all blocks of a page do:
# one long name stands in the path of every block inside it. The most of
# 45 development pages, every twentieth: 440 and 253,283.
_MOST_NAMES, _MOST_PATHS = 2_000, 100_000_000
# Characters. `<noscript>` holds tracking pixels and "enable JavaScript", or, on pages a script builds, the whole
# article: 3 of 990 development pages have it nowhere else.
_NOSCRIPT_PAGE = 400
_BLANKS = re.compile(r"[ \t\n\r\f]+")
# libxml2 stops, without an exception and with the text so far lost, where elements nest deeper than 256.
_DEEPEST = 200
# Neither part may run over another tag, nor give back what it took, so that a page of opening brackets, or of one
# endless tag name, costs no more than its length.
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")


class TooCrowdedError(ValueError):
    """A page of more than `MOST_LINES` lines or `MOST_ELEMENTS` elements, or `MOST_ON_A_LINE` on a line or in a row."""


@dataclass(frozen=True)
class ParsedPage:
    """A parsed page: its source text, the blocks of it, and the tree and markup they were read from.

    `blocks` stand in the order of the text, one for each of its non-blank lines. The tree has blanks for characters
    that XML has not. `flattened` tells that the markup nested too deeply and was flattened before it was read; `tree`
    is None if it holds no element.
    """

    source_text: str
    blocks: tuple[PageBlock, ...]
    tree: HtmlElement | None
    markup: str
    flattened: bool


def read_page(markup: str) -> ParsedPage:
    """The source text and the blocks of a page. Linear in its length, without recursion.

    Markup that holds no element gives an empty text, never an error: whether an empty article is one, the
    caller decides. Raises `TooCrowdedError`.
    """
    markup = within_bounds(markup)
    tree, too_deep = _parse(markup)
    if too_deep:
        markup = _flatten(markup)
        tree, _ = _parse(markup)
    if tree is None:
        return ParsedPage("", (), None, markup, too_deep)
    walk = _Walk()
    walk.run(tree)
    blank_controls(tree, markup)
    return ParsedPage(walk.text(), tuple(walk.blocks), tree, markup, too_deep)


def _parse(markup: str) -> tuple[HtmlElement | None, bool]:
    from lxml import etree, html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", collect_ids=False)
    # Bytes in a named encoding: lxml refuses a str that carries an encoding declaration of its own.
    data = markup.encode("utf-8", "replace")
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but blanks and comments
        tree = None
    too_deep = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
    return tree, too_deep


def _flatten(markup: str) -> str:
    """`markup` without the tags that open deeper than `_DEEPEST` elements, and without their end tags.

    Depth is counted over all tags that are not void; a tag left open counts to the end, so the text may lose
    structure, but no character of it.
    """
    depth = 0

    def visit(match: re.Match[str]) -> str:
        nonlocal depth
        closing, name, attributes = match.groups()
        if name.lower() in _VOID or attributes.endswith("/"):
            return match.group()
        if closing:
            depth = max(0, depth - 1)
            return match.group() if depth < _DEEPEST else " "
        depth += 1
        return match.group() if depth <= _DEEPEST or name.lower() in _INVISIBLE else " "

    return _TAG.sub(visit, markup)


class _Walk:
    """Collects lines while the tree is walked in document order."""

    def __init__(self) -> None:
        self.blocks: list[PageBlock] = []
        self._parts: list[str] = []  # finished lines and the line breaks between them
        self._length = 0
        self._line: list[str] = []
        self._linked = 0
        self._links = 0  # open <a href>
        self._breaks = 0  # line breaks owed before the next line
        self._blank = True  # the line so far ends in a blank: the next one collapses
        self._preformatted = 0
        self._room = _MOST_PATHS
        self._elements = self._on_line = 0
        self._path: list[tuple[str, str, int]] = [("", "", 0)]  # open block elements: path, marks, line

    def text(self) -> str:
        """The source text so far."""
        return "".join(self._parts)

    def run(self, tree: HtmlElement) -> None:
        """Walk `tree`; `iterwalk` keeps its own stack, so depth costs no recursion."""
        from lxml import etree

        walker = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if not isinstance(tag, str):
                text = None
            elif event == "start":
                if self._is_hidden(element, tag):
                    walker.skip_subtree()
                    continue
                self._open(element, tag)
                text = element.text
            else:
                if not self._is_hidden(element, tag):
                    self._close(element, tag)
                text = element.tail
            if text:
                self._add(text)
        self._flush(1)

    @staticmethod
    def _is_hidden(element: HtmlElement, tag: str) -> bool:
        if tag in _INVISIBLE:
            return True
        get = element.get
        if get("hidden") is not None:
            return bool(get("hidden") != "until-found")
        if tag == "noscript":
            return len(str(element.text_content())) < _NOSCRIPT_PAGE
        style = get("style")
        if style is not None and _HIDDEN_STYLE.search(style):
            return True
        return tag == "input" or (tag == "dialog" and get("open") is None)

    def _open(self, element: HtmlElement, tag: str) -> None:
        self._elements += 1
        self._on_line += 1
        if self._elements > MOST_ELEMENTS:
            raise TooCrowdedError(f"has more than {MOST_ELEMENTS:,} elements")
        if self._on_line > MOST_ON_A_LINE or (tag == "tr" and len(element) > MOST_ON_A_LINE):
            raise TooCrowdedError(f"has more than {MOST_ON_A_LINE:,} elements on one line")
        if tag == "br":
            self._flush(1)
        elif tag in _CELLS:
            if self._line:
                self._line.append("\t")
                self._blank = True
        elif tag == "a":
            self._links += element.get("href") is not None
        if tag in _BLOCKS:
            self._flush(2 if tag in _SPACED else 1)
            self._preformatted += tag in ("pre", "listing", "textarea")
        if tag in _BLOCKS or tag in _CELLS:
            self._path.append(self._path[-1] if tag in ("html", "body") else self._step(element, tag))

    def _step(self, element: HtmlElement, tag: str) -> tuple[str, str, int]:
        path, marks, _ = self._path[-1]
        own = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
        if own:
            own = own[:_MOST_NAMES]
            own = _CAMEL.sub("-", own.replace("/", " ")).lower()
        line = element.sourceline or 0
        return (f"{path}/{tag}", f"{marks}/{own}", line) if path else (tag, own, line)

    def _close(self, element: HtmlElement, tag: str) -> None:
        if tag == "a":
            self._links -= element.get("href") is not None
        if tag in _BLOCKS:
            self._flush(2 if tag in _SPACED else 1)
            self._preformatted -= tag in ("pre", "listing", "textarea")
        if tag in _BLOCKS or tag in _CELLS:
            self._path.pop()

    def _add(self, text: str) -> None:
        if self._preformatted:
            first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._put(first)
            for line in rest:
                self._flush(1)
                self._put(line)
            return
        text = _BLANKS.sub(" ", text)
        if self._blank and text.startswith(" "):
            text = text[1:]
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self._line.append(text)
            self._blank = text[-1] == " "
            if self._links:
                self._linked += len(text)

    def _flush(self, breaks: int) -> None:
        """End the line: it becomes a block if anything is on it. `breaks`: 2 leaves a blank line after it."""
        if self._line:
            line = "".join(self._line).strip()
            if line:
                if len(self.blocks) == MOST_LINES:
                    raise TooCrowdedError(f"has more than {MOST_LINES:,} lines")
                if self.blocks:
                    self._parts.append("\n" * self._breaks)
                    self._length += self._breaks
                self._breaks = 0
                start = self._length
                self._parts.append(line)
                self._length += len(line)
                path, marks, at = self._path[-1]
                self._room -= len(path) + len(marks)
                if self._room < 0:
                    path = marks = ""
                self.blocks.append(PageBlock(start, self._length, path, marks, at, min(self._linked, len(line))))
            self._line, self._linked, self._blank = [], 0, True
        self._on_line = 0
        self._breaks = max(self._breaks, breaks)
