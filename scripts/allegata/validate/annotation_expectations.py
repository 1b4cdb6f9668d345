"""The custom expectations about the annotation: claims, attributions, times, propositions, relations."""

from __future__ import annotations

from allegata.validate.checked import Checked
from allegata.validate.checks import annotation, pairs


class ExpectTextsToEndInFullStop(Checked):
    """The text is a sentence that ends with a full stop or another end mark."""

    check = annotation.end_in_full_stop
    column: str


class ExpectCurrenciesToBeIso4217(Checked):
    """Every currency is a code of ISO 4217."""

    check = annotation.be_currencies
    column: str


class ExpectEdtfToParse(Checked):
    """Every value parses as Extended Date/Time Format."""

    check = annotation.be_edtf
    column: str


class ExpectTimexValuesToBeWellFormed(Checked):
    """Every TIMEX3 value is well-formed for its type."""

    check = annotation.be_timex
    value: str
    type: str


class ExpectTimesToMatchMentions(Checked):
    """Time expressions and the mentions with a label that has a time have the same spans, one to one."""

    check = annotation.match_time_mentions
    start: str
    end: str
    label: str


class ExpectClaimsToFollowAttributions(Checked):
    """A claim's claimer is the source of its attribution, and its span overlaps the content of it.

    Where `unattributed` is true, a claim may name its claimer without an attribution."""

    check = annotation.follow_attribution
    attribution_id: str
    claimer_id: str
    unattributed: bool


class ExpectChainsToLeadToClaimer(Checked):
    """The chain of a claim leads from the author, through known entities, to the claimer."""

    check = annotation.have_chains
    chain: str
    claimer_id: str


class ExpectFlagsToFollowGrades(Checked):
    """A flag is true exactly where a grade is worthy by the scheme."""

    check = annotation.be_derived_flag
    flag: str
    of: str


class ExpectSpansToLieInsideOneSentence(Checked):
    """A span lies inside some sentence of its article."""

    check = annotation.lie_inside_one_sentence
    start: str
    end: str


class ExpectPairsToRepeatClaims(Checked):
    """A pair repeats the claims it names exactly."""

    check = pairs.repeat_claims
    claim: str
    side: str


class ExpectPropositionsToHoldMembers(Checked):
    """A proposition holds two known claims or more that no other proposition holds."""

    check = pairs.hold_members
    claim_ids: str
    article_ids: str


class ExpectRelationsToAgreeWithPropositions(Checked):
    """Two claims are equivalent exactly where one proposition holds both."""

    check = pairs.agree_with_propositions
    claim_a: str
    claim_b: str
    relation: str


class ExpectPairsToBeStoredOnce(Checked):
    """A pair stands once, and a symmetric one with the earlier claim first."""

    check = pairs.be_stored_once
    claim_a: str
    claim_b: str
    relation: str


class ExpectRelationsToExplainThemselves(Checked):
    """Conflict type and strictness exactly for contradictions, notes for rejected pairs."""

    check = pairs.explain_themselves
    relation: str
    conflict_type: str
    strict: str
    origin: str
    note: str


class ExpectRelationsToBeConsistent(Checked):
    """What follows from the relations contradicts none of them."""

    check = pairs.be_consistent
    claim_a: str
    claim_b: str
    relation: str
