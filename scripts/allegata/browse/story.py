"""The page of a story: its disputes with a column an article, what happened when by whose word, who is quoted where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from allegata.browse.cards import Link, excerpt
from allegata.browse.claimers import called_across, names, speakers
from allegata.browse.disputes import LARGEST, MOST_COLUMNS, dispute_row
from allegata.browse.links import Places, address, anchor_of, position_anchor
from allegata.browse.version import Dispute, Row, Version
from allegata.pages.templates import environment, weight

TEMPLATES = Path(__file__).parent / "templates"
# How many articles, claimers and entities a page lists; and the bytes of the tags of a dated claim.
_ARTICLES, _CLAIMERS, _ENTITIES, _OF_A_DATE = 60, 60, 300, 500
_SHADES = 5


@dataclass(frozen=True)
class Dated:
    """A claim that states a day, a month or a year, as the timeline shows it."""

    when: str
    article_id: str
    link: Link


@dataclass
class StoryFacts:
    """What is gathered from the articles of a story as they pass: dated claims, how many claims of each article a
    claimer has, and the names of the entities in the words of every claim that is part of a dispute."""

    dated: list[Dated] = field(default_factory=list)
    claims_of: dict[str, dict[str, int]] = field(default_factory=dict)
    named: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, version: Version, places: Places, article_id: str, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take in the rows of one article."""
        times = _Ordered([row for row in rows["time_expressions"] if _dates(row)])
        mentions = _Ordered(rows["entities"])
        for claim in rows["claims"]:
            mine = self.claims_of.setdefault(claim["claimer_id"], {})
            mine[article_id] = mine.get(article_id, 0) + 1
            segments = claim["segments"] or [claim]
            if claim["claim_id"] in version.disputes_of:
                inside = (row for segment in segments for row in mentions.inside(segment))
                entities = {str(row.get("entity_id")) for row in inside} & version.entities.keys()
                self.named[claim["claim_id"]] = frozenset(version.name_of(one) for one in entities)
            for when in sorted({_dates(time) for segment in segments for time in times.inside(segment)}):
                path = places.row(article_id, claim["claim_id"], claim["source_start"])
                words = excerpt(" … ".join(one["surface"] for one in segments))
                link = Link(words, path, speakers(version, claim), version.language(article_id))
                self.dated.append(Dated(when, article_id, link))


@dataclass(frozen=True)
class Column:
    """An article as the head of a column: `short` is its publisher, or its id where that and the day are unknown; then
    a column without its title has its first words (`brief`)."""

    heading: str
    path: str
    short: str
    published: str
    language: str
    brief: str


@dataclass(frozen=True)
class ClaimerCounts:
    """Who makes claims: how many in all, and in each article with a shade from 0 to 5, by the most of any claimer."""

    name: str
    total: int
    articles: Sequence[tuple[int, int]]


def story_pages(version: Version, places: Places, name: str, facts: StoryFacts) -> Iterator[tuple[str, str]]:
    """The pages of a story, each with its path: one, or several where its disputes or dated claims are very many."""
    articles = version.stories[name]
    disputes = version.disputes_by_story.get(name, ())
    tables = [list(rows) for _, rows in groupby(disputes, lambda one: places.disputes.get(one.id, 0))]
    times = _cut(sorted(facts.dated, key=lambda one: (one.when, version.in_time(one.article_id), one.link.path)))
    shared = {
        "root": "../",
        "version": version,
        "name": name,
        "address": address,
        "columns": [_column(version, places, one) for one in articles[:_ARTICLES]],
        "column": lambda article: _column(version, places, article),
        "articles": len(articles),
        "wide": len(articles) <= MOST_COLUMNS,
        "published": version.days_of(articles),
        "disputes": len(disputes),
        "kinds": Counter(str(one.row["kind"]) for one in disputes),
        "means": _meanings(version, disputes),
    }
    paths = [places.story(name, number) for number in range(max(len(tables), len(times), 1))]
    held = [[anchor for one in rows for anchor in _anchors(one)] for rows in tables]
    template = environment(TEMPLATES).get_template("story.html")
    for number, path in enumerate(paths):
        here = tables[number] if number < len(tables) else []
        entities = _entities(version, here, facts.named)
        place = {one: at for at, one in enumerate(entities, 1)}
        yield (
            path,
            template.render(
                **shared,
                entities=entities,
                rows=[dispute_row(version, places, one, articles, place, facts.named) for one in here],
                dates=_by_date(times[number] if number < len(times) else ()),
                claimers=_claimers(version, facts, articles) if not number else (),
                parts=[
                    (n + 1, address(other), n == number, held[n] if n < len(held) else ())
                    for n, other in enumerate(paths)
                ],
            ),
        )


def _anchors(dispute: Dispute) -> Iterator[str]:
    """The anchors of a dispute and of its positions."""
    yield anchor_of("", dispute.id)
    yield from (position_anchor(str(position.row["position_id"])) for position in dispute.positions)


def _column(version: Version, places: Places, article: str) -> Column:
    row = version.articles[article]
    published = str(row["published"] or "")
    publisher, heading = str(row["publisher"] or ""), version.heading(article)
    brief = "" if publisher or published else version.brief(article)
    short = publisher or ("" if published else article)
    return Column(heading, places.article(article), short, published, version.language(article), brief)


def _meanings(version: Version, disputes: Sequence[Dispute]) -> list[tuple[str, str]]:
    """The kinds of the disputes, and in what they differ, with their definitions in the scheme."""
    found = []
    for name in ("kind", "differs"):
        attribute = version.scheme.attributes("dispute").get(name)
        used = {one.row[name] for one in disputes}
        found += [
            (value, meaning) for value, meaning in ((attribute and attribute.values) or {}).items() if value in used
        ]
    return found


def _entities(version: Version, disputes: Sequence[Dispute], named: Mapping[str, frozenset[str]]) -> list[str]:
    """The names that disputes may be chosen by: those who take a position, and those whom the claims name."""
    counted: Counter[str] = Counter()
    for dispute in disputes:
        claimers = names(version, (who for one in dispute.positions for who in one.row["claimer_ids"]))
        counted.update(claimers.union(*(named.get(claim, ()) for claim in dispute.row["claim_ids"])))
    return sorted(sorted(counted, key=lambda one: (-counted[one], one))[:_ENTITIES])


def _by_date(dated: Iterable[Dated]) -> list[tuple[str, list[tuple[str, list[Dated]]]]]:
    """Dates with the articles that state them, and what each says."""
    return [
        (when, [(article, list(found)) for article, found in groupby(of_day, lambda one: one.article_id)])
        for when, of_day in groupby(dated, lambda one: one.when)
    ]


def _claimers(version: Version, facts: StoryFacts, articles: Sequence[str]) -> list[ClaimerCounts]:
    """Who makes claims, the most quoted first; by article where each has a column."""
    counted = [(called_across(version, who), sum(found.values()), found) for who, found in facts.claims_of.items()]
    ordered = sorted(counted, key=lambda one: (-one[1], one[0]))[:_CLAIMERS]
    most = max((count for *_, found in ordered for count in found.values()), default=1)
    columns = articles if len(articles) <= MOST_COLUMNS else ()
    return [
        ClaimerCounts(name, total, [(n := found.get(one, 0), -(-n * _SHADES // most)) for one in columns])
        for name, total, found in ordered
    ]


def _cut(dated: Sequence[Dated]) -> list[list[Dated]]:
    """Dated claims by the pages that they are on."""
    found: list[list[Dated]] = []
    room = 0
    for one in dated:
        heavy = _OF_A_DATE + weight(one.link.text)
        if not found or room + heavy > LARGEST // 2:
            found.append([])
            room = 0
        found[-1].append(one)
        room += heavy
    return found


def _dates(row: Row) -> str:
    """The day, month or year that a time expression states in EDTF, if it begins with a year."""
    value = str(row.get("edtf") or "")
    return value if value[:4].isdigit() else ""


class _Ordered:
    """Rows of an article by where they begin, to look up those inside a span without reading the others."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: row["source_start"])
        self._starts = [row["source_start"] for row in self._rows]

    def inside(self, span: Row) -> Iterator[Row]:
        first, end = bisect_left(self._starts, span["source_start"]), bisect_right(self._starts, span["source_end"])
        return (row for row in self._rows[first:end] if row["source_end"] <= span["source_end"])
