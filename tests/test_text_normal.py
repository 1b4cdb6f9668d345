"""Normalised text: for comparison only, equal for texts that differ in case, width or blanks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allegata.text.normal import normalise, text_digest


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_blanks_do_not_count(text: str) -> None:
    blanks = text.replace(" ", " \t\n").replace("\n", "\n\n")
    assert normalise(f"  {blanks}\u00a0") == normalise(text)


@given(st.text())
def test_the_result_has_single_blanks_inside_and_none_outside(text: str) -> None:
    normal = normalise(text)
    assert normal == normal.strip()
    assert "  " not in normal
    assert not any(character.isspace() and character != " " for character in normal)


def test_case_width_ligatures_and_line_breaks_do_not_count() -> None:
    assert normalise("The  ＭＩＬＬ\r\nﬁled") == normalise("the mill filed")
    assert text_digest("STRASSE") == text_digest("straße")


def test_punctuation_and_word_order_do_count() -> None:
    assert text_digest("a, b") != text_digest("a b")
    assert text_digest("a b") != text_digest("b a")


def test_a_lone_surrogate_has_a_digest_too() -> None:
    assert text_digest("\ud800") != text_digest("")
