"""Sentences: legal abbreviations do not end them, quotes that end inside do not, offsets are exact."""

from __future__ import annotations

import random

import pytest
import sentencex
from hypothesis import given
from hypothesis import strategies as st

from allegata.clean.stage import clean_source_text
from allegata.text import sentences as splitting
from allegata.text.sentences import split_sentences
from project import ARTICLES, source_text


def sentences(text: str) -> list[str]:
    return [span.quote(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The platform updated its policy on Sept. 18, 2024, stating little.",
        "The case is De La Torre v. LinkedIn Corp and seeks damages.",
        "It was filed in San Jose, No. 25-00709, claims that nothing happened.",
        "The lawsuit, filed in the U.S. District Court for the Northern District, alleges a breach.",
        "It was announced by U.S. President Adams on Monday.",
        "This follows Mill Fintech Inc.’s editorial standards and rules.",
        "Acme Corp. said on Jan. 5 that Mr. Hill and Dr. Reed of Mill Co. agreed.",
        "They paid $1.7 billion in 2023.",
        "The notice under Fed. R. Civ. P. 41 was granted.",
        "Under Rule 41, Fed. R. Civ. P., the notice is final.",
        "They cite Fed. R. Evid. 702 and Cal. Civ. Code § 1798 in vain.",
        "They cite Cal. Bus. & Prof. Code § 17200 and 123 F. Supp. 2d 456 (N.D. Cal. 2020) in vain.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]
    assert sentences(f"He left. {text} She stayed.") == ["He left.", text, "She stayed."]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("They filed it in the N.D. Cal. The judge agreed.", ["They filed it in the N.D. Cal.", "The judge agreed."]),
        ("They use an App. 41 people bought it.", ["They use an App.", "41 people bought it."]),
        ("It follows Fed. R. Evid. The judge agreed.", ["It follows Fed. R. Evid.", "The judge agreed."]),
    ],
)
def test_only_an_abbreviation_of_a_citation_that_goes_on_is_put_together(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    "text",
    [
        "The filing said “nothing was shared. Nothing at all.”",
        "LinkedIn replied, “These are false claims with no merit.”",
        'It says that opting out "does not affect training that has already taken place."',
    ],
)
def test_a_quote_that_ends_a_sentence_stays_in_it(text: str) -> None:
    assert sentences(f"{text} The court adjourned.")[-1] == "The court adjourned."
    assert "".join(sentences(text)).count("”") == text.count("”")
    assert sentences(text)[-1].endswith(("”", '"'))


def test_a_quote_that_ends_inside_does_not_end_its_sentence() -> None:
    text = "The company labelled them “false claims with no merit,” and moved on."
    assert sentences(text) == [text]


def test_a_heading_without_a_full_stop_is_one_sentence() -> None:
    assert sentences("The Outcome: Case Dismissed and Allegations Withdrawn") == [
        "The Outcome: Case Dismissed and Allegations Withdrawn"
    ]


def test_questions_exclamations_and_ellipses_end_sentences() -> None:
    assert sentences("Who knew? Nobody! It rained… Then it stopped.")[:2] == ["Who knew?", "Nobody!"]


@pytest.mark.parametrize("text", ["", " ", " \t\u00a0 "])
def test_blanks_hold_no_sentence(text: str) -> None:
    assert split_sentences(text) == []


@given(st.text(alphabet=st.sampled_from("aB1 .!?“”\"'’,;:()[]-$\u00a0\u3000\U0001f600é中。"), max_size=80))
def test_sentences_are_trimmed_in_order_and_cover_all_but_blanks(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for span in spans:
        assert span.start >= position
        assert not text[position : span.start].strip()
        quote = span.quote(text)
        assert quote
        assert quote == quote.strip()
        position = span.end
    assert not text[position:].strip()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_unicode_text_keeps_its_offsets(text: str) -> None:
    line = text.replace("\n", " ")
    assert "".join("".join(sentences(line)).split()) == "".join(line.split())


def test_an_unknown_language_is_cut_all_the_same() -> None:
    text = "One mill. Two mills."
    assert [span.quote(text) for span in split_sentences(text, "tlh")] == ["One mill.", "Two mills."]


# Words, ends and the blank between sentences.
LONG_LINES = {
    "en": ("the|mill|burned|Mr.|Hill|U.S.|Sept.|18,|it's|3.5|“no”|(a note)|[1]|a@b.org|'quoted'|v.", ".?!", " "),
    "fr": ("le|moulin|«oui»|M.|Ax|brûlait|l'eau|(3)", ".?!", " "),
    "hi": ("मिल|जल|गई|“हाँ”|और", "।?", " "),
    "ja": ("水車が|火事|町|「はい」|（注）|、|人", "。！？", ""),
    "km": ("ភ្លើង|ម៉ាស៊ីន|(3)", "។៕", " "),
}


def long_line(language: str, seed: int) -> str:
    draw = random.Random(seed)
    words, ends, blank = LONG_LINES[language]
    parts = []
    for _ in range(400):
        said = (blank or " ").join(draw.choices(words.split("|"), k=draw.randint(1, 25)))
        if draw.random() < 0.2:
            said = (
                "“" + "".join(letter for letter in said if letter not in "“”«»「」'()（）[]") + draw.choice(ends) + "”"
            )
        parts.append(said[0].upper() + said[1:] + draw.choice(ends))
    return blank.join(parts)


@pytest.mark.parametrize("language", LONG_LINES)
def test_a_long_line_has_the_sentences_that_the_library_finds_in_the_whole_of_it(language, monkeypatch):
    lines = [long_line(language, seed) for seed in range(5)]
    assert all(len(line) > 3 * splitting._WINDOW for line in lines)
    found = [split_sentences(line, language) for line in lines]
    monkeypatch.setattr(splitting, "_WINDOW", 10**9)
    assert found == [split_sentences(line, language) for line in lines]


@pytest.mark.parametrize("blank", [" ", ""])
def test_the_library_never_sees_a_long_line_at_once(blank, monkeypatch):
    seen = []

    def segment(language: str, text: str) -> list[str]:
        seen.append(len(text))
        return [text]

    monkeypatch.setattr(sentencex, "segment", segment)
    line = blank.join(["mill"] * 25_000)
    assert sentences(line) == [line], "a sentence without an end is one, however long"
    assert max(seen) < 10_000
    assert sum(seen) < 3 * len(line)


@pytest.mark.parametrize(("article", "count"), list(zip(ARTICLES, (16, 22, 16, 31, 20), strict=True)))
def test_the_real_articles_have_the_sentences_a_reader_counts(article: str, count: int) -> None:
    source = source_text(article)
    cleaned = clean_source_text(source)
    assert len(cleaned.sentences) == count
    clean = cleaned.offsets.apply(source)
    for span, zone in cleaned.sentences:
        quote = cleaned.offsets.span_to_clean(span).quote(clean)
        assert quote
        assert quote == quote.strip()
        assert "\n" not in quote
        assert not quote.startswith("- "), "the bullet is not part of its sentence"
        if zone == "body":
            assert quote[-1] in '.:”"' or quote.endswith("at that time")


def test_no_sentence_of_the_real_articles_ends_in_an_abbreviation() -> None:
    for article in ARTICLES:
        source = source_text(article)
        for span, _ in clean_source_text(source).sentences:
            assert not span.quote(source).endswith((" v.", "Sept.", "No.", "U.S.", "Inc."))


def test_list_items_are_sentences_of_their_own_without_their_bullets() -> None:
    text = (
        "The mill, burned in May, seeks two things from Acme:\n"
        "- Nine coins of rent, with interest.\n"
        "- An apology\n"
        "Acme refused all of it on Monday."
    )
    cleaned = clean_source_text(text, "en")
    assert [(span.quote(text), zone) for span, zone in cleaned.sentences][1:3] == [
        ("Nine coins of rent, with interest.", "list_item"),
        ("An apology", "list_item"),
    ]


def test_a_library_that_changes_the_text_is_told_by_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentencex, "segment", lambda language, text: [text.rstrip(".")])
    with pytest.raises(RuntimeError, match=r"between characters 0 and 12$"):
        split_sentences("It is night.", "en")
