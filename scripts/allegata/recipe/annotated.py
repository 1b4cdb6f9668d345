"""Annotations by the names that people give them: gold, a pass, a published version, a folder of a tool's files."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.exchange.folder import Mark, mark_of
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.annotate.stage import Registers
    from allegata.exchange.folder import Reading
    from allegata.exchange.format import Format
    from allegata.exchange.losses import Loss
    from allegata.recipe.state import Build
    from allegata.schema.scheme import Scheme
    from allegata.text.documents import Document, TypeSystem

_VERSION = re.compile(r"v?([0-9]+\.[0-9]+\.[0-9]+)")
PROPOSALS, PROPOSED = "proposals", "proposals/gold"  # what `pre-annotate` proposes, and its folder under annotations/
_WHAT = "gold, passes/NAME, a version, a folder of gold files, or the files of a tool as FORMAT:PATH"


@dataclass(frozen=True)
class Annotated:
    """Annotated documents: what they are called, their types, and the documents, to be taken once.

    An article that several annotated is several documents. `format` is that of the files of a tool, `mark` what an
    export says of itself; of the layers in `hulls` only the first and the last character is known.
    """

    name: str
    types: TypeSystem
    documents: Iterable[Document]
    format: Format | None = None
    mark: Mark = field(default_factory=Mark)
    hulls: frozenset[str] = frozenset()


class Sources:
    """Where annotations are read from: a corpus, which is cleaned once and only if needed, and any folder.

    `root` is the folder of the corpus; None for the nearest one, from here upwards. There may be none: then what needs
    one raises `UsageError`.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @cached_property
    def root(self) -> Path:
        """The folder of the corpus. Raises `UsageError` where there is none."""
        from allegata.schema.settings import find_root

        return self._root or Path(os.path.relpath(find_root(Path())))

    @cached_property
    def build(self) -> Build:
        """The corpus after cleaning."""
        from allegata.recipe.build import run

        return run(self.root, "clean")

    @cached_property
    def registers(self) -> Registers:
        """The registers of the corpus. Raises `ProblemsFound` for their faults."""
        from allegata.annotate.stage import read_registers
        from allegata.schema.scheme import read_scheme

        annotations = self.root / "annotations"
        registers, faults = read_registers(annotations, read_scheme(annotations))
        if faults:
            raise ProblemsFound(faults)
        return registers

    @cached_property
    def types(self) -> TypeSystem:
        """The types of the corpus; without one those of the packaged scheme. Raises as `registers` does."""
        from allegata.annotate.documents import type_system
        from allegata.schema.scheme import default_scheme

        try:
            registers = self.registers
        except UsageError:
            return type_system(default_scheme())
        return type_system(registers.scheme, registers.entities)

    def of_corpus(self, of: str, articles: Sequence[str], losses: list[Loss]) -> Annotated:
        """What the corpus calls so: gold, passes/NAME or a version, all or some articles.

        Of gold what lies wholly in removed text is a loss. Raises `UsageError` where there is no such thing or
        article, here or when the documents are taken; `ProblemsFound` for faults.
        """
        from allegata.schema.versions import version_folder

        if number := _VERSION.fullmatch(of):
            folder = version_folder(self.root / "corpus", number[1])
            return published(folder, folder.name, articles)
        of = of.removeprefix("annotations/").rstrip("/")
        of = PROPOSED if of == PROPOSALS else of
        documents = gold_documents(self.build, self.registers, of, articles, losses)
        return Annotated(of, self.types, documents)

    def named(self, given: str, reading: Reading, losses: list[Loss]) -> Annotated:
        """What a user names on the command line; problems of the files of a tool go into `reading`.

        Raises `UsageError` for what is none of it, `ProblemsFound` for faults of gold files and registers.
        """
        from allegata.schema.versions import is_published, latest

        chosen, path = format_and_path(given)
        if not path.exists():
            if chosen is None and (given == "gold" or given.startswith("passes/") or _VERSION.fullmatch(given)):
                return self.of_corpus(given, (), losses)
            raise UsageError(f"there is no {path}: name {_WHAT}")
        if chosen is None and is_gold(path):
            registers = replace(self.registers, doubtful_entities=None, doubtful_annotators=None)
            documents = gold_documents(self.build, registers, ".", (), losses, elsewhere=path)
            return Annotated(given, self.types, documents)
        if chosen is None and is_published(latest(path)):
            return published(latest(path), given, ())
        return tool_files(given, self._types_of(mark_of(path)), reading)

    def _types_of(self, mark: Mark) -> TypeSystem:
        """The types of what a tool's files were exported from: of a version those of then, else those of now."""
        try:
            return self.of_corpus(mark.of, (), []).types if _VERSION.fullmatch(mark.of) else self.types
        except UsageError:
            return self.types


def format_and_path(given: str) -> tuple[Format | None, Path]:
    """The format and path of `FORMAT:PATH`; None with a path alone."""
    from allegata.exchange.formats import FORMATS

    name, _, rest = given.partition(":")
    return (FORMATS[name], Path(rest)) if rest and name in FORMATS else (None, Path(given))


def tool_files(given: str, types: TypeSystem, reading: Reading) -> Annotated:
    """The files of a tool, a path or `FORMAT:PATH`. Raises `UsageError` where they are in no known format."""
    from allegata.exchange.formats import FORMATS, format_of

    chosen, path = format_and_path(given)
    chosen = chosen or format_of(path)
    if chosen is None:
        raise UsageError(f"{given} holds nothing of a known format: name {_WHAT}; formats: {', '.join(FORMATS)}")
    return Annotated(given, types, chosen.read(path, types, reading), chosen, mark_of(path))


def is_gold(folder: Path) -> bool:
    """Whether a folder holds gold files."""
    from allegata.annotate.gold import header_of
    from allegata.annotate.stage import gold_files

    return folder.is_dir() and any(header_of(path).get("record") == "article" for path in gold_files(folder, "."))


def known_layers(layers: Iterable[str], types: TypeSystem) -> frozenset[str]:
    """The layers that are asked for, all where none is. Raises `UsageError` for one that there is not."""
    known = [layer.name for layer in types.layers]
    if unknown := sorted(set(layers) - set(known)):
        raise UsageError(f"there is no layer {unknown[0]!r}; one of: {', '.join(known)}")
    return frozenset(layers) or frozenset(known)


def published(folder: Path, name: str, articles: Sequence[str]) -> Annotated:
    """The annotations of a published version, all or some articles. Raises `UsageError` for one that it has not."""
    from allegata.annotate.published import one_segment_layers, published_documents, published_types
    from allegata.schema.published import PublishedTables, read_splits
    from allegata.schema.published_scheme import published_scheme
    from allegata.schema.version_files import VersionFiles

    files = VersionFiles(folder)
    tables, scheme = PublishedTables(files).whole(), published_scheme(files)
    documents = list(published_documents(tables, scheme, read_splits(files)))
    if missing := sorted(set(articles) - {document.id for document in documents}):
        raise UsageError(f"article {missing[0]!r} cannot be taken: {name} has no annotations of it")
    chosen = [document for document in documents if not articles or document.id in articles]
    return Annotated(name, published_types(tables, scheme), chosen, hulls=one_segment_layers(tables))


def by_article(documents: Iterable[Document], of: str | None, reading: Reading) -> dict[str, Document]:
    """One document an article: that of the annotator who is asked for, or the only one of people."""
    found: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        found[document.id].append(document)
    chosen = {}
    for article_id, several in sorted(found.items()):
        people = [one for one in several if not one.machine] or several
        mine = [one for one in people if of in (None, one.annotator)]
        if len(mine) == 1:
            chosen[article_id] = mine[0]
            continue
        if len({one.annotator for one in mine}) == 1:
            by = f" by {mine[0].annotator!r}" if mine[0].annotator else ""
            what = f"is in the files {number(len(mine), 'time')}{by}"
            reading.problems.add(Problem(what, "keep one of them and take the others away", article_id=article_id))
            continue
        names = ", ".join(sorted(one.annotator or "nobody named" for one in people))
        what = f"is annotated by {names}" + (f", not by {of!r}" if not mine else "")
        reading.problems.add(Problem(what, "name the one to take with --of", article_id=article_id))
    return chosen


def gold_documents(
    build: Build,
    registers: Registers,
    of: str,
    articles: Sequence[str],
    losses: list[Loss],
    elsewhere: Path | None = None,
) -> Iterator[Document]:
    """The gold files of the folder `of` under annotations/, or of one `elsewhere`, as documents on the clean texts,
    sorted by id; what lies wholly in removed text is a loss. One of `articles` that nobody has annotated is a document
    without annotations, where it is the gold that is asked for: annotation begins with it.

    Raises `UsageError` where the folder has none, or none of one of `articles`, `ProblemsFound` for their faults.
    """
    from allegata.annotate.documents import document_of
    from allegata.annotate.gold import GoldArticle
    from allegata.annotate.stage import gold_files, read_gold_files
    from allegata.exchange.losses import Loss
    from allegata.publish.projector import Projector

    base, shown = elsewhere or build.root / "annotations", str(elsewhere or f"annotations/{of}")
    of_article = _by_article(gold_files(base, of), shown, build.scheme)
    _refuse_missing(build, shown, articles, of_article, begins=of == "gold" and elsewhere is None)
    wanted = set(articles) or set(of_article)
    machines = {row["id"] for row in registers.annotators if row["kind"] == "model"}
    splits = latest_splits(build.root)
    found: set[str] = set()
    problems: list[Problem] = []
    for batch in build.article_batches(wanted):
        for row in batch.to_pylist():
            article_id = row["article_id"]
            found.add(article_id)
            gold = {article_id: GoldArticle(article_id, {"annotators": []}, ())}
            if path := of_article.get(article_id):
                gold, faults = read_gold_files([path], base, {article_id: row["source_text"]}, registers)
                problems += faults
                if faults:
                    continue
            offsets = Projector.of(row).offsets
            who = gold[article_id].header["annotators"]
            document, gone = document_of(
                gold[article_id],
                row["text"],
                offsets,
                build.scheme,
                language=row["language"],
                annotator=" ".join(who),
                machine=bool(who) and set(who) <= machines,
                split=splits.get(article_id, ""),
            )
            losses += [Loss(article_id, one, "annotation", "it lies in text that cleaning removed") for one in gone]
            yield document
    fix = "take the gold file out, or bring the article back"
    problems += [
        Problem(f"annotates {name}, which is no article that remains", fix, file=f"{shown}/{name}.jsonl")
        for name in sorted(wanted - found)
    ]
    if problems:
        raise ProblemsFound(problems)


def _refuse_missing(
    build: Build, shown: str, articles: Sequence[str], of_article: Mapping[str, Path], *, begins: bool
) -> None:
    """Raise `UsageError` for what cannot be taken; where annotation `begins`, an article needs no gold file."""
    if not of_article and not (begins and articles):
        hint = ": name articles to begin with, as --article ID" if begins else ""
        raise UsageError(f"{shown} holds no gold file{hint}")
    remaining = set(build.members["article_id"].to_pylist()) if begins and articles else set()
    for name in articles:
        if name not in of_article and name not in remaining:
            why = build.removed_at(name) or f"{shown} has no gold file of it"
            raise UsageError(f"article {name!r} cannot be taken: {why}")


def _by_article(paths: Iterable[Path], shown: str, scheme: Scheme) -> dict[str, Path]:
    """The gold file of every article. Raises `ProblemsFound` for one that does not say its article, or a second one."""
    from allegata.annotate.gold import read_gold
    from allegata.annotate.stage import annotated_article

    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        article_id = annotated_article(path)
        if article_id is None:
            problems += read_gold(path, f"{shown}/{path.name}", {}, scheme)[1]
        elif (first := found.setdefault(article_id, path)) != path:
            what = f"annotates {article_id!r}, as {shown}/{first.name} does"
            problems.append(Problem(what, "keep one of the two", file=f"{shown}/{path.name}"))
    if problems:
        raise ProblemsFound(problems)
    return found


def latest_splits(root: Path) -> dict[str, str]:
    """The split of every article of the latest published version; empty where nothing is published."""
    from allegata.recipe.corpus import open_corpus

    corpus = open_corpus(root)
    return dict(corpus.splits()) if corpus.versions else {}
