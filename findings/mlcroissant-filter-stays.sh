#!/usr/bin/env bash
# mlcroissant 1.1.1: records read with a filter change what the same dataset reads afterwards without one: it goes on
# giving the rows of the filter alone, without an error or a warning. Who looks at the test part first trains on it.
#
# Seen: "all: 3, of the test part: 1, all once more: 1".
# Source: datasets.py (_propagate_includes) writes the pattern of the filter into `node.includes` of the FileSet, which
# every reading shares, and nothing puts the old one back. A new mlc.Dataset for each filter avoids it.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check mlcroissant==1.1.1
mkdir "$place/data"
printf 'text\nalfa\nbravo\n' > "$place/data/train-0.csv"
printf 'text\ncharlie\n' > "$place/data/test-0.csv"
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
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "includes": "cr:includes",
    "recordSet": "cr:recordSet",
    "regex": "cr:regex",
    "sc": "https://schema.org/",
    "source": "cr:source",
    "transform": "cr:transform",
}


def field(name, **source):
    found = {"@type": "cr:Field", "@id": f"rows/{name}", "name": name, "dataType": "sc:Text"}
    return found | {"source": {"fileSet": {"@id": "files"}, **source}}


split = field("split", extract={"fileProperty": "fullpath"}, transform={"regex": r"^data/(train|test)-.+\.csv$"})
fields = [split, field("text", extract={"column": "text"})]
files = {"@type": "cr:FileSet", "@id": "files", "name": "files", "encodingFormat": "text/csv", "includes": "data/*.csv"}
metadata = {
    "@context": context,
    "@type": "sc:Dataset",
    "name": "example",
    "conformsTo": "http://mlcommons.org/croissant/1.1",
    "distribution": [files],
    "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": fields}],
}
(place / "croissant.json").write_text(json.dumps(metadata))
dataset = mlc.Dataset(str(place / "croissant.json"))
first = len(list(dataset.records("rows")))
test = len(list(dataset.records("rows", filters={"rows/split": "test"})))
again = len(list(dataset.records("rows")))
print(f"all: {first}, of the test part: {test}, all once more: {again}")
assert (first, test, again) == (3, 1, 1)
PYTHON
"$place/venv/bin/python" -W ignore "$place/run.py" "$place" 2> "$place/log" || { tail -n 5 "$place/log"; exit 1; }
