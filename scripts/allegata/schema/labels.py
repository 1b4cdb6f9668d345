"""The closed label sets. A label that is not here cannot be constructed, stored or published."""

from __future__ import annotations

SPLITS = ("train", "validation", "test")

# Why a span leaves the text. The order is the order of the card.
REMOVAL_REASONS = (
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
    "citation_marker",
    "reference_list",
)

# What a kept block is. Claims are annotated in title, body and list_item, never in a heading.
ZONES = ("title", "heading", "body", "list_item")

# OntoNotes 5 (Hovy et al. 2006), all 18 types.
ENTITY_LABELS = (
    "PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE",
    "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL",
)  # fmt: skip
# Labels whose mentions are values, not entities: they have no entity id.
VALUE_LABELS = ("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL")
ENTITY_SUBTYPES = (
    "COURT", "STATUTE", "CASE_NAME", "CASE_NUMBER", "LAW_FIRM", "GOVERNMENT_BODY", "PRODUCT_TIER", "GROUP",
)  # fmt: skip
# ACE: named, nominal, pronominal.
MENTION_TYPES = ("NAM", "NOM", "PRO")

CLAIM_TYPES = ("allegation", "denial", "reported_fact", "legal_demand", "prediction", "opinion")
# The claimer of what an article says in its own voice (NewsClaims).
AUTHOR = "author"

LEDGER_STATUSES = ("kept", "removed")
