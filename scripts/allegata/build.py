"""The recipe: the whole way from raw/ to a published version, from top to bottom."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.tables import LEDGER

if TYPE_CHECKING:
    from allegata.annotate.stage import Annotations
    from allegata.compare import Corpus
    from allegata.dedup.stage import DedupResult
    from allegata.publish.card import CardFacts
    from allegata.publish.stage import ReleaseResult
    from allegata.validate.stage import ValidationReport


@dataclass(frozen=True)
class Build:
    """What the recipe knows so far. Every step returns a new one with its own fields filled in.

    `ledger` has one row for each article that came in; `articles` are those that are still in.
    """

    root: Path
    version: str
    articles: pa.Table = field(default_factory=lambda: pa.table({}))
    ledger: tuple[Mapping[str, str | None], ...] = ()
    duplicates: DedupResult | None = None
    annotations: Annotations | None = None
    splits: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    validation: ValidationReport | None = None
    release: ReleaseResult | None = None

    def ledger_table(self) -> pa.Table:
        """The ledger, sorted by article."""
        rows = sorted(self.ledger, key=lambda row: str(row["article_id"]))
        return pa.Table.from_pylist([dict(row) for row in rows], schema=LEDGER)

    def without(self, removed: Mapping[str, Mapping[str, str | None]], stage: str) -> Build:
        """The build without the articles `removed` (id -> reason, evidence, canonical_id), noted in the ledger."""
        ledger = tuple(
            {**row, "status": "removed", "stage": stage, **removed[str(row["article_id"])]}
            if row["article_id"] in removed
            else row
            for row in self.ledger
        )
        kept = pc.invert(pc.is_in(self.articles["article_id"], pa.array(list(removed), pa.string())))
        return replace(self, articles=self.articles.filter(kept), ledger=ledger)


def ingest(build: Build) -> Build:
    """raw/ to source texts; an article without a single letter or digit leaves here."""
    from allegata.ingest.stage import ingest

    articles = ingest(build.root / "raw")
    rows = articles.select(["article_id", "file"]).to_pylist()
    build = replace(build, articles=articles, ledger=tuple({**row, "status": "kept"} for row in rows))
    return build.without(_blank(articles, "source_text", "no_text", "the file has no letter and no digit"), "ingest")


def clean(build: Build) -> Build:
    """Source texts to removals, citations, blocks, sentences, language."""
    from allegata.clean.stage import clean

    build = replace(build, articles=clean(build.articles))
    return build.without(
        _blank(build.articles, "text", "no_text_left", "what is left has no letter and no digit"), "clean"
    )


def deduplicate(build: Build) -> Build:
    """Exact and near duplicates leave; the kept copy is chosen by a rule on the data: annotated, then published."""
    from allegata.annotate.stage import annotated_articles
    from allegata.dedup.stage import deduplicate
    from allegata.publish.pins import read_pins

    preferred = (annotated_articles(build.root / "annotations"), read_pins(build.root))
    duplicates = deduplicate(build.articles.select(["article_id", "text", "published"]), preferred=preferred)
    found = {row["article_id"]: row for row in duplicates.articles.to_pylist()}
    clusters = [found[article_id]["cluster_id"] for article_id in build.articles["article_id"].to_pylist()]
    removed: dict[str, Mapping[str, str | None]] = {
        article_id: {
            "reason": f"{row['kind']}_duplicate",
            "evidence": f"Jaccard similarity {row['similarity']:.4f} to the kept copy",
            "canonical_id": row["canonical_id"],
        }
        for article_id, row in found.items()
        if row["canonical_id"] != article_id
    }
    articles = build.articles.append_column("cluster_id", pa.array(clusters, pa.string()))
    build = replace(build, articles=articles).without(removed, "deduplicate")
    if removed:  # splits and card ask for the most similar pair among the articles that stay
        left = deduplicate(build.articles.select(["article_id", "text", "published"]))
        duplicates = replace(duplicates, most_similar=left.most_similar)
    return replace(build, duplicates=duplicates)


def annotate(build: Build) -> Build:
    """Gold files onto the articles, then everything onto the published tables and splits."""
    from allegata.annotate.stage import annotate, read_annotations
    from allegata.publish.pins import read_pins
    from allegata.publish.projection import project
    from allegata.publish.splits import assign_splits

    articles = build.articles
    texts = dict(zip(articles["article_id"].to_pylist(), articles["source_text"].to_pylist(), strict=True))
    annotations = read_annotations(build.root / "annotations", texts)
    articles = annotate(articles, annotations)
    clusters = dict(zip(articles["article_id"].to_pylist(), articles["cluster_id"].to_pylist(), strict=True))
    nearest = build.duplicates.most_similar if build.duplicates else None
    splits = assign_splits(clusters, nearest, read_pins(build.root))
    entities = {row["id"]: row for row in annotations.entities}
    across = annotations.cross_article
    tables = project(articles, entities, splits, across.propositions, across.relations)
    return replace(build, articles=articles, annotations=annotations, splits=splits, tables=tables)


def validate(build: Build) -> Build:
    """Every table against its suite. Raises `ProblemsFound` with every row that fails."""
    from allegata.validate.stage import Context, validate

    entities = build.annotations.entities if build.annotations else ()
    tables = {name: _with_split(table, build.splits) for name, table in build.tables.items()}
    tables["ledger"] = build.ledger_table()
    context = Context(frozenset(row["id"] for row in entities), len(build.ledger))
    report = validate(tables, build.root / "expectations", context)
    if not report.ok:
        raise ProblemsFound(report.problems())
    return replace(build, validation=report)


def publish(build: Build) -> Build:
    """The version, whole or not at all; an existing one is proved equal, byte for byte."""
    from allegata.publish.stage import release

    result = release(
        build.tables,
        build.splits,
        version=build.version,
        root=build.root,
        inputs=_inputs(build),
        algorithms=algorithms(),
        ledger=build.ledger_table(),
        facts=card_facts(build),
    )
    return replace(build, release=result)


Step = Callable[[Build], Build]
STEPS: dict[str, Step] = {
    "ingest": ingest,
    "clean": clean,
    "deduplicate": deduplicate,
    "annotate": annotate,
    "validate": validate,
    "publish": publish,
}


def run(root: Path, until: str = "publish", begin: Callable[[str], None] = lambda step: None) -> Build:
    """The recipe up to and including the step `until`; `begin` hears the name of each step.

    Raises `ProblemsFound` when the data fails its checks, `UsageError` when `root` is no corpus.
    """
    build = Build(root, read_version(root))
    for name, step in STEPS.items():
        begin(name)
        build = step(build)
        if name == until:
            break
    return build


def read_version(root: Path) -> str:
    """The version that a publication would have: `[tool.allegata] corpus-version` in pyproject.toml."""
    if not (root / "raw").is_dir():
        what = "there is no folder raw/ in" if root.is_dir() else "there is no folder"
        raise UsageError(f"{what} {root}: go to the corpus, or name it with --root")
    try:
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        return str(settings["tool"]["allegata"]["corpus-version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProblemsFound(
            [
                Problem(
                    f"does not say the version of the corpus ({type(error).__name__})",
                    'write corpus-version = "0.1.0" under [tool.allegata]',
                    file="pyproject.toml",
                )
            ]
        ) from None


def read_corpus(root: Path) -> Corpus:
    """The cleaned articles of `root`, as passes of annotators are compared on them. Raises what `run` raises."""
    from allegata.compare import corpus_of

    return corpus_of(run(root, "clean").articles, root / "annotations")


def algorithms() -> dict[str, object]:
    """Name, version and constants of everything that decides about the text."""
    from importlib.metadata import version

    from allegata.clean.citations import NAME
    from allegata.clean.stage import RULES
    from allegata.clean.web.article import NAMES
    from allegata.dedup.stage import DedupOptions
    from allegata.text import sentences

    return {
        "clean": sorted({name for name, _ in RULES} | {NAME}),
        "clean web pages": sorted(NAMES),
        "extract": [f"{name} {version(name)}" for name in ("trafilatura", "resiliparse", "readability-lxml")],
        "deduplicate": DedupOptions().algorithm(),
        "sentences": f"sentencex {version('sentencex')}, {sentences.NAME}",
        "language": f"langdetect {version('langdetect')}, seed 0",
    }


def card_facts(build: Build) -> CardFacts:
    """What the card says beside the tables: who annotated, and which articles resemble each other most."""
    from allegata import compare
    from allegata.annotate.agreement_report import markdown
    from allegata.publish.card import CardFacts
    from allegata.publish.card_annotation import found_by_passes
    from allegata.publish.card_leaderboard import read_leaderboard
    from allegata.publish.card_pre_annotation import read_pre_annotation

    most_similar = build.duplicates.most_similar if build.duplicates else None
    facts = CardFacts(most_similar=most_similar, leaderboard=read_leaderboard(build.root))
    if build.annotations is None:
        return facts
    passes = [build.root / "annotations" / "passes" / name for name in sorted(build.annotations.passes)]
    corpus = compare.corpus_of(build.articles, build.root / "annotations")
    read = [compare.read_gold_pass(corpus, folder, folder.name) for folder in passes]
    fragment = markdown(compare.agreement(corpus, passes)) if len(passes) > 1 else ""
    gold = {who for article in build.annotations.articles.values() for who in article.header["annotators"]}
    followed = {f"articles, pass {found.name}": found.articles for found in read}
    followed["published"] = build.annotations.articles
    return replace(
        facts,
        annotators=build.annotations.annotators,
        passes=build.annotations.passes,
        gold=tuple(sorted(gold)),
        agreement=fragment,
        pre_annotation=read_pre_annotation(build.root),
        found_by=found_by_passes(build.annotations.cross_article.relations, [one.relations.values() for one in read]),
        guidelines={
            part: tuple(sorted({article.header["guidelines"] for article in articles.values()}))
            for part, articles in followed.items()
        },
    )


def _blank(articles: pa.Table, column: str, reason: str, evidence: str) -> dict[str, dict[str, str | None]]:
    ids, texts = articles["article_id"].to_pylist(), articles[column].to_pylist()
    return {
        article_id: {"reason": reason, "evidence": evidence}
        for article_id, text in zip(ids, texts, strict=True)
        if not any(character.isalnum() for character in text)
    }


def _with_split(table: pa.Table, splits: Mapping[str, str]) -> pa.Table:
    if "article_id" not in table.column_names:
        return table
    return table.append_column("split", pa.array([splits[i] for i in table["article_id"].to_pylist()], pa.string()))


def _inputs(build: Build) -> dict[str, str]:
    """sha256 of every article that came in, of the rows that describe them, and of every annotation file.

    The rows are hashed sorted and with sorted keys: neither the order of the manifest nor of its keys says anything.
    Guidelines, expectations and the splits of older versions are no part of it: no published value comes from them
    but the split, which is the name of the file.
    """
    raw = build.root / "raw"
    files = {f"raw/{row['file']}": raw / str(row["file"]) for row in build.ledger}
    if build.annotations:
        files |= {f"annotations/{name}": path for name, path in build.annotations.files.items()}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    lines = (raw / "manifest.jsonl").read_text(encoding="utf-8").split("\n")
    rows = sorted(json.dumps(json.loads(line), sort_keys=True) for line in lines if line.strip())
    hashes["raw/manifest.jsonl (rows)"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return dict(sorted(hashes.items()))
