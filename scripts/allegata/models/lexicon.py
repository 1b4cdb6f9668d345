"""Cue-lexicon rules: reporting verbs, what stands before them, what they report. No training."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.text.blocks import find_blocks
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span, trim

# Verbs that report a proposition; the classes follow Levin (1993), 37.7 `say` and 33 `judgment`.
CUE = (
    r"(?:say|says|said|state[sd]?|stating|stated|tell|tells|told|claim(?:s|ed|ing)?|alleg(?:e|es|ed|ing)|"
    r"argu(?:e|es|ed|ing)|assert(?:s|ed|ing)?|contend(?:s|ed|ing)?|maintain(?:s|ed)?|insist(?:s|ed)?|"
    r"den(?:y|ies|ied|ying)|deni(?:es|ed)|admit(?:s|ted)?|acknowledg(?:e|es|ed|ing)|confirm(?:s|ed)?|"
    r"reveal(?:s|ed)?|announc(?:e|es|ed|ing)|report(?:s|ed)?|accus(?:e|es|ed|ing)|suggest(?:s|ed)?|"
    r"believ(?:e|es|ed)|add(?:s|ed)|note[sd]?|explain(?:s|ed)?|warn(?:s|ed)?|demand(?:s|ed)?|seek(?:s|ing)?|"
    r"sought|call(?:s|ed)|describ(?:e|es|ed)|emphasi[sz](?:e|es|ed)|label(?:s|ed|ing|led)|show(?:s|ed)?)"
)
_ADVERB = r"(?:(?:also|further|reportedly|allegedly|strongly|repeatedly|has|have|had|that|quietly)\s+)*"
_REPORT = re.compile(rf"\b(?P<cue>{_ADVERB}{CUE})\b", re.I)
_ACCORDING = re.compile(r"\b(?P<cue>[Aa]ccording to)\s+(?P<source>[^,.]+),\s*(?P<content>.+)", re.S)
_NAME = r"[A-ZÀ-ÖØ-ÞΑ-ΩА-Я][\w’'.&-]*"
_SOURCE = re.compile(
    r"(?<!\w)(?:(?:[Tt]he|[Tt]h(?:is|ese|ose)|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s+(?:[\w’'-]+\s+){0,4}[\w’'-]+|"
    rf"{_NAME}(?:\s+(?:{_NAME}|of|de|la|for|v\.))*|[Tt]hey|[Hh]e|[Ss]he|[Ii]t|[Ww]e|I)\s*,?\s*$"
)
_NOT_A_CLAIM = re.compile(r"\?\s*$|^(?:read|see|subscribe|click|follow)\b", re.I)
_FULL_STOP = re.compile(r"[.!?]\s*$")


def _sentences(text: str) -> Iterator[Span]:
    for block in find_blocks(text):
        for sentence in split_sentences(block.text):
            yield Span(block.span.start + sentence.start, block.span.start + sentence.end)


def _content_end(text: str, start: int, end: int) -> int:
    """The end without the full stop of the sentence, unless that stands inside a quotation."""
    return end - 1 if end > start + 1 and _FULL_STOP.search(text[start:end]) else end


def attributions(text: str) -> list[dict[str, Span]]:
    """Source, cue and content of every reporting verb and `according to`, sentence by sentence.

    The source is the noun phrase right before the cue; the content is what follows up to the end of the
    sentence, or what stands before where the sentence opens with a quotation.
    """
    found = []
    for sentence in _sentences(text):
        quote = sentence.quote(text)
        if match := _ACCORDING.search(quote):
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
        for match in _REPORT.finditer(quote):
            source = _SOURCE.search(quote[: match.start()])
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
    if sentence.quote(text)[0] in '“"' and source_start > 10:  # "…," she said
        return trim(Span(sentence.start, sentence.start + source_start), text)
    return Span(after, max(after, _content_end(text, after, sentence.end)))


def claim_spans(text: str) -> list[Span]:
    """Reported contents without `that` and outer quotation marks, and every other declarative sentence."""
    reported = attributions(text)
    spans = [_bare(part["content"], text) for part in reported]
    for sentence in _sentences(text):
        inside = [part for part in reported if sentence.contains(part["content"])]
        if not inside and not _NOT_A_CLAIM.search(sentence.quote(text)) and _FULL_STOP.search(sentence.quote(text)):
            spans.append(Span(sentence.start, _content_end(text, sentence.start, sentence.end)))
    return sorted(span for span in spans if span.length > 3)


def _bare(content: Span, text: str) -> Span:
    start, end = content
    if text[start:end].startswith("that "):
        start += 5
    if start < end and text[start] in '“"' and text[end - 1] in '”"':
        start, end = start + 1, end - 1
    return trim(Span(start, end), text)
