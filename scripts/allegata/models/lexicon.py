"""Cue-lexicon rules: reporting verbs, what stands before or after them, what they report. No training.

The words of each language are data: `lexicon.toml`.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from allegata.schema.languages import primary_language
from allegata.text.blocks import find_blocks
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span, trim

_NAME = r"[A-ZÀ-ÖØ-ÞΑ-ΩА-Я][\w’'.&-]*"
_LONGEST = 2_000  # characters of a sentence that is looked at: what a cue belongs to is looked for in all of it
_FULL_STOP = re.compile(r"[.!?]\s*$")


@dataclass(frozen=True)
class Lexicon:
    """The rules of one language: `cue` is an alternation of words, the others are compiled.

    `report` has a group `cue`; `according` those of all parts; `source` ends where a cue begins; `inverted` have all
    parts of `…, said Zoe` and of `…, Zoe said.`; `disputes` is an alternation of nouns that speak of claims.
    `reporting` is an alternation of all words that report, `negation`, `hedge` and `number` match words in lower case.
    """

    cue: str
    report: re.Pattern[str]
    according: re.Pattern[str]
    source: re.Pattern[str]
    inverted: tuple[re.Pattern[str], ...]
    not_a_claim: re.Pattern[str]
    that: re.Pattern[str]
    disputes: str
    reporting: str
    negation: re.Pattern[str]
    hedge: re.Pattern[str]
    number: re.Pattern[str]


@cache
def lexicon_of(language: str) -> Lexicon | None:
    """The rules of a language (BCP 47); None of one that `lexicon.toml` does not have."""
    table = _tables().get(primary_language(language))
    if table is None:
        return None
    cue, adverbs = table["cue"], rf"(?:(?:{table['adverbs']})\s+)*"
    name = rf"{_NAME}(?:\s+(?:{_NAME}|{table['joints']}))*"
    phrase = rf"(?:{table['determiners']})\s+(?:[\w’'-]+\s+){{0,4}}[\w’'-]+"
    short = (
        rf"(?:(?:{table['determiners']})\s+)?(?:[^\W\dA-Z_]+\s+){{0,2}}{name}"  # up to the name, where no comma ends it
    )
    source, comma = (r"[^,.]+", r",\s*") if table["comma"] else (short, r"\s+")
    before = r"^(?P<content>.{4,}?)\s*(?:,|(?<=[!?”“»\"]))\s*"
    who = rf"(?P<source>(?:(?:{table['determiners']})\s+)?(?:[\w’'&-]+\s+){{0,5}}?[\w’'&-]+)"
    return Lexicon(
        cue,
        re.compile(rf"\b(?P<cue>{adverbs}{cue})\b", re.I),
        re.compile(rf"\b(?P<cue>{table['according']})\s+(?P<source>{source}){comma}(?P<content>.+)", re.S),
        re.compile(rf"(?<!\w)(?:{phrase}|{name}|{table['pronouns']})\s*,?\s*$"),
        (
            re.compile(rf"{before}(?P<cue>{cue})\s+{who}\s*(?:[,.;:]|$)", re.S),
            re.compile(
                rf"{before}(?P<source>{phrase}|{name}|{table['pronouns']})\s+(?P<cue>{adverbs}{cue})\s*[.]?$", re.S
            ),
        ),
        re.compile(table["not-a-claim"], re.I),
        re.compile(table["that"]),
        table.get("disputes", "(?!)"),
        rf"{cue}|{table['according']}",
        *(re.compile(rf"\b(?:{table[name]})\b") for name in ("negation", "hedge", "number")),
    )


def languages() -> tuple[str, ...]:
    """The languages that `lexicon.toml` has, sorted."""
    return tuple(sorted(_tables()))


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "lexicon.toml").read_text(encoding="utf-8"))


def _sentences(text: str, language: str) -> Iterator[Span]:
    for block in find_blocks(text):
        for sentence in split_sentences(block.text, primary_language(language)):
            if sentence.length <= _LONGEST:
                yield Span(block.span.start + sentence.start, block.span.start + sentence.end)


def _content_end(text: str, start: int, end: int) -> int:
    """The end without the full stop of the sentence, unless that stands inside a quotation."""
    return end - 1 if end > start + 1 and _FULL_STOP.search(text[start:end]) else end


def attributions(text: str, language: str, *, inverted: bool = False) -> list[dict[str, Span]]:
    """Source, cue and content of every reporting verb and `according to`, sentence by sentence.

    The source is the noun phrase right before the cue; the content is what follows up to the end of the
    sentence, or what stands before where the sentence opens with a quotation. With `inverted` a source may follow the
    cue (`…, said Zoe`). None in a language without a lexicon.
    """
    lexicon, found = lexicon_of(language), []
    if lexicon is None:
        return []
    for sentence in _sentences(text, language):
        quote = sentence.quote(text)
        matches = (form.match(quote) for form in lexicon.inverted) if inverted else ()
        if match := next(filter(None, matches), None):
            parts = {role: Span(*match.span(role)) for role in ("source", "cue", "content")}
            found.append({r: Span(sentence.start + p.start, sentence.start + p.end) for r, p in parts.items()})
            continue
        if match := lexicon.according.search(quote):
            start = sentence.start
            found.append(
                {
                    "cue": Span(start + match.start("cue"), start + match.end("cue")),
                    "source": trim(Span(start + match.start("source"), start + match.end("source")), text),
                    "content": Span(
                        start + match.start("content"), _content_end(text, start + match.start("content"), sentence.end)
                    ),
                }
            )
            continue
        for match in lexicon.report.finditer(quote):
            source = lexicon.source.search(quote[: match.start()])
            if not source:
                continue
            parts = {
                "source": _named(sentence.start, source.start(), quote[: source.end()].rstrip(" ,")),
                "cue": trim(Span(sentence.start + match.start("cue"), sentence.start + match.end("cue")), text),
            }
            content = _content(text, sentence, match, source.start())
            if content.length > 3:
                found.append({**parts, "content": content})
            break
    return found


def _named(offset: int, start: int, before: str) -> Span:
    return Span(offset + start, offset + len(before))


def _content(text: str, sentence: Span, match: re.Match[str], source_start: int) -> Span:
    after = sentence.start + match.end("cue")
    while after < sentence.end and text[after] in " ,:":
        after += 1
    if sentence.quote(text)[0] in '“"„«' and source_start > 10:  # "…," she said
        return trim(Span(sentence.start, sentence.start + source_start), text)
    return Span(after, max(after, _content_end(text, after, sentence.end)))


def claim_spans(text: str, language: str, *, inverted: bool = False) -> list[Span]:
    """Reported contents without `that` and outer quotation marks, and every other declarative sentence."""
    lexicon = lexicon_of(language)
    if lexicon is None:
        return []
    reported = attributions(text, language, inverted=inverted)
    spans = [_bare(part["content"], text, lexicon, inverted) for part in reported]
    contents = sorted(part["content"] for part in reported)
    for sentence in _sentences(text, language):
        at = bisect_left(contents, (sentence.start, 0))
        if (
            not (at < len(contents) and sentence.contains(contents[at]))
            and not lexicon.not_a_claim.search(sentence.quote(text))
            and _FULL_STOP.search(sentence.quote(text))
        ):
            spans.append(Span(sentence.start, _content_end(text, sentence.start, sentence.end)))
    return sorted(span for span in spans if span.length > 3)


def _bare(content: Span, text: str, lexicon: Lexicon, inverted: bool) -> Span:
    start, end = content
    if that := lexicon.that.match(text[start:end]):
        start += that.end()
    if start < end and text[start] in '“"„«' and text[end - 1] in '”"“»':
        start, end = start + 1, end - 1
    end -= len(text[start:end]) - len(text[start:end].rstrip(" ,")) if inverted else 0
    return trim(Span(start, end), text)
