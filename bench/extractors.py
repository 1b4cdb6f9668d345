"""The public extractors that ours is measured against, each in the settings that score best for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

Extractor = Callable[[bytes], str]
# name -> the module that must be importable
_MODULES = {
    "trafilatura": "trafilatura",
    "readability-lxml": "readability",
    "resiliparse": "resiliparse",
    "jusText": "justext",
}
PARSE = "lxml parse"


def available() -> dict[str, Extractor]:
    """The extractors that are installed, by name."""
    extractors: dict[str, Extractor] = {
        "trafilatura": _trafilatura,
        "readability-lxml": _readability,
        "resiliparse": _resiliparse,
        "jusText": _justext,
    }
    return {name: extractors[name] for name, module in _MODULES.items() if find_spec(module)}


def parse_only(data: bytes) -> str:
    """No extraction: the parse that every figure of speed is a multiple of."""
    from lxml import html

    html.document_fromstring(data, parser=html.HTMLParser(encoding="utf-8", collect_ids=False))
    return ""


def _trafilatura(data: bytes) -> str:
    from trafilatura import extract

    return extract(data, include_comments=False) or ""


def _readability(data: bytes) -> str:
    from lxml import html
    from readability import Document

    return str(html.fromstring(Document(_text(data)).summary(html_partial=True)).text_content())


def _resiliparse(data: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(_text(data), main_content=True, alt_texts=False, list_bullets=False))


def _justext(data: bytes) -> str:
    import justext

    paragraphs = justext.justext(data, _stop_words(), 50, 200, 0.1, 0.2, 0.2, 200, True)
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


@cache
def _stop_words() -> frozenset[str]:
    """The stop words of all languages: read once, not for every page."""
    import justext

    return frozenset(word for language in justext.get_stoplists() for word in justext.get_stoplist(language))


def _text(data: bytes) -> str:
    from resiliparse.parse.encoding import detect_encoding

    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(detect_encoding(data) or "cp1252", "replace")
