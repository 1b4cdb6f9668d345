"""Who wrote an article, from the line or the field that names them: persons and agencies, no dates, roles or cues.

`By Greta Lund, Harbour Correspondent | March 5, 2024` names Greta Lund; `Posted on March 5` and `Staff Writer` name
nobody. What introduces a name, what a role is and who is nobody is data (`text/words/LANG.toml`, table `byline`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from allegata.text.dates import months, without_dates
from allegata.text.normal import for_matching
from allegata.text.tag_lists import each_once
from allegata.text.words import Words, words_of

# A byline is short; fields of longer texts hold something else.
_LONGEST = 300
_MOST_WORDS, _MOST_LETTERS, _MOST_AUTHORS = 6, 60, 40
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|(?<!\w)@\w+|<[^>]*>")
# Between names in a field of several: a line break, or "Lund/Reed".
_BETWEEN_NAMES = re.compile(r"\s*\n\s*|(?<=[^\W\d_])\s*/\s*(?=[^\W\d_a-z])")
_PARTS = re.compile(r"\s*(?:[|•·⋅∙/\n\t()\[\]]|\s[–—-]+\s|^\W+|\s[-–—]$)\s*")
_FAMILY_GIVEN = re.compile(
    r"(?P<family>(?:[^\W\d_]+ ){0,2}[^\W\d_][\w'’-]+), (?P<given>[^\W\d_][^,\s]*(?: [^\W\d_][^,\s]*)?)"
)
# What follows a name after a comma: degrees and the like, of capitals ("MD", "Ph.D.", "E-RYT 200").
_DEGREE = re.compile(
    r"(?:[A-Z]\.?[A-Za-z]?[A-Za-z]?\.?-?[A-Z][A-Za-z.]*|Dr\.?|Jr\.?|Sr\.?|I{2,3}|IV|Esq\.?)(?:[ -][A-Z0-9.-]+)*"
)
_EDGES = " \t.,:;'\"“”‘’*|-–—_•·>~"


@dataclass(frozen=True)
class _Reader:
    """The patterns of some languages."""

    cue: re.Pattern[str]
    other: re.Pattern[str]  # introduces those who did not write: editors, photographers
    role: re.Pattern[str]
    join: re.Pattern[str]
    nobody: re.Pattern[str]
    agency: re.Pattern[str]
    particles: frozenset[str]
    function_words: frozenset[str]


@cache
def _reader(languages: tuple[str, ...]) -> _Reader:
    words: Words = words_of(languages)
    joins = "|".join(re.escape(word) for word in words.entries("byline", "joins"))

    def pattern(source: str) -> re.Pattern[str]:
        return re.compile(source, re.IGNORECASE)

    return _Reader(
        cue=pattern(rf"(?<![\w'’-])(?:{words.source('byline', 'cues')})(?=[\s:]|$)\s*:?\s*"),
        other=pattern(rf"(?<![\w'’-])(?:{words.source('byline', 'others')})(?=[\s:]|$)\s*:?\s*"),
        role=pattern(words.source("byline", "roles", "positions")),
        join=pattern(rf"\s*(?:;|&|\+)\s*|,?\s+(?:{joins})\s+(?=\S)"),
        nobody=pattern(words.source("byline", "nobody", "desks")),
        agency=pattern(words.source("byline", "agencies")),
        particles=frozenset(words.entries("byline", "particles")),
        function_words=frozenset(words.entries("language", "function_words")),
    )


def authors_in(text: str, languages: tuple[str, ...], *, stated: bool = False, cued: bool = False) -> tuple[str, ...]:
    """The persons and agencies that `text` names as its authors, in its order, each once.

    `languages`: whose words introduce them. `stated`: the text is the value of a field for authors; otherwise it is a
    line of the page, where one word is a name behind a cue only ("By Susan"). `cued`: a cue must begin it, or a part.
    """
    text = _ADDRESS.sub(" | ", text[: _LONGEST + 1])
    text = " ".join((_BETWEEN_NAMES.sub(" ; ", text) if stated else text).split())
    if not text or len(text) > _LONGEST:
        return ()
    reader = _reader(languages)
    parts = [part for part in _PARTS.split(without_dates(text, "|", languages)) if part.strip(_EDGES)]
    parts = [part for number, part in enumerate(parts) if not number or not _is_role(part, reader)]
    behind = [found for part in parts if (found := _behind_cue(part, reader)) is not None]
    if cued and not any(reader.cue.match(part) for part in parts):
        return ()
    if stated and len(parts) == 1 and (name := _family_first(parts[0], reader)):
        return (name,)  # "van Gogh, Vincent" begins like a byline in Dutch
    chosen = [part for part in behind if part] if behind else [part for part in parts if not reader.other.match(part)]
    for part in chosen:
        names = tuple(each_once(_names(part, reader, stated=stated, alone=stated or bool(behind))))[:_MOST_AUTHORS]
        if names:
            return names
    return ()


def is_cue(line: str, languages: tuple[str, ...]) -> bool:
    """True if `line` is nothing but what introduces an author: "Written by:"."""
    reader = _reader(languages)
    plain = " ".join(line.split())
    return len(plain) < 40 and bool(reader.cue.fullmatch(plain)) and not reader.other.match(plain)


def _is_role(part: str, reader: _Reader) -> bool:
    """True for what somebody is and nothing else: "Reporter", "Political Editor"."""
    return _without_role(part.strip(_EDGES), reader, whole=True) is None


def _behind_cue(part: str, reader: _Reader) -> str | None:
    """What stands behind the cue of a byline; empty if that names no writer, None without a cue."""
    for match in reader.cue.finditer(part):
        rest = part[match.end() :]
        if reader.other.match(part, match.start()) and (rest or not match.start()):
            return ""
        cue = match.group().strip().casefold()
        if not rest:
            if match.start():
                continue  # a role behind the name: "Greta Lund, Reporter"
            return ""
        if cue in reader.particles and (match.start() or len(rest.split()) < 2):
            continue  # "di", "von", "de" are parts of names as well
        if match.start() and not rest[0].isupper() and match.group()[-1:] != " ":
            continue
        if reader.nobody.fullmatch(for_matching(rest).strip(_EDGES)):
            return ""
        other = next((found.start() for found in reader.other.finditer(rest)), len(rest))
        return rest[:other]
    return None


def _names(part: str, reader: _Reader, *, stated: bool, alone: bool) -> Iterator[str]:
    """`alone`: one word may be a name. Behind the comma of a line of two stands the paper, not a second author."""
    if alone and _is_organisation(part.strip(_EDGES), reader):
        yield part.strip(_EDGES)
        return
    after_role = False
    for people in part.split(";"):
        if stated and (name := _family_first(people, reader)):
            yield name
            continue
        groups = reader.join.split(people)
        for group in groups:
            pieces = re.split(r"\s*,\s*", group)
            pieces = pieces[:1] if not stated and len(groups) == 1 and len(pieces) == 2 else pieces
            for number, piece in enumerate(pieces):
                name = _without_role(piece.strip(_EDGES + "."), reader, whole=number == 0)
                if name is None or (number and (_DEGREE.fullmatch(name) or name.casefold().startswith("the "))):
                    after_role = True
                    break  # what follows a role or a degree belongs to it: an employer, a place
                if _is_name(name, reader, alone=alone and not number and not after_role):
                    yield name
                elif name:
                    break


def _is_organisation(part: str, reader: _Reader) -> bool:
    """True for "Center for Drug Evaluation and Research": one name, though it holds a word that joins names."""
    small = {word for word in part.split() if word[:1].islower()} - reader.particles
    first = part.split()[0] if part else ""
    if reader.role.search(part):
        return False
    joined = {word for word in small if reader.join.search(f"a {word} b")}
    return (
        bool(small - joined)
        and small - joined <= reader.function_words
        and first[0].isupper()
        and len(part) <= _MOST_LETTERS
    )


def _family_first(part: str, reader: _Reader) -> str | None:
    """ "Lund, Greta" in the order of speech; None where it is not written so."""
    match = _FAMILY_GIVEN.fullmatch(part.strip(_EDGES))
    if not match or reader.role.search(match["given"]) or _DEGREE.fullmatch(match["given"]):
        return None
    family, given = match["family"], match["given"]
    if not all(word.casefold() in reader.particles for word in family.split()[:-1]):
        return None
    return f"{given} {family}" if given[0].isupper() else None


def _without_role(piece: str, reader: _Reader, *, whole: bool) -> str | None:
    """A name without the role in front of it or behind it; None for a role alone."""
    match = reader.role.search(piece)
    if match is None or reader.agency.fullmatch(piece):
        return piece
    if not whole:
        return None
    before, behind = piece[: match.start()].strip(_EDGES), piece[match.end() :].strip(_EDGES)
    if not before:
        return behind if len(behind.split()) > 1 and behind[0].isupper() else None
    words = before.split()
    if len(words) < 2:
        return None
    # "Greta Lund Senior Harbour Correspondent": without a comma the name is its first two words.
    keep = 2
    while keep < len(words) and words[keep - 1].casefold().rstrip(".") in reader.particles | {"st"}:
        keep += 1
    return " ".join(words[:keep])


def _is_name(name: str, reader: _Reader, *, alone: bool) -> bool:
    words = name.split()
    if not words or len(words) > _MOST_WORDS or len(name) > _MOST_LETTERS or not any(map(str.isalpha, name)):
        return False
    plain = for_matching(name)
    if reader.agency.fullmatch(plain):
        return True
    if reader.nobody.fullmatch(plain) or re.search(r"[!?:<>{}=%$\"]|\.\.", name):
        return False
    if len(words) == 1:
        return alone and len(name) > 1 and plain.strip(".") not in months() and plain not in reader.function_words
    if any(map(str.isdigit, name)):
        return False
    if all(not word[0].isupper() for word in words):
        cased = any(character.isupper() or character.islower() for character in name)
        return not cased or (alone and len(words) <= 3 and not reader.function_words & set(plain.split()))
    return all(_may_be_in_a_name(word, reader) for word in words)


def _may_be_in_a_name(word: str, reader: _Reader) -> bool:
    first = word.lstrip("'’\"“(")[:1]
    return first.isupper() or not (first.islower() or first.isupper()) or word.casefold() in reader.particles
