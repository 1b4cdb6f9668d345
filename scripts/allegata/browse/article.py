"""The page of an article: its whole source text with the layers in it, and a card for every row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set, Sized
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError

from allegata.browse.cards import Layer, Link, layers
from allegata.browse.links import Places, address, line_anchor
from allegata.browse.version import Row, Version
from allegata.pages.segments import Mark, Segment, lines
from allegata.pages.templates import environment, weight
from allegata.text.spans import Span

TEMPLATES = Path(__file__).parent / "templates"
# What a page holds at most, in bytes; those of a row (its marks and its card, both of which repeat some of its words),
# of a dispute on the card of a claim, and the tags of a line. A byte of a text is at most so many on the page, escaped
# or shown by its code point.
_LARGEST, _OF_A_ROW, _OF_A_DISPUTE, _OF_A_LINE, _WORST = 600_000, 1_050, 2_500, 150, 14
_PIECE = 10_000  # characters of a line that stay together
_NUMBERED = ("claim", "removed")
_NEIGHBOURS = 20  # other articles of the story that a page names


class Piece(NamedTuple):
    """Words under the same marks as the page writes them: the kinds of the marks, the anchors of those that begin and
    of those that are over, the marks whose number stands here, and the citation that is a link."""

    text: str
    kinds: str = ""
    on: str = ""
    off: str = ""
    numbered: Sequence[Mark] = ()
    cites: str = ""


class Line(NamedTuple):
    """A line of the source text: where it begins, its pieces, what is published of it and in which zone, and whether
    all of it was removed."""

    start: int
    pieces: Sequence[Piece]
    clean: str
    zone: str
    removed: bool


def is_long(size: int, lines: int, rows: int, disputes: int) -> bool:
    """Whether an article of so many bytes, lines, rows, and places of its claims in disputes may be more than a page
    holds."""
    heavy = size * 2 * _WORST + lines * _OF_A_LINE + rows * _OF_A_ROW + disputes * _OF_A_DISPUTE
    return heavy > _LARGEST


def long_parts(
    source_text: str, rows: Mapping[str, Sequence[Row]], disputes_of: Mapping[str, Sized]
) -> tuple[int, ...]:
    """Where the later pages of a long article begin: offsets of its source text, at the beginning of a line unless a
    line has no room on a page. Its text stands there twice: whole, and what of it is published."""
    heavy: dict[int, int] = {}
    for found in rows.values():
        for row in found:
            cost = _OF_A_ROW + len(disputes_of.get(row.get("claim_id", ""), ())) * _OF_A_DISPUTE
            heavy[row["source_start"]] = heavy.get(row["source_start"], 0) + cost
    starts = sorted(heavy)
    parts, room, place, coming = [], 0, 0, 0
    for line in source_text.split("\n"):
        for at in range(0, len(line) + 1, _PIECE):
            piece = line[at : at + _PIECE]
            end = place + len(piece) + (at + _PIECE > len(line))
            cost = 2 * weight(piece) + (_OF_A_LINE if piece else 0)
            while coming < len(starts) and starts[coming] < end:
                cost += heavy[starts[coming]]
                coming += 1
            if room and room + cost > _LARGEST:
                parts.append(place)
                room = 0
            room += cost
            place = end
    return tuple(parts)


def article_pages(
    version: Version, places: Places, article: Row, rows: Mapping[str, Sequence[Row]]
) -> Iterator[tuple[str, str]]:
    """The pages of an article, each with its path; more than one where the article is very long."""
    article_id = article["article_id"]
    found = layers(version, places, article_id, rows)
    starts = (0, *places.parts.get(article_id, ()), len(article["source_text"]) + 1)
    template = environment(TEMPLATES).get_template("article.html")
    paths = [places.article(article_id, start) for start in starts[:-1]]
    held = [[line_anchor(start)] for start in starts[:-1]]
    for card in (card for layer in found for card in layer.cards if len(paths) > 1):
        held[bisect_right(starts, card.start) - 1].append(card.anchor)
    for number, path in enumerate(paths):
        part = Span(starts[number], starts[number + 1])
        yield (
            path,
            template.render(
                root="../",
                version=version,
                article=article,
                address=address,
                split=version.splits.get(article_id, ""),
                story=version.story_name(article_id),
                story_path=places.story(version.story_name(article_id)),
                direction=direction(article["language"]),
                lines=_lines(article, found, part),
                layers=[
                    (layer, [(*card, card.meant) for card in layer.cards if part.start <= card.start < part.end])
                    for layer in found
                ],
                parts=[(n + 1, address(other), n == number, held[n]) for n, other in enumerate(paths)],
                neighbours=_neighbours(version, places, article_id),
                near=version.near_duplicates(article_id),
                copies=version.removed_copies.get(article_id, ()),
                copies_path=places.copies(article_id),
            ),
        )


@lru_cache(maxsize=1_000)
def direction(language: str | None) -> str:
    """`rtl` for a language that is written from right to left, else `ltr`; `auto` where nothing is known of it."""
    try:
        return "rtl" if Locale.parse(language or "", sep="-").character_order == "right-to-left" else "ltr"
    except (UnknownLocaleError, ValueError, TypeError):
        return "auto"


def _lines(article: Row, found: Sequence[Layer], part: Span) -> Iterator[Line]:
    """The lines of a part of the text. The removed marker of a citation has no number of its own, nor has what began on
    a page before."""
    zones = {block["source_start"]: block["zone"] for block in article["blocks"]}
    kept = sorted(zones)
    cards = (card for layer in found for card in layer.cards)
    quiet = {card.anchor for card in cards if card.kind == "citation_marker" or card.start < part.start}
    text = article["source_text"][part.start : part.end]
    marks = [
        Mark(Span(max(mark.span.start, part.start) - part.start, mark.span.end - part.start), mark.layer, mark.anchor)
        for layer in found
        for mark in layer.marks
        if mark.span.end > part.start and mark.span.start < part.end
    ]
    marks = [
        mark if mark.span.end <= len(text) else Mark(Span(mark.span.start, len(text)), mark.layer, mark.anchor)
        for mark in marks
    ]
    at = 0
    for start, segments in lines(text, marks):
        end = part.start + start + sum(len(segment.text) for segment in segments)
        while at < len(kept) and kept[at] < part.start + start:
            at += 1
        zone = zones[kept[at]] if at < len(kept) and kept[at] < max(end, part.start + start + 1) else ""
        pieces = [_piece(one, quiet) for one in segments]
        clean = [piece.text for piece in pieces if "removed" not in piece.kinds]
        yield Line(part.start + start, pieces, "".join(clean), zone, bool(segments) and not clean)


def _piece(segment: Segment, quiet: Set[str]) -> Piece:
    text, marks, starting, ended = segment
    if not marks:
        return Piece(text)
    layers = tuple([mark.layer for mark in marks])
    on, off = " ".join([mark.anchor for mark in starting]), " ".join([mark.anchor for mark in ended])
    numbered = [mark for mark in starting if mark.layer in _NUMBERED and mark.anchor not in quiet]
    cites = marks[layers.index("citation")].anchor if "citation" in layers else ""
    return Piece(text, _kinds(layers, text.isspace()), on, off, numbered, cites)


@lru_cache(maxsize=1_000)
def _kinds(layers: tuple[str, ...], blank: bool) -> str:
    return (
        " ".join(dict.fromkeys(layers)) + (" nested" if layers.count("claim") > 1 else "") + (" blank" if blank else "")
    )


def _neighbours(version: Version, places: Places, article_id: str) -> list[Link]:
    """The other articles of the story, the first of them, and which are near-duplicates of this one."""
    near = frozenset(version.near_duplicates(article_id))
    first = version.stories.get(version.story_name(article_id), ())[: _NEIGHBOURS + 1]
    return [
        Link(version.heading(one), places.article(one), "near-duplicate" if one in near else "", version.language(one))
        for one in first
        if one != article_id
    ][:_NEIGHBOURS]
