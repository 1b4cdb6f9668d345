"""The annotation stage: gold files onto the article table, one layer column a kind of record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.annotate.cross_article import CROSS_ARTICLE, DISPUTES, PROPOSITIONS, claim_order, read_cross_article
from allegata.annotate.cross_article_faults import CrossArticle
from allegata.annotate.gold import GoldArticle, GoldFile, header_of, read_gold_file
from allegata.annotate.recomputed import Apart, apart
from allegata.annotate.records import KINDS, LAYER_OF, SPAN_FIELDS, Records
from allegata.annotate.references import reference_faults
from allegata.annotate.registers import ANNOTATOR_FIELDS, doubtful_ids, entity_faults, entity_fields, read_register
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, Problems
from allegata.schema.scheme import SCHEME, Scheme, default_scheme, read_scheme
from allegata.schema.transaction import finish_writing
from allegata.text.layers import annotation_layers, set_column

GOLD = "gold"  # the folder under annotations/ of the gold files that are published
PASSES = "passes"  # the folder there of passes, each a folder of its own; beside these stand logs of adjudication


@dataclass(frozen=True)
class GoldFacts:
    """What is worth knowing of an annotated article once its records have gone their way: header, counts, claims.

    `records` counts them by kind, `claims` are their ids in the order of the text; `moved` and `changed` are those of
    `GoldArticle`, `apart` the claims that somebody else makes than the attribution around them says.
    """

    article_id: str
    annotators: tuple[str, ...]
    guidelines: str
    records: Mapping[str, int]
    claims: tuple[str, ...]
    moved: int = 0
    changed: bool = False
    apart: tuple[Apart, ...] = ()

    @classmethod
    def of(cls, article: GoldArticle, scheme: Scheme) -> GoldFacts:
        """The facts of an article."""
        header, kinds = article.header, Counter(record["record"] for record in article.records)
        return cls(
            article.article_id,
            tuple(header["annotators"]),
            header["guidelines"],
            dict(kinds),
            article.claims,
            article.moved,
            article.changed,
            apart(article.records, scheme),
        )


@dataclass(frozen=True)
class Registers:
    """What all gold files share: the scheme, entities and annotators, each with the fields of its register."""

    entities: tuple[Mapping[str, Any], ...] = ()
    annotators: tuple[Mapping[str, Any], ...] = ()
    scheme: Scheme = field(default_factory=default_scheme)
    doubtful_entities: frozenset[str] | None = frozenset()  # see `doubtful_ids`
    doubtful_annotators: frozenset[str] | None = frozenset()

    @cached_property
    def entity(self) -> Mapping[str, Mapping[str, Any]]:
        """The entities by id."""
        return {row["id"]: row for row in self.entities}


@dataclass(frozen=True)
class Annotations:
    """Everything under annotations/ that a release uses, but the records of the gold files."""

    articles: Mapping[str, GoldFacts]
    entities: tuple[Mapping[str, Any], ...]
    annotators: tuple[Mapping[str, Any], ...]
    scheme: Scheme = field(default_factory=default_scheme)
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


def read_articles(folder: Path, source_texts: Mapping[str, str], of: str = GOLD) -> Annotations:
    """The gold files of the folder `of` and the registers alone, for who is about to write what is said across."""
    registers, faults = read_registers(folder, read_scheme(folder))
    problems = Problems()
    problems.extend(faults)
    found, faults = read_gold_files(gold_files(folder, of), folder, source_texts, registers)
    problems.extend(faults)
    problems.raise_if_any()
    return annotations_of(folder, registers, [GoldFacts.of(article, registers.scheme) for article in found.values()])


def annotations_of(folder: Path, registers: Registers, articles: Iterable[GoldFacts]) -> Annotations:
    """What is known once every gold file of `folder` has been read."""
    paths = [folder / name for name in ("entities.jsonl", "annotators.jsonl", SCHEME)] + gold_files(folder)
    files = {path.relative_to(folder).as_posix(): path for path in paths if path.is_file()}
    facts = {article.article_id: article for article in sorted(articles, key=lambda article: article.article_id)}
    return Annotations(facts, registers.entities, registers.annotators, registers.scheme, files=files)


def with_cross_article(
    found: Annotations, folder: Path, stories: Mapping[str, str | None] | None = None
) -> Annotations:
    """The same with the files across articles, and with who made which pass; `stories` maps article to story.

    The gold files of the passes have been read before. Raises `ProblemsFound` with the faults of all files across
    articles, those of passes among them.
    """
    problems = Problems()
    claims = claim_order(found.articles.values())
    cross_article, faults = read_cross_article(folder, claims, found.scheme, stories)
    problems.extend(faults)
    files = {name: folder / name for name in (PROPOSITIONS, DISPUTES) if (folder / name).is_file()}
    passes: dict[str, tuple[str, ...]] = {}
    for of in pass_folders(folder):
        paths = gold_files(folder, of)
        makers = dict.fromkeys(name for path in paths for name in header_of(path).get("annotators", ()))
        passes |= {of.rpartition("/")[2]: tuple(makers)} if paths else {}
        if any(os.path.lexists(folder / of / name) for name in CROSS_ARTICLE):
            problems.extend(read_cross_article(folder / of, _claims_in(paths), found.scheme, stories)[1])
        paths += [path for name in CROSS_ARTICLE if (path := folder / of / name).is_file()]
        files |= {path.relative_to(folder).as_posix(): path for path in paths}
    problems.raise_if_any()
    return replace(found, cross_article=cross_article, passes=passes, files={**found.files, **files})


def cross_article_faults(folder: Path, scheme: Scheme, stories: Mapping[str, str | None]) -> list[Problem]:
    """What is wrong with the files across articles, those of passes among them, while gold files have faults: all but
    claims that are named and are not there."""
    folders = [folder, *(folder / of for of in pass_folders(folder))]
    return [fault for one in folders for fault in read_cross_article(one, None, scheme, stories)[1]]


def _claims_in(paths: Iterable[Path]) -> dict[str, int]:
    """The claims of gold files that have been read before, with their places, as `claim_order` has them."""
    rows = [[row for _, row in parse_json_lines(path.read_bytes(), path.name)[0]] for path in paths]
    ids = (f"{header['article_id']}:{row['id']}" for header, *of in rows for row in of if row["record"] == "claim")
    return {claim_id: place for place, claim_id in enumerate(ids)}


def annotated_articles(folder: Path) -> frozenset[str]:
    """The ids of the articles that have a gold file in `folder`; faults of one are reported where it is read."""
    finish_writing(folder)
    return frozenset(article_id for path in gold_files(folder) if (article_id := annotated_article(path)) is not None)


def read_registers(folder: Path, scheme: Scheme) -> tuple[Registers, list[Problem]]:
    """Both registers of `folder`, by the scheme, and every fault of them."""
    finish_writing(folder)
    name = f"{folder.name}/entities.jsonl"
    entities, of_entities = read_register(folder / "entities.jsonl", name, entity_fields(scheme))
    name = f"{folder.name}/annotators.jsonl"
    annotators, of_annotators = read_register(folder / "annotators.jsonl", name, ANNOTATOR_FIELDS)
    registers = Registers(
        tuple(entities),
        tuple(annotators),
        scheme,
        doubtful_ids(folder / "entities.jsonl", of_entities),
        doubtful_ids(folder / "annotators.jsonl", of_annotators),
    )
    return registers, [*of_entities, *entity_faults(entities, f"{folder.name}/entities.jsonl"), *of_annotators]


def gold_files(folder: Path, of: str = GOLD) -> list[Path]:
    """The gold files of `folder`, or those of a pass, sorted. A pass has its files across articles beside them."""
    paths = (folder / of).glob("*.jsonl")
    return sorted(path for path in paths if of == GOLD or path.name not in CROSS_ARTICLE)


def pass_folders(folder: Path) -> list[str]:
    """The passes of `folder`, sorted: what `gold_files` wants of each."""
    return sorted({path.parent.relative_to(folder).as_posix() for path in (folder / PASSES).glob("*/*.jsonl")})


def strays_of_passes(folder: Path) -> list[Problem]:
    """What lies under passes/ and belongs to no pass, so that nothing would read it: gold files that are in no folder
    of a pass, files in folders below one, and files across articles without a gold file."""
    passes = folder / PASSES
    if not passes.is_dir():
        what = "is no folder, but passes are folders in it"
        return [Problem(what, "remove it", file=f"{folder.name}/{PASSES}")] if os.path.lexists(passes) else []
    loose = [path for path in passes.glob("*.jsonl") if header_of(path).get("record") == "article"]
    alone = [
        path
        for of in pass_folders(folder)
        for path in (folder / of).glob("*.jsonl")
        if path.name in CROSS_ARTICLE and not gold_files(folder, of)
    ]
    below = [path for path in passes.rglob("*.jsonl") if len(path.relative_to(passes).parts) > 2]
    what, fix = "belongs to no pass", f"a pass is a folder {folder.name}/{PASSES}/NAME of gold files: move or remove it"
    return [
        Problem(what, fix, file=f"{folder.name}/{path.relative_to(folder).as_posix()}")
        for path in [*loose, *alone, *below]
    ]


def annotated_article(path: Path) -> str | None:
    """The article that a gold file says it annotates; None if its first line does not say."""
    article_id = header_of(path).get("article_id")
    return article_id if isinstance(article_id, str) else None


def read_gold_files(
    paths: Iterable[Path], folder: Path, source_texts: Mapping[str, str], registers: Registers
) -> tuple[dict[str, GoldArticle], list[Problem]]:
    """Some gold files of `folder`, anchored to the source texts of their articles, and every fault of them."""
    articles: dict[str, GoldArticle] = {}
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path in paths:
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        file = read_gold_file(path, name, source_texts, registers.scheme)
        article = file.article
        problems += file.problems
        problems += reference_problems(article, registers, name, file)
        if not article.header:
            continue
        if (first := seen.setdefault(article.article_id, name)) != name:
            what = f"annotates {article.article_id!r}, as {first} does"
            problems.append(Problem(what, "keep one of the two", file=name))
        if not file.problems:
            articles[article.article_id] = article
    return articles, problems


def reference_problems(
    article: GoldArticle, registers: Registers, name: str, file: GoldFile | None = None
) -> list[Problem]:
    """Ids that point nowhere: entities, claimers, attributions, parents, annotators. `file` is what the article was
    read from: its records have lines, and those with faults have ids."""
    annotators, doubtful = {row["id"] for row in registers.annotators}, registers.doubtful_annotators
    problems = [
        Problem(f"the annotator {annotator!r} is not registered", "add it to annotators.jsonl", file=name, line=1)
        for annotator in article.header.get("annotators", ())
        if doubtful is not None and annotator not in annotators | doubtful
    ]
    ids = file.ids if file else {kind: {record["id"] for record in article.of(kind)} for kind in KINDS}
    for record, line in zip_longest(article.records, file.lines if file else ()):
        span = next(iter(record[SPAN_FIELDS[record["record"]][0]]), None)
        for what, fix in reference_faults(record, registers.entity, ids, registers.doubtful_entities):
            what = f"{record['record']} {record['id']}: {what}"
            problems.append(Problem(what, fix, name, article.article_id, line, span))
    return problems


def annotate(table: pa.Table, gold: Mapping[str, GoldArticle], scheme: Scheme) -> pa.Table:
    """`table` (article_id, …) with the annotation layers as columns; an article without gold has empty layers.

    Its column `annotated` tells an article in which nothing was found from one in which nobody looked; `annotators`
    and `guidelines` are those of its gold.
    """
    article_ids = table.column("article_id").to_pylist()
    table = set_column(table, "annotated", pa.array([article_id in gold for article_id in article_ids], pa.bool_()))
    headers = [gold[article_id].header if article_id in gold else {} for article_id in article_ids]
    annotators = [header.get("annotators", ()) for header in headers]
    table = set_column(table, "annotators", pa.array(annotators, pa.list_(pa.string())))
    table = set_column(table, "guidelines", pa.array([header.get("guidelines") for header in headers], pa.string()))
    forms, layers = Records(scheme), annotation_layers(scheme)
    for kind, layer in LAYER_OF.items():
        column = []
        for article_id in article_ids:
            article = gold.get(article_id)
            column.append([_row(record, forms) for record in article.of(kind)] if article else [])
        table = set_column(table, layer, pa.array(column, layers[layer]))
    return table


def _row(record: Mapping[str, Any], forms: Records) -> dict[str, Any]:
    kind = record["record"]
    spans = {name: [{"start": span.start, "end": span.end} for span in record[name]] for name in SPAN_FIELDS[kind]}
    return spans | {name: record[name] for name in forms.fields[kind]}
