#!/usr/bin/env bash
# dkpro-cassis 0.12.0: a type directly below uima.cas.TOP may have a feature called `end` (the last year of a period).
# to_xmi writes it, to_json raises AttributeError, and with a feature `begin` neither does: the condition in cassis/json.py
# joins `and` and `or` without brackets, so that `end` is taken for an offset into the text in any type. Who saves one
# CAS in both formats finds out at the second. Another name for the feature avoids it.
#
# Seen: "xmi: written", "json with a feature 'begin': written", "json with a feature 'end': AttributeError".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet dkpro-cassis==0.12.0

"$python" - > "$place/seen" << 'END'
import cassis


def cas_with(feature):
    types = cassis.TypeSystem()
    period = types.create_type("x.Period", supertypeName="uima.cas.TOP")
    types.create_feature(period, feature, "uima.cas.Integer")
    cas = cassis.Cas(types, sofa_string="The dam failed.")
    cas.add(period(**{feature: 1999}))
    return cas


print("xmi:", "written" if cas_with("end").to_xmi() else "empty")
for feature in ("begin", "end"):
    try:
        seen = "written" if cas_with(feature).to_json() else "empty"
    except AttributeError as error:
        seen = type(error).__name__
    print(f"json with a feature {feature!r}: {seen}")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
xmi: written
json with a feature 'begin': written
json with a feature 'end': AttributeError
END
