"""What a card is written from: the counts of one build, and what its settings and files say beside the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from allegata.publish.counts import Counts
from allegata.publish.stored import Facts
from allegata.publish.summary import Summary, summary_of
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.settings import Settings


@dataclass(frozen=True)
class CardFacts:
    """What the card says that no table holds.

    `annotators` are entries of the register (id, kind, description); `passes` maps each complete annotation of the
    corpus to the ids of who made it, `gold` each annotated article to the ids of who made what is published, `passed`
    an article to how many passes have it; those that one pass has, of others than what is published, are annotated
    `twice`. `agreement` is Markdown: one table of how far the passes agree, `agreement_figures` all figures,
    `agreement_in_words` a sentence a comparison; each may be empty. `agreement_document` is all of it as data.
    `pre_annotation` is what `card_pre_annotation.read_pre_annotation` found, `leaderboard` what
    `card_leaderboard.read_leaderboard_facts` found. `guidelines` maps parts of the annotation to versions of the
    guidelines. `divided` are the stories whose articles are in several splits (`splits.divided_stories`). `redacted`
    are people whose names are replaced: how many.
    """

    settings: Settings = field(default_factory=Settings)
    annotators: tuple[Mapping[str, Any], ...] = ()
    passes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gold: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    twice: frozenset[str] = frozenset()
    agreement: str = ""
    agreement_figures: str = ""
    agreement_in_words: tuple[str, ...] = ()
    agreement_document: Facts | None = None
    pre_annotation: Facts | None = None
    guidelines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    most_similar: tuple[str, str, float] | None = None
    divided: tuple[str | None, ...] = ()
    leaderboard: Facts | None = None
    redacted: int = 0

    def summary(self, counts: Counts) -> Summary:
        """These facts and the counts of the rows, as card, front matter and Croissant share them."""
        makers = frozenset(who for made in (self.gold, self.passes) for ids in made.values() for who in ids)
        people = {row["id"] for row in self.annotators if row["kind"] == "human"}
        by_people = sum(not people.isdisjoint(ids) for ids in self.gold.values())
        return summary_of(counts, self.settings, self.annotators, makers, by_people)


@dataclass(frozen=True)
class CardData:
    """One build as the sections and pages of its card read it: `counts` of the rows of all splits together, the split
    of each article, the ledger, and the manifests of all versions, the oldest first."""

    facts: CardFacts
    counts: Counts
    splits: Mapping[str, str]
    ledger: pa.Table
    manifests: Sequence[ReleaseManifest]

    @cached_property
    def summary(self) -> Summary:
        """What card, front matter and Croissant say alike."""
        return self.facts.summary(self.counts)

    @property
    def settings(self) -> Settings:
        """The settings of the corpus."""
        return self.facts.settings

    def stated(self, *names: str) -> tuple[str, ...]:
        """What the settings say of properties of Croissant's RAI vocabulary, in the order of `names`."""
        return tuple(text for name in names for text in self.settings.responsible_ai.get(name, ()))

    @property
    def latest(self) -> ReleaseManifest:
        """The version that the card is of."""
        return self.manifests[-1]

    def known(self, field: str) -> int:
        """For how many articles an optional field is known."""
        return self.counts.rows["articles"] - self.counts.nulls["articles", field]
