"""Articles out of publication: the next version has them in no table, and no later build or `add` brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.recipe.remove import ASIDE, refuse_unknown, without_articles
from allegata.schema.problems import UsageError
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.ingest.manifest import ManifestRow
    from allegata.schema.withdrawn import Withdrawal


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal does: names of files are relative to the corpus.

    `moved` are files of annotations that are kept where nothing reads them, `deleted` those that are not, `records` the
    number of records removed or shortened in others; `across` says what becomes of each proposition and dispute, `near`
    which articles leave the next version as near copies and of which, `cited` how often an article that stays cites the
    address of one that goes, `held` which published versions have which of the articles, `again` those withdrawn
    before, with the reason that the new one replaces; `remaining` articles are not withdrawn.
    """

    articles: tuple[str, ...]
    moved: tuple[str, ...]
    deleted: tuple[str, ...]
    records: Mapping[str, int]
    across: tuple[str, ...]
    near: Mapping[str, str]
    cited: Mapping[tuple[str, str], int]
    held: Mapping[str, tuple[str, ...]]
    again: Mapping[str, str]
    remaining: int


def withdraw(
    root: Path,
    articles: Iterable[str],
    reason: str,
    *,
    date: str | None = None,
    delete_raw: bool = False,
    dry_run: bool = False,
) -> Withdrawn:
    """Take `articles` out of everything that is published from now on; a row of the ledger remains, with `reason` and
    `date`.

    What is said across articles loses them as in `remove`. Their files of annotations go to `annotations/withdrawn/`;
    with `delete_raw` these and the raw files are deleted, and the manifest keeps what the bytes are recognised by. One
    change, and none with `dry_run`. Raises `UsageError` for an annotated near copy that would leave with them,
    and while another process writes to the corpus; `ProblemsFound` for unknown articles and what cannot be read.
    """
    from allegata.ingest.add import changing
    from allegata.ingest.manifest import MANIFEST, render_manifest
    from allegata.recipe.holding_versions import holding_versions
    from allegata.schema.transaction import write_files
    from allegata.schema.withdrawn import WITHDRAWN, is_day, read_withdrawn, render_withdrawn

    gone, annotations, raw = frozenset(articles), root / "annotations", root / "raw"
    if not gone:
        raise UsageError("name the articles to withdraw")
    if not any(map(str.isalnum, reason)):
        raise UsageError("say why: --reason goes into the ledger")
    if date is not None and not is_day(date):
        raise UsageError(f"--date {date} is no day such as 2031-04-02")
    if not raw.is_dir():
        raise UsageError(f"{root} has no articles: there is no folder raw/")
    with changing(raw, annotations) as (rows, _, standing):
        listed = {row.id: row for row in rows}
        refuse_unknown(gone, listed)
        before = read_withdrawn(annotations)
        made, near = _records(root, {name: listed[name] for name in gone}, reason, date, before)
        changed = without_articles(annotations, gone)
        kept = {} if delete_raw else _aside(annotations, changed)
        files = {name: text for name, (text, _) in changed.items() if text is not None}
        deleted = [
            f"{annotations.name}/{name}"
            for name, (text, _) in changed.items()
            if text is None and (delete_raw or not name.startswith(f"{ASIDE}/"))
        ]
        beside = {}
        if delete_raw:
            deleted += [f"raw/{listed[name].file}" for name in gone if (raw / listed[name].file).is_file()]
            beside[f"raw/{MANIFEST}"] = render_manifest(_bare(row) if row.id in gone else row for row in rows)
        moved = {f"{annotations.name}/{name.removeprefix(f'{ASIDE}/')}" for name in kept}
        found = Withdrawn(
            tuple(sorted(gone)),
            tuple(sorted(moved)),
            tuple(sorted(set(deleted) - moved)),
            {f"{annotations.name}/{name}": count for name, (_, count) in changed.items() if count},
            tuple(_across(annotations, files)),
            near,
            _cited(root, {name: url for name in gone if (url := listed[name].url)}),
            holding_versions(root / "corpus", [], lambda row: row["article_id"] in gone),
            {name: one.why for name, one in sorted(before.items()) if name in gone and not one.restored},
            len(listed.keys() - gone - {name for name, one in before.items() if not one.restored}),
        )
        if not dry_run:
            files |= kept | {WITHDRAWN: render_withdrawn({**before, **made}.values())}
            standing = standing.and_of(*(root / name for name in deleted if name.startswith("raw/")))
            write_files(annotations, files, standing, beside=beside, deleted=deleted)
    return found


def _records(
    root: Path, gone: Mapping[str, ManifestRow], reason: str, date: str | None, before: Mapping[str, Withdrawal]
) -> tuple[dict[str, Withdrawal], dict[str, str]]:
    """The line of each article, and which others are near copies of them, and of which.

    What was withdrawn before keeps its signature: nothing reads its bytes.
    """
    from allegata.annotate.stage import annotated_articles
    from allegata.dedup.decisions import read_decisions
    from allegata.dedup.withdrawn_copies import written_signatures
    from allegata.publish.pins import read_pins
    from allegata.recipe.build import run
    from allegata.recipe.near_copies import near_copies
    from allegata.schema.withdrawn import Withdrawal

    build, pins, annotations = run(root, "clean"), read_pins(root), root / "annotations"
    texts: dict[str, str] = {}
    for batch in build.article_batches(only=gone, columns=["article_id", "text"]):
        texts |= dict(zip(batch["article_id"].to_pylist(), batch["text"].to_pylist(), strict=True))
    signatures = dict(zip(texts, written_signatures(list(texts.values())), strict=True))
    known = {name: one.signature for name, one in before.items()} | signatures
    made = {
        name: Withdrawal(name, row.sha256, reason, date, pins.get(name), known.get(name, ""))
        for name, row in gone.items()
    }
    annotated = annotated_articles(annotations)
    decided = read_decisions(annotations, {name: build.removed_at(name) for name in build.stories}, annotated)
    rest = build.without({name: {"reason": "withdrawn", "evidence": reason} for name in gone}, "withdrawn")
    found = near_copies(rest, made)
    near = {name: str(why["evidence"]) for name, why in sorted(found.items()) if name not in decided.kept}
    if clash := sorted(annotated & near.keys()):
        raise UsageError(
            f"{', '.join(clash)}: annotated, and a near copy of what is withdrawn, so it would leave too: withdraw "
            f'it with it, or keep it with a line in annotations/decisions.jsonl: {{"article_id": "{clash[0]}", '
            '"decision": "keep", "reason": "…"}; nothing was written'
        )
    return made, near


def _bare(row: ManifestRow) -> ManifestRow:
    """A row of the manifest with what the bytes are recognised by alone."""
    names = ("title", "publisher", "url", "author", "published", "language", "ai_generated", "ai_disclosure", "rights")
    return replace(row, **dict.fromkeys((*names, "tags", "metadata_source", "story", "original_name")))  # type: ignore[arg-type]  # all of them may be None


def _aside(annotations: Path, changed: Mapping[str, tuple[str | None, int]]) -> dict[str, str]:
    """The files that go, under the names that they are kept by."""
    return {
        f"{ASIDE}/{name}": (annotations / name).read_bytes().decode()
        for name, (text, _) in changed.items()
        if text is None and not name.startswith(f"{ASIDE}/")
    }


def _across(annotations: Path, files: Mapping[str, str]) -> Iterator[str]:
    """What becomes of each proposition and dispute that can be read, in the words of the report."""
    from allegata.annotate.cross_article import DISPUTES, PROPOSITIONS, readable

    for name in (PROPOSITIONS, DISPUTES):
        if name not in files:
            continue
        kind = name.removesuffix("s.jsonl")
        after = {row["id"]: row for row in readable(files[name].encode(), name)}
        for row in readable((annotations / name).read_bytes(), name):
            now = after.get(row["id"])
            if now is None:
                why = "fewer than two members remain" if kind == "proposition" else "nothing is disputed any more"
                yield f"{kind} {row['id']} goes: {why}"
            elif kind == "proposition" and now != row:
                yield f"{kind} {row['id']} keeps {len(now['members'])} of {len(row['members'])} members"
            elif now != row:
                kept = {one["id"]: one for one in now["positions"]}
                lost = [str(one["id"]) for one in row["positions"] if one["id"] not in kept]
                fewer = sum(len(one["claims"]) for one in row["positions"] if one["id"] in kept)
                fewer -= sum(len(one["claims"]) for one in now["positions"])
                parts = [f"position {', '.join(lost)}"] if lost else []
                parts += [f"{number(fewer, 'claim')} of positions that remain"] if fewer else []
                yield f"{kind} {row['id']} loses {' and '.join(parts)}"


def _cited(root: Path, urls: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """How often (an article that stays, one that goes) in the latest version: by citation markers and references."""
    from allegata.publish.manifest import read_manifests
    from allegata.schema.published import PublishedTables

    manifests = read_manifests(root / "corpus") if urls else []
    if not manifests:
        return {}
    tables = PublishedTables(root / "corpus" / f"v{manifests[-1].version}")
    of_url = {url: name for name, url in urls.items()}
    counts: dict[tuple[str, str], int] = {}
    for row in tables["citations"].select(["article_id", "url"]).to_pylist() if "citations" in tables else ():
        if (cited := of_url.get(row["url"])) and row["article_id"] not in urls:
            counts[row["article_id"], cited] = counts.get((row["article_id"], cited), 0) + 1
    return dict(sorted(counts.items()))
