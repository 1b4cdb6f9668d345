"""Bytes of a web page to text: which charset, who said so, and what could not be read.

Order of authority: byte order mark, valid UTF-8, HTTP header, `<meta>`, a guess, windows-1252. A byte order
mark beats the header as in the WHATWG Encoding Standard. UTF-8 stands before the labels, against the
standard, because a text that is not UTF-8 almost never decodes as UTF-8 by chance, while servers that label
UTF-8 as ISO-8859-1 are common: this is what keeps mojibake out.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

REPLACEMENT = "\ufffd"
# The Encoding Standard looks for a meta charset in the first 1024 bytes; real pages put it later.
_META_WINDOW = 4096
_META = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.+-]{1,40})""", re.IGNORECASE)
_UNMARKED_UTF16 = re.compile(rb"\s*(?:(<\x00[!hH?]\x00)|\x00<\x00[!hH?])")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before that of UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What a legacy charset yields for bytes of another: nothing, controls, or characters for private use.
_NO_TEXT = re.compile("[\ufffd\x80-\x9f\ue000-\uf8ff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
# Share of a page's bytes, markup included. French has a twentieth of its letters beyond ASCII, Russian all.
_MOST_HIGH = 0.1
# Python's codec that reads what the Encoding Standard means by a label, where the one of that name reads less.
_SUPERSETS = {"iso8859-11": "cp874", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"}
# Codecs of Python for text that no page is written in; utf-7 is an old way to smuggle markup past filters.
_NO_CHARSETS = frozenset(
    ["idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem", "utf-7"]
)
# windows-1252 as browsers read it: Python leaves these five bytes undefined, they are C1 controls.
_CP1252_HOLES = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


@dataclass(frozen=True)
class Decoded:
    """The text of a page, its charset, who named it, and how many places could not be read.

    `source` is one of bom, utf-8 (the bytes are valid UTF-8), header, meta, guess, fallback. `replaced`
    counts the characters that decoding put in and that are no text: above 0 the charset is probably wrong.
    """

    text: str
    charset: str
    source: str
    replaced: int


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label of the web; None if it is no text encoding we know.

    The Encoding Standard knows most labels, and means a superset by some of them; Python knows some more.
    """
    from resiliparse.parse.encoding import map_encoding_to_html5

    label = label.strip().lower()
    meant = map_encoding_to_html5(label, fallback_utf8=False) or label
    if meant == "utf-16-le" and not label.endswith("le"):
        meant = "utf-16"  # its byte order mark tells
    try:
        info = codecs.lookup(meant)
    except (LookupError, ValueError):
        return None
    # hex, rot13 and their like are codecs for Python but no charsets.
    known = getattr(info, "_is_text_encoding", True) and info.name not in _NO_CHARSETS
    return _SUPERSETS.get(info.name, info.name) if known else None


def decode_page(data: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page. `content_type` is the value of the HTTP header, if there was one. Never raises.

    Every byte that does not fit the charset becomes U+FFFD and is counted, so a wrong charset shows.
    """
    for mark, charset in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], charset, "bom")
    labels = _labels(data, content_type)
    if not labels and (unmarked := _UNMARKED_UTF16.match(data)):
        return _decoded(data, "utf-16-le" if unmarked.group(1) else "utf-16-be", "guess")
    # ISO-2022-JP and UTF-16 are made of ASCII bytes: they are valid UTF-8 and mean something else.
    if not (labels and labels[0][0].startswith(("utf-16", "utf_16", "iso2022"))):
        try:
            return Decoded(data.decode("utf-8"), "utf-8", "utf-8", 0)
        except UnicodeDecodeError:
            pass
    candidates = [_decoded(data, codec, source) for codec, source in labels]
    for candidate in candidates:
        if not candidate.replaced and not _is_implausible(candidate.charset, data):
            return candidate
    # No label fits without loss. A page that is UTF-8 but for a few broken bytes (a cut character, one
    # foreign inclusion) loses less by staying UTF-8 than by turning every umlaut into two signs.
    utf8 = _decoded(data, "utf-8", "guess")
    if utf8.replaced <= max(2, len(data) // 10_000):
        return utf8
    if guess := _guess(data):
        candidates.append(_decoded(data, guess, "guess"))
    if not labels:
        candidates.append(_decoded(data, "cp1252", "fallback"))
    plausible = [one for one in candidates if not _is_implausible(one.charset, data)]
    return min(plausible or candidates, key=lambda one: one.replaced)


def _is_implausible(codec: str, data: bytes) -> bool:
    """True if a page said to be Western has more letters beyond ASCII than any Western language."""
    high = len(data) - len(data.translate(None, _HIGH_BYTES))
    return codec == "cp1252" and high > _MOST_HIGH * len(data)


def stated_charset(content_type: str) -> str | None:
    """The Python codec of the charset that a media type names (`text/plain; charset=…`); None without one we know."""
    header = _HEADER.search(content_type)
    return codec_of(header.group(1)) if header else None


def _labels(data: bytes, content_type: str | None) -> list[tuple[str, str]]:
    found = []
    header = _HEADER.search(content_type or "")
    if header:
        found.append((header.group(1), "header"))
    head = data[:_META_WINDOW]
    meta = _META.search(head) or _XML.search(head)
    if meta:
        found.append((meta.group(1).decode("ascii"), "meta"))
    known = [(codec, source) for label, source in found if (codec := codec_of(label))]
    # A meta that is readable byte by byte cannot tell the truth when it says UTF-16 (WHATWG HTML, 13.2.3.3); nor can
    # a header of a page whose head has no zero byte: markup is ASCII.
    wide = b"\0" in head
    return [one for one in known if not one[0].startswith(("utf-16", "utf_16")) or (wide and one[1] == "header")]


def _decoded(data: bytes, codec: str, source: str) -> Decoded:
    text = data.decode(codec, "replace")
    if codec.startswith("utf"):
        replaced = text.count(REPLACEMENT) - data.count(b"\xef\xbf\xbd")  # those stood in the page already
        return Decoded(text, codec, source, max(0, replaced))
    if codec == "cp1252" and REPLACEMENT in text:
        text = "".join(
            _CP1252_HOLES.get(byte, REPLACEMENT) if char == REPLACEMENT else char
            for byte, char in zip(data, text, strict=True)
        )
    return Decoded(text, codec, source, len(_NO_TEXT.findall(text)))


def _guess(data: bytes) -> str | None:
    """The best guess of charset-normalizer over the two ends of the page; None if it has none."""
    from charset_normalizer import from_bytes

    sample = data if len(data) <= 20_000 else data[:10_000] + data[-10_000:]
    best = from_bytes(sample).best()
    return codec_of(best.encoding) if best else None
