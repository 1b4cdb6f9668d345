#!/usr/bin/env bash
# lxml 6.1.3 names an extra html-clean, jusText 3.0.2 asks for lxml[html_clean]: equal since PEP 685. pip 23.2.1, which
# Python 3.11's ensurepip brings, compares the names as they are written: it warns "lxml 6.1.3 does not provide the extra
# 'html_clean'", installs jusText without lxml_html_clean, and ends with status 0. Then `import justext`, and so
# `import trafilatura` (2.3.1), ends in an ImportError. pip 24.0 installs it.
#
# Cure for who depends on trafilatura: depend on lxml-html-clean as well.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet pip==23.2.1
"$python" -m pip --disable-pip-version-check install --quiet lxml==6.1.3 justext==3.0.2
status=0
"$python" -c "import justext" 2> "$place/error" || status=$?
echo "pip 23.2.1 installs; import justext: exit status $status, last line: $(tail -n 1 "$place/error")"
[ "$status" -ne 0 ] && grep -q "lxml_html_clean" "$place/error"

"$python" -m pip --disable-pip-version-check install --quiet pip==24.0
"$python" -m pip --disable-pip-version-check install --quiet --force-reinstall lxml==6.1.3 justext==3.0.2
"$python" -c "import justext"
echo "pip 24.0: import justext works"
