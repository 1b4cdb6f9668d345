"""Tables and numbers as the card writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown(head: list[str], rows: Iterable[list[str]]) -> str:
    """A table; a cell is one line."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(' '.join(cell.splitlines()).replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def sections(*parts: str) -> str:
    """Parts of a text with an empty line between them; those that have nothing to say are omitted."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def under(heading: str, *parts: str) -> str:
    """Parts under a heading; empty where none has anything to say."""
    body = sections(*parts)
    return f"## {heading}\n\n{body}" if body else ""


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def number(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 pass`, `2 passes`; the plural of `one` is `many`, or has an s."""
    return f"{thousands(count)} {one if count == 1 else many or one + 's'}"


def thousands(count: int) -> str:
    """A number with commas at the thousands."""
    return f"{count:,}"


def with_section(card: str, section: str) -> str | None:
    """The card with one section replaced, whose first and last line mark its place; None where it has none."""
    first, *_, last = section.splitlines()
    before, begin, rest = card.partition(first)
    _, end, after = rest.partition(last)
    return before + section + after if begin and end else None
