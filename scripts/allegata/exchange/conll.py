"""CoNLL-2003 columns with IOB2 tags: a word a line, a blank line after a sentence, a file a split.

The first column is the word, the last the tag of the first layer of the type system; further layers have a column
between the two, and what is missing to the four columns of CoNLL-2003 is `_`. A document begins with the very line
`-DOCSTART- -X- O O`, by which spaCy's converter and `datasets` know it. No sentence ends within an annotation.
Which annotation wins where several share words: `exchange/flat.py`.

What these files have no place for, and every reader of them would take for words, lies beside them in
`documents.jsonl`: the id of each document and its text with the blanks between the words, in the order of the files.
A document is found there by its letters, so that files may be cut, merged and tokenised otherwise.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, unquote

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.flat import (
    Shown,
    flat,
    joined,
    layers_of,
    located,
    note_the_rest,
    numbered,
    outside,
    sentence_starts,
    tags_of,
)
from allegata.exchange.folder import Export, Reading, beginnings, id_of, stem_of
from allegata.exchange.format import Format
from allegata.measures.matching import tokens
from allegata.models.bio import OUTSIDE, decode_tags
from allegata.schema.file_kinds import utf8_text
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem
from allegata.schema.wording import noun
from allegata.text.documents import Document, TypeSystem
from allegata.text.spans import Span

DOCUMENTS = "documents.jsonl"
ALL = "all"  # the file of documents that are in no split
_ENDINGS = (".conll", ".conll03", ".conll2003", ".iob", ".iob2", ".bio", ".bioes", ".tsv", ".txt")
# The files of CoNLL-2002 and 2003 as they were published: `eng.train`, `esp.testa`.
_PUBLISHED = (".train", ".testa", ".testb", ".dev", ".test")
_START = "-DOCSTART-"
_EMPTY = "_"
_LEAST = 4
_TAG = re.compile(r"O|[BIESULMW]-.+")
_LOOK = 200  # lines by which the columns are known


def write_conll(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`SPLIT.conll`, or `all.conll`, and `documents.jsonl`."""
    first, *others = layers_of(types)
    layers = (*others, first)
    with ExitStack() as open_files:
        about = open_files.enter_context(out.open(DOCUMENTS))
        files: dict[str, BinaryIO] = {}
        for document in documents:
            name = f"{stem_of(document.split or ALL)}.conll"
            if name not in files:
                files[name] = open_files.enter_context(out.open(name))
            files[name].write(_block(document, layers, out).encode())
            row = {
                "id": document.id,
                "file": name,
                "columns": layers,
                "language": document.language,
                "annotator": document.annotator,
                "machine": document.machine,
                "split": document.split,
                "text": document.text,
            }
            about.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _block(document: Document, layers: Sequence[str], out: Export) -> str:
    words = tokens(document.text)
    shown = {layer: flat(document, layer, words, out.lose) for layer in layers}
    every = [one for found in shown.values() for one in found]
    note_the_rest(document, layers, every, out.lose)
    starts = outside(sentence_starts(document), (one.span for one in every))
    columns = [_encoded(shown[layer], len(words)) for layer in layers]
    padding = [[_EMPTY] * len(words)] * (_LEAST - 1 - len(columns))
    lines = [f"{_START} -X- O O\n"]
    at = 0
    for word, *tags in zip(words, *padding, *columns, strict=True):
        if at < len(starts) and starts[at] <= word.start:
            lines.append("\n")
            while at < len(starts) and starts[at] <= word.start:
                at += 1
        lines.append(f"{' '.join((word.quote(document.text), *tags))}\n")
    return "".join((*lines, "\n"))


def _encoded(shown: Sequence[Shown], count: int) -> list[str]:
    """Tags whose labels have no blanks: these, and `%`, are percent-encoded."""
    return [re.sub(r"[\s%]", lambda match: quote(match[0]), tag) for tag in tags_of(shown, count)]


# -- reading -----------------------------------------------------------------------------------------------------------


_Line = list[str]  # the cells of a word


class _Columns(NamedTuple):
    """Where the words and tags of a file are; `width` is the number of columns."""

    width: int
    word: int
    tag: int


class _Known:
    """What `documents.jsonl` says of the documents of a folder, found by their letters."""

    def __init__(self, folder: Path, reading: Reading) -> None:
        self.of_file: dict[str, list[Shape]] = defaultdict(list)
        self._of_letters: dict[str, list[Shape]] = defaultdict(list)
        path = folder / DOCUMENTS
        if not path.is_file():
            return
        lines, problems = parse_json_lines(path.read_bytes(), DOCUMENTS)
        reading.problems.extend(problems)
        for number, values in lines:
            row = Shape(values)
            try:
                if not row.text("id") or not row.texts("columns"):
                    raise ShapeError("'id' or 'columns' is empty")
                for name in ("language", "annotator", "split"):
                    row.text(name, "")
                row.flag("machine")
                self.of_file[row.text("file")].append(row)
                self._of_letters[_letters((row.text("text"),))].append(row)
            except ShapeError as error:
                reading.problems.add(Problem(str(error), "correct the line", file=DOCUMENTS, line=number))

    def take(self, name: str, words: Iterable[str]) -> Shape | None:
        """The document of these words, rather one of the file of that name; no document is taken twice."""
        same = self._of_letters.get(_letters(words), [])
        found = next((row for row in same if row.text("file") == name), same[0] if same else None)
        if found:
            same.remove(found)
        return found


def _letters(words: Iterable[str]) -> str:
    return "".join("".join(word.split()) for word in words)


def read_conll(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of files in columns: ours, CoNLL-2002 and 2003, and the like.

    Words and tags are separated by tabs or blanks; the tags are of IOB1, IOB2, IOBES or BILOU, in the last column that
    has such. Lines that begin with `#` and are no word are skipped. Without our `documents.jsonl` the text is the
    words joined by blanks, a line a sentence, and a document is what a line -DOCSTART- begins, or a file.
    """
    known = _Known(path if path.is_dir() else path.parent, reading)
    for name, file in reading.files(path, *_ENDINGS, *_PUBLISHED):
        content = utf8_text(file.read_bytes(), name)
        if isinstance(content, Problem):
            reading.problems.add(content)
            continue
        content = content.removeprefix("\ufeff")
        columns = _columns(content)
        if columns is None:
            what = "has no column of tags such as O, B-PER and I-PER"
            if path.is_dir() and name.endswith(".txt"):  # as a README beside the data
                reading.notices.add(f"text file that {what}, skipped", name)
                continue
            reading.problems.add(Problem(what, "name a file with words and tags in columns", file=name))
            continue
        rows = known.of_file.get(name, [])
        blocks = sum(line.startswith(_START) for line in _lines(content))
        stem = id_of(name.rpartition(".")[0])
        for number, sentences in enumerate(_blocks(content, columns, name, reading), 1):
            words = [line[columns.word] for sentence in sentences for line in sentence]
            row = known.take(name, words)
            if row:
                yield _known_document(row, sentences, columns, words)
            elif words:
                changed = rows[number - 1].text("id") if number <= blocks == len(rows) else ""
                new = stem if blocks < 2 else f"{stem}-{number:04}"
                layer = rows[0].texts("columns")[-1] if rows else ""
                yield _foreign_document(changed or new, sentences, columns, types, layer)


def _lines(content: str) -> Iterator[str]:
    for line in content.split("\n"):
        yield line.removesuffix("\r")


def _cells(line: str) -> list[str]:
    """Only these two separate: a word may hold a blank that is no-break."""
    return line.split("\t") if "\t" in line else [cell for cell in line.split(" ") if cell]


def _columns(content: str) -> _Columns | None:
    """By the first lines: the tags are in the last column that is tags in nearly all of them."""
    first: list[list[str]] = []
    for cells in map(_cells, islice((line for line in _lines(content) if _is_word(line)), 2 * _LOOK)):
        first += [cells] if len(cells) > 1 else []
    if not first:
        # A file of documents without words has no column at all, and is no fault.
        return _Columns(_LEAST, 0, _LEAST - 1) if _START in content or not content.strip() else None
    count = Counter(map(len, first)).most_common(1)[0][0]
    good = [cells for cells in first if len(cells) == count]
    tags = [
        column
        for column in range(1, count)
        if sum(bool(_TAG.fullmatch(cells[column])) for cells in good) >= 0.9 * len(good)
    ]
    if not tags:
        return None
    # CoNLL-U and its like number the words of a sentence in front of them.
    numbers = good[0][0] == "1" and all(cells[0].replace("-", "").isdecimal() for cells in good)
    return _Columns(count, int(numbers and tags[-1] > 1), tags[-1])


def _is_word(line: str) -> bool:
    is_remark = line.startswith("#") and not _TAG.fullmatch((_cells(line) or [""])[-1])
    return bool(line.strip()) and not line.startswith(_START) and not is_remark


def _blocks(content: str, columns: _Columns, name: str, reading: Reading) -> Iterator[list[list[_Line]]]:
    """The sentences of each document of a file."""
    sentences: list[list[_Line]] = [[]]
    is_first = True
    for number, line in enumerate(_lines(content), 1):
        if line.startswith(_START):
            if not is_first or any(sentences):
                yield [sentence for sentence in sentences if sentence]
            sentences, is_first = [[]], False
        elif not line.strip():
            sentences.append([])
        else:
            cells = [cell.strip() for cell in _cells(line)]
            if line.startswith("#") and (len(cells) != columns.width or not _TAG.fullmatch(cells[columns.tag])):
                continue
            fault = _fault(cells, columns)
            if not fault and not cells[columns.word]:
                reading.notices.add("word of nothing but blanks, skipped", f"{name}:{number}")
                continue
            if fault:
                reading.problems.add(Problem(fault, "correct the line", file=name, line=number))
            if len(cells) > columns.word and cells[columns.word]:
                sentences[-1].append(_untagged(cells, columns) if fault else cells)
    if not is_first or any(sentences):
        yield [sentence for sentence in sentences if sentence]


def _fault(cells: Sequence[str], columns: _Columns) -> str:
    if len(cells) != columns.width:
        return f"has {len(cells)} {noun(len(cells), 'column')}, the first lines have {columns.width}"
    return "" if _TAG.fullmatch(cells[columns.tag]) else f"{cells[columns.tag]!r} is no tag such as O, B-PER or I-PER"


def _untagged(cells: Sequence[str], columns: _Columns) -> list[str]:
    found = [OUTSIDE] * columns.width
    found[columns.word] = cells[columns.word]
    return found


def _known_document(row: Shape, sentences: Sequence[list[_Line]], columns: _Columns, words: Sequence[str]) -> Document:
    text, layers = row.text("text"), row.texts("columns")
    places = located(text, words)
    if columns.width != max(_LEAST, 1 + len(layers)):  # someone kept the tags of the last column
        layers = layers[-1:]
    found, at = [], 0
    for sentence in sentences:
        where = places[at : at + len(sentence)]
        at += len(sentence)
        for column, layer in enumerate(reversed(layers)):
            tags = [line[columns.tag - column] for line in sentence]
            found += [(layer, unquote(one.label), one.hull) for one in decode_tags(where, tags)]
    return Document(
        row.text("id"),
        text,
        numbered(found),
        language=row.text("language", "und"),
        annotator=row.text("annotator", ""),
        machine=row.flag("machine"),
        split=row.text("split", ""),
    )


def _foreign_document(
    name: str, sentences: Sequence[list[_Line]], columns: _Columns, types: TypeSystem, layer: str
) -> Document:
    text, places = joined([[line[columns.word] for line in sentence] for sentence in sentences])
    found: list[tuple[str, str, Span]] = []
    for sentence, where in zip(sentences, places, strict=True):
        for one in decode_tags(where, [line[columns.tag] for line in sentence]):
            found.append((layer or types.layer_of(one.label), one.label, one.hull))
    return Document(name, text, numbered(found))


def _recognises(folder: Path) -> bool:
    found = beginnings(folder, ".conll", *_PUBLISHED, size=len(_START) + 3)
    sign = _START.encode()
    return any(name.endswith(".conll") or start.removeprefix(b"\xef\xbb\xbf").startswith(sign) for name, start in found)


CONLL = Format("conll", "CoNLL-2003 columns with IOB2 tags", write_conll, read_conll, _recognises)
