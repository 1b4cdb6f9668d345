#!/usr/bin/env bash
# spaCy 3.8.18: `del doc.spans["x"][i]` takes the span before the i-th out of the group: SpanGroup.__delitem__ in
# span_group.pyx erases at begin() + i - 1, so that deleting index 1 of three spans removes the first one. `len` falls
# by one and nothing is said, so that who takes a rejected span out of a group of annotations keeps it and loses its
# neighbour. To assign the group again from a list without the span does what it says.
#
# Seen: "deleted index 1 of ['Ada', 'Borea', 'Cyan']: ['Borea', 'Cyan'] remain".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet spacy==3.8.18

"$python" - > "$place/seen" << 'END'
import spacy

doc = spacy.blank("en")("Ada Borea Cyan")
doc.spans["people"] = [doc[0:1], doc[1:2], doc[2:3]]
before = [span.text for span in doc.spans["people"]]
del doc.spans["people"][1]
print(f"deleted index 1 of {before}: {[span.text for span in doc.spans['people']]} remain")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
deleted index 1 of ['Ada', 'Borea', 'Cyan']: ['Borea', 'Cyan'] remain
END
