"""The files of annotations without the names of people: spans and quotes on the new source texts, ids renamed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.clean.curated_lines import CURATED_LINES
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, Problems
from allegata.schema.redactions import REDACTIONS, Redaction
from allegata.schema.withdrawn import WITHDRAWN
from allegata.text.anchors import Anchor, is_anchor, make_anchor, resolve
from allegata.text.redaction import ArticleRedaction, Redactor
from allegata.text.spans import Span

if TYPE_CHECKING:
    from allegata.clean.redaction import Doubt
    from allegata.recipe.state import Build

Row = dict[str, Any]
# Fields that name something by an id; fields that name articles, claims and files by what no name is replaced in.
_IDS = frozenset(("id", "entity_id", "claimer_id", "claimer_chain", "source_id", "sources", "entities"))
_REFERENCES = frozenset(("record", "format", "article_id", "source_sha256", "guidelines", "annotators", "sha256"))
_REFERENCES |= {"members", "claims", "claim", "successors", "supersedes", "parent_id", "attribution_id", "anchor"}


def _files(annotations: Path) -> Iterator[Path]:
    """Those that quote what is published: curated lines quote raw/, and both stay as they are."""
    own = {REDACTIONS, WITHDRAWN, CURATED_LINES, "annotators.jsonl"}
    yield from sorted(path for path in annotations.rglob("[!.]*.jsonl") if path.name not in own)


def _article_of(path: Path, rows: list[tuple[int, Row]], known: frozenset[str]) -> str:
    """The article that a file is about, "" where it is about several."""
    first = rows[0][1] if rows else {}
    named = str(first.get("article_id")) if first.get("record") == "article" else path.stem
    return named if named in known else ""


def name_mentions(build: Build, entity_id: str, before: Redactor) -> dict[str, list[tuple[int, int]]]:
    """Where gold files and passes annotate a name of an entity: article -> spans of the source text of raw/.

    Raises `ProblemsFound` for lines that are no JSON.
    """
    attribute = build.scheme.attributes("mention").get("mention_type")
    usual = attribute.default if attribute else None
    anchors: dict[str, list[Anchor]] = defaultdict(list)
    known = frozenset(build.members["article_id"].to_pylist())
    problems = Problems()
    for path in _files(build.root / "annotations"):
        rows, faults = parse_json_lines(path.read_bytes(), path.name)
        problems.extend(faults)
        article_id = _article_of(path, rows, known)
        for _, row in rows if article_id else ():
            named = row.get("record") == "mention" and row.get("entity_id") == entity_id
            if named and row.get("mention_type") in (None, usual):
                spans = row.get("segments")
                spans = spans if isinstance(spans, list) else []
                anchors[article_id] += [Anchor(**one) for one in spans if is_anchor(one)]
    problems.raise_if_any()
    found: dict[str, list[tuple[int, int]]] = {}
    for batch in build.article_batches(anchors.keys(), ["article_id", "source_text"]):
        for row in batch.to_pylist():
            moved = before.article(row["article_id"], row["source_text"]).source.moved
            text = moved.text(row["source_text"])
            spans = (resolve(anchor, text)[0] for anchor in anchors[row["article_id"]])
            places = {(moved.back(span.start), moved.back(span.end, end=True)) for span in spans if span}
            found[row["article_id"]] = sorted(places)
    return found


def rewritten(
    build: Build,
    before: Redactor,
    after: Redactor,
    ids: Mapping[str, str],
    record: Redaction,
    problems: Problems,
    doubts: list[Doubt],
) -> dict[str, tuple[str, int]]:
    """File -> its new text and how many of its records changed; files that stay are omitted.

    `before` are the redactions that the files were written with, `ids` old ids of entities with new ones. What is in
    doubt goes to `doubts`, every quote that does not fit its article to `problems`.
    """
    annotations = build.root / "annotations"
    found: dict[str, tuple[str, int]] = {}
    known = frozenset(build.members["article_id"].to_pylist())
    of_file: dict[Path, str] = {}
    for path in _files(annotations):
        rows, faults = parse_json_lines(path.read_bytes(), f"annotations/{path.relative_to(annotations).as_posix()}")
        problems.extend(faults)
        of_file[path] = _article_of(path, rows, known)
    texts: dict[str, tuple[ArticleRedaction, ArticleRedaction]] = {"": (before.article("", ""), after.article("", ""))}
    for batch in build.article_batches(set(of_file.values()) - {""}, ["article_id", "source_text"]):
        for row in batch.to_pylist():
            name, text = row["article_id"], row["source_text"]
            texts[name] = before.article(name, text), after.article(name, text)
    for path, article_id in of_file.items():
        name = path.relative_to(annotations).as_posix()
        if article_id in texts:
            text, count = _File(name, article_id, *texts[article_id], ids, record, problems, doubts).rewritten(path)
            found |= {name: (text, count)} if count else {}
    return found


@dataclass
class _File:
    """One file on its way to new source texts."""

    name: str
    article_id: str
    before: ArticleRedaction
    after: ArticleRedaction
    ids: Mapping[str, str]
    record: Redaction
    problems: Problems
    doubts: list[Doubt]
    line: int = 0

    def __post_init__(self) -> None:
        self.old = self.before.source.moved.text(self.before.source_text)
        self.new = self.after.source.moved.text(self.after.source_text)

    def rewritten(self, path: Path) -> tuple[str, int]:
        """The text of the file, lines without a change as they were, and how many changed."""
        lines, count = path.read_bytes().decode().split("\n"), 0
        rows, faults = parse_json_lines(path.read_bytes(), self.name)
        self.problems.extend(faults)
        for number, row in rows:
            self.line = number
            new = self._walk(row, "")
            if self.name == "entities.jsonl" and row.get("id") in self.ids:
                new |= {"name": self.record.placeholder, "wikidata": None, "wikidata_evidence": None}
                new |= {"wikidata_status": "unverified"}
            if row.get("record") == "article" and self.old != self.new:
                from allegata.annotate.gold import source_digest

                new["source_sha256"] = source_digest(self.new)
            if new != row:
                lines[number - 1] = json.dumps(new, ensure_ascii=False)
                count += 1
        return "\n".join(lines), count

    def _walk(self, value: Any, key: str) -> Any:
        if is_anchor(value):
            return self._anchor(value)
        if isinstance(value, dict):
            return {name: self._walk(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self._walk(one, key) for one in value]
        if not isinstance(value, str) or key in _REFERENCES:
            return value
        if key in _IDS and value in self.ids:
            return self.ids[value]
        from allegata.clean.redaction import Doubt

        text, found = self.after.string(value, as_id=key in _IDS)
        where = f"annotations/{self.name}:{self.line} {key}"
        self.doubts += [Doubt.of(one, value, self.article_id, where) for one in found]
        return text

    def _anchor(self, value: Row) -> Row:
        """The anchor on the new source text; one that spans a part of a name spans the whole placeholder."""
        if not self.article_id or self.old == self.new:
            return value
        span, why = resolve(Anchor(**value), self.old)
        if span is None:
            fix = "correct the quote, or delete the file if nothing needs it"
            file = f"annotations/{self.name}"
            self.problems.add(Problem(f"{value['exact'][:60]!r}: {why}", fix, file, self.article_id, self.line))
            return value
        was, to = self.before.source.moved, self.after.source.moved
        start, end = was.back(span.start), was.back(span.end, end=True)
        return asdict(make_anchor(Span(to.at(start), to.at(end, end=True)), self.new))
