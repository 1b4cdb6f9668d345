"""What furniture says, as data: the notation of phrases, and which languages a page is read in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.text import words
from allegata.text.normal import for_matching
from allegata.text.words import Opening, Words, phrase_source, words_of, written_languages


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


def test_every_phrase_of_every_language_can_be_read_and_takes_no_empty_line() -> None:
    for language in words.languages():
        for purpose in ("navigation", "comments", "teasers", "newsletter", "disclosure", "keywords", "biography"):
            for key in words.keys(language, purpose):
                for phrase in words.phrases(language, purpose, key):
                    assert not re.compile(phrase_source(phrase)).fullmatch(""), (language, purpose, key, phrase)


def test_every_language_has_the_purposes_of_english_markup_apart_and_no_others() -> None:
    purposes = {language: set(words.purposes(language)) | {"markup"} for language in words.languages()}
    assert [language for language, own in purposes.items() if own != purposes["en"]] == []


@pytest.mark.parametrize("language", words.languages())
def test_a_language_has_the_words_that_dates_need(language: str) -> None:
    named = 0 if language in ("ja", "ko", "zh") else 12  # their months have numbers
    assert [len(words.phrases(language, "dates", key)) for key in ("months", "weekdays")] == [named, 7]
    for key in ("published", "updated", "around"):
        assert words.phrases(language, "dates", key), key


def test_a_page_is_read_in_its_own_language_and_in_english() -> None:
    german = for_matching(
        "Die Stadt hat mit dem Bau der Brücke nicht auf das Gutachten gewartet und wird es auch nicht"
    ).split()
    assert written_languages(german) == ("de", "en")
    assert written_languages(["これは", "本"]) == ("en",)


def test_a_line_of_nothing_but_phrases_is_tiled_in_linear_time() -> None:
    tiles = words_of(("en",)).tiles(("sharing", "items"))
    assert tiles.fullmatch("share: facebook | copy link, 12 e-mail")
    assert not tiles.fullmatch("share the house with facebook")
    assert not tiles.fullmatch("copy link " * 20_000 + "nothing")


def test_a_purpose_that_a_language_lacks_matches_nothing() -> None:
    assert not Words(("en",)).pattern("no such purpose", "key").search("anything")


def test_a_line_is_found_whether_its_phrase_begins_with_letters_or_with_what_may_be_anything() -> None:
    opening = Opening(
        r"[\W_]{{0,4}}(?:{0})[.:]*", ("read more", "~ articles", "#. (photo|video)s", "[to] go", "¿que tal")
    )
    taken = ["read more", "» read more:", "other articles", "5. photos", "go", "to go.", "¿que tal"]
    assert [line for line in taken if not opening.fullmatch(line)] == []
    assert [line for line in ["read", "reader more", "", "...", "photos", "to"] if opening.fullmatch(line)] == []


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        (r"[\W_]{{0,4}}(?:{0})[\s:]*(?P<rest>.*)", ("teasers", "cues", "labels")),
        ("{0}", ("newsletter", "lines", "imperatives")),
    ],
)
def test_what_begins_as_a_line_does_finds_all_that_every_phrase_would(form: str, keys: tuple[str, ...]) -> None:
    everything = words_of(words.languages())
    opening, whole = everything.opening(form, *keys), re.compile(form.format(everything.source(*keys)))

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.from_regex(whole, fullmatch=True), st.sampled_from(["", " ", "» ", "1. ", "x"]))
    def check(phrase: str, before: str) -> None:
        line = before + for_matching(phrase)
        ours, theirs = opening.fullmatch(line), whole.fullmatch(line)
        assert (ours and ours.groupdict()) == (theirs and theirs.groupdict()), line

    check()


@pytest.mark.parametrize(
    ("purpose", "key"),
    [("speech", "saying"), ("disclosure", "disclaimers"), ("disclosure", "strong"), ("newsletter", "channels")],
)
def test_the_signs_asked_for_first_hide_no_phrase(purpose: str, key: str) -> None:
    eight = words_of(("de", "en", "es", "fr", "it", "nl", "pl", "pt"))
    finder = eight.finder(purpose, key)
    assert finder.signs, "no phrase may lack a sign, or every line is searched"

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(st.from_regex(finder.pattern, fullmatch=True))
    def check(line: str) -> None:
        assert finder.search(for_matching(line)) or not finder.pattern.search(for_matching(line)), line

    check()
