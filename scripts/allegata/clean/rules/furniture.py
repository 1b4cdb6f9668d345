"""Site furniture: share bars, menus, advertisement marks, credits, copyright lines, logos, badges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from allegata.clean.page import Hit, Page
from allegata.clean.rules.menus import ends_in_a_figure, is_menu, is_trail, title_place
from allegata.text.blocks import looks_like_heading
from allegata.text.normal import for_matching, narrow
from allegata.text.words import Words

NAME = "furniture/7"
_NUMBERED = re.compile(r"§|\d+[.:)]")  # a clause of a text, a programme of the day

BELOW_THE_END = "below the end"  # a sign of a hit: nothing but its place says so
_MOST_WORDS = 45
_CREDIT_WORDS = 30
_NOTICE_WORDS = 25
_ITEM_WORDS = 8  # of a line of shares
# "Credit: Where It Is Due" is a heading; a credit names few words.
_PROSE_CREDIT = re.compile(r"credits?:(?: \S+){6,}")
_MEASURE = re.compile(r": \d+(?:\.\d+)?[a-z]")  # of a list of what a thing has: "Video: 4K/30p"
_STRIP = " .!:"
_PART_OF_A_NAME = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*+\.?")  # "Anne-Marie", "J."
_TRAIL_SIGN = re.compile("[>»›/＞／]")  # as `is_trail` reads them, wide or not
_ARROW = re.compile(r"\S\s*[>›»]\s*\S")  # of a trail of pages


def find(page: Page) -> Iterator[Hit]:
    """Lines that are furniture from end to end, and short lines above the title that stand beside a menu."""
    title, menus = title_place(page), set[int]()
    found: dict[int, Hit] = {}
    for index in page.free():
        count = page.word_counts[index]
        line = page.folded[index].strip(_STRIP)
        if not line or count > _MOST_WORDS:
            continue
        if hit := _furniture(page, index, line, title, menus):
            found[index] = hit
    for index in page.free():
        if index != title and index not in found and (hit := _photographer(page, index, found)):
            found[index] = hit
    for index in range(min(title, len(page.blocks))):
        if index not in found and index not in page.taken and _beside_menu(page, index, menus):
            found[index] = Hit(index, index, "site_furniture", "a short line beside a menu, above the title")
    yield from (found[index] for index in sorted(found))


def _furniture(page: Page, index: int, line: str, title: int, menus: set[int]) -> Hit | None:
    words, count, block = page.words, page.word_counts[index], page.blocks[index]
    outside = page.outside(index)
    if words.pattern("advertisement", "lines").fullmatch(line):
        return Hit(index, index, "advertisement", f"advertisement mark {line[:60]!r}")
    if _advertises(page, index, line):
        return Hit(index, index, "advertisement", f"advertisement {line[:60]!r}")
    if words.pattern("sharing", "lines").fullmatch(line) or (_shares(words, line, count) and (count > 1 or outside)):
        return Hit(index, index, "site_furniture", f"share or navigation line {line[:60]!r}")
    if words.pattern("navigation", "lines").fullmatch(line) and (count > 1 or outside):
        return Hit(index, index, "site_furniture", f"share or navigation line {line[:60]!r}")
    if outside and words.pattern("navigation", "single").fullmatch(line):
        return Hit(index, index, "site_furniture", f"navigation word {line[:60]!r}")
    trail = _TRAIL_SIGN.search(block.text) and is_trail(_cased(block.text), words)
    if trail or is_menu(page, index, beside=index < title):
        menus.add(index)
        return Hit(index, index, "site_furniture", f"menu or trail of pages {line[:60]!r}")
    if outside and count > 1 and not _NUMBERED.match(line) and _tiled(words).fullmatch(line):
        return Hit(index, index, "site_furniture", f"menu {line[:60]!r}")
    if _is_copyright(words, line) and not page.quotes(index):
        return Hit(index, index, "site_furniture", f"copyright line {line[:60]!r}")
    if (
        count <= _CREDIT_WORDS
        and not (index == title and words.pattern("teasers", "headline_labels").match(line))  # "Video: …"
        and not block.ends_sentence
        and not _PROSE_CREDIT.match(line)
        and not _MEASURE.search(line)
        and _credit(words.languages).fullmatch(line)
        and not page.quotes(index)
    ):
        return Hit(index, index, "credit", f"credit line {line[:60]!r}")
    return None


def _photographer(page: Page, index: int, found: Mapping[int, Hit]) -> Hit | None:
    """A line "Foto Jana Kos" directly beside furniture; elsewhere it may be a subheading: "Foto Museum Rotterdam"."""
    # Below the mark of an advertisement such a line may be the article again.
    reasons = (
        page.taken.get(line) or (found[line].reason if line in found else None) for line in (index - 1, index + 1)
    )
    beside = any(reason not in (None, "advertisement") for reason in reasons)
    if not beside or not _names_a_photographer(page.words, page.blocks[index].text):
        return None
    return Hit(index, index, "credit", f"whose picture it is {page.folded[index][:60]!r}")


def _cased(text: str) -> str:
    """The line in lower case with its arrows, which `folded` reads as quotation marks."""
    return " ".join(narrow(text).casefold().split())


def _tiled(words: Words) -> re.Pattern[str]:
    return words.tiles(("navigation", "items", "lines"), ("sharing", "items"))


def _shares(words: Words, line: str, count: int) -> bool:
    return count <= _ITEM_WORDS and bool(words.tiles(("sharing", "items")).fullmatch(line))


def _advertises(page: Page, index: int, line: str) -> bool:
    block = page.blocks[index]
    labelled = _labelled(page.words.languages).fullmatch(line) and not block.text.endswith(".")
    short = page.word_counts[index] <= _NOTICE_WORDS and '"' not in line and not block.bullet
    noticed = short and page.words.finder("advertisement", "notices").search(line)
    return bool(labelled or noticed) and not page.quotes(index)


@cache
def _labelled(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{Words(languages).source('advertisement', 'labels')}) ?[:.-] .{{1,120}}")


@cache
def _credit(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = Words(languages)
    label = words.source("credit", "labels")
    # A caption may stand in front of its credit; an agency may stand for one.
    return re.compile(
        rf"(?:.{{0,160}}[.)] )?[(\[]?(?:{label})(?: \d+)?\.? ?[:/©] ?\S.{{0,100}}|(?:{label})\. \S.{{0,80}}|\((?:{label}) \S.{{0,60}}\)|"
        rf"(?:{words.source('credit', 'by')}) \S.{{0,100}}|"
        rf"(?:.{{0,90}}[/|(·,-] ?)?(?:{words.source('credit', 'agencies')})\)?|"
        rf"[(\[]?© ?(?!.{{0,60}}(?:{words.source('copyright', 'marks')})\b.{{0,40}}(?:19|20)\d\d)[^\d]{{2,60}}"
    )


def _names_a_photographer(words: Words, text: str) -> bool:
    """True for "Foto Jana Kos": a word for a picture and a name, without a mark between. English and German have titles
    and nouns of that form."""
    label, _, name = text.partition(" ")
    parts = name.split()
    named = len(parts) in (2, 3) and all(part[0].isupper() and _PART_OF_A_NAME.fullmatch(part) for part in parts)
    return named and for_matching(label) in words.entry_set("credit", "names")


def _is_copyright(words: Words, line: str) -> bool:
    marks = _copyright(words.languages)
    return bool(marks.match(line)) and len(line) <= 240


@cache
def _copyright(languages: tuple[str, ...]) -> re.Pattern[str]:
    marks = Words(languages).source("copyright", "marks")
    return re.compile(
        rf"(?:{marks}|© ?(?:19|20)\d\d|© .{{0,60}}\b(?:19|20)\d\d|\(c\) (?:19|20)|copyright (?:©|\(c\)|(?:19|20)\d\d))"
    )


def _beside_menu(page: Page, index: int, menus: set[int]) -> bool:
    """True for a name of a site: no sentence, a menu below it, or above and furniture or nothing below."""
    if page.word_counts[index] > _ITEM_WORDS or page.blocks[index].ends_sentence:
        return False
    return index + 1 in menus or (index - 1 in menus and bool(_ARROW.search(page.blocks[index].text)))


def find_remains(page: Page) -> Iterator[Hit]:
    """What is left over below the article.

    Nothing of an article stands below its second copy or its reference list; and short lines directly above a
    second copy belong to the furniture between the two. Else: furniture by its words, now that the article's end is
    known; menus of any words; and short lines that are no sentence, after the last prose, with taken blocks above them
    and taken blocks (or the end) below. Up to three words are a logo or badge, more are a headline of another page.
    """
    over = _article_over(page)
    for index in page.free():
        if over is not None and index > over[1]:
            evidence = f"below the {page.taken[over[1]]} that ends the article"
            yield Hit(index, index, "site_furniture", evidence, sign=BELOW_THE_END)
        elif over is not None and index == over[0] - 1 and _is_fragment(page, index):
            yield Hit(index, index, "site_furniture", "between the two copies of the article")
    end = len(page.blocks) if over is None else over[0]
    free = [index for index in page.free() if index < end - 1 and (not page.prose or index > page.prose[-1])]
    later = [hit for hit in (_late(page, index) for index in free) if hit]
    yield from later
    page = page.without(later)
    run: list[int] = []
    for index in [*(index for index in free if index not in page.taken), len(page.blocks) + 1]:
        if run and index != run[-1] + 1:
            yield from _between(page, run)
            run = []
        run.append(index)


def _late(page: Page, index: int) -> Hit | None:
    line = page.folded[index].strip(_STRIP)
    if not page.prose or not line or page.word_counts[index] > _MOST_WORDS:
        return None
    if hit := _furniture(page, index, line, 0, set()) or _photographer(page, index, {}):
        return hit
    if page.neighbour_taken(index) and is_menu(page, index, beside=True):
        return Hit(index, index, "site_furniture", f"menu below the article {line[:60]!r}")
    return None


def _article_over(page: Page) -> tuple[int, int] | None:
    """First and last block of the second copy or of the reference list, if the article ends with one.

    A second copy ends the article if it is at least half as long as what stays above it.
    """
    ends = [index for index, reason in page.taken.items() if reason in ("repetition", "reference_list")]
    if not ends:
        return None
    first, last = min(ends), max(ends)
    above = sum(page.word_counts[index] for index in page.free() if index < first)
    below = sum(page.word_counts[index] for index in page.free() if index > last)
    copied = sum(page.word_counts[index] for index in ends)
    lists = any(page.taken[index] == "reference_list" for index in ends)
    return (first, last) if (lists or 2 * copied >= above) and 2 * below <= above else None


def _is_fragment(page: Page, index: int) -> bool:
    return page.word_counts[index] <= 5 and not page.blocks[index].ends_sentence and not page.blocks[index].bullet


def _between(page: Page, run: list[int]) -> Iterator[Hit]:
    above, below = run[0] - 1, run[-1] + 1
    if above not in page.taken or (below not in page.taken and below != len(page.blocks)):
        return
    if not all(looks_like_heading(page.blocks[index]) for index in run):
        return
    if sum(ends_in_a_figure(page.blocks[index].text) for index in run) > 1:  # the rows of a table
        return
    for index in run:
        few = page.word_counts[index] <= 3
        reason = "site_furniture" if few else "related_teaser"
        yield Hit(index, index, reason, f"line between {page.taken[above]} and {page.taken.get(below, 'the end')}")
