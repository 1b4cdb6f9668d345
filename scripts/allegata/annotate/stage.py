"""The annotation stage: gold files onto the article table, one layer column a kind of record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.annotate.cross_article import PROPOSITIONS, RELATIONS, CrossArticle, claim_order, read_cross_article
from allegata.annotate.gold import GoldArticle, read_gold
from allegata.annotate.records import FIELDS, LAYER_OF, SPAN_FIELDS
from allegata.annotate.references import reference_faults
from allegata.annotate.registers import ANNOTATOR_FIELDS, ENTITY_FIELDS, entity_faults, read_register
from allegata.annotate.writing import finish_writing
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, Problems
from allegata.text.layers import ANNOTATION_LAYERS, set_column


@dataclass(frozen=True)
class Annotations:
    """Everything under annotations/ that a release uses."""

    articles: Mapping[str, GoldArticle]
    entities: tuple[Mapping[str, Any], ...]
    annotators: tuple[Mapping[str, Any], ...]
    cross_article: CrossArticle = field(default_factory=CrossArticle)
    passes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # pass -> ids of its annotators
    files: Mapping[str, Path] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """How many spans stand elsewhere than their file says, and were found again."""
        return sum(article.moved for article in self.articles.values())

    @property
    def changed(self) -> tuple[str, ...]:
        """The articles whose source text is another than the one that was annotated, sorted."""
        return tuple(sorted(name for name, article in self.articles.items() if article.changed))


def read_annotations(folder: Path, source_texts: Mapping[str, str]) -> Annotations:
    """Gold files, registers and the files across articles of `folder`, anchored to the source texts.

    Raises `ProblemsFound` with everything at once: broken lines, unknown labels, quotes that are gone, ids that
    do not resolve, articles annotated twice.
    """
    problems = Problems()
    found = _read_articles(folder, source_texts, problems)
    problems.raise_if_any()  # a claim that could not be read would be missed in every relation
    cross_article, faults = read_cross_article(folder, claim_order(found.articles.values()))
    problems.extend(faults)
    files = {name: folder / name for name in (PROPOSITIONS, RELATIONS) if (folder / name).is_file()}
    passes: dict[str, tuple[str, ...]] = {}
    for path in sorted((folder / "passes").glob("*/*.jsonl")):
        name = path.relative_to(folder).as_posix()
        lines, faults = parse_json_lines(path.read_bytes(), f"{folder.name}/{name}")
        problems.extend(faults)
        annotators = lines[0][1].get("annotators", ()) if lines else ()
        passes[path.parent.name] = tuple(dict.fromkeys((*passes.get(path.parent.name, ()), *annotators)))
        files[name] = path
    problems.raise_if_any()
    return replace(found, cross_article=cross_article, passes=passes, files={**found.files, **files})


def annotated_articles(folder: Path) -> frozenset[str]:
    """The ids of the articles that have a gold file in `folder`; what is wrong with one is told where it is read."""
    finish_writing(folder)
    heads = (path.read_bytes().partition(b"\n")[0] for path in sorted((folder / "gold").glob("*.jsonl")))
    rows = [row for head in heads for _, row in parse_json_lines(head, "")[0]]
    return frozenset(str(row.get("article_id")) for row in rows)


def read_articles(folder: Path, source_texts: Mapping[str, str]) -> Annotations:
    """Gold files and registers alone, without what relates claims: for who is about to write that."""
    problems = Problems()
    found = _read_articles(folder, source_texts, problems)
    problems.raise_if_any()
    return found


def _read_articles(folder: Path, source_texts: Mapping[str, str], problems: Problems) -> Annotations:
    finish_writing(folder)
    entities, faults = read_register(folder / "entities.jsonl", f"{folder.name}/entities.jsonl", ENTITY_FIELDS)
    problems.extend(faults)
    problems.extend(entity_faults(entities, f"{folder.name}/entities.jsonl"))
    annotators, faults = read_register(folder / "annotators.jsonl", f"{folder.name}/annotators.jsonl", ANNOTATOR_FIELDS)
    problems.extend(faults)
    known = {row["id"]: row for row in entities}
    files = {name: folder / name for name in ("entities.jsonl", "annotators.jsonl") if (folder / name).is_file()}
    articles: dict[str, GoldArticle] = {}
    for path in sorted((folder / "gold").glob("*.jsonl")):
        name = f"{folder.name}/gold/{path.name}"
        files[f"gold/{path.name}"] = path
        article, faults = read_gold(path, name, source_texts)
        problems.extend(faults)
        if article is None:
            continue
        problems.extend(_reference_problems(article, known, {row["id"] for row in annotators}, name))
        if article.article_id in articles:
            problems.add(
                Problem(f"annotates {article.article_id!r}, as another file does", "keep one of the two", file=name)
            )
        articles[article.article_id] = article
    return Annotations(articles, tuple(entities), tuple(annotators), files=files)


def _reference_problems(
    article: GoldArticle, entities: Mapping[str, Mapping[str, Any]], annotators: set[str], name: str
) -> list[Problem]:
    """Ids that point nowhere: entities, claimers, attributions, parents, annotators."""
    problems = [
        Problem(f"the annotator {annotator!r} is not registered", "add it to annotators.jsonl", file=name, line=1)
        for annotator in article.header["annotators"]
        if annotator not in annotators
    ]
    ids = {kind: {record["id"] for record in article.of(kind)} for kind in FIELDS}
    for record in article.records:
        span = record[SPAN_FIELDS[record["record"]][0]][0]
        for what, fix in reference_faults(record, entities, ids):
            what = f"{record['record']} {record['id']}: {what}"
            problems.append(Problem(what, fix, name, article.article_id, span=span))
    return problems


def annotate(table: pa.Table, annotations: Annotations) -> pa.Table:
    """`table` (article_id, …) with the annotation layers as columns; an article without gold has empty layers."""
    article_ids = table.column("article_id").to_pylist()
    for kind, layer in LAYER_OF.items():
        column = []
        for article_id in article_ids:
            article = annotations.articles.get(article_id)
            column.append([_row(record) for record in article.of(kind)] if article else [])
        table = set_column(table, layer, pa.array(column, ANNOTATION_LAYERS[layer]))
    return table


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    kind = record["record"]
    spans = {name: [{"start": span.start, "end": span.end} for span in record[name]] for name in SPAN_FIELDS[kind]}
    return spans | {name: record[name] for name in FIELDS[kind]}
