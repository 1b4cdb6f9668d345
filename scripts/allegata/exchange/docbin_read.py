"""What is packed in a file of spaCy's `DocBin`, checked before it is used.

A zlib stream of msgpack: the words and what is said of them as an array of 64-bit hashes, the strings beside them, and
per document span groups and user data in msgpack of their own (`spacy/tokens/_serialize.py`, spaCy 3.8). Nothing of it
is code, and none of it is trusted.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from allegata.exchange.fields import Shape, ShapeError
from allegata.schema.limits import DEFAULTS, Excess, Limits
from allegata.schema.problems import MissingExtraError
from allegata.text.spans import Span, span_fault

if TYPE_CHECKING:
    import numpy as np

_SPAN = struct.Struct(">QQQllll")  # id, kb_id, label, words from and to, characters from and to
OURS = "allegata"  # the key of our user data
_NO_MAP = b"\x80"  # an empty map in msgpack
_INSIDE, _BEGIN = 1, 3  # of ENT_IOB; 2 is outside, 0 unknown
_BROKEN = (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError, struct.error, zlib.error)


class PackedSpan(NamedTuple):
    """A run of words; "" where it has no id."""

    start: int
    end: int
    label: str
    id: str
    kb_id: str


class PackedGroup(NamedTuple):
    """A span group and what is attached to it."""

    spans: list[PackedSpan]
    attrs: Shape


@dataclass(frozen=True)
class PackedDoc:
    """One document. `faults` say which spans cannot be read, and why."""

    text: str
    places: Sequence[Span]  # of its words
    blank: Sequence[bool]  # whether a word is nothing but blanks
    ents: Sequence[PackedSpan]
    groups: Mapping[str, PackedGroup]
    ours: Any  # what our user data says, None where there is none
    faults: Sequence[str]

    def place(self, span: PackedSpan) -> Span:
        """From the first character of its words to the last."""
        return Span(self.places[span.start].start, self.places[span.end - 1].end)


class Packed:
    """The documents of a file, by index."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        import numpy as np
        from spacy.attrs import IDS
        from spacy.strings import StringStore

        self._fields = fields
        columns = [int(number) for number in fields["attrs"]]
        self._column = {name: columns.index(IDS[name]) for name in _COLUMNS if IDS[name] in columns}
        if "ORTH" not in self._column:
            raise ShapeError("holds no words")
        lengths = np.frombuffer(fields["lengths"], dtype="<i4").astype(int)
        self._ends = np.concatenate(([0], lengths.cumsum()))
        flat = np.frombuffer(fields["tokens"], dtype="<u8")
        self._tokens = flat.reshape(flat.size // len(columns), len(columns))
        self._spaces = np.frombuffer(fields["spaces"], dtype=bool)
        if (lengths < 0).any() or not self._ends[-1] == len(self._tokens) == len(self._spaces):
            raise ShapeError("the numbers of its words, of their blanks and of their lengths differ")
        self._strings = StringStore(Shape(fields).texts("strings"))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def doc(self, number: int) -> PackedDoc:
        """A document. Raises `ShapeError` for what is no document."""
        try:
            return self._doc(number)
        except ShapeError:
            raise
        except _BROKEN as error:
            raise ShapeError(f"is not as spaCy writes it ({_said(error)})") from None

    def _doc(self, number: int) -> PackedDoc:
        start, end = self._ends[number], self._ends[number + 1]
        rows = self._tokens[start:end]
        words = self._named(rows[:, self._column["ORTH"]])
        flags = self._at("flags", number) or {}
        spaces = self._spaces[start:end].tolist()
        if flags.get("has_unknown_spaces"):
            spaces = [True] * (len(words) - 1) + [False] * bool(words)
        places, position = [], 0
        for word, space in zip(words, spaces, strict=True):
            places.append(Span(position, position + len(word)))
            position += len(word) + space
        text = "".join(f"{word} " if space else word for word, space in zip(words, spaces, strict=True))
        faults: list[str] = []
        groups = self._groups(self._at("span_groups", number), len(words), faults)
        user_data = _unpack(self._at("user_data", number) or _NO_MAP, use_list=False)  # it has tuples for keys
        ours = json.loads(json.dumps(user_data[OURS])) if OURS in user_data else None
        blank = [word.isspace() for word in words]
        return PackedDoc(text, places, blank, self._ents(rows), groups, ours, faults)

    def _at(self, field: str, number: int) -> Any:
        found = self._fields.get(field) or ()
        return found[number] if number < len(found) else None

    def _named(self, hashes: np.ndarray[Any, Any]) -> list[str]:
        return [self._string(number) for number in hashes.tolist()]

    def _string(self, number: int) -> str:
        try:
            return str(self._strings[number])
        except KeyError:
            raise ShapeError(f"its strings lack that of the number {number}") from None

    def _ents(self, rows: np.ndarray[Any, Any]) -> list[PackedSpan]:
        """As `Doc.ents` finds them; an inside without a beginning is one."""
        if not {"ENT_IOB", "ENT_TYPE"} <= self._column.keys():
            return []
        marks, labels, kb_ids, ids = (
            rows[:, self._column[name]].tolist() if name in self._column else [0] * len(rows)
            for name in ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
        )
        found: list[list[int]] = []
        for at, mark in enumerate(marks):
            goes_on = found and found[-1][1] == at
            if mark == _INSIDE and goes_on:
                found[-1][1] = at + 1
            elif mark in (_INSIDE, _BEGIN) and labels[at]:
                found.append([at, at + 1])
        return [
            PackedSpan(first, end, *(self._string(number[first]) for number in (labels, ids, kb_ids)))
            for first, end in found
        ]

    def _groups(self, packed: Any, words: int, faults: list[str]) -> dict[str, PackedGroup]:
        """A map of groups to their names, or in files of spaCy 3.0 a list of groups with a name in each."""
        content = _unpack(packed) if packed else {}
        named: list[tuple[str | None, Any]] = (
            [(name, group) for group, names in content.items() for name in names]
            if isinstance(content, dict)
            else [(None, group) for group in content]
        )
        groups = {}
        for key, data in named:
            group = _unpack(data)
            name = group["name"] if key is None else key
            spans = []
            for item in group["spans"]:
                id_, kb_id, label, start, end, *_ = _SPAN.unpack(item)
                if fault := span_fault(start, end, words):
                    faults.append(f"a span of group {name!r}: {fault.replace('characters', 'words')}")
                else:
                    spans.append(PackedSpan(start, end, self._string(label), self._string(id_), self._string(kb_id)))
            groups[str(name)] = PackedGroup(spans, Shape(group).row("attrs"))
        return groups


_COLUMNS = ("ORTH", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")


class TooLargeError(ShapeError):
    """A file that decompresses to more than the limits allow: one of some MB may hold a stream without end."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(excess.what)
        self.fix = excess.fix


def unpacked(data: bytes, limits: Limits = DEFAULTS) -> Packed:
    """The documents of a file. Raises `ShapeError` for what is no such file, and its `TooLargeError`,
    `MissingExtraError` without spaCy."""
    if find_spec("spacy") is None:
        raise MissingExtraError("spacy", "exchange")
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, limits.docbin_bytes + 1)
        if len(content) > limits.docbin_bytes:
            raise TooLargeError(limits.excess("docbin-bytes", verb="decompresses to"))
        if not stream.eof:
            raise ShapeError("is cut off")
        fields = _unpack(content)
        if not isinstance(fields, dict):
            raise ShapeError("is no DocBin of spaCy")
        return Packed(fields)
    except ShapeError:
        raise
    except _BROKEN as error:
        raise ShapeError(f"is no DocBin of spaCy ({_said(error)})") from None


def _unpack(data: bytes, use_list: bool = True) -> Any:
    """Msgpack as plain values: without the hook by which srsly makes arrays of numpy of some maps."""
    from srsly import msgpack

    return msgpack.unpackb(data, raw=False, use_list=use_list, object_pairs_hook=dict)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:80]
