#!/usr/bin/env bash
# mlcroissant 1.1.1: a field that a regular expression takes from the file path (`extract: fullpath`, the way the
# Croissant specification shows for splits) has the right value in every record, but filtering by it gives no record
# at all, without an error or a warning.
#
# Seen: "records: 3, of them test: 1, with filters={'rows/split': 'test'}: 0".
# Source: datasets.py puts the value into the regular expression (_regex_from_value) and hands it down as a pattern of
# file names; operations/filter.py reads patterns of file names as globs (fnmatch.translate), and so matches no file.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check mlcroissant==1.1.1
mkdir "$place/data"
printf 'text\nalfa\nbravo\n' > "$place/data/train-00000.csv"
printf 'text\ncharlie\n' > "$place/data/test-00000.csv"
cat > "$place/run.py" <<'PYTHON'
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import mlcroissant as mlc

place = Path(sys.argv[1])
context = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "column": "cr:column",
    "data": {"@id": "cr:data", "@type": "@json"},
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
def file(name):
    found = {"@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": name}
    return found | {"encodingFormat": "text/csv", "sha256": "0" * 64}


def field(name, **source):
    found = {"@type": "cr:Field", "@id": f"rows/{name}", "name": name, "dataType": "sc:Text"}
    return found | {"source": {"fileSet": {"@id": "files"}, **source}}


split = field("split", extract={"fileProperty": "fullpath"}, transform={"regex": r"^(?:.*/)?(train|test)-\d+\.csv$"})
metadata = {
    "@context": context,
    "@type": "sc:Dataset",
    "name": "example",
    "conformsTo": "http://mlcommons.org/croissant/1.1",
    "distribution": [
        file("data/train-00000.csv"),
        file("data/test-00000.csv"),
        {"@type": "cr:FileSet", "@id": "files", "name": "files", "encodingFormat": "text/csv", "includes": "data/*.csv"},
    ],
    "recordSet": [
        {"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": [split, field("text", extract={"column": "text"})]}
    ],
}
(place / "croissant.json").write_text(json.dumps(metadata))
dataset = mlc.Dataset(str(place / "croissant.json"))
records = list(dataset.records("rows"))
test = [record for record in records if record["rows/split"] in ("test", b"test")]
filtered = list(dataset.records("rows", filters={"rows/split": "test"}))
print(f"records: {len(records)}, of them test: {len(test)}, with filters={{'rows/split': 'test'}}: {len(filtered)}")
assert (len(records), len(test), len(filtered)) == (3, 1, 0)
PYTHON
"$place/venv/bin/python" "$place/run.py" "$place" 2> "$place/log" || { tail -n 5 "$place/log"; exit 1; }
