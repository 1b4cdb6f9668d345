"""The first page: where the text went, labels by split, the suites, the leaderboard, versions; and the lists of all
articles and stories, on pages of their own where they are long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from allegata.browse.links import Places, address
from allegata.browse.version import Version
from allegata.pages.templates import environment
from allegata.schema.tables import CROSS_ARTICLE, class_labels_of
from allegata.schema.wording import noun

# What the first line calls a table whose name says something else to a reader.
_COUNTED = {"entities": "mentions", "entity_register": "entities"}

TEMPLATES = Path(__file__).parent / "templates"
OF_A_PAGE = 500
_NO_SPLIT = "all"


@dataclass(frozen=True)
class TableChange:
    """A table of a version: its rows in the version before (None where there is none) and in it, and how many rows
    differ in which way, where that was counted."""

    name: str
    before: int | None
    after: int
    kinds: Mapping[str, int]


@dataclass(frozen=True)
class VersionStep:
    """A version and what it changed. `reason` says why it is such a step; "" where nobody counted."""

    version: str
    before: str
    reason: str
    tables: Sequence[TableChange]


@dataclass(frozen=True)
class SystemScore:
    """What a system reached in a task: between 0 and 1 as a rule; None where it is undefined."""

    system: str
    method: str
    score: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class TaskScores:
    """A task of the leaderboard, the best system first."""

    task: str
    question: str
    measure: str
    systems: Sequence[SystemScore]


@dataclass(frozen=True)
class Leaderboard:
    """The scores that are stored beside the versions; `of_these_rows`: they were measured on what the pages show."""

    version: str
    of_these_rows: bool
    tasks: Sequence[TaskScores]


@dataclass(frozen=True)
class LayerAgreement:
    """How far annotators agree about the spans of a layer; None where a figure is undefined. `prevalence` is the share
    of the tokens that are in such a span."""

    layer: str
    alpha: float | None
    prevalence: float | None
    strict_f1: float | None
    partial_f1: float | None
    spans: float | None


@dataclass(frozen=True)
class AttributeAgreement:
    """How far annotators agree about an attribute of `n` pairs of spans that both have."""

    layer: str
    attribute: str
    n: int
    observed: float | None
    kappa: float | None
    ac1: float | None


@dataclass(frozen=True)
class Compared:
    """Annotators of the same kind by the same guidelines, on the articles that they have in common."""

    name: str
    annotators: Sequence[str]
    articles: int
    layers: Sequence[LayerAgreement]
    attributes: Sequence[AttributeAgreement]


@dataclass(frozen=True)
class Agreement:
    """The figures that a version holds, and what they are called: those of model passes are no agreement of people."""

    what: str
    comparisons: Sequence[Compared]


@dataclass(frozen=True)
class SuiteState:
    """What a suite says of its table: how much was asked of how many rows, and the rows that fail, by expectation."""

    table: str
    rows: int
    expectations: int
    failing: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Beside:
    """What is known of a version beside its tables. `suites` is None where they do not fit its tables."""

    suites: Sequence[SuiteState] | None = None
    agreement: Agreement | None = None
    leaderboard: Leaderboard | None = None
    versions: Sequence[VersionStep] = ()


@dataclass(frozen=True)
class ArticleLine:
    """An article in a list: characters that are kept, and removed by reason, of its source text."""

    article_id: str
    path: str
    heading: str
    short: str
    split: str
    kept: int
    removed: Mapping[str, int]
    claims: int

    @property
    def characters(self) -> int:
        """Of the whole source text, or of what is kept and removed of it where lines are neither."""
        return self.kept + sum(self.removed.values())


@dataclass(frozen=True)
class StoryLine:
    """A story in a list; `published` is the first and the last day of its articles, `question` that of its first
    dispute, with its language."""

    name: str
    path: str
    articles: int
    disputes: int
    contradictions: int
    published: str
    question: str
    language: str


@dataclass(frozen=True)
class LabelCounts:
    """How many rows have each label: in each of `splits`, then in all. Rows of no single article are in no split."""

    table: str
    column: str
    splits: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]


def overview_pages(version: Version, places: Places, beside: Beside) -> Iterator[tuple[str, str]]:
    """The first page, and those of the lists that do not fit on it."""
    articles, stories = _articles(version, places), _stories(version, places)
    kept = sum(line.kept for line in articles)
    cut: Counter[str] = Counter()
    for line in articles:
        cut.update(line.removed)
    found = [(reason, count, spans) for reason, spans in _spans(version).items() if (count := cut[reason]) or spans]
    shared = {"root": "", "version": version, "address": address, "splits": sorted(set(version.splits.values()))}
    reasons = [reason for reason, *_ in sorted(found, key=lambda one: (-one[1], one[0]))]
    lists = {
        name: [(f"lists/{name}.{number + 1}.html", lines) for number, lines in enumerate(_cut(every))]
        for name, every in (("articles", articles), ("stories", stories))
    }
    yield (
        "index.html",
        environment(TEMPLATES)
        .get_template("index.html")
        .render(
            **shared,
            counts=[(len(table), _rows(name, len(table))) for name, table in version.tables.items() if len(table)],
            kept=kept,
            total=kept + cut.total(),
            removed=sorted(found, key=lambda one: (-one[1], one[0])),
            reasons=reasons,
            gone=_gone(version),
            labels=list(_labels(version)),
            lists=lists,
            paged=lambda name: [(n + 1, path, n == 0) for n, (path, _) in enumerate(lists[name])],
            articles=articles[:OF_A_PAGE],
            stories=stories[:OF_A_PAGE],
            beside=beside,
        ),
    )
    for name, pages in lists.items():
        for number, (path, lines) in enumerate(pages if len(pages) > 1 else ()):
            template = environment(TEMPLATES).get_template("list.html")
            parts = [(n + 1, other, n == number) for n, (other, _) in enumerate(pages)]
            yield (
                path,
                template.render(**{**shared, "root": "../"}, kind=name, lines=lines, parts=parts, reasons=reasons),
            )


def _articles(version: Version, places: Places) -> list[ArticleLine]:
    removed: dict[str, dict[str, int]] = {}
    table = version.tables["removals"]
    lengths = pc.subtract(table["source_end"], table["source_start"])
    grouped = pa.table({"article": table["article_id"], "reason": table["reason"], "length": lengths})
    for row in grouped.group_by(["article", "reason"]).aggregate([("length", "sum")]).to_pylist():
        removed.setdefault(row["article"], {})[row["reason"]] = row["length_sum"]
    claims = _counted(version.tables["claims"]["article_id"])
    texts = pc.utf8_length(version.tables["articles"]["source_text"]).to_pylist()
    lines = []
    for article, characters in zip(version.articles, texts, strict=True):
        cut = dict(sorted(removed.get(article, {}).items()))
        lines.append(
            ArticleLine(
                article,
                places.article(article),
                version.heading(article),
                version.short(article),
                version.splits.get(article, ""),
                characters - sum(cut.values()),
                cut,
                claims.get(article, 0),
            )
        )
    return lines


def _stories(version: Version, places: Places) -> list[StoryLine]:
    lines = []
    for name, ids in version.stories.items():
        mine = version.disputes_by_story.get(name, ())
        strict = sum(one.row["kind"] == "contradiction" for one in mine)
        first = (str(mine[0].row["question"]), version.dispute_language(mine[0])) if mine else ("", "")
        lines.append(StoryLine(name, places.story(name), len(ids), len(mine), strict, version.days_of(ids), *first))
    return lines


def _spans(version: Version) -> dict[str, int]:
    return {str(reason): count for reason, count in sorted(_counted(version.tables["removals"]["reason"]).items())}


def _gone(version: Version) -> list[tuple[str, str, int]]:
    """How many articles were removed whole, by stage and reason."""
    rows = version.ledger.select(["stage", "reason", "status"]).to_pylist() if version.ledger else ()
    counted = Counter((str(row["stage"]), str(row["reason"])) for row in rows if row["status"] != "kept")
    return [(stage, reason, count) for (stage, reason), count in sorted(counted.items())]


def _rows(name: str, count: int) -> str:
    """What the rows of a table are, in the number that they are."""
    words = _COUNTED.get(name, name.replace("_", " "))
    return noun(count, words.removesuffix("s").replace("entitie", "entity"), words)


def _labels(version: Version) -> Iterator[LabelCounts]:
    """The closed label sets that have a row, in the order of their tables; labels in that of the scheme."""
    splits = sorted(set(version.splits.values()))
    names = pa.array(list(version.splits), pa.string())
    of = pa.array(list(version.splits.values()), pa.string())
    for table, columns in class_labels_of(version.scheme).items():
        rows = version.tables.get(table)
        if rows is None:
            continue
        across = table in CROSS_ARTICLE
        where = None if across else pc.take(of, pc.index_in(rows["article_id"], names))
        for column, labels in columns.items():
            if column not in rows.column_names:
                continue
            total = _counted(rows[column])
            by_split = [] if across else [_counted(rows[column].filter(pc.equal(where, one))) for one in splits]
            seen = [
                (label, [*(one.get(label, 0) for one in by_split), total[label]]) for label in labels if label in total
            ]
            if seen:
                yield LabelCounts(table, column, [] if across else splits, seen)


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist() if row["values"] is not None}


def _cut(lines: Sequence[object]) -> list[Sequence[object]]:
    return [lines[at : at + OF_A_PAGE] for at in range(0, len(lines), OF_A_PAGE)]
