"""The recipe: the whole way from raw/ to a published version, from top to bottom.

Articles go through it in blocks (`steps`), on any runner, and lie in a work folder between two stages. What stays in
memory is slim: of every article its row of the manifest, its place, its cluster and its split.
"""

from __future__ import annotations

import hashlib
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata import steps
from allegata.engine.job import Job, RunOptions, open_job, unwatched
from allegata.engine.work import Watch, unpacked
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.tables import LEDGER, TABLES

if TYPE_CHECKING:
    from allegata.annotate.stage import Annotations
    from allegata.compare import Corpus
    from allegata.dedup.stage import DedupResult
    from allegata.ingest.manifest import Manifest
    from allegata.publish.card import CardFacts
    from allegata.publish.stage import ReleaseResult
    from allegata.validate.stage import ValidationReport


@dataclass(frozen=True)
class Build:
    """What the recipe knows so far. Every step returns a new one with its own fields filled in.

    `manifest` has a row for each article that came in, `members` (article_id, block, later cluster_id …) for those
    that are still in, both in the order of the ids; `removed` says of the others at which stage they left, and why.
    `tables` are the published tables about single articles, a block at a time; `across` those about several, and
    `claims` the claims of the articles that these name.
    """

    root: Path
    version: str
    job: Job
    size: int = 256
    manifest: Manifest | None = None
    members: pa.Table = field(default_factory=lambda: pa.table({}))
    removed: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    stage: str = ""
    duplicates: DedupResult | None = None
    annotations: Annotations | None = None
    splits: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Iterable[pa.Table]] = field(default_factory=dict)
    across: Mapping[str, pa.Table] = field(default_factory=dict)
    claims: pa.Table | None = None
    validation: ValidationReport | None = None
    release: ReleaseResult | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    def without(self, removed: Mapping[str, Mapping[str, str | None]], stage: str) -> Build:
        """The build without the articles `removed` (id -> reason, evidence, canonical_id), noted for the ledger."""
        noted = {article_id: {**why, "stage": stage} for article_id, why in removed.items()}
        left = pc.is_in(self.members["article_id"], pa.array(list(removed), pa.string()))
        return replace(self, members=self.members.filter(pc.invert(left)), removed={**self.removed, **noted})

    def ledger_table(self) -> pa.Table:
        """One row for each article that came in, sorted by id: kept, or removed with stage, reason and evidence."""
        assert self.manifest is not None  # the first step read it
        rows = self.manifest.rows.select(["id", "file"]).rename_columns(["article_id", "file"])
        why = [self.removed.get(article_id, {}) for article_id in rows["article_id"].to_pylist()]
        columns = {name: pa.array([row.get(name) for row in why], pa.string()) for name in LEDGER.names[3:]}
        status = pa.array(["removed" if row else "kept" for row in why], pa.string())
        return pa.table([*rows.columns, status, *columns.values()], LEDGER.names).cast(LEDGER)

    def blocks(self) -> list[pa.Table]:
        """The members, block by block; blocks that lost all their articles are gone."""
        numbers = self.members["block"].to_numpy() if len(self.members) else np.zeros(0, np.int64)
        cuts = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist(), len(numbers)]
        return [self.members.slice(start, end - start) for start, end in pairwise(cuts) if end > start]

    def article_blocks(self, only: Iterable[str] | None = None, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """The articles that are still in, or `only` some of them, with what is known of them, one block at a time."""
        wanted = None if only is None else pa.array(sorted(only), pa.string())
        for block in self.blocks():
            if wanted is not None:
                block = block.filter(pc.is_in(block["article_id"], wanted))
            if len(block):
                yield steps.read_articles(self.job.work, self.stage, block, columns)

    def column(self, name: str) -> pa.ChunkedArray:
        """One column of all articles."""
        tables = list(self.article_blocks(columns=["article_id", name]))
        return pa.chunked_array([chunk for table in tables for chunk in table[name].chunks])

    @property
    def articles(self) -> pa.Table:
        """All of them in one table: for who shows a few articles to people."""
        return pa.concat_tables(list(self.article_blocks())).combine_chunks()


def ingest(build: Build) -> Build:
    """raw/ to source texts; an article without a single letter or digit leaves here."""
    from allegata.annotate.writing import finish_writing
    from allegata.ingest.stage import BlockSize, blocks_of, read_raw

    finish_writing(build.root / "annotations")
    manifest, size = read_raw(build.root / "raw"), BlockSize(build.size)
    inputs = {"raw": manifest.digest, "annotations": digest_of(build.root / "annotations")}
    build.job.begin({"inputs": inputs, "options": {**asdict(size), "algorithms": algorithms()}})
    blocks = blocks_of(manifest, size)
    receipts = done(build.job.finish(steps.INGESTED, steps.Ingest(build.root / "raw"), blocks))
    members = pa.concat_tables(receipts)
    build = replace(build, manifest=manifest, members=members, stage=steps.INGESTED)
    return build.without(blank(members, "no_text", "the file has no letter and no digit"), "ingest")


def clean(build: Build) -> Build:
    """Source texts to removals, citations, blocks, sentences, language; what recurs on a site is counted first."""
    from allegata.clean.sites import BLOCK_KEYS, many_pages, sites_from

    pages, runner, work = many_pages(build.members["host"].to_pylist()), build.job.runner, build.job.work
    recurring = [pa.table({**BLOCK_KEYS.empty_table().to_pydict(), "count": []})]
    if pages:
        keys = runner.map(steps.BlockKeys(work, pages), runner.source(build.blocks()))
        recurring += runner.tables(runner.map(steps.Recurring(pages), runner.shuffle(keys, "part")))
    sites = sites_from(pa.concat_tables(recurring, promote_options="permissive"), pages)
    receipts = pa.concat_tables(done(build.job.finish(steps.CLEANED, steps.Clean(work, sites), build.blocks())))
    build = replace(build, stage=steps.CLEANED)
    return build.without(blank(receipts, "no_text_left", "what is left has no letter and no digit"), "clean")


def deduplicate(build: Build) -> Build:
    """Exact and near duplicates leave; the kept copy is chosen by a rule on the data: annotated, then published."""
    from allegata.annotate.stage import annotated_articles
    from allegata.dedup.search import search
    from allegata.dedup.similar import most_similar_kept
    from allegata.dedup.stage import DedupOptions, DedupResult, result_rows
    from allegata.publish.pins import read_pins

    ids, job, options = build.members["article_id"], build.job, DedupOptions()
    preferred = (annotated_articles(build.root / "annotations"), read_pins(build.root))
    blocks = steps.numbered(build.blocks())
    found = search(blocks, steps.ReadCleaned(job.work), job.runner, options, job.kept, preferred=preferred)
    decisions = result_rows(ids, 0, found)
    members = build.members.append_column("cluster_id", decisions["cluster_id"])
    copies = decisions.filter(pc.not_equal(decisions["article_id"], decisions["canonical_id"]))
    build = replace(build, members=members).without(
        {row["article_id"]: steps.why_copy(row) for row in copies.to_pylist()}, "deduplicate"
    )
    nearest = most_similar_kept(found, ids, lambda: build.column("text"), options)
    return replace(build, duplicates=DedupResult(decisions, nearest, found.counters))


def annotate(build: Build) -> Build:
    """Gold files onto the articles, then everything onto the published tables and splits."""
    from allegata.annotate.stage import annotations_of, read_registers, with_cross_article
    from allegata.publish.pins import read_pins
    from allegata.publish.projection import articles_named, project_across
    from allegata.publish.splits import assign_splits

    folder, work = build.root / "annotations", build.job.work
    registers, faults = read_registers(folder)
    gold, strays = steps.gold_by_article(folder, build.members["article_id"].to_pylist())
    blocks = [steps.with_gold(block, gold) for block in build.blocks()]
    stage = f"{steps.ANNOTATED}-{steps.digest_of(blocks)}"
    receipts, more = build.job.finish(stage, steps.Annotate(work, folder, registers), blocks)
    raise_all([*faults, *strays, *more])
    annotations = with_cross_article(annotations_of(folder, registers, steps.facts_in(receipts)), folder)
    clusters = dict(zip(*(build.members[name].to_pylist() for name in ("article_id", "cluster_id")), strict=True))
    splits = assign_splits(clusters, build.duplicates.most_similar if build.duplicates else None, read_pins(build.root))
    tables = steps.published(work, stage, build.blocks())
    records = annotations.cross_article.propositions, annotations.cross_article.relations
    claims = steps.rows_of(tables["claims"], articles_named(*records))
    across = project_across(claims, splits, *records)
    build = replace(build, stage=stage, annotations=annotations, splits=splits)
    return replace(build, tables=tables, claims=claims, across=across)


def validate(build: Build) -> Build:
    """Every table against its suite, group by group, then what only all can tell. Raises `ProblemsFound`."""
    from allegata.validate.blocks import conclude
    from allegata.validate.stage import check_shapes, read_plan

    work, runner, suites = build.job.work, build.job.runner, build.root / "expectations"
    plan = read_plan(suites, [*TABLES, "ledger"], entities_of(build))
    groups = steps.groups(build.blocks(), build.splits)
    stage = f"validate-{steps.digest_of(groups, digest_of(suites))}"
    found = steps.found_in(done(build.job.finish(stage, steps.Validate(work, build.stage, plan), groups)))
    keys = runner.shuffle(runner.map(steps.ReadKeys(work, stage), runner.source(groups)), "part")
    gather = steps.Gather(work, build.stage, plan, steps.concat(runner.tables(runner.map(steps.repeated, keys))))
    gathered = done(build.job.finish(None, gather, groups)) if gather.tables else []
    across = {**build.across, "ledger": build.ledger_table()}
    check_shapes(across)
    named = {"articles": build.members.select(["article_id"]), "claims": build.claims}
    report = conclude(plan, found, {**across, **named}, map(unpacked, gathered), len(across["ledger"]))
    if not report.ok:
        raise ProblemsFound(report.problems())
    return replace(build, validation=report)


def publish(build: Build) -> Build:
    """The version, whole or not at all; an existing one is proved equal, byte for byte."""
    from allegata.publish.stage import release

    result = release(
        {**build.tables, **{name: [table] for name, table in build.across.items()}},
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


def run(
    root: Path,
    until: str = "publish",
    begin: Callable[[str], None] = lambda step: None,
    *,
    watch: Watch = unwatched,
    options: RunOptions | None = None,
) -> Build:
    """The recipe up to and including the step `until`.

    `begin` hears the name of each step, `watch` sees its blocks pass; `options` say how and where it runs. Raises
    `ProblemsFound` when the data fails its checks, `UsageError` when `root` is no corpus or the work folder holds
    something else.
    """
    options = options or RunOptions()
    version = read_version(root)
    with open_job(options, watch) as job:
        build = Build(root, version, job, options.block)
        for name, step in STEPS.items():
            begin(name)
            before = time.perf_counter()
            build = step(build)
            build = replace(build, seconds={**build.seconds, name: time.perf_counter() - before})
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

    return corpus_of(run(root, "clean").article_blocks(), root / "annotations")


def digest_of(folder: Path) -> str:
    """sha256 of the names and the bytes of every file below a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("[!.]*") if path.is_file()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


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
    from allegata.annotate.stage import annotated_article
    from allegata.publish.card import CardFacts
    from allegata.publish.card_annotation import found_by_passes
    from allegata.publish.card_leaderboard import read_leaderboard
    from allegata.publish.card_pre_annotation import read_pre_annotation

    most_similar = build.duplicates.most_similar if build.duplicates else None
    facts = CardFacts(most_similar=most_similar, leaderboard=read_leaderboard(build.root))
    if build.annotations is None:
        return facts
    passes = [build.root / "annotations" / "passes" / name for name in sorted(build.annotations.passes)]
    annotated = {annotated_article(path) for folder in passes for path in folder.glob("*.jsonl")}
    articles = build.article_blocks(article_id for article_id in build.splits if article_id in annotated)
    corpus = compare.corpus_of(articles, build.root / "annotations")
    read = [compare.read_gold_pass(corpus, folder, folder.name) for folder in passes]
    fragment = markdown(compare.agreement(corpus, passes)) if len(passes) > 1 else ""
    gold = {who for article in build.annotations.articles.values() for who in article.annotators}
    followed = {
        f"articles, pass {found.name}": {article.header["guidelines"] for article in found.articles.values()}
        for found in read
    }
    followed["published"] = {article.guidelines for article in build.annotations.articles.values()}
    return replace(
        facts,
        annotators=build.annotations.annotators,
        passes=build.annotations.passes,
        gold=tuple(sorted(gold)),
        agreement=fragment,
        pre_annotation=read_pre_annotation(build.root),
        found_by=found_by_passes(build.annotations.cross_article.relations, [one.relations.values() for one in read]),
        guidelines={part: tuple(sorted(versions)) for part, versions in followed.items()},
    )


def done(outcome: tuple[list[pa.Table], list[Problem]]) -> list[pa.Table]:
    """The receipts of a stage. Raises `ProblemsFound` with the problems of all its blocks."""
    receipts, problems = outcome
    raise_all(problems)
    return receipts


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise `ProblemsFound` if there is a problem."""
    found = Problems()
    found.extend(problems)
    found.raise_if_any()


def blank(receipts: pa.Table, reason: str, evidence: str) -> dict[str, dict[str, str | None]]:
    """Why the articles that are blank leave."""
    gone = receipts.filter(receipts["is_blank"])["article_id"].to_pylist()
    return {article_id: {"reason": reason, "evidence": evidence} for article_id in gone}


def entities_of(build: Build) -> frozenset[str]:
    """The ids of the register of entities."""
    return frozenset(row["id"] for row in build.annotations.entities) if build.annotations else frozenset()


def _inputs(build: Build) -> dict[str, str]:
    """sha256 of every article that came in, of the rows that describe them, and of every annotation file.

    The rows are hashed sorted and with sorted keys: neither the order of the manifest nor of its keys says anything.
    Guidelines, expectations and the splits of older versions are no part of it: no published value comes from them
    but the split, which is the name of the file.
    """
    assert build.manifest is not None  # the first step read it
    rows = build.manifest.rows.select(["file", "sha256"]).to_pylist()  # ingestion compared them with the files
    hashes = {f"raw/{row['file']}": row["sha256"] for row in rows}
    files = build.annotations.files if build.annotations else {}
    hashes |= {f"annotations/{name}": hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    hashes["raw/manifest.jsonl (rows)"] = build.manifest.digest
    return dict(sorted(hashes.items()))
