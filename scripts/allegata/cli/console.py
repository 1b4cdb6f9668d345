"""What people see: tables and messages on the terminal. Reads a `Build`, decides nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING

from allegata.cli.cleaning import MOST_LINES, cleaning
from allegata.cli.options import with_root
from allegata.cli.shown import alarm, complain, console, exact_json, following, own_command, say, show, table
from allegata.schema.wording import number

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from allegata.annotate.agreement_report import Report
    from allegata.engine.finish import Progress
    from allegata.ingest.add import AddReport
    from allegata.recipe.remove import Removed
    from allegata.recipe.state import Build
    from allegata.schema.problems import ProblemsFound


@contextmanager
def progress() -> Iterator[tuple[Callable[[str], None], Progress]]:
    """A bar over the steps of the recipe and one over the batches of a step, on a terminal; silent elsewhere."""
    from rich import progress as rich_progress

    from allegata.recipe.build import STAGES

    columns = (
        rich_progress.TextColumn("{task.description:<12}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeElapsedColumn(),
    )
    terminal = console(sys.stderr)
    with rich_progress.Progress(*columns, console=terminal, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("start", total=len(STAGES))

        def on_step(step: str) -> None:
            bar.update(task, description=step, completed=list(STAGES).index(step))

        def passing(batches: Iterable[pa.Table], count: int) -> Iterator[pa.Table]:
            if count < 2:
                yield from batches
                return
            inner = bar.add_task("  batches", total=count)
            for batch in batches:
                yield batch
                bar.advance(inner)
            bar.remove_task(inner)

        yield on_step, passing


def problems(found: ProblemsFound) -> None:
    """The one report of everything that is wrong, and how much it is."""
    alarm(str(found))
    complain(number(len(found.problems), "problem"))
    if again := own_command():
        complain(f"next, when corrected: {again}")


def added(report: AddReport) -> None:
    """What `add` took, knew already, passed over and skipped."""
    for article_id in report.added:
        say(f"added {article_id}: {report.places[article_id]}")
    for place, article_id in report.known:
        say(f"already present as {article_id}: {place}")
    for place, article_id, why in report.withdrawn:
        alarm(f"not added, for {article_id} is withdrawn: {why}: {place}")
    for reason, count in report.passed_over.items():
        say(f"passed over {count}: {reason}")
    for problem in report.skipped:
        alarm(str(problem))
    say(f"{len(report.added)} added, {len(report.known)} already present, {len(report.skipped)} skipped")


def taken_out(removed: Removed) -> None:
    """What `remove` removed, and what may speak of it still."""
    for name in removed.files:
        say(f"deleted {name}")
    for name, count in removed.records.items():
        say(f"{name}: {number(count, 'record')} removed or shortened")
    say(f"{number(len(removed.articles), 'article')} removed; published versions stay as they are")
    if removed.unpinned:
        say(f"removed {removed.unpinned}, which is published: the next build chooses its version")
    for name in removed.old_story:
        say(f"check, for it was written for these articles: {name}")


def written(paths: Iterable[Path]) -> None:
    """Name the files that were written."""
    for path in paths:
        say(f"wrote {path}")


def duplicates(build: Build) -> None:
    """The articles that are copies of others, and the most similar pair among those that stay."""
    import pyarrow.compute as pc

    result = build.duplicates
    if result is None:
        return
    copies = result.articles.filter(pc.not_equal(result.articles["kind"], "unique"))
    rows = [
        (row["article_id"], row["kind"], row["canonical_id"], f"{row['similarity']:.3f}")
        for row in copies.slice(0, MOST_LINES).to_pylist()
    ]
    if len(copies) > MOST_LINES:
        say(f"{len(copies):,} copies, of which the first {MOST_LINES}:")
    if rows:
        table(("article", "kind", "kept copy", "similarity to it"), rows)
    else:
        say("no duplicates")
    _removed(build, "deduplicate", "dropped")
    if result.most_similar:
        first, second, similarity = result.most_similar
        say(f"most similar pair: {first} and {second}, Jaccard {similarity:.3f}")


def annotated(build: Build) -> None:
    """Per article: how many records of each kind, and how many spans had moved."""
    if build.annotations is None:
        return
    rows = []
    names = build.members["article_id"].to_pylist()
    for article_id in names if len(names) <= MOST_LINES else sorted(build.annotations.articles)[:MOST_LINES]:
        article = build.annotations.articles.get(article_id)
        kinds = Counter(article.records if article else {})
        moved = str(article.moved) if article else "no gold file"
        rows.append((article_id, *(str(kinds[kind]) for kind in ("mention", "attribution", "claim", "time")), moved))
    table(("article", "mentions", "attributions", "claims", "times", "moved spans"), rows)
    across = build.annotations.cross_article
    if across.disputes:
        kinds = Counter(dispute["kind"] for dispute in across.disputes)
        counts = ", ".join(f"{name} {kinds[name]}" for name in build.scheme.values("dispute", "kind") if kinds[name])
        say(f"propositions: {len(across.propositions)}; disputes: {counts}")
    if changed := build.annotations.changed:
        say(f"annotated on another source text: {', '.join(changed)}")
    if build.annotations.moved:
        say("some spans were found at a new place; store their offsets: allegata annotate --rewrite")
    claims_apart(build)


def claims_apart(build: Build) -> None:
    """Every claim that somebody else makes than the attribution around it says, which is right where it is meant."""
    fix = "leave out attribution_id and claimer_id to have them computed, or leave it as it is if it is meant"
    for name, article in build.annotations.articles.items() if build.annotations else ():
        for one in article.apart[:MOST_LINES]:
            what = f"claim {one.claim} of {one.claimer!r} has no attribution, but lies inside the content of"
            complain(f"note: {name} [{one.start},{one.end}): {what} {one.attribution}: {fix}")


def agreement(report: Report, form: str) -> None:
    """The figures of agreement as tables, as Markdown or as JSON."""
    from allegata.annotate.agreement_tables import markdown, parts

    if form == "json":
        from dataclasses import asdict

        show(exact_json(asdict(report), indent=1))
    elif form == "markdown":
        show(markdown(report))
    else:
        for part in parts(report):
            say(part) if isinstance(part, str) else table(part.header, part.rows)


def validation(build: Build) -> None:
    """Per table: rows and expectations that passed."""
    if build.validation is None:
        return
    rows = [(report.table, str(report.rows), str(len(report.outcomes))) for report in build.validation.tables]
    table(("table", "rows", "expectations, all met"), rows)
    if packaged := [report.table for report in build.validation.tables if report.packaged]:
        say(f"not in expectations/, so the suite that allegata brings was used: {', '.join(packaged)}")


def publication(build: Build) -> None:
    """What the release did."""
    release = build.release
    if release is None:
        return
    name = f"corpus/v{release.version}"
    if release.created:
        say(f"published {name}: {number(len(release.files), 'file')}, {number(len(build.members), 'article')}")
        if release.why:
            say(f"{release.version} is {release.why}")
    else:
        say(f"{name} is already published; rebuilt from raw/, all {len(release.files)} files are byte for byte equal")
        if release.why:
            say(release.why)
    _no_longer_published(build, name)
    folders = [file.partition("-")[0].split("/") for file in release.files if file.endswith(".parquet")]
    for name, split in product(("claims", "articles"), ("train", "validation", "test")):
        if [name, split] in folders:
            say(f'load it: datasets.load_dataset("./corpus", "{name}", split="{split}")')
            break
    if release.created:
        say("what it is: dataset_card.md; what has changed: corpus/CHANGELOG.md; to look at it: allegata browse")


def _no_longer_published(build: Build, name: str) -> None:
    """Articles of other versions that this one does not have: meant, or a mishap that nothing else shows."""
    from allegata.publish.pins import read_pins

    for article_id in sorted(read_pins(build.root).keys() - set(build.members["article_id"].to_pylist()))[:MOST_LINES]:
        why = build.removed.get(article_id)
        where = removed_at(why) if why else "raw/ does not hold it"
        say(f"in another version, but not in {name}: {article_id}, {where}")


def timings(build: Build) -> None:
    """How long each step took."""
    times = ", ".join(f"{step} {seconds:.1f}" for step, seconds in build.seconds.items())
    say(f"seconds: {times}; in all {sum(build.seconds.values()):.1f}")


def everything(build: Build) -> None:
    """The reports of all stages."""
    for report in (cleaning, duplicates, annotated, validation, publication, timings):
        report(build)


def overview(build: Build) -> None:
    """Articles of raw/, gold files, versions."""
    from allegata.annotate.stage import annotated_articles
    from allegata.ingest.manifest import read_manifest
    from allegata.schema.version_files import published_versions

    published = published_versions(build.root / "corpus")
    columns = ["article_id", "bytes", "title", "publisher", "published"]
    added_from = {row.id: row.original_name for row in read_manifest(build.root / "raw")[0]}
    rows = [
        (
            row["article_id"],
            added_from[row["article_id"]] or "–",
            str(row["bytes"]),
            *(row[n] or "–" for n in columns[2:]),
        )
        for batch in build.article_batches()
        for row in batch.select(columns).to_pylist()
    ]
    table(("article", "added from", *columns[1:]), rows)
    if any("–" in row[3:] for row in rows):
        say("–: raw/ does not state it; a version also has what the build finds in the text")
    _removed(build, "ingest", "no_text")
    annotated = annotated_articles(build.root / "annotations")
    without = len(set(build.members["article_id"].to_pylist()) - annotated)
    has = "has" if without == 1 else "have"
    copies = "copies that the build removes, or not annotated and left out of the benchmark"
    left_out = f" ({number(without, 'article')} of raw/ {has} none: {copies})" if without else ""
    versions = [f"v{version}" for version in published]
    pinned = build.settings.corpus_version
    if pinned is None:
        then = f"next version: {'chosen by the build' if versions else '1.0.0'}"
    elif f"v{pinned}" in versions:
        then = f"{pinned} is published: the next one needs a higher corpus-version, or none, in the settings"
    else:
        then = f"next version: {pinned}"
    say(f"gold files: {len(annotated)}{left_out}; published: {', '.join(versions) or 'nothing yet'}; {then}")
    done = pinned is not None and f"v{pinned}" in versions
    following(with_root("allegata browse" if done else "allegata build", build.root))


def _removed(build: Build, stage: str, reason: str) -> None:
    """A line each for the articles that one stage removed for one reason."""
    gone = sorted(name for name, why in build.removed.items() if (why["stage"], why["reason"]) == (stage, reason))
    for article_id in gone[:MOST_LINES]:
        say(f"{article_id}: {removed_at(build.removed[article_id])}")
    if len(gone) > MOST_LINES:
        say(f"… and {len(gone) - MOST_LINES:,} more: the ledger names them all")


def removed_at(why: Mapping[str, object]) -> str:
    """Where an article was removed, and why."""
    reason = "" if why["reason"] == why["stage"] else f": {why['reason']}"
    return f"removed at {why['stage']}{reason} ({why['evidence']})"
