"""What is wrong with a text that is not JSON, in words of ours: what is expected at the place, and what is found there.

The parser of Python speaks in words of its own, which differ between its versions.
"""

from __future__ import annotations

import json
import re

# What the parser says -> what is expected at its place.
_EXPECTED = {
    "Expecting value": "a value (a text in double quotes, a number, true, false, null, [ or {)",
    "Expecting property name enclosed in double quotes": "a key in double quotes",
    "Expecting ':' delimiter": "':' after the key",
    "Expecting ',' delimiter": "',' or the closing bracket",
    "Extra data": "the end, after one value",
}
# What the parser says -> what is wrong at its place.
_WRONG = {
    "Unterminated string starting at": "the text that begins here has no closing quotation mark",
    "Invalid control character at": "a line break or control character within a text: write \\n, \\t or \\u…",
    "Invalid \\escape": "a backslash that begins no escape: write \\\\",
    "Invalid \\uXXXX escape": "\\u without four hexadecimal digits",
    "Illegal trailing comma": "a comma before the closing bracket",
}
_TOKEN = re.compile(r"\w{1,20}|\S")
_COMMA = re.compile(r",\s*\Z")


def json_fault(error: json.JSONDecodeError) -> str:
    """What is wrong at the line and column of the error."""
    for said, wrong in _WRONG.items():
        if error.msg.startswith(said):
            return wrong
    expected = _EXPECTED.get(error.msg)
    if expected is None:  # of a later Python
        return error.msg
    found = _TOKEN.match(error.doc, error.pos)
    if found and found[0] in "]}" and _COMMA.search(error.doc[max(0, error.pos - 200) : error.pos]):
        return _WRONG["Illegal trailing comma"]
    return f"expected {expected}, found {json.dumps(found[0], ensure_ascii=False) if found else 'the end'}"
