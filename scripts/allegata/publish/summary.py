"""What card, front matter and Croissant all say of a corpus, from its settings and from the rows of one build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allegata.publish.counts import Counts
from allegata.schema.languages import UNDETERMINED, primary_language
from allegata.schema.licences import OTHER, UNKNOWN, hub_licence, licence_id, spdx_licence
from allegata.schema.settings import Settings
from allegata.schema.wording import listed, number, thousands

# Tables that people or machines annotate, as a sentence calls their rows.
_ANNOTATED = {
    "entities": "entities",
    "claims": "claims",
    "attributions": "attributions",
    "time_expressions": "time expressions",
    "disputes": "disputes",
}

# What may have a licence of its own.
LAYERS = ("text", "annotations")

INVENTED = (
    "Every article is invented, with the events, people and organisations that it names (`articles.invented`): nothing "
    "here is news."
)


@dataclass(frozen=True)
class Summary:
    """What the card, its front matter and Croissant say alike: `annotators` are the register's rows of those who
    annotated, by id; `by_people` counts the articles whose published annotation names a person.

    `tags` are the language tags found, sorted, without the undetermined; `stories` counts the named ones, and one more
    where some articles name none beside others that do. `tables` are the tables with rows.
    """

    settings: Settings
    articles: int
    unannotated: int
    words: int
    tags: tuple[str, ...]
    stories: int
    tables: tuple[str, ...]
    annotators: tuple[Mapping[str, Any], ...] = ()
    by_people: int = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the tags, sorted: `en-GB` and `en-US` are one."""
        return tuple(sorted(set(map(primary_language, self.tags))))

    @property
    def annotated(self) -> int:
        """How many articles are annotated."""
        return self.articles - self.unannotated

    @property
    def several_stories(self) -> bool:
        """Whether the articles tell two stories or more."""
        return self.stories > 1

    @property
    def one_story(self) -> bool:
        """Whether all articles are known to tell the same story: the settings name it, or every article does."""
        return not self.several_stories and bool(self.settings.subject or self.stories)

    @property
    def about(self) -> str:
        """` about …`, or nothing where the settings name no subject, or the articles tell more than one story."""
        return f" about {self.settings.subject}" if self.settings.subject and not self.several_stories else ""

    @property
    def layers(self) -> tuple[str, ...]:
        """What is annotated, as a sentence names it."""
        return tuple(self.annotated_tables.values())

    @property
    def annotated_tables(self) -> dict[str, str]:
        """The tables with rows that people or machines annotated, and what a sentence calls their rows."""
        return {table: words for table, words in _ANNOTATED.items() if table in self.tables}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of those who annotated, as the register has them."""
        return frozenset(str(row["kind"]) for row in self.annotators)

    @property
    def extent(self) -> str:
        """`5 articles that tell one story, in one language (en)`: as much of it as is known."""
        story = "one story" if self.one_story else number(self.stories, "story", "stories") if self.stories else ""
        count = len(self.languages)
        language = "one language" if count == 1 else f"{count} languages"
        articles = number(self.articles, "article")
        verb = "tells" if self.articles == 1 else "tell"
        tells = f"{articles} that {verb} {story}," if story and count else f"{articles} that {verb} {story}"
        return (tells if story else articles) + (f" in {language} ({', '.join(self.languages)})" if count else "")

    @property
    def example(self) -> str:
        """The table that an example loads beside the articles."""
        return next((name for name in ("claims", "sentences") if name in self.tables), "articles")

    @property
    def annotation(self) -> str:
        """Who has annotated the articles, people or machines, by the kinds of the register."""
        if not self.annotated:
            return "not annotated yet"
        if self.corrected:
            return f"machine-annotated, {self.corrected}"
        found = {
            frozenset({"model"}): "machine-annotated, not yet seen by people",
            frozenset({"human"}): "annotated by people",
        }
        of_all = found.get(self.kinds, "annotated by people and machines" if self.kinds else "annotated")
        return f"{number(self.annotated, 'article')} {of_all}" if self.unannotated else of_all

    @property
    def corrected(self) -> str:
        """`1 of 66 articles corrected by a person`, where people had a hand in some of what is published, not all."""
        if "model" not in self.kinds or not 0 < self.by_people < self.annotated:
            return ""
        return f"{thousands(self.by_people)} of {number(self.annotated, 'article')} corrected by a person"

    @property
    def facts(self) -> str:
        """What a reader has to know first: `5 articles, one story, machine-annotated, not yet seen by people`."""
        story = "one story" if self.one_story else number(self.stories, "story", "stories") if self.stories else ""
        invented = "all of it invented" if self.settings.invented else ""
        return ", ".join(filter(None, (number(self.articles, "article"), story, invented, self.annotation)))

    @property
    def headline(self) -> str:
        """One sentence without its full stop: how many articles about what, and what a row of them holds."""
        holds = "the clean text, the source text it was cut from, and each cut with its reason"
        if self.layers:
            holds = f"{holds}, with the {listed(self.layers)} annotated on it"
        return (
            f"{number(self.articles, 'article')}{self.about}, as a corpus in which every published character can be "
            f"traced to its source: {holds}"
        )


def summary_of(
    counts: Counts,
    settings: Settings,
    annotators: tuple[Mapping[str, Any], ...] = (),
    makers: frozenset[str] = frozenset(),
    by_people: int = 0,
) -> Summary:
    """The summary of a build; `annotators` is the register, `makers` are the ids of those who annotated."""
    languages = counts.values.get(("articles", "language"), Counter())
    stories = counts.values.get(("articles", "story"), Counter())
    named = sum(story is not None for story in stories)
    return Summary(
        settings,
        counts.rows["articles"],
        counts.unannotated,
        counts.words,
        tuple(sorted(tag for tag in languages if tag and tag != UNDETERMINED)),
        named + (1 if named and stories[None] else 0),
        tuple(counts.tables),
        tuple(row for row in annotators if row["id"] in makers),
        by_people,
    )


def hub_licence_of(settings: Settings) -> dict[str, Any]:
    """`license`, with `license_name` and `license_link` where the Hub does not list it; `unknown` where none is set.

    Where text and annotations have different licences, both are listed; but one that the Hub does not list, or that is
    unknown, stands alone: who searches for an open licence must not find texts that are not open.
    """
    found = [_hub_fields(settings, layer) for layer in LAYERS]
    for fields in found:
        if fields["license"] in (OTHER, UNKNOWN):
            return fields
    licences = list(dict.fromkeys(fields["license"] for fields in found))
    return {"license": licences[0] if len(licences) == 1 else licences}


def _hub_fields(settings: Settings, layer: str) -> dict[str, str]:
    hub = hub_licence(stated_licence(settings, layer) or settings.licence)
    if hub != OTHER:
        return {"license": hub}
    name, link = layer_licence(settings, layer)
    if not name and not link:
        return {"license": UNKNOWN}
    fields = {"license": OTHER, "license_name": licence_id(name) if name else "", "license_link": link}
    return {key: value for key, value in fields.items() if value}


def stated_licence(settings: Settings, layer: str) -> str:
    """What the settings say of one layer alone; empty where it has the licence of the corpus."""
    return settings.text_licence if layer == "text" else settings.annotation_licence


def layer_licence(settings: Settings, layer: str) -> tuple[str, str]:
    """Name and address of the licence of a layer (`LAYERS`); empty where nothing is set, the address where none is
    known."""
    if stated := stated_licence(settings, layer):
        spdx = spdx_licence(stated)
        return spdx or stated, f"https://spdx.org/licenses/{spdx}.html" if spdx else ""
    return licence_name(settings), licence_link(settings)


def licences(settings: Settings) -> tuple[str, ...]:
    """The licences of all layers, each once, by address where it has one."""
    found = (layer_licence(settings, layer) for layer in LAYERS)
    return tuple(dict.fromkeys(link or name for name, link in found if link or name))


def licence_name(settings: Settings) -> str:
    """What people read: the name that the settings give, or the identifier; empty where nothing is set."""
    if settings.licence_name:
        return settings.licence_name
    return "" if settings.licence == OTHER else spdx_licence(settings.licence) or settings.licence


def licence_link(settings: Settings) -> str:
    """The address of the licence: the one that the settings give, or the page of SPDX; empty without one."""
    if settings.licence_url:
        return settings.licence_url
    spdx = spdx_licence(settings.licence)
    return f"https://spdx.org/licenses/{spdx}.html" if spdx else ""
