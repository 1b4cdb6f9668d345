"""Bracketed citation markers: which references a marker in a text names."""

from __future__ import annotations

import re

# Up to three digits: "[2024] EWHC 12" is a law report, not a citation. Ranges and lists in one bracket count.
NUMBERS = r"\s?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s?"
MARKER = re.compile(rf"\[({NUMBERS})\]")
_RANGE = re.compile(r"\s*[–-]\s*")
_LIST = re.compile(r"\s*[,;]\s*")
# "[1]-" directly before a marker: what lies between the two is cited as well.
_RANGE_BEFORE = re.compile(rf"\[({NUMBERS})\][ \t]*[–-][ \t]*$")
_WINDOW = 100
_LONGEST_RANGE = 50


def cited(text: str, start: int, end: int) -> list[str]:
    """The markers `[n]` that the marker at `text[start:end]` stands for, in order.

    `[1, 3]` and `[1-3]` are two and three markers; `[3]` behind `[1]-` stands for `[2]` and `[3]`. Empty where no
    marker is.
    """
    match = MARKER.fullmatch(text, start, end)
    if not match:
        return []
    numbers = _numbers(match.group(1))
    before = _RANGE_BEFORE.search(text, max(0, start - _WINDOW), start)
    if before:
        first = _numbers(before.group(1))[-1]
        if first + 1 < numbers[0] <= first + _LONGEST_RANGE:
            numbers = [*range(first + 1, numbers[0]), *numbers]
    return [f"[{number}]" for number in numbers]


def _numbers(inside: str) -> list[int]:
    numbers: list[int] = []
    for part in _LIST.split(inside.strip()):
        ends = [int(number) for number in _RANGE.split(part)]
        last = ends[-1] if ends[0] <= ends[-1] <= ends[0] + _LONGEST_RANGE else ends[0]
        numbers += range(ends[0], last + 1)
    return list(dict.fromkeys(numbers))
