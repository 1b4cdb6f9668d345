"""The end of the card: limits, personal data, licences, versions, citation, terms and whom to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from allegata.publish.card.facts import CardData
from allegata.publish.card.opening import NOT_STATED, licence_shown
from allegata.publish.card.pages import Links, page
from allegata.publish.diff.changelog import CHANGELOG
from allegata.publish.markdown import sections, under
from allegata.publish.summary import LAYERS, Summary
from allegata.schema.markup import address, fenced, inline, markdown_table, paragraphs
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.settings import Settings
from allegata.schema.wording import number, thousands

NO_CONTACT = "the settings name no contact"
_VERSIONS_SHOWN, _STATED_SHOWN = 3, 6
_HOLDS = {
    "text": "the articles: `articles`, `sentences`, `removals`, and every quote in the other tables",
    "annotations": "labels, spans and links of the other tables",
}
# Terms of the card, by the table that they are needed for; "" is always needed.
_TERMS = {
    "": {
        "source text": "the decoded file, which all source offsets count in; it never changes",
        "clean text": "the source text without its removals",
        "span": "half-open `[start, end)`, in Unicode code points",
    },
    "claims": {
        "claim": "something that a person, an organisation or the article states; true or not",
        "claimer": "who makes the claim; `author` is the article's own voice",
    },
    "attributions": {"attribution": "content, the source it is ascribed to, and the cue: the words that do so"},
    "disputes": {"dispute": "a question on which claims of one story differ; a position is one answer to it"},
    "propositions": {"proposition": "what several claims say alike"},
}
_GOLD = {"gold": "the annotation that is published", "pass": "one complete annotation, blind to the others"}


def limits(data: CardData, links: Links) -> str:
    """How many articles tell what, what the settings state, and what no figure of the corpus says."""
    summary = data.summary
    stated = [inline(text) for text in data.stated("dataBiases", "dataLimitations", "dataSocialImpact")]
    found = [f"{summary.extent}: what is counted or scored on them describes these articles, not others."]
    if summary.annotated and summary.kinds == {"model"}:
        found.append("All annotations are by models: errors that the models share are in all of them.")
    if summary.unannotated and summary.annotated:
        found.append(
            f"{number(summary.unannotated, 'article')} without annotation: absence of a row says nothing there."
        )
    if "claims" in summary.tables:
        found.append("A claim is what a source states, and no row says whether it is true.")
    if not summary.settings.invented:
        found.append("The articles carry the errors and the point of view of their publishers.")
    found += stated[:_STATED_SHOWN]
    if len(stated) > _STATED_SHOWN:
        found.append(f"More is stated in the {links.page('datasheet', 'datasheet')}.")
    advice = [
        "Report results with the version (`vX.Y.Z`) and, where there are several stories, by story.",
        "Look at the removals and at the evidence of a row before you rely on it." if summary.articles else "",
        "Where the articles name people, do not use the corpus to profile them."
        if not summary.settings.invented
        else "",
    ]
    return under(
        "Bias, Risks, and Limitations",
        "\n".join(f"- {text}" for text in found),
        "### Recommendations",
        " ".join(filter(None, advice)),
    )


def personal_data(data: CardData) -> str:
    """Whether real people are named, and how removal is asked for."""
    settings = data.settings
    heading = "Personal and Sensitive Information"
    if settings.invented:
        return under(heading, "Every person in the articles is invented; a likeness to a real one is chance.")
    people = data.counts.values.get(("entities", "label"), Counter())["PERSON"]
    named = (
        f"; {number(people, 'mention')} of people {'is' if people == 1 else 'are'} annotated as such" if people else ""
    )
    ask = (
        f"Write to {address(settings.contact)}"
        if settings.contact
        else f"Write to whoever published this copy ({NO_CONTACT})"
    )
    return under(
        heading,
        f"**The articles name real people**, as their publishers print them{named}. A claim about a person is what a "
        "source states of them, not a fact; articles may state opinions, accusations, health or beliefs. Names are "
        "replaced only where that was asked for.",
        " ".join(map(inline, data.stated("personalSensitiveInformation"))),
        f"**Removal.** {ask}, and name the article or the person. The next version is made without the article "
        "(`allegata withdraw`) or with the person replaced in text, layers and metadata (`allegata redact`); the "
        "command names the older versions that still hold them.",
    )


def licence(data: CardData) -> str:
    """The licence of each layer, and for how many articles the terms are unknown."""
    settings, count = data.settings, data.summary.articles
    unknown = data.counts.nulls["articles", "rights"]
    known = "Column `articles.rights` states what each article allows."
    if unknown and not settings.invented:
        known = (
            f"For {thousands(unknown)} of {number(count, 'article')} the terms are unknown (`articles.rights` is "
            "null): unknown is not permission; ask the publisher before you pass the texts on."
        )
    rows = [[layer, _HOLDS[layer], licence_shown(settings, layer)] for layer in LAYERS]
    return under(
        "Licence",
        markdown_table(
            ["layer", "what it is", "licence"], [*rows, ["program", "allegata, which made the tables", "Apache-2.0"]]
        ),
        known if unknown == 0 or not settings.invented else "",
    )


def versions(manifests: Sequence[ReleaseManifest], links: Links) -> str:
    """The last versions with the rows of their main tables, newest first, and where the changes are listed."""
    shown = manifests[: -_VERSIONS_SHOWN - 1 : -1]
    names = [
        name for name in ("articles", "claims", "entities", "disputes") if any(name in one.tables for one in shown)
    ]
    rows = [
        [one.version, *(thousands(one.tables[name].rows) if name in one.tables else "–" for name in names)]
        for one in shown
    ]
    more = len(manifests) - len(shown)
    older = f"{number(more, 'older version')}. " if more else ""
    return under(
        "Versions",
        markdown_table(["version", *names], rows),
        f"{older}{links.file(CHANGELOG, 'What changed in each version')}. Every "
        "version stays as published: `manifest.json` has the SHA-256 of each file, a digest of each table that does "
        "not depend on how its rows are stored, and hashes of what they were made from; `allegata verify` proves them.",
    )


def citation(data: CardData) -> str:
    """How to cite the corpus: as the settings say, or by authors, title and version where they name authors."""
    settings = data.settings
    if settings.citation:
        bibtex = settings.citation.startswith("@")
        return under("Citation", fenced(settings.citation, "bibtex") if bibtex else paragraphs(settings.citation))
    year = f" ({settings.published[:4]})" if settings.published else ""
    who = f"{'; '.join(map(inline, settings.authors))}{year}. " if settings.authors else ""
    where = f" {inline(settings.homepage)}" if settings.homepage else ""
    cite = f"{who}{inline(settings.shown)}, version {data.latest.version} [data set].{where}"
    return under("Citation", cite, "" if who else "The settings name no authors.")


def glossary(summary: Summary) -> bytes:
    """The page with the terms of the tables that have rows."""
    terms: dict[str, str] = {}
    for table, found in _TERMS.items():
        terms |= found if table in ("", *summary.tables) else {}
    terms |= _GOLD if summary.annotated else {}
    return page("Glossary", "\n".join(f"- **{term}**: {meaning}" for term, meaning in terms.items()))


def contact(settings: Settings) -> str:
    """Who wrote the card, and whom to ask."""
    return sections(
        under("Dataset Card Authors", "Written by `allegata publish` from the tables and the settings of the corpus."),
        under("Dataset Card Contact", address(settings.contact) if settings.contact else f"{NOT_STATED.capitalize()}."),
    )
