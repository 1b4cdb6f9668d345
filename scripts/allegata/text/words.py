"""Words of languages, as data: one file a language (`text/words/LANG.toml`), one table a purpose.

An entry is a phrase, written as text is compared (`for_matching`), in a small notation:
`(a|b)` one of several, `[x]` may be absent, `*` the rest of a word or a whole one, `#` a number, `~` up to 60
characters of any kind. Blanks stand for one blank. A list may also be one string of words with blanks between them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from allegata.text.normal import for_matching

_TOKEN = re.compile(r"[()|{}*#~ ]|[^()|{}*#~ ]+")
_WRITTEN = {
    "(": "(?:",
    ")": ")",
    "{": "(?:",
    "}": ")?",
    "|": "|",
    "*": r"\w*",
    "#": r"\d[\d.,]*",
    "~": ".{0,60}?",
    " ": " ",
}
# The blank beside what may be absent goes with it.
_ABSENT_AFTER_BLANK = re.compile(r" \[([^\]]*)\]")
_ABSENT_FIRST = re.compile(r"(^|[(|])\[([^\]]*)\] ")


@cache
def languages() -> tuple[str, ...]:
    """The languages with a file, in alphabetical order."""
    folder = files("allegata.text").joinpath("words")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def _table(language: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = files("allegata.text").joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for purpose, entries in tomllib.loads(text).items():
        tables[purpose] = {
            key: tuple(value.split()) if isinstance(value, str) else tuple(value) for key, value in entries.items()
        }
    return tables


def phrases(language: str, purpose: str, key: str) -> tuple[str, ...]:
    """The entries of one language for one purpose, as written; none where its file has none."""
    return _table(language).get(purpose, {}).get(key, ())


@dataclass(frozen=True)
class Words:
    """The phrases of some languages, as patterns over folded text."""

    languages: tuple[str, ...]

    def entries(self, purpose: str, *keys: str) -> tuple[str, ...]:
        """The phrases of all languages under `keys`."""
        return tuple(
            dict.fromkeys(entry for name in self.languages for key in keys for entry in phrases(name, purpose, key))
        )

    def source(self, purpose: str, *keys: str) -> str:
        """The phrases as the source of a pattern; one that never matches if there are none."""
        return _source(self.entries(purpose, *keys))


@cache
def words_of(names: tuple[str, ...]) -> Words:
    """The words of some languages."""
    return Words(names)


def every_language() -> Words:
    """The words of all languages."""
    return words_of(languages())


def _source(entries: Iterable[str]) -> str:
    longest_first = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(map(phrase_source, longest_first)) or "(?!)"


@cache
def phrase_source(phrase: str) -> str:
    """The source of the pattern of one phrase, with word edges where it begins and ends with a word."""
    text = _ABSENT_FIRST.sub(r"\1{\2 }", _ABSENT_AFTER_BLANK.sub(r"{ \1}", for_matching(phrase)))
    tokens = _TOKEN.findall(text.replace("[", "{").replace("]", "}"))
    before = r"(?<!\w)" if tokens[0] in _WRITTEN or tokens[0][0].isalnum() else ""
    after = r"(?!\w)" if tokens[-1] in _WRITTEN or tokens[-1][-1].isalnum() else ""
    return before + "".join(_WRITTEN.get(token) or re.escape(token) for token in tokens) + after
