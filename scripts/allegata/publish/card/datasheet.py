"""A datasheet: what *Datasheets for Datasets* (Gebru et al. 2021, doi:10.1145/3458723) asks, answered one by one.

The questions are in our own words, in the order of the paper. An answer is computed from the build or quoted from the
settings; a question that neither answers is said to be unanswered, and is never guessed.
"""

from __future__ import annotations

from allegata.publish.card.facts import CardData
from allegata.publish.card.opening import licence_shown
from allegata.publish.card.pages import page
from allegata.publish.card.tables import cut_share, ledger_counts
from allegata.publish.summary import LAYERS
from allegata.schema.markup import address, inline, paragraphs
from allegata.schema.wording import listed, number, thousands

_Answers = dict[str, str]
UNANSWERED = "Unanswered: neither the settings nor the tables say."


def datasheet(data: CardData) -> bytes:
    """The page, with every question."""
    parts = {
        "Motivation": _motivation(data),
        "Composition": _composition(data),
        "Collection process": _collection(data),
        "Preprocessing, cleaning, labelling": _preprocessing(data),
        "Uses": _uses(data),
        "Distribution": _distribution(data),
        "Maintenance": _maintenance(data),
    }
    questions = (
        [f"## {title}", *(f"**{question}** {answer or UNANSWERED}" for question, answer in answers.items())]
        for title, answers in parts.items()
    )
    answered = sum(bool(answer) for answers in parts.values() for answer in answers.values())
    asked = sum(map(len, parts.values()))
    opening = (
        "The questions of *Datasheets for Datasets* ([Gebru et al. 2021](https://doi.org/10.1145/3458723)) in our own "
        f"words. {answered} of {asked} are answered, from what was counted on this build and from the settings."
    )
    return page("Datasheet", opening, *(part for found in questions for part in found))


def _text(data: CardData, *names: str) -> str:
    """What the settings state, before what was counted; empty where they do not."""
    return "".join(f"{inline(text)} " for text in data.stated(*names))


def _motivation(data: CardData) -> _Answers:
    settings = data.settings
    return {
        "For what purpose was it made?": paragraphs(settings.description),
        "Who made it, and for whom?": "; ".join(map(inline, settings.authors)),
        "Who funded it?": inline(settings.funding),
        "Anything else on motivation?": "",
    }


def _composition(data: CardData) -> _Answers:
    summary, settings, counts = data.summary, data.settings, data.counts
    unknown = [
        f"`{field}` {thousands(summary.articles - data.known(field))}"
        for field in ("title", "publisher", "url", "author", "published", "rights")
        if data.known(field) < summary.articles
    ]
    unannotated = f" Without annotation: {number(summary.unannotated, 'article')}." if summary.unannotated else ""
    replaced = number(data.facts.redacted, "person", "people")
    names = f"but for {replaced}, whose names are replaced" if data.facts.redacted else "and they are not anonymised"
    invented = "No: everything in the articles is invented." if settings.invented else ""
    return {
        "What does an instance stand for?": f"A news article or a similar text; {inline(summary.headline)}.",
        "How many are there?": f"{summary.extent}; rows of each table are in the card.",
        "Is it everything, or a sample?": "The articles that were added to `raw/`; their choice is not recorded.",
        "What data is in an instance?": "The source text, the clean text, what is known of the article, and the "
        "rows of the other tables about it (`columns.md`, `examples.md`).",
        "Is there a label or target?": f"Yes: {listed(summary.layers)}." if summary.layers else "No.",
        "Is information missing?": _text(data, "dataCollectionMissingData")
        + (f"Null, as it is not known: {', '.join(unknown)} articles." if unknown else "No.")
        + unannotated,
        "Are relations between instances explicit?": "Yes: `cluster_id`, `story`"
        + (", and the tables about several articles." if "relations" in summary.tables else "."),
        "Are there recommended splits?": "Yes: train, validation and test; the card says how they were made.",
        "Are there errors, noise or redundancies?": f"{cut_share(counts)} of the characters were cut as boilerplate or "
        "repetition, with a reason each; what the rules missed is still in the text. Near-duplicates are clustered.",
        "Does it rely on external resources?": "No; addresses in the tables may stop to resolve.",
        "Is there confidential data?": invented,
        "Is there content that may offend or frighten?": "It may: the articles were not filtered by what they tell."
        if not settings.invented
        else "",
        "Does it identify subpopulations?": "No column is made for it.",
        "Can individuals be identified?": invented or f"Yes: the articles name people, {names}.",
        "Is there sensitive data about people?": _text(data, "personalSensitiveInformation") + invented
        or "It may be: articles tell of accusations, opinions, health or beliefs of people whom they name.",
        "Anything else on composition?": "",
    }


def _collection(data: CardData) -> _Answers:
    settings = data.settings
    invented = "It is about no real person." if settings.invented else ""
    return {
        "How was the data acquired?": _text(data, "dataCollection")
        + "As files; `raw/manifest.jsonl` has the SHA-256 of each and what is known of it."
        + (" The articles were written for this corpus." if settings.invented else ""),
        "By which procedures?": "`allegata add` takes files and archives, and does not edit them.",
        "How was it sampled?": "",
        "Who collected it, and how were they paid?": "",
        "Over which time?": _time(data),
        "Was there an ethical review?": "",
        "Was it collected from the people themselves?": invented or "No: from articles about them.",
        "Were they notified?": invented,
        "Did they consent?": invented,
        "Can consent be revoked?": invented
        or "Removal can be asked for, as the card says; the next version follows it.",
        "Was the impact on them analysed?": _text(data, "dataSocialImpact") or invented,
        "Anything else on collection?": "",
    }


def _time(data: CardData) -> str:
    if days := data.stated("dataCollectionTimeframe"):
        return f"{' to '.join(map(inline, days))}."
    if not data.known("published"):
        return ""
    known = f"{thousands(data.known('published'))} of {number(data.summary.articles, 'article')}"
    return f"The date of publication is known for {known}; when they were collected is not recorded."


def _preprocessing(data: CardData) -> _Answers:
    annotated = f" {listed(data.summary.layers)} were annotated on it." if data.summary.layers else ""
    return {
        "Was the data preprocessed, cleaned or labelled?": f"Yes: {ledger_counts(data.ledger)} "
        f"{cut_share(data.counts)} of the characters were cut.{annotated}",
        "Is the raw data kept?": "Yes: as `articles.source_text`, with a map of offsets; the files are in `raw/`.",
        "Is the software available?": "Yes: allegata; `manifest.json` names its algorithms with their versions.",
        "Anything else on preprocessing?": "",
    }


def _uses(data: CardData) -> _Answers:
    scored = data.facts.leaderboard is not None
    return {
        "Has it been used already?": "Yes: for the baselines of its benchmark (see the card)." if scored else "",
        "Is there a list of such uses?": "",
        "What else could it be used for?": _text(data, "dataUseCases") + "The card lists direct uses.",
        "What in it may affect future uses?": _text(data, "dataBiases", "dataLimitations")
        + "Who is named, and which publishers and languages are in it: "
        f"{data.summary.extent}.",
        "What must it not be used for?": "The card lists it under Out-of-Scope Use.",
        "Anything else on uses?": "",
    }


def _distribution(data: CardData) -> _Answers:
    settings = data.settings
    licences = "; ".join(f"{layer}: {licence_shown(settings, layer)}" for layer in LAYERS)
    return {
        "Is it passed on to third parties?": "",
        "How is it distributed?": "As Parquet files"
        + (f", described at {address(settings.homepage)}." if settings.homepage else "."),
        "When?": f"First published {settings.published}." if settings.published else "",
        "Under which licence?": f"{licences}.",
        "Do third parties hold rights in it?": "No right in the articles is held by others, as far as the settings say."
        if settings.invented
        else "Yes: the publishers and authors of the articles.",
        "Do export controls or other rules apply?": "",
        "Anything else on distribution?": "",
    }


def _maintenance(data: CardData) -> _Answers:
    settings = data.settings
    return {
        "Who maintains it?": "; ".join(map(inline, settings.authors)),
        "How can they be reached?": address(settings.contact) if settings.contact else "",
        "Is there an erratum?": "`CHANGELOG.md` lists what each version changed.",
        "Will it be updated?": _text(data, "dataReleaseMaintenancePlan")
        + "A correction is a new version; a published version never changes.",
        "Are there limits on how long data about people is kept?": "No limit is set; removal makes a new version.",
        "Are older versions kept?": "Yes, each loads on its own.",
        "How can others contribute?": "",
        "Anything else on maintenance?": "",
    }
