"""Bylines, dates, reading times and generation notices, also where a page glued them into one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from allegata.clean.page import Hit, Page
from allegata.clean.rules.copied import LABEL
from allegata.clean.rules.line_dates import DIGIT, MARKS, TIME, fragment, has_date, marks
from allegata.clean.rules.menus import title_place
from allegata.text.blocks import looks_like_heading
from allegata.text.normal import letters_only, unquoted
from allegata.text.script_words import has_no_blanks
from allegata.text.words import Words

NAME = "head_matter/6"
HEAD_REASONS = {"byline", "dateline", "generation_notice", "ticker"}

_REST = re.compile(r"[\s,|·•・/()\[\]:;.@>*—–\-]*")
_PLACE_MARK = re.compile(r"[|·•–—]|-(?= )|\d:\d\d|\d\.\d\d(?!\d)")
# What a page glued together: "AI AgentHarrison Brooks", "BravoTuesday", "ET1min read".
_GLUE = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z]{2})(?=\d)")
_NAMES_IN_A_ROW = 4
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[-'’.](?=[^\W_]))*\.?|\S")
_MOST_WORDS = 30
_NAME_WORDS = 8
_LEAST_LETTERS, _NAME_LETTERS = 3, 8  # of a name in one word, written without blanks
_BYLINE_WORDS = 20
_DATE_WORDS = 8
_MOST_DATES = 3
_BEFORE_CUE = 3  # words and marks that are no date
_SENTENCE_WORDS = 12  # of a line of metadata with a full stop
_HANDLE = re.compile(r"(?:[Bb]y|[Pp]osted by) [\w.@-]+(?: [\w.-]+){0,3}")


@cache
def _cue(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    return re.compile(rf"(?:{words.source('byline', 'cues')})(?=[\s:])\s*:?\s*", re.IGNORECASE)


@cache
def _role(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:[\w-]+ )??(?:{Words(languages).source('byline', 'roles')})", re.IGNORECASE)


def find(page: Page) -> Iterator[Hit]:
    """Lines that hold nothing but metadata: what is left of them after its fragments is punctuation, names and roles.

    A line with a date alone may be the heading of a timeline; so dates count only near the head, after the
    article, or with a mark of publication ("Updated", "5 min read"), and bare ones only if there is one of them. More
    than `_MOST_DATES` below the first prose are those of a list: of events, of messages.
    """
    bare = {index for index in page.free() if _is_bare_date(page, index)}
    hits = list(_hits(page, bare))
    below = [hit for hit in hits if hit.reason == "dateline" and page.prose and hit.first > page.prose[0]]
    listed = [hit for hit in below if not page.neighbour_taken(hit.first)] if len(below) > _MOST_DATES else []
    yield from (hit for hit in hits if hit not in listed)


def _hits(page: Page, bare: set[int]) -> Iterator[Hit]:
    for index in page.free():
        block, count = page.blocks[index], page.word_counts[index]
        if count > _MOST_WORDS or not page.folded[index]:
            continue
        if notice := _generation_notice(page, index):
            yield Hit(index, index, "generation_notice", notice)
        elif len(bare) > 1 and index in bare and not page.neighbour_taken(index):
            continue
        elif reason := _metadata(page, index):
            yield Hit(
                index, index, reason, f"nothing but {'dates' if reason == 'dateline' else 'names'}: {block.text[:80]!r}"
            )


def _is_bare_date(page: Page, index: int) -> bool:
    """True for a date below the first prose, without a time or a mark of publication: a heading of a timeline."""
    if page.word_counts[index] > _DATE_WORDS or not (page.prose and index > page.prose[0]):
        return False
    text, names = unquoted(page.blocks[index].text), page.words.languages
    if not has_date(page, index, text) or marks(names).search(text):
        return False
    return not re.search(TIME, text, re.IGNORECASE) and bool(_REST.fullmatch(fragment(names).sub(" ", text)))


def _metadata(page: Page, index: int) -> str | None:
    """`dateline`, `byline`, or None for a line that says more than that."""
    head = page.in_head(index)
    outer = head or page.in_tail(index) or _agency_credit(page, index)
    if not outer and not DIGIT.search(page.blocks[index].text):
        return None
    may_be_marked = page.words.finder("dates", *MARKS).may_find(page.folded[index])
    if not outer and not may_be_marked:
        return None
    text, names = _unglued(page, index), page.words.languages
    marked = may_be_marked and bool(marks(names).search(text))
    dated = (outer or marked) and has_date(page, index, text)
    if not outer and not (marked and dated):
        return None
    rest = fragment(names).sub(" ", text) if dated else text
    if dated and _REST.fullmatch(rest):
        return "dateline"
    cue = _cue(page.words.languages)
    names_left = (_names(page, rest) or _names(page, cue.sub(" ", rest))) if dated and head else []
    caseless = any(map(_is_caseless, names_left))  # names do not stand out there
    if names_left and (marked or (cue.match(text) if caseless else len(names_left) > 1 or _PLACE_MARK.search(text))):
        return "dateline"  # a name may be glued to the date: "Alfa BravoTuesday, Jan 21, 2025"
    sentence = page.blocks[index].ends_sentence and not page.blocks[index].text.endswith((")", "…"))
    if sentence and (page.word_counts[index] > _SENTENCE_WORDS or not (dated or marked)):
        return None
    if _is_byline(page, index, text, dated=dated, marked=marked):
        return "dateline" if dated else "byline"
    if head and not sentence and _is_name_and_role(page, index):
        return "byline"
    desk = page.words.pattern("byline", "desks").fullmatch(page.folded[index].strip(" .:"))
    if desk and (head or page.neighbour_taken(index)):
        return "byline"
    return None


def _unglued(page: Page, index: int) -> str:
    return _GLUE.sub(" ", unquoted(letters_only(page.blocks[index].text)))


def _agency_credit(page: Page, index: int) -> bool:
    """True for "Reporting by …; Editing by …", which stands anywhere."""
    return bool(page.words.pattern("byline", "agency").match(page.folded[index]))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _names(page: Page, rest: str) -> list[str]:
    """The words of a line that is names, roles and punctuation, or none if it has another word."""
    particles = page.words.entry_set("byline", "particles", "joins")
    found: list[str] = []
    for token in _tokens(_role(page.words.languages).sub(" ", rest)):
        if not token[0].isalnum():
            if token not in ",|·•/()[].@&-–—":
                return []
        elif (token[0].isupper() or _is_caseless(token)) and (len(token) > 1 or found):
            found.append(token)
        elif token.casefold().rstrip(".") not in particles:
            return []
    rows = re.split(r"[^\w\s.'’-]", _role(page.words.languages).sub(" ", rest))
    longest = max((sum(not word[0].islower() for word in row.split()) for row in rows), default=0)
    if any(has_no_blanks(token[0]) and len(token) > _NAME_LETTERS for token in found):
        return []
    return found if len(found) <= _NAME_WORDS and longest <= _NAMES_IN_A_ROW else []


def _is_caseless(token: str) -> bool:
    """True for a word of a script without capitals."""
    return token[0].isalpha() and not token[0].isupper() and not token[0].islower()


def _is_byline(page: Page, index: int, text: str, *, dated: bool, marked: bool) -> bool:
    """A cue and a name of two words behind it, or of one beside a date; then at most three words that are no names."""
    if page.word_counts[index] > _BYLINE_WORDS or (page.words.pattern("teasers", "cues").match(page.folded[index])):
        return False
    cue = _cue(page.words.languages)
    match = cue.match(text)
    begun = match is not None
    glued = bool(_GLUE.search(page.blocks[index].text))
    if match is None and (dated or marked or glued):
        match = next(cue.finditer(text), None)
    if match is None:
        return False
    behind = text[match.end() :]
    if len(_tokens(fragment(page.words.languages).sub(" ", text[: match.start()]))) > _BEFORE_CUE:
        return False
    particles = page.words.entry_set("byline", "particles")
    name: list[str] = []
    for token in _tokens(behind):
        if token[0].isupper() or _is_caseless(token) or (name and token.casefold() in particles):
            name.append(token)
        else:
            break
    if not name or (len(name) < 2 and not dated and ":" not in match.group()):
        return False
    if any(map(_is_caseless, name)) and not (begun and len(name) <= _NAMES_IN_A_ROW):
        return False
    rest = fragment(page.words.languages).sub(" ", text[: match.start()] + " " + behind)
    rest = _role(page.words.languages).sub(" ", cue.sub(" ", rest))
    joins = page.words.entry_set("byline", "particles", "joins")
    others = [t for t in _tokens(rest) if t[0].islower() and t.casefold() not in joins]
    if begun and not dated:
        return len(others) <= 3 and _has_title_above(page, index)
    return len(others) <= 3


def _is_name_and_role(page: Page, index: int) -> bool:
    """True for "Greta Lund, Harbour Correspondent" below the title."""
    name, comma, role = unquoted(page.blocks[index].text).partition(",")
    languages = page.words.languages
    if not comma:  # a role may be glued to a name that is written without blanks
        name, role = _role(languages).sub("", name), name
        return has_no_blanks(role[0]) and _LEAST_LETTERS <= len(name) < len(role) <= 2 * _NAME_LETTERS
    named = 2 <= len(_names(page, name)) <= _NAMES_IN_A_ROW and not any(word[0].islower() for word in name.split())
    roles = len(role.split()) <= _NAMES_IN_A_ROW and _role(languages).search(role)
    return bool(named and roles) and _has_title_above(page, index)


def _has_title_above(page: Page, index: int) -> bool:
    """A title may begin like a byline ("By Popular Demand"): one above it says that this is none."""
    free = next((above for above in page.free() if page.word_counts[above] >= 2), index)
    return index == 0 or free < index


def find_notices(page: Page) -> Iterator[Hit]:
    """Generation notices that are at the end of the article now that comments and author boxes are gone."""
    for index in page.free():
        if notice := _generation_notice(page, index):
            yield Hit(index, index, "generation_notice", notice)


def find_names(page: Page) -> Iterator[Hit]:
    """Bare names of authors, and section labels or logos, among the head matter that other rules found; and the names
    beside those.

    A name (two to five capitalised words, perhaps with a trade) counts only beside head matter above the
    article's second block of prose; a logo or label is one or two words above the title.
    """
    if not page.prose:
        return
    found = list(_beside_head_matter(page))
    yield from found
    if found:
        yield from _beside_head_matter(page.without(found))


def _beside_head_matter(page: Page) -> Iterator[Hit]:
    label_ends, title = _label_end(page), title_place(page)
    for index in page.free():
        block = page.blocks[index]
        if not page.in_head(index):
            break
        if page.word_counts[index] > _NAME_WORDS:
            continue
        beside = {page.taken.get(index - 1), page.taken.get(index + 1)} & HEAD_REASONS
        names = _names(page, _unglued(page, index)) if beside and index != title and not block.ends_sentence else []
        alone = len(names) == 1 and has_no_blanks(names[0][0]) and len(names[0]) >= _LEAST_LETTERS
        if (
            alone
            or (len(names) >= 2 and (_has_title_above(page, index) or _role(page.words.languages).search(block.text)))
            or (beside and _HANDLE.fullmatch(block.text))
        ):
            yield Hit(index, index, "byline", f"a name beside {' and '.join(sorted(map(str, beside)))}")
        elif page.word_counts[index] <= 2 and index < label_ends and _is_label(page, index):
            yield Hit(index, index, "site_furniture", "one or two words above the title", sign=LABEL)


def _is_label(page: Page, index: int) -> bool:
    return index == 0 or index + 1 in page.taken or index - 1 not in page.taken


def _label_end(page: Page) -> int:
    """Where the labels above the title end: at the title of a web page, else at the first longer line, if that has the
    shape of a title, else 0."""
    titles = [index for index, reason in page.taken.items() if reason == "title"]
    if titles:
        return min(titles)
    free = [index for index in page.free() if page.word_counts[index] > 2]
    if not free or page.word_counts[free[0]] < 4 or not looks_like_heading(page.blocks[free[0]]):
        return 0
    return free[0]


def _generation_notice(page: Page, index: int) -> str | None:
    line, block = page.folded[index].rstrip(" .!"), page.blocks[index]
    if page.word_counts[index] > 25 or not (page.in_head(index) or page.in_tail(index)):
        return None
    says = page.words.pattern("notice", "generated").fullmatch(line)
    label = not block.ends_sentence and page.words.pattern("notice", "labels").fullmatch(line)
    if not (says or label) or page.quotes(index) or page.words.pattern("speech", "admitting").search(line):
        return None  # or an article about such a text
    return f"says how it was made: {line[:80]!r}"
