"""The cleaning stage: article table in, the same table with its layers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa

from allegata.clean import citations as citing
from allegata.clean import curated_lines as curator
from allegata.clean import judged_lines
from allegata.clean.curated_lines import Curated, CuratedLines
from allegata.clean.language import language_of, same_language
from allegata.clean.page import Hit, Page
from allegata.clean.rules import (
    biography,
    comments,
    copied,
    disclosures,
    frame,
    furniture,
    head_matter,
    keywords,
    newsletter,
    prompts,
    pull_quotes,
    repetition,
    teasers,
    ticker,
)
from allegata.clean.sites import sites_of, web_facts
from allegata.clean.stated import Head, fill, head_of
from allegata.clean.web.article import PageFacts, WebArticle, find_article
from allegata.clean.web.site_boilerplate import Site
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.text.blocks import Block, assign_zones, find_blocks
from allegata.text.layers import (
    BLOCK_LAYER,
    CITATION_LAYER,
    NOTICE_LAYER,
    REFERENCE_LAYER,
    SENTENCE_LAYER,
    Citation,
    Notice,
    Reference,
    Removal,
    set_column,
)
from allegata.text.offsets import OffsetMap
from allegata.text.page_blocks import Judgement
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span, union

Rule = tuple[str, Callable[[Page], Iterable[Hit]]]

# The order matters: what an earlier rule took is out of sight of the later ones, and "after the article" means
# after the last prose that is left. Repetition comes before the rules for the end of the article, so that a
# second copy of the body is not mistaken for its end; leftovers come last.
RULES: tuple[Rule, ...] = (
    (ticker.NAME, ticker.find),
    (head_matter.NAME, head_matter.find),
    (furniture.NAME, furniture.find),
    (head_matter.NAME, head_matter.find_names),
    (repetition.NAME, repetition.find),
    (pull_quotes.NAME, pull_quotes.find),
    (newsletter.NAME, newsletter.find),
    (comments.NAME, comments.find),
    (disclosures.NAME, disclosures.find),
    (biography.NAME, biography.find),
    (head_matter.NAME, head_matter.find_notices),
    (keywords.NAME, keywords.find),
    (comments.NAME, comments.find_words),
    (teasers.NAME, teasers.find),
    (furniture.NAME, furniture.find_remains),
)
# Of plain text only: of a web page they would see the article alone.
PLAIN_TEXT_RULES: tuple[Rule, ...] = ((frame.NAME, frame.find), (prompts.NAME, prompts.find))


@dataclass(frozen=True)
class Cleaned:
    """The layers of one article. Spans count the source text.

    `confidence` is the expected word F1 of the clean text against what a careful reader would keep, from 0 to 1; None
    where nothing judged it. `notices` are what a curator should know of it.
    """

    blocks: tuple[tuple[Span, str], ...]
    removals: tuple[Removal, ...]
    citations: tuple[Citation, ...]
    references: tuple[Reference, ...]
    sentences: tuple[tuple[Span, str], ...]
    offsets: OffsetMap
    language: str
    confidence: float | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Decided:
    """What stays of one source text, with its zones, and what leaves it. `confidence` and `notices` as those of
    `Cleaned`."""

    kept: tuple[tuple[Block, str], ...]
    removals: tuple[Removal, ...]
    citations: tuple[Citation, ...]
    references: tuple[Reference, ...]
    confidence: float | None = None
    notices: tuple[Notice, ...] = ()

    def offsets(self, source_text: str) -> OffsetMap:
        """The map between `source_text` and its clean text."""
        return OffsetMap.without((removal.span for removal in self.removals), len(source_text))


def decide(source_text: str, facts: PageFacts | None = None, lines: Sequence[CuratedLines] = ()) -> Decided:
    """Every rule on one text, in order. `facts`: what the markup said, for a web page. What a curator decided about
    `lines` overrules all.

    The rules for blocks see a web page after its main content was found: only the article, as if it were
    all there is.
    """
    blocks = tuple(find_blocks(source_text))
    kept_anyway = curator.kept_blocks(source_text, blocks, lines)
    article = find_article(blocks, facts, kept_anyway) if facts else None
    page = article.page if article else Page(blocks)
    places = {index: place for place, index in enumerate(article.kept if article else range(len(blocks)))}
    hits = curator.removals(source_text, blocks, lines, places)
    decided = [(curator.NAME, hit) for hit in hits]
    page = page.without(hits)
    page, decided, references = by_rules(page, decided, article)
    if not article:
        decided, page = judged_lines.overrule(page, decided, page_of(source_text) if lines else None)
    if article:
        spread = [(name, part) for name, hit in decided for part in article.spread(hit)]
        decided = [*article.decided, *spread]
    if kept_anyway:
        page = page.bring_back(places[index] for index in kept_anyway)
        decided = curator.without_blocks(decided, kept_anyway)
    found = citing.find_citations(source_text, page, references)
    removals = [*block_removals(source_text, blocks, decided), *found.removals]
    # A line of nothing but markers is no block of the clean text.
    away = set(union(removal.span for removal in found.removals))
    left = [index for index in page.free() if page.blocks[index].span not in away]
    kept = [page.blocks[index] for index in left]
    confidence = facts.judgement.confidence if facts and facts.judgement.scores else None
    zones = article.zones(left) if article else assign_zones(kept)
    return Decided(
        tuple(zip(kept, zones, strict=True)),
        tuple(sorted(removals, key=lambda removal: removal.span)),
        found.citations,
        references,
        confidence,
        _page_notices(article, left, facts.judgement) if article and facts else (),
    )


def by_rules(
    page: Page, decided: judged_lines.Decisions, article: WebArticle | None
) -> tuple[Page, judged_lines.Decisions, tuple[Reference, ...]]:
    """What all rules take of `page` beside what is `decided`, and the references of its list."""
    list_hits, references = citing.find_reference_list(page)
    hits = page.untaken(list_hits)
    decided = [*decided, *((citing.NAME, hit) for hit in hits)]
    page = page.without(hits)
    for name, find in RULES if article else (*RULES, *PLAIN_TEXT_RULES):
        hits = page.untaken(article.borne_out(find(page)) if article else find(page))
        decided += [(name, hit) for hit in hits]
        page = page.without(hits)
    if not article and (doubtful := copied.in_doubt(page, (hit for _, hit in decided))):
        decided = [(name, hit) for name, hit in decided if hit not in doubtful]
        page = page.bring_back(index for hit in doubtful for index in range(hit.first, hit.last + 1))
    return page, decided, references


def page_of(source_text: str) -> Page:
    """A plain text and what the rules take of it: what the judge of lines goes by, and learns from."""
    return by_rules(Page(tuple(find_blocks(source_text))), [], None)[0]


def clean_source_text(
    source_text: str, language: str | None = None, facts: PageFacts | None = None, lines: Sequence[CuratedLines] = ()
) -> Cleaned:
    """All layers of one article. `language` is what is stated, believed where the text says no other; `facts` are those
    of a web page, `lines` what the curator decided."""
    decided = decide(source_text, facts, lines)
    offsets = decided.offsets(source_text)
    text = offsets.apply(source_text)
    known = language_of(text, language)
    return Cleaned(
        blocks=tuple((block.span, zone) for block, zone in decided.kept),
        removals=decided.removals,
        citations=decided.citations,
        references=decided.references,
        sentences=tuple(_sentences(text, offsets, decided.kept, known)),
        offsets=offsets,
        language=known,
        confidence=decided.confidence,
        notices=(*decided.notices, *_contradicted(known, language)),
    )


def _page_notices(article: WebArticle, left: Sequence[int], judgement: Judgement) -> tuple[Notice, ...]:
    failed = [Notice("extractor_failed", f"{error}: judged without it") for error in judgement.failed]
    return (*article.notices(left, judgement), *failed) if judgement.scores else tuple(failed)


def _contradicted(language: str, stated: str | None) -> Iterator[Notice]:
    """That the text is in another language than is stated."""
    if stated and not same_language(language, stated):
        yield Notice("other_language", f"the text is in {language!r}, {stated!r} is stated")


def block_removals(source_text: str, blocks: tuple[Block, ...], decided: list[tuple[str, Hit]]) -> list[Removal]:
    """The decided blocks as spans that, together with the kept text, leave whole line breaks behind.

    A run of removed blocks takes the line breaks on one side with it, so that the larger of the two gaps
    around it is what is left between its neighbours; at an end of the text it takes all blanks.
    """
    hits = sorted(decided, key=lambda item: item[1].first)
    runs: list[list[tuple[str, Hit]]] = []
    for item in hits:
        if runs and item[1].first == runs[-1][-1][1].last + 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    removals = []
    for run in runs:
        first, last = run[0][1].first, run[-1][1].last
        before, after = (
            blocks[first - 1] if first else None,
            blocks[last + 1] if last + 1 < len(blocks) else None,
        )
        if after is None:
            left, right = before.span.end if before else 0, len(source_text)
        elif before is None or blocks[first].gap >= after.gap:
            left, right = blocks[first].span.start if before else 0, after.span.start
        else:
            left, right = before.span.end, blocks[last].span.end
        for order, (rule, hit) in enumerate(run):
            start = left if order == 0 else blocks[hit.first].span.start
            end = right if order == len(run) - 1 else blocks[run[order + 1][1].first].span.start
            repeats = None
            if hit.repeats:
                repeats = Span(blocks[hit.repeats[0]].span.start, blocks[hit.repeats[1]].span.end)
                if hit.within:
                    repeats = Span(repeats.start + hit.within[0], repeats.start + hit.within[1])
            removals.append(Removal(Span(start, end), hit.reason, rule, hit.evidence, repeats, hit.confidence))
    return removals


def _sentences(
    text: str, offsets: OffsetMap, zoned: Iterable[tuple[Block, str]], language: str
) -> Iterable[tuple[Span, str]]:
    for block, zone in zoned:
        clean = offsets.span_to_clean(Span(block.span.start + block.bullet, block.span.end))
        part = text[clean.start : clean.end]
        for span in split_sentences(part, "en" if language == UNDETERMINED else primary_language(language)):
            yield offsets.span_to_source(Span(clean.start + span.start, clean.start + span.end)), zone


def clean(table: pa.Table, sites: Mapping[str, Site] | None = None, curated: Curated | None = None) -> pa.Table:
    """`table` (article_id, source_text, language, …) with its layers as columns, source offsets throughout.

    Adds `text`, `blocks`, `removals`, `citations`, `references`, `sentences`, `confidence` and `tags`, and appends to
    `notices`; `language` becomes that of the text. Fills title, author, date, tags and AI disclosure with what leaves
    the text (`allegata.clean.stated`). `sites` says what recurs on the sites of its pages; without, the pages of the
    table are all there is. `curated` are what the curator decided.
    """
    declared = table.column("language").to_pylist()
    pages = web_facts(table, sites_of(table) if sites is None else sites)
    decisions = [(curated or {}).get(article, ()) for article in table.column("article_id").to_pylist()]
    cleaned = [
        clean_source_text(*one)
        for one in zip(table.column("source_text").to_pylist(), declared, pages, decisions, strict=True)
    ]
    texts = [
        result.offsets.apply(source_text)
        for result, source_text in zip(cleaned, table.column("source_text").to_pylist(), strict=True)
    ]
    columns = {
        "text": pa.array(texts, pa.string()),
        "language": pa.array([result.language for result in cleaned], pa.string()),
        "confidence": pa.array([_rounded(result.confidence) for result in cleaned], pa.float64()),
        "blocks": pa.array([_zoned(result.blocks) for result in cleaned], BLOCK_LAYER),
        "citations": pa.array(
            [
                [{"start": c.span.start, "end": c.span.end, "marker": c.marker, "url": c.url} for c in result.citations]
                for result in cleaned
            ],
            CITATION_LAYER,
        ),
        "references": pa.array([[asdict(r) for r in result.references] for result in cleaned], REFERENCE_LAYER),
        "sentences": pa.array([_zoned(result.sentences) for result in cleaned], SENTENCE_LAYER),
        "notices": pa.array(_notices(table, cleaned), NOTICE_LAYER),
    }
    for name, values in columns.items():
        table = set_column(table, name, values)
    if "tags" not in table.column_names:
        table = table.append_column("tags", pa.nulls(len(table), pa.list_(pa.string())))
    heads = [_head(result, facts) for result, facts in zip(cleaned, pages, strict=True)]
    table = fill(table, [result.removals for result in cleaned], heads)
    return table.drop_columns([name for name in ("page_blocks", "judgement") if name in table.column_names])


def _head(cleaned: Cleaned, facts: PageFacts | None) -> Head:
    headings = [Span(block.start, block.end) for block in facts.blocks if block.heading == 1] if facts else []
    return head_of(cleaned.blocks, headings, facts is not None)


def _rounded(confidence: float | None) -> float | None:
    """To two decimals: what lies behind them may differ between machines, and says nothing."""
    return None if confidence is None else round(confidence, 2)


def _notices(table: pa.Table, cleaned: Sequence[Cleaned]) -> list[list[dict[str, str]]]:
    """What ingestion says of each article, then what cleaning does."""
    before = table["notices"].to_pylist() if "notices" in table.column_names else [None] * len(table)
    return [[*(known or ()), *map(asdict, result.notices)] for known, result in zip(before, cleaned, strict=True)]


def _zoned(spans: Iterable[tuple[Span, str]]) -> list[dict[str, object]]:
    return [{"start": span.start, "end": span.end, "zone": zone} for span, zone in spans]
