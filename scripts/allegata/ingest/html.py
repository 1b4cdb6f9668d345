"""The source text of a web page: one fixed walk of its DOM to the visible text, one block element a line.

lxml was chosen over lexbor by measurement on 150 development pages: lexbor parses in 1.4 ms a page and lxml in 1.8,
but a traversal from Python takes it 9 ms and lxml .75, it needs a second parse (trafilatura reads lxml trees) and
takes 36 s for 100,000 nested `<div>`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

from allegata.ingest.composed import compose, open_body, unite_roots
from allegata.ingest.controls import blank_controls
from allegata.ingest.hidden import boxes_to_show, prose, show
from allegata.ingest.page_walk import TooCrowdedError, Walk
from allegata.ingest.rendering import HIDDEN, Visibility
from allegata.ingest.tags import has_endless_attributes, without_deep_tags
from allegata.schema.limits import DEFAULTS, Limits
from allegata.text.layers import Notice
from allegata.text.page_blocks import Boxes, PageBlock

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What a page that nests deeper than the 2,048 elements that libxml2 reads is flattened to.
_DEEPEST = 200
# Hidden boxes may hold hidden boxes.
_ROUNDS = 4
# Visible characters of a page that shows nothing, and hidden ones that are more than a message.
_NOTHING, _MUCH = 100, 500


@dataclass(frozen=True)
class ParsedPage:
    """A parsed page: its source text, the blocks of it, and the tree and markup they were read from.

    `blocks` stand in the order of the text, one for each of its non-blank lines. The tree has blanks for characters
    that XML has not, and what it shows is composed: shadow roots and streamed parts stand in their places; it is None
    if the markup holds no element. `shown` characters of the source text stand in boxes that the markup hides and that
    were read (`allegata.ingest.hidden`), `unread` characters of prose are hidden and were not (0 if
    fewer than are visible).
    """

    source_text: str
    blocks: tuple[PageBlock, ...]
    tree: HtmlElement | None
    markup: str
    boxes: Boxes = field(default_factory=Boxes)
    shown: int = 0
    unread: int = 0

    @property
    def hides_all(self) -> bool:
        """True if next to nothing is visible, and much is hidden."""
        return len(self.source_text) < _NOTHING and self.unread >= _MUCH

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a curator should know of hidden text: that it was read, or that there is more of it than is visible."""
        if self.shown:
            what = f"{self.shown:,} characters that the markup hides were read: a script or a style sheet shows them"
        elif self.unread > prose(self.blocks):
            what = f"{self.unread:,} characters of prose are hidden and were not read, more than the page shows"
        else:
            return ()
        return (Notice("hidden_text", what),)


def read_page(markup: str, limits: Limits = DEFAULTS) -> ParsedPage:
    """The source text and the blocks of a page. Linear in its length, without recursion.

    Markup that holds no element gives an empty text, never an error: whether an empty article is one, the
    caller decides. Raises `TooCrowdedError`, and `BeyondLimitError` for more lines or elements than `limits` allow.
    """
    if has_endless_attributes(markup):
        raise TooCrowdedError("has tags with tens of thousands of attributes")
    # Bytes in a named encoding: lxml refuses a str that carries an encoding declaration of its own.
    data = markup.encode("utf-8", "replace")
    tree, too_deep = _parse(data)
    if too_deep:
        markup = without_deep_tags(markup, _DEEPEST)
        data = markup.encode("utf-8", "replace")
        tree, _ = _parse(data)
    if tree is None:
        return ParsedPage("", (), None, markup)
    try:
        _as_in_a_browser(tree, markup)
    except ValueError:  # lxml moves no text with control characters: the page is read anew, with blanks for them
        tree = cast("HtmlElement", _parse(data)[0])
        blank_controls(tree, markup, data)
        _as_in_a_browser(tree, markup)
    hidden_root = [
        one for one in (tree, *tree.iterchildren("body")) if Visibility().of(one, str(one.tag), one.keys()) == HIDDEN
    ]
    for root in hidden_root:
        show(root)
    walk, read = _walked(tree, limits), partial(_read, limits=limits)
    before = 0 if hidden_root else len(walk.text())
    for _ in range(_ROUNDS):
        boxes = boxes_to_show(walk.hidden, walk.blocks, walk.text(), read) if walk.hidden else []
        if not boxes:
            break
        for box in boxes:
            show(box.element)
        walk = _walked(tree, limits)
    blank_controls(tree, markup, data)
    text = walk.text()
    shown, unread = max(0, len(text) - before), _unread(tree, walk, text, limits)
    return ParsedPage(text, tuple(walk.blocks), tree, markup, walk.boxes, shown, unread)


def _as_in_a_browser(tree: HtmlElement, markup: str) -> None:
    open_body(tree)
    unite_roots(tree)
    compose(tree, markup)


def _walked(tree: HtmlElement, limits: Limits, *, reads_all: bool = False) -> Walk:
    walk = Walk(limits, reads_all=reads_all)
    walk.run(tree)
    return walk


def _read(element: HtmlElement, limits: Limits) -> tuple[list[PageBlock], str]:
    """A hidden box as if it were shown; what it hides too, if it shows nothing else."""
    walk = _walked(element, limits)
    if walk.hidden and not walk.blocks:
        walk = _walked(element, limits, reads_all=True)
    return walk.blocks, walk.text()


def _unread(tree: HtmlElement, walk: Walk, text: str, limits: Limits) -> int:
    """Characters of prose in boxes that stay hidden, if there may be more of it than is visible; of a page that shows
    next to nothing, in templates too."""
    boxes = [box.element for box in walk.hidden]
    if len(text) < _NOTHING:
        boxes += tree.iter("template")
    if sum(len(str(box.text_content())) for box in boxes) <= prose(walk.blocks):
        return 0
    return sum(prose(_read(box, limits)[0]) for box in boxes)


def _parse(data: bytes) -> tuple[HtmlElement | None, bool]:
    """The tree, and whether it was too deep: libxml2 stops there without an exception, with the text so far."""
    from lxml import etree, html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", collect_ids=False, huge_tree=True)
    # One class for all elements: the parser's own choice by tag is a call from C to Python for every one that is read.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    try:
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but blanks and comments
        tree = None
    return tree, any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
