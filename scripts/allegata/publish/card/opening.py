"""The first screen of the card: what, how large, how made, annotated by whom, what not to use it for; then its uses."""

from __future__ import annotations

from collections.abc import Mapping

from allegata.publish.card.facts import CardData
from allegata.publish.card.pages import Links, page
from allegata.publish.card.tables import cut_share, ledger_counts
from allegata.publish.markdown import sections, under
from allegata.publish.summary import INVENTED, LAYERS, Summary, layer_licence
from allegata.schema.markup import address, inline, link, paragraphs
from allegata.schema.settings import Settings
from allegata.schema.wording import listed, number, some, thousands

NOT_STATED = "not stated"
# A description of few lines opens the card; a longer one is on a page, and the card has its beginning.
_OPENING_LINES, _BEGINNING = 6, 200
_LANGUAGES_SHOWN = 12

# What each table is good for, where it has rows.
_USES = {
    "removals": "removing boilerplate from articles, with every cut span and its reason",
    "entities": "recognising entities and linking mentions across articles",
    "claims": "finding claims, their types, claimers and factuality",
    "attributions": "finding attributions: content, source and cue",
    "time_expressions": "normalising dates and times",
    "disputes": "finding the questions on which articles differ, and who takes which position",
    "relations": "classifying pairs of claims: equivalent, opposed, or neither",
}


def opening(data: CardData, links: Links) -> str:
    """Title, the facts in one line, a short description, and the five things that a reader has to know first."""
    summary, settings = data.summary, data.settings
    return sections(
        f"# {inline(settings.shown)}",
        f"**{summary.facts[0].upper()}{summary.facts[1:]}.**",
        INVENTED if settings.invented else "",
        paragraphs(settings.description) if _lines(settings) <= _OPENING_LINES else "",
        "## Dataset Details",
        "### Dataset Description",
        _list(
            {
                "What": f"{inline(summary.headline)}.",
                "How large": _size(data),
                "How made": _made(data),
                "Annotated by": _annotated_by(summary),
                "Do not use it": f"{'; '.join(_misuses(summary))}.",
                "Curated by": "; ".join(map(inline, settings.authors)) or NOT_STATED,
                "Funded by": inline(settings.funding) or NOT_STATED,
                "Language(s) (NLP)": some(map(inline, summary.tags), _LANGUAGES_SHOWN) or "unknown",
                "License": "; ".join(f"{layer}: {licence_shown(settings, layer)}" for layer in LAYERS),
            }
        ),
        "### Dataset Sources",
        _list(
            {
                "Repository": address(settings.homepage) if settings.homepage else NOT_STATED,
                "Paper": "see Citation" if settings.citation else NOT_STATED,
                "Pages beside this card": f"{links.page('columns', 'columns')}, {links.page('datasheet', 'datasheet')}"
                " and those under More Information",
            }
        ),
    )


def uses(data: CardData) -> str:
    """What the tables are good for, as counted and as stated, and what no figure of them can carry."""
    summary = data.summary
    direct = [about for table, about in _USES.items() if table in summary.tables]
    return under(
        "Uses",
        "### Direct Use",
        f"Study of the texts; training and testing of methods for {'; '.join(direct)}."
        if direct
        else "Study of the texts.",
        " ".join(map(inline, data.stated("dataUseCases"))),
        "### Out-of-Scope Use",
        f"Not {'; not '.join(_misuses(summary))}."
        + (
            " A score measured here compares methods on these articles, and is no evidence about other texts."
            if summary.annotated
            else ""
        ),
    )


def rationale_text(settings: Settings, links: Links) -> str:
    """The description where it is too long to open the card."""
    if _lines(settings) <= _OPENING_LINES:
        return "See the description above." if settings.description else "The settings of the corpus do not say."
    first = " ".join(settings.description.split("\n\n")[0].split())
    shown = first if len(first) <= _BEGINNING else f"{first[:_BEGINNING].rpartition(' ')[0]} …"
    return f"{inline(shown)} ({links.page('description', 'in full')})"


def description_page(settings: Settings) -> bytes:
    """The description, where it is too long for the card."""
    return page("Description", paragraphs(settings.description)) if _lines(settings) > _OPENING_LINES else b""


def licence_shown(settings: Settings, layer: str) -> str:
    """The licence of a layer as people read it."""
    name, url = layer_licence(settings, layer)
    if not name:
        return address(url) if url else NOT_STATED
    return link(name, url) if url else inline(name)


def _lines(settings: Settings) -> int:
    return settings.description.count("\n") + 1 if settings.description else 0


def _list(entries: Mapping[str, str]) -> str:
    return "\n".join(f"- **{name}:** {' '.join(text.split())}" for name, text in entries.items())


def _size(data: CardData) -> str:
    summary = data.summary
    rows = {name: data.counts.rows[name] for name in summary.annotated_tables}
    annotated = [
        f"{thousands(count)} {words}" for name, words in summary.annotated_tables.items() if (count := rows[name])
    ]
    languages = f"in {number(len(summary.languages), 'language')}" if summary.languages else ""
    size = f"{number(summary.articles, 'article')}, {number(summary.words, 'word')} of clean text {languages}".strip()
    return f"version {data.latest.version}: {size}{f'; {listed(annotated)}' if annotated else ''}."


def _made(data: CardData) -> str:
    return (
        f"{ledger_counts(data.ledger)} Rules cut {cut_share(data.counts)} of their characters, each cut with its "
        "reason; nothing is rewritten."
    )


def _annotated_by(summary: Summary) -> str:
    if not summary.annotated:
        return "nobody yet."
    if summary.corrected:
        return f"models; {summary.corrected}."
    part = f", {thousands(summary.annotated)} of {number(summary.articles, 'article')}" if summary.unannotated else ""
    found = {
        frozenset({"model"}): f"models alone{part}: no human has annotated or reviewed it.",
        frozenset({"human"}): f"people{part}.",
        frozenset({"human", "model"}): f"people and models{part}.",
    }
    return found.get(
        summary.kinds, f"{listed(sorted(map(inline, summary.kinds))) or 'annotators who are not registered'}{part}."
    )


def _misuses(summary: Summary) -> list[str]:
    found = []
    if "claims" in summary.tables:
        found.append("to decide whether a claim is true (no row says so)")
    if summary.settings.invented:
        found.append("as a source about the world (everything in it is invented)")
    else:
        found.append("to profile the people whom the articles name")
        found.append("to republish an article against the terms of its publisher")
    return found
