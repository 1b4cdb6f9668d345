"""Checks of whole articles: every code point accounted for, repetitions repeat, citations resolve."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.labels import LIFTED_FIELDS
from allegata.text.citation_markers import cited
from allegata.text.normal import normalise
from allegata.text.tag_lists import is_tag_list
from allegata.validate.checks.finding import Finding, where
from allegata.validate.lookups import Lookups
from allegata.validate.rows import MISSING, column, integers, texts, unnest


def be_accounted_for(rows: pa.Table, corpus: Lookups) -> list[Finding]:
    """Kept intervals and removals together cover the source text once, without a gap or an overlap."""
    article, lengths = integers(rows, "article"), corpus.lengths("source_text")
    kept, removed = corpus.kept, corpus.removals
    owner = np.concatenate((kept.article, removed.article))
    starts = np.concatenate((kept.start, removed.start))
    ends = np.concatenate((kept.end, removed.end))
    order = np.lexsort((ends, starts, owner))
    owner, starts, ends = owner[order], starts[order], ends[order]
    follows = np.concatenate(([False], owner[1:] == owner[:-1])) if len(owner) else np.empty(0, dtype=np.bool_)
    expected = np.where(follows, np.concatenate(([0], ends[:-1]))[: len(owner)], 0)
    last = np.concatenate((~follows[1:], [True])) if len(owner) else follows
    reach = np.zeros(len(lengths), dtype=np.int64)
    reach[owner[last]] = ends[last]
    gap = np.zeros(len(lengths), dtype=np.bool_)
    gap[owner[starts > expected]] = True
    gap |= reach < lengths
    twice = np.zeros(len(lengths), dtype=np.bool_)
    twice[owner[(starts < expected) | (ends > lengths[owner])]] = True
    return [
        *where(gap[article], "a part of its source text is neither kept nor removed"),
        *where(twice[article], "a part of its source text is kept or removed twice, or lies outside of it"),
    ]


def be_projections(rows: pa.Table, corpus: Lookups) -> list[Finding]:
    """`text` is the kept intervals of `source_text` one after the other, at the offsets the map gives, and
    something is left."""
    article = integers(rows, "article").tolist()
    kept, clean = corpus.kept, corpus.kept_clean_starts
    first = np.searchsorted(kept.article, np.arange(len(corpus.article_ids) + 1))
    bad = np.zeros(len(article), dtype=np.bool_)
    for row, number in enumerate(article):
        runs = slice(first[number], first[number + 1])
        source, pieces, position = corpus.text(number, "source_text"), [], 0
        spans = zip(clean[runs].tolist(), kept.start[runs].tolist(), kept.end[runs].tolist(), strict=True)
        for start, source_start, source_end in spans:
            bad[row] |= start != position
            pieces.append(source[max(source_start, 0) : source_end])
            position += source_end - source_start
        bad[row] |= "".join(pieces) != corpus.text(number, "text")
    empty = corpus.lengths("text")[integers(rows, "article")] == 0
    return [
        *where(bad, "its text is not what its offset_map keeps of its source_text"),
        *where(empty, "its text is empty"),
    ]


def repeat(
    rows: pa.Table,
    corpus: Lookups,
    *,
    reason: str,
    surface: str,
    repeats_start: str,
    repeats_end: str,
) -> list[Finding]:
    """A repetition, and nothing else, names the source span it repeats, and both say the same.

    The same: after `normalise` (case, width, blanks), and without the marks around it.
    """
    article, quotes = integers(rows, "article").tolist(), texts(rows, surface)
    starts, ends = integers(rows, repeats_start), integers(rows, repeats_end)
    repetition = pc.fill_null(pc.equal(texts(rows, reason), "repetition"), False)
    repetition = repetition.to_numpy(zero_copy_only=False)
    has = (starts != MISSING) & (ends != MISSING)
    half = (starts != MISSING) != (ends != MISSING)
    differs = np.zeros(len(has), dtype=np.bool_)
    for row in np.flatnonzero(repetition & has).tolist():
        if article[row] >= 0:
            first = corpus.text(article[row], "source_text")[starts[row] : ends[row]]
            differs[row] = not first or _letters(first) != _letters(quotes[row].as_py() or "")
    return [
        *where(repetition & ~has, "it is a repetition that does not say what it repeats"),
        *where(~repetition & (has | half), "it is no repetition, but says that it repeats something"),
        *where(differs, "the span it repeats does not say the same"),
    ]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, normalise(text)))


def list_tags(rows: pa.Table, corpus: Lookups, *, tags: str) -> list[Finding]:
    """The list `tags` is there, and each of its items has a letter or digit, no outer blank, and stands once."""
    lists = column(corpus.table("articles"), tags).to_pylist()
    values = [lists[number] for number in integers(rows, "article").tolist()]
    null = np.array([value is None for value in values], dtype=np.bool_)
    faulty = np.array([not is_tag_list(value or ()) for value in values], dtype=np.bool_)
    return [
        *where(null, f"its {tags} are null, not an empty list"),
        *where(faulty, f"one of its {tags} is blank, has an outer blank, or occurs twice"),
    ]


def quote_lifted(rows: pa.Table, corpus: Lookups, *, fills: str, surface: str) -> list[Finding]:
    """A removal that fills a field of its article quotes the value the article has there: of a list, or of
    several authors, one at least, of a date its year."""
    articles, numbers = corpus.table("articles"), integers(rows, "article")
    fields, quotes = texts(rows, fills), texts(rows, surface)
    values = {field: column(articles, field) for field in LIFTED_FIELDS}
    bad = np.zeros(len(numbers), dtype=np.bool_)
    for row in np.flatnonzero(fields.is_valid().to_numpy(zero_copy_only=False) & (numbers >= 0)).tolist():
        field, quote = fields[row].as_py(), " ".join((quotes[row].as_py() or "").split()).casefold()
        value = values[field][numbers[row]].as_py() if field in values else None
        if value and field == "published":
            value = value[:4]
        elif value and field == "author":
            value = value.split("; ")
        bad[row] = not _is_quoted(value, quote)
    return where(bad, f"the value of the field that its {fills} names is not in its {surface}")


def _is_quoted(value: str | bool | list[str] | None, quote: str) -> bool:
    if isinstance(value, list):
        return any(item.casefold() in quote for item in value)
    return value.casefold() in quote if isinstance(value, str) else bool(value)


def cite_references(
    rows: pa.Table, corpus: Lookups, *, marker: str, url: str, source_start: str, source_end: str
) -> list[Finding]:
    """A citation stands at a marker of the source text that names it (`[1-3]` names three), inside a citation-marker
    removal, and its url is the one its article's reference list gives for the marker (null where the list has none)."""
    article = integers(rows, "article")
    starts, ends = integers(rows, source_start), integers(rows, source_end)
    listed = unnest(corpus.table("articles"), "references")
    keys = zip(integers(listed, "parent").tolist(), texts(listed, "marker").to_pylist(), strict=True)
    urls = dict(zip(keys, texts(listed, "url").to_pylist(), strict=True))
    elsewhere, unquoted = (np.zeros(len(article), dtype=np.bool_) for _ in range(2))
    columns = (article.tolist(), starts.tolist(), ends.tolist())
    values = (texts(rows, marker).to_pylist(), texts(rows, url).to_pylist())
    for row, (number, start, end, mark, address) in enumerate(zip(*columns, *values, strict=True)):
        if number < 0 or mark is None:
            continue
        unquoted[row] = mark not in cited(corpus.text(number, "source_text"), max(start, 0), end)
        elsewhere[row] = urls.get((number, mark)) != address
    return [
        *where(unquoted, f"its {marker} is not what the source text says there"),
        *where(elsewhere, f"its {url} is not the one the reference list gives for its {marker}"),
        *where(_outside_marker_removals(article, starts, ends, corpus), "its marker was not removed as one"),
    ]


def _outside_marker_removals(article: np.ndarray, starts: np.ndarray, ends: np.ndarray, corpus: Lookups) -> np.ndarray:
    removals = corpus.removals
    marker = pc.fill_null(pc.equal(corpus.removal_reasons, "citation_marker"), False)
    chosen = np.flatnonzero(marker.to_numpy(zero_copy_only=False))
    known = np.flatnonzero(article >= 0)
    mask = np.zeros(len(article), dtype=np.bool_)
    if not len(chosen):
        mask[known] = True
        return mask
    line = corpus.on_line(removals.article[chosen], removals.start[chosen], "source_text")
    chosen = chosen[np.argsort(line, kind="stable")]
    begin = corpus.on_line(article[known], starts[known], "source_text")
    place = np.searchsorted(np.sort(line), begin, side="right") - 1
    removal = chosen[np.maximum(place, 0)]
    inside = (place >= 0) & (removals.article[removal] == article[known])
    mask[known] = ~(inside & (removals.end[removal] >= ends[known]))
    return mask
