"""What a version's `croissant.json` says for responsible AI: the twenty properties of the RAI vocabulary 1.0.

What can be counted is counted on the rows and the annotations of the build. What only people know they state in the
settings; it comes first, and replaces what is assumed without them. What is neither known nor stated is not there.
docs/croissant.md lists property by property where it comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from allegata.publish.card.annotation import annotation_process
from allegata.publish.card.facts import CardFacts
from allegata.publish.card.tables import ledger_counts
from allegata.publish.counts import Counts
from allegata.publish.summary import Summary
from allegata.schema.responsible_ai import PROPERTIES, TIMEFRAME
from allegata.schema.wording import listed, number, thousands

# Metadata of an article that somebody may know, and the articles of which are said to lack it where it is null.
_METADATA = ("title", "author", "published", "publisher", "url", "rights")
# mlcroissant 1.1 reads two properties under names that the vocabulary has not: they are written under both.
_OTHER_NAMES = {TIMEFRAME: "dataCollectionTimeFrame", "dataManipulationProtocol": "dataDataManipulationProtocol"}


def responsible_ai(summary: Summary, counts: Counts, facts: CardFacts, ledger: pa.Table) -> dict[str, Any]:
    """The properties of a version, by their keys in its `croissant.json`."""
    stated = summary.settings.responsible_ai
    known = {
        **_of_collection(counts, ledger),
        **_of_processing(counts, facts.redacted),
        **_of_use(summary, counts, facts),
    }
    known |= _of_annotation(summary, facts) if summary.annotated else {}
    assumed = _assumed(summary)
    found: dict[str, Any] = {}
    for name, several in PROPERTIES.items():
        texts = [*(stated.get(name) or assumed.get(name) or ()), *filter(None, known.get(name, ()))]
        for key in filter(None, (name, _OTHER_NAMES.get(name))) if texts else ():
            found[f"rai:{key}"] = texts if several else " ".join(texts)
    return found


def _of_collection(counts: Counts, ledger: pa.Table) -> dict[str, list[str]]:
    articles = counts.rows["articles"]
    nulls = {name: counts.nulls["articles", name] for name in _METADATA}
    missing = ", ".join(f"{name} ({thousands(count)})" for name, count in nulls.items() if count)
    unknown = f"Not known, and null, of {number(articles, 'article')}: {missing}." if missing else ""
    unseen = (
        f"{thousands(counts.unannotated)} of {number(articles, 'article')} {_is(counts.unannotated)} not annotated."
    )
    dated = f"Dated {' to '.join(dict.fromkeys(counts.days))}, where a day is stated."
    media_types, publishers = _counted(_known(counts, "media_type")), len(_known(counts, "publisher"))
    return {
        "dataCollection": [
            "Articles were received as files, one row of raw/manifest.jsonl each.",
            ledger_counts(ledger),
            "The ledger has a row for every one of them.",
        ],
        "dataCollectionMissingData": [unknown or "No metadata of an article is missing."]
        + ([unseen] if counts.unannotated else []),
        "dataCollectionRawData": [
            f"{number(articles, 'article')} of {thousands(counts.characters)} characters of source text"
            + (f" ({media_types})" if media_types else "")
            + (f", from {number(publishers, 'publisher')}." if publishers else "."),
            dated if counts.days else "",
            "Each row of articles has the source text, and the name and the SHA-256 of the file that it was read from.",
        ],
    }


def _of_processing(counts: Counts, redacted: int) -> dict[str, list[str]]:
    spans, characters = counts.removed.total(), counts.cut.total()
    cut = f"{number(spans, 'span')} of {thousands(characters)} characters, of {thousands(counts.characters)}"
    lifted = _known(counts, "fills", "removals")
    return {
        "dataPreprocessingProtocol": [
            "What is not the text of the article is cut from each source text by rules"
            + (f": {cut} ({_counted(counts.removed)})." if spans else "; of this version nothing is.")
            + " Each cut is a row of removals with its reason, its rule and its text.",
            "Duplicates and near-duplicates across articles are clustered (articles.cluster_id); the ledger names what "
            "was removed, and for which article.",
            "Clean texts are divided into sentences; every span is in code points of the clean and of the source text.",
        ],
        "dataManipulationProtocol": [
            f"The names of {number(redacted, 'person', 'people')} are replaced by placeholders in texts, layers and "
            "metadata; apart from that no text is rewritten."
            if redacted
            else "No text is rewritten.",
            "A clean text is its source text without the spans of removals, and "
            "articles.offset_map leads from each of its characters to the source.",
        ],
        "dataImputationProtocol": [
            "No value is imputed: what is not known is null."
            + (
                f" Some are taken from removed text that states them ({_counted(lifted)}; removals.fills)."
                if lifted
                else ""
            )
        ],
    }


def _of_annotation(summary: Summary, facts: CardFacts) -> dict[str, list[str]]:
    """Who annotated by which rules, how often and how alike; nothing that a later measurement changes."""
    versions = sorted({version for found in facts.guidelines.values() for version in found})
    by_guidelines = f" ({'version' if len(versions) == 1 else 'versions'} {listed(versions)})" if versions else ""
    made = Counter(facts.passed.get(article, 0) for article in facts.gold)
    passes = [
        f"{number(count, 'article')} {_has(count)} {number(times, 'pass', 'passes') if times else 'no pass'}"
        for times, count in sorted(made.items())
    ]
    kinds = Counter(str(row["kind"]) for row in summary.annotators)
    people, described = "human" in kinds, summary.settings.responsible_ai.get("annotatorDemographics")
    process = annotation_process(facts.annotators, facts.passes, facts.gold, facts.passed, facts.twice)
    return {
        "dataAnnotationProtocol": [
            f"By annotations/GUIDELINES.md{by_guidelines}: {listed(summary.layers)}. What may be said of each is in "
            "scheme.json. Spans are quoted and checked against the text.",
            " ".join(process) if facts.gold else "",
        ],
        "dataAnnotationAnalysis": [
            *facts.agreement_in_words,
            "claims.soft_labels and claims.marked keep what every pass said before anybody decided between them."
            if facts.passes and "claims" in summary.tables
            else "",
        ],
        "annotationsPerItem": [
            f"An item is an article: {', '.join(passes)} beside the published annotation."
            if facts.passes
            else "An item is an article, and has one annotation.",
            "No annotation is by a person." if kinds and not people else "",
        ],
        "annotatorDemographics": [
            f"{number(kinds.total(), 'annotator')}, by kind in the register of annotators: {_counted(kinds)}.",
            "Of the people no demographics are recorded." if people and not described else "",
        ]
        if kinds
        else [],
        "machineAnnotationTools": [
            f"{row['id']}: {row['description']}" for row in summary.annotators if row["kind"] == "model"
        ],
    }


def _of_use(summary: Summary, counts: Counts, facts: CardFacts) -> dict[str, list[str]]:
    languages = _known(counts, "language")
    extent = ", in ".join(
        filter(None, ("one story" if summary.one_story else "", "one language" if len(summary.languages) == 1 else ""))
    )
    (publisher, most), *_ = [*_known(counts, "publisher").most_common(1), ("", 0)]
    contact = summary.settings.contact
    return {
        "dataBiases": [
            f"{extent.capitalize()}, as the publishers of these articles tell it." if extent else "",
            f"Languages, by articles: {_counted(languages)}." if len(languages) > 1 else "",
            f"{thousands(most)} of {number(summary.articles, 'article')} {_is(most)} from one publisher ({publisher})."
            if 1 < summary.articles < 2 * most
            else "",
        ],
        "dataLimitations": [
            f"{summary.extent}: figures computed on the data describe these articles, not others.",
            "The annotation was made by models, and no person has reviewed it."
            if summary.annotated and summary.kinds == {"model"}
            else "",
            "Agreement between passes shows that the guidelines can be followed, not that the labels are right."
            if facts.agreement_in_words
            else "",
        ],
        "dataReleaseMaintenancePlan": [
            "A published version never changes; corrections are a new version.",
            f"Corrections and removal are asked for at {contact}." if contact else "",
        ],
    }


def _assumed(summary: Summary) -> dict[str, list[str]]:
    """What holds of any such corpus, until the settings say more of this one."""
    annotation = f"the annotation of {listed(summary.layers)}, and of " if summary.layers else ""
    names = "The articles may name people, as their publishers print them; a claim about them is a claim, not a fact."
    invented = "The people that the articles name are invented."
    return {
        "dataCollectionType": ["Others"],
        "dataUseCases": [f"Study and testing of {annotation}text cleaning."],
        "personalSensitiveInformation": [invented if summary.settings.invented else names],
    }


def _known(counts: Counts, column: str, table: str = "articles") -> Counter[str]:
    """How often each value of a column occurs, without null."""
    found = counts.values.get((table, column), Counter())
    return Counter({value: count for value, count in found.items() if value is not None})


def _counted(found: Mapping[str, int]) -> str:
    """`text/html 3, text/plain 2`: the most frequent first."""
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{value} {thousands(count)}" for value, count in ranked)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
