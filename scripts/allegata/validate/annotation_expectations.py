"""The custom expectations about the annotation: claims, attributions, times, propositions, disputes, pairs."""

from __future__ import annotations

from allegata.validate.checked import Checked
from allegata.validate.checks import annotation, pairs


class ExpectTextsToEndInFullStop(Checked):
    """The text is a sentence that ends with a full stop or another end mark."""

    check = annotation.end_in_full_stop
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
    """A claim's claimer is the source of its attribution, if it has one, and its span overlaps the content of it."""

    check = annotation.follow_attribution
    attribution_id: str
    claimer_id: str


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


class ExpectPassesToBeCounted(Checked):
    """What counts the passes that have a claim counts those that are named."""

    check = annotation.count_passes
    passes: str
    marked: str
    soft_labels: str


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


class ExpectTextsToEndInQuestionMark(Checked):
    """The text is a question."""

    check = pairs.end_in_question_mark
    column: str


class ExpectPositionsToBeTaken(Checked):
    """A position is taken by known claims, none of which takes another position of its dispute."""

    check = pairs.be_taken
    claim_ids: str
    claimer_ids: str
    article_ids: str


class ExpectPositionsToSupersedeInOrder(Checked):
    """A position supersedes others of its dispute, never in a circle."""

    check = pairs.supersede_in_order
    position_id: str
    supersedes: str


class ExpectDisputesToHavePositions(Checked):
    """A dispute has two positions or more, and says what follows from them."""

    check = pairs.have_positions
    dispute_id: str
    kind: str
    claim_ids: str
    article_ids: str
    level: str


class ExpectPairsToBeDerived(Checked):
    """The pairs are those that follow from propositions and disputes, each once, and sampled ones."""

    check = pairs.be_derived
    claim_a: str
    claim_b: str
    relation: str
