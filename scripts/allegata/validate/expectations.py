"""The custom expectations about texts, spans and splits, as Great Expectations knows them.

Importing this module registers the classes; only `run` does, when a suite is to be run. Every class is a thin
frame: a name, its arguments, its check.
"""

from __future__ import annotations

from typing import Literal

from allegata.validate.checked import Checked
from allegata.validate.checks import articles, references, spans, splits
from allegata.validate.lookups import TextName


class ExpectColumnsToBeFilled(Checked):
    """No null and no empty string in `columns`."""

    check = references.be_filled
    columns: list[str]


class ExpectRowsToLieInAnnotatedArticles(Checked):
    """The article of a row has a gold file, as its column `annotated` says."""

    check = references.lie_in_annotated_articles
    annotated: str


class ExpectValuesToBeLabels(Checked):
    """Every value of `column` is one of the set `labels_of`: `SPLITS`, …, or an attribute of the scheme."""

    check = references.be_labels
    column: str
    labels_of: str


class ExpectAttributesToFollowScheme(Checked):
    """Every attribute of a kind of record has a value of the scheme, null only where the scheme lets it be."""

    check = references.follow_scheme
    record: str
    own_id: str


class ExpectReferencesToResolve(Checked):
    """Every id in `column` is known in the table `to`, or is one of `also`."""

    check = references.resolve
    column: str
    to: Literal[
        "articles", "sentences", "claims", "attributions", "time_expressions", "disputes", "ledger", "entity_ids"
    ]
    also: list[str]


class ExpectSpansToLieInsideText(Checked):
    """Offsets lie inside the text, and the span is not empty."""

    check = spans.lie_inside_text
    start: str
    end: str
    text: TextName


class ExpectSpansToQuoteText(Checked):
    """`text[start:end]` is the quoted text of the row."""

    check = spans.quote_text
    start: str
    end: str
    surface: str
    text: TextName


class ExpectSpansToMapToSource(Checked):
    """Clean and source offsets are the same place by the offset map."""

    check = spans.map_to_source
    start: str
    end: str
    source_start: str
    source_end: str


class ExpectSpansToHaveCleanEdges(Checked):
    """No blank and, where `markers` is true, no citation marker at an edge of a span."""

    check = spans.have_clean_edges
    surface: str
    markers: bool


class ExpectSpansToFollowOneAnother(Checked):
    """The spans of one article, or of one list, are in order and do not overlap; if `alike`, some may be the same."""

    check = spans.follow_one_another
    start: str
    end: str
    within: Literal["article", "parent"]
    alike: bool = False


class ExpectSpansToBeHullOfSegments(Checked):
    """A span reaches exactly from its first segment to its last."""

    check = spans.be_hull
    start: str
    end: str
    nested: str


class ExpectSpansToAvoidRemovals(Checked):
    """Nothing of a span's source was removed, but for the reasons in `allow`."""

    check = spans.avoid_removals
    source_start: str
    source_end: str
    allow: list[str]


class ExpectPositionsToMatchSource(Checked):
    """The clean position of something that left the text is where it closed up."""

    check = spans.stand_at_position
    position: str
    source_start: str


class ExpectSpansToLieInsideSentence(Checked):
    """A span lies inside the sentence it names."""

    check = references.lie_inside_sentence
    start: str
    end: str
    sentence_id: str


class ExpectSpansToStandInZones(Checked):
    """The sentence of a span lies in one of `zones`."""

    check = references.stand_in_zones
    sentence_id: str
    zones: list[str]


class ExpectFlagsToMatchClaims(Checked):
    """A sentence is flagged exactly when a claim names it."""

    check = references.match_claims
    sentence_id: str
    flag: str


class ExpectSpansToLieInsideParent(Checked):
    """A parent encloses its child, at most `levels` levels deep."""

    check = references.lie_inside_parent
    own_id: str
    parent_id: str
    start: str
    end: str
    levels: int


class ExpectEntitiesUnlessValues(Checked):
    """Dates, amounts and numbers have no entity id, all other mentions have one."""

    check = references.have_entities_unless_values
    label: str
    entity_id: str


class ExpectSourceToBeAccountedFor(Checked):
    """Every code point of a source text is kept, or in exactly one removal."""

    check = articles.be_accounted_for


class ExpectTextToBeProjection(Checked):
    """The clean text is what the offset map keeps of the source text."""

    check = articles.be_projections


class ExpectTagsToBeListed(Checked):
    """The list of tags is there, and its items are filled and differ."""

    check = articles.list_tags
    tags: str


class ExpectLiftedValuesToBeQuoted(Checked):
    """A removal that fills a field of its article has the value in its text."""

    check = articles.quote_lifted
    fills: str
    surface: str


class ExpectRepetitionsToRepeat(Checked):
    """Repetitions, and nothing else, name the span they repeat, and it says the same."""

    check = articles.repeat
    reason: str
    surface: str
    repeats_start: str
    repeats_end: str


class ExpectCitationsToMatchReferences(Checked):
    """A citation quotes its marker, was removed as one, and has the url of the reference list."""

    check = articles.cite_references
    marker: str
    url: str
    source_start: str
    source_end: str


class ExpectSplitOfArticle(Checked):
    """A row is in the split of its article."""

    check = splits.share_split_of_article
    split: str


class ExpectSameSplitWithin(Checked):
    """All articles with the same value of `column` are in one split."""

    check = splits.share_split_within
    column: str
    split: str


class ExpectSameSplitForEqualTexts(Checked):
    """Articles with the same normalised text are in one split."""

    check = splits.share_split_when_equal
    text: TextName
    split: str


class ExpectLedgerToBalance(Checked):
    """Kept and removed articles are what the published tables say, and none is lost."""

    check = splits.balance
    article_id: str
    status: str
    stage: str
    reason: str
    canonical_id: str


class ExpectCopiesToBeMeasured(Checked):
    """A copy says how similar it is to the article that stands for it, and what both share."""

    check = splits.measure_copies
    canonical_id: str
    similarity: str
    passage_start: str
    passage_end: str
