"""Where the articles are from and what was cut from them: a paragraph in the card, the tables on a page."""

from __future__ import annotations

from allegata.publish.card.facts import CardData
from allegata.publish.card.opening import rationale_text
from allegata.publish.card.pages import Links, page
from allegata.publish.card.tables import cut_share, known_fields, ledger_counts, removal_counts
from allegata.publish.markdown import sections
from allegata.schema.markup import inline
from allegata.schema.tables import ARTICLES
from allegata.schema.wording import number, thousands


def rationale(data: CardData, links: Links) -> str:
    """Why the corpus was made, as far as its settings say it."""
    return sections("### Curation Rationale", rationale_text(data.settings, links))


def sources(data: CardData, links: Links) -> str:
    """How the articles came in and what was done to them; who wrote them, as far as it is known."""
    count, by_machine = data.summary.articles, thousands(data.known("ai_generated"))
    known = ", ".join(
        f"{what} of {thousands(data.known(field))}"
        for field, what in (("publisher", "the publisher"), ("author", "the author"), ("published", "the date"))
    )
    return sections(
        "### Source Data",
        "#### Data Collection and Processing",
        f"{ledger_counts(data.ledger)} The table `ledger` has a row for each of them, with the stage and the reason.",
        f"General rules mark spans of the source text as removed, {cut_share(data.counts)} of the characters; the "
        "clean text is what remains, and `removals` has every span with its rule and evidence. "
        f"{links.page('sources', 'What is known of the articles, and what was cut, by reason')}.",
        " ".join(
            filter(
                None, (*map(inline, data.stated("dataCollection")), _collected(data.stated("dataCollectionTimeframe")))
            )
        ),
        "#### Who are the source data producers?",
        "The articles are invented, for this corpus." if data.settings.invented else "",
        f"Of {number(count, 'article')}, {known} {'is' if count == 1 else 'are'} known, and whether a machine wrote "
        f"it of {by_machine}; what is not known is null, never guessed.",
    )


def _collected(days: tuple[str, ...]) -> str:
    return f"Collected {' to '.join(map(inline, days))}." if days else ""


def source_page(data: CardData) -> bytes:
    """The page with all counts of the ledger, of known fields and of removals."""
    return page(
        "Sources and cleaning",
        ledger_counts(data.ledger),
        "What is not known of an article is null, never guessed:",
        known_fields(data.counts, ARTICLES),
        "## Cleaning",
        "Cleaning is by general rules that mark spans of the source text; nothing is rewritten.",
        removal_counts(data.counts),
    )
