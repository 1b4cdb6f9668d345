"""Dates and times that state their value, and those that leave it to the rest of the article."""

from __future__ import annotations

import pytest

from allegata.propose.dates import read_time
from project import ARTICLES, ROOT, read_rows


@pytest.mark.parametrize(
    ("quote", "label", "expected"),
    [
        ("September 18, 2024", "DATE", ("DATE", "2024-09-18")),
        ("Sept. 18, 2024", "DATE", ("DATE", "2024-09-18")),
        ("18th of May", "DATE", ("DATE", None)),
        ("3 May 2024", "DATE", ("DATE", "2024-05-03")),
        ("May 2024", "DATE", ("DATE", "2024-05")),
        ("18. Dezember 2024", "DATE", ("DATE", "2024-12-18")),
        ("mars 2024", "DATE", ("DATE", "2024-03")),
        ("Summer 2024", "DATE", ("DATE", None)),
        ("2023", "DATE", ("DATE", "2023")),
        ("February 30, 2024", "DATE", ("DATE", None)),
        ("last August", "DATE", ("DATE", None)),
        ("nine days", "DATE", ("DURATION", "P9D")),
        ("a month", "DATE", ("DURATION", "P1M")),
        ("36 hours", "TIME", ("DURATION", "PT36H")),
        ("several hours", "TIME", ("DURATION", None)),
        ("the days", "DATE", ("DATE", None)),
        ("noon", "TIME", ("TIME", None)),
        ("2023", "TIME", ("TIME", None)),
        ("ten \u017feconds", "TIME", ("TIME", None)),  # a long s is an s to `re.IGNORECASE` alone
        ("\u017feptember 18, 2024", "DATE", ("DATE", None)),
        ("9" * 5000 + " days", "DATE", ("DATE", None)),
    ],
)
def test_only_what_the_words_state_in_full_is_a_value(quote: str, label: str, expected: tuple[str, str | None]) -> None:
    assert read_time(quote, label, "en") == expected


@pytest.mark.parametrize(
    ("language", "quote", "expected"),
    [
        ("en", "Monday, May 3, 2024", ("DATE", "2024-05-03")),
        ("en", "2024-05-03", ("DATE", "2024-05-03")),
        ("en", "a two-year", ("DATE", None)),
        ("en", "two-year", ("DURATION", "P2Y")),
        ("de", "3. Mai 2024", ("DATE", "2024-05-03")),
        ("de", "14 Tagen", ("DURATION", "P14D")),
        ("de", "zwei Wochen", ("DURATION", "P2W")),
        ("fr", "1er juin 2024", ("DATE", "2024-06-01")),
        ("fr", "août 2024", ("DATE", "2024-08")),
        ("es", "3 de mayo de 2024", ("DATE", "2024-05-03")),
        ("ru", "3 мая 2024", ("DATE", "2024-05-03")),
        ("ja", "2024年9月18日", ("DATE", "2024-09-18")),
        ("xx", "2024", ("DATE", "2024")),
        ("xx", "3 toukokuuta 2024", ("DATE", None)),
    ],
)
def test_the_words_of_the_language_state_the_value(language: str, quote: str, expected: tuple[str, str | None]) -> None:
    assert read_time(quote, "DATE", language) == expected


def test_on_our_gold_a_value_is_right_or_left_to_people() -> None:
    rows = [row for a in ARTICLES for row in read_rows(ROOT / "annotations" / "gold" / f"{a}.jsonl")]
    labels = {str(row["segments"]): row["label"] for row in rows if row["record"] == "mention"}
    times = [row for row in rows if row["record"] == "time"]
    found = [(row, read_time(row["segments"][0]["exact"], labels[str(row["segments"])], "en")) for row in times]
    assert all(kind == row["type"] and value in (row["value"], None) for row, (kind, value) in found)
    assert sum(value is not None for _, (_, value) in found) >= 15  # of 20; the others need the article
