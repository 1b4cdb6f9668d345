"""One article without a corpus around it: the bytes of a page, or a text, to what cleaning makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.wording import number
from allegata.text.layers import Citation, Notice, Reference
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

if TYPE_CHECKING:
    from allegata.clean.stage import Decided
    from allegata.ingest.html import ParsedPage
    from allegata.judge.judge import Judge

_PAGE, _TEXT = "the page", "the text"  # what a report calls them: they have no file


@dataclass(frozen=True)
class RemovedText:
    """A part of the source text that leaves it, and why.

    `span` counts code points of `Article.source_text`, `text` is what stands there. `reason` is a label, `rule` the
    rule that decided, with its version, `evidence` what it saw. `repeats` is the span that a repetition repeats,
    `fills` the field of metadata that the text became. `confidence` is how sure the judge of main content is of it,
    from 0 to 1; None where a rule decided.
    """

    span: Span
    text: str
    reason: str
    rule: str
    evidence: str
    repeats: Span | None = None
    fills: str | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class ZonedText:
    """A sentence or a block of the clean text: `span` counts code points of `Article.text`, `text` is what stands
    there, `zone` says whether it is body, heading or another part of an article."""

    span: Span
    text: str
    zone: str


@dataclass(frozen=True, repr=False)
class Article:
    """An article after cleaning: one immutable source text, and what is known about it.

    `text` is `source_text` without `removals`; `offsets` maps positions between the two, both ways. `blocks` and
    `sentences` are parts of `text`; `citations` are markers such as `[1]` with their spans in `source_text`, and
    `references` the list that they point to. `language` is a BCP 47 tag, or `und` where the text is too short to
    tell. Metadata is what the page or its manifest row states, else what a removed line states (`RemovedText.fills`);
    None where nothing does, `published` in ISO 8601. `confidence` is the expected word F1 of `text` against what a
    careful reader would keep, from 0 to 1, None where it was not judged. `id` and `story` are those of the corpus, if
    it comes from one. `notices` say what a curator should know: that hidden text was read, that the page is no article.
    """

    source_text: str
    text: str
    offsets: OffsetMap
    removals: tuple[RemovedText, ...]
    blocks: tuple[ZonedText, ...]
    sentences: tuple[ZonedText, ...]
    citations: tuple[Citation, ...]
    references: tuple[Reference, ...]
    language: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    publisher: str | None = None
    url: str | None = None
    rights: str | None = None
    tags: tuple[str, ...] = ()
    ai_generated: bool | None = None
    ai_disclosure: str | None = None
    confidence: float | None = None
    notices: tuple[Notice, ...] = ()
    id: str | None = None
    story: str | None = None

    def __repr__(self) -> str:
        name = repr(self.id or self.title or "untitled")
        kept = f"{len(self.text):,} of {len(self.source_text):,} characters"
        return f"<Article {name}, {kept}, {number(len(self.sentences), 'sentence')}, language {self.language}>"


_STATED = ("title", "author", "published", "publisher", "url", "rights", "ai_generated", "ai_disclosure", "story")


def article_of(row: Mapping[str, Any]) -> Article:
    """The article of one row of the article table after cleaning."""
    source, text = row["source_text"], row["text"]
    offsets = OffsetMap.without((Span(r["start"], r["end"]) for r in row["removals"]), len(source))

    def zoned(layer: Iterable[Mapping[str, Any]]) -> tuple[ZonedText, ...]:
        spans = [(offsets.span_to_clean(Span(one["start"], one["end"])), one["zone"]) for one in layer]
        return tuple(ZonedText(span, span.quote(text), zone) for span, zone in spans)

    return Article(
        source,
        text,
        offsets,
        tuple(_removed(source, removal) for removal in row["removals"]),
        zoned(row["blocks"]),
        zoned(row["sentences"]),
        tuple(Citation(Span(c["start"], c["end"]), c["marker"], c["url"]) for c in row["citations"]),
        tuple(Reference(**reference) for reference in row["references"]),
        row["language"],
        tags=tuple(row["tags"] or ()),
        id=row["article_id"] or None,
        confidence=row.get("confidence"),
        notices=tuple(Notice(**notice) for notice in row.get("notices") or ()),
        **{name: row.get(name) for name in _STATED},
    )


def _removed(source_text: str, row: Mapping[str, Any]) -> RemovedText:
    span = Span(row["start"], row["end"])
    repeats = None if row["repeats_start"] is None else Span(row["repeats_start"], row["repeats_end"])
    named = {name: row[name] for name in ("reason", "rule", "evidence", "fills", "confidence")}
    return RemovedText(span, span.quote(source_text), repeats=repeats, **named)


def clean_html(
    data: bytes, url: str | None = None, content_type: str | None = None, *, limits: Limits = DEFAULTS
) -> Article:
    """The article of a web page, as `allegata add` and a build would have it if the page were alone on its site.

    `data` are the bytes of the page; `url` is where they were fetched, `content_type` the header they came with, which
    may name the charset. Nothing is fetched. A page without an article gives an empty text, with the whole page in
    its removals. Raises `ProblemsFound` for a page that cannot be read: one larger than `limits` (by default 20 MB and
    30,000 lines), or in the wrong charset.

    >>> page = b'''<html lang="en"><head><title>Mill recalls flour</title></head><body>
    ... <nav><a href="/">Home</a> <a href="/news">News</a></nav>
    ... <article><h1>Mill recalls flour</h1>
    ... <p>A mill has recalled 4,000 bags of flour after a customer found a stone in one of them.</p>
    ... <p>The mill said on Monday that nobody was hurt, and that every bag would be replaced.</p></article>
    ... </body></html>'''
    >>> article = clean_html(page)
    >>> article.title, article.language
    ('Mill recalls flour', 'en')
    >>> [(sentence.zone, sentence.text[:18]) for sentence in article.sentences][:2]
    [('title', 'Mill recalls flour'), ('body', 'A mill has recalle')]
    >>> article.removals[0].text.strip(), article.removals[0].reason
    ('Home News', 'site_furniture')
    """
    from allegata.ingest.judged import judged
    from allegata.ingest.manifest import form_faults
    from allegata.ingest.page_metadata import page_metadata

    if not isinstance(data, bytes):
        raise UsageError(f"clean_html takes the bytes of a page as received, not {type(data).__name__}")
    _need_texts(url=url, content_type=content_type)
    if url is not None and (faults := form_faults({"url": url})):
        raise ProblemsFound([Problem(fault, "give the address of the page, or None", file=_PAGE) for fault in faults])
    page = _page(data, content_type, limits)
    try:
        stated = {name: one.value for name, one in page_metadata(page, url).items()}
    except Exception as error:  # whatever trafilatura raises on the head of a page
        what = f"its metadata cannot be read: {type(error).__name__}: {str(error)[:120]}"
        raise ProblemsFound([Problem(what, "report it to trafilatura", file=_PAGE)]) from error
    layers = {
        "page_blocks": [block.row() for block in page.blocks],
        "judgement": judged(page).row(),
        "notices": [asdict(notice) for notice in page.notices],
    }
    return _cleaned({**stated, **({"url": url} if url else {}), "source_text": page.source_text, **layers})


def clean_text(text: str, language: str | None = None, *, limits: Limits = DEFAULTS) -> Article:
    """The article of a plain text, as a build would have it. `language` as declared (BCP 47); detected where None.

    Line breaks become `\\n` and a byte order mark is dropped; nothing else in the source text is changed. Raises
    `ProblemsFound` for what is not text: NUL characters, half characters (lone surrogates), and for a text
    larger than `limits` (by default 20 MB and 30,000 lines).

    >>> article = clean_text('''River floods a town
    ... The river rose by two metres on Friday [1]. Nobody was hurt.
    ... The mayor said the dam had held [1].
    ... Share this article
    ... References
    ... [1] https://example.com/river''')
    >>> print(article.text)
    River floods a town
    The river rose by two metres on Friday. Nobody was hurt.
    The mayor said the dam had held.
    >>> [removal.reason for removal in article.removals if removal.text.strip() == "Share this article"]
    ['site_furniture']
    >>> [sentence.text for sentence in article.sentences][1]
    'The river rose by two metres on Friday.'
    >>> article.source_text[article.offsets.to_source(20) :][:9]
    'The river'
    """
    from allegata.ingest.manifest import form_faults
    from allegata.ingest.plain_text import decode_text

    if not isinstance(text, str):
        raise UsageError(
            f"clean_text takes a text, not {type(text).__name__}: decode bytes, or give them to clean_html"
        )
    _need_texts(language=language)
    if language is not None and (faults := form_faults({"language": language})):
        raise ProblemsFound([Problem(fault, "name a language, or None", file=_TEXT) for fault in faults])
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        what = f"has half a character (a lone surrogate) at {error.start}"
        raise ProblemsFound([Problem(what, "decode the text anew", file=_TEXT)]) from None
    source, problems = decode_text(data, _TEXT, "", limits=limits)
    if problems:
        raise ProblemsFound(problems)
    return _cleaned({"source_text": source, "language": language})


def page_text(data: bytes, content_type: str | None = None) -> str:
    """The clean text of a page alone, without its language, sentences and metadata: what speed is measured on.

    It is `clean_html(data).text` wherever the page states one title. Raises as `decided_page` does.
    """
    source_text, decided = decided_page(data, content_type)
    return decided.offsets(source_text).apply(source_text)


def decided_page(data: bytes, content_type: str | None = None, judge: Judge | None = None) -> tuple[str, Decided]:
    """The source text of a page alone, and what remains and leaves of it by `judge`, that of the package if None.

    Raises `ProblemsFound` as `clean_html` does.
    """
    from allegata.clean.stage import decide
    from allegata.clean.web.article import PageFacts
    from allegata.ingest.judged import judged
    from allegata.ingest.page_metadata import stated_title

    page = _page(data, content_type)
    return page.source_text, decide(page.source_text, PageFacts(page.blocks, judged(page, judge), stated_title(page)))


def _need_texts(**given: object) -> None:
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{name} is a text or None, not {type(value).__name__}")


def _page(data: bytes, content_type: str | None, limits: Limits = DEFAULTS) -> ParsedPage:
    from allegata.ingest.web_page import read_bytes

    page, problem = read_bytes(data, content_type, _PAGE, "", limits)
    if problem or page is None:
        raise ProblemsFound([problem] if problem else [])
    return page


def _cleaned(row: Mapping[str, Any]) -> Article:
    """The cleaning stage on a table of one row."""
    import pyarrow as pa

    from allegata.clean.stage import clean
    from allegata.ingest.stage import ARTICLE_TABLE

    return article_of(clean(pa.Table.from_pylist([{"article_id": "", **row}], ARTICLE_TABLE)).to_pylist()[0])
