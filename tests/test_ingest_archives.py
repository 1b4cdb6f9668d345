"""Web archives as crawlers write them: other cases, codings that are none, converted line ends, WET, zstd, WACZ."""

from __future__ import annotations

import gzip
import time
import weakref
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import brotli
import pyarrow as pa
import pytest
from fastwarc.stream_io import ZstdWriter, zstd_train_dictionary_from_samples

from allegata.ingest.add import add
from allegata.ingest.packed import ZSTD, Parts
from allegata.ingest.wacz import read_wacz
from allegata.ingest.warc import Fetched, PassedOver, read_warc
from allegata.schema.limits import DEFAULTS
from allegata.schema.problems import Problem, ProblemsFound

PAGE = (
    '<!DOCTYPE html>\n<html lang="nl">\n<head><meta charset="utf-8">\n<title>Brug</title></head>\n<body>'
    + "".join(f"<p>De brug bij Oudewater blijft op dag {day} dicht, zei de wethouder.</p>\n" for day in range(1, 25))
    + "</body>\n</html>\n"
).encode()
HTML = "Content-Type: text/html; charset=utf-8"


def http(body: bytes, *fields: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", HTML, *fields, "", ""]).encode() + body


def record(block: bytes, *fields: str, kind: str = "response", of: str = "application/http;msgtype=response") -> bytes:
    url = "WARC-Target-URI: https://brug.example/nieuws"
    given = [f"WARC-Type: {kind}", f"Content-Type: {of}", *([] if any("URI:" in one for one in fields) else [url])]
    head = "\r\n".join(["WARC/1.1", *given, *fields, f"Content-Length: {len(block)}", "", ""])
    return head.encode() + block + b"\r\n\r\n"


INFO = record(b"software: kraan/2\r\n", kind="warcinfo", of="application/warc-fields")


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def chunked(body: bytes, size: int = 333) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def found(folder: Path, data: bytes, name: str = "a.warc") -> list[Fetched | PassedOver | Problem]:
    (folder / name).write_bytes(data)
    return list(read_warc(folder / name))


def pages(folder: Path, data: bytes, name: str = "a.warc") -> list[bytes]:
    read = found(folder, data, name)
    assert all(isinstance(one, Fetched) for one in read), read
    return [one.data for one in read if isinstance(one, Fetched)]


@pytest.mark.parametrize("change", [bytes.lower, bytes.upper, bytes.title])
def test_the_names_of_fields_mean_the_same_in_any_case(tmp_path: Path, change) -> None:
    def recased(head: bytes) -> bytes:
        names = [line.partition(b":") for line in head.split(b"\r\n")]
        return b"\r\n".join(change(name) + colon + value if colon else name for name, colon, value in names)

    head, mark, rest = record(b"", "WARC-Date: 2025-02-03T04:05:06Z").partition(b"\r\n\r\n")
    answer = recased(http(b"", "Content-Encoding: gzip")) + gzip.compress(PAGE)
    one = recased(head).replace(b" 0", b" %d" % len(answer)) + mark + answer + rest
    for page in found(tmp_path, one * 2):
        assert isinstance(page, Fetched)
        assert (page.data, page.url, page.day) == (PAGE, "https://brug.example/nieuws", "2025-02-03")


CODED = {
    **{f"{name}, decoded": ((f"Content-Encoding: {name}",), PAGE) for name in ("br", "deflate", "zstd", "gzip")},
    **{f"no coding: {name}": ((f"Content-Encoding: {name}",), PAGE) for name in ("UTF-8", "none", "8bit", "binary")},
    "decoded, with two labels": (("Content-Encoding: gzip, br", "Transfer-Encoding: chunked"), PAGE),
    "br": (("Content-Encoding: br",), brotli.compress(PAGE)),
    "zstd": (("Content-Encoding: zstd",), zstd(PAGE)),
    "zlib": (("Content-Encoding: deflate",), zlib.compress(PAGE)),
    "packed twice": (("Content-Encoding: br, gzip",), gzip.compress(brotli.compress(PAGE))),
    "two fields of one name": (
        ("Content-Encoding: br", "content-encoding: gzip"),
        gzip.compress(brotli.compress(PAGE)),
    ),
    "gzip of three members": (
        ("Content-Encoding: gzip",),
        b"".join(gzip.compress(PAGE[at : at + 900]) for at in range(0, len(PAGE), 900)),
    ),
    "gzip without a header": ((), gzip.compress(PAGE)),
    "zstd without a header": ((), zstd(PAGE)),
    "gzip said to be br": (("Content-Encoding: br",), gzip.compress(PAGE)),
    "gzip with zeros behind": (("Content-Encoding: gzip",), gzip.compress(PAGE) + bytes(40)),
    "chunks": (("Transfer-Encoding: chunked",), chunked(PAGE)),
    "chunks without a header": ((), chunked(PAGE)),
    "one chunk without a header": ((), chunked(PAGE, 9999)),
    "packed chunks without a header": ((), chunked(gzip.compress(PAGE), 99)),
    "chunks without the last": (("Transfer-Encoding: chunked",), chunked(PAGE)[:-5]),
    "a length of the packed body": (("Content-Length: 99",), PAGE),
    "a length that is too large, and the end of the page": (("Content-Length: 9999",), PAGE),
}


@pytest.mark.parametrize("case", CODED)
def test_a_body_is_what_its_bytes_say_whatever_the_header_calls_it(tmp_path: Path, case: str) -> None:
    fields, body = CODED[case]
    assert pages(tmp_path, record(http(body, *fields))) == [PAGE]


HALF = {
    "WARC-Truncated: length": record(http(PAGE), "WARC-Truncated: length"),
    "WARC-Segment-Number": record(http(PAGE), "WARC-Segment-Number: 1"),
    "states 3,000 bytes": record(http(PAGE[:1500], "Content-Length: 3000")),
    "last chunk": record(http(chunked(PAGE[:1500])[:-5], "Transfer-Encoding: chunked")),
    "do not fit": record(http(chunked(PAGE).replace(b"14d", b"14e"), "Transfer-Encoding: chunked")),
    "packed page is cut": record(http(gzip.compress(PAGE) + gzip.compress(PAGE)[:-9], "Content-Encoding: gzip")),
    "as zstd": record(http(zstd(PAGE)[:-9], "Content-Encoding: zstd")),
    "as br": record(http(brotli.compress(PAGE)[:-9], "Content-Encoding: br")),
    "'compress'": record(http(b"\x1f\x9d\x90" + bytes(range(256)), "Content-Encoding: compress")),
}


@pytest.mark.parametrize("says", HALF)
def test_a_page_of_which_a_part_is_missing_is_a_problem_that_names_its_record(tmp_path: Path, says: str) -> None:
    problem, page = found(tmp_path, INFO + HALF[says] + record(http(PAGE)))
    assert isinstance(problem, Problem)
    assert (problem.file, says in problem.what) == (f"a.warc@{len(INFO)}", True)
    assert isinstance(page, Fetched)


@pytest.mark.parametrize("coding", ["br", "gzip", "zstd"])
def test_a_bomb_is_reported_with_and_without_a_header(tmp_path: Path, coding: str) -> None:
    packed = {"br": lambda data: brotli.compress(data, quality=1), "gzip": gzip.compress, "zstd": zstd}[coding]
    body = packed(bytes(DEFAULTS.article_bytes + 1))
    fields = [(f"Content-Encoding: {coding}",), ()] if coding != "br" else [("Content-Encoding: br",)]
    for problem in found(tmp_path, b"".join(record(http(body, *one)) for one in fields)):
        assert isinstance(problem, Problem)
        assert "decompresses to more than" in problem.what


def test_text_that_begins_with_a_number_is_not_taken_for_chunks(tmp_path: Path) -> None:
    text = b"1984\nA novel.\n12\nThe clock struck.\n"
    kinds = [(), ("Transfer-Encoding: chunked",)]
    answers = [http(text, *one).replace(b"text/html", b"text/plain") for one in kinds]
    assert pages(tmp_path, b"".join(map(record, answers))) == [text, text]


@pytest.mark.parametrize("kind", ["resource", "conversion"])
def test_resources_and_conversions_of_the_web_are_read(tmp_path: Path, kind: str) -> None:
    text = "Кметът откри моста.\nЖителите чакаха.\n".encode()
    (tmp_path / "a.warc.wet.gz").write_bytes(
        gzip.compress(INFO)
        + gzip.compress(record(text, kind=kind, of="text/plain"))
        + gzip.compress(record(PAGE, kind=kind, of="text/html; charset=utf-8"))
    )
    report = add([tmp_path / "a.warc.wet.gz"], tmp_path)
    assert len(report.added) == 2
    assert {(tmp_path / "raw" / f"{one}.txt").is_file() for one in report.added} == {True, False}


def test_resources_that_are_about_a_crawl_are_passed_over(tmp_path: Path) -> None:
    log = record(b"wget log", "WARC-Target-URI: metadata://gnu.org/wget.log", kind="resource", of="text/plain")
    text = record(b"De brug", "WARC-Target-URI: urn:text:https://b.example", kind="resource", of="text/plain")
    assert [type(one) for one in found(tmp_path, log + text)] == [PassedOver, PassedOver]


def test_an_archive_without_a_page_never_ends_without_a_word(tmp_path: Path) -> None:
    assert found(tmp_path, INFO) == [
        PassedOver("an archive of records about a crawl alone (warcinfo, request, metadata)")
    ]
    revisit = record(b"", kind="revisit")
    assert found(tmp_path, revisit) == [PassedOver("a revisit record")]
    (untyped,) = found(tmp_path, record(http(PAGE)).replace(b"WARC-Type", b"WARC-Kind"))
    assert isinstance(untyped, Problem)
    (nothing,) = found(tmp_path, b"")
    assert isinstance(nothing, Problem)
    (tmp_path / "a.jsonl").write_bytes(b"")
    with pytest.raises(ProblemsFound, match="is empty"):
        add([tmp_path / "a.jsonl"], tmp_path)


@pytest.mark.parametrize("body", [PAGE, PAGE.replace(b"\n", b"\r\n")])
@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_whose_line_ends_were_converted_is_read(tmp_path: Path, body: bytes, packed: bool) -> None:
    other = PAGE.replace(b"Brug", b"Sluis")
    unix = (INFO + record(http(body)) + record(http(other)) + record(http(body))).replace(b"\r\n", b"\n")
    assert pages(tmp_path, gzip.compress(unix) if packed else unix) == [PAGE, other, PAGE]
    dos = (INFO + record(http(PAGE)) + record(http(other))).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    crlf = [one.replace(b"\n", b"\r\n") for one in (PAGE, other)]
    assert pages(tmp_path, gzip.compress(dos) if packed else dos) == crlf


def test_a_cut_record_is_not_taken_for_a_converted_one(tmp_path: Path) -> None:
    unix = (INFO + record(http(PAGE)) + record(http(PAGE))).replace(b"\r\n", b"\n")
    page, cut = found(tmp_path, unix[:-12])
    assert isinstance(page, Fetched)
    assert isinstance(cut, Problem)
    assert "is cut" in cut.what
    cut, page = found(tmp_path, record(http(PAGE))[:-12] + record(http(PAGE)))
    assert isinstance(cut, Problem)
    assert isinstance(page, Fetched)


def frames(*records: bytes) -> bytes:
    return b"".join(map(zstd, records))


def test_zstd_archives_are_read_a_frame_at_a_time(tmp_path: Path) -> None:
    other = PAGE.replace(b"Brug", b"Sluis")
    data = frames(INFO, record(http(PAGE)), record(http(other)))
    skipped = b"\x52\x2a\x4d\x18\x03\x00\x00\x00abc"
    read = found(tmp_path, skipped + data, "a.warc.zst")
    assert [one.data for one in read if isinstance(one, Fetched)] == [PAGE, other]
    starts = [at for at in range(len(data)) if data.startswith(ZSTD, at)]
    assert [one.place for one in read if isinstance(one, Fetched)] == [
        f"a.warc.zst@{len(skipped) + at}" for at in starts[1:]
    ]
    assert len(add([tmp_path / "a.warc.zst"], tmp_path).added) == 2
    assert pages(tmp_path, zstd(INFO + record(http(PAGE)) + record(http(other)))) == [PAGE, other]


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_dictionary_in_front_of_zstd_frames_is_used(tmp_path: Path, is_packed: bool) -> None:
    records = [record(http(PAGE.replace(b"Brug", b"Sluis %d" % number))) for number in range(200)]
    dictionary = zstd_train_dictionary_from_samples(records, 4096)
    written = BytesIO()
    writer = ZstdWriter(written, dictionary=dictionary, compress_dictionary_frame=is_packed)
    for one in records[:3]:
        writer.write(one)
        writer.finish()
    writer.close()
    data = written.getvalue()
    assert [page.count(b"Sluis") for page in pages(tmp_path, data)] == [1, 1, 1]
    last = data.rindex(ZSTD)
    read = found(tmp_path, data[:last] + b"noise" * 9 + data[last:])
    assert [type(each) for each in read] == [Fetched, Fetched, Problem, Fetched]


def test_a_frame_that_was_read_is_freed() -> None:
    part = Parts(BytesIO(zstd(INFO))).open(0)
    assert part.read() == INFO
    freed = weakref.ref(part)
    del part
    assert freed() is None  # 300 KB of each frame stayed


@pytest.mark.parametrize("piece", [b"WARC/1.0\r\nA", ZSTD + b"\x04\x00", b"WARC/1.0\r\nWARC-Type: x\r\n\r\n"])
def test_false_beginnings_are_passed_in_linear_time(tmp_path: Path, piece: bytes) -> None:
    started = time.process_time()
    assert isinstance(found(tmp_path, piece * 100_000 + record(http(PAGE)))[-1], Fetched)
    assert time.process_time() - started < 8  # one second; each looked at with what follows, minutes


def test_behind_a_damaged_frame_the_next_is_read(tmp_path: Path) -> None:
    one = zstd(record(http(PAGE)))
    for damaged in (one[:-20], one[:9] + b"\xff" * 12 + one[21:], b"noise" * 9):
        read = found(tmp_path, one + damaged + one)
        assert [type(each) for each in read] == [Fetched, Problem, Fetched]


def test_records_packed_together_have_a_place_each_and_are_found_behind_a_wrong_length(tmp_path: Path) -> None:
    one = record(http(PAGE))
    wrong = one.replace(b"Content-Length: ", b"Content-Length: 1")
    read = found(tmp_path, gzip.compress(INFO + one + wrong + one), "a.warc.gz")
    assert [type(each) for each in read] == [Fetched, Problem, Fetched]
    places = [
        each.place if isinstance(each, Fetched) else each.file for each in read if not isinstance(each, PassedOver)
    ]
    starts = [len(INFO), len(INFO + one), len(INFO + one + wrong)]
    assert places == [f"a.warc.gz@0+{start}" for start in starts]


def wacz(path: Path, entries: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in {"datapackage.json": b"{}", **entries}.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_all_archives_of_a_wacz_are_read(tmp_path: Path, packing: int) -> None:
    other = PAGE.replace(b"Brug", b"Sluis")
    entries = {
        "archive/data.warc.gz": gzip.compress(INFO) + gzip.compress(record(http(PAGE))),
        "archive/more.warc": INFO + record(http(other)),
    }
    path = wacz(tmp_path / "a.wacz", entries, packing)
    report = add([path], tmp_path)
    places = {f"a.wacz/archive/data.warc.gz@{len(gzip.compress(INFO))}", f"a.wacz/archive/more.warc@{len(INFO)}"}
    assert set(report.places.values()) == places


def test_a_wacz_that_holds_nothing_or_is_damaged_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read_wacz(wacz(tmp_path / "a.wacz", {"pages/pages.jsonl": b"{}"}))
    assert isinstance(problem, Problem)
    (tmp_path / "b.wacz").write_bytes(b"PK no zip")
    (problem,) = read_wacz(tmp_path / "b.wacz")
    assert isinstance(problem, Problem)
    path = wacz(tmp_path / "c.wacz", {"archive/a.warc": record(http(PAGE)) * 50}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    data[300:330] = bytes(30)
    path.write_bytes(data)
    assert any(isinstance(one, Problem) for one in read_wacz(path))
