"""Words of languages, as data: the notation of phrases, and that every language has what English has."""

from __future__ import annotations

import re

import pytest

from allegata.text.words import Words, every_language, languages, phrase_source, phrases


@pytest.mark.parametrize(
    ("phrase", "takes", "refuses"),
    [
        ("leave a (reply|comment)", ["leave a reply", "leave a comment"], ["leave a", "leave a replying"]),
        ("(print|share) [this] page", ["print page", "share this page"], ["printthis page", "this page"]),
        ("[please] subscribe [now]", ["subscribe", "please subscribe now"], [" subscribe", "subscribe "]),
        ("read[ing] time # min", ["reading time 5 min", "read time 12 min"], ["reading time five min"]),
        ("redakteur*", ["redakteur", "redakteurin"], ["chefredakteur"]),
        ("follow us ~", ["follow us on the web"], ["follow us " + 61 * "x"]),
        ("Straße", ["strasse"], ["straße "]),
    ],
)
def test_a_phrase_takes_what_its_notation_says_and_nothing_else(
    phrase: str, takes: list[str], refuses: list[str]
) -> None:
    pattern = re.compile(phrase_source(phrase))
    assert [text for text in takes if not pattern.fullmatch(text)] == []
    assert [text for text in refuses if pattern.fullmatch(text)] == []


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_words_that_dates_need(language: str) -> None:
    assert (len(phrases(language, "dates", "months")), len(phrases(language, "dates", "weekdays"))) == (12, 7)
    for key in ("published", "updated", "around"):
        assert phrases(language, "dates", key), key
    assert not re.compile(every_language().source("dates", "updated", "around", "published")).fullmatch("")


def test_a_purpose_that_a_language_lacks_matches_nothing() -> None:
    assert not re.compile(Words(("en",)).source("no such purpose", "key")).search("anything")
