#!/usr/bin/env bash
# lxml 6.1.3 names an extra html-clean; readability-lxml 0.9 asks for lxml[html-clean], jusText 3.0.2 for
# lxml[html_clean]: one extra, equal since PEP 685. pip 23.2.1, which Python 3.11's ensurepip brings, compares the names
# as they are written. jusText alone: it warns that the extra does not exist, installs no lxml_html_clean and ends with
# status 0, and then `import justext` (and so `import trafilatura`) is an ImportError. Both together: it ends in an
# assertion. pip 24.0 does both. Who depends on trafilatura can depend on lxml-html-clean beside it.
#
# Seen: "pip 23.2.1, jusText: status 0, import: ImportError: lxml.html.clean module is now a separate project
# lxml_html_clean." and "pip 23.2.1, both: status 2, AssertionError: Internal issue: Candidate is not for this
# requirement lxml[html-clean,html-clean] vs lxml[html-clean]".
# Source: pip/_internal/resolution/resolvelib, where extras are compared, and candidates named, as they were asked for.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
pip=("$python" -m pip --disable-pip-version-check install --quiet)

"${pip[@]}" pip==23.2.1
"${pip[@]}" lxml==6.1.3 justext==3.0.2
"$python" -c "import justext" 2> "$place/error" && exit 1
grep -q "lxml_html_clean" "$place/error"
echo "pip 23.2.1, jusText: status 0, import: $(grep "^ImportError" "$place/error")"

status=0
"${pip[@]}" --dry-run lxml==6.1.3 justext==3.0.2 readability-lxml==0.9 > "$place/error" 2>&1 || status=$?
echo "pip 23.2.1, both: status $status, $(tail -n 1 "$place/error")"
[ "$status" -ne 0 ] && grep -q "^AssertionError" "$place/error"

"${pip[@]}" pip==24.0
"${pip[@]}" lxml==6.1.3 justext==3.0.2 readability-lxml==0.9
"$python" -c "import justext, readability"
echo "pip 24.0, both: installed, imports work"
