"""The recipe of comparing annotators: passes of gold files, or files of tools, on the clean articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import Scheme, default_scheme, read_scheme
from allegata.schema.settings import limits_around

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.annotate.agreement_report import Report
    from allegata.annotate.draft import Sentences
    from allegata.annotate.passes import Marked, Pass


@dataclass(frozen=True)
class CleanedTexts:
    """What passes stand on: source texts, clean sentences, kinds of annotators, scheme, names of entities; and the
    limits of the corpus for what is read beside them."""

    source_texts: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, Sentences] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    scheme: Scheme = field(default_factory=default_scheme)
    entities: Sequence[Mapping[str, Any]] = ()
    limits: Limits = DEFAULTS


def corpus_of(articles: Iterable[pa.Table], annotations: Path) -> CleanedTexts:
    """The cleaned `articles`, batch by batch, with the registers of `annotations`.

    Raises `ProblemsFound` for a broken register.
    """
    from allegata.annotate.draft import Sentences
    from allegata.annotate.registers import ANNOTATOR_FIELDS, entity_fields, read_register
    from allegata.publish.projector import Projector
    from allegata.schema.transaction import finish_writing

    finish_writing(annotations)
    source_texts, sentences = {}, {}
    for article in (row for batch in articles for row in batch.to_pylist()):
        projector = Projector.of(article)
        source_texts[article["article_id"]] = article["source_text"]
        sentences[article["article_id"]] = Sentences(article["text"], projector.sentences, projector.offsets)
    file = annotations / "annotators.jsonl"
    annotators, faults = read_register(file, "annotations/annotators.jsonl", ANNOTATOR_FIELDS)
    scheme, file = read_scheme(annotations), annotations / "entities.jsonl"  # whose names the files of tools have
    entities, more = read_register(file, "annotations/entities.jsonl", entity_fields(scheme))
    if faults or more:
        raise ProblemsFound([*faults, *more])
    kinds = {row["id"]: row["kind"] for row in annotators}
    return CleanedTexts(source_texts, sentences, kinds, scheme, tuple(entities), limits_around(annotations.parent))


def texts_for(folders: Iterable[Path], root: Path | None) -> CleanedTexts:
    """What the folders stand on: the corpus at `root`, or the nearest one from here upwards; where all are files of
    tools, which bring their own texts, its scheme and registers alone, or none where there is no corpus.

    Raises `UsageError` for a folder that is not there, and where a corpus is needed and there is none.
    """
    from allegata.recipe.annotated import Sources
    from allegata.recipe.build import read_corpus

    sources = Sources(root)
    of_gold = [are_passes(folder) for folder in folders]  # each is looked at: all must be there
    if any(of_gold):
        return read_corpus(sources.root)
    try:
        annotations = sources.root / "annotations"
    except UsageError:
        return CleanedTexts()
    return corpus_of((), annotations) if (annotations / "annotators.jsonl").is_file() else CleanedTexts()


def named_pass(given: Path, root: Path | None) -> Path:
    """The folder that `gold` or `passes/NAME` is the name of in the corpus (`texts_for` says which one); what is there
    under that path, and anything else, is itself.

    Raises `UsageError` where a corpus is needed and there is none.
    """
    from allegata.recipe.annotated import Sources

    is_name = given.parts[:1] == ("passes",) or given == Path("gold")
    return Sources(root).root / "annotations" / given if is_name and not given.exists() else given


def agreement(corpus: CleanedTexts, folders: Sequence[Path]) -> Report:
    """Every figure of the annotators in `folders`, each of gold files or of the files of a tool (`FORMAT:PATH` where
    they do not show their format).

    Raises `ProblemsFound` with the faults of the files, `UsageError` where there are fewer than two annotators, or no
    article that two of them have.
    """
    found = measured(corpus, folders)
    if len(found.annotators) < 2:
        raise UsageError(f"there is one annotator, {found.annotators[0].name!r}: name a second folder to compare with")
    if not any(comparison.articles for comparison in found.comparisons):
        raise UsageError("no article is in two of the folders: name folders that annotate the same articles")
    return found


def measured(corpus: CleanedTexts, folders: Sequence[Path], *, for_the_card: bool = False) -> Report:
    """The same, which may have no figure at all; `for_the_card` those of a card (`agreement_report.report`)."""
    from dataclasses import replace

    from allegata.annotate.agreement_report import Annotator, report
    from allegata.recipe.tool_passes import read_tool_passes

    names = _names(folders)
    gold = [folder for folder in folders if are_passes(folder)]
    tools = {names[folder]: str(folder) for folder in folders if folder not in gold}
    passes = [read_gold_pass(corpus, folder, names[folder]) for folder in gold]
    annotators = [
        Annotator(found.name, kind_of(corpus, found.annotators), found.guidelines, found.name) for found in passes
    ]
    others, marked, notes = read_tool_passes(corpus, tools, several=len(folders) > 1)
    marked = [*marked_articles(corpus, passes), *marked]
    found = report([*annotators, *others], marked, passes, corpus.scheme, for_the_card=for_the_card)
    return replace(found, notes=tuple(notes))


def kind_of(corpus: CleanedTexts, annotators: Iterable[str]) -> str:
    """The kinds of those who made a pass, by the register: `model`, `human`, `human and model`, `unknown`."""
    return " and ".join(sorted({corpus.kinds.get(name, "unknown") for name in annotators}))


def read_gold_pass(corpus: CleanedTexts, folder: Path, name: str) -> Pass:
    """The pass in a folder of gold files. Raises `UsageError` where there is none."""
    from allegata.annotate.passes import read_pass

    found = read_pass(folder, name, corpus.source_texts, corpus.scheme)
    if not found.articles:
        raise UsageError(f"{folder} holds no gold file (.jsonl): name the folder of a pass, or the files of a tool")
    return found


def two_passes(corpus: CleanedTexts, first: Path, second: Path) -> tuple[Pass, Pass]:
    """Two passes of gold files on the corpus, for adjudication."""
    names = _names([first, second])
    return read_gold_pass(corpus, first, names[first]), read_gold_pass(corpus, second, names[second])


def adjudicate(corpus: CleanedTexts, first: Path, second: Path, output: Path) -> list[Path]:
    """Write the pages and the text report of two passes to `output`; the files, the index first.

    There is a page of every article that both have; those of one alone are named as set aside. Raises `ProblemsFound`
    with the faults of the files, `UsageError` where a folder is no pass, or no article is in both.
    """
    from allegata.annotate.adjudication import compare, text_report
    from allegata.annotate.adjudication_page import STYLE, article_pages, index_pages
    from allegata.pages.templates import ASSETS
    from allegata.recipe.pages_folder import write_pages

    a, b = two_passes(corpus, first, second)
    article_ids = sorted(a.articles.keys() & b.articles.keys())
    if not article_ids:
        raise UsageError("no article is in both passes: name passes that annotate the same articles")
    articles = [compare(a, b, article_id, corpus.sentences[article_id]) for article_id in article_ids]
    pages = {**index_pages(a, b, articles), "adjudication.txt": text_report(a, b, articles)}
    for article in articles:
        pages |= article_pages(a, b, article)
    styles = [(f"assets/{style.name}", style.read_bytes()) for style in (ASSETS / "pages.css", STYLE)]
    files = [(name, page.encode("utf-8", "replace")) for name, page in pages.items()]
    write_pages(output, "adjudicate", [*files, *styles])
    return [output / name for name in pages]


def marked_articles(corpus: CleanedTexts, passes: Sequence[Pass]) -> list[Marked]:
    """Every article of every pass on its clean text."""
    from allegata.annotate.passes import mark

    return [
        mark(found, article_id, corpus.sentences[article_id])
        for found in passes
        for article_id in sorted(found.articles)
    ]


def are_passes(folder: Path) -> bool:
    """True for a folder of gold files, or one that holds nothing; false for the files of a tool, which bring their own
    texts. Raises `UsageError` for what is not there."""
    from allegata.recipe.annotated import format_and_path, is_gold

    chosen, path = format_and_path(str(folder))
    if not path.exists():
        raise UsageError(
            f"there is no folder {path}: name gold, passes/NAME, or files of a tool, as an export of a version"
        )
    return chosen is None and path.is_dir() and (is_gold(path) or not any(path.iterdir()))


def _names(folders: Sequence[Path]) -> dict[Path, str]:
    """The name of each folder; more of its path where two are the same. Raises `UsageError` for a repetition."""
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise UsageError("a folder is named twice: name each pass once")
    parts = {folder: folder.resolve().parts for folder in folders}
    depth = 1
    while len({part[-depth:] for part in parts.values()}) < len(parts):
        depth += 1
    return {folder: "/".join(part[-depth:]) for folder, part in parts.items()}
