"""Dates in the Extended Date/Time Format: the standard's own examples are, days that no calendar has are not."""

from __future__ import annotations

import pytest

from allegata.text.edtf import NO_DATE, NO_DAY, REVERSED, edtf_fault, is_in_calendar, is_week

DATES = """
1985-04-12 1985-04 1985 1985-04-12T23:20:30 1985-04-12T23:20:30Z 1985-04-12T23:20:30-04 1985-04-12T23:20:30+04:30
1964/2008 2004-06/2006-08 2004-02-01/2005-02-08 2004-02-01/2005-02 2004-02-01/2005 2005/2006-02
Y170000002 Y-170000002 2001-21 1984? 2004-06~ 2004-06-11% 201X 20XX 2004-XX 1985-04-XX 1985-XX-XX
1985-04-12/.. 1985/.. ../1985-04-12 1985-04-12/ /1985-04 -1985 Y-17E7 Y10E7 1950S2 Y171010000S3 Y3388E2S3 2001-34
[1667,1668,1670..1672] [..1760-12-03] [1760-12..] [1667,1760-12] {1667,1668,1670..1672} {1960,1961-12} {..1984}
2004-06-11% 2004-06~-11 2004?-06-11 ?2004-06-~11 2004-%06-11 156X-12-25 15XX-12-25 XXXX-12-XX 1XXX-XX 1XXX-12 1984-1X
2004-06-~01/2004-06-~20 2004-06-XX/2004-07-03 0000 2024-02-29 XXXX-02-29 202X-02-29 -0004-02-29 2023-XX-31 2023-1X-31
2024/2024-05 2024-05/2024 2024-24/2024-21
"""


@pytest.mark.parametrize("value", DATES.split())
def test_what_the_format_writes_is_a_date(value: str) -> None:
    assert edtf_fault(value) is None


NONE = {
    NO_DAY: """
    2023-02-29 1900-02-29 2023-04-31 2024-13 2024-00 2024-42 2024-2X 2023-02-3X 202X-02-30 1X23-02-29
    2023-02-29~ 2024-%06-31 2023-02-29T10:00:00 2023-02-29/2024 2024/2025-04-31 {2023-02-29,2024} [2024,2025-13]
    """,
    REVERSED: "2024-05/2023-01 20XX/19XX 2024-05?/2024-04 -0001/-0005 [2023..2021] {2020,2023-05..2023-04}",
    NO_DATE: """
    soon 24 199 2024-6-1 2024-W05 20240601 2024-06-15T10:00 2024-06-15T25:00:00 2024-06-XXT10:00:00 / ../.. ../ ~
    2024/2025/2026 [2024 [] {2024] [2024..2025..2026] [2024,..2025] [2024..,2025] Y2024 Y1E9999 \uff12\uff10\uff12\uff14
    """,
}


@pytest.mark.parametrize("fault", NONE)
def test_what_no_calendar_has_is_no_date(fault: str) -> None:
    values = NONE[fault].split()
    assert {value: edtf_fault(value) for value in values} == dict.fromkeys(values, fault)
    assert (edtf_fault(""), edtf_fault("2024\n")) == (NO_DATE, NO_DATE)


def test_a_day_or_a_week_that_is_not_known_may_be_any() -> None:
    assert is_in_calendar("2023", "02", "XX")
    assert is_in_calendar("202X", "02", "29")
    assert not is_in_calendar("2023", "02", "29")
    assert not is_in_calendar("2023", "XX", "32")
    assert is_week("2020", "53")
    assert is_week("20XX", "53")
    assert not is_week("2023", "53")
