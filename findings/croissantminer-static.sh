#!/usr/bin/env bash
# croissantminer 0.2.0: a data set that is static has `isLiveDataset` = false, as the program itself asks for, and is
# reported without it: "Found 0 of 30 fields", with isLiveDataset among the missing. A live one is found. The Croissant
# file made of the same fields has the value, so that summary and file contradict each other.
#
# Seen: "True: found 1, missing isLiveDataset: False, in the file: True",
# "False: found 0, missing isLiveDataset: True, in the file: False".
# Source: croissant.py (is_filled) takes for filled what is true in Python; to_croissant has a case of its own for
# booleans, Extraction.found and Extraction.missing have none.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps croissantminer==0.2.0
"$place/venv/bin/python" - <<'PYTHON'
from croissantminer.api import Extraction
from croissantminer.croissant import to_croissant

for live in (True, False):
    found = Extraction("", {"isLiveDataset": live}, {})
    missing = "isLiveDataset" in found.missing
    written = to_croissant({"isLiveDataset": live})["cr:isLiveDataset"]
    print(f"{live}: found {found.found()}, missing isLiveDataset: {missing}, in the file: {written}")
    assert (found.found(), missing, written) == (int(live), not live, live)
PYTHON
