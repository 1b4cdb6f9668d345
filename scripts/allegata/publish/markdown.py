"""Sections as the card writes them."""

from __future__ import annotations

from allegata.schema.markup import outside_fences


def sections(*parts: str) -> str:
    """Parts of a text with an empty line between them; those that have nothing to say are omitted."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def under(heading: str, *parts: str) -> str:
    """Parts under a heading; empty where none has anything to say."""
    body = sections(*parts)
    return f"## {heading}\n\n{body}" if body else ""


def with_section(card: str, section: str) -> str | None:
    """The card with one section replaced, whose first and last line mark its place; None where it has none, or where
    the marks are not there once each and in this order. What data says in the card is never such a line."""
    first, *_, last = section.splitlines()
    marks = [number for number, line in outside_fences(card) if line in (first, last)]
    lines = card.split("\n")
    if len(marks) != 2 or [lines[number] for number in marks] != [first, last]:
        return None
    begin, end = marks
    return "\n".join([*lines[:begin], section, *lines[end + 1 :]])
