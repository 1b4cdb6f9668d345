"""Where a text names a person: certain where nobody else can be meant, else in doubt; and offsets of replaced texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.schema.redactions import Redaction
from allegata.text.person_names import PersonNames, replaced
from allegata.text.redaction import Moved, Redactor

NAMES = PersonNames(("Inès Varga", "Alessandro De La Torre", "王小明", "Иван Берг", "أحمد الحسن", "Pelé"))


def found(text: str, names: PersonNames = NAMES, *, known: bool = False) -> dict[bool, list[str]]:
    namings = names.find(text, known=known)
    return {certain: [one.surface for one in namings if one.certain is certain] for certain in (True, False)}


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("INES VARGA, ines varga and Ine\u0300s Varga’s house", ["INES VARGA", "ines varga", "Ine\u0300s Varga"]),
        ("Varga, Inès; I. Varga; Varga, I.; Inès M. Varga", ["Varga, Inès", "I. Varga", "Varga, I.", "Inès M. Varga"]),
        ("@inesvarga, ines.varga@a.example, /ines-varga-x", ["inesvarga", "ines.varga", "ines-varga"]),
        ("Inès\nVarga spoke. Varga's friends, Inès", ["Inès\nVarga", "Varga", "Inès"]),
        ("Alessandro De La Torre is here; later De La Torre left", ["Alessandro De La Torre", "De La Torre"]),
        ("記者王小明說", ["王小明"]),
        ("сказал Иван Берг, и Берг ушёл", ["Иван Берг", "Берг"]),
        ("قال أَحْمَد الحسن", ["أَحْمَد الحسن"]),
        ("then Pele\u0301 scored", ["Pele\u0301"]),
    ],
)
def test_every_form_of_a_name_is_found_in_any_case_and_script(text: str, certain: list[str]) -> None:
    assert [one for one in found(text)[True] if one in certain] == certain


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Varga said so", ["Varga"]),  # the whole name is not in the text
        ("Inès Varga left. Maria Varga stayed. Varga sang", ["Varga", "Varga"]),  # another of that name
        ("Inès Varga sells a varga. Varga sang", ["varga", "Varga"]),  # a common word
        ("Inès Varga and the Varga Institute", ["Varga"]),
        ("Inès Varga, the Vargas and Vargás", ["Vargas", "Vargás"]),
        ("Inès Varga signed as I.V.", ["I.V."]),
        ("Inès Maria Varga", ["Inès Maria Varga"]),
        ("Иван Берг и мост Берга", ["Берга"]),
        ("أحمد الحسن والأحمد", ["والأحمد"]),
        ("@therealinesvarga", ["therealinesvarga"]),
    ],
)
def test_what_may_be_another_or_a_common_word_is_in_doubt(text: str, doubt: list[str]) -> None:
    assert found(text)[False] == doubt


@pytest.mark.parametrize(
    ("name", "text", "doubt"),
    [
        ("王小明", "記者王小明說,小明不在", ["小明"]),
        ("山田太郎", "山田太郎です。山田は太郎と", ["山田", "太郎"]),
        ("王小明", "李小明", ["小明"]),
    ],
)
def test_a_part_of_a_name_without_blanks_is_always_in_doubt(name: str, text: str, doubt: list[str]) -> None:
    assert found(text, PersonNames((name,)))[False] == doubt


@pytest.mark.parametrize("text", ["The lines of Vargemont", "pelerine, a variety", "Torremolinos", "", "王小二"])
def test_other_words_are_no_names(text: str) -> None:
    assert found(text) == {True: [], False: []}


def test_a_shared_word_is_in_doubt_and_a_known_person_is_meant_by_a_part() -> None:
    assert found("Varga sang", known=True) == {True: ["Varga"], False: []}
    shared = PersonNames(("Inès Varga",), frozenset({"varga"}))
    assert found("Inès Varga sang. Varga left", shared) == {True: ["Inès Varga"], False: ["Varga"]}


def test_of_two_people_each_has_a_placeholder_and_a_decision_overrules() -> None:
    def person(name: str, number: int, leave: tuple[str, ...] = ()) -> Redaction:
        return Redaction(name, f"person-{number}", f"[Person {number}]", (name,), leave=leave)

    redactor = Redactor((person("Inès Varga", 1), person("Ada Bo", 2)))
    article = redactor.article("a", "Inès Varga met Ada Bo.")
    assert article.source.moved.text(article.source_text) == "[Person 1] met [Person 2]."
    assert article.url("https://a.example/ada-bo/x")[0] == "https://a.example/"
    assert article.url("https://ada-bo.example/x")[0] is None
    redactor = Redactor((person("Inès Varga", 1, ("Inès Varga",)),))
    assert redactor.string("Inès Varga") == ("Inès Varga", ())
    assert redactor.names_in("Inès Varga and Varga") == ["Varga"]


@given(
    st.text("abc ", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5), st.text("X", max_size=9)))
)
def test_positions_go_to_the_new_text_and_back(text: str, wanted: list[tuple[int, int, str]]) -> None:
    places: list[tuple[int, int, str]] = []
    for start, length, new in sorted(wanted):
        if start + length <= len(text) and (not places or start >= places[-1][1]):
            places.append((start, start + length, new or "X"))
    moved = Moved(tuple(places))
    result = replaced(text, places)
    assert moved.text(text) == result
    assert [moved.at(at) for at in range(len(text) + 1)] == sorted(moved.at(at) for at in range(len(text) + 1))
    assert moved.at(len(text)) == len(result)
    for at in range(len(text) + 1):
        inside = [(start, end) for start, end, _ in places if start < at < end]
        if not inside:
            assert moved.back(moved.at(at)) == at
            assert (
                at == len(text)
                or any(start <= at < end for start, end, _ in places)
                or result[moved.at(at)] == text[at]
            )
        else:
            assert moved.back(moved.at(at)) == inside[0][0]
            assert moved.back(moved.at(at, end=True), end=True) == inside[0][1]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("020 7946 0123", "Call 020-7946-0123, or 020 7946 01234.", ["020-7946-0123"]),
        ("+20 2 2555 0117", "الهاتف هو +20 2 2555 0117 غدا", ["+20 2 2555 0117"]),
        ("Mara@Harbour.example", "Mara writes from mara@harbour.example.", ["mara@harbour.example"]),
        ("@gate_7", "Ask @gate_7, not gate_7 or @gate_77", ["@gate_7"]),
    ],
)
def test_a_number_or_an_address_is_found_whole_and_certain(name: str, text: str, found: list[str]) -> None:
    assert [(one.surface, one.certain) for one in PersonNames((name,)).find(text)] == [(one, True) for one in found]
