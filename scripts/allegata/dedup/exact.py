"""Exact copies: articles whose normalised texts are equal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allegata.dedup.fold import Offsets
from allegata.dedup.shingles import Hashes
from allegata.text.normal import normalise


def exact_groups(content: Hashes, text_of: Callable[[int], str]) -> Offsets:
    """For every article the number of the first article with an equal normalised text, or its own.

    `content[i]` is any hash that is equal for equal normalised texts; articles that share one are compared,
    first as they stand, then normalised, so a collision of hashes never makes a copy. Linear in the number of
    articles."""
    first = np.arange(len(content))
    order = np.argsort(content, kind="stable")
    cuts = np.flatnonzero(np.append(True, content[order][1:] != content[order][:-1])[: len(order)])
    sizes = np.diff(np.append(cuts, len(order)))
    for start, size in zip(cuts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        members = order[start : start + size]
        first[members] = _equal_texts(members.tolist(), text_of)
    return first


def _equal_texts(members: list[int], text_of: Callable[[int], str]) -> list[int]:
    as_it_stands: dict[str, int] = {}
    normalised: dict[str, int] = {}
    firsts = []
    for member in members:
        text = text_of(member)
        if text not in as_it_stands:
            as_it_stands[text] = normalised.setdefault(normalise(text), member)
        firsts.append(as_it_stands[text])
    return firsts
