"""The closed label sets of every corpus. Those of what is annotated are data: `allegata.schema.scheme`."""

from __future__ import annotations

SPLITS = ("train", "validation", "test")

# Why a span leaves the text. The order is the order of the card.
REMOVAL_REASONS = (
    "outside_main_content",
    "site_boilerplate",
    "title",
    "repetition",
    "related_teaser",
    "keyword_list",
    "comments",
    "newsletter_prompt",
    "generation_notice",
    "byline",
    "dateline",
    "ticker",
    "author_biography",
    "site_furniture",
    "disclosure",
    "disclaimer",
    "error_report",
    "advertisement",
    "credit",
    "caption",
    "paywall",
    "citation_marker",
    "reference_list",
)

# What cleaning says of an article beside its removals. The order is the order in which people see them.
NOTICES = (
    "no_text",
    "no_clean_text",
    "not_an_article",
    "hidden_text",
    "extractor_failed",
    "other_language",
    "low_confidence",
)

# Fields of metadata that are filled from removed text where they are null.
LIFTED_FIELDS = ("title", "author", "published", "tags", "ai_disclosure", "ai_generated")

# What a kept block is. Claims are annotated in title, body and list_item, never in a heading.
ZONES = ("title", "heading", "body", "list_item")

# A pair of claims: the relations beside the kinds of disputes, whether both are in one article, what the pair follows
# from, whether one source says both, and which of them replaces the other.
EQUIVALENT, UNRELATED = "equivalent", "none"
SCOPES = ("intra", "cross")
ORIGINS = ("proposition", "dispute", "sampled")
LEVELS = ("same", "between")
SUPERSEDING = ("a", "b")
WIKIDATA_STATUSES = ("verified", "unverified", "NIL")
ANNOTATOR_KINDS = ("human", "model")

# The claimer of what an article says in its own voice (NewsClaims), and of what it attributes to a source that the
# register of entities does not have.
AUTHOR, UNNAMED = "author", "unnamed"

LEDGER_STATUSES = ("kept", "removed")
