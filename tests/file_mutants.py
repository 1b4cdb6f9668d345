"""Mutants of the files that allegata reads: each is read or refused, within limits of time and memory.

`python tests/file_mutants.py --count 10000 --seed 1` prints what was not; nothing where all is well. With `--large`
each value of each file in turn is one of a megabyte. The files are made by our own exporters and of the invented corpus
of `hostile_corpus.py`.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import random
import re
import resource
import signal
import sys
import tarfile
import tempfile
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from allegata.annotate.stage import read_articles
from allegata.exchange.folder import Export, Reading
from allegata.exchange.formats import FORMATS, format_of
from allegata.ingest.offered import offered
from allegata.ingest.stage import manifest_batches, read_batch, read_raw
from allegata.publish.manifest import read_manifests
from allegata.recipe.article import clean_html, clean_text
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import read_scheme
from allegata.schema.settings import read_settings
from allegata.schema.system_errors import system_problem
from allegata.text.documents import Annotation, Document
from allegata.text.spans import Span
from corpus_readers import Reader, corpus_readers, files_of
from documents import TYPES
from hostile_corpus import TEXTS, corpus

SECONDS, BYTES = 5, 1 << 30  # of one mutant: processor time, and memory beyond what the process had
LONGEST = 41_000  # of what is said of one: 4,000 characters of the data, each perhaps as an escape of ten
MEGABYTE = 1_000_000
# What stands where a value of JSON, TOML, YAML, XML or a table may: quoted, between tags or tabs, a bare word.
_VALUES = re.compile(
    rb'"(?:[^"\\\n]|\\.)*"' rb"|'[^'\n]*'|(?<=[>\t])[^<\t\n]+|(?<=[:=,\[ ])(?:-?\d+(?:\.\d+)?|true|false|null)\b"
)
_LARGE = (
    b'"%s"' % (b"mill " * (MEGABYTE // 5)),
    b'"%s"' % ("e\u0301\u202e\u4e00".encode() * (MEGABYTE // 9)),
    b"[%s0]" % (b"0," * (MEGABYTE // 2)),
    b"{%s}" % b",".join(b'"%d":0' % number for number in range(MEGABYTE // 10)),
)
_PAGE = b"<html lang=en><head><title>The mill</title><meta charset=utf-8></head><body><article><h1>The mill</h1><p>The mill of Low Marsh burned down on 3 May 2031, and nobody was hurt.</p></article></body></html>"  # noqa: E501
# What a mutant gets in place of something, or between two bytes.
_TOKENS = (
    *(b"", b"\0", b"\n", b"\r", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"\\", b"\t", b",", b":", b"#"),
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b"9" * 30, b"9" * 5000, b"0.5", b"[]", b"{}", b'"a"', b"2024-02-30"),
    *(
        b"\xff",
        b"\xc3\x28",
        b"\xef\xbb\xbf",
        b"\\ud800",
        "\u202e".encode(),
        "e\u0301".encode(),
        b"[" * 2000,
        b"<b>" * 500,
    ),
)


def readers(place: Path) -> dict[str, Reader]:
    """Every reader with files that it reads well; `place` is an empty folder."""
    root = corpus(place / "root")
    files = files_of(root)
    found = {
        "text": Reader(
            {"a.txt": TEXTS["one"].encode()}, lambda at: clean_text((at / "a.txt").read_bytes().decode("latin-1"))
        ),
        "page": Reader({"a.html": _PAGE}, lambda at: clean_html((at / "a.html").read_bytes())),
        "settings": Reader(files, read_settings, "allegata.toml"),
        "scheme": Reader(files, lambda at: read_scheme(at / "annotations"), "annotations/scheme.toml"),
        "manifest": Reader(files, _ingest, "raw/"),
        "annotations": Reader(files, lambda at: read_articles(at / "annotations", TEXTS), "annotations/"),
        "release manifest": Reader(
            {"v2.2.0/manifest.json": (Path(__file__).parent.parent / "corpus/v2.2.0/manifest.json").read_bytes()},
            read_manifests,
        ),
    }
    for name, data in _offered().items():
        found[f"offered {name}"] = Reader({name: data}, lambda at: list(offered([str(at)], "text")))
    for name in FORMATS:
        out = place / name
        out.mkdir()
        FORMATS[name].write(_documents(), TYPES, Export(out))
        found[f"exchange {name}"] = Reader(files_of(out), _imported(name))
    return found | corpus_readers(root, place)


def _documents() -> Iterator[Document]:
    text = TEXTS["one"]
    yield Document(
        "one",
        text,
        (
            Annotation("m001", "mention", "PERSON", (Span(51, 59),), {"entity_id": "ada"}),
            Annotation(
                "c001", "claim", "claim", (Span(0, 20), Span(25, 30)), {"check_worthiness": 2, "is_quoted": True}
            ),
        ),
        language="en",
    )


def _imported(name: str) -> Callable[[Path], object]:
    def read(at: Path) -> object:
        format_of(at)
        return list(FORMATS[name].read(at, TYPES, Reading()))

    return read


def _ingest(root: Path) -> object:
    return [read_batch(root / "raw", batch) for batch in manifest_batches(read_raw(root / "raw"))]


def _offered() -> dict[str, bytes]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(_PAGE)
    warc = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/b\r\n"
        b"WARC-Date: 2026-01-01T00:00:00Z\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nContent-Type: application/http; "
        b"msgtype=response\r\nContent-Length: %d\r\n\r\n" % (len(head) + len(_PAGE)) + head + _PAGE + b"\r\n\r\n"
    )
    row = json.dumps({"text": TEXTS["one"], "url": "https://a.example/b", "title": "The mill"}).encode() + b"\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/a.warc.gz", gzip.compress(warc, mtime=0))
        archive.writestr("datapackage.json", "{}")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive_of_files:
        archive_of_files.addfile(tarfile.TarInfo("a.txt"), io.BytesIO(b""))
    return {
        "a.warc": warc,
        "b.warc.gz": gzip.compress(warc, mtime=0),
        "c.wacz": packed.getvalue(),
        "d.jsonl": row,
        "e.jsonl.gz": gzip.compress(row, mtime=0),
        "f.txt.xz": lzma.compress(row),
        "g.txt.bz2": bz2.compress(row),
        "h.tar": tar.getvalue(),
    }


def mutated(data: bytes, draw: random.Random) -> bytes:
    """`data` with one to four changes."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randint(0, len(changed))
        end = min(len(changed), at + draw.choice((1, 1, 2, 8, 64, 1024)))
        kind = draw.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[at:end]
        elif kind == 2:
            changed[at:at] = draw.choice(_TOKENS)
        elif kind == 3:
            changed[at:end] = draw.choice(_TOKENS)
        elif kind == 4:
            changed[at:at] = changed[at:end] * draw.randint(1, 20)
        elif kind == 5:
            del changed[at:]
        else:
            _change_value(changed, draw)
    return bytes(changed)


class Large(NamedTuple):
    """A value of a megabyte in the place of another: in which file, from where to where."""

    file: str
    start: int
    end: int
    value: bytes

    def into(self, data: bytes) -> bytes:
        """The file with it."""
        return data[: self.start] + self.value + data[self.end :]


def large_values(reader: Reader) -> Iterator[Large]:
    """One in the place of each value of each file that is text, of changing kinds."""
    for name in sorted(name for name in reader.files if name.startswith(reader.of)):
        data = reader.files[name]
        for number, value in enumerate([] if b"\0" in data else _VALUES.finditer(data)):
            kinds = _LARGE[:2] if value[0][:1] in (b'"', b"'") else _LARGE  # what is quoted may be a key
            yield Large(name, *value.span(), kinds[number % len(kinds)])


def half_characters(reader: Reader) -> Iterator[Large]:
    """Half of a surrogate pair behind each string of each file of JSON, in turn."""
    for name in sorted(name for name in reader.files if name.startswith(reader.of) and ".json" in name):
        data = reader.files[name]
        for value in [] if b"\0" in data else _VALUES.finditer(data):
            if value[0].startswith(b'"'):
                yield Large(name, value.end() - 1, value.end(), b'\\ud800"')


def _change_value(changed: bytearray, draw: random.Random) -> None:
    """Another value behind a colon or an equals sign: what JSON and TOML hold."""
    places = [at for at, one in enumerate(changed[:20_000]) if one in b":="]
    if places:
        at = draw.choice(places) + 1
        ends = [end for end in (changed.find(mark, at) for mark in (b",", b"}", b"\n")) if end > 0]
        changed[at : min(ends, default=len(changed))] = b" " + draw.choice(_TOKENS)


class OverTimeError(BaseException):
    """A mutant took too long; nothing that reports errors catches it."""


@contextmanager
def limits(seconds: float = SECONDS) -> Iterator[None]:
    """At most so much time of the processor, and so much memory more."""

    def stop(*_: object) -> None:
        raise OverTimeError

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGPROF, stop)
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, before[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)


def fault_of(reader: Reader, draw: random.Random) -> str | None:
    """What is wrong with how a mutant is read; None where it is read, or refused with a report."""
    name = draw.choice(sorted(name for name in reader.files if name.startswith(reader.of)))
    return fault_with(reader, name, mutated(reader.files[name], draw))


def fault_with(reader: Reader, name: str, changed: bytes) -> str | None:
    """As `fault_of`, where the file `name` is as it is `changed`."""
    with tempfile.TemporaryDirectory() as folder:
        for other, data in reader.files.items():
            path = Path(folder) / other
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(changed if other == name else data)
        try:
            with limits():
                reader.read(Path(folder))
        except ProblemsFound as found:
            longest = max(len(problem.statement()) for problem in found.problems)
            return f"{name}: says {longest:,} characters" if longest > LONGEST else None
        except UsageError as refused:
            return f"{name}: says {len(str(refused)):,} characters" if len(str(refused)) > LONGEST else None
        except OSError as refused:
            said = system_problem(refused).statement()
            return f"{name}: says {len(said):,} characters" if len(said) > LONGEST else None
        except OverTimeError:
            return f"{name}: more than {SECONDS} seconds"
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            frames = traceback.extract_tb(error.__traceback__)
            where = next((frame for frame in reversed(frames) if "/allegata/" in frame.filename), frames[-1])
            return f"{name}: {type(error).__name__}: {str(error)[:100]} ({Path(where.filename).name}:{where.lineno})"
    return None


def faults(known: Mapping[str, Reader], count: int, seed: int) -> Counter[str]:
    """The faults of so many mutants, spread over all readers, and how often each was met."""
    found = Counter[str]()
    names = sorted(known)
    for number in range(count):
        name = names[number % len(names)]
        if fault := fault_of(known[name], random.Random(f"{seed} {number}")):
            found[f"{name}: {fault}"] += 1
            print(f"seed {seed}, mutant {number}, {name}: {fault}", file=sys.stderr, flush=True)
        if number % 500 == 499:
            print(f"{number + 1:,} of {count:,} mutants, {found.total()} faults", file=sys.stderr, flush=True)
    return found


def large_faults(known: Mapping[str, Reader]) -> tuple[int, Counter[str]]:
    """How many values there are, and what is wrong with how a large one is read."""
    found, count = Counter[str](), 0
    for kind, reader in known.items():
        for one in large_values(reader):
            count += 1
            if fault := fault_with(reader, one.file, one.into(reader.files[one.file])):
                found[f"{kind}: {fault}"] += 1
                print(f"large value {count}, {kind}: {fault}", file=sys.stderr, flush=True)
        print(f"{kind}: {count:,} values, {found.total()} faults", file=sys.stderr, flush=True)
    return count, found


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true")
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        known, count = readers(Path(place)), given.count
        if given.large:
            count, found = large_faults(known)
        else:
            found = faults(known, count, given.seed)
    print(f"{count:,} {'large values' if given.large else 'mutants'}, {found.total()} faults")
    for fault, times in found.most_common():
        print(f"{times:5} {fault}")


if __name__ == "__main__":
    main()
