"""Names without gold to learn from: by capitals, by how the articles of the story write each word, by the register.

In a script without capitals only the names of the register and of countries are found; in a language that writes every
noun with a capital a single word is one only where something else says so.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from allegata.measures.matching import LabelledSpan
from allegata.propose.value_words import value_words
from allegata.schema.languages import primary_language
from allegata.text.blocks import find_blocks
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span, Taken

_WORD = re.compile(r"[^\W\d_](?:[\w&’'.-]*[\w])?(?:(?<=\b[^\W\d_])\.)?|&")
_POSSESSIVE = re.compile(r"[’']s?$")
_ACRONYM = re.compile(r"[A-ZÀ-ÞΑ-ΩА-Я]{2,6}s?$")
_TITLE_CASE = 0.6  # share of capitals, without the first word, from which a sentence is a headline
_MOST_WORDS = 7


@dataclass(frozen=True)
class NameWords:
    """The words of names.toml for one language, and the names of countries."""

    titles: frozenset[str]
    groups: frozenset[str]
    laws: frozenset[str]
    joints: frozenset[str]
    places: frozenset[str]
    articles: frozenset[str]
    not_names: frozenset[str]
    people: frozenset[str]
    others: frozenset[str]
    countries: frozenset[str]
    calendar: frozenset[str]
    nouns_capitalised: bool = False


@cache
def name_words(language: str) -> NameWords:
    """The words of a language (BCP 47)."""
    from babel import Locale, UnknownLocaleError

    tables = tomllib.loads((files(__package__) / "names.toml").read_text(encoding="utf-8"))
    lists = [tables["any"], tables.get(primary_language(language), {})]
    words = value_words(language)
    try:
        named = dict(Locale.parse(language.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        named = {}
    countries = frozenset(name for code, name in named.items() if code.isalpha() and code not in ("ZZ", "EZ"))

    def listed(name: str) -> frozenset[str]:
        return frozenset(word for table in lists for word in table.get(name, ()))

    return NameWords(
        listed("titles"),
        listed("groups"),
        listed("laws"),
        listed("joints"),
        listed("places"),
        listed("articles"),
        listed("not-names"),
        listed("people"),
        listed("others"),
        countries | listed("countries"),
        frozenset(word.lower() for word in (*words.weekdays, *words.months, *words.short_months)),
        bool(words.more.get("nouns-capitalised")),
    )


@dataclass(frozen=True)
class Background:
    """How the articles of a story write their words: in lower case, and with a capital inside a sentence."""

    lower: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    after_article: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, language: str) -> None:
        """Count the words of one more article."""
        words = name_words(language)
        for sentence in _sentences(text):
            tokens = _tokens(text, sentence)
            titled = _is_title_case(tokens, words)
            for place, (_, word) in enumerate(tokens):
                if word[:1].islower():
                    self.lower[word] += 1
                elif place and not titled:
                    self.after_article[word] += tokens[place - 1][1].lower() in words.articles
                    self.capital[word] += not words.nouns_capitalised


def find_names(
    text: str, language: str, background: Background, known: Mapping[str, str | None] | None = None
) -> list[LabelledSpan]:
    """Names of a text, sorted, none overlapping another, labelled as OntoNotes does.

    `known` are names (as written) with their labels; they are found wherever they stand as whole words.
    """
    words = name_words(language)
    labels = {
        **dict.fromkeys(words.countries, "GPE"),
        **{name: label for name, label in (known or {}).items() if label},
    }
    found = listed_names(text, labels)
    runs = [run for sentence in _sentences(text) for run in _runs(text, sentence, words, background)]
    taken = Taken(len(text), (span.hull for span in found))
    free = [run for run in runs if taken.is_free(run.span)]
    by_name = _labels(free, words)
    names = [LabelledSpan.of(by_name[run.name], run.span) for run in free]
    again = listed_names(text, {run.name: by_name[run.name] for run in free if len(run.name) > 2})
    for name in names:
        taken.add(name.hull)
    return sorted([*found, *names, *(span for span in again if taken.is_free(span.hull))])


@dataclass(frozen=True)
class _Run:
    """Words that are one name: where they are, and what stands before and after."""

    span: Span
    name: str
    titled: bool
    before: str
    after: str


def _sentences(text: str) -> Iterator[Span]:
    for block in find_blocks(text):
        for sentence in split_sentences(block.text):
            yield Span(block.span.start + sentence.start, block.span.start + sentence.end)


def _tokens(text: str, sentence: Span) -> list[tuple[Span, str]]:
    found = []
    for match in _WORD.finditer(text, sentence.start, sentence.end):
        word = _POSSESSIVE.sub("", match.group())
        if word:
            found.append((Span(match.start(), match.start() + len(word)), word))
    return found


def _is_title_case(tokens: Sequence[tuple[Span, str]], words: NameWords) -> bool:
    if words.nouns_capitalised:  # headlines are written as sentences there
        return False
    letters = [word for _, word in tokens[1:] if word[0].isalpha()]
    return len(letters) > 2 and sum(word[0].isupper() for word in letters) >= _TITLE_CASE * len(letters)


def listed_names(text: str, labels: Mapping[str, str]) -> list[LabelledSpan]:
    """Where names of a list stand as whole words, the longest first."""
    names = sorted((name for name in labels if name and name in text), key=lambda name: (-len(name), name))
    if not names:
        return []
    spaced = any(name.lower() != name.upper() for name in names)
    edges = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    form = re.compile(f"{edges[0]}(?:{'|'.join(map(re.escape, names))}){edges[1]}")
    return [LabelledSpan.of(labels[m.group()], m.span()) for m in form.finditer(text)]


def _runs(text: str, sentence: Span, words: NameWords, background: Background) -> Iterator[_Run]:
    """Capitalised words in a row, with the words in lower case that join two of them."""
    tokens = _tokens(text, sentence)
    if _is_title_case(tokens, words):
        return
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and _joins(text, tokens, place, end, words):
            end += 1
        while end > place and not _is_capital(tokens[end - 1][1], words):
            end -= 1
        if end == place:
            place += 1
            continue
        first, titled = place, False
        while first < end and (tokens[first][1] in words.titles or tokens[first][1] + "." in words.titles):
            first, titled = first + 1, True
        if not titled and first == 0 and not _opens_with_name(tokens, first, end, words, background):
            first += 1
            while first < end and not _is_capital(tokens[first][1], words):
                first += 1
        while words.nouns_capitalised and end - first > 1 and background.after_article[tokens[first][1]] and not titled:
            if tokens[first][1] in words.groups or not _is_capital(tokens[first + 1][1], words):
                break
            first += 1  # `der Hersteller Alfa`
        parts = [word for _, word in tokens[first:end]]
        if parts and len(parts) <= _MOST_WORDS and _is_name(parts, titled, words, background):
            span = Span(tokens[first][0].start, tokens[end - 1][0].end)
            before = tokens[first - 1][1].lower() if first else ""
            after = tokens[end][1] if end < len(tokens) else ""
            yield _Run(span, span.quote(text), titled, before, after)
        place = end


def _is_capital(word: str, words: NameWords) -> bool:
    """False of a month, a weekday, and of `Alfa-owned`, which is no part of the name after it."""
    is_adjective = "-" in word and word.rpartition("-")[2].islower() and len(word.rpartition("-")[2]) > 3
    return word[0].isupper() and word.lower() not in words.calendar and not is_adjective


def _joins(text: str, tokens: Sequence[tuple[Span, str]], start: int, place: int, words: NameWords) -> bool:
    """True if the word at `place` goes on with the name that begins at `start`."""
    span, word = tokens[place]
    if place > start and not re.fullmatch(r"[ \u00a0]|’|'|-", text[tokens[place - 1][0].end : span.start]):
        return False
    if _is_capital(word, words):
        return True
    following = tokens[place + 1 : place + 2]
    return (
        place > start
        and word in words.joints
        and bool(following)
        and (_is_capital(following[0][1], words) or following[0][1] in words.articles)
    )


def _opens_with_name(
    tokens: Sequence[tuple[Span, str]], first: int, end: int, words: NameWords, background: Background
) -> bool:
    """True if the word that opens a sentence is a name, not only its capital."""
    word = tokens[first][1]
    if word in words.not_names or word.lower() in words.articles or background.lower[word.lower()]:
        return False
    if background.capital[word] or _ACRONYM.fullmatch(word):
        return True
    return end - first > 1 and not background.capital[tokens[first + 1][1]]


def _is_name(parts: Sequence[str], titled: bool, words: NameWords, background: Background) -> bool:
    if all(part in words.not_names or part in words.groups for part in parts):
        return False
    if len(parts) == 1 and any(map(str.isdigit, parts[0])):  # `K2` may be anything
        return False
    if len(parts) == 1 and parts[0].lower() in background.lower and not titled:
        return bool(_ACRONYM.fullmatch(parts[0]))
    if not words.nouns_capitalised or titled:
        return True
    if len(parts) == 1:
        return bool(background.capital[parts[0]] or _ACRONYM.fullmatch(parts[0]))
    capitals = [part for part in parts if part[0].isupper()]
    return bool(set(parts) & words.groups) or not any(background.after_article[part] for part in capitals)


def _labels(runs: Sequence[_Run], words: NameWords) -> dict[str, str]:
    """The label of each name: what most says of it, in the whole text."""
    by_name: dict[str, list[_Run]] = {}
    for run in runs:
        by_name.setdefault(run.name, []).append(run)
    found = {name: _label(name, where, words) for name, where in by_name.items()}
    ending: dict[str, list[str]] = {}  # in these words: the people
    for full in (name for name, label in found.items() if label == "PERSON"):
        for blank in re.finditer(" ", full):
            ending.setdefault(full[blank.end() :], []).append(full)
    return {
        name: "PERSON" if any(_is_surname(name, full, by_name) for full in ending.get(name, ())) else label
        for name, label in found.items()
    }


def _is_surname(name: str, full: str, by_name: Mapping[str, Sequence[_Run]]) -> bool:
    """True if `name`, the last words of `full`, may be the same: first named in full, and not many times as often."""
    first = by_name[full][0].span.start < by_name[name][0].span.start
    return first and not re.search(r"[a-z][A-Z]", name) and len(by_name[name]) <= 8 * len(by_name[full])


def _label(name: str, runs: Sequence[_Run], words: NameWords) -> str:
    parts = name.split()
    if any(run.titled for run in runs):
        return "PERSON"
    if {parts[0], parts[-1]} & words.laws:
        return "LAW"
    core = [part for part in parts if part.lower() not in words.joints]
    if set(parts) & words.groups or _ACRONYM.fullmatch(name) or len(core) > 3 or "&" in parts:
        return "ORG"
    if 2 * sum(run.before in words.places for run in runs) > len(runs):
        return "GPE"
    return "PERSON" if len(parts) > 1 and all(part[0].isupper() or part in words.joints for part in parts) else "ORG"
