#!/usr/bin/env bash
# mlcroissant 1.1.1: two properties of the RAI vocabulary are read under names that the vocabulary has not, so that what
# a file says by the specification is not there when it is loaded, without an error or a warning; what is made with the
# library is written under the other names, which readers that follow the specification do not find.
#
# Seen: "data_manipulation_protocol: None", "data_collection_timeframe: None", and of what mlcroissant writes itself:
# "rai:dataCollectionTimeFrame", "rai:dataDataManipulationProtocol".
# Source: core/constants.py has RAI.dataDataManipulationProtocol and RAI.dataCollectionTimeFrame; the specification and
# croissant_rai.ttl have dataManipulationProtocol and dataCollectionTimeframe. Writing both names avoids it.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check mlcroissant==1.1.1
cat > "$place/run.py" <<'PYTHON'
import json
import sys
from datetime import datetime
from pathlib import Path

import mlcroissant as mlc

place = Path(sys.argv[1])
metadata = {
    "@context": {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    },
    "@type": "sc:Dataset",
    "name": "example",
    "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
    "rai:dataManipulationProtocol": "Names were replaced.",
    "rai:dataCollectionTimeframe": ["2026-01-05", "2026-03-31"],
    "rai:dataImputationProtocol": "None.",
}
(place / "croissant.json").write_text(json.dumps(metadata))
found = mlc.Dataset(str(place / "croissant.json")).metadata
for name in ("data_imputation_protocol", "data_manipulation_protocol", "data_collection_timeframe"):
    print(f"{name}: {getattr(found, name)}")
assert found.data_imputation_protocol and not found.data_manipulation_protocol and not found.data_collection_timeframe
made = mlc.Metadata(
    name="example", data_manipulation_protocol="Names were replaced.", data_collection_timeframe=[datetime(2026, 1, 5)]
).to_json()
written = sorted(key for key in made if "RAI/" in key or key.startswith("rai:"))
print("written:", *written)
assert not {"rai:dataManipulationProtocol", "rai:dataCollectionTimeframe"} & set(written)
PYTHON
"$place/venv/bin/python" -W ignore "$place/run.py" "$place" 2> "$place/log" || { tail -n 5 "$place/log"; exit 1; }
