"""Fields of the head of a WARC record or an HTTP message."""

from __future__ import annotations

_JOINED = ("content-encoding", "transfer-encoding")


def read_fields(lines: bytes) -> dict[str, str]:
    """The fields in `lines`, whose names mean the same in any case (ISO 28500, 4; RFC 9110, 5.1): in lower case here.

    Of a field that stands there more than once the last counts; codings are joined. Folded lines are one.
    """
    fields: dict[str, str] = {}
    name = ""
    for line in lines.replace(b"\r", b"").split(b"\n"):
        if not line:
            break
        text = _text(line)
        if text[0] in " \t" and name:
            fields[name] = f"{fields[name]} {text.strip()}".strip()
            continue
        before, colon, value = text.partition(":")
        name = before.strip().lower() if colon else ""
        if name:
            value = value.strip()
            fields[name] = f"{fields[name]}, {value}" if name in _JOINED and name in fields else value
    return fields


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
