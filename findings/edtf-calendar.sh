#!/usr/bin/env bash
# edtf 5.0.2: what `parse_edtf` lets through, and how it fails.
# - Every year has a 29 February: "2023-02-29" is a Date, and its `lower_strict()` is the day (2023, 2, 29). 30 February
#   and 31 April are refused, for the grammar knows how long months are and not which years are leap years
#   (edtf/parser/grammar.py).
# - An interval may end before it begins: "2023-05/2021-01" is an Interval.
# - "1984-1X" (October to December 1984, level 2 of the specification) raises AttributeError, not EDTFParseException,
#   after `EDTFObject.parse_action` in edtf/parser/parser_classes.py has printed a line of its own to standard output: who
#   writes a stream there has a line more in it.
#
# Seen: the lines at the end.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip --disable-pip-version-check install --quiet edtf==5.0.2

"$place/venv/bin/python" - > "$place/seen" << 'END'
from edtf import parse_edtf

for text in ("2023-02-29", "2023-02-30", "2023-05/2021-01", "1984-1X"):
    try:
        found = parse_edtf(text)
        print(f"{text}: {type(found).__name__} from {found.lower_strict()[:3]} to {found.upper_strict()[:3]}")
    except Exception as error:
        print(f"{text}: {type(error).__name__}")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
2023-02-29: Date from (2023, 2, 29) to (2023, 2, 29)
2023-02-30: EDTFParseException
2023-05/2021-01: Interval from (2023, 5, 1) to (2021, 1, 31)
trying to PartialUnspecified.__init__(**{'year': {'year': '1984'}, 'month': '1X'})
1984-1X: AttributeError
END
