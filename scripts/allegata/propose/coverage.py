"""In words: what nothing here finds in a language, so that an empty draft does not pass for an empty article."""

from __future__ import annotations

from collections.abc import Iterable

from allegata.models import lexicon
from allegata.propose.proposers import Proposers
from allegata.propose.value_words import value_words
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.schema.wording import number


def language_name(language: str) -> str:
    """A language as a report calls it: `de (German)`."""
    from babel import Locale, UnknownLocaleError

    if language == UNDETERMINED:
        return "an undetermined language"
    try:
        name = Locale.parse(language.replace("-", "_")).get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    return f"{language} ({name})" if name else language


def gaps(language: str, text: str, models: Proposers) -> list[str]:
    """What is not proposed for an article in this language, each with the reason."""
    learned, found = models.teacher(language), []
    if language == UNDETERMINED or not value_words(language).known:
        found.append("no month names, currencies or units: nothing here knows the words of this language")
    has_capitals = any(c.isupper() for c in text)
    if not has_capitals and not (learned and learned.entities):
        found.append("no names but those of the register and of countries: its script has no capitals")
    knows_cues = lexicon.lexicon_of(language) is not None
    if not knows_cues and not (models.options.tagger and primary_language(language) == "en"):
        found.append(f"no attributions: the cue lexicon has {', '.join(lexicon.languages())}")
    if not knows_cues and not (learned and learned.claims):
        found.append("no claims: no gold in this language to learn from")
    return found


def gap_notes(articles: Iterable[tuple[str, str, str]], models: Proposers) -> list[str]:
    """One line for each language with a gap, of articles given as id, language and text."""
    by_language: dict[str, tuple[list[str], list[str]]] = {}
    for article_id, language, text in articles:
        if missing := gaps(language, text, models):
            by_language.setdefault(language, (missing, []))[1].append(article_id)
    return [
        f"{language_name(language)}, {_named(ids)}: {'; '.join(missing)}"
        for language, (missing, ids) in sorted(by_language.items())
    ]


def empty_note(article_id: str) -> str:
    """What is said of an article for which nothing is proposed."""
    return f"{article_id}: nothing is proposed and its draft is empty: annotate it by hand"


def _named(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= 3 else f"{', '.join(ids[:3])} and {number(len(ids) - 3, 'more article')}"
