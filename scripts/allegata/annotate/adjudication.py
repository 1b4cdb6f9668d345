"""Two passes compared record by record: every difference, for the people who decide them, and the text report."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from allegata.annotate.adjudication_across import DIFFERS, ONLY_A, ONLY_B, across_differences
from allegata.annotate.draft import Sentences
from allegata.annotate.passes import IDS, Pass, Record
from allegata.annotate.records import KINDS, SPAN_FIELDS, Records
from allegata.measures.matching import LabelledSpan, align
from allegata.schema.visible import visible
from allegata.schema.wording import number
from allegata.text.spans import Span

SPANS = "span"  # the field of a record that only one pass has


@dataclass(frozen=True)
class Difference:
    """One field of one record (or a whole record) in which the passes differ; `a` and `b` as text, "" for nothing.

    `sentence` counts from 1; 0 where the record stands in no sentence. `id` is that of pass A where it has one.
    """

    article_id: str
    sentence: int
    record: str
    id: str
    field: str
    kind: str
    a: str
    b: str


@dataclass(frozen=True)
class Paired:
    """A record of pass A and its counterpart in pass B; None where there is none. Never both."""

    a: Record | None
    b: Record | None

    @property
    def either(self) -> Record:
        """The record of A, or that of B."""
        record = self.a or self.b
        assert record is not None  # a pair of nothing is not made
        return record

    @property
    def kind(self) -> str:
        """The kind of record: mention, attribution, claim, time."""
        return str(self.either["record"])


@dataclass(frozen=True)
class Compared:
    """One article in two passes: its records in pairs, in the order of the text, and what differs."""

    article_id: str
    sentences: Sentences
    pairs: tuple[Paired, ...]
    differences: tuple[Difference, ...]

    def sentence_of(self, record: Record) -> int:
        """The number of the sentence in which the first span of a record starts; 0 if none."""
        start = min(
            self.sentences.offsets.span_to_clean(span).start for span in record[SPAN_FIELDS[record["record"]][0]]
        )
        spans = enumerate(self.sentences.spans, 1)
        return next((number for number, span in spans if span.start <= start < span.end), 0)


def compare(first: Pass, second: Pass, article_id: str, sentences: Sentences) -> Compared:
    """The records of one article, aligned by their spans as in scoring (exact before overlap), and all differences."""
    pairs: list[Paired] = []
    for kind in KINDS:
        left, right = (_of(found, article_id, kind) for found in (first, second))
        for pair in align(_keys(left), _keys(right)):
            a = left[pair.gold].pop(0) if pair.gold else None
            b = right[pair.predicted].pop(0) if pair.predicted else None
            pairs.append(Paired(a, b))
    pairs.sort(key=lambda pair: (_place(pair.either), KINDS.index(pair.kind), pair.either["id"]))
    bare = Compared(article_id, sentences, tuple(pairs), ())
    return Compared(article_id, sentences, bare.pairs, tuple(_differences(bare, Records(first.scheme))))


def _of(found: Pass, article_id: str, kind: str) -> dict[LabelledSpan, list[Record]]:
    records: dict[LabelledSpan, list[Record]] = defaultdict(list)
    article = found.articles.get(article_id)
    for record in sorted(article.of(kind), key=lambda record: str(record["id"])) if article else ():
        label = record["label"] if kind == "mention" else kind
        records[LabelledSpan.of(label, *record[SPAN_FIELDS[kind][0]])].append(record)
    return records


def _keys(records: Mapping[LabelledSpan, Sequence[Record]]) -> list[LabelledSpan]:
    return [span for span, found in records.items() for _ in found]


def _place(record: Record) -> tuple[int, int]:
    spans = record[SPAN_FIELDS[record["record"]][0]]
    return min(span.start for span in spans), -max(span.end for span in spans)


def _differences(compared: Compared, forms: Records) -> Iterator[Difference]:
    partner = {(pair.kind, pair.a["id"]): pair.b["id"] for pair in compared.pairs if pair.a and pair.b}
    by_id = {
        side: {(pair.kind, record["id"]): record for pair in compared.pairs if (record := getattr(pair, side))}
        for side in ("a", "b")
    }
    target = {"parent_id": "claim", "attribution_id": "attribution", "anchor": "time"}
    for pair in compared.pairs:
        place = (compared.article_id, compared.sentence_of(pair.either), pair.kind, str(pair.either["id"]))
        if pair.a is None or pair.b is None:
            text = quote(pair.either, SPAN_FIELDS[pair.kind][0], compared.sentences)
            yield Difference(*place, SPANS, *((ONLY_A, text, "") if pair.a else (ONLY_B, "", text)))
            continue
        for name in SPAN_FIELDS[pair.kind]:
            if sorted(pair.a[name]) != sorted(pair.b[name]):
                a, b = (quote(record, name, compared.sentences) for record in (pair.a, pair.b))
                yield Difference(*place, name, DIFFERS, a, b)
        for name in forms.fields[pair.kind]:
            a, b = pair.a[name], pair.b[name]
            if name == "id":
                continue
            if name in IDS and a is not None:
                same = partner.get((target[name], a), a if a == "dct" else None) == b
            else:
                same = a == b and type(a) is type(b)
            if not same:
                shown_a, shown_b = shown(a), shown(b)
                if name in IDS:
                    shown_a, shown_b = (
                        _pointed(by_id[side].get((target[name], value)), value, compared.sentences)
                        for side, value in (("a", a), ("b", b))
                    )
                yield Difference(*place, name, DIFFERS, shown_a, shown_b)


def _pointed(record: Record | None, value: object, sentences: Sentences) -> str:
    if record is None:
        return shown(value)
    return f"{record['id']} “{quote(record, SPAN_FIELDS[record['record']][0], sentences)}”"


def shown(value: object) -> str:
    """A value of a field as text: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def quote(record: Record, name: str, sentences: Sentences) -> str:
    """The clean text of a span field, its segments joined by ` … `."""
    spans = sorted(sentences.offsets.span_to_clean(Span(*span)) for span in record[name])
    return " … ".join(span.quote(sentences.text) for span in spans) or "(none)"


def set_aside(first: Pass, second: Pass) -> str:
    """One sentence that names the articles which one of two passes alone has; "" where there are none."""
    lacking = (
        (found.name, sorted(other.articles.keys() - found.articles.keys()))
        for found, other in ((first, second), (second, first))
    )
    aside = [f"{', '.join(names)} (not in {name})" for name, names in lacking if names]
    return f"Set aside: {', '.join(aside)}." if aside else ""


def text_report(first: Pass, second: Pass, articles: Sequence[Compared]) -> str:
    """Every difference as text: article, sentence, record, field, then A and B, one below the other."""
    across = across_differences(first, second)
    count = sum(len(article.differences) for article in articles)
    lines = [f"A: {first.name}", f"B: {second.name}"]
    lines.append(f"{number(count, 'difference')} in records, {len(across)} in propositions and disputes")
    lines += [aside] if (aside := set_aside(first, second)) else []
    for article in articles:
        for item in article.differences:
            place = f"{item.article_id} s{item.sentence} {item.record} {item.id} {item.field}"
            lines += ["", f"{place}: {item.kind}", f"  A: {one_line(item.a)}", f"  B: {one_line(item.b)}"]
    for one in across:
        lines += ["", f"{one.record} {one.id} {one.field}: {one.kind}", f"  {one_line(one.what)}"]
        lines += [f"  A: {one_line(one.a)}", f"  B: {one_line(one.b)}"]
    return "\n".join(visible(line).rstrip() for line in lines) + "\n"  # people print it on a terminal


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())
