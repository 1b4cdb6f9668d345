"""The page of a story: its disputes with a column an article, what happened when by whose word, who is quoted where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from allegata.browse.cards import Link, claim_link, excerpt
from allegata.browse.links import Places, address, anchor_of
from allegata.browse.version import Dispute, Position, Row, Version
from allegata.pages.templates import environment

TEMPLATES = Path(__file__).parent / "templates"
# More articles than this have no column each: a cell names those that take part.
MOST_COLUMNS = 12
_ROWS_OF_A_PAGE, _DATES_OF_A_PAGE, _VOICES = 100, 400, 60
T = TypeVar("T")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Dated:
    """A claim that states a day, a month or a year, as the timeline shows it."""

    when: str
    article_id: str
    link: Link


@dataclass
class StoryFacts:
    """What is gathered from the articles of a story as they pass: dated claims, and the claims of each claimer."""

    dated: list[Dated] = field(default_factory=list)
    voices: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, version: Version, places: Places, article_id: str, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take in the rows of one article."""
        times = [row for row in rows["time_expressions"] if _dates(row)]
        for claim in rows["claims"]:
            claimer = claim["claimer_id"]
            mine = self.voices.setdefault(claimer, {})
            mine[article_id] = mine.get(article_id, 0) + 1
            for time in times:
                if any(_inside(time, segment) for segment in claim["segments"] or [claim]):
                    path = places.row(article_id, claim["claim_id"], claim["source_start"])
                    who = f"{version.name_of(claimer)}, {version.short(article_id)}"
                    self.dated.append(
                        Dated(
                            _dates(time),
                            article_id,
                            Link(excerpt(claim["surface"]), path, who, version.language(article_id)),
                        )
                    )


@dataclass(frozen=True)
class Stance:
    """A position as a cell shows it: its letter, and the claims of the article that take it."""

    letter: str
    canonical: str
    superseded: bool
    quotes: tuple[Link, ...]


@dataclass(frozen=True)
class DisputeRow:
    """A row of the table: the dispute, its anchor, and what each article says of it.

    `articles` and `claimers` are what the filters choose by: places in the lists of the page, counted from 1.
    """

    dispute: Dispute
    anchor: str
    articles: tuple[int, ...]
    claimers: tuple[int, ...]
    cells: tuple[tuple[str, tuple[Stance, ...]], ...]


def story_pages(version: Version, places: Places, name: str, facts: StoryFacts) -> Iterator[tuple[str, str]]:
    """The pages of a story, each with its path: one, or several where it has very many disputes or dated claims."""
    articles = version.stories[name]
    wide = len(articles) <= MOST_COLUMNS
    disputes = [one for one in version.disputes if version.story_of(one) == name]
    claimers = sorted({who for dispute in disputes for who in _claimers(version, dispute)})
    rows = [_row(version, places, dispute, articles, claimers) for dispute in disputes]
    dated = sorted(facts.dated, key=lambda one: (one.when, one.article_id, one.link.path))
    tables = _cut(rows, _ROWS_OF_A_PAGE)
    times = _cut(dated, _DATES_OF_A_PAGE)
    template = environment(TEMPLATES).get_template("story.html")
    count = max(len(tables), len(times), 1)
    paths = [
        places.story(name) if not n else places.story(name).replace(".html", f".{n + 1}.html") for n in range(count)
    ]
    for number, path in enumerate(paths):
        yield (
            path,
            template.render(
                root="../",
                version=version,
                name=name,
                address=address,
                articles=[
                    (article, version.heading(article), places.article(article)) for article in articles[:_VOICES]
                ],
                more=max(len(articles) - _VOICES, 0),
                wide=wide,
                disputes=len(disputes),
                contradictions=sum(one.row["kind"] == "contradiction" for one in disputes),
                claimers=claimers,
                kinds=sorted({str(one.row["kind"]) for one in disputes}),
                rows=tables[number] if number < len(tables) else (),
                dates=_by_date(times[number] if number < len(times) else ()),
                voices=_voices(version, facts, articles if wide else ()) if not number else (),
                parts=[(n + 1, address(other), n == number) for n, other in enumerate(paths)],
            ),
        )


def _claimers(version: Version, dispute: Dispute) -> set[str]:
    """How those are called who take a position."""
    return {version.name_of(who) for position in dispute.positions for who in position.row["claimer_ids"]}


def _row(
    version: Version, places: Places, dispute: Dispute, articles: Sequence[str], claimers: Sequence[str]
) -> DisputeRow:
    mine = set(dispute.row["article_ids"])
    named = articles if len(articles) <= MOST_COLUMNS else sorted(mine)
    cells: dict[str, list[Stance]] = {article: [] for article in named}
    for number, position in enumerate(dispute.positions):
        for article, claims in _by_article(version, position).items():
            quotes = tuple(claim_link(version, places, claim) for claim in claims)
            stance = Stance(_letter(number), str(position.row["canonical"]), position.superseded, quotes)
            cells.setdefault(article, []).append(stance)
    who = _claimers(version, dispute)
    return DisputeRow(
        dispute,
        anchor_of("", dispute.id),
        tuple(number for number, article in enumerate(articles[:_VOICES], 1) if article in mine),
        tuple(number for number, name in enumerate(claimers, 1) if name in who),
        tuple((article, tuple(found)) for article, found in cells.items()),
    )


def _by_article(version: Version, position: Position) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for claim in position.row["claim_ids"]:
        row = version.claims.get(claim)
        found.setdefault(row["article_id"] if row else claim.rpartition(":")[0], []).append(claim)
    return found


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else str(number + 1)


def _by_date(dated: Iterable[Dated]) -> list[tuple[str, list[Dated]]]:
    found: dict[str, list[Dated]] = {}
    for one in dated:
        found.setdefault(one.when, []).append(one)
    return list(found.items())


def _voices(version: Version, facts: StoryFacts, articles: Sequence[str]) -> list[tuple[str, int, list[int]]]:
    """Who makes claims: the name, how many in all, and how many in each article; the most quoted first."""
    counted = [(version.name_of(who), sum(found.values()), found) for who, found in facts.voices.items()]
    ordered = sorted(counted, key=lambda one: (-one[1], one[0]))[:_VOICES]
    return [(name, total, [found.get(article, 0) for article in articles]) for name, total, found in ordered]


def _cut(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def _dates(row: Row) -> str:
    """The day, month or year that a time expression states in EDTF, if it begins with a year."""
    value = str(row.get("edtf") or "")
    return value if value[:4].isdigit() else ""


def _inside(inner: Row, outer: Row) -> bool:
    return bool(outer["source_start"] <= inner["source_start"] and inner["source_end"] <= outer["source_end"])
