"""The day of publication of a page: what its head, its JSON-LD and the lines below its headline state.

Never the day of an update, of a comment or of another article, and no number of its address, while the page states it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from allegata.ingest.page_head import PageHead
from allegata.text.dates import announces_update, is_date_line, publication_day, says_published, without_dates
from allegata.text.words import languages

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_METAS = [
    "article:published_time",
    "og:published_time",
    "article:published",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published",
    "published-date",
    "date-published",
    "publication_date",
    "publication-date",
    "date_published",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.issued",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "rnews:datepublished",
    "cxenseparse:recs:publishtime",
    "dc.date.created",
    "dcterms.created",
    "datecreated",
    "dc.date",
    "dcterms.date",
    "date",
]
_ISO = re.compile(r"\s*(?P<y>(?:19|20)\d\d)(?P<mark>[-/.]?)(?P<m>\d\d?)(?P=mark)(?P<d>\d\d?)(?!\d)")
_IN_ADDRESS = re.compile(r"/(?P<y>(?:19|20)\d\d)(?P<mark>[/-])(?P<m>\d\d?)(?P=mark)(?P<d>\d\d?)(?=[/-])")
_UPDATE_MARKS = re.compile(r"updat|modif|revis", re.IGNORECASE)
_PUBLISHED_MARKS = re.compile(
    r"(?:^|[\s_-])(?:published|dt-published|pubdate|publish(?:ed)?-?date|entry-date)(?=$|[\s_-])", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_OTHERS = re.compile("comment|related|footer|recommend|sidebar|widget|card|teaser")
_DATE_BOX = re.compile(r"(?:^|[\s_-])(?:date|dateline|datum|fecha|data|posted|pubdate|time)(?=$|[\s_-])")
# 1970-01-01 and the like are what an empty field becomes.
_EPOCHS = ("1970-01-01", "1969-12-31", "1900-01-01", "2000-01-01")
_LONGEST_LINE, _HEAD_WORDS, _MOST_MARKED, _MOST_LINES = 100, 8, 20, 5_000
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "؟")


def day_of_publication(head: PageHead, latest: str) -> tuple[str, str] | None:
    """The day (YYYY-MM-DD) and where it is stated: meta, json-ld, text or url. None after `latest`, or where nothing
    states one."""
    visible = _visible(head)
    stated = [
        *((day, "json-ld") for text in head.linked.published if (day := machine_day(text))),
        *((day, "meta") for text in head.stated(*_METAS) if (day := machine_day(text))),
        *((day, "text") for day in _marked(head)),
    ]
    stated = [(day, source) for day, source in stated if day <= latest and day not in _EPOCHS]
    if stated:
        return next(((day, source) for day, source in stated if day == visible), stated[0])
    others = [*([visible] if visible else []), *_below_headline(head), *_above_headline(head), *_labelled(head)]
    for day in others:
        if day <= latest:
            return day, "text"
    if (match := _IN_ADDRESS.search(head.address or "")) and (day := _valid(match)) and day <= latest:
        return day, "url"
    return None


def machine_day(text: str) -> str | None:
    """The day of a machine-readable date or of a text that states one."""
    match = _ISO.match(text)
    if match and (day := _valid(match)):
        return day
    found = publication_day([text])
    return found[0] if found else None


def _valid(match: re.Match[str]) -> str | None:
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
    except ValueError:
        return None


def _visible(head: PageHead) -> str | None:
    """The one day that the lines below the headline state."""
    lines: list[str] = []
    above = ""
    for block in head.below_headline:
        line = head.page.source_text[block.start : block.end]
        if (
            len(line) <= 2 * _LONGEST_LINE
            and not announces_update(above)
            and not _UPDATE_MARKS.search(block.marks.rpartition("/")[2])
        ):
            lines.append(line)
        above = line
    found = publication_day([line for line in lines if is_date_line(line)] or filter(_is_of_the_head, lines))
    return found[0] if found else None


def _is_of_the_head(line: str) -> bool:
    """False for a line that tells something: a sentence, or many words beside a date."""
    return (
        not line.rstrip().endswith(_SENTENCE_ENDS) and len(without_dates(line, " ", languages()).split()) <= _HEAD_WORDS
    )


def _says_published(element: HtmlElement, marks: str) -> bool:
    if "datepublished" in marks or element.get("pubdate") is not None:
        return True
    others = marks.replace("published", "")
    return element.tag == "time" and bool(_PUBLISHED_MARKS.search(marks)) and not _UPDATE_MARKS.search(others)


def _marked(head: PageHead) -> Iterator[str]:
    """The days of elements that say that they are the day of publication."""
    marked = (element for element, marks in head.named if _says_published(element, marks))
    for element in islice(marked, _MOST_MARKED):
        if head.is_of_others(element):
            continue
        text = element.get("datetime") or element.get("content") or str(element.text_content())
        if day := machine_day(text[:_LONGEST_LINE]):
            yield day


def _below_headline(head: PageHead) -> Iterator[str]:
    """The day of the first `<time>` between the headline and the first paragraph."""
    for element in head.elements:
        if element.tag != "time" or _is_update(element) or _is_in_a_sentence(element) or head.is_of_others(element):
            continue
        if day := machine_day((element.get("datetime") or str(element.text_content()))[:_LONGEST_LINE]):
            yield day
            return


def _above_headline(head: PageHead) -> Iterator[str]:
    """The day of the lines above the headline that are a date and nothing else."""
    lines = [head.page.source_text[block.start : block.end] for block in head.above_headline]
    if found := publication_day(line for line in lines if is_date_line(line)):
        yield found[0]


def _is_update(element: HtmlElement) -> bool:
    marks = " ".join(one.get("class") or "" for one in (element, element.getparent()) if one is not None)
    if _UPDATE_MARKS.search(marks):
        return True
    above, parent = element.getprevious(), element.getparent()
    before = (above.tail or "").strip() or str(above.text_content()) if above is not None else ""
    return announces_update(before or (parent.text or "" if parent is not None else ""))


def _is_in_a_sentence(element: HtmlElement) -> bool:
    paragraph = next(element.iterancestors("p", "li", "blockquote"), None)
    return paragraph is not None and not _is_of_the_head(" ".join(str(paragraph.text_content()).split()))


def _labelled(head: PageHead) -> Iterator[str]:
    """The day of the one line of the page that says it is that of publication ("Published: 14 February 2019"), else of
    the one that stands in a box for a date."""
    said, boxed = [], []
    above = ""
    for block in islice(head.page.blocks, _MOST_LINES):
        if block.end - block.start > _LONGEST_LINE:
            continue
        line = head.page.source_text[block.start : block.end]
        if (
            _YEAR.search(line)
            and not _OTHERS.search(block.marks)
            and is_date_line(line)
            and not announces_update(above)
        ):
            if says_published(line):
                said.append(line)
            elif _DATE_BOX.search(block.marks.rpartition("/")[2]):
                boxed.append(line)
        above = line
    for lines in (said, boxed):
        if found := publication_day(lines):
            yield found[0]
            return
