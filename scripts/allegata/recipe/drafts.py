"""What writes under annotations/: drafts turned into gold files, and gold files whose spans have moved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from allegata.recipe.build import run
from allegata.recipe.state import Build
from allegata.schema.files import one_at_a_time
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.scheme import Scheme
from allegata.schema.wording import some

if TYPE_CHECKING:
    from allegata.annotate.draft import Sentences
    from allegata.annotate.gold import GoldArticle
    from allegata.annotate.stage import Registers
    from allegata.schema.unchanged import Before


PROPOSALS = "proposals"  # the folder under annotations/ of what `allegata pre-annotate` proposes


@one_at_a_time
def import_drafts(
    root: Path,
    drafts: list[Path],
    into: str,
    annotators: tuple[str, ...],
    guidelines: str | None = None,
    *,
    replace: bool = False,
    unchanged: bool = False,
) -> list[Path]:
    """Turn drafts named `ARTICLE.jsonl` into gold files under annotations/; a fault in one writes none.

    Drafts named `propositions.jsonl` and `disputes.jsonl`, each of which may hold both kinds of record, become the two
    files across articles: beside the folder gold, or in any other folder `into`. The one of which no draft says
    anything stays as it is. They come without drafts of articles, for the claims they name are those of the gold files
    in that folder. Without `guidelines` the version is the one
    that annotations/GUIDELINES.md states. A file that stands already is written over with `replace` only. A draft that
    says what the machine proposed for its article, and nothing else, is no human's work: with `unchanged` a human
    says to have read all of it.

    Raises `ProblemsFound` with every fault of every draft, `UsageError` for a draft of no article, one that is not
    there, none or an unknown annotator, a human annotator of an unchanged proposal, a file that would be lost, or a
    folder that is not under annotations/.
    """
    from allegata.annotate.cross_article import DERIVED, DISPUTES, FORMER, PROPOSITIONS
    from allegata.annotate.stage import PASSES
    from allegata.schema.transaction import finish_writing
    from allegata.schema.unchanged import Before

    if not Path(into).parts or Path(into).is_absolute() or any(part.startswith(".") for part in Path(into).parts):
        raise UsageError(f"{into!r} is no folder under annotations/")
    for draft in drafts:
        if not draft.is_file():
            raise UsageError(f"the draft {draft} cannot be read: there is no such file")
    into = PurePath(into).as_posix()
    if into.split("/")[0] == PASSES and into.count("/") != 1:
        raise UsageError(f"{into!r} is no folder of a pass: name one, {PASSES}/NAME")
    finish_writing(root / "annotations")
    if any(draft.name == FORMER for draft in drafts):
        raise UsageError(f"a draft named {FORMER} is not read: {DERIVED}")
    if across := [draft for draft in drafts if draft.name in (PROPOSITIONS, DISPUTES)]:
        if len(across) < len(drafts):
            names = " and ".join(sorted({draft.name for draft in across}))
            raise UsageError(
                f"{names} names claims of gold files: annotate the drafts of the articles first, then --draft {names}"
            )
        return _import_across(root, across, into, replace)
    if not annotators:
        raise UsageError("no annotator is named: add --annotator ID")
    places = [root / "annotations" / into / f"{draft.stem}.jsonl" for draft in drafts]
    before = Before.of(*places)
    if not replace:
        lose_nothing(places)
    return _import_articles(root, drafts, into, annotators, guidelines or guidelines_version(root), unchanged, before)


def guidelines_version(root: Path) -> str:
    """The version in the first heading of annotations/GUIDELINES.md; raises `UsageError` where none is stated."""
    from allegata.schema.files import read_file

    path = root / "annotations" / "GUIDELINES.md"
    text = (read_file(path, f"annotations/{path.name}") or b"").decode("utf-8", "replace")
    lines = text.removeprefix("\ufeff").splitlines()
    heading = next((line for line in lines if line.startswith("#")), "")
    if stated := re.search(r"\bversion (\d+(?:\.\d+)*)", heading):
        return stated[1]
    raise UsageError(f"annotations/{path.name} states no version in its first heading: name it with --guidelines")


def lose_nothing(paths: Iterable[Path]) -> None:
    """Raises `UsageError` with the files that already exist."""
    if there := sorted(path.relative_to(path.parents[1]).as_posix() for path in paths if path.exists()):
        raise UsageError(f"{', '.join(there)} already exist{'s' * (len(there) == 1)}: add --replace")


def _import_across(root: Path, drafts: list[Path], into: str, replace: bool) -> list[Path]:
    from allegata.annotate.cross_article import RECORDS, claim_order, cross_article_files, read_cross_article_draft
    from allegata.annotate.cross_article_faults import Line
    from allegata.annotate.stage import GOLD, read_articles
    from allegata.schema.files import unreadable
    from allegata.schema.json_lines import parse_json_lines
    from allegata.schema.transaction import write_files
    from allegata.schema.unchanged import Before

    beside = PurePath("." if into == GOLD else into)
    before = Before.of(*(root / "annotations" / beside / name for name in RECORDS))
    build = run(root, "clean")
    articles = build.articles
    texts = dict(zip(articles["article_id"].to_pylist(), articles["source_text"].to_pylist(), strict=True))
    annotated = read_articles(root / "annotations", texts, into)
    problems: list[Problem] = []
    lines: list[Line] = []

    def read(path: Path, shown: str, **more: str) -> None:
        rows, faults = parse_json_lines(path.read_bytes(), shown)
        problems.extend(faults)
        lines.extend(Line(shown, number, {**more, **row}) for number, row in rows)

    for draft in sorted(drafts):
        read(draft, draft.name)
    said = {draft.name for draft in drafts}
    said |= {name for name, kind in RECORDS.items() if any(line.row.get("record") == kind for line in lines)}
    kept = RECORDS.keys() - said
    for name in sorted(kept):  # drafts must agree with it
        place = (beside / name).as_posix()
        path, shown = root / "annotations" / place, f"annotations/{place}"
        if problem := unreadable(path, shown):
            problems.append(problem)
        elif path.is_file():
            read(path, shown, record=RECORDS[name])
    found, faults = read_cross_article_draft(
        lines, claim_order(annotated.articles.values()), build.scheme, build.stories
    )
    if problems or faults:
        raise ProblemsFound([*problems, *faults])
    written = cross_article_files(found, build.scheme)
    files = {(beside / name).as_posix(): text for name, text in written.items() if name not in kept}
    if not replace:
        lose_nothing(root / "annotations" / name for name in files)
    return write_files(root / "annotations", files, before)


def _import_articles(
    root: Path,
    drafts: list[Path],
    into: str,
    annotators: tuple[str, ...],
    guidelines: str,
    unchanged: bool,
    before: Before,
) -> list[Path]:
    from allegata.annotate.draft import Sentences, read_draft
    from allegata.annotate.gold import FORMAT, gold_lines
    from allegata.annotate.stage import read_registers
    from allegata.publish.projector import Projector
    from allegata.schema.json_lines import parse_json_lines
    from allegata.schema.transaction import write_files

    build = run(root, "clean")
    articles = {row["article_id"]: row for row in build.articles.to_pylist()}
    registers, faults = read_registers(root / "annotations", build.scheme)
    kinds = {row["id"]: row["kind"] for row in registers.annotators}
    if faults:
        raise ProblemsFound(faults)
    for annotator in annotators:
        if annotator not in kinds:
            line = f'{{"id": "{annotator}", "kind": "human", "description": "…"}}'
            raise UsageError(
                f"{annotator!r} is no annotator of annotations/annotators.jsonl: add a line for it there, as {line}"
            )
    people = [] if unchanged else [who for who in annotators if kinds[who] == "human"]
    files: dict[str, str] = {}
    for draft in sorted(drafts):
        article = articles.get(draft.stem)
        if article is None:
            if why := build.removed_at(draft.stem):
                raise UsageError(f"the draft {draft.name} cannot be read: {draft.stem} is in raw/, but {why}")
            known = sorted(articles)
            raise UsageError(f"the draft {draft.name} is named after no article of raw/: {some(known, 10)}")
        lines, problems = parse_json_lines(draft.read_bytes(), draft.name)
        projector = Projector.of(article)
        sentences = Sentences(article["text"], projector.sentences, projector.offsets)
        header = {
            "record": "article",
            "format": FORMAT,
            "article_id": draft.stem,
            "guidelines": guidelines,
            "annotators": list(annotators),
        }
        whole = not problems
        gold, more = read_draft(lines, header, sentences, registers.entity, draft.name, registers.scheme, whole=whole)
        faults += [*problems, *more]
        if people and not faults:
            proposal, problems = _proposal(root, draft.stem, article["source_text"], registers.scheme.relaxed)
            faults += problems
            as_draft = proposal and _as_draft(proposal, sentences, registers)
            if proposal and as_draft and as_draft.records == gold.records:
                raise UsageError(
                    f"{draft.name} says what {', '.join(proposal.header['annotators'])} proposed and nothing else: "
                    f"correct it, name the machine as --annotator instead of {people[0]}, or add --unchanged if "
                    f"{people[0]} has read all of it and found nothing to correct"
                )
        written = gold_lines(gold, article["source_text"], registers.scheme)
        files[f"{into}/{draft.stem}.jsonl"] = "".join(f"{line}\n" for line in written)
    if faults:
        raise ProblemsFound(faults)
    return write_files(root / "annotations", files, before)


def _proposal(
    root: Path, article_id: str, source_text: str, scheme: Scheme
) -> tuple[GoldArticle | None, list[Problem]]:
    """What the machine proposed for an article, None where nothing is stored, and what is wrong with it."""
    from dataclasses import replace

    from allegata.annotate.gold import read_gold

    name = f"annotations/{PROPOSALS}/gold/{article_id}.jsonl"
    if not (root / name).is_file():
        return None, []
    proposed, problems = read_gold(root / name, name, {article_id: source_text}, scheme)
    fix = f"propose anew: allegata pre-annotate {article_id} --replace; or delete the file"
    return proposed, [replace(problem, fix=fix) for problem in problems]


def _as_draft(proposed: GoldArticle, sentences: Sentences, registers: Registers) -> GoldArticle:
    """A proposal as its draft would be read."""
    from allegata.annotate.draft import draft_lines, read_draft
    from allegata.schema.json_lines import parse_json_lines

    scheme = registers.scheme.relaxed
    lines, _ = parse_json_lines("\n".join(draft_lines(proposed, sentences, scheme)).encode(), "")
    return read_draft(lines, proposed.header, sentences, registers.entity, "", scheme)[0]


def rewrite_gold(build: Build) -> list[Path]:
    """Write every gold file whose source text is another, with offsets, quotes and digest of the present one."""
    from allegata.annotate.gold import gold_lines
    from allegata.annotate.stage import annotated_article, gold_files, read_gold_files, read_registers
    from allegata.schema.transaction import write_files
    from allegata.schema.unchanged import Before

    before = Before.of(build.root / "annotations" / "gold")
    folder, facts = build.root / "annotations", build.annotations.articles if build.annotations else {}
    registers, problems = read_registers(folder, build.scheme)
    stale = [name for name, article in facts.items() if article.moved or article.changed]
    of_file = {path: annotated_article(path) for path in gold_files(folder)}
    files = {}
    for articles in build.article_batches(stale):
        rows = articles.select(["article_id", "source_text"]).to_pylist()
        texts = {row["article_id"]: row["source_text"] for row in rows}
        paths = [path for path, article_id in of_file.items() if article_id in texts]
        gold, faults = read_gold_files(paths, folder, texts, registers)
        problems += faults
        for article_id, article in gold.items():
            lines = gold_lines(article, texts[article_id], build.scheme)
            files[f"gold/{article_id}.jsonl"] = "".join(f"{line}\n" for line in lines)
    if problems:
        raise ProblemsFound(problems)
    return write_files(folder, files, before)
