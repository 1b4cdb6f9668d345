"""The copies of an article, aligned word by word: those that are published beside it, and of those that it stands for
the ones whose texts are at hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from allegata.browse.links import Places, address
from allegata.browse.version import Version
from allegata.pages.templates import environment, weight
from allegata.schema.wording import number
from allegata.text.script_words import has_no_blanks

TEMPLATES = Path(__file__).parent / "templates"
# How many copies are aligned, and how many of those that were removed are listed; the others are counted.
_ALIGNED, _LISTED = 5, 200
# The words of a passage that are compared one by one; a longer one is shown as another as a whole. (Of each article.)
_WORDS = 2_000
# Bytes of an alignment that are shown, and those of the tags of a row.
_LARGEST, _FRAME = 130_000, 120
# A word or a sign, with the blanks after it.
_TOKEN = re.compile(r"(?:\w+(?:[.,’'-]\w+)*|[^\w\s])\s*|\s+")


# The texts of articles that a version left out, by their ids, of those that there are.
Texts = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Piece:
    """Some words of one text; `changed` says that the other text has others, or none, in their place."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Aligned:
    """A paragraph of both texts. It is the same where nothing in it has changed; one side may have none."""

    mine: tuple[Piece, ...]
    other: tuple[Piece, ...]

    @property
    def same(self) -> str | None:
        """The paragraph that both have, blanks aside."""
        differs = any(piece.changed for piece in (*self.mine, *self.other)) or not (self.mine and self.other)
        return None if differs else "".join(piece.text for piece in self.mine)


@dataclass(frozen=True)
class Comparison:
    """An article beside a copy of it that is published or not: the rows that have room, how many more there are, and
    how many words `here` and `there` the other has not; "" for none."""

    article_id: str
    published: bool
    rows: tuple[Aligned, ...]
    more: int
    here: str
    there: str


def aligned(mine: str, other: str) -> Iterator[Aligned]:
    """Two texts paragraph by paragraph; together the rows hold every character of both but the line breaks.

    Paragraphs that both have come first (difflib), then the words of what stands between them. Time: a passage without
    a common paragraph is compared word by word up to `_WORDS` words, which bounds what a pair of articles takes.
    """
    a, b = mine.split("\n"), other.split("\n")
    for kind, a_start, a_end, b_start, b_end in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            yield from (Aligned((Piece(line, False),), (Piece(line, False),)) for line in a[a_start:a_end] if line)
            continue
        ours, theirs = ([line for line in lines if line] for lines in (a[a_start:a_end], b[b_start:b_end]))
        if len(ours) != len(theirs):
            ours, theirs = (["\n".join(lines)] if lines else [] for lines in (ours, theirs))
        for left, right in zip_longest(ours, theirs, fillvalue=""):
            yield Aligned(*_words(left, right))


def _words(mine: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    a, b = _tokens(mine), _tokens(other)
    if not a or not b or max(len(a), len(b)) > _WORDS:
        return _pieces(mine, mine != other), _pieces(other, mine != other)
    ours: list[Piece] = []
    theirs: list[Piece] = []
    matcher = SequenceMatcher(None, [token.rstrip() for token in a], [token.rstrip() for token in b])
    for kind, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        ours += _pieces("".join(a[a_start:a_end]), kind != "equal")
        theirs += _pieces("".join(b[b_start:b_end]), kind != "equal")
    return tuple(ours), tuple(theirs)


def _tokens(text: str) -> list[str]:
    """The words of a text; where the script puts no blanks between them, its characters as they are drawn."""
    import regex

    found: list[str] = []
    for token in _TOKEN.findall(text):
        found += regex.findall(r"\X", token) if any(map(has_no_blanks, token)) else [token]
    return found


def _pieces(text: str, changed: bool) -> tuple[Piece, ...]:
    return (Piece(text, changed),) if text else ()


def copies_page(
    version: Version, places: Places, article_id: str, texts_of: Texts | None = None
) -> Iterator[tuple[str, str]]:
    """The page of an article that has copies, with its path; nothing for one that has none."""
    near, removed = version.near_duplicates(article_id), version.removed_copies.get(article_id, ())
    if not near and not removed:
        return
    mine, others = version.text_of(article_id), {one: version.text_of(one) for one in near[:_ALIGNED]}
    gone = [row["article_id"] for row in removed[: _ALIGNED - len(others)]] if texts_of else []
    unpublished = texts_of(gone) if texts_of and gone else {}
    yield (
        places.copies(article_id),
        environment(TEMPLATES)
        .get_template("copies.html")
        .render(
            root="../",
            version=version,
            address=address,
            places=places,
            article_id=article_id,
            comparisons=[
                *(_compared(mine, other, text, published=True) for other, text in others.items()),
                *(_compared(mine, one, unpublished[one], published=False) for one in gone if one in unpublished),
            ],
            read=texts_of is not None,
            others=near[_ALIGNED : _ALIGNED + _LISTED],
            more=max(0, len(near) - _ALIGNED - _LISTED),
            removed=removed[:_LISTED],
            more_removed=max(0, len(removed) - _LISTED),
        ),
    )


def _compared(mine: str, article_id: str, other: str, *, published: bool) -> Comparison:
    rows = list(aligned(mine, other))
    room, shown = _LARGEST, 0
    for row in rows:
        room -= _cost(row.mine if row.same else (*row.mine, *row.other))
        if room < 0:
            break
        shown += 1
    here, there = (_changed([getattr(row, side) for row in rows]) for side in ("mine", "other"))
    return Comparison(article_id, published, tuple(rows[:shown]), len(rows) - shown, here, there)


def _changed(sides: Sequence[Sequence[Piece]]) -> str:
    """How many words have changed, signs and blanks aside; characters, where no blanks are between words."""
    tokens = (token for side in sides for piece in side if piece.changed for token in _tokens(piece.text))
    counted = Counter(any(map(has_no_blanks, token)) for token in tokens if any(map(str.isalnum, token)))
    named = ((counted[False], "word"), (counted[True], "character"))
    return " and ".join(number(count, one) for count, one in named if count)


def _cost(pieces: Sequence[Piece]) -> int:
    return sum(weight(piece.text) for piece in pieces) + _FRAME * (len(pieces) + 1)
