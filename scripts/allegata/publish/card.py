"""The card of a corpus: what was measured on this build and what its settings say, paragraph by paragraph.

It is `corpus/README.md`, with the configs that `load_dataset` reads in its front matter, and `dataset_card.md` beside
the folder, without them: their paths begin at the folder of the file that holds them. The text of both is the same,
and names files and folders, but links to none, for a copy of `corpus/` travels without the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from allegata.publish.card_annotation import agreement, annotation_process, dispute_counts, guidelines_followed
from allegata.publish.card_leaderboard import leaderboard_section
from allegata.publish.card_pre_annotation import pre_annotation_section
from allegata.publish.card_tables import (
    columns,
    example,
    known_fields,
    label_counts,
    ledger_counts,
    removal_counts,
    shared_columns,
    table_counts,
)
from allegata.publish.card_terms import citation, limits, rights, versions
from allegata.publish.configs import DEFAULT_TABLE, README, corpus_configs, front_matter, loadable, without_rows
from allegata.publish.contract import LEDGER_TABLE
from allegata.publish.counts import Counts
from allegata.publish.hub_metadata import hub_metadata
from allegata.publish.manifest import ReleaseManifest
from allegata.publish.markdown import listed, number, sections, thousands, under
from allegata.publish.splits import SHARES
from allegata.publish.stored import Facts
from allegata.publish.summary import INVENTED, Summary, summary_of
from allegata.schema.scheme import Scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import ARTICLES, tables_of

CARD = "dataset_card.md"
_SHOWN = 5


@dataclass(frozen=True)
class CardFacts:
    """What the card says that no table holds.

    `annotators` are entries of the register (id, kind, description); `passes` maps each complete annotation of the
    corpus to the ids of who made it, `gold` each annotated article to the ids of who made what is published, `passed`
    an article to how many passes have it; those that one pass has, of others than what is published, are annotated
    `twice`. `agreement` is Markdown that states how far the passes agree, with its
    tables, or empty. `pre_annotation` is what `card_pre_annotation.read_pre_annotation` found, `leaderboard` what
    `card_leaderboard.read_leaderboard` found. `guidelines` maps parts of the annotation to versions of the guidelines.
    `divided` are the stories whose articles are in several splits (`splits.divided_stories`).
    """

    settings: Settings = field(default_factory=Settings)
    annotators: tuple[Mapping[str, Any], ...] = ()
    passes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gold: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    twice: frozenset[str] = frozenset()
    agreement: str = ""
    pre_annotation: Facts | None = None
    guidelines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_similar: tuple[str, str, float] | None = None
    divided: tuple[str | None, ...] = ()
    leaderboard: Facts | None = None

    def summary(self, counts: Counts) -> Summary:
        """These facts and the counts of the rows, as card, front matter and Croissant share them."""
        makers = frozenset(who for made in (self.gold, self.passes) for ids in made.values() for who in ids)
        return summary_of(counts, self.settings, self.annotators, makers)


def render_card(
    counts: Counts,
    splits: Mapping[str, str],
    ledger: pa.Table,
    manifests: Sequence[ReleaseManifest],
    facts: CardFacts,
) -> dict[str, bytes]:
    """Return the card of the last of `manifests`, as `README.md` of the corpus folder and as `dataset_card.md`.

    `counts` are those of its rows, all splits together.
    """
    summary, latest = facts.summary(counts), manifests[-1]
    text = sections(
        f"# {facts.settings.shown}",
        _opening(summary, latest),
        _loading(summary, latest),
        _tables(latest, ledger, counts.scheme),
        under(
            "Examples",
            "One row of each table; long values are cut.",
            *(example(name, counts.first[name]) for name in counts.tables),
        ),
        under(
            "Sources",
            ledger_counts(ledger),
            "What is not known of an article is null, never guessed:",
            known_fields(counts, ARTICLES),
        ),
        under(
            "Cleaning",
            "Cleaning is by general rules that mark spans of the source text; nothing is rewritten.",
            removal_counts(counts),
        ),
        _splits(summary, facts, splits),
        _annotation(summary, facts, counts),
        leaderboard_section(facts.leaderboard, latest, annotated=bool(summary.annotated)),
        limits(summary),
        rights(summary, counts.nulls["articles", "rights"]),
        citation(facts.settings),
        versions(manifests),
    )
    metadata = hub_metadata(summary)
    return {
        README: f"{front_matter(metadata, corpus_configs(manifests))}\n{text}\n".encode(),
        CARD: f"{front_matter(metadata)}\n{text}\n".encode(),
    }


def _opening(summary: Summary, latest: ReleaseManifest) -> str:
    settings = summary.settings
    size = [f"{number(summary.words, 'word')} of clean text"]
    if summary.languages:
        size.append(f"{number(len(summary.languages), 'language')} ({', '.join(summary.languages)})")
    return sections(
        f"**{summary.facts[0].upper()}{summary.facts[1:]}.**",
        INVENTED if settings.invented else "",
        settings.description,
        f"{summary.headline}. Version {latest.version}: {', '.join(size)}.",
        f"Home page: <{settings.homepage}>" if settings.homepage else "",
    )


def _loading(summary: Summary, latest: ReleaseManifest) -> str:
    name = summary.example
    split = next(iter(latest.tables[DEFAULT_TABLE].splits))
    alone = f'\nalone = load_dataset(f"{{folder}}/v{latest.version}", "{name}")' if README in latest.documents else ""
    one = "; the folder of a version loads alone" if alone else ""
    code = (
        "from datasets import load_dataset\n\n"
        'folder = "./corpus"  # or a copy of it, anywhere\n'
        f'articles = load_dataset(folder, split="{split}")\n'
        f'{name} = load_dataset(folder, "{name}")\n'
        f'pinned = load_dataset(folder, "{name}-v{latest.version}"){alone}'
    )
    return under(
        "Load",
        f"```python\n{code}\n```",
        f"A plain name is the latest version; `<table>-vX.Y.Z` is that version for good{one}. Write the folder with "
        "its name, as `./corpus` or as an absolute path (`datasets` cannot load `.`), and name versions so: for a "
        "local folder `datasets` ignores `revision=`.",
        without_rows(latest.tables),
        "The files are plain Parquet with label strings, for any other reader:",
        f"```sql\nSELECT * FROM 'corpus/v{latest.version}/{name}/*.parquet';\n```",
    )


def _tables(latest: ReleaseManifest, ledger: pa.Table, scheme: Scheme) -> str:
    """Rows of every table, and the columns of those that have some."""
    described = {**tables_of(scheme), LEDGER_TABLE: ledger.schema}
    schemas = {name: described[name] for name in loadable(latest.tables) if name in described}
    return under(
        "Tables",
        table_counts(latest.tables),
        "Each table is sorted by its first column, the id. Columns that mean the same in several tables:",
        shared_columns(schemas),
        *(columns(name, schema, scheme) for name, schema in schemas.items()),
    )


def _splits(summary: Summary, facts: CardFacts, splits: Mapping[str, str]) -> str:
    by_story = (summary.settings.split_by or ("story" if summary.several_stories else "article")) == "story"
    shares = "/".join(map(str, SHARES.values()))
    across = [f"`{name}`" for name in ("propositions", "disputes", "positions", "relations") if name in summary.tables]
    about = (
        "one story, and so of one split"
        if by_story and not facts.divided
        else "different splits, test articles among them"
    )
    return under(
        "Splits",
        f"Splits {'keep a story whole' if by_story else 'are by article'}, aimed at {shares}. "
        "Duplicates stay together. "
        + _most_similar(facts.most_similar, splits)
        + "A published article never moves to another split (`corpus/splits.json`).",
        _divided(facts.divided) if by_story else "",
        f"{listed(across)} {'is' if len(across) == 1 else 'are'} not divided (split `full`): a row is about articles "
        f"of {about}."
        if across
        else "",
        "`split_a` and `split_b` say where both articles of a pair are. Evaluate relations by leaving one "
        f"{'story' if summary.several_stories else 'article'} out: train on the pairs without it, test on the pairs "
        "with it."
        if "relations" in summary.tables
        else "",
    )


def _divided(stories: Sequence[str | None]) -> str:
    """Stories that are not whole: published when they were not yet known to be one."""
    if not stories:
        return ""
    names = [f"`{name}`" if name else "the articles without a story" for name in stories[:_SHOWN]]
    more = f" and {thousands(len(stories) - _SHOWN)} more" if len(stories) > _SHOWN else ""
    return (
        f"Published in several splits already, and so not whole: {', '.join(names)}{more}. "
        "What is trained on one split has seen these stories."
    )


def _most_similar(pair: tuple[str, str, float] | None, splits: Mapping[str, str]) -> str:
    if pair is None:
        return ""
    first, second, similarity = pair
    if splits[first] != splits[second]:
        place = f"similarity {similarity:.2f}, in {splits[first]} and {splits[second]}"
        return f"The two most similar articles, `{first}` and `{second}` ({place}), are apart. "
    place = f"similarity {similarity:.2f}, both in {splits[first]}"
    return f"So do the two most similar articles, `{first}` and `{second}` ({place}). "


def _annotation(summary: Summary, facts: CardFacts, counts: Counts) -> str:
    unannotated = _unannotated(summary.unannotated, summary.articles)
    if not summary.annotated:
        return under("Annotation", unannotated, pre_annotation_section(facts.pre_annotation))
    return under(
        "Annotation",
        annotation_process(facts.annotators, facts.passes, facts.gold, facts.passed, facts.twice),
        "The rules are in `annotations/GUIDELINES.md`; each span is stored with its quoted text and checked against "
        "the article before anything is published."
        + (" The passes are kept in `annotations/passes/`." if facts.passes else ""),
        unannotated,
        pre_annotation_section(facts.pre_annotation),
        agreement(facts.agreement, facts.gold, facts.passed, _kinds_of_passes(facts)),
        guidelines_followed(facts.guidelines),
        dispute_counts(counts.across, counts.scheme),
        *(
            label_counts(name, column, counts.values.get((name, column), {}), names, counts.scheme)
            for name, columns in counts.labels.items()
            if name not in ("removals", "entity_register")  # counted under Cleaning; says what its mentions say
            for column, names in columns.items()
        ),
    )


def _kinds_of_passes(facts: CardFacts) -> frozenset[str]:
    makers = {who for ids in facts.passes.values() for who in ids}
    return frozenset(str(row["kind"]) for row in facts.annotators if row["id"] in makers)


def _unannotated(unannotated: int, articles: int) -> str:
    if not unannotated:
        return "Every article is annotated (`articles.annotated`)."
    if unannotated == articles:
        return "No article is annotated yet (`articles.annotated` is false): nobody has looked for claims."
    has, its, it = ("has", "its", "it") if unannotated == 1 else ("have", "their", "them")
    return (
        f"{thousands(unannotated)} of {number(articles, 'article')} {has} no gold yet (`articles.annotated` is false): "
        f"nobody has looked for claims there, `sentences.is_claim` is null for {its} sentences, and the benchmark "
        f"omits {it}."
    )
