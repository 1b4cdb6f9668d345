#!/usr/bin/env bash
# fastwarc 2.0.1: the names of WARC fields are compared by case, although by ISO 28500 (section 4) they have none. A
# record whose fields are written in lower case is given without an error, and without its type, length and content:
# the length is not found and taken for 0. What its content is then taken for depends on the content.
#
# Seen: "usual: 14 bytes b'A mill burned.', type known True; lower case: 0 bytes b'', type known False".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check fastwarc==2.0.1
cat > "$place/run.py" <<'PYTHON'
from io import BytesIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

BODY = b"A mill burned."
FIELDS = (
    "WARC-Type: resource",
    "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
    "WARC-Date: 2026-11-01T00:00:00Z",
    "WARC-Target-URI: https://mill.example/",
    "Content-Type: text/plain",
    f"Content-Length: {len(BODY)}",
)


def read(change):
    head = "".join(f"{change(name)}:{value}\r\n" for name, _, value in (field.partition(":") for field in FIELDS))
    archive = b"WARC/1.1\r\n" + head.encode() + b"\r\n" + BODY + b"\r\n\r\n"
    record = next(ArchiveIterator(BytesIO(archive), record_types=WarcRecordType.any_type))
    return record.content_length, record.reader.read(), record.record_type == WarcRecordType.resource


usual, lower = read(str), read(str.lower)
words = "{} bytes {}, type known {}"
print(f"usual: {words.format(*usual)}; lower case: {words.format(*lower)}")
assert usual == (len(BODY), BODY, True)
assert lower == (0, b"", False)
PYTHON
"$place/venv/bin/python" "$place/run.py"
