"""What the furniture of pages says, as data: one file a language (`text/words/LANG.toml`), one table a purpose.

An entry is a phrase, written as text is compared (`folded`), in a small notation:
`(a|b)` one of several, `[x]` may be absent, `*` the rest of a word or a whole one, `#` a number, `~` up to 60
characters of any kind. Blanks stand for one blank. A list may also be one string of words with blanks between them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ALWAYS = "en"  # buttons are English on pages of any language
_FOLD = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "\u00a0": " ",
    "–": "-",
    "—": "-",
    "…": "...",
}
# Function words of a language as a share of the best language's, from which its phrases are read too.
_NEAR = 0.5
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
_NEVER = re.compile(r"(?!)")


def folded(text: str) -> str:
    """`text` for matching: case folded, straight quotes and hyphens, single blanks."""
    if not text.isascii():  # no ASCII character is folded
        for character, plain in _FOLD.items():  # searches at C speed: a tenth of the time of str.translate
            if character in text:
                text = text.replace(character, plain)
    return " ".join(text.casefold().split())


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


def purposes(language: str) -> tuple[str, ...]:
    """The tables of one language's file."""
    return tuple(_table(language))


def keys(language: str, purpose: str) -> tuple[str, ...]:
    """The keys of one table of a language's file."""
    return tuple(_table(language).get(purpose, {}))


def written_languages(words: Iterable[str]) -> tuple[str, ...]:
    """The languages whose function words are frequent among `words` (in lower case), and English."""
    counts: Counter[str] = Counter()
    of = _function_words()
    for word in words:
        counts.update(of.get(word, ()))
    most = max(counts.values(), default=0)
    return tuple(name for name in languages() if name == ALWAYS or (most and counts[name] >= _NEAR * most))


@cache
def _function_words() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language in languages():
        for word in phrases(language, "language", "function_words"):
            found.setdefault(word, []).append(language)
    return {word: tuple(names) for word, names in found.items()}


@dataclass(frozen=True)
class Words:
    """The phrases of some languages, as patterns over folded text. Equal ones are compiled once."""

    languages: tuple[str, ...]

    def entries(self, purpose: str, *keys: str) -> tuple[str, ...]:
        """The phrases of all languages under `keys`."""
        return tuple(
            dict.fromkeys(entry for name in self.languages for key in keys for entry in phrases(name, purpose, key))
        )

    def source(self, purpose: str, *keys: str) -> str:
        """The phrases as the source of a pattern; one that never matches if there are none."""
        return _source(self.entries(purpose, *keys))

    def pattern(self, purpose: str, *keys: str) -> re.Pattern[str]:
        """One of the phrases, from word edge to word edge."""
        return _compiled(self.languages, purpose, keys)

    def tiles(self, *purposes: tuple[str, ...]) -> re.Pattern[str]:
        """A line of nothing but these phrases: `(purpose, key, …)` each, with punctuation, digits and signs between.

        Linear: the longest phrase is taken at each place and never given back.
        """
        return _tiles(self.languages, purposes)


@cache
def words_of(names: tuple[str, ...]) -> Words:
    """The words of some languages."""
    return Words(names)


def every_language() -> Words:
    """The words of all languages."""
    return words_of(languages())


@cache
def _compiled(names: tuple[str, ...], purpose: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    entries = words_of(names).entries(purpose, *keys)
    return re.compile(_source(entries)) if entries else _NEVER


@cache
def _tiles(names: tuple[str, ...], purposes: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    entries = [entry for purpose, *keys in purposes for entry in words_of(names).entries(purpose, *keys)]
    between = r"(?:[^\w@#]|\b\d[\d.,]*\b|\b[kx]\b)*+"
    return re.compile(rf"{between}(?:(?>{_source(entries)}){between})++") if entries else _NEVER


def _source(entries: Iterable[str]) -> str:
    longest_first = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(map(phrase_source, longest_first)) or "(?!)"


@cache
def phrase_source(phrase: str) -> str:
    """The source of the pattern of one phrase, with word edges where it begins and ends with a word."""
    text = _ABSENT_FIRST.sub(r"\1{\2 }", _ABSENT_AFTER_BLANK.sub(r"{ \1}", folded(phrase)))
    tokens = _TOKEN.findall(text.replace("[", "{").replace("]", "}"))
    before = r"(?<!\w)" if tokens[0] in _WRITTEN or tokens[0][0].isalnum() else ""
    after = r"(?!\w)" if tokens[-1] in _WRITTEN or tokens[-1][-1].isalnum() else ""
    return before + "".join(_WRITTEN.get(token) or re.escape(token) for token in tokens) + after
