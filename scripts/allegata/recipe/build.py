"""The recipe: the whole way from raw/ to a published version, from top to bottom.

Articles go through it in batches (`steps`), on any runner, and lie in a work folder between two stages. What stays in
memory is slim: of every article its row of the manifest, its place, its cluster and its split.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from allegata.engine.finish import Progress
from allegata.engine.job import RunOptions, open_job, without_progress
from allegata.engine.work import name_of, unpacked
from allegata.recipe.about import algorithms, card_facts, inputs
from allegata.recipe.publishing import publishing
from allegata.recipe.state import Build
from allegata.recipe.steps import annotation, articles, validation
from allegata.schema.problems import Problems, UsageError
from allegata.schema.scheme import read_scheme
from allegata.schema.settings import read_settings, settings_file
from allegata.schema.tables import TABLES, tables_of

if TYPE_CHECKING:
    from allegata.publish.bump import Level
    from allegata.recipe.compare import CleanedTexts
    from allegata.validate.batches import Plan


def ingest(build: Build) -> Build:
    """raw/ to source texts; an article without a single letter or digit leaves here."""
    from allegata.ingest.stage import BatchSize, manifest_batches, read_raw
    from allegata.schema.redactions import read_redactions
    from allegata.schema.transaction import finish_writing
    from allegata.schema.withdrawn import STAGE, in_force
    from allegata.text.redaction import Redactor

    finish_writing(build.root / "annotations")
    withdrawn = in_force(build.root / "annotations")
    build = replace(build, redactor=Redactor(read_redactions(build.root / "annotations")))
    links, limits = build.settings.follow_links, build.settings.limits
    manifest = read_raw(build.root / "raw", withdrawn.keys(), follow_links=links, limits=limits)
    size = BatchSize(build.size)
    build.job.bind({"algorithms": algorithms()})
    batches = manifest_batches(manifest, size, frozenset(build.job.work.names(articles.INGESTED)))
    batches = [batch.append_column("article_id", batch["id"]) for batch in batches]
    receipts = build.job.done(articles.INGESTED, articles.Ingest(build.root / "raw", limits), batches)
    members = pa.concat_tables(receipts)
    entered = members.select(["article_id", "batch"])
    build = replace(build, manifest=manifest, entered=entered, members=members, stage=articles.INGESTED)
    listed = withdrawn.keys() & manifest.rows["id"].to_pylist()
    build = build.without({name: {"reason": STAGE, "evidence": withdrawn[name].why} for name in listed}, STAGE)
    return build.without(articles.blank(receipts, "no_text", "the file has no letter and no digit"), "ingest")


def clean(build: Build) -> Build:
    """Source texts to removals, citations, blocks, sentences, language; what recurs on a site is counted first."""
    from allegata.clean.sites import many_pages, sites_from
    from allegata.recipe.curated import curated_lines

    curated = curated_lines(build)
    job, pages, recurring = build.job, many_pages(build.members["host"].to_pylist()), []
    if pages:
        job.done(articles.RECURRING, articles.PageBlocks(job.work, pages), build.batches())
        keys = job.runner.map(articles.ReadBlocks(job.work), job.runner.source(build.batches()))
        found = job.runner.map(articles.Recurring(pages), job.runner.shuffle(keys, "part"))
        recurring = list(job.runner.tables(found))
    else:
        job.work.forget(articles.RECURRING, ())
    step = articles.Clean(job.work, sites_from(recurring, pages), build.redactor, curated)
    receipts = job.done(articles.CLEANED, step, build.batches())
    build = replace(build, stage=articles.CLEANED).keyed(receipts)
    return build.without(articles.blank(receipts, "no_clean_text", "no letter and no digit remains"), "clean")


def deduplicate(build: Build) -> Build:
    """Of exact and near duplicates one copy stays, and stands for the others in the ledger.

    Which one does not depend on the order of files or of work. It is, the strongest reason first:

    1. an annotated copy: one with a gold file;
    2. a copy that an older version has published;
    3. the copy with the earliest known date of publication;
    4. the longest clean text;
    5. the smallest article id.

    `annotations/decisions.jsonl` overrules it: `keep` keeps a copy that would leave, in the cluster (and so in the
    split) of the others, `drop` removes an article before copies are sought. A near copy of a withdrawn article
    leaves before the search too, unless `keep` keeps it.
    """
    from allegata.annotate.stage import annotated_articles
    from allegata.dedup.decisions import STAGE, overrule, read_decisions
    from allegata.dedup.search import search
    from allegata.dedup.similar import most_similar_kept
    from allegata.dedup.stage import DedupOptions, DedupResult, result_rows
    from allegata.publish.pins import read_pins
    from allegata.recipe.near_copies import near_copies
    from allegata.recipe.steps.passages import shared_passages
    from allegata.schema.withdrawn import STAGE as WITHDRAWN
    from allegata.schema.withdrawn import in_force

    build.refuse_if_empty()
    assert build.manifest is not None  # the first step read it
    annotated = annotated_articles(build.root / "annotations")
    before = {name: build.removed_at(name) for name in build.manifest.rows["id"].to_pylist()}
    decided = read_decisions(build.root / "annotations", before, annotated)
    dropped = {name: {"reason": "dropped", "evidence": why} for name, why in decided.dropped.items()}
    build = build.without({name: why for name, why in dropped.items() if before[name] is None}, STAGE)
    near = near_copies(build, in_force(build.root / "annotations"))
    build = build.without({name: why for name, why in near.items() if name not in decided.kept}, WITHDRAWN)
    ids, job, options = build.members["article_id"], build.job, DedupOptions()
    build = replace(build, pins=read_pins(build.root))
    preferred = (annotated, build.pins)
    batches, read = articles.numbered_batches(build.batches()), articles.ReadCleaned(job.work)
    finished = partial(articles.signed, job, batches)
    searched = search(batches, read, job.runner, options, finished, preferred=preferred)
    found, decisions = overrule(searched, decided), result_rows(ids, 0, searched)
    alike = articles.copies(decisions)
    shared = shared_passages(job, build.batches(), {name: copy["canonical_id"] for name, copy in alike.items()})
    removed = articles.removed_copies({name: alike[name] for name in alike if name not in decided.kept}, shared)
    build = replace(build, members=build.members.append_column("cluster_id", decisions["cluster_id"]))
    build = build.without(removed, "deduplicate")
    nearest = most_similar_kept(found, ids, lambda: build.column("text"), options)
    kept = {
        name: {
            **(articles.likeness(alike[name], shared) if name in alike else {}),
            "stage": STAGE,
            "reason": "kept",
            "evidence": decided.kept[name],
        }
        for name in decided.kept.keys() & (near.keys() | alike.keys())
    }
    return replace(build, duplicates=DedupResult(result_rows(ids, 0, found), nearest, found.counters), overruled=kept)


def annotate(build: Build) -> Build:
    """Gold files onto the articles, then everything onto the published tables and splits."""
    from allegata.annotate.stage import (
        annotations_of,
        cross_article_faults,
        pass_folders,
        read_registers,
        strays_of_passes,
        with_cross_article,
    )
    from allegata.publish.pair_rows import Across, article_of_claim
    from allegata.publish.projection import project_across, project_register
    from allegata.publish.splits import assign_splits

    build.refuse_if_empty()
    schemas = tables_of(build.scheme)
    folder, job, problems = build.root / "annotations", build.job, Problems()
    registers, faults = read_registers(folder, build.scheme)
    ids = build.members["article_id"].to_pylist()
    gold, strays = annotation.gold_by_article(folder, ids, build.scheme)
    passes, more = annotation.gold_by_article(folder, ids, build.scheme, pass_folders(folder))
    strays += [*more, *strays_of_passes(folder)]
    batches = [annotation.with_files(batch, gold=gold, passes=passes) for batch in build.batches()]
    step = annotation.Annotate(job.work, folder, registers, build.settings.invented)
    receipts, more = job.finish(articles.ANNOTATED, step, batches)
    problems.extend([*faults, *strays, *more])
    stories = build.stories
    if len(problems):
        problems.extend(cross_article_faults(folder, build.scheme, stories))
    problems.raise_if_any()
    build = replace(build, stage=articles.ANNOTATED).keyed(receipts)
    annotations = annotations_of(folder, registers, annotation.facts_in(receipts))
    annotations = with_cross_article(annotations, folder, stories)
    clusters = dict(zip(*(build.members[name].to_pylist() for name in ("article_id", "cluster_id")), strict=True))
    splits = assign_splits(
        clusters,
        build.duplicates.most_similar if build.duplicates else None,
        build.pins,
        stories=stories,
        annotated=annotations.articles,
        by=build.settings.split_by,
    )
    tables = annotation.published(job.work, build.stage, build.batches())
    records = annotations.cross_article
    named = frozenset(map(article_of_claim, records.claims))
    rows = {name: annotation.rows_of(tables[name], named, schemas[name]) for name in ("claims", "sentences")}
    sentences = rows["sentences"]
    texts = dict(zip(sentences["sentence_id"].to_pylist(), sentences["text"].to_pylist(), strict=True))
    across = project_across(
        Across(rows["claims"].to_pylist(), texts, splits, records.propositions, records.disputes, build.scheme, stories)
    )
    across["entity_register"] = project_register(registers.entities, schemas["entity_register"])
    build = replace(build, annotations=annotations, splits=splits)
    return replace(build, tables=tables, named=rows, across=across)


def validate(build: Build) -> Build:
    """Every table against its suite, group by group, then what only all can tell. Raises `ProblemsFound`."""
    from allegata.recipe.redacted import check_names
    from allegata.validate.batches import conclude
    from allegata.validate.report import SuitesUnmet
    from allegata.validate.stage import check_shapes, read_plan

    job, suites = build.job, build.root / "expectations"
    across = {**build.across, "ledger": build.ledger_table()}
    check_shapes(across, build.scheme)
    plan = read_plan(suites, [*TABLES, "ledger"], build.entity_ids, build.scheme)
    members = validation.members(build.batches(), build.splits, plan)
    receipts = _outcomes(build, plan, members)
    keys = validation.repeated_keys(job.runner, job.work, receipts)
    gather = validation.Gather(job.work, build.stage, plan, keys)
    gathered = job.done(None, gather, validation.groups(members)) if gather.tables else []
    named = {"articles": validation.articles_in(receipts.values()), **build.named}
    found = validation.found_in(receipts.values())
    report = conclude(plan, found, {**across, **named}, map(unpacked, gathered), len(across["ledger"]))
    if not report.ok:
        raise SuitesUnmet(report)
    if build.redactor:
        check_names(build)
    return replace(build, validation=report)


def _outcomes(build: Build, plan: Plan, members: list[pa.Table]) -> dict[str, pa.Table]:
    """Group -> what the suites say of its articles. Those that passed in an earlier run are not asked again, unless
    others fail: then all are, so that the report is that of a first run."""
    job, step = build.job, validation.Validate(build.job.work, build.stage, plan)
    passed = validation.passed(job.work, members)
    while True:
        groups = validation.groups(members, passed.values())
        receipts = dict(zip(map(name_of, groups), job.done(validation.VALIDATED, step, groups, passed), strict=True))
        if not passed or not any(receipt["failed"][0].is_valid for receipt in receipts.values()):
            return {**passed, **receipts}
        passed = {}


def publish(build: Build) -> Build:
    """The version, whole or not at all; an existing one is proved equal, byte for byte."""
    from allegata.publish.contents import Contents
    from allegata.publish.stage import release

    contents = Contents(
        {**build.tables, **{name: [table] for name, table in build.across.items()}},
        build.splits,
        ledger=build.ledger_table(),
        scheme=build.scheme,
        facts=card_facts(build),
        inputs=inputs(build),
        algorithms=algorithms(build.root / "annotations"),
    )
    result = release(contents, root=build.root, version=build.settings.corpus_version, bump=build.bump)
    return replace(build, release=result)


Stage = Callable[[Build], Build]
STAGES: dict[str, Stage] = {
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
    on_step: Callable[[str], None] = lambda step: None,
    *,
    progress: Progress = without_progress,
    on_notice: Callable[[str], None] = lambda line: None,
    options: RunOptions | None = None,
    bump: Level | None = None,
    pinned: bool = True,
) -> Build:
    """The recipe up to and including the step `until`.

    `on_step` gets the name of each step, `progress` its batches, `on_notice` a line for what was damaged in the work
    folder and is made again; `options` say how and where it runs, `bump` by how much the version rises; where it is not
    `pinned`, a version that the settings pin is passed over. Raises `ProblemsFound` when the data fails its checks,
    `UsageError` when `root` is no corpus, the work folder holds something else, or the version cannot be the next one.
    """
    options = options or RunOptions()
    with publishing(root) if until == "publish" and root.is_dir() else nullcontext():
        settings = read_settings(root)
        if not pinned:
            settings = replace(settings, corpus_version=None)
        if bump is not None and settings.corpus_version is not None:
            pin = f'{settings_file(root)[0].name} pins corpus-version = "{settings.corpus_version}"'
            raise UsageError(f"{pin}: remove the line to choose the version with --bump")
        if not (root / "raw").is_dir():
            raise UsageError(f"{root} has no articles: there is no folder raw/; add some with: allegata add FILES…")
        with open_job(options, progress, on_notice) as job:
            return _steps(
                Build(root, settings, job, options.batch, read_scheme(root / "annotations"), bump), until, on_step
            )


def _steps(build: Build, until: str, on_step: Callable[[str], None]) -> Build:
    for name, step in STAGES.items():
        on_step(name)
        before = time.perf_counter()
        build = step(build)
        build = replace(build, seconds={**build.seconds, name: time.perf_counter() - before})
        if name == until:
            break
    return build


def read_corpus(root: Path) -> CleanedTexts:
    """The cleaned articles of `root`, as passes of annotators are compared on them. Raises what `run` raises."""
    from allegata.recipe.compare import corpus_of

    return corpus_of(run(root, "clean").article_batches(), root / "annotations")
