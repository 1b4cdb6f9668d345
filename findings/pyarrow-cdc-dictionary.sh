#!/usr/bin/env bash
# pyarrow 26.0.1: use_content_defined_chunking keeps the borders of pages where an inserted row does not move them, but
# not their bytes in a column with a dictionary, which is the default. A value that is new takes the next free number
# when it is first seen, every value first seen later gets another number, and the pages hold numbers: of a column of
# 200,000 values, 50,000 of them different, next to nothing stays the same after one row is put near its beginning,
# and who stores such a version by its content stores it again. With use_dictionary=False nine tenths stay, of a file
# twice as large.
#
# Seen: "with dictionaries: 8 % of the bytes stay", "without: 91 % of the bytes stay".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet pyarrow==26.0.1

"$python" - > "$place/seen" << 'END'
import io
import random

import pyarrow as pa
import pyarrow.parquet as pq

BLOCK = 1024
draw = random.Random(1)
names = [f"{draw.getrandbits(64):016x}" for _ in range(50_000)]
rows = [draw.choice(names) for _ in range(200_000)]
more = [*rows[:100], "0123456789abcdef", *rows[100:]]


def written(values, **options):
    file = io.BytesIO()
    table = pa.table({"name": values})
    pq.write_table(table, file, compression="zstd", use_content_defined_chunking=True, **options)
    return file.getvalue()


def stays(before, after):
    """The share of `after` in blocks that stand in `before`, at any place."""
    known = {before[start : start + BLOCK] for start in range(0, len(before) - BLOCK, BLOCK)}
    found, place = 0, 0
    while place < len(after):
        hit = after[place : place + BLOCK] in known
        found += BLOCK * hit
        place += BLOCK if hit else 1
    return found / len(after)


for name, options in (("with dictionaries", {}), ("without", {"use_dictionary": False})):
    print(f"{name}: {stays(written(rows, **options), written(more, **options)):.0%} of the bytes stay".replace("%", " %"))
END
cat "$place/seen"
diff "$place/seen" - << 'END'
with dictionaries: 8 % of the bytes stay
without: 91 % of the bytes stay
END
