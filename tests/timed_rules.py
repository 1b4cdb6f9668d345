"""Every rule of ours that reads a text, as a function of the text alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import pyarrow as pa

from allegata.annotate.draft import Sentences
from allegata.browse import copies, search
from allegata.clean import citations, stage
from allegata.clean.judged_lines import lines_of
from allegata.clean.language import sample
from allegata.clean.page import Page
from allegata.clean.rules import copied
from allegata.clean.web.article import PageFacts
from allegata.dedup import templates
from allegata.dedup.fold import words_of as folded_words
from allegata.dedup.longest import longest_shared_run
from allegata.dedup.passages import located_words
from allegata.dedup.shingles import shingle
from allegata.dedup.texts import buffers
from allegata.exchange.formats import FORMATS
from allegata.exchange.units import graphemes
from allegata.exchange.utf16 import Utf16
from allegata.ingest.charset import decode_page
from allegata.ingest.html import ParsedPage, read_page
from allegata.ingest.page_metadata import page_metadata
from allegata.ingest.plain_text import decode_text
from allegata.ingest.tags import has_endless_attributes, nests_more_than_a_tree_shows, without_deep_tags
from allegata.judge.line_judge import default_line_judge
from allegata.models.features import surface
from allegata.models.lexicon import attributions, claim_spans
from allegata.propose.names import Background, find_names
from allegata.propose.numbers import find_numbers
from allegata.propose.phones import find_phones
from allegata.propose.value_patterns import patterns_of
from allegata.propose.values import find_values
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.limits import Limits
from allegata.schema.toml_files import key_lines
from allegata.text import alignment, fingerprints
from allegata.text.anchors import make_anchor, resolve
from allegata.text.blocks import assign_zones, find_blocks
from allegata.text.bylines import authors_in, is_cue
from allegata.text.citation_markers import cited
from allegata.text.contact_data import find_contacts
from allegata.text.dates import announces_update, is_date_line, publication_day, says_published
from allegata.text.document_anchors import reanchored
from allegata.text.documents import Annotation, Document
from allegata.text.normal import for_matching, has_endless_marks, normalise, unquoted
from allegata.text.offsets import OffsetMap
from allegata.text.page_blocks import Judgement
from allegata.text.person_names import PersonNames
from allegata.text.script_words import find_words
from allegata.text.sentence_ends import as_sentence
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span, union
from allegata.text.tag_lists import tags_in
from allegata.text.words import written_languages
from documents import TYPES, round_trip

Rule = Callable[[str], object]
_ADA = PersonNames(("Ada Quill", "Ben Mill"), frozenset({"mill"}))


def _of_page(find: Callable[[Page], object]) -> Rule:
    def rule(text: str) -> object:
        found = find(Page(tuple(find_blocks(text))))
        return list(found) if isinstance(found, Iterator) else found

    return rule


def _citations(text: str) -> object:
    page = Page(tuple(find_blocks(text)))
    _, references = citations.find_reference_list(page)
    return citations.find_citations(text, page, references)


def _read(markup: str) -> ParsedPage:
    """Of more lines and elements than a corpus takes: shapes have a line a character."""
    return read_page(markup, Limits(article_lines=10**6, page_elements=10**6, line_elements=10**6))


def _page(text: str) -> object:
    page = _read("".join(f"<p>{line}</p>" for line in text.split("\n")))
    kept = Judgement((1000,) * len(page.blocks), ("its text",) * len(page.blocks), 500, 1.0)
    return stage.decide(page.source_text, PageFacts(page.blocks, kept))


def _moved(text: str) -> object:
    spans = tuple(Annotation(f"m{at}", "mention", "ORG", (Span(at, at + 9),)) for at in range(0, len(text) - 9, 300))
    return reanchored(Document("a", text, spans), text[: len(text) // 2] + "Moved. " + text[len(text) // 2 :])


def _offsets(text: str) -> object:
    offsets = OffsetMap.without([Span(at, at + 2) for at in range(0, len(text) - 2, 5)], len(text))
    return [offsets.to_clean(at) for at in range(0, len(text), 10)], offsets.apply(text)


def _all_lines(*rules: Callable[[str], object]) -> Rule:
    return lambda text: [rule(line) for line in text.split("\n") for rule in rules]


def _bytes_of(text: str) -> tuple[object, object]:
    return buffers(pa.array([text, text[1:]], pa.large_string()))


def _fingerprints(text: str) -> object:
    letters = fingerprints.Letters.of(text)
    return fingerprints.common_runs(fingerprints.fingerprints(letters.string), len(letters.string), letters.string[1:])


def _terms(text: str) -> object:
    return list(search.terms(text))


RULES: dict[str, Rule] = {
    **{
        f"cleaning: {find.__module__.rpartition('.')[2]}.{find.__name__}": _of_page(find)
        for _, find in (*stage.RULES, *stage.PLAIN_TEXT_RULES)
    },
    "cleaning: copied": _of_page(lambda page: copied.in_doubt(page, [])),
    "cleaning: all rules": stage.decide,
    "cleaning: judge of lines": _of_page(lambda page: default_line_judge().judge(lines_of(page))),
    "cleaning: citations": _citations,
    "cleaning: a page": _page,
    "cleaning: language sample": lambda text: sample(text, 5000),
    "ingest: decoding of a text": lambda text: decode_text(text.encode(), "a", "a"),
    "ingest: decoding of a page": lambda text: decode_page(text.encode()),
    "ingest: walk of a page": _read,
    "ingest: metadata of a page": lambda text: page_metadata(_read(f"<title>{text}</title><h1>{text}</h1>")),
    "ingest: tags": lambda text: (
        has_endless_attributes(text),
        without_deep_tags(text, 200),
        nests_more_than_a_tree_shows(text, 10**9),
    ),
    "text: blocks": lambda text: assign_zones(find_blocks(text)),
    "text: sentences": split_sentences,
    "text: sentences of Chinese": lambda text: split_sentences(text, "zh"),
    "text: ends of sentences": _all_lines(as_sentence),
    "text: words": find_words,
    "text: normal form": lambda text: (normalise(text), for_matching(text), unquoted(text), has_endless_marks(text)),
    "text: words of furniture": lambda text: written_languages(find_words(text)),
    "text: people": _ADA.find,
    "text: people who are known": partial(_ADA.find, known=True),
    "text: bylines": _all_lines(lambda line: authors_in(line, ("en", "de")), lambda line: is_cue(line, ("en",))),
    "text: dates": _all_lines(is_date_line, says_published, announces_update),
    "text: contacts": partial(find_contacts, regions=("GB", "DE")),
    "text: day of publication": lambda text: publication_day(text.split("\n")),
    "text: citation markers": lambda text: cited(text, 0, len(text)),
    "text: tags": tags_in,
    "text: union of spans": lambda text: union(Span(at, at + 3) for at in range(0, len(text), 2)),
    "text: offsets": _offsets,
    "text: alignment": lambda text: alignment.covered(alignment.Letters.of(text), text[1:]),
    "text: anchors": lambda text: resolve(make_anchor(Span(40, 60), text), text[1:]),
    "text: moved annotations": _moved,
    "text: fingerprints": _fingerprints,
    "deduplication: shingles": lambda text: shingle(*_bytes_of(text), 5),
    "deduplication: words": lambda text: (located_words(text), folded_words(text)),
    "deduplication: longest shared run": lambda text: longest_shared_run(text, text[1:]),
    "deduplication: facts": templates.facts_of,
    "browse: terms": _terms,
    "browse: copies": lambda text: list(copies.aligned(text, text[1:])),
    "exchange: units": lambda text: (graphemes(text), Utf16(text).units(len(text))),
    "exchange: json": lambda text: parse_json_lines(json.dumps({"text": text}).encode() + b"\n" + text.encode(), "a"),
    "settings: lines of keys": key_lines,
    "propose: values": lambda text: find_values(text, patterns_of("en")),
    "propose: numbers": lambda text: find_numbers(text, patterns_of("en")),
    "propose: telephones": lambda text: list(find_phones(text, patterns_of("en").words)),
    "propose: names": lambda text: find_names(text, "en", Background()),
    "propose: attributions": lambda text: attributions(text, "en", inverted=True),
    "propose: claims": lambda text: claim_spans(text, "en"),
    "propose: surface": surface,
}


def _exchanged(name: str) -> Rule:
    """Out and in again, with a span on every three hundredth character."""

    def rule(text: str) -> object:
        spans = [Span(at, at + 9) for at in range(0, len(text) - 9, 300)]
        shown = tuple(Annotation(f"m{at}", "mention", "ORG", (span,)) for at, span in enumerate(spans))
        return round_trip(FORMATS[name], [Document("a", text, shown, language="en")], TYPES)

    return rule


def _draft(text: str) -> object:
    found = Sentences(text, split_sentences(text), OffsetMap.without([], len(text)))
    return [found.locate(Span(at, at + 200)) for at in range(0, len(text) - 200, 300)]


EXCHANGED = {f"exchange: {name}": _exchanged(name) for name in FORMATS if name != "token-classification"}
RULES |= EXCHANGED
RULES["annotate: draft"] = _draft
