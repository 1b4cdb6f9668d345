"""Behind a break in a web archive the next record is found, wherever it begins, in one pass over the file."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from allegata.ingest import warc_records
from project import sampled

RECORD = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 4\r\n\r\nmill\r\n\r\n"
MEGABYTE = 1 << 20
PLACES = (1, MEGABYTE - 5000, MEGABYTE - 4096, MEGABYTE - 3, MEGABYTE, 2 * MEGABYTE - 5)
FALSE = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # the head of a gzip member, and no member


def next_record(path: Path, after: int) -> int | None:
    with path.open("rb") as file:
        return warc_records.next_record(file, after)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("at", sampled(PLACES, 1, MEGABYTE - 4096, MEGABYTE - 3))
@pytest.mark.parametrize("garbage", [b"x", FALSE])
def test_a_record_is_found_wherever_it_begins(tmp_path: Path, packed: bool, at: int, garbage: bytes) -> None:
    path = tmp_path / "a.warc"
    record = gzip.compress(RECORD) if packed else RECORD
    path.write_bytes((garbage * (at // len(garbage) + 1))[:at] + record + b"y" * 3 * MEGABYTE)
    assert next_record(path, 1) == at
    assert next_record(path, at) == at
    assert next_record(path, at + 1) is None


def test_the_first_of_two_records_is_found_if_it_is_packed_and_the_second_is_not(tmp_path: Path) -> None:
    path, at = tmp_path / "a.warc", MEGABYTE - 100
    path.write_bytes(b"x" * at + gzip.compress(RECORD) + RECORD + b"y" * MEGABYTE)
    assert next_record(path, 1) == at


def test_a_gzip_member_of_something_else_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(gzip.compress(b"WARC is a format. WARC/1.1"))
    assert next_record(path, 0) is None


def test_a_file_full_of_false_beginnings_is_read_in_linear_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(FALSE * 200_000)
    started = time.process_time()
    assert next_record(path, 0) is None
    assert time.process_time() - started < 8  # half a second
