"""Disputes as the page of their story shows them: who takes which position in which article, in whose words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from allegata.browse.cards import Link, claim_link, excerpt
from allegata.browse.claimers import names
from allegata.browse.links import Places, anchor_of, position_anchor
from allegata.browse.version import Dispute, Position, Version
from allegata.pages.templates import weight

# More articles than this have no column each: those that take part stand beside one another.
MOST_COLUMNS = 12
# Claims of a position that are quoted of one article, and articles of a dispute that are shown; others are counted.
_QUOTES, _CELLS = 6, 60
# What a page holds at most, in bytes as they are written; what the tags of a row, a quotation and a column take.
LARGEST, _OF_A_ROW, _OF_A_QUOTE, _OF_A_COLUMN = 500_000, 2_500, 450, 250
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Answer:
    """A position: its anchor, letter and words, how many claims of how many articles take it, what supersedes it."""

    anchor: str
    letter: str
    canonical: str
    claims: int
    articles: int
    superseded_by: tuple[str, ...]


@dataclass(frozen=True)
class Saying:
    """What an article says for a position: the quoted claims, and how many more there are."""

    letter: str
    superseded: bool
    quotes: tuple[Link, ...]
    more: int


@dataclass(frozen=True)
class DisputeRow:
    """A dispute of the table: its positions, and a cell an article, with nothing in it where the article is silent.

    `articles` and `entities` are what the filters choose by: places in the lists of the page, counted from 1. `more` is
    how many articles have no room.
    """

    dispute: Dispute
    language: str
    anchor: str
    articles: tuple[int, ...]
    entities: tuple[int, ...]
    answers: tuple[Answer, ...]
    cells: tuple[tuple[str, tuple[Saying, ...]], ...]
    more: int


def dispute_parts(version: Version) -> dict[str, int]:
    """On which page of its story every dispute is, counted from 0."""
    found: dict[str, int] = {}
    held: dict[str, tuple[int, int]] = {}
    for dispute in version.disputes:
        story = version.story_of(dispute)
        part, room = held.get(story, (0, 0))
        heavy = _weight(version, dispute)
        if room and room + heavy > LARGEST:
            part, room = part + 1, 0
        found[dispute.id] = part
        held[story] = (part, room + heavy)
    return found


def dispute_row(
    version: Version,
    places: Places,
    dispute: Dispute,
    articles: Sequence[str],
    entities: Mapping[str, int],
    named: Mapping[str, frozenset[str]],
) -> DisputeRow:
    """The row of a dispute. `articles` are those of the page in order, `entities` its entities with their places, and
    `named` the names of the entities in the words of a claim."""
    who = {name for claim in dispute.row["claim_ids"] for name in named.get(claim, ())}
    who |= names(version, (one for position in dispute.positions for one in position.row["claimer_ids"]))
    letters = {position.row["position_id"]: letter(number) for number, position in enumerate(dispute.positions)}
    cells = _cells(version, places, dispute)
    columns = articles if len(articles) <= MOST_COLUMNS else [one for one in articles if one in cells]
    shown = [*columns, *(one for one in cells if one not in columns)] if len(cells) <= _CELLS else list(cells)[:_CELLS]
    mine = set(dispute.row["article_ids"])
    return DisputeRow(
        dispute,
        version.dispute_language(dispute),
        anchor_of("", dispute.id),
        tuple(number for number, article in enumerate(articles, 1) if article in mine),
        tuple(sorted(number for name in who if (number := entities.get(name)))),
        tuple(
            Answer(
                position_anchor(position.row["position_id"]),
                letters[position.row["position_id"]],
                excerpt(str(position.row["canonical"])),
                len(position.row["claim_ids"]),
                len(_by_article(version, position)),
                tuple(letters[one.row["position_id"]] for one in dispute.positions if _supersedes(one, position)),
            )
            for position in dispute.positions
        ),
        tuple((article, cells.get(article, ())) for article in shown),
        max(0, len(cells) - _CELLS),
    )


def letter(number: int) -> str:
    """What the position `number` of a dispute is called: a to z, then numbers."""
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)


def _supersedes(one: Position, other: Position) -> bool:
    return other.row["position_id"] in (one.row["supersedes"] or ())


def _cells(version: Version, places: Places, dispute: Dispute) -> dict[str, tuple[Saying, ...]]:
    found: dict[str, list[Saying]] = {}
    for number, position in enumerate(dispute.positions):
        for article, claims in _by_article(version, position).items():
            quotes = tuple(claim_link(version, places, claim, in_its_column=True) for claim in claims[:_QUOTES])
            saying = Saying(letter(number), position.superseded, quotes, max(0, len(claims) - _QUOTES))
            found.setdefault(article, []).append(saying)
    return {article: tuple(found[article]) for article in sorted(found, key=version.in_time)}


def _by_article(version: Version, position: Position) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in position.row["claim_ids"]:
        found.setdefault(version.claims[claim]["article_id"], []).append(claim)
    return found


def _weight(version: Version, dispute: Dispute) -> int:
    """About how many bytes a dispute takes on its page."""
    texts = [dispute.row["question"], dispute.row["question"], dispute.row["note"]]
    texts += [excerpt(str(position.row["canonical"])) for position in dispute.positions]
    quotes = columns = 0
    for position in dispute.positions:
        cells = _by_article(version, position)
        columns += min(len(cells), _CELLS)
        for claims in islice(cells.values(), _CELLS):
            texts += [excerpt(str(version.claims[claim]["surface"])) for claim in claims[:_QUOTES]]
            quotes += min(len(claims), _QUOTES)
    heavy = sum(weight(str(text or "")) for text in texts)
    return heavy + _OF_A_ROW + quotes * _OF_A_QUOTE + columns * _OF_A_COLUMN
