#!/usr/bin/env bash
# lxml 6.1.3 (libxml2 2.14.6): of a page that leaves out its <body> tag, as the HTML standard allows, `<main>` and
# `<article>` behind the title become children of <head>; `<div>` and `<p>` open a body. By the standard (13.2.6.4.4, 'the "in
# head" insertion mode', anything else) each of them ends the head. Who reads `tree.body`, or drops the head as metadata, loses the
# whole article without a warning. Who reads such pages can move what is no metadata into the body first.
#
# Seen: "main: head holds title, main, article; body: none" and "div: head holds title; body: holds div, article".
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet lxml==6.1.3

"$python" - > "$place/seen" << 'END'
from lxml import html

for tag in ("main", "div"):
    page = f"<!doctype html><title>Dam</title><{tag}><p>The dam failed.</p></{tag}><article><p>It is old.</p></article>"
    tree = html.document_fromstring(page)
    body = tree.find("body")
    inside = "none" if body is None else "holds " + ", ".join(child.tag for child in body)
    print(f"{tag}: head holds {', '.join(child.tag for child in tree.find('head'))}; body: {inside}")
END
cat "$place/seen"
diff "$place/seen" - << 'END'
main: head holds title, main, article; body: none
div: head holds title; body: holds div, article
END
