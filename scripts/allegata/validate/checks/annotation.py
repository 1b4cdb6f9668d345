"""Checks of what the annotation of one article says: claimers, attributions, dates and times."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from allegata.schema.labels import AUTHOR, UNNAMED
from allegata.text.edtf import NO_DAY, NO_WEEK, edtf_fault, is_in_calendar, is_week
from allegata.text.sentence_ends import ends_as_sentence
from allegata.validate.checks.finding import Finding, about_table, where
from allegata.validate.lookups import Lookups
from allegata.validate.rows import integers, texts

# TIMEX3 values (ISO 8601 and the extensions of TIDES 2003), by type. X stands for what is not known.
_YEAR = r"(?:\d{4}|\d{3}X|\d{2}XX|XXXX)"
_MONTH = r"(?:0[1-9]|1[0-2]|XX)(?:-(?:0[1-9]|[12]\d|3[01]|XX))?"
_PART_OF_YEAR = rf"{_MONTH}|W(?:0[1-9]|[1-4]\d|5[0-3]|XX)|Q[1-4X]|H[12X]|SP|SU|FA|WI"
_DAY = rf"{_YEAR}(?:-(?:{_PART_OF_YEAR}))?"
_CLOCK = r"T(?:(?:[01]\d|2[0-3]|XX|MO|MI|AF|EV|NI|DT)(?::[0-5]\d(?::[0-5]\d)?)?|24(?::00(?::00)?)?)"
_PERIOD = r"P(?=[\dXT])(?:(?:\d+|X)(?:Y|M|W|D|DE|CE))*(?:T(?:(?:\d+|X)[HMS])+)?"
# The day, or the week, that a value names.
_NAMED = re.compile(rf"({_YEAR})-(?:(\d\d|XX)-(\d\d|XX)|W(\d\d))")
_TIMEX = {
    "DATE": re.compile(rf"{_DAY}|(?:PAST|PRESENT|FUTURE)_REF|\d{{2,3}}"),
    "TIME": re.compile(rf"(?:{_DAY})?{_CLOCK}"),
    "DURATION": re.compile(_PERIOD),
    "SET": re.compile(rf"{_PERIOD}|{_DAY}(?:{_CLOCK})?"),
}


def end_in_full_stop(rows: pa.Table, corpus: Lookups, *, column: str) -> list[Finding]:
    """The text is a sentence: it ends with a full stop or another mark that ends a sentence."""
    bad = [value is not None and not ends_as_sentence(value) for value in texts(rows, column).to_pylist()]
    return where(np.array(bad, dtype=np.bool_), f"its {column} does not end with a full stop")


def be_edtf(rows: pa.Table, corpus: Lookups, *, column: str) -> list[Finding]:
    """Every value is a date in the Extended Date/Time Format (ISO 8601-2:2019) that the calendar has."""

    def fault(value: str) -> str | None:
        what = edtf_fault(value)
        return f"its {column} {value!r} {what}" if what else None

    return _objections(texts(rows, column).to_pylist(), fault)


def be_timex(rows: pa.Table, corpus: Lookups, *, value: str, type: str) -> list[Finding]:
    """Every value is well-formed for the type of its row (TIMEX3), and the calendar has the day and the week that it
    names. Of another type nothing is known."""
    pairs = zip(texts(rows, value).to_pylist(), texts(rows, type).to_pylist(), strict=True)

    def fault(pair: tuple[str, str]) -> str | None:
        text, kind = pair
        pattern = _TIMEX.get(kind)
        if pattern and not pattern.fullmatch(text):
            return f"its {value} {text!r} is no TIMEX3 value of a {kind}"
        if pattern and (named := _NAMED.match(text)):
            year, month, day, week = named.groups()
            if not (is_week(year, week) if week else is_in_calendar(year, month, day)):
                return f"its {value} {text!r} {NO_DAY if day else NO_WEEK}"
        return None

    return _objections((None if text is None else (text, kind) for text, kind in pairs), fault)


def match_time_mentions(rows: pa.Table, corpus: Lookups, *, start: str, end: str, label: str) -> list[Finding]:
    """Every mention with a label that the scheme gives a time (`with-time`) has exactly one row with its span, and
    every row has such a mention."""
    labels = corpus.scheme.role("mention", "label", "with-time")
    if not labels:
        return []
    entities = corpus.table("entities")
    wanted = [
        (article, first, last)
        for article, first, last, kind in zip(
            corpus.article_numbers(texts(entities, "article_id")).tolist(),
            integers(entities, "start").tolist(),
            integers(entities, "end").tolist(),
            texts(entities, label).to_pylist(),
            strict=True,
        )
        if kind in labels
    ]
    mentioned = set(wanted)
    spans = list(
        zip(*(integers(rows, name).tolist() for name in ("article", start, end)), strict=True),
    )
    counts = Counter(spans)
    either = " or ".join(labels)
    found = [
        *where(np.array([span not in mentioned for span in spans], np.bool_), f"no {either} mention has its span"),
        *where(np.array([counts[span] > 1 for span in spans], np.bool_), "another time expression has the same span"),
    ]
    for number, first, last in sorted(mentioned - counts.keys()):
        quote = corpus.text(number, "text")[first:last] if number >= 0 else ""
        article = corpus.article_ids[number].as_py() if number >= 0 else "an unknown article"
        found.append(about_table(f"the mention “{quote}” [{first},{last}) of {article} has no time expression"))
    return found


def follow_attribution(rows: pa.Table, corpus: Lookups, *, attribution_id: str, claimer_id: str) -> list[Finding]:
    """A claim that has an attribution is made by the source of it and overlaps the content of it; one without names its
    claimer alone. `rows` are the claims, in the order of their table."""
    attributions = {row["attribution_id"]: row for row in corpus.table("attributions").to_pylist()}
    segments = corpus.table("claims")["segments"].to_pylist()
    article_ids = corpus.table("claims")["article_id"].to_pylist()
    pairs = zip(
        texts(rows, attribution_id).to_pylist(), texts(rows, claimer_id).to_pylist(), segments, article_ids, strict=True
    )
    masks: dict[str, list[int]] = {}
    for number, (attribution, claimer, pieces, article) in enumerate(pairs):
        if attribution is None:
            what = None
        elif attribution not in attributions:
            what = f"its {attribution_id} is not among the attributions"
        elif attributions[attribution]["article_id"] != article:
            what = f"its {attribution_id} is of another article"
        elif (attributions[attribution]["source_id"] or UNNAMED) != claimer:
            what = f"its {claimer_id} is not the source of its attribution"
        elif not any(
            piece["start"] < part["end"] and part["start"] < piece["end"]
            for piece in pieces
            for part in attributions[attribution]["content"]
        ):
            what = "the content of its attribution stands elsewhere"
        else:
            what = None
        if what:
            masks.setdefault(what, []).append(number)
    return [Finding(np.array(numbers, np.int64), what) for what, numbers in masks.items()]


def have_chains(rows: pa.Table, corpus: Lookups, *, chain: str, claimer_id: str) -> list[Finding]:
    """The chain of a claim begins with the author, ends with the claimer, and every link is a known entity.
    `rows` are the claims, in the order of their table."""
    chains = corpus.table("claims")[chain].to_pylist()
    claimers = texts(rows, claimer_id).to_pylist()
    known = corpus.entity_ids | {AUTHOR, UNNAMED}
    lists = [links or [] for links in chains]
    return [
        *where(_mask(links[:1] != [AUTHOR] for links in lists), f"its {chain} does not begin with {AUTHOR}"),
        *where(
            _mask(links[-1:] != [claimer] for links, claimer in zip(lists, claimers, strict=True)),
            f"its {chain} does not end with its {claimer_id}",
        ),
        *where(_mask(not known.issuperset(links) for links in lists), f"its {chain} has an unknown entity"),
    ]


def lie_inside_one_sentence(rows: pa.Table, corpus: Lookups, *, start: str, end: str) -> list[Finding]:
    """Some sentence of the article holds the whole span: a piece may stand in another sentence than its row."""
    sentences = corpus.sentences
    known = sentences.article >= 0
    article = integers(rows, "article")
    first = corpus.on_line(sentences.article[known], sentences.start[known], "text")
    last = corpus.on_line(sentences.article[known], sentences.end[known], "text")
    order = np.argsort(first, kind="stable")
    first, last = first[order], last[order]
    mask = article >= 0
    if not len(first):
        return where(mask, "no sentence holds it")
    begin = corpus.on_line(article[mask], integers(rows, start)[mask], "text")
    stop = corpus.on_line(article[mask], integers(rows, end)[mask], "text")
    home = np.searchsorted(first, begin, side="right") - 1
    mask[mask] = (home < 0) | (stop > last[np.maximum(home, 0)])
    return where(mask, "it reaches beyond its sentence")


def be_derived_flag(rows: pa.Table, corpus: Lookups, *, flag: str, of: str) -> list[Finding]:
    """`flag` is true exactly where `of`, an attribute of claims, has a value that is `worthy` by the scheme, and null
    where it is null. `rows` are the claims, in the order of their table."""
    if not corpus.scheme.has("claim", of):
        return []
    worthy = corpus.scheme.role("claim", of, "worthy")
    flags, values = (corpus.table("claims")[name].to_pylist() for name in (flag, of))
    return where(
        _mask(given is not (None if v is None else v in worthy) for given, v in zip(flags, values, strict=True)),
        f"its {flag} does not follow from its {of}",
    )


def count_passes(rows: pa.Table, corpus: Lookups, *, passes: str, marked: str, soft_labels: str) -> list[Finding]:
    """`marked` counts the `passes` with exactly the span of the claim; none of them gives a label where nobody looked.
    `rows` are the claims, in the order of their table."""
    lists, counts, labels = (corpus.table("claims")[name].to_pylist() for name in (passes, marked, soft_labels))
    wrong = [
        bool(having) if count is None else count != sum(one["same_span"] for one in having)
        for having, count in zip(lists, counts, strict=True)
    ]
    more = [any(label["passes"] > len(having) for label in given) for having, given in zip(lists, labels, strict=True)]
    return [
        *where(_mask(wrong), f"its {marked} does not count its {passes} that have the same span"),
        *where(_mask(more), f"one of its {soft_labels} has more votes than it has {passes}"),
    ]


def _mask(values: Iterable[bool]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.fromiter(values, dtype=np.bool_)


def _objections(values: Iterable[Any], fault: Callable[[Any], str | None]) -> list[Finding]:
    """One finding for every distinct objection of `fault`, which is asked once a value; None passes."""
    asked = cache(fault)
    rows: dict[str, list[int]] = {}
    for number, value in enumerate(values):
        if value is not None and (what := asked(value)):
            rows.setdefault(what, []).append(number)
    return [Finding(np.array(numbers, np.int64), what) for what, numbers in rows.items()]
