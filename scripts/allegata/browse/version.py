"""A published version as the pages read it: rows by article, names of claimers, disputes by claim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from textwrap import shorten
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.published import NO_STORY
from allegata.schema.scheme import Scheme
from allegata.schema.tables import tables_of

Row = Mapping[str, Any]
_shortened = lru_cache(maxsize=1_000)(shorten)  # what articles are called where nothing is known of their source
_SLUG = re.compile(r"[a-z]+(?:[-_][a-z0-9]+)*")  # as ids are made of words
_AT_ONCE = 16  # articles whose rows are read together: one at a time takes twice as long
# Layers that an article has, as tables.
LAYERS = ("entities", "claims", "attributions", "time_expressions", "citations", "removals")


@dataclass(frozen=True)
class Position:
    """One answer to the question of a dispute; `superseded` says that another position supersedes it."""

    row: Row
    superseded: bool


@dataclass(frozen=True)
class Dispute:
    """A dispute with its positions in their order."""

    row: Row
    positions: tuple[Position, ...]

    @property
    def id(self) -> str:
        """The id of the dispute."""
        return str(self.row["dispute_id"])


def whole_tables(published: Mapping[str, pa.Table], scheme: Scheme) -> dict[str, pa.Table]:
    """The tables of a version with every table and column of today; what it lacks is empty, or null."""
    found = {}
    for name, schema in tables_of(scheme).items():
        table = published[name] if name in published else schema.empty_table()
        for column in schema:
            if column.name not in table.column_names:
                table = table.append_column(column.name, pa.nulls(len(table), column.type))
        found[name] = table
    return found


@dataclass(frozen=True)
class Version:
    """The tables of one version, what the corpus is called, and its scheme; `titles` are those of its stories.

    `tables` are those of today (`whole_tables`): what an earlier program did not publish is null, or has no rows.
    """

    name: str
    title: str
    tables: Mapping[str, pa.Table]
    splits: Mapping[str, str]
    scheme: Scheme
    ledger: pa.Table | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def articles(self) -> dict[str, Row]:
        """The row of every article by its id, without its texts, blocks and maps; sorted."""
        table = self.tables["articles"]
        heavy = {"text", "source_text", "blocks", "offset_map", "references"}
        rows = table.select([name for name in table.column_names if name not in heavy]).to_pylist()
        return {row["article_id"]: row for row in rows}

    @cached_property
    def stories(self) -> dict[str, tuple[str, ...]]:
        """The ids of the articles of every story by its name, the first published first; those without one are in the
        story `NO_STORY`."""
        found: dict[str, list[str]] = {}
        for article in sorted(self.articles, key=self.in_time):
            found.setdefault(self.story_name(article), []).append(article)
        return {name: tuple(found[name]) for name in sorted(found)}

    def in_time(self, article_id: str) -> tuple[bool, str, str]:
        """What articles are ordered by: the day that they were published, those of an unknown one last."""
        published = str(self.articles.get(article_id, {}).get("published") or "")
        return not published, published, article_id

    def days_of(self, articles: Iterable[str]) -> str:
        """The first and the last day that articles were published on, of those whose day is known."""
        known = sorted(filter(None, (str(self.articles[one].get("published") or "") for one in articles)))
        return " to ".join(dict.fromkeys((known[0], known[-1]))) if known else ""

    @cached_property
    def entities(self) -> dict[str, Row]:
        """The register of entities by id."""
        return {row["entity_id"]: row for row in self._rows("entity_register")}

    @cached_property
    def removed_copies(self) -> dict[str, tuple[Row, ...]]:
        """Article id -> the rows of the ledger of those that were removed as its copies; sorted by their ids."""
        if self.ledger is None or "canonical_id" not in self.ledger.column_names:
            return {}
        found: dict[str, list[Row]] = {}
        for row in self.ledger.filter(pc.equal(self.ledger["status"], "removed")).to_pylist():
            if row["canonical_id"] in self.articles:
                found.setdefault(row["canonical_id"], []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    def near_duplicates(self, article_id: str) -> tuple[str, ...]:
        """The other published articles of the cluster of an article; sorted."""
        cluster = self._clusters.get(self.articles[article_id].get("cluster_id") or "", ())
        return tuple(other for other in cluster if other != article_id)

    def text_of(self, article_id: str) -> str:
        """The clean text of an article."""
        return str(self.tables["articles"]["text"][self._numbers[article_id]].as_py() or "")

    @cached_property
    def disputes(self) -> tuple[Dispute, ...]:
        """The disputes, strict contradictions first, then by kind as the scheme orders them."""
        positions: dict[str, list[Row]] = {}
        for row in self._rows("positions"):
            positions.setdefault(row["dispute_id"], []).append(row)
        found = []
        for row in self._rows("disputes"):
            mine = positions.get(row["dispute_id"], [])
            superseded = {other for position in mine for other in position["supersedes"] or ()}
            whole = tuple(Position(position, position["position_id"] in superseded) for position in mine)
            found.append(Dispute(row, whole))
        defined = self.scheme.attributes("dispute").get("kind")
        kinds = ["contradiction", *((defined and defined.values) or ())]
        place = {kind: number for number, kind in reversed(list(enumerate(kinds)))}
        return tuple(sorted(found, key=lambda one: (place.get(one.row["kind"], len(kinds)), one.id)))

    @cached_property
    def disputes_by_story(self) -> dict[str, tuple[Dispute, ...]]:
        """Story -> its disputes in their order; stories without one are left out."""
        found: dict[str, list[Dispute]] = {}
        for dispute in self.disputes:
            found.setdefault(self.story_of(dispute), []).append(dispute)
        return {story: tuple(mine) for story, mine in found.items()}

    @cached_property
    def disputes_of(self) -> dict[str, tuple[tuple[Dispute, Position], ...]]:
        """Claim id -> the disputes that it takes part in, with its position."""
        found: dict[str, list[tuple[Dispute, Position]]] = {}
        for dispute in self.disputes:
            for position in dispute.positions:
                for claim in position.row["claim_ids"]:
                    found.setdefault(claim, []).append((dispute, position))
        return {claim: tuple(all_of_it) for claim, all_of_it in found.items()}

    @cached_property
    def claims(self) -> dict[str, Row]:
        """The claims that disputes name, by id: article, words, claimers."""
        rows = (row for one in self.disputes for row in (one.row, *(position.row for position in one.positions)))
        named = pa.array(sorted({claim for row in rows for claim in row["claim_ids"]}), pa.string())
        table = self.tables["claims"]
        return {row["claim_id"]: row for row in table.filter(pc.is_in(table["claim_id"], named)).to_pylist()}

    def name_of(self, claimer: str) -> str:
        """The name of an entity of the register, else the id."""
        row = self.entities.get(claimer)
        return str(row["name"]) if row else claimer

    def story_name(self, article_id: str) -> str:
        """The story of an article."""
        return str(self.articles[article_id].get("story") or NO_STORY)

    def story_of(self, dispute: Dispute) -> str:
        """The story that a dispute is about."""
        return str(dispute.row.get("story") or NO_STORY)

    def language(self, article_id: str) -> str:
        """The language of an article as its manifest names it; empty where nothing is known of it."""
        return str(self.articles.get(article_id, {}).get("language") or "")

    def heading(self, article_id: str) -> str:
        """What an article is called: its title, else how its text begins, else its id."""
        return str(self.articles[article_id].get("title") or self._openings.get(article_id) or article_id)

    def story_title(self, story: str) -> str:
        """What a story is called: as the curator says, else its name, an id made of words as these words; where none is
        stated, that these are all articles, or those that tell of none."""
        if story == NO_STORY:
            return "All articles" if len(self.stories) == 1 else "Articles without a story"
        if story in self.titles:
            return self.titles[story]
        if not _SLUG.fullmatch(story):
            return story
        words = story.replace("-", " ").replace("_", " ")
        return words[0].upper() + words[1:]

    @cached_property
    def named_stories(self) -> frozenset[str]:
        """The stories that articles state."""
        return frozenset(self.stories) - {NO_STORY}

    def dispute_language(self, dispute: Dispute) -> str:
        """The language of the articles that a dispute is between, as of its question; empty where they have several."""
        languages = {self.language(article) for article in dispute.row["article_ids"] or ()}
        return languages.pop() if len(languages) == 1 else ""

    def short(self, article_id: str) -> str:
        """An article in a few characters: its publisher and the day, else its id."""
        return self._source(article_id) or article_id

    def brief(self, article_id: str) -> str:
        """An article in a few words where its title does not stand beside them: publisher and day, else the title."""
        return self._source(article_id) or _shortened(self.heading(article_id), 48, placeholder=" …")

    def _source(self, article_id: str) -> str:
        row = self.articles.get(article_id, {})
        return " ".join(filter(None, (row.get("publisher"), row.get("published"))))

    def sizes(self) -> Iterator[tuple[str, int, int, int, int]]:
        """Every article with the bytes and the lines of its source text, its rows in all layers, and how often
        a claim of it is part of a dispute."""
        texts = self.tables["articles"]["source_text"]
        sizes = zip(pc.binary_length(texts).to_pylist(), pc.count_substring(texts, "\n").to_pylist(), strict=True)
        disputes: Counter[str] = Counter()
        for claim, row in self.claims.items():
            disputes[row["article_id"]] += len(self.disputes_of.get(claim, ()))
        for article, (size, breaks) in zip(self.articles, sizes, strict=True):
            rows = sum(found.get(article, (0, 0))[1] for found in self._layers.values())
            yield article, size, breaks + 1, rows, disputes[article]

    def rows_of_articles(self, only: Collection[str] | None = None) -> Iterator[tuple[Row, dict[str, list[Row]]]]:
        """Every article, or each of `only`, with its texts, and its rows of each layer."""
        table = self.tables["articles"].drop_columns("offset_map")
        wanted = [one for one in enumerate(self.articles) if only is None or one[1] in only]
        for at in range(0, len(wanted), _AT_ONCE):
            block = wanted[at : at + _AT_ONCE]
            layers = {name: self._rows_of(name, [article for _, article in block]) for name in LAYERS}
            for row in table.take([number for number, _ in block]).to_pylist():
                yield row, {name: rows.get(row["article_id"], []) for name, rows in layers.items()}

    def _rows_of(self, name: str, articles: Iterable[str]) -> dict[str, list[Row]]:
        """The rows of a layer by article."""
        places = [(article, *self._layers[name][article]) for article in articles if article in self._layers[name]]
        if not places:
            return {}
        rows = iter(pa.concat_tables(self.tables[name].slice(start, n) for _, start, n in places).to_pylist())
        return {article: list(islice(rows, n)) for article, _, n in places}

    @cached_property
    def _layers(self) -> dict[str, dict[str, tuple[int, int]]]:
        return {name: _places(self.tables[name]) for name in LAYERS}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {article: number for number, article in enumerate(self.articles)}

    @cached_property
    def _clusters(self) -> dict[str, list[str]]:
        """The articles of every cluster."""
        found: dict[str, list[str]] = {}
        for article, row in self.articles.items():
            found.setdefault(row.get("cluster_id") or article, []).append(article)
        return found

    @cached_property
    def _openings(self) -> dict[str, str]:
        """What every article without a title begins with, shortened: a headline in its text, else the first sentence of
        its body."""
        table = self.tables["sentences"]
        without = [one for one, row in self.articles.items() if not row["title"]]
        found: dict[str, str] = {}
        for zone in ("body", "title"):
            mine = table.select(["article_id", "text", "zone"]).filter(pc.equal(table["zone"], zone))
            mine = mine.filter(pc.is_in(mine["article_id"], pa.array(without, pa.string())))
            for one, (start, _) in _places(mine).items():
                found[one] = shorten(mine["text"][start].as_py(), 90, placeholder=" …")
        return found

    def _rows(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.tables[name].to_pylist()
        return rows


def _places(table: pa.Table) -> dict[str, tuple[int, int]]:
    """Article id -> where its rows begin, and how many they are: rows of an article stand together."""
    if not len(table):
        return {}
    runs = pc.run_end_encode(table["article_id"].combine_chunks())
    ends = runs.run_ends.to_pylist()
    starts = [0, *ends[:-1]]
    return {article: (a, b - a) for article, a, b in zip(runs.values.to_pylist(), starts, ends, strict=True)}
