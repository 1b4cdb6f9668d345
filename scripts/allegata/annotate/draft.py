"""Drafts: how annotators write. A span is the sentence's number and the words; the program finds the offsets.

The format is section 9 of `annotations/GUIDELINES.md`. A quote that is not found, or stands more than once without
saying which, is refused; all faults of a draft come in one report. The other way, gold becomes a draft to correct.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from allegata.annotate.gold import GoldArticle
from allegata.annotate.records import FIX, KINDS, SPAN_FIELDS, Records
from allegata.annotate.references import Entities, reference_faults
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme
from allegata.text.claim_context import parents, with_computed
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span, trim

# Fields of a draft that say where its spans are, or that the program derives itself.
_LOCATORS = ("s", "quote", "nth", "cue_text", "evidence")
_SENTENCES = (
    "correct the quote or the number of its sentence; the text may have changed since the draft was written: compare "
    "its sentences of now, allegata clean --sentences {}"
)
_NUMBERED = re.compile(r"([a-z]+)([0-9]{1,18})")


@dataclass(frozen=True)
class Sentences:
    """The numbered sentences of one clean text, and the way back to the source."""

    text: str
    spans: Sequence[Span]  # clean offsets, sentence n at index n - 1
    offsets: OffsetMap

    def find(self, sentence: object, quote: object, nth: object = None) -> tuple[Span | None, str]:
        """The source span of the `nth` occurrence of `quote` in a sentence, or None and the reason."""
        if type(sentence) is not int or not 1 <= sentence <= len(self.spans):
            return None, f"there is no sentence {sentence!r} (1 to {len(self.spans)})"
        if not isinstance(quote, str) or not quote or quote != quote.strip():
            return None, f"the quote {quote!r} is empty or has blanks at its edges"
        bounds = self.spans[sentence - 1]
        starts = self._starts(bounds, quote)
        if not starts:
            others = [n for n, other in enumerate(self.spans, 1) if quote in other.quote(self.text)]
            where = f"; sentence {others[0]} does" if len(others) == 1 else ""
            return None, f"sentence {sentence} does not contain {quote!r}{where}"
        if nth is None and len(starts) > 1:
            return None, f"sentence {sentence} contains {quote!r} {len(starts)} times: say which with 'nth'"
        if nth is not None and (type(nth) is not int or not 1 <= nth <= len(starts)):
            return None, f"sentence {sentence} has no number {nth!r} of {quote!r}, only {len(starts)}"
        start = starts[(nth or 1) - 1] if isinstance(nth, int) or nth is None else 0
        return self.offsets.span_to_source(Span(start, start + len(quote))), ""

    def _starts(self, bounds: Span, quote: str) -> list[int]:
        """Where a quote stands in a sentence; worked out once, for a long sentence may be asked for the same often."""
        if (bounds.start, quote) not in self._known:
            starts, position = list[int](), self.text.find(quote, bounds.start, bounds.end)
            while position >= 0:
                starts.append(position)
                position = self.text.find(quote, position + 1, bounds.end)
            self._known[bounds.start, quote] = starts
        return self._known[bounds.start, quote]

    @cached_property
    def _known(self) -> dict[tuple[int, str], list[int]]:
        return {}

    def locate(self, source: Span) -> list[dict[str, Any]]:
        """The pieces of a source span, sentence by sentence, as `find` takes them: `s`, `quote` and, if needed, `nth`.

        What lies in no sentence has no piece.
        """
        clean = self.offsets.span_to_clean(source)
        pieces: list[dict[str, Any]] = []
        first = max(0, bisect_left(self.spans, (clean.start, 0)) - 1)
        for number, bounds in enumerate(islice(self.spans, first, None), first + 1):
            if bounds.start >= clean.end:
                break
            piece = Span(max(bounds.start, clean.start), min(bounds.end, clean.end))
            piece = trim(piece, self.text) if piece.length > 0 else piece
            if piece.length <= 0:
                continue
            quote = piece.quote(self.text)
            starts = self._starts(bounds, quote)
            nth = {"nth": bisect_left(starts, piece.start) + 1} if len(starts) > 1 else {}
            pieces.append({"s": number, "quote": quote, **nth})
        return pieces


def read_draft(
    lines: Sequence[tuple[int, Mapping[str, Any]]],
    header: Mapping[str, Any],
    sentences: Sentences,
    entities: Entities,
    name: str,
    scheme: Scheme,
    *,
    whole: bool = True,
) -> tuple[GoldArticle, list[Problem]]:
    """The records of a draft with source offsets, in the order of the text, and every fault of the draft.

    `entities` are the rows of the register by id: an id that a record names is one of them, or of the draft. Where
    `lines` are not the `whole` draft, because some cannot be read, the ids of the draft are not looked for. What a
    record does not say means what the scheme says.
    What follows from the attributions and claims around a claim (`allegata.text.claim_context`) is filled in where the
    draft does not say it.
    Mentions get ids `m001`, `m002`, … by position; the other records keep theirs, padded (`c7` becomes `c007`).
    """
    problems: list[Problem] = []
    ids = _ids([row for _, row in lines]) if whole else None
    forms = Records(scheme)

    def note(number: int, fault: str, fix: str = FIX) -> None:
        problems.append(Problem(fault, fix, file=name, article_id=header["article_id"], line=number))

    records: list[dict[str, Any]] = []
    attributions: list[dict[str, Any]] = []
    placed: list[bool] = []  # of every claim whether it says what its parent is
    seen: dict[Any, int] = {}
    for number, draft in sorted(
        lines, key=lambda line: line[1].get("record") == "claim"
    ):  # they follow from the others
        kind = draft.get("record")
        if not isinstance(kind, str) or kind not in KINDS:
            note(number, f"the record type is {kind!r}, not one of {', '.join(KINDS)}")
            continue
        spans, faults = _located(draft, sentences)
        first_field = SPAN_FIELDS[kind][0]
        given: Mapping[str, Any] = _without_locators(draft)
        if kind == "claim":
            given = with_computed(given, spans["segments"], attributions, scheme)
        quotes = [sentences.offsets.span_to_clean(span).quote(sentences.text) for span in spans[first_field]]
        record, more = forms.read(given, " ".join(quotes))
        record |= spans
        for fault in faults:
            note(number, fault, _SENTENCES.format(header["article_id"]))
        for fault in more:
            note(number, fault)
        for fault, fix in reference_faults(record, entities, ids):
            note(number, fault, fix)
        if kind != "mention" and isinstance(record["id"], str):
            first = seen.setdefault(record["id"], number)
            if first != number:
                note(number, f"duplicate id {record['id']!r} (first in line {first})", "rename or delete one")
        if record[first_field]:
            placed += ["parent_id" in draft] if kind == "claim" else []
            attributions += [record] if kind == "attribution" else []
            records.append(record)
    claims = [record for record in records if record["record"] == "claim"]
    for claim, is_placed, parent in zip(claims, placed, parents(claims), strict=True):
        claim["parent_id"] = claim["parent_id"] if is_placed else parent
    return GoldArticle(header["article_id"], header, tuple(_numbered(records))), problems


def _ids(rows: Sequence[Mapping[str, Any]]) -> dict[str, set[str]] | None:
    """The ids of the lines of a draft by kind of record; None where a line is of no kind, and may be any record."""
    if not all(row.get("record") in KINDS for row in rows):
        return None
    return {
        kind: {padded(row["id"]) for row in rows if row["record"] == kind and isinstance(row.get("id"), str)}
        for kind in KINDS
    }


def _numbered(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records in the order of the text, the mentions with ids by their places."""
    order = {kind: rank for rank, kind in enumerate(("time", "mention", "attribution", "claim"))}
    found = sorted(records, key=lambda record: (_start(record), order[record["record"]], -_end(record)))
    for count, record in enumerate((record for record in found if record["record"] == "mention"), 1):
        record["id"] = f"m{count:03}"
    return found


def _located(draft: Mapping[str, Any], sentences: Sentences) -> tuple[dict[str, list[Span]], list[str]]:
    """The source spans of a line of a draft by field, and what is wrong with what it quotes."""
    names = SPAN_FIELDS[draft["record"]]
    spans: dict[str, list[Span]] = {field: [] for field in names}
    faults = []
    for field in names:
        items = _items(draft.get("quote" if field == "segments" else field))
        for item in items:
            own = item if isinstance(item, dict) else {"quote": item}
            where = {"s": draft.get("s"), "nth": draft.get("nth"), **own}
            span, fault = sentences.find(where["s"], where.get("quote"), where.get("nth"))
            spans[field] += [] if span is None else [span]
            faults += [f"{field}: {fault}"] if span is None else []
        if field == names[0] and not items:
            faults.append(f"{field!r} has no span")
    return spans, faults


def _without_locators(draft: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a draft with the fields of its record alone, its ids padded; a mention needs none of its own."""
    copies = {"cue"} if draft["record"] == "claim" else set()  # for the reader; the attribution holds it
    record = {name: value for name, value in draft.items() if name not in {*_LOCATORS, *copies}}
    for name in ("id", "parent_id", "attribution_id", "anchor"):
        if name in record:
            record[name] = padded(record[name])
    if draft["record"] == "mention":
        record["id"] = record.get("id") or "m000"
    return record


def draft_lines(article: GoldArticle, sentences: Sentences, scheme: Scheme) -> Iterator[str]:
    """The lines of the draft that `read_draft` turns into the records of `article` again.

    A record whose first span lies in no sentence cannot be written and is left out.
    """
    fields = Records(scheme).fields
    for record in article.records:
        kind = record["record"]
        pieces = {
            field: [piece for span in record[field] for piece in sentences.locate(span)] for field in SPAN_FIELDS[kind]
        }
        first = pieces[SPAN_FIELDS[kind][0]]
        if not first:
            continue
        row: dict[str, Any] = {"record": kind}
        if kind != "mention":
            row["id"] = record["id"]
        row["s"] = first[0]["s"]
        if "segments" in pieces:
            row |= first[0] if len(first) == 1 else {"quote": [_short(piece, row["s"]) for piece in first]}
        else:
            row |= {
                field: [_short(piece, row["s"]) for piece in pieces[field]] for field in ("source", "cue", "content")
            }
        row |= {field: record.get(field) for field in fields[kind] if field != "id"}
        yield json.dumps(row, ensure_ascii=False)


def _short(piece: Mapping[str, Any], sentence: int) -> Any:
    """The quote alone where it is in the sentence of the record and only once."""
    return piece["quote"] if piece["s"] == sentence and "nth" not in piece else dict(piece)


def padded(record_id: object) -> Any:
    """`c7` as `c007`, so that ids sort as they count; anything else as it is."""
    match = _NUMBERED.fullmatch(record_id) if isinstance(record_id, str) else None
    return f"{match.group(1)}{int(match.group(2)):03}" if match else record_id


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _spans(record: Mapping[str, Any]) -> list[Span]:
    spans: list[Span] = record[SPAN_FIELDS[record["record"]][0]]
    return spans


def _start(record: Mapping[str, Any]) -> int:
    return min(span.start for span in _spans(record))


def _end(record: Mapping[str, Any]) -> int:
    return max(span.end for span in _spans(record))
