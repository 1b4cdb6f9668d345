"""Files with random damage are read, or refused with a report: no traceback, within limits of time and memory."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.schema.problems import ProblemsFound, UsageError
from file_mutants import LONGEST, Reader, fault_of, fault_with, half_characters, large_values, limits, readers
from project import sampled

NAMES = (
    *("text", "page", "settings", "scheme", "manifest", "annotations", "release manifest"),
    *("pass", "registers", "drafts", "drafts across articles", "decisions", "curated lines"),
    *("redactions", "withdrawn", "expectations"),
    *(f"data set {name}" for name in ("checkthat2019", "claimbuster", "polnear")),
    *(
        "version",
        "front matter",
        "front matter of a source",
        "front matter of an edition",
        "tables",
        "text-free edition",
    ),
    *("text-free edition, other copies", "work folder", "submissions"),
    *(
        f"offered {name}"
        for name in ("a.warc", "b.warc.gz", "c.wacz", "d.jsonl", "e.jsonl.gz", "f.txt.xz", "g.txt.bz2", "h.tar")
    ),
)


@pytest.fixture(scope="module")
def known() -> Iterator[dict[str, Reader]]:
    with tempfile.TemporaryDirectory() as place:
        yield readers(Path(place))


def test_every_reader_reads_its_files_as_they_are(known: dict[str, Reader], tmp_path: Path) -> None:
    from allegata.exchange.formats import FORMATS

    assert known.keys() == {*NAMES, *(f"exchange {name}" for name in FORMATS)}
    for number, reader in enumerate(known.values()):
        for name, data in reader.files.items():
            path = tmp_path / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        reader.read(tmp_path / str(number))


@pytest.mark.parametrize("examples", sampled([100, 200], 100))
def test_a_damaged_file_is_read_or_refused(known: dict[str, Reader], examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.sampled_from(sorted(known)), st.integers(0, 1 << 30))
    def read(name: str, seed: int) -> None:
        assert fault_of(known[name], random.Random(seed)) is None

    read()


@pytest.mark.parametrize("examples", sampled([25, 60], 25))
def test_a_value_of_a_megabyte_is_read_or_refused(known: dict[str, Reader], examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.data())
    def read(data: st.DataObject) -> None:
        reader = known[data.draw(st.sampled_from(sorted(known)))]
        if large := list(large_values(reader)):
            one = data.draw(st.sampled_from(large))
            assert fault_with(reader, one.file, one.into(reader.files[one.file])) is None

    read()


@pytest.mark.parametrize("most", sampled([4, 10_000], 4))
def test_no_reader_hands_on_half_a_character(known: dict[str, Reader], most: int, tmp_path: Path) -> None:
    """What is behind the readers encodes texts: a string of a file of JSON that ends in half a surrogate pair is
    refused or not read. Of what is offered beside a text `add` refuses it later (`test_ingest_add.py`)."""
    for kind in sorted(known.keys() - {"offered d.jsonl"}):
        reader = known[kind]
        strings = list(half_characters(reader))
        for one in strings if len(strings) <= most else random.Random(kind).sample(strings, most):
            for name, data in reader.files.items():
                path = tmp_path / kind / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(one.into(data) if name == one.file else data)
            with suppress(ProblemsFound, UsageError):
                assert "\\ud800" not in repr(reader.read(tmp_path / kind)), (kind, one)


def test_what_raises_takes_long_or_takes_memory_is_a_fault(tmp_path: Path) -> None:
    def raising(folder: Path) -> object:
        raise KeyError(folder.name)

    def telling(folder: Path) -> object:
        raise UsageError("x" * (LONGEST + 1))

    draw = random.Random(1)
    assert "characters" in (fault_of(Reader({"a": b"x"}, telling), draw) or "")
    assert "KeyError" in (fault_of(Reader({"a": b"x"}, raising), draw) or "")
    assert "MemoryError" in (fault_of(Reader({"a": b"x"}, lambda _: bytearray(2 << 30)), draw) or "")
    with limits():
        assert sum(range(10)) == 45
