"""Where a text names a person: in full, in part, by initials; in any case, with or without accents, in any script.

What names nobody else is certain. A part of a name alone is certain where the text has the whole name, and neither a
common word nor another person looks like it; else it is in doubt, and a curator decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from allegata.text.normal import letters_only
from allegata.text.script_words import has_no_blanks

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WRITTEN = re.compile(r"[^\W_]+")
# Between two names: blanks, or what stands for them in addresses, handles and transcriptions.
_GAP = r"(?:\s{1,3}|[-_+·・‧=]|%20|\.(?=[^\W\d_]))"
_INITIALS = rf"(?:{_GAP}[^\W\d_]\.?){{0,2}}"
_BACKWARDS = r"(?:,\s{0,2}|\s{1,2}|[-_+])"
# A name of fewer letters stands in too many other words to look for it there; and the most letters beside it.
_LONG, _MORE = 4, 3
# The shortest name in one word (handles, addresses), and the shortest without blanks that is no other word's part.
_JOINED, _UNSPACED = 6, 3
_LEAST_DIGITS = 5


@dataclass(frozen=True, order=True)
class Naming:
    """A place `[start, end)` of a text that names the person, or in doubt may; `surface` are its characters."""

    start: int
    end: int
    surface: str
    certain: bool


def fold(text: str) -> tuple[str, list[int]]:
    """`text` without case, accents, optional marks and what is invisible, and where each of its characters stood."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = character.lower() if character.isascii() else _folded(character)
        characters.append(folded)
        places += [place] * len(folded)
    return "".join(characters), places


@lru_cache(maxsize=1 << 14)
def _folded(character: str) -> str:
    return _bare(unicodedata.normalize("NFKD", letters_only(character)).casefold())


def _bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def quick_fold(text: str) -> str:
    """The folded text alone."""
    return text.lower() if text.isascii() else _bare(unicodedata.normalize("NFKD", letters_only(text)).casefold())


def parts(name: str) -> list[str]:
    """The folded words of a name, initials without their stop."""
    return [quick_fold(word) for word in re.findall(r"[^\W_]+", name)]


@dataclass(frozen=True)
class PersonNames:
    """The names of one person; `shared` are folded words of them that others are named by too."""

    names: tuple[str, ...]
    shared: frozenset[str] = frozenset()

    @cached_property
    def _split(self) -> list[list[str]]:
        return [words for name in self.names if not _is_contact(name) and (words := parts(name))]

    @cached_property
    def _contacts(self) -> re.Pattern[str]:
        """Addresses, handles and numbers among the names: as they are, the digits of a number however grouped."""
        forms = []
        for name in filter(_is_contact, self.names):
            digits = [] if "@" in name else re.findall(r"\d", quick_fold(name))
            forms.append((r"\+?" + r"[\W_]{0,3}".join(digits)) if digits else re.escape(quick_fold(name)))
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(forms))})(?![^\W_])" if forms else r"(?!)")

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words that may name the person alone: the first and last of a name, and long ones between."""
        ends = {word for words in self._split for word in (words[0], words[-1]) if len(word) > 1}
        ends |= {word for words in self._split for word in words[1:-1] if len(word) > _MORE}
        return frozenset(word for word in ends if not word.isdigit()) | self._unspaced

    @cached_property
    def _unspaced(self) -> frozenset[str]:
        """What may be the family or the given name in a name without blanks: always in doubt, for a name of another may
        hold it, and nothing says where it begins."""
        whole = [words[0] for words in self._split if self._is_whole(words)]
        ends = {part for name in whole if len(name) > _UNSPACED for part in (name[:2], name[-2:])}
        return frozenset(ends | {name[1:] for name in whole})

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(word for words in self._split for word in words)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        forms: set[str] = set()
        for words in self._split:
            first, last, escaped = words[0], words[-1], [re.escape(word) for word in words]
            if len(words) == 1:
                continue
            forms.add(_bounded(words, (_INITIALS + _GAP).join(escaped)))
            forms.add(_bounded([first, last], f"{escaped[0]}{_INITIALS}{_GAP}{escaped[-1]}"))
            forms.add(_bounded([last, first], f"{escaped[-1]}{_BACKWARDS}{_GAP.join(escaped[:-1])}"))
            if not has_no_blanks(first[0]) and len(last) > 1:
                initial = re.escape(first[0])
                forms.add(_bounded(words, rf"{initial}\.\s?(?:[^\W\d_]\.\s?){{0,2}}{escaped[-1]}"))
                forms.add(_bounded([last, "."], rf"{escaped[-1]},\s?{initial}\."))
            if len("".join(words)) >= (_UNSPACED if has_no_blanks(first[0]) else _JOINED):
                forms.add(_bounded(words, "".join(escaped)))
        forms |= {_bounded(words, re.escape(words[0])) for words in self._split if self._is_whole(words)}
        return re.compile("|".join(sorted(forms, key=lambda form: (-len(form), form))) or r"(?!)")

    @staticmethod
    def _is_whole(words: list[str]) -> bool:
        """A name of one word that nothing else is part of: in a script without blanks."""
        return len(words) == 1 and has_no_blanks(words[0][0]) and len(words[0]) >= _UNSPACED

    @cached_property
    def _part(self) -> re.Pattern[str]:
        """A part of the name; in a longer word too, where it is long enough to be seen there."""
        forms = [r"(?!)"]
        for word in sorted(self.words, key=lambda word: (-len(word), word)):
            more = rf"[^\W\d_]{{0,{_MORE}}}" if len(word) >= _LONG and not has_no_blanks(word[0]) else ""
            before = "" if _has_case(word) else more
            forms.append(_bounded([word], f"{before}{re.escape(word)}{more}"))
        inner = sorted({re.escape(word) for words in self._split for word in words[1:-1]})
        before = rf"(?:(?<![^\W_])(?:{'|'.join(inner)})\s{{1,2}}){{0,3}}" if inner else ""
        # A whole name inside a longer word, and initials alone.
        forms += [rf"[^\W_]*{re.escape(joined)}[^\W_]*" for joined in self._joined]
        forms.append(self._initials.pattern)
        return re.compile(before + f"(?:{'|'.join(forms)})")

    @cached_property
    def _with_middle(self) -> re.Pattern[str]:
        """The first and the last name with another between them: a second name of the person, or a relative."""
        ends = sorted({(words[0], words[-1]) for words in self._split if len(words) > 1})
        either = "|".join(re.escape(first) for first, _ in ends)
        other = "|".join(re.escape(last) for _, last in ends)
        form = rf"(?<![^\W_])(?:{either})\s{{1,2}}([^\W\d_]{{2,}})\s{{1,2}}(?:{other})(?![^\W\d_])"
        return re.compile(form if ends else r"()(?!)")

    @cached_property
    def _joined(self) -> list[str]:
        """The whole names without blanks, as handles and addresses have them."""
        joined = ["".join(words) for words in self._split if len(words) > 1]
        return [name for name in joined if len(name) >= _JOINED]

    @cached_property
    def _initials(self) -> re.Pattern[str]:
        forms = [
            _bounded([words[0], "."], r"\.\s?".join(re.escape(word[0]) for word in words) + r"\.")
            for words in self._split
            if len(words) > 1 and not has_no_blanks(words[0][0])
        ]
        return re.compile("|".join(forms) or r"(?!)")

    def find(self, text: str, *, known: bool = False) -> list[Naming]:
        """Every place that names the person, or may; sorted, disjoint. `known`: that a part of the name is meant to
        name the person where nothing speaks against it, though the whole name is not in this text."""
        plain = quick_fold(text)
        by_pattern = any(pattern.search(plain) for pattern in (self._initials, self._contacts))
        if not by_pattern and not any(word in plain for word in self.words):
            return []
        folded, places = fold(text)
        places.append(len(text))

        def naming(start: int, end: int, certain: bool) -> Naming:
            first, last = places[start], places[end - 1] + 1
            while last < len(text) and not _folded(text[last]):  # marks of the last letter
                last += 1
            return Naming(first, last, text[first:last], certain)

        whole = [match.span() for match in self._contacts.finditer(folded)]
        reached = {place for start, end in whole for place in range(start, end)}
        whole += [match.span() for match in self._whole.finditer(folded) if match.start() not in reached]
        found = [naming(start, end, True) for start, end in whole]
        taken = {place for start, end in whole for place in range(start, end)}
        for match in self._with_middle.finditer(folded):
            one = naming(*match.span(), False)
            if match.start() not in taken and match.end() - 1 not in taken and text[places[match.start(1)]].isupper():
                found.append(one)
                taken |= set(range(*match.span()))
        loose = [match.span() for match in self._part.finditer(folded) if match.start() not in taken]
        loose = [(start, end) for start, end in loose if end - 1 not in taken and start < end]
        bare = [(naming(start, end, False), folded[start:end].split()[-1]) for start, end in loose]
        doubtful = {*self.shared, *self._unspaced}
        written = frozenset(_WRITTEN.findall(text))
        doubtful |= {word for one, word in bare if self._against(one, text, written)}
        alone = {words[0] for words in self._split if len(words) == 1}
        for one, word in bare:
            if word not in self.words and one.surface.islower() and not any(joined in word for joined in self._joined):
                continue  # a common word that only begins like a name
            meant = word in self.words and (bool(whole) or known or word in alone)
            certain = meant and word not in doubtful and _is_name(one.surface)
            found.append(Naming(one.start, one.end, one.surface, certain))
        return sorted(found)

    def _against(self, one: Naming, text: str, written: Collection[str]) -> bool:
        """Whether a part of the name is a common word here, or beside a name of another. `written`: all words."""
        if not _is_name(one.surface):
            return True
        if one.surface.isupper() and len(one.surface) > 1:
            return False  # all of a headline is in capitals
        before = re.search(r"([^\W_]+)[ \u00a0]$", text[max(0, one.start - 40) : one.start])
        after = re.match(r"[ \u00a0]([^\W_]+)", text[one.end : one.end + 40])
        beside = [match.group(1) for match in (before, after) if match]
        return any(
            word[0].isupper() and quick_fold(word) not in self._own and word.lower() not in written for word in beside
        )


def _is_contact(name: str) -> bool:
    """An address or a handle, or a number: of five digits at least and no letter."""
    return "@" in name or (sum(map(str.isdigit, name)) >= _LEAST_DIGITS and not any(map(str.isalpha, name)))


def _is_name(surface: str) -> bool:
    """Written as a name: with a capital, or in a script that has none."""
    letter = next((one for one in reversed(surface.split()) for one in one if one.isalpha()), "")
    return not letter.islower()


def _has_case(word: str) -> bool:
    return word.upper() != word


def _bounded(words: list[str], form: str) -> str:
    """`form` where no letter or digit goes on on either side, in scripts that have blanks between words."""
    before = "" if has_no_blanks(words[0][0]) else r"(?<![^\W_])"
    after = "" if has_no_blanks(words[-1][-1]) or words[-1] == "." else r"(?![^\W\d_])"
    return f"{before}{form}{after}"


def replaced(text: str, places: Iterable[tuple[int, int, str]]) -> str:
    """`text` with other texts in some places `(start, end, text)`, sorted and disjoint."""
    return "".join(_pieces(text, places))


def _pieces(text: str, places: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    last = 0
    for start, end, other in places:
        yield text[last:start]
        yield other
        last = end
    yield text[last:]
