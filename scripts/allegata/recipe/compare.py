"""The recipe of comparing annotators: passes of gold files or folders of brat files, on the clean articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import Scheme, default_scheme, read_scheme

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.annotate.agreement_report import Report
    from allegata.annotate.draft import Sentences
    from allegata.annotate.passes import Marked, Pass
    from allegata.measures.matching import LabelledSpan


@dataclass(frozen=True)
class CleanedTexts:
    """What passes of gold files stand on: source texts, clean sentences, kinds of annotators, scheme."""

    source_texts: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, Sentences] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    scheme: Scheme = field(default_factory=default_scheme)


def corpus_of(articles: Iterable[pa.Table], annotations: Path) -> CleanedTexts:
    """The cleaned `articles`, batch by batch, with the registers of `annotations`.

    Raises `ProblemsFound` for a broken register.
    """
    from allegata.annotate.draft import Sentences
    from allegata.annotate.registers import ANNOTATOR_FIELDS, read_register
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
    if faults:
        raise ProblemsFound(faults)
    return CleanedTexts(
        source_texts,
        sentences,
        {row["id"]: row["kind"] for row in annotators},
        read_scheme(annotations),
    )


def agreement(corpus: CleanedTexts, folders: Sequence[Path]) -> Report:
    """Every figure of the annotators in `folders`, each of gold files or of brat files.

    Raises `ProblemsFound` with the faults of the files, `UsageError` where there are fewer than two annotators, or no
    article that two of them have.
    """
    found = measured(corpus, folders)
    if len(found.annotators) < 2:
        raise UsageError(f"there is one annotator, {found.annotators[0].name!r}: name a second folder to compare with")
    if not any(comparison.articles for comparison in found.comparisons):
        raise UsageError("no article is in two of the folders: name folders that annotate the same articles")
    return found


def measured(corpus: CleanedTexts, folders: Sequence[Path]) -> Report:
    """The same, which may have no figure at all."""
    from dataclasses import replace

    from allegata.annotate.agreement_report import UNKNOWN, Annotator, report

    brat = {folder: is_brat(folder) for folder in folders}
    names = _names(folders)
    passes = [read_gold_pass(corpus, folder, names[folder]) for folder in folders if not brat[folder]]
    marked = marked_articles(corpus, passes)
    annotators = [
        Annotator(found.name, kind_of(corpus, found.annotators), found.guidelines, found.name) for found in passes
    ]
    notes: list[str] = []
    for folder in folders if any(brat.values()) else ():
        items, more = _brat(folder, names[folder], len(folders) > 1, corpus.scheme) if brat[folder] else ([], [])
        marked += items
        notes += more
        for name in sorted({item.annotation.annotator for item in items}):
            annotators.append(Annotator(name, corpus.kinds.get(name, UNKNOWN), "", names[folder]))
    return replace(report(annotators, marked, passes, corpus.scheme), notes=tuple(notes))


def kind_of(corpus: CleanedTexts, annotators: Iterable[str]) -> str:
    """The kinds of those who made a pass, by the register: `model`, `human`, `human and model`, `unknown`."""
    return " and ".join(sorted({corpus.kinds.get(name, "unknown") for name in annotators}))


def read_gold_pass(corpus: CleanedTexts, folder: Path, name: str) -> Pass:
    """The pass in a folder of gold files. Raises `UsageError` where there is none."""
    from allegata.annotate.passes import read_pass

    found = read_pass(folder, name, corpus.source_texts, corpus.scheme)
    if not found.articles:
        raise UsageError(f"{folder} holds no gold file (.jsonl) and no brat file (.ann): name the folder of a pass")
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
    from allegata.annotate.adjudication_page import article_page, index_page, page_name

    a, b = two_passes(corpus, first, second)
    article_ids = sorted(a.articles.keys() & b.articles.keys())
    if not article_ids:
        raise UsageError("no article is in both passes: name passes that annotate the same articles")
    articles = [compare(a, b, article_id, corpus.sentences[article_id]) for article_id in article_ids]
    pages = {"index.html": index_page(a, b, articles), "adjudication.txt": text_report(a, b, articles)}
    pages |= {page_name(article.article_id): article_page(a, b, article) for article in articles}
    output.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (output / name).write_bytes(page.encode("utf-8", "replace"))
    return [output / name for name in pages]


def marked_articles(corpus: CleanedTexts, passes: Sequence[Pass]) -> list[Marked]:
    """Every article of every pass on its clean text."""
    from allegata.annotate.passes import mark

    return [
        mark(found, article_id, corpus.sentences[article_id])
        for found in passes
        for article_id in sorted(found.articles)
    ]


def is_brat(folder: Path) -> bool:
    """True for a folder with .ann files. Raises `UsageError` for what is no folder."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}: name the folder of a pass")
    return any(folder.rglob("*.ann"))


def _names(folders: Sequence[Path]) -> dict[Path, str]:
    """The name of each folder; more of its path where two are the same. Raises `UsageError` for a repetition."""
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise UsageError("a folder is named twice: name each pass once")
    parts = {folder: folder.resolve().parts for folder in folders}
    depth = 1
    while len({part[-depth:] for part in parts.values()}) < len(parts):
        depth += 1
    return {folder: "/".join(part[-depth:]) for folder, part in parts.items()}


def _brat(folder: Path, name: str, several: bool, scheme: Scheme) -> tuple[list[Marked], list[str]]:
    """The articles of a folder of brat files, by annotator: the suffix of the file, else the folder; and what was met
    on the way.

    Source, cue and content are a layer, as are mentions of our labels and claims; other labels stand together.
    """
    from allegata.annotate.passes import NAMES, Marked
    from allegata.exchange.polnear import read_polnear_files
    from allegata.measures.agreement import Annotation
    from allegata.schema.imported import Notices

    notices = Notices()
    layer_of = dict.fromkeys(scheme.values("mention", "label"), NAMES) | {"claim": "claims"}
    layer_of |= dict.fromkeys(("source", "cue", "content"), "attributions")
    marked = []
    for file in read_polnear_files(folder, notices):
        layers: dict[str, list[LabelledSpan]] = {}
        for span in file.document.spans.values():
            label = span.label if span.label in layer_of else span.label.lower()
            layers.setdefault(layer_of.get(label, "other spans"), []).append(span._replace(label=label))
        annotator = "/".join(part for part in (name if several else "", file.annotator) if part) or name
        marked.append(Marked(Annotation(file.article_id, annotator, file.text, layers)))
    return marked, [f"{name}: {notice}" for notice in notices.sorted()]
