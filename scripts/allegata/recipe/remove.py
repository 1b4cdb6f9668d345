"""Articles out of a corpus: their raw files, and everything under annotations/ that names them, as one change."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allegata.recipe.drafts import PROPOSALS
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.settings import read_settings, settings_file
from allegata.schema.toml_files import TomlFile, read_toml
from allegata.schema.wording import noun

Row = dict[str, Any]
# What is kept of a row: the row itself, another in its place, or None.
Keep = Callable[[Row], Row | None]
ASIDE = "withdrawn"  # the folder under annotations/ of the files of withdrawn articles, which nothing else reads
_REGISTERS = ("entities.jsonl", "annotators.jsonl")
_OF_THE_STORY = ("GUIDELINES.md", "scheme.toml")
_SPEAKING = ("title", "subject", "description", "language", "licence", "text_licence", "citation", "tags")


@dataclass(frozen=True)
class Removed:
    """What was removed: articles; files; of other files the number of records; names relative to the corpus.

    `old_story` are settings and files that remain and may speak of the articles that are gone, `unpinned` the setting
    that was removed; both only where all articles were removed.
    """

    articles: tuple[str, ...]
    files: tuple[str, ...]
    records: Mapping[str, int] = field(default_factory=dict)
    old_story: tuple[str, ...] = ()
    unpinned: str = ""


def remove(root: Path, articles: Iterable[str] = (), *, everything: bool = False) -> Removed:
    """Remove `articles`, or `everything`: raw files, manifest rows, gold, passes, proposals and decisions about them,
    and the propositions and disputes that name their claims. Published versions and their splits stay.

    A proposition keeps its members in other articles where these are two or more; so does a dispute its positions,
    unless it is of a kind that needs one which supersedes another and has none any more, and a position its claims
    where there are some. What superseded a position that is gone supersedes what that one did. With `everything` the
    registers, the logs of adjudication, and what names no article go too, and the setting corpus-version where that
    version is published: the next build chooses its own. One change: after a kill all of it is there, or (once a
    command has read the corpus) none. Raises `UsageError` while another process writes to
    the corpus; `ProblemsFound` for unknown articles, and for what cannot be read.
    """
    from allegata.ingest.add import changing
    from allegata.ingest.manifest import MANIFEST, render_manifest
    from allegata.schema.transaction import write_files

    wanted, annotations, raw = set(articles), root / "annotations", root / "raw"
    if everything == bool(wanted):
        raise UsageError("name the articles to remove, or add --all: one of the two")
    if not raw.is_dir():
        raise UsageError(f"{root} has no articles: there is no folder raw/")
    read = [annotations, settings_file(root)[0]] if everything else [annotations]
    with changing(raw, *read) as (rows, _, before):
        known = {row.id for row in rows}
        refuse_unknown(wanted, known)
        gone = known if everything else wanted
        beside = {f"raw/{MANIFEST}": render_manifest(row for row in rows if row.id not in gone)}
        deleted = [f"raw/{row.file}" for row in rows if row.id in gone]
        before = before.and_of(*(root / name for name in deleted))
        unpinned = ""
        changed: dict[str, tuple[str | None, int]] = {}
        if everything:
            changed |= dict.fromkeys(_files(annotations), (None, 0))
            changed |= {name: ("", _count(annotations / name)) for name in _REGISTERS}
            unpinned, text = _without_pin(root)
            beside |= {unpinned.partition(":")[0]: text} if unpinned else {}
        else:
            changed = without_articles(annotations, gone)
        deleted += [f"{annotations.name}/{name}" for name, (text, _) in changed.items() if text is None]
        files = {name: text for name, (text, _) in changed.items() if text is not None}
        write_files(annotations, files, before, beside=beside, deleted=deleted)
    records = {f"{annotations.name}/{name}": count for name, (_, count) in changed.items() if count}
    old_story = tuple(_old_story(root)) if everything else ()
    return Removed(tuple(sorted(gone)), tuple(sorted(deleted)), records, old_story, unpinned)


def _files(annotations: Path) -> Iterator[str]:
    """The files under annotations/ that go with all articles."""
    patterns = ("gold/*.jsonl", "passes/**/*.jsonl", f"{PROPOSALS}/**/*.jsonl", f"{ASIDE}/**/*.jsonl", *_of_all())
    for path in sorted({path for pattern in patterns for path in annotations.glob(pattern) if path.is_file()}):
        yield path.relative_to(annotations).as_posix()


def _of_all() -> Iterator[str]:
    """The files of records about several articles, apart from those in folders: `from-…` says what became of those of
    an older version."""
    from allegata.annotate.cross_article import DISPUTES, FORMER, PROPOSITIONS
    from allegata.clean.curated_lines import CURATED_LINES
    from allegata.dedup.decisions import DECISIONS

    yield from (PROPOSITIONS, DISPUTES, FORMER, DECISIONS, CURATED_LINES, "from-*.jsonl")


def without_articles(annotations: Path, gone: Set[str]) -> dict[str, tuple[str | None, int]]:
    """File -> its text without what names an article of `gone` (None: the file goes), and how many records went.

    Raises `ProblemsFound` for files that cannot be read.
    """
    from allegata.annotate.cross_article import DISPUTES, PROPOSITIONS
    from allegata.annotate.stage import annotated_article
    from allegata.clean.curated_lines import CURATED_LINES
    from allegata.dedup.decisions import DECISIONS
    from allegata.schema.scheme import read_scheme
    from allegata.text.pairs import superseded_among

    succession = read_scheme(annotations).role("dispute", "kind", "succession")

    def keep_row(row: Row) -> Row | None:
        return keep_decision(row) if gone.isdisjoint(_named(row)) else None

    def keep_decision(row: Row) -> Row | None:
        return row if str(row.get("article_id")) not in gone else None

    def keep_members(row: Row) -> Row | None:
        members = row.get("members")
        if not isinstance(members, list):
            return row
        kept = [member for member in members if _article(member) not in gone]
        return row if kept == members else {**row, "members": kept} if len(kept) > 1 else None

    def keep_positions(row: Row) -> Row | None:
        positions = row.get("positions")
        if not isinstance(positions, list) or not all(isinstance(one, dict) for one in positions):
            return row
        kept = [keep_claims(one) for one in positions]
        if kept == positions:
            return row
        ids = {str(one.get("id")) for one in kept if one}
        said = [{"id": str(one.get("id")), "supersedes": _texts(one.get("supersedes"))} for one in positions]
        supersedes = superseded_among(said, ids)
        found = [{**one, "supersedes": supersedes[str(one.get("id"))]} for one in kept if one]
        pointless = row.get("kind") in succession and not any(supersedes.values())
        return {**row, "positions": found} if len(found) > 1 and not pointless else None

    def keep_claims(position: Row) -> Row | None:
        claims = position.get("claims")
        if not isinstance(claims, list):
            return position
        kept = [claim for claim in claims if _article(claim) not in gone]
        return position if kept == claims else {**position, "claims": kept} if kept else None

    keeps = {PROPOSITIONS: keep_members, DISPUTES: keep_positions}
    keeps |= dict.fromkeys((DECISIONS, CURATED_LINES), keep_decision)  # their words name no claims
    found: dict[str, tuple[str | None, int]] = {}
    problems = Problems()
    across = {*_of_all()}  # in a pass too
    for name in _files(annotations):
        path = annotations / name
        if "/" not in name or path.name in across or (name.startswith("passes/") and name.count("/") == 1):
            keep: Keep = keeps.get(path.name, keep_row)
            text, count, faults = _edited(path.read_bytes(), f"{annotations.name}/{name}", keep)
            problems.extend(faults)
            found |= {name: (text, count)} if count else {}
        elif (annotated_article(path) if path.parent.parent.name != PROPOSALS else path.stem) in gone:
            found[name] = None, 0
    problems.raise_if_any()
    return found


def _texts(values: object) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _named(value: Any) -> Iterator[str]:
    """The articles of the claims, and of the pairs of claims, that a record may name."""
    if isinstance(value, str):
        yield from map(_article, value.split("+"))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _named(one)


def _article(claim: object) -> str:
    return claim.rpartition(":")[0] if isinstance(claim, str) else ""


def _edited(data: bytes, name: str, keep: Keep) -> tuple[str, int, list[Any]]:
    """The text of a JSON Lines file without what is not kept, how many of its records went or changed, and every
    fault of it. All other lines are as they were."""
    lines, problems = parse_json_lines(data, name)
    if problems:
        return "", 0, problems
    texts, count = data.decode().split("\n"), 0
    dropped = set()
    for number, row in lines:
        kept = keep(row)
        if kept is None:
            dropped.add(number - 1)
        elif kept is not row:
            texts[number - 1] = json.dumps(kept, ensure_ascii=False)
        count += kept is not row
    return "\n".join(text for place, text in enumerate(texts) if place not in dropped), count, []


def _count(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_bytes().split(b"\n")) if path.is_file() else 0


def _without_pin(root: Path) -> tuple[str, str]:
    """`file: setting` of a pinned version that is published, and the text of the file without it; or nothing."""
    version = read_settings(root).corpus_version
    if version is None or not (root / "corpus" / f"v{version}").is_dir():
        return "", ""
    path, table = settings_file(root)
    found, lines = read_toml(path, path.name), path.read_bytes().decode().removeprefix("\ufeff").split("\n")
    line = found.lines.get((*table, "corpus-version")) if isinstance(found, TomlFile) else None
    if line is None:
        return "", ""
    text = "\n".join(lines[: line - 1] + lines[line:])
    try:
        without: Any = tomllib.loads(text)
        for name in table:
            without = without[name]
    except (tomllib.TOMLDecodeError, KeyError):  # the line says more than that: it is named, not removed
        return "", ""
    return f'{path.name}: corpus-version = "{version}"', text


def _old_story(root: Path) -> Iterator[str]:
    """The settings and files that may speak of the articles that were there before."""
    settings, (path, _) = read_settings(root), settings_file(root)
    if settings.corpus_version and (root / "corpus" / f"v{settings.corpus_version}").is_dir():
        yield f'{path.name}: corpus-version = "{settings.corpus_version}", which is published'
    for name in _SPEAKING:
        if value := getattr(settings, name):
            yield f"{path.name}: {name.replace('_', '-')} = {json.dumps(value, ensure_ascii=False)}"
    yield from (f"annotations/{name}" for name in _OF_THE_STORY if (root / "annotations" / name).is_file())


def refuse_unknown(wanted: Collection[str], listed: Collection[str]) -> None:
    """Raise `ProblemsFound` for articles that are not `listed` in the manifest."""
    from allegata.ingest.manifest import MANIFEST

    if unknown := sorted(name for name in wanted if name not in listed):
        what = f"unknown {noun(len(unknown), 'article')} {', '.join(unknown)}: nothing was changed"
        raise ProblemsFound([Problem(what, "check the ids: allegata info", file=f"raw/{MANIFEST}")])
