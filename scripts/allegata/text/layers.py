"""The layers of an article as Arrow columns: one `list<struct>` column a layer, source offsets."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from allegata.schema import labels
from allegata.schema.columns import column_type
from allegata.schema.scheme import Scheme
from allegata.text.spans import Span

_OFFSETS = [("start", pa.int32()), ("end", pa.int32())]

BLOCK_LAYER = pa.list_(pa.struct([*_OFFSETS, ("zone", pa.string())]))
REMOVAL_LAYER = pa.list_(
    pa.struct(
        [
            *_OFFSETS,
            ("reason", pa.string()),
            ("rule", pa.string()),
            ("evidence", pa.string()),
            ("repeats_start", pa.int32()),
            ("repeats_end", pa.int32()),
            ("fills", pa.string()),  # the field of the article's metadata that has its value from this text
            ("confidence", pa.float64()),  # of the judge in this removal; null where a rule decided
        ]
    )
)
CITATION_LAYER = pa.list_(pa.struct([*_OFFSETS, ("marker", pa.string()), ("url", pa.string())]))
REFERENCE_LAYER = pa.list_(pa.struct([("marker", pa.string()), ("url", pa.string()), ("text", pa.string())]))
# Of the article as a whole: a `Notice` each.
NOTICE_LAYER = pa.list_(pa.struct([("kind", pa.string()), ("text", pa.string())]))
SENTENCE_LAYER = pa.list_(pa.struct([*_OFFSETS, ("zone", pa.string())]))
# The annotation layers. Every span is a list of segments: discontinuous spans have more than one.
_SEGMENTS = pa.list_(pa.struct(_OFFSETS))
# The fields of each layer that are no attributes of the scheme.
_FIELDS: dict[str, tuple[str, list[tuple[str, pa.DataType]]]] = {
    "mentions": ("mention", [("segments", _SEGMENTS), ("entity_id", pa.string())]),
    "attributions": (
        "attribution",
        [("source", _SEGMENTS), ("cue", _SEGMENTS), ("content", _SEGMENTS), ("source_id", pa.string())],
    ),
    "claims": (
        "claim",
        [
            ("segments", _SEGMENTS),
            ("parent_id", pa.string()),
            ("attribution_id", pa.string()),
            ("claimer_id", pa.string()),
            ("claimer_chain", pa.list_(pa.string())),
            ("decontextualised", pa.string()),
        ],
    ),
    "time_expressions": (
        "time",
        [("segments", _SEGMENTS), ("value", pa.string()), ("edtf", pa.string()), ("anchor", pa.string())],
    ),
}
ANNOTATION_LAYERS = tuple(_FIELDS)


def annotation_layers(scheme: Scheme) -> dict[str, pa.DataType]:
    """The type of each of `ANNOTATION_LAYERS`, with the attributes of the scheme."""
    return {
        layer: pa.list_(
            pa.struct(
                [
                    ("id", pa.string()),
                    *fields,
                    *((name, column_type(attribute)) for name, attribute in scheme.attributes(record).items()),
                ]
            )
        )
        for layer, (record, fields) in _FIELDS.items()
    }


@dataclass(frozen=True)
class Removal:
    """A span that leaves the text. It cannot be made without a typed reason, its rule and its evidence.

    `rule` carries its version (`comments/1`); `repeats` is the span a repetition repeats; `confidence` is how sure
    the judge is, from 0 to 1, None where a rule decided.
    Raises ValueError for an unknown reason, a missing rule or evidence, or an empty span.
    """

    span: Span
    reason: str
    rule: str
    evidence: str
    repeats: Span | None = None
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.reason not in labels.REMOVAL_REASONS:
            raise ValueError(f"unknown removal reason {self.reason!r}; one of {labels.REMOVAL_REASONS}")
        if not self.rule or not self.evidence:
            raise ValueError(f"removal {self.span} has no rule or no evidence")
        if self.span.start >= self.span.end:
            raise ValueError(f"removal {self.span} is empty")

    def row(self) -> dict[str, object]:
        """The removal as a row of `REMOVAL_LAYER`, where it fills no metadata."""
        return {
            "start": self.span.start,
            "end": self.span.end,
            "reason": self.reason,
            "rule": self.rule,
            "evidence": self.evidence,
            "repeats_start": self.repeats.start if self.repeats else None,
            "repeats_end": self.repeats.end if self.repeats else None,
            "confidence": None if self.confidence is None else round(self.confidence, 2),
        }


@dataclass(frozen=True)
class Notice:
    """What a curator should know of an article: `text` is one sentence, for people, after the id of the article.

    Raises ValueError for an unknown kind or an empty text.
    """

    kind: str
    text: str

    def __post_init__(self) -> None:
        if self.kind not in labels.NOTICES:
            raise ValueError(f"unknown notice {self.kind!r}; one of {labels.NOTICES}")
        if not self.text.strip():
            raise ValueError(f"notice {self.kind} says nothing")


@dataclass(frozen=True)
class Citation:
    """A bracketed citation marker of the source text, resolved against the reference list."""

    span: Span
    marker: str
    url: str | None


@dataclass(frozen=True)
class Reference:
    """One entry of an article's reference list."""

    marker: str
    url: str | None
    text: str


def set_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """`table` with column `name` added, or replaced in its place."""
    index = table.schema.get_field_index(name)
    if index < 0:
        return table.append_column(name, values)
    return table.set_column(index, name, values)
