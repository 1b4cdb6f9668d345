"""Where something of a published version came from: characters of an article, a whole article, a row of any table.

A copy of corpus/ is enough for all that stands in its tables. What also lies beside it, in raw/ and annotations/, is
taken in, and what of it is not there is said. Everything is found by id (`schema.row_lookup`), nothing by a scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allegata.recipe.explain_beside import decisions_in, raw_file
from allegata.recipe.explain_span import around, characters, meets
from allegata.schema.problems import UsageError
from allegata.schema.row_lookup import Row, RowLookup
from allegata.schema.tables import BY_ARTICLE, CROSS_ARTICLE
from allegata.schema.versions import version_folder, version_of, versions_in
from allegata.text.spans import Span, span_fault

_SPAN = re.compile(r"(.+):(\d{1,18})-(\d{1,18})", re.DOTALL)
_TEXTS = ("text", "source_text", "blocks", "offset_map", "references")
# The letters that ids of rows have by custom: where to look first.
_LETTERS = {
    "c": "claims",
    "m": "entities",
    "a": "attributions",
    "t": "time_expressions",
    "s": "sentences",
    "r": "removals",
    "n": "citations",
}
# Columns that name rows of other tables by their ids.
_NAMES = {
    **dict.fromkeys(("claim_a", "claim_b", "claim_ids", "parent_id"), "claims"),
    "attribution_id": "attributions",
    **dict.fromkeys(("dispute_id", "dispute_ids"), "disputes"),
    **dict.fromkeys(("entity_id", "claimer_id", "source_id"), "entity_register"),
}
_ROWS = tuple(name for name in BY_ARTICLE if name != "articles")


@dataclass(frozen=True)
class Explanation:
    """What is known of `asked` in a version.

    `kind` says what it is: article, span, row, or unpublished (an article that the ledger alone has). `article` are
    the columns of its article but the texts, with `split` and `raw` (see `raw_file`); None for a row about several.
    `ledger` is the row of the article; `copy_of` what it shares with the article that stands for it. `span` has the
    characters with their source (`runs`), blocks and sentences; `removals` are all of an article, or those around a
    span: each says `where` it is and at what `distance`. An article as a whole has its `source_text`. `row` is the row
    of `table`, `decided` who decided on it, `named` the rows that it names. `needs` says what cannot be known here.
    """

    asked: str
    version: str
    kind: str
    table: str = ""
    article: Row | None = None
    ledger: Row | None = None
    copy_of: Row | None = None
    span: Row | None = None
    removals: tuple[Row, ...] = ()
    row: Row | None = None
    decided: Row | None = None
    named: tuple[Row, ...] = ()
    needs: tuple[str, ...] = ()
    source_text: str | None = field(default=None, repr=False)


def explain(asked: str, corpus: Path, version: str | None = None) -> Explanation:
    """Explain `ARTICLE`, `ARTICLE:START-END` (offsets of the published clean text) or the id of any row.

    `corpus` is a version or the folder of several. Raises `UsageError` for an id that there is not, with where to look.
    """
    folder = version_folder(corpus, version)
    return Lineage(folder).explain(asked)


class Lineage:
    """A version, opened: explains as often as it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.version = folder, version_of(folder)
        self.rows = RowLookup(folder)
        self._root = folder.resolve().parent.parent  # of the corpus, where raw/ and annotations/ may lie

    def explain(self, asked: str) -> Explanation:
        """See `explain`."""
        if found := self._article(asked) or self._span(asked) or self._row(asked) or self._across(asked):
            return found
        raise UsageError(self._unknown(asked))

    def _article(self, asked: str) -> Explanation | None:
        found = self.rows.row("articles", asked)
        ledger = self.rows.row("ledger", asked)
        if found is None and ledger is None:
            return None
        copy_of = self._copy_of(ledger.row if ledger else {})
        if found is None:
            assert ledger is not None  # for the type checker
            needs = (f"its text, which is not published: allegata clean --explain {asked}, where raw/ is",)
            return Explanation(asked, self.version, "unpublished", "ledger", None, ledger.row, copy_of, needs=needs)
        article = self._facts(found.row, found.split)
        return Explanation(
            asked,
            self.version,
            "article",
            "articles",
            article,
            ledger.row if ledger else None,
            copy_of,
            removals=tuple(self.rows.of_article("removals", asked, found.split)),
            decided=_decided(found.row, None),
            needs=self._needs(article),
            source_text=found.row["source_text"],
        )

    def _span(self, asked: str) -> Explanation | None:
        match = _SPAN.fullmatch(asked)
        found = self.rows.row("articles", match[1]) if match else None
        if match is None or found is None:
            if match and self.rows.row("ledger", match[1]):
                why = f"article {match[1]} is not published in version {self.version}, so no character of it is"
                raise UsageError(f"{why}; see: allegata explain {match[1]}")
            return None
        span = Span(int(match[2]), int(match[3]))
        if fault := span_fault(span.start, span.end, len(found.row["text"])):
            raise UsageError(f"{fault}: the clean text of {match[1]} in version {self.version}")
        return self._of_span(asked, "span", found.row, found.split, span)

    def _row(self, asked: str) -> Explanation | None:
        """A row about one article."""
        article_id, _, own = asked.rpartition(":")
        found = self.rows.row("articles", article_id) if article_id else None
        if found is None:
            return None
        first = _LETTERS.get(own[:1], "")
        for table in sorted(_ROWS, key=lambda name: name != first):
            row = self.rows.row(table, asked, split=found.split)
            if row is not None:
                span = Span(*self._place(row.row))
                if (text := found.row["text"]) and not 0 <= span.start <= span.end <= len(text):
                    self.rows.refuse(table, f"the span [{span.start},{span.end}) of {asked!r} is not in its text")
                named = tuple(self._named(row.row, table))
                return self._of_span(asked, "row", found.row, found.split, span, table, row.row, named)
        return None

    def _across(self, asked: str) -> Explanation | None:
        """A row about several articles, with the rows that it names."""
        for table in sorted(CROSS_ARTICLE):
            if row := self.rows.row(table, asked):
                named = tuple(self._named(row.row, table))
                needs = (
                    ("the log of adjudication: annotations/passes, beside corpus/",) if not self._annotations else ()
                )
                return Explanation(asked, self.version, "row", table, row=row.row, named=named, needs=needs)
        return None

    @property
    def _annotations(self) -> bool:
        return (self._root / "annotations").is_dir()

    @staticmethod
    def _place(row: Row) -> tuple[int, int]:
        """The clean span of a row; a removal or a marker stands at one place of it."""
        position = row.get("position")
        return (row["start"], row["end"]) if position is None else (position, position)

    def _of_span(
        self,
        asked: str,
        kind: str,
        row: Row,
        split: str,
        span: Span,
        table: str = "articles",
        own: Row | None = None,
        named: tuple[Row, ...] = (),
    ) -> Explanation:
        article_id = row["article_id"]
        article = self._facts(row, split)
        ledger = self.rows.row("ledger", article_id)
        removals = self.rows.of_article("removals", article_id, split)
        sentences = self.rows.of_article("sentences", article_id, split, ["sentence_id", "start", "end"])
        return Explanation(
            asked,
            self.version,
            kind,
            table,
            article,
            ledger.row if ledger else None,
            self._copy_of(ledger.row if ledger else {}),
            {
                **characters(row, span),
                "sentences": [one["sentence_id"] for one in sentences if meets(one, span)],
            },
            tuple(around(removals, span)) if table != "removals" else (),
            own,
            {**_decided(row, own if table == "claims" else None), "log": self._log(article_id, asked, own)},
            named,
            self._needs(article, own),
        )

    def _facts(self, row: Row, split: str) -> Row:
        facts = {name: value for name, value in row.items() if name not in _TEXTS}
        return {**facts, "split": split, "raw": raw_file(self._root, row["file"], row["sha256"])}

    def _needs(self, article: Row, own: Row | None = None) -> tuple[str, ...]:
        needs = []
        if article["raw"] is None:
            needs.append(f"the bytes of the raw file: raw/{article['file']}, beside corpus/")
        if own is not None and not self._annotations:
            needs.append("the log of adjudication: annotations/passes, beside corpus/")
        return tuple(needs)

    def _log(self, article_id: str, asked: str, own: Row | None) -> list[Row]:
        if own is None or not self._annotations:
            return []
        return decisions_in(self._root / "annotations", article_id, asked.rpartition(":")[2])

    def _copy_of(self, ledger: Mapping[str, Any]) -> Row | None:
        """The article that stands for a copy, how similar both are, and the passage that they share, as it stands
        there."""
        if not (canonical := ledger.get("canonical_id")):
            return None
        start, end = ledger.get("passage_start"), ledger.get("passage_end")
        other = self.rows.row("articles", canonical, ["text", "title", "url"])
        passage = None
        if start is not None and end is not None:
            passage = {"start": start, "end": end, "text": other.row["text"][start:end] if other else None}
        return {
            "article_id": canonical,
            "published": other is not None,
            "similarity": ledger.get("similarity"),
            "passage": passage,
        }

    def _named(self, row: Row, table: str) -> Iterator[Row]:
        """The rows that a row names by their ids: claims, an attribution, a parent, disputes, the entity, positions."""
        own = next(iter(row))
        for column, of in _NAMES.items():
            value = row.get(column)
            for row_id in value if isinstance(value, list) else [value] if value else []:
                if column != own and (found := self.rows.row(of, row_id)):
                    yield {"table": of, "column": column, "row": found.row}
        if table == "disputes":
            for position in self.rows.beginning("positions", f"{row['dispute_id']}."):
                yield {"table": "positions", "column": "dispute_id", "row": position}

    def _unknown(self, asked: str) -> str:
        """What is wrong with an id that there is not, and where to look."""
        self.rows.prove()
        what = f"version {self.version} has no article and no row {asked!r}"
        for other in reversed(versions_in(self.folder.parent)):
            if other != self.version and Lineage(self.folder.parent / f"v{other}")._is_there(asked):
                return f"{what}; version {other} has it: add --version {other}"
        article_id, _, own = asked.rpartition(":")
        article = self.rows.row("articles", article_id, ["article_id"]) if article_id else None
        if article is not None:
            if not own.strip("0123456789"):
                return f"{what}; characters of its text are asked for as {article_id}:START-END"
            table = _LETTERS.get(own[:1], "claims")
            near = [name for name in self.rows.near(table, asked) if name.startswith(f"{article_id}:")]
            ids = ", ".join(near) or "none"
            return f"{what}; of the {table.replace('_', ' ')} of {article_id}, the nearest ids are: {ids}"
        near = self.rows.near("ledger", article_id.partition(":")[0] or asked)
        return (
            f"{what}; the nearest article ids are {', '.join(near)}; `allegata info` lists all ids and original files"
        )

    def _is_there(self, asked: str) -> bool:
        match = _SPAN.fullmatch(asked)
        tables = ["articles", "ledger", *self.rows.tables]
        return any(
            self.rows.row(table, name, []) for name in (asked, *([match[1]] if match else [])) for table in tables
        )


def _decided(article: Row, claim: Row | None) -> Row:
    """Who made the gold by which guidelines, and of a claim which passes have it; None where the version says not."""
    decided = {name: article.get(name) for name in ("annotated", "annotators", "guidelines")}
    if claim is not None:
        decided |= {name: claim.get(name) for name in ("passes", "marked", "soft_labels")}
    return decided
