"""The recipe of corrections: what people changed in another tool, back into gold files or into a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.files import one_at_a_time, replace_file
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.wording import some

if TYPE_CHECKING:
    from allegata.annotate.corrections import Corrected
    from allegata.annotate.gold import GoldArticle
    from allegata.annotate.stage import Registers
    from allegata.exchange.folder import Mark, Reading
    from allegata.exchange.format import Format
    from allegata.recipe.state import Build
    from allegata.schema.scheme import Scheme
    from allegata.text.documents import Document, TypeSystem
    from allegata.text.offsets import OffsetMap

_GOLD = "gold"


@dataclass(frozen=True)
class CorrectedArticle:
    """What came home of one article; `moved` are the spans that were found again in a text that had changed."""

    article_id: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    moved: int


@dataclass(frozen=True)
class ImportedCorrections:
    """What an import changed, which files it wrote, and what was met on the way."""

    articles: tuple[CorrectedArticle, ...]
    written: tuple[Path, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Base:
    """An article as it is now: its gold (that of the pass, else the corpus's, else none), its text, the way to the
    source, and the file whose lines stay."""

    gold: GoldArticle
    document: Document
    source_text: str
    offsets: OffsetMap
    path: Path | None


@one_at_a_time
def import_corrections(
    root: Path,
    name: str,
    folder: Path,
    *,
    into: str,
    annotator: str,
    layers: Sequence[str] = (),
    of: str | None = None,
    read: Sequence[str] = (),
    dry_run: bool = False,
) -> ImportedCorrections:
    """Write what was changed in the files of a tool into the gold, or into the pass `passes/NAME`.

    `layers` are those that the tool showed (by default those the export says, else those it has annotations of); `of`
    is the annotator whose work is taken where the files have several. An article that came back as it went out is
    written only if it is one of `read`: who did not open it has not read it. Raises `UsageError` for a call that is
    wrong, and `ProblemsFound` with everything that is wrong with the files, and with what would become inconsistent.
    """
    from allegata.annotate.documents import type_system
    from allegata.annotate.gold import corrected_file
    from allegata.exchange.folder import Reading, mark_of
    from allegata.exchange.formats import format_named
    from allegata.recipe.annotated import PROPOSALS, PROPOSED, by_article
    from allegata.recipe.build import run
    from allegata.recipe.consequences import became_wrong
    from allegata.recipe.exported import with_imported
    from allegata.schema.transaction import finish_writing, write_files
    from allegata.schema.unchanged import Before

    chosen = format_named(name)
    _refuse_wrong_places(into, folder)
    finish_writing(root / "annotations")
    before = Before.of(root / "annotations" / into)
    build = run(root, "clean")
    registers = _registers(build, annotator)
    types, reading = type_system(build.scheme, registers.entities), Reading(limits=build.settings.limits)
    back = by_article(chosen.read(folder, types, reading), of, reading)
    if not back and not len(reading.problems):
        raise UsageError(f"{folder} holds no document in the format {name}: name the folder or file of the tool")
    if unknown := sorted(set(read) - back.keys()):
        raise UsageError(f"--read {unknown[0]}: {folder} has no such article; one of: {some(sorted(back), 10)}")
    mark, wanted = mark_of(folder), _layers(folder, layers, back, types)
    # What an article that `into` does not have begins with.
    first = PROPOSED if mark.of in (PROPOSALS, PROPOSED) else _GOLD
    bases = _bases(build, registers, (into, first), back, reading)
    reading.problems.raise_if_any()
    found = [
        (
            bases[article_id],
            *_article(bases[article_id], shown, back[article_id], wanted, registers, by_id, into, mark, reading),
        )
        for article_id, shown, by_id in _shown(chosen, bases, wanted, types, folder)
    ]
    faulty = {problem.article_id for problem in reading.problems.found}
    texts = {
        f"{into}/{base.document.id}.jsonl": corrected_file(
            base.gold, corrected.records, corrected.touched, annotator, base.path, base.source_text, build.scheme
        )
        for base, corrected, _ in found
        if base.document.id not in faulty and (corrected.touched or base.document.id in read)
    }
    notes = [f"{base.document.id}: {note}" for base, corrected, _ in found for note in corrected.notes]
    without = [base for base, *_ in found if base.path is None]  # those that `into` has no file of yet
    if unread := [base.document.id for base in without if f"{into}/{base.document.id}.jsonl" not in texts]:
        what = "nothing was changed, so nothing says that they were read; add --read ARTICLE for each that was"
        notes.append(f"not written into {into}: {', '.join(unread)}: {what}")
    if begun := [base.document.id for base in without if base.gold.records and base.document.id not in unread]:
        what = "and says nothing of agreement with it: for that compare the files of the tool"
        begins = "what was proposed" if first == PROPOSED else "the gold"
        notes.append(f"{into} begins with {begins} of {', '.join(begun)}, {what}")
    reading.problems.extend(became_wrong(root, texts, "validate" if into == _GOLD else "annotate") if texts else [])
    reading.problems.raise_if_any()
    written = () if dry_run else tuple(write_files(root / "annotations", texts, before))
    if written and mark.format:
        now = [_after(base, corrected, build) for base, corrected, _ in found]
        notes += _remember(folder, with_imported(mark, into, now))
    articles = tuple(
        CorrectedArticle(base.document.id, corrected.added, corrected.changed, corrected.removed, moved)
        for base, corrected, moved in found
    )
    return ImportedCorrections(articles, written, (*notes, *map(str, reading.notices.sorted())))


def _refuse_wrong_places(into: str, folder: Path) -> None:
    if into != _GOLD and not (into.startswith("passes/") and Path(into).name == into.removeprefix("passes/")):
        raise UsageError(f"--into is {into!r}: gold, or passes/NAME")
    if not folder.exists():
        raise UsageError(f"there is no {folder}: name the folder or file of the tool")


def _registers(build: Build, annotator: str) -> Registers:
    """The registers, with the annotator in them. Raises `UsageError` where it is not."""
    from allegata.annotate.stage import read_registers

    registers, faults = read_registers(build.root / "annotations", build.scheme)
    if faults:
        raise ProblemsFound(faults)
    if annotator not in {row["id"] for row in registers.annotators}:
        line = f'{{"id": "{annotator}", "kind": "KIND", "description": "…"}}'
        what = f"{annotator!r} is no annotator of annotations/annotators.jsonl"
        raise UsageError(f"{what}: add a line for it, as {line}; KIND is human for a person, model for a program")
    return registers


def _article(
    base: _Base,
    shown: Document,
    back: Document,
    wanted: frozenset[str],
    registers: Registers,
    by_id: bool,
    into: str,
    mark: Mark,
    reading: Reading,
) -> tuple[Corrected, int]:
    """The corrected records of an article, and how many spans were found again; into `reading` that its files are older
    than the gold, or else every fault: those of ids too, which the check of the files finds only where no other is.
    """
    from allegata.annotate.stage import reference_problems
    from allegata.exchange.folder import Reading
    from allegata.recipe.exported import changed_since

    met = Reading()
    found, moved = _compared(base, shown, back, wanted, registers.scheme, by_id, met)
    if len(met.problems):
        met.problems.extend(reference_problems(replace(base.gold, records=found.records), registers, ""))
    stale = changed_since(mark, into, base.document, wanted) if base.path and (found.touched or found.faults) else []
    reading.problems.extend(_undoing(base.document.id, into, mark, stale) if stale else met.problems.found)
    return found, moved


def _undoing(article_id: str, into: str, mark: Mark, layers: Sequence[str]) -> list[Problem]:
    """The problem of files that were made of another state than that of `into`."""
    what = f"{into} has changed since the files were exported from {mark.of} ({', '.join(layers)})"
    fix = "export it anew and correct that, or bring these into a new pass (--into passes/NAME) and compare the two"
    return [Problem(f"{what}: with them it would be undone", fix, article_id=article_id)]


def _after(base: _Base, found: Corrected, build: Build) -> Document:
    from allegata.annotate.documents import document_of

    after = replace(base.gold, records=found.records)
    return document_of(after, base.document.text, base.offsets, build.scheme)[0]


def _remember(folder: Path, mark: Mark) -> list[str]:
    """Write into the export what came home of it; a note where that cannot be."""
    from allegata.exchange.folder import MARK

    try:
        replace_file(folder / MARK, mark.text().encode())
    except OSError as error:
        return [f"{folder} cannot be written ({error.strerror}): export it anew before the next correction"]
    return []


def _bases(
    build: Build, registers: Registers, folders: tuple[str, str], back: Mapping[str, Document], reading: Reading
) -> dict[str, _Base]:
    """What is there of every article that came back, in the first of `folders`, else in the second; an article that is
    not in the corpus is a problem."""
    from allegata.annotate.documents import document_of
    from allegata.annotate.gold import FORMAT, GoldArticle
    from allegata.annotate.stage import annotated_article, gold_files, read_gold_files
    from allegata.publish.projector import Projector
    from allegata.recipe.drafts import guidelines_version

    annotations = build.root / "annotations"
    of_folder = {
        of: {annotated_article(path): path for path in gold_files(annotations, of)} for of in dict.fromkeys(folders)
    }
    found: dict[str, _Base] = {}
    for batch in build.article_batches(back):
        for row in batch.to_pylist():
            article_id, offsets = row["article_id"], Projector.of(row).offsets
            path = next((paths[article_id] for paths in of_folder.values() if article_id in paths), None)
            header = {"record": "article", "format": FORMAT, "article_id": article_id, "annotators": []}
            if path:
                gold, faults = read_gold_files([path], annotations, {article_id: row["source_text"]}, registers)
                reading.problems.extend(faults)
                if faults:
                    continue
                article = gold[article_id]
            else:
                article = GoldArticle(article_id, {**header, "guidelines": guidelines_version(build.root)}, ())
            document, _ = document_of(article, row["text"], offsets, build.scheme, language=row["language"])
            own = path if path and path == of_folder[folders[0]].get(article_id) else None
            found[article_id] = _Base(article, document, row["source_text"], offsets, own)
    for article_id in sorted(back.keys() - found.keys()):
        why = build.removed_at(article_id) or "raw/ has no article of this id"
        reading.problems.add(
            Problem(why, "rename the file or document to the id of its article", article_id=article_id)
        )
    return found


def _layers(folder: Path, layers: Sequence[str], back: Mapping[str, Document], types: TypeSystem) -> frozenset[str]:
    """The layers that the tool showed."""
    from allegata.exchange.folder import mark_of
    from allegata.recipe.annotated import known_layers

    known = known_layers((), types)
    if layers:
        return known_layers(layers, types)
    marked = mark_of(folder).layers
    if marked is not None and known.issuperset(marked):
        return frozenset(marked)
    return known.intersection(one.layer for document in back.values() for one in document.annotations)


def _shown(
    chosen: Format, bases: Mapping[str, _Base], wanted: frozenset[str], types: TypeSystem, folder: Path
) -> list[tuple[str, Document, bool]]:
    """Every article as the format shows its gold, with the ids of the gold, and whether the format keeps ids."""
    from allegata.exchange.folder import mark_of
    from allegata.exchange.shown import as_shown

    given = [base.document.only(lambda one: one.layer in wanted) for _, base in sorted(bases.items())]
    found, losses = as_shown(given, chosen, types.only(wanted), mark_of(folder).tokenizer)
    renamed = {loss.document for loss in losses if loss.lost == "id"}
    return [(document.id, document, document.id not in renamed) for document in found]


def _compared(
    base: _Base,
    shown: Document,
    back: Document,
    wanted: frozenset[str],
    scheme: Scheme,
    by_id: bool,
    reading: Reading,
) -> tuple[Corrected, int]:
    """The corrected records of an article, and how many spans were found again; faults go into the report."""
    from allegata.annotate.corrections import correct
    from allegata.annotate.records import KINDS
    from allegata.text.document_anchors import reanchored

    moved, fix = 0, "correct it in the tool, or take it out there, and bring it back again"
    if back.text != shown.text:
        theirs = back.text
        back, moved, lost = reanchored(back, shown.text)
        for one, why in lost:
            what = f"{one.layer} {one.quote(theirs)[:60]!r}: the text of the tool is another, and {why}"
            reading.problems.add(Problem(what, fix, article_id=back.id, span=one.hull))
    for one in back.annotations:
        if one.layer not in wanted and one.layer in KINDS:
            what = f"{one.layer} {one.quote(back.text)[:60]!r}: the layer {one.layer} was not shown in the tool"
            reading.problems.add(Problem(what, "take it out, or export that layer too", article_id=back.id))
    found = correct(base.gold, shown, back, base.offsets.span_to_source, scheme, by_id=by_id)
    for what, span in found.faults:
        reading.problems.add(Problem(what, fix, article_id=back.id, span=span))
    return found, moved
