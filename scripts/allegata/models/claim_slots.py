"""What a claim states that another can state otherwise: dates, sums, whether it is denied, who or what it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from allegata.models.claim_pairs import Claim
from allegata.text.normal import normalise

SLOTS = ("date", "sum", "negation", "entity")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}:\d\d")
_WORD = re.compile(r"\w+(?:[.,:]\d+)*")


@dataclass(frozen=True)
class Slots:
    """The values of a claim: words of its dates, its other numbers, whether a negation is in it, its names."""

    dates: frozenset[str]
    sums: frozenset[str]
    negated: bool
    names: frozenset[str]
    rest: frozenset[str]


def slots_of(claim: Claim) -> Slots:
    """The slots of a claim. Of a date are words of the calendar, the numbers beside them, years and times of day."""
    words = _WORD.findall(normalise(claim.text))
    beside = {
        near
        for place, word in enumerate(words)
        if word in claim.days
        for near in words[max(0, place - 2) : place + 3]
        if near in claim.numbers and len(near) <= 2
    }
    times = {word for word in claim.numbers if _YEAR.fullmatch(word) or _CLOCK.fullmatch(word)}
    dates = claim.days | beside | times
    sums = claim.numbers - dates
    names = claim.names - claim.numbers
    return Slots(dates, sums, bool(claim.negations), names, claim.words - dates - sums - names)


def differing(a: Slots, b: Slots) -> tuple[str, ...]:
    """The slots that two claims fill differently: dates or sums that both have and do not share, a negation that one
    has, names of which each has one that the other lacks."""
    found = (
        bool(a.dates and b.dates) and a.dates.isdisjoint(b.dates),
        bool(a.sums and b.sums) and a.sums.isdisjoint(b.sums),
        a.negated != b.negated,
        bool(a.names - b.names) and bool(b.names - a.names),
    )
    return tuple(slot for slot, differs in zip(SLOTS, found, strict=True) if differs)
