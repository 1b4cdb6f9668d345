"""The sentences that say a claim alone: they name nothing that their own article does not name."""

from __future__ import annotations

import calendar
import re
from pathlib import Path

import pytest

from allegata.schema.published import PublishedTables
from project import ROOT

VERSIONS = (ROOT / "corpus" / "v2.1.0", ROOT / "examples" / "stories" / "corpus" / "v1.1.0")
_WORD = re.compile(r"\w+")


def _not_given(words: set[str], given: set[str]) -> set[str]:
    """The words that no given word begins like, but for the last letter, or three of a long one (-rats, -räte)."""
    stem = {word: word[: -3 if len(word) > 9 else -1] for word in words - given}
    return {word for word, start in stem.items() if not any(other.startswith(start) for other in given)}


def test_a_word_of_another_article_is_seen() -> None:
    assert _not_given({"Pellowe", "Verwaltungsrats"}, {"Corin", "Verwaltungsräte"}) == {"Pellowe"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.parents[1].name)
def test_a_sentence_has_no_name_of_the_story_that_its_article_never_gives(version: Path) -> None:
    """By word: an article that has `Councillor Pellowe` and `Jory` gives `Jory Pellowe`; endings of cases aside.

    Months are no names here: a date may be completed from the date of the article.
    """
    tables = PublishedTables(version)
    articles = tables["articles"].to_pylist()
    given = {
        row["article_id"]: set(
            _WORD.findall(" ".join(filter(None, (row["source_text"], row["title"], row["publisher"]))))
        )
        for row in articles
    }
    names = {row["surface"] for row in tables["entities"].to_pylist() if row["entity_id"]}
    names |= {row["name"] for row in tables["entity_register"].to_pylist()}
    capitals = {word for name in names for word in _WORD.findall(name) if word[0].isupper() and len(word) > 2}
    capitals -= set(calendar.month_name)
    claims = tables["claims"].to_pylist()
    assert capitals
    assert len(claims) > 100
    foreign = {
        row["claim_id"]: sorted(extra)
        for row in claims
        # The first word of a sentence has a capital whatever it is.
        if (extra := _not_given({*_WORD.findall(row["decontextualised"])[1:]} & capitals, given[row["article_id"]]))
    }
    assert foreign == {}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.parents[1].name)
def test_a_sentence_is_one_sentence(version: Path) -> None:
    for row in PublishedTables(version)["claims"].to_pylist():
        sentence = row["decontextualised"]
        assert sentence == sentence.strip(), row["claim_id"]
        assert "\n" not in sentence, row["claim_id"]
        assert re.search(r"""[.!?]["'”’»“]?$""", sentence), row["claim_id"]
