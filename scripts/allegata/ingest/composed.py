"""The tree as a browser composes it: shadow roots in their hosts, streamed parts in their places.

A declarative shadow root (`<template shadowrootmode>`, HTML standard, section 4.12.3) is what its host shows; the
host's own children stand in its slots. Servers that stream a page send a late part as `<div hidden id="S:0">`, and a
call `$RC("B:0", "S:0")` puts it where `<template id="B:0">` stands (React 18 and what is built on it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_ROOT_MODES = ("shadowrootmode", "shadowroot")  # the second until 2023
_STREAMED = re.compile(r"""id=["']?[\w:«»-]*S:[\da-f]""")
_CALL = re.compile(r"""\$R[CSR]\(\s*"([^"\s]{1,80})"\s*,\s*"([^"\s]{1,80})\"""")
_PART = re.compile(r"(.*)\b([BPS]):([\da-f]+)")
# Elements that shadow roots may hold together, counted once for each root around them.
_MOST_IN_ROOTS = 1_000_000


def compose(tree: HtmlElement, markup: str) -> None:
    """Put what stands in shadow roots and streamed parts of `tree`, read from `markup`, where a browser shows it."""
    if "hadow" in markup or "HADOW" in markup:
        _flatten_shadow_roots(tree)
    if _STREAMED.search(markup):
        _place_streamed(tree, markup)


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
    for place, part in _pairs(by_id, markup):
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
        if place is None or place.tag != "template" or place is part or part in place.iterancestors():
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
