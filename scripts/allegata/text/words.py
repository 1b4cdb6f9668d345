"""What the furniture of pages says, as data: one file a language (`text/words/LANG.toml`), one table a purpose.

An entry is a phrase, written as text is compared (`for_matching`), in a small notation:
`(a|b)` one of several, `[x]` may be absent, `*` the rest of a word or a whole one, `#` a number, `~` up to 60
characters of any kind, `~~` up to 200. A list may be one string of words.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import groupby
from operator import itemgetter

from allegata.text.normal import for_matching
from allegata.text.script_words import has_no_blanks

ALWAYS = "en"  # buttons are English on pages of any language
# Function words of a language as a share of the best language's, from which its phrases are read too.
_NEAR = 0.7
_TOKEN = re.compile(r"~~|[()|{}*#~ ]|[^()|{}*#~ ]+")
_WRITTEN = {
    "(": "(?:",
    ")": ")",
    "{": "(?:",
    "}": ")?",
    "|": "|",
    "*": r"\w*",
    "#": r"\d[\d.,]*",
    "~": ".{0,60}?",
    "~~": ".{0,200}?",
    " ": " ",
}
# The blank beside what may be absent goes with it.
_ABSENT_AFTER_BLANK = re.compile(r" \[([^\]]*)\]")
_ABSENT_FIRST = re.compile(r"(^|[(|])\[([^\]]*)\] ")
_NEVER = re.compile(r"(?!)")
# The characters by which lines and phrases are told apart, and those of a line.
_START = 3
_FIRST = re.compile(rf"[^\W_].{{0,{_START - 1}}}")
_UNSURE = "\0"  # stands in the beginning of a phrase for what may be any character, or none


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
    often, of = Counter(words), _function_words()
    counts: Counter[str] = Counter()
    for word in often.keys() & of.keys():
        for name in of[word]:
            counts[name] += often[word]
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
class Finder:
    """Phrases to be found anywhere in a line. Each has one of `signs`: most lines have none, and cost no search."""

    entries: tuple[str, ...]
    signs: tuple[str, ...] | None  # None if a phrase has no word that is sure to be there

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """One of the phrases, from word edge to word edge; made for the first line that may have one."""
        return re.compile(_source(self.entries))

    def search(self, line: str) -> re.Match[str] | None:
        """The first phrase of a folded line."""
        return self.pattern.search(line) if self.may_find(line) else None

    def finditer(self, line: str) -> Iterable[re.Match[str]]:
        """All phrases of a folded line, from left to right."""
        return self.pattern.finditer(line) if self.may_find(line) else ()

    def may_find(self, line: str) -> bool:
        """False for a folded line that has none of the phrases, for a fraction of a search."""
        return self.signs is None or any(map(line.__contains__, self.signs))


class Opening:
    """Lines of a form that begins with a phrase, perhaps behind signs: `form` has `{0}` for the phrases.

    For lists of hundreds: only those that begin as a line does, by a few letters, are compiled and looked at. A pattern
    of all would find the same, but that of the cues of all languages takes .2 s to compile.
    """

    def __init__(self, form: str, entries: tuple[str, ...]) -> None:
        self._form = form
        self._entries = [(entry, _starts(entry)) for entry in entries]
        self._known: dict[str, re.Pattern[str]] = {}

    def fullmatch(self, line: str) -> re.Match[str] | None:
        """The whole of a folded line, if it has the form."""
        first = _FIRST.search(line)
        return self._pattern(first.group() if first else _UNSURE).fullmatch(line)

    def _pattern(self, start: str) -> re.Pattern[str]:
        if start not in self._all_starts:
            start = _UNSURE
        if start not in self._known:
            own = [entry for entry, starts in self._entries if start in starts or _UNSURE in starts]
            self._known[start] = re.compile(self._form.format(_source(own)))
        return self._known[start]

    @cached_property
    def _all_starts(self) -> frozenset[str]:
        return frozenset(start for _, starts in self._entries for start in starts)


@dataclass(frozen=True)
class Words:
    """The phrases of some languages, as patterns over folded text. Equal ones are compiled once."""

    languages: tuple[str, ...]

    def entries(self, purpose: str, *keys: str) -> tuple[str, ...]:
        """The phrases of all languages under `keys`."""
        return _entries(self.languages, purpose, keys)

    def entry_set(self, purpose: str, *keys: str) -> frozenset[str]:
        """The same, for looking words up."""
        return _entry_set(self.languages, purpose, keys)

    def source(self, purpose: str, *keys: str) -> str:
        """The phrases as the source of a pattern; one that never matches if there are none."""
        return _source(self.entries(purpose, *keys))

    def pattern(self, purpose: str, *keys: str) -> re.Pattern[str]:
        """One of the phrases, from word edge to word edge."""
        return _compiled(self.languages, purpose, keys)

    def opening(self, form: str, purpose: str, *keys: str) -> Opening:
        """Lines of a form that begins with one of the phrases."""
        return Opening(form, self.entries(purpose, *keys))

    def finder(self, purpose: str, *keys: str) -> Finder:
        """The same phrases, for looking in lines most of which have none."""
        return _finder(self.languages, purpose, keys)

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
def _entries(names: tuple[str, ...], purpose: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for name in names for key in keys for entry in phrases(name, purpose, key)))


@cache
def _entry_set(names: tuple[str, ...], purpose: str, keys: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_entries(names, purpose, keys))


@cache
def _compiled(names: tuple[str, ...], purpose: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    entries = words_of(names).entries(purpose, *keys)
    return re.compile(_source(entries)) if entries else _NEVER


@cache
def _finder(names: tuple[str, ...], purpose: str, keys: tuple[str, ...]) -> Finder:
    entries = _entries(names, purpose, keys)
    signs = list(map(_signs, entries))
    return Finder(entries, None if () in signs else tuple(dict.fromkeys(sign for some in signs for sign in some)))


@cache
def _starts(phrase: str) -> frozenset[str]:
    """The first characters of what a phrase takes; `_UNSURE` among them if it may begin in another way."""
    found, _ = _beginnings(_tokens(phrase), 0)
    sure = {start for start in found if len(start) == _START and start[0].isalnum() and _UNSURE not in start}
    return frozenset(sure if sure == found else sure | {_UNSURE})


def _beginnings(tokens: list[str], at: int) -> tuple[set[str], int]:
    """How what stands in brackets from `at` on may begin, and the place of the closing one."""
    found, now = set[str](), {""}
    while at < len(tokens) and tokens[at] not in (")", "}"):
        token, more = tokens[at], {""}
        if token == "|":
            found, now = found | now, {""}
        elif token in ("(", "{"):
            inside, at = _beginnings(tokens, at + 1)
            more = inside | {""} if token == "{" else inside
        else:
            more = {_START * _UNSURE if token in ("*", "#", "~", "~~") else token}
        now = {(start + one)[:_START] for start in now for one in more}
        at += 1
    return found | now, at


def _signs(phrase: str) -> tuple[str, ...]:
    """Texts of which one is in every line that has the phrase; none if that cannot be told."""
    best, groups, depth, absent = "", list[list[str]](), 0, 0
    for token in _tokens(phrase):
        if absent or token == "{":  # what may be absent proves nothing
            absent += (token in ("(", "{")) - (token in (")", "}"))
        elif token in ("(", ")"):
            depth += 1 if token == "(" else -1
            groups += [[""]] if token == "(" and depth == 1 else []
        elif token == "|":
            if depth == 0:
                return ()
            groups[-1] += [""] if depth == 1 else []
        elif token not in _WRITTEN and depth == 0:
            best = max(best, token, key=len)
        elif token not in _WRITTEN and depth == 1:
            groups[-1][-1] = max(groups[-1][-1], token, key=len)
    return (best,) if best else next((tuple(group) for group in groups if all(group)), ())


@cache
def _tiles(names: tuple[str, ...], purposes: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    entries = [entry for purpose, *keys in purposes for entry in words_of(names).entries(purpose, *keys)]
    between = r"(?:[^\w@#$€£%]|\b\d[\d.,]*x?\b|\b[kx]\b)*+"
    return re.compile(rf"{between}(?:(?>{_source(entries)}){between})++") if entries else _NEVER


def _source(entries: Iterable[str]) -> str:
    """The longest first; what they begin with is looked at once, then only at those of the right first letter."""
    longest_first = sorted(entries, key=lambda entry: (-len(entry), entry))
    parts = groupby(map(_edged, longest_first), key=itemgetter(0))
    return "|".join(f"{edge}(?:{'|'.join(rest for _, rest in group)})" for edge, group in parts) or "(?!)"


def phrase_source(phrase: str) -> str:
    """The source of the pattern of one phrase, with word edges where it begins and ends with a word.

    A word that is written without blanks around it has no edges.
    """
    return "".join(_edged(phrase))


@cache
def _edged(phrase: str) -> tuple[str, str]:
    """The edge before a phrase, and the rest of its pattern."""
    tokens = _tokens(phrase)
    letters = [character for character in phrase if character.isalpha()] or [""]
    before = r"(?<!\w)" if tokens[0] in _WRITTEN or tokens[0][0].isalnum() else ""
    after = r"(?!\w)" if tokens[-1] in _WRITTEN or tokens[-1][-1].isalnum() else ""
    before, after = ("" if has_no_blanks(edge) else kept for edge, kept in ((letters[0], before), (letters[-1], after)))
    return before, "".join(_WRITTEN.get(token) or re.escape(token) for token in tokens) + after


def _tokens(phrase: str) -> list[str]:
    """The marks of the notation and what stands between them; braces around what may be absent, with its blank."""
    text = _ABSENT_FIRST.sub(r"\1{(\2) }", _ABSENT_AFTER_BLANK.sub(r"{ (\1)}", for_matching(phrase)))
    return _TOKEN.findall(text.replace("[", "{").replace("]", "}"))
