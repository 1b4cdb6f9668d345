#!/usr/bin/env bash
# mlcroissant 1.1.1: a field with a constant `value` gets it in every record where the context of the file leaves `value`
# to schema.org, and is null in every record with the context that the specification of Croissant 1.1 prints (appendix 1,
# which maps `value` to cr:value), without an error or a warning.
#
# Seen: "value left to schema.org: 1-5 stars", "value as the specification maps it: None".
# Source: structure_graph/nodes/field.py reads https://schema.org/value alone; what is under cr:value is kept among
# the extra properties, which no record is made of.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check mlcroissant==1.1.1
mkdir "$place/data"
printf 'text\nalfa\n' > "$place/data/rows.csv"
cat > "$place/run.py" <<'PYTHON'
import json
import sys
from pathlib import Path

import mlcroissant as mlc

place = Path(sys.argv[1])
context = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "column": "cr:column",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileSet": "cr:fileSet",
    "includes": "cr:includes",
    "recordSet": "cr:recordSet",
    "sc": "https://schema.org/",
    "source": "cr:source",
}


def seen(**more):
    text = {"@type": "cr:Field", "@id": "rows/text", "name": "text", "dataType": "sc:Text"}
    text |= {"source": {"fileSet": {"@id": "files"}, "extract": {"column": "text"}}}
    scale = {"@type": "cr:Field", "@id": "rows/scale", "name": "scale", "dataType": "sc:Text", "value": "1-5 stars"}
    files = {"@type": "cr:FileSet", "@id": "files", "name": "files", "encodingFormat": "text/csv"}
    files["includes"] = "data/*.csv"
    metadata = {
        "@context": context | more,
        "@type": "sc:Dataset",
        "name": "example",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "distribution": [files],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": [text, scale]}],
    }
    (place / "croissant.json").write_text(json.dumps(metadata))
    value = next(iter(mlc.Dataset(str(place / "croissant.json")).records("rows")))["rows/scale"]
    return value.decode() if isinstance(value, bytes) else value


found = {"left to schema.org": seen(), "as the specification maps it": seen(value="cr:value")}
for how, value in found.items():
    print(f"value {how}: {value}")
assert list(found.values()) == ["1-5 stars", None]
PYTHON
"$place/venv/bin/python" -W ignore "$place/run.py" "$place" 2> "$place/log" || { tail -n 5 "$place/log"; exit 1; }
