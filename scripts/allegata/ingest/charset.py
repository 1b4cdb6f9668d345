"""Bytes of a web page to text: which charset, who said so, and what could not be read.

Order of authority, after the HTML standard (13.2.3): byte order mark, HTTP header, `<meta>`, a guess by the bytes
(resiliparse's, which is uchardet), windows-1252. The bytes decide wherever they can: what is valid UTF-8 but for
a few bytes is UTF-8, against the standard, because a text that is not almost never decodes as UTF-8 by chance, while
servers that label UTF-8 as ISO-8859-1 are common; a label that does not fit is left aside; of a header and a `<meta>`
that both fit and differ, the one counts whose text is nearest to that of the guess.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from allegata.ingest.meta_charset import charset_in, named_charsets

REPLACEMENT = "\ufffd"
_WIDE_WINDOW = 4096
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
# Words as single-byte charsets have them: quotes, dashes and blanks beyond ASCII stand between them.
_WORD = re.compile(rb"[A-Za-z\xa1-\xaa\xac-\xba\xbc-\xff]{3,}")
_ASCII = bytes(range(0x80))
# Share of bytes beyond ASCII in the words that have any: French has a quarter and Vietnamese half, Russian all.
_HALF = 0.5
_LATIN = frozenset(["cp1250", "cp1252", "cp1254", "cp1257", "mac-roman"]) | {
    f"iso8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)
}
_NOT_LATIN = frozenset(["cp1251", "cp1253", "cp1255", "cp1256", "cp866", "cp874", "koi8-r", "koi8-u"]) | {
    f"iso8859-{part}" for part in (5, 6, 7, 8)
}
_BEYOND_ASCII = re.compile(rb"[\x80-\xff][^<]*+")
_BEFORE = 40  # bytes of the word whose first letters are ASCII
_SAMPLE = 100_000  # bytes of text that a guess is made from
_FEW = 4  # characters beyond ASCII that are valid UTF-8, for each place that is not
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


def wide_charset(data: bytes, stated: str | None = None) -> str | None:
    """The UTF-16 or UTF-32 codec of a text: by its byte order mark, or as stated where it has zero bytes."""
    mark = next((codec for mark, codec in _BYTE_ORDER_MARKS if data.startswith(mark)), "")
    if mark.startswith(("utf-16", "utf-32")):
        return mark[:6]  # which takes the mark off
    return stated if b"\0" in data and (stated or "").startswith(("utf-16", "utf-32")) else None


def decode_page(data: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page. `content_type` is the value of the HTTP header, if there was one. Never raises.

    Every byte that does not fit the charset becomes U+FFFD and is counted, so a wrong charset shows.
    """
    for mark, charset in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], charset, "bom")
    # ISO-2022-JP and UTF-16 are made of ASCII bytes: they are valid UTF-8 and mean something else.
    is_wide = b"\0" in data or b"\x1b" in data
    if not is_wide and (text := _utf8(data)) is not None:
        return Decoded(text, "utf-8", "utf-8", 0)
    labels = _labels(data, content_type)
    if not labels and (unmarked := _UNMARKED_UTF16.match(data)):
        return _decoded(data, "utf-16-le" if unmarked.group(1) else "utf-16-be", "guess")
    for codec, source in labels:
        if codec.startswith("utf-16") or (codec.startswith("iso2022") and data.isascii()):
            return _decoded(data, codec, source)
    utf8 = _decoded(data, "utf-8", "utf-8")
    if not utf8.replaced:
        return utf8
    beyond = len(utf8.text) - len(utf8.text.encode("ascii", "ignore")) - utf8.replaced
    if beyond > _FEW * utf8.replaced:
        return replace(utf8, source="guess")
    sample = _text_beyond_ascii(data)
    candidates = [_decoded(data, codec, source) for codec, source in labels]
    fitting = [one for one in candidates if not one.replaced and _is_plausible(one.charset, sample)]
    if len(fitting) == 1:
        return fitting[0]
    guess = _guess(sample)
    if fitting:
        guessed = sample.decode(guess or "cp1252", "replace")
        return max(fitting, key=lambda one: _agreement(guessed, sample.decode(one.charset, "replace")))
    candidates += [_decoded(data, guess or "cp1252", "guess" if guess else "fallback")]
    plausible = [one for one in candidates if _is_plausible(one.charset, sample)]
    return min(plausible or candidates, key=lambda one: one.replaced)


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _text_beyond_ascii(data: bytes) -> bytes:
    """The text that holds bytes beyond ASCII, each piece as far as the next tag, as much as a guess needs."""
    pieces, size, end = [], 0, 0
    for match in _BEYOND_ASCII.finditer(data):
        before = data[max(end, match.start() - _BEFORE) : match.start()].rpartition(b">")[2]
        pieces.append(before + match.group()[:_SAMPLE])
        size, end = size + len(pieces[-1]), match.end()
        if size > _SAMPLE:
            break
    return b"\n".join(pieces)


def _is_plausible(codec: str, sample: bytes) -> bool:
    """False if words are in another script than the charset is for, or would mix its script with Latin letters."""
    if codec not in _LATIN | _NOT_LATIN:
        return True
    words = [word for word in _WORD.findall(sample) if not word.isascii()]
    high, length = sum(len(word.translate(None, _ASCII)) for word in words), sum(map(len, words))
    return not words or (high > _HALF * length) is (codec in _NOT_LATIN)


def _agreement(first: str, second: str) -> float:
    """Share of the characters that two readings of the same bytes have in common, place by place."""
    return sum(map(str.__eq__, first, second)) / max(len(first), len(second), 1)


def stated_charset(content_type: str) -> str | None:
    """The Python codec of the charset that a media type names (`text/plain; charset=…`); None without one we know."""
    label = charset_in(content_type)
    return codec_of(label) if label else None


def _labels(data: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """The codecs that header and markup name, each once, with who names it."""
    found = {}
    if codec := stated_charset(content_type or ""):
        found[codec] = "header"
    # The first that names a charset at all counts; x-user-defined is the standard's word for windows-1252 here.
    named = ("windows-1252" if label.lower() == "x-user-defined" else label for label in named_charsets(data))
    if codec := next(filter(None, map(codec_of, named)), None):
        found.setdefault(codec, "meta")
    # A meta that is readable byte by byte cannot tell the truth when it says UTF-16 (WHATWG HTML, 13.2.3.3); nor can
    # a header of a page whose head has no zero byte: markup is ASCII.
    wide = b"\0" in data[:_WIDE_WINDOW]
    return [
        (codec, source)
        for codec, source in found.items()
        if not codec.startswith(("utf-16", "utf_16")) or (wide and source == "header")
    ]


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


def _guess(sample: bytes) -> str | None:
    """The codec that the bytes look like; None for plain ASCII and where nothing fits."""
    from resiliparse.parse.encoding import detect_encoding

    label = detect_encoding(sample)
    return codec_of(label) if label else None
