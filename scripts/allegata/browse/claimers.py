"""Who says that who says it: the chain of claimers of a claim, as pages write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from allegata.browse.version import Row, Version
from allegata.schema.labels import AUTHOR, UNNAMED

_NO_NAMES = {AUTHOR: "the author", UNNAMED: "somebody who is not named"}
_OF_ARTICLES = {AUTHOR: "the author of each article", UNNAMED: "claimers who are not named"}


@dataclass(frozen=True)
class ChainClaimer:
    """Who reports what the next one says, or says it: a `name` that is one, or words of ours, and the `cue` of the
    attribution in the words of the article, where one is annotated."""

    words: str
    name: str
    cue: str = ""


def claimers_in_chain(version: Version, claim: Row, attributions: Iterable[Row]) -> Iterator[ChainClaimer]:
    """The chain of a claim from the outermost to the innermost, with the cues of the `attributions` of its article that
    it is in."""
    start = claim["source_start"]
    cues = {
        row.get("source_id"): " … ".join(one["surface"] for one in row["cue"] or ())
        for row in attributions
        if any(one["source_start"] <= start < one["source_end"] for one in row["content"] or ())
    }
    for number, who in enumerate(one for one in reversed(chain(claim)) if one):
        words = _NO_NAMES.get(who, "")
        words = words[:1].upper() + words[1:] if number == 0 else words
        yield ChainClaimer(words, "" if words else version.name_of(who), cues.get(who, ""))


def called(version: Version, claimer: str) -> str:
    """What a claimer of one article is called: by name, or in words of ours."""
    return _NO_NAMES.get(claimer) or version.name_of(claimer)


def called_across(version: Version, claimer: str) -> str:
    """What a claimer of several articles is called: the author of each is another."""
    return _OF_ARTICLES.get(claimer) or version.name_of(claimer)


def names(version: Version, claimers: Iterable[str]) -> frozenset[str]:
    """The names of those claimers that have one: neither the author nor who is not named."""
    return frozenset(version.name_of(one) for one in claimers if one not in _NO_NAMES)


def speakers(version: Version, claim: Row) -> str:
    """Who makes a claim, and those through whom its author has it."""
    last, *others = chain(claim)
    through = [called(version, one) for one in others if one != AUTHOR]
    return called(version, last) + (f", as reported by {', '.join(through)}" if through else "")


def chain(claim: Row) -> list[str]:
    """Who says that who says it, the claimer first, the author last: the other way round than the tables have it."""
    return [*reversed(claim["claimer_chain"] or [claim["claimer_id"]])]
