"""The tree as a browser composes it: shadow roots in their hosts, streamed parts in their places.

A declarative shadow root (`<template shadowrootmode>`, HTML standard, section 4.12.3) is what its host shows; the
host's own children stand in its slots. Servers that stream a page send a late part as `<div hidden id="S:0">`, and a
call `$RC("B:0", "S:0")` puts it where `<template id="B:0">` stands (React 18 and what is built on it).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from allegata.ingest.page_walk import TooCrowdedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_ROOT_MODES = ("shadowrootmode", "shadowroot")  # the second until 2023
_STREAMED = re.compile(r"""S:[\da-f]+["'\s>]""")
_CALL = re.compile(r"""\$R[CSR]\(\s*"([^"\s]{1,80})"\s*,\s*"([^"\s]{1,80})\"""")
_PART = re.compile(r"(.*)\b([BPS]):([\da-f]+)")
# What says something of a page, wherever it stands; what else may stand in a head, and does not end it.
_ABOUT = frozenset(["base", "link", "meta", "script", "style", "title"])
_SILENT = _ABOUT | {"basefont", "bgsound", "noframes", "noscript", "template"}
# Elements that shadow roots may hold together, counted once for each root around them.
_MOST_IN_ROOTS = 1_000_000
# Levels of a composed tree: what libxml2 reads, and a little; and those above the place of a part.
_DEEPEST, _MOST_ABOVE = 2_500, 500
# Parts of a page that are moved, each with all that is in it; the others are shown where they stand. The most of 997
# development pages is below 100.
_MOST_MOVED = 2_000


def compose(tree: HtmlElement, markup: str) -> None:
    """Put what stands in shadow roots and streamed parts of `tree`, read from `markup`, where a browser shows it."""
    _flatten_shadow_roots(tree)
    if _STREAMED.search(markup):
        _place_streamed(tree, markup)
        if _depth(tree) > _DEEPEST:  # parts in parts in parts: no tree library is made for it
            raise TooCrowdedError(f"nests elements more than {_DEEPEST:,} deep")


def open_body(tree: HtmlElement) -> None:
    """Put what stands in `<head>` and ends it into the body, where browsers have it (HTML standard, 13.2.6.4.4).

    A page may leave both tags out; libxml2 then keeps elements that it does not know in the head, `main`, `article`:
    the whole article. What says something of the page stays where `trafilatura` looks for it.
    """
    for head in list(tree.iterchildren("head")):
        first = next((at for at, one in enumerate(head) if isinstance(one.tag, str) and one.tag not in _SILENT), None)
        if first is None:
            continue
        body = next(tree.iterchildren("body"), None)
        if body is None:
            body = tree.makeelement("body")
            head.addnext(body)
        shown = [one for one in list(head)[first:] if one.tag not in _ABOUT]
        if body.text and body.text.strip():  # it stands behind them
            shown[-1].tail, body.text = (shown[-1].tail or "") + body.text, None
        body[:0] = shown


def unite_roots(tree: HtmlElement) -> None:
    """Put what stands behind an early `</html>` into the body, where browsers have it.

    libxml2 makes a second root of it, beside the one that `document_fromstring` returns: 3 of 2,029 development pages
    lost text so, one of them all of it.
    """
    others = list(tree.itersiblings())
    if not others:
        return
    body = next(tree.iterchildren("body"), None)
    for other in others:
        if body is None and (body := next(other.iterchildren("body"), None)) is not None:
            tree.append(body)
        for part in [other, *other.iterchildren("head", "body")] if other.tag == "html" else []:
            target = tree if body is None else body
            if part.text and part.text.strip():
                _append(target, part.text)
            target.extend([child for child in part if child.tag not in ("head", "body")])


def _flatten_shadow_roots(tree: HtmlElement) -> None:
    room = _MOST_IN_ROOTS
    roots = [one for one in tree.iter("template") if any(one.get(mode) is not None for mode in _ROOT_MODES)]
    hosts: set[HtmlElement] = set()
    first = []
    for template in roots:  # a host has one shadow root: a second stays a template
        host = template.getparent()
        if host is not None and host not in hosts:
            hosts.add(host)
            first.append(template)
    for template in reversed(first):  # the innermost before those around it
        host = template.getparent()
        slots: dict[str, HtmlElement] = {}
        for element in template.iter():
            room -= 1
            if element.tag == "slot":
                slots.setdefault(element.get("name") or "", element)
                element.tag = "span"
        if room < 0:
            return
        _fill(host, template, slots)


def _fill(host: HtmlElement, template: HtmlElement, slots: dict[str, HtmlElement]) -> None:
    """The children of `host` go into their slots, what is in `template` takes their place."""
    default = slots.get("")
    filled: set[HtmlElement] = set()

    def emptied(slot: HtmlElement) -> HtmlElement:
        if slot not in filled:  # what it shows if nothing is put into it
            filled.add(slot)
            tail = slot.tail
            name = slot.get("name")
            slot.clear()
            slot.tail = tail
            if name:
                slot.set("name", name)
        return slot

    def put(text: str | None) -> None:
        if text and text.strip() and default is not None:
            _append(emptied(default), text)

    children = [child for child in host if child is not template]
    put(host.text)
    host.text = None
    behind, template.tail = template.tail, None
    put(behind)
    for child in children:
        tail, child.tail = child.tail, None
        slot = slots.get(child.get("slot") or "")
        if slot is None:
            host.remove(child)
        else:
            emptied(slot).append(child)
        put(tail)
    template.drop_tag()


def _append(element: HtmlElement, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _place_streamed(tree: HtmlElement, markup: str) -> None:
    by_id = {one.get("id"): one for one in tree.iter() if one.get("id") is not None}
    for number, (place, part) in enumerate(_pairs(by_id, markup)):
        if part is None or "S:" not in (part.get("id") or ""):
            continue
        wrapper = part
        while wrapper.get("hidden") is None and wrapper.tag in ("tbody", "tr", "colgroup", "table", "g"):
            around = wrapper.getparent()
            if around is None:
                break
            wrapper = around
        if wrapper.get("hidden") is not None:
            del wrapper.attrib["hidden"]
        if number >= _MOST_MOVED or place is None or place.tag != "template" or place is part:
            continue
        above = list(islice(place.iterancestors(), _MOST_ABOVE))
        if part in above or len(above) == _MOST_ABOVE:
            continue
        if part.tail and part.tail.strip():
            continue  # no server sends that
        part.tail = None
        tail, place.tail = place.tail, None
        place.addprevious(part)
        parent = place.getparent()
        if parent is not None:
            parent.remove(place)
        part.tail = tail


def _depth(tree: HtmlElement) -> int:
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _pairs(by_id: dict[str, HtmlElement], markup: str) -> Iterator[tuple[HtmlElement | None, HtmlElement | None]]:
    """(the place, the part) of every call; then of parts that no call names, by their number."""
    done = set()
    for first, second in _CALL.findall(markup):
        found = _PART.fullmatch(first)
        place, part = (second, first) if found and found.group(2) == "S" else (first, second)
        if part not in done:
            done.add(part)
            yield by_id.get(place), by_id.get(part)
    for name, part in by_id.items():
        found = _PART.fullmatch(name)
        if found and found.group(2) == "S" and name not in done and part.tag != "template":
            prefix, number = found.group(1), found.group(3)
            yield by_id.get(f"{prefix}B:{number}", by_id.get(f"{prefix}P:{number}")), part
