"""Dates are read where they can be read in one way only; a day of publication, where a head states one."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.text.dates import is_date_line, publication_day


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Thursday, Jan 23, 2025 2:34 am ET1min read", "2025-01-23"),
        ("By Alfa BravoTuesday, January 21st, 2025", "2025-01-21"),
        ("Published: 5 May 2025", "2025-05-05"),
        ("2025-03-04T10:00:00+01:00", "2025-03-04"),
        ("2025/3/4", "2025-03-04"),
        ("23.01.2025 - 13:30 Uhr", "2025-01-23"),
        ("01/23/2025", "2025-01-23"),
        ("Dienstag, den 4. März 2025", "2025-03-04"),
        ("środa, 5 marca 2025 r.", "2025-03-05"),
        ("1° giugno 2019", "2019-06-01"),
        ("le 1er février 2020", "2020-02-01"),
        ("Jueves, 21 de abril de 2022 04:45", "2022-04-21"),
        ("15 de março de 2021", "2021-03-15"),
        ("il 2 giugno 2019", "2019-06-02"),
        ("2025年1月23日", "2025-01-23"),
        ("Published Jan 3, 2025 | Updated Jan 5, 2025", "2025-01-03"),
        ("08 May 2022Actualizado el 09 May 2022", "2022-05-08"),
    ],
)
def test_the_one_day_a_line_states_is_that_of_publication(line: str, day: str) -> None:
    assert publication_day([line]) == (day, 0)
    assert publication_day(["By Alfa Bravo", line, line]) == (day, 1)


@pytest.mark.parametrize(
    "line",
    [
        "04/05/2025",
        "4.5.2025",
        "23.1.25",
        "3 days ago",
        "Updated Jan 5, 2025",
        "Zuletzt aktualisiert: 23.01.2025",
        "Jan 3, 2025 and Jan 4, 2025",
        "Jan 3, 2025, 04/05/2025",
        "Monday, Jan 23, 2025",  # it was a Thursday
        "Lunes, 23 de enero de 2025",
        "Ostatnia aktualizacja: 5 marca 2025",
        "February 30, 2025",
        "31/31/2025",
        "9-23 Feb 2017",
        "January 2025",
        "Auguſt 5, 2025",
        "May I, 2025",
        "",
    ],
)
def test_what_can_be_read_in_two_ways_or_is_no_day_of_publication_is_none(line: str) -> None:
    assert publication_day([line]) is None


def test_two_lines_that_contradict_each_other_state_no_day() -> None:
    assert publication_day(["Jan 3, 2025", "Jan 4, 2025"]) is None
    assert publication_day(["Jan 3, 2025", "04/05/2025"]) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_unambiguous_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%A, %d %B %Y", "%Y年%m月%d日"):
        assert publication_day([day.strftime(form)]) == (day.isoformat(), 0)
    figures = publication_day([day.strftime("%d/%m/%Y")])
    assert figures == ((day.isoformat(), 0) if day.day > 12 else None)


@pytest.mark.parametrize(
    "line",
    [
        "23.01.2025",
        "am Mittwoch, 26.01.2022 - 14:05 Uhr",
        "Posted on May 5, 2025 at 10:15 am",
        "Opublikowano: 5 marca 2025, godz. 12:30",
        "Publié le 5 mars 2025 à 12h30",
        "Pubblicato il 5 marzo 2025 alle ore 9:15",
        "Gepubliceerd op 5 maart 2025 om 9:15 uur",
    ],
)
def test_a_line_of_a_date_and_the_words_around_it_is_a_date_line(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line", ["Release: 14.11.2019", "Ausstellung Wien 23 Feb 2017", "Uhr", "1975年1月28日生于", ""]
)
def test_a_line_that_dates_something_else_is_no_date_line(line: str) -> None:
    assert not is_date_line(line)


@pytest.mark.alone
@pytest.mark.parametrize("part", ["1", "may ", "jan 1, ", "20", "2025-", "mon ", "1.1.", "updated "])
def test_a_long_text_costs_no_more_than_its_length(part: str) -> None:
    started = time.process_time()
    publication_day([part * (400_000 // len(part))])
    assert time.process_time() - started < 3
