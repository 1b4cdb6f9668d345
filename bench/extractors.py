"""The public extractors that ours is measured against, and a memory of what they took from a page."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

# The text of a page, alone or with the probability, 0 to 1, that it is right.
Extractor = Callable[[bytes], str | tuple[str, float]]


@dataclass(frozen=True)
class Taken:
    """What an extractor took from one page. `text` is None where it raised; `seconds` of CPU time."""

    text: str | None
    confidence: float | None
    seconds: float


def take(extractor: Extractor, content: bytes) -> Taken:
    """Run one extractor on one page."""
    started = time.process_time()
    try:
        result = extractor(content)
    except Exception:  # whatever a library raises on a page is its result on that page, and is counted
        return Taken(None, None, time.process_time() - started)
    seconds = time.process_time() - started
    text, confidence = result if isinstance(result, tuple) else (result, None)
    return Taken(text, confidence, seconds)


class Public:
    """A public extractor with the settings that it is called with; `module` must be importable.

    `remember`: what it took from pages is read from, and added to, a file of JSON lines in that folder. A line is the
    SHA-256 of a page, the text and the CPU seconds; one that a killed run cut short is passed over.
    """

    def __init__(self, extractor: Extractor, module: str = "", package: str = "") -> None:
        self._extractor, self.module, self._package = extractor, module, package
        self._taken: dict[str, Taken] = {}
        self._file: Path | None = None
        self._warm = False

    def remember(self, folder: Path, name: str) -> None:
        """Read the file of this extractor, `name`, and its version; add to it from now on."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{name.replace(' ', '-')}-{version(self._package)}.jsonl"
        lines = self._file.read_text(encoding="utf-8").split("\n") if self._file.is_file() else []
        for line in lines:
            try:
                item = json.loads(line)
                self._taken[item["page"]] = Taken(item["text"], None, item["seconds"])
            except (ValueError, KeyError, TypeError):
                continue

    def take(self, content: bytes) -> Taken:
        """What is remembered of this page, else what the extractor takes from it now."""
        digest = hashlib.sha256(content).hexdigest()
        if known := self._taken.get(digest):
            return known
        if not self._warm:  # what a library does once, for its first page, is no page's time
            take(self._extractor, content)
            self._warm = True
        taken = take(self._extractor, content)
        if self._file:
            line = json.dumps({"page": digest, "text": taken.text, "seconds": round(taken.seconds, 6)})
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        return taken


def available() -> dict[str, Public]:
    """The extractors that are installed, by name; trafilatura in each of its three modes."""
    known = {
        "trafilatura": Public(_trafilatura, "trafilatura", "trafilatura"),
        "trafilatura precision": Public(_trafilatura_precision, "trafilatura", "trafilatura"),
        "trafilatura recall": Public(_trafilatura_recall, "trafilatura", "trafilatura"),
        "readability-lxml": Public(_readability, "readability", "readability-lxml"),
        "resiliparse": Public(_resiliparse, "resiliparse", "resiliparse"),
        "jusText": Public(_justext, "justext", "jusText"),
    }
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return {name: one for name, one in known.items() if find_spec(one.module)}


def parse_only(data: bytes) -> str:
    """No extraction: the parse that every figure of speed is a multiple of."""
    from lxml import html

    html.document_fromstring(data, parser=html.HTMLParser(encoding="utf-8", collect_ids=False))
    return ""


def _trafilatura(data: bytes) -> str:
    from trafilatura import extract

    return extract(data, include_comments=False) or ""


def _trafilatura_precision(data: bytes) -> str:
    from trafilatura import extract

    return extract(data, include_comments=False, favor_precision=True) or ""


def _trafilatura_recall(data: bytes) -> str:
    from trafilatura import extract

    return extract(data, include_comments=False, favor_recall=True) or ""


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
