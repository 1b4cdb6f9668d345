"""A byline names persons and agencies: no cue, date, role or placeholder is one, in any of the languages."""

from __future__ import annotations

import time

import pytest

from allegata.text.bylines import authors_in, is_cue
from allegata.text.words import languages


@pytest.mark.parametrize(
    ("language", "line", "names"),
    [
        ("en", "By Greta Lund | Tuesday, March 5, 2024", ("Greta Lund",)),
        ("en", "Monday August 27, 2018 10:05 am PDT by Enzo Marlow", ("Enzo Marlow",)),
        ("en", "By Greta Lund, Senior Harbour Correspondent", ("Greta Lund",)),
        ("en", "By Greta Lund, Samir Holt and Ilse Brandt", ("Greta Lund", "Samir Holt", "Ilse Brandt")),
        ("en", "By Greta Lund, Edited by Samir Holt", ("Greta Lund",)),
        ("en", "By AFP", ("AFP",)),
        ("en", "Staff Writer", ()),
        ("en", "March 5, 2024", ()),
        ("en", "Reviewed by Greta Lund", ()),
        ("de", "Von Greta Lund, Redakteurin | 5. März 2024, 12:30 Uhr", ("Greta Lund",)),
        ("de", "Von unserer Redaktion", ()),
        ("de", "Von Greta Lund, Hafenbote, Samstag, 17. März 2029", ("Greta Lund",)),
        ("fr", "Par Greta Lund, Le Port", ("Greta Lund",)),
        ("fr", "Publié le 14 février 2019 à 08h30 par Greta Lund", ("Greta Lund",)),
        ("es", "Por María de la Cruz y Juan Pérez", ("María de la Cruz", "Juan Pérez")),
        ("it", "A cura di Maria Rossi - 5 marzo 2024", ("Maria Rossi",)),
        ("pt", "Por João da Silva, jornalista", ("João da Silva",)),
        ("nl", "Door Jan van der Berg", ("Jan van der Berg",)),
        ("pl", "Autor: Jan Kowalski, 5 marca 2024", ("Jan Kowalski",)),
    ],
)
def test_a_line_names_those_who_wrote_it(language: str, line: str, names: tuple[str, ...]) -> None:
    assert authors_in(line, (language, "en")) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lund, Greta", ("Greta Lund",)),
        ("van Gogh, Vincent", ("Vincent van Gogh",)),
        ("Greta Lund, Political Editor", ("Greta Lund",)),
        ("Greta Lund | Reporter", ("Greta Lund",)),
        ("Greta Lund (Editor)", ("Greta Lund",)),
        ("Greta Lund, Redakteurin | Samir Holt", ("Greta Lund",)),
        ("Editor: Greta Lund", ()),
        ("Greta Lund/Bo Ek", ("Greta Lund", "Bo Ek")),
        ("Greta Lund\nBo Ek", ("Greta Lund", "Bo Ek")),
        ("https://post.example/People/Lund", ()),
        ("Lund, Greta; Holt, Samir", ("Greta Lund", "Samir Holt")),
        ("Greta Lund, Harbour Reporter", ("Greta Lund",)),
        ("Greta Lund, MD, RD", ("Greta Lund",)),
        ("Greta Lund, Trial Attorney, Strand & Strand", ("Greta Lund",)),
        ("Author Greta Lund", ("Greta Lund",)),
        ("Center for Drug Evaluation and Research", ("Center for Drug Evaluation and Research",)),
        ("reader7", ("reader7",)),
        ("dpa", ("dpa",)),
        ("山田太郎", ("山田太郎",)),
        ("undefined", ()),
        ("Admin", ()),
        ("Posted", ()),
        ("August", ()),
        ("https://valley.example/authors/lund", ()),
        ("greta@valley.example", ()),
        ("", ()),
    ],
)
def test_a_field_for_authors_may_hold_one_word_and_the_family_first(text: str, names: tuple[str, ...]) -> None:
    assert authors_in(text, languages(), stated=True) == names


def test_a_cue_that_stands_alone_is_known_and_names_nobody() -> None:
    assert is_cue("Written by:", ("en",))
    assert not is_cue("Reviewed by", ("en",))
    assert authors_in("Written by", ("en",), stated=True) == ()


def test_a_line_that_must_have_a_cue_begins_with_it() -> None:
    assert authors_in("Tomas Quill walked by Harbour Street", ("en",), cued=True) == ()
    assert authors_in("Greta Lund", ("en",), cued=True) == ()


@pytest.mark.parametrize(("length", "names"), [(300, ("Greta Lund",)), (301, ())])
def test_a_line_of_more_than_three_hundred_characters_names_nobody(length: int, names: tuple[str, ...]) -> None:
    assert authors_in("By Greta Lund | ".ljust(length, "x"), ("en",)) == names


@pytest.mark.alone
@pytest.mark.parametrize("part", ["by ", "von ", "A, ", "Reporter ", "1 ", "a@", "; ", "(", "May "])
def test_a_long_line_costs_no_more_than_its_length(part: str) -> None:
    started = time.process_time()
    authors_in(part * (400_000 // len(part)), languages(), stated=True)
    authors_in(part * (290 // len(part)), languages(), stated=True)
    assert time.process_time() - started < 2
