"""The card of a corpus: what was measured on this build and what its settings say, at most 250 lines of it.

It is `corpus/README.md`, with the configs that `load_dataset` reads in its front matter, and `dataset_card.md` beside
the folder, without them: their paths begin at the folder of the file that holds them. The text of both is the same
but for the paths of its links, which all lead into the folder: a copy of `corpus/` travels without the rest. What is
long is on pages in `corpus/card/`. The sections are those of the Hub's card template, in the order of what readers ask.
"""

from __future__ import annotations

from collections.abc import Mapping

from allegata.publish.card.annotation import annotation, annotation_pages
from allegata.publish.card.datasheet import datasheet
from allegata.publish.card.facts import CardData
from allegata.publish.card.leaderboard import leaderboard_page, leaderboard_section
from allegata.publish.card.opening import description_page, opening, uses
from allegata.publish.card.pages import CARD, Links, page_place
from allegata.publish.card.pre_annotation import pre_annotation_page
from allegata.publish.card.sources import rationale, source_page, sources
from allegata.publish.card.structure import structure, structure_pages
from allegata.publish.card.terms import citation, contact, glossary, licence, limits, personal_data, versions
from allegata.publish.configs import README, corpus_configs, front_matter
from allegata.publish.hub.metadata import hub_metadata
from allegata.publish.markdown import sections, under


def render_card(data: CardData) -> dict[str, bytes]:
    """Return the card of the latest version and its pages, by path relative to the root of the corpus."""
    pages = _pages(data)
    measured = {
        "leaderboard": leaderboard_page(data.facts.leaderboard, data.latest),
        "pre-annotation": pre_annotation_page(data.facts.pre_annotation),
    }
    written = {**{name: text for name, (_, text) in pages.items()}, **measured}
    metadata = hub_metadata(data.summary)
    readme = front_matter(metadata, corpus_configs(data.manifests))
    return {
        **{f"corpus/{page_place(name)}": text for name, text in written.items() if text},
        f"corpus/{README}": f"{readme}\n{_text(data, Links(), pages)}\n".encode(),
        CARD: f"{front_matter(metadata)}\n{_text(data, Links('corpus/'), pages)}\n".encode(),
    }


def _text(data: CardData, links: Links, pages: Mapping[str, tuple[str, bytes]]) -> str:
    return sections(
        opening(data, links),
        uses(data),
        structure(data, links),
        under("Dataset Creation", rationale(data, links), sources(data, links), annotation(data, links)),
        leaderboard_section(data.facts.leaderboard, data.latest, links, annotated=bool(data.summary.annotated)),
        limits(data, links),
        personal_data(data),
        licence(data),
        versions(data.manifests, links),
        citation(data),
        under("Glossary", f"{links.page('glossary', 'The terms of this card and of its tables')}."),
        under(
            "More Information",
            "; ".join(f"{links.page(name)}, {about}" for name, (about, _) in pages.items()) + ".",
        ),
        contact(data.settings),
    )


def _pages(data: CardData) -> dict[str, tuple[str, bytes]]:
    """What each page is about and its text, by name, in the order in which the card lists them; without those that
    have nothing to say. What a command measures between publications has pages too, which its own section links."""
    made = {
        "description": ("the description of the corpus", description_page(data.settings)),
        **structure_pages(data),
        "sources": ("what is known of the articles; what was cut, by reason", source_page(data)),
        **annotation_pages(data),
        "glossary": ("what the terms mean", glossary(data.summary)),
        "datasheet": ("the questions of *Datasheets for Datasets*, answered from facts and settings", datasheet(data)),
    }
    return {name: found for name, found in made.items() if found[1]}
