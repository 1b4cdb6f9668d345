"""The closed label sets. A label that is not here cannot be constructed, stored or published."""

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

# Fields of metadata that are filled from removed text where they are null.
LIFTED_FIELDS = ("title", "author", "published", "tags", "ai_disclosure", "ai_generated")

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

# PDTB 2.0: communication, belief, factive, control.
ATTRIBUTION_TYPES = ("Comm", "PAtt", "Ftv", "Ctrl")
QUOTATION_TYPES = ("direct", "indirect", "mixed", "reported")

CLAIM_TYPES = ("allegation", "denial", "reported_fact", "legal_demand", "prediction", "opinion")
# FactBank (Saurí and Pustejovsky 2009): certain, probable, possible, unknown; positive, negative.
FACTUALITIES = ("CT+", "CT-", "PR+", "PR-", "PS+", "PS-", "CTu", "Uu")
POLARITIES = ("affirmative", "negated")
MODALITIES = ("none", "epistemic", "deontic", "conditional", "ability")
TIME_TYPES = ("DATE", "TIME", "DURATION", "SET")
# TIMEX3 modifiers.
TIME_MODIFIERS = (
    "START",
    "MID",
    "END",
    "APPROX",
    "BEFORE",
    "AFTER",
    "ON_OR_BEFORE",
    "ON_OR_AFTER",
    "LESS_THAN",
    "MORE_THAN",
)

RELATIONS = ("equivalent", "refines", "contradicts", "supersedes", "none")
SYMMETRIC_RELATIONS = ("equivalent", "contradicts", "none")
# de Marneffe, Rafferty and Manning 2008; the last three are ours.
CONFLICT_TYPES = (
    "antonym", "negation", "numeric", "temporal", "factive", "structural", "lexical", "world_knowledge",
    "granularity", "attribution_level", "framing",
)  # fmt: skip
# Whether the two claims of a pair stand in one article, and how the pair came about.
SCOPES = ("intra", "cross")
ORIGINS = ("annotated", "sampled")
WIKIDATA_STATUSES = ("verified", "unverified", "NIL")
ANNOTATOR_KINDS = ("human", "model")

# The claimer of what an article says in its own voice (NewsClaims).
AUTHOR = "author"

LEDGER_STATUSES = ("kept", "removed")
