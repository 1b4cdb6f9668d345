#!/usr/bin/env bash
# readability-lxml 0.9 asks for lxml[html-clean], jusText 3.0.2 for lxml[html_clean]: one extra in two spellings, equal
# since PEP 685. pip 23.2.1, which Python 3.11's ensurepip brings, resolves each of them alone, and ends in an assertion
# on both together. So in a fresh venv of Python 3.11 nothing installs that needs trafilatura (which needs jusText) and
# readability-lxml. pip 24.0 resolves them.
#
# Seen: exit status 2, "AssertionError: Internal issue: Candidate is not for this requirement
# lxml[html-clean,html-clean] vs lxml[html-clean]".
# Source: pip/_internal/resolution/resolvelib, where the name of a candidate is made of its extras as they were asked for.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
pip=("$place/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install --quiet pip==23.2.1
plan=(install --dry-run --quiet readability-lxml==0.9 justext==3.0.2)

status=0
"${pip[@]}" "${plan[@]}" > "$place/output" 2>&1 || status=$?
echo "pip 23.2.1: exit status $status, last line: $(tail -n 1 "$place/output")"
[ "$status" -ne 0 ] && grep -q '^AssertionError' "$place/output"

"${pip[@]}" install --quiet pip==24.0
"${pip[@]}" "${plan[@]}" > "$place/output" 2>&1
echo "pip 24.0: exit status 0"
