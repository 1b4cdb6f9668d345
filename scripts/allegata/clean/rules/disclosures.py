"""AI disclosures, investment and other disclaimers, and links to report an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from allegata.clean.page import Hit, Page

NAME = "disclosures/1"

# A page may glue a badge in front of the label: "PROEditorial Disclosure".
_LABEL = re.compile(
    r"(?:[a-z]{2,5})?(?:\b|(?<=pro))(?:(?:editorial|ai|affiliate|advertis\w+|full|financial|investment|risk|legal|important|"
    r"general|medical|transparency|copyright|image) ?(?:& |and )?){0,3}"
    r"(?:disclosures?|disclaimers?|transparency|warnings?|notices?|policy note)\b[^.:]{0,40}(?::|$)"
)
_DISCLAIMER = re.compile(
    r"for (?:general )?(?:informational|information|educational|entertainment) (?:and \w+ )?purposes only|"
    r"(?:does|do|is|should) not (?:constitute|be (?:construed|taken|considered|regarded) as|intended (?:as|to be))|"
    r"not (?:a )?substitute for|general in nature|not (?:necessarily )?(?:those|the views) of (?:my|any|their|his|her|the|our)\b|are my own|"
    r"not (?:financial|investment|legal|medical|tax|professional) advice|"
    r"consult (?:with )?(?:a|an|your) (?:\w+ ){0,2}(?:advis[eo]r|professional|attorney|lawyer|doctor)|"
    r"past performance|disclaims? (?:all|any) (?:liability|warrant\w+|responsibility)|at your own risk|"
    r"recommendations? to (?:buy|sell|hold)|offer(?:s)? or solicitation|(?:buy|purchase) or sell|no guarantee of future|"
    r"lose (?:all|some|part) of your (?:capital|money|investment)|"
    r"perform (?:your own |independent )research|do your own research|accepts? no (?:liability|responsibility)|"
    r"markets involve|inherent risks?|(?:views|opinions) expressed (?:\w+ ){0,5}(?:are|do not|belong)|"
    r"affiliate (?:links?|commissions?|programs?)|(?:earn|receive) (?:a |an )?(?:small )?(?:affiliate )?commission|"
    r"all rights reserved|may not be (?:published|reproduced|rewritten|redistributed|copied)|"
    r"without (?:the )?(?:prior |express )?(?:written )?(?:permission|consent) of the (?:publisher|copyright)"
)
_DISCLOSURE = re.compile(
    r"large language models?|llm\b|human[- ]in[- ]the[- ]loop|ai hallucinations?|human (?:oversight|review|editors?)|"
    r"generated (?:with|by|using) (?:the (?:help|assistance) of )?(?:ai|artificial)|ai(?:-powered)? tools?|"
    r"with the (?:help|assistance) of (?:ai|artificial)|assist(?:s|ed) in (?:data|draft)|fact-check\w*|editorial (?:member|team|"
    r"staff|standards|review|process|guidelines)|reviewed(?:,| and)? (?:fact-checked|edited|approved|by (?:a|an|our) )|"
    r"(?:the|this) (?:author|writer|reporter)(?:'s firm|'s employer)? (?:represents|holds?|held|owns?|owned|has (?:no|a)|had (?:no|a)|"
    r"works for|is employed)|neither the author|no (?:position|shares|stake)s? in|own shares in|at the time of (?:publication|writing)|"
    r"has no involvement|ai (?:transparency|assist\w+|disclosure)|verification process|(?:independently|rigorously) review\w*"
)
# The page speaks of itself: a second cue beside a first.
_SELF = re.compile(
    r"\b(?:this|the above|the) (?:page|article|content|material|information|site|website|publication|summary|post)\b|"
    r"^nothing (?:on|in) (?:this|here)|\bour (?:newsroom|editors|editorial|readers)\b"
)
# Every label has one of these words: inside the article, a line without them is not looked at any further.
_LABEL_WORDS = ("disclos", "disclaim", "transparency", "warning", "notice", "policy note")
# No cue without one of these: asked first, they spare most lines the patterns.
_DISCLAIMER_WORDS = (
    "purposes only", "not ", "general in nature", "are my own", "consult ", "past performance", "disclaim", "own risk",
    "recommendation", "solicitation", " or sell", "guarantee", "lose ", "research", "accept", "markets involve",
    "inherent risk", "expressed", "affiliate", "commission", "rights reserved", "may not be", "without ",
)  # fmt: skip
_DISCLOSURE_WORDS = (
    "language model", "llm", "human", "hallucination", "generated ", "ai tool", "ai-powered", "help of", "assist",
    "fact-check", "editorial ", "review", "author", "writer", "reporter", "no position", "no shares", "no stake",
    "own shares", "at the time of", "involvement", "ai transparency", "ai disclosure", "verification",
)  # fmt: skip
_ERROR = re.compile(
    r"(?:(?:to |please )?report an? (?:error|mistake)\b.{0,90}|(?:have you |did you )?(?:found|find|spot|spotted|see|notice|noticed|seen) (?:an? |any )?(?:errors?|mistakes?|typos?|"
    r"inaccurac\w+|something wrong)\b.{0,60}|report (?:an?|this|a factual) (?:issue|error|problem|typo|mistake|correction)s?\b.{0,30}|"
    r"(?:suggest|submit|request|send us) (?:a |any )?corrections?\b.{0,30}|something (?:is )?wrong\?.{0,40})"
)


def find(page: Page) -> Iterator[Hit]:
    """Blocks with a label and a cue, or several cues, before or after the article; error-report links.

    A block between two of them goes with them (a disclosure may run over several paragraphs) if nobody is
    quoted in it.
    """
    free = page.free()
    found: dict[int, Hit] = {}
    prose = list(page.prose)
    # From the end: an article is over where only notices follow.
    for index in reversed(free):
        while prose and prose[-1] in found:
            prose.pop()
        hit = _notice(page, index, outside=not prose or prose[-1] <= index or page.in_head(index))
        if hit:
            found[index] = hit
    order = sorted(found)
    for first, second in pairwise(order):
        between = range(first + 1, second)
        if len(between) == 1 and between[0] not in page.taken and not page.quotes(between[0]):
            reason = found[first].reason
            found[between[0]] = Hit(between[0], between[0], reason, f"between two blocks of {reason}")
    yield from (found[index] for index in sorted(found))


def _notice(page: Page, index: int, *, outside: bool) -> Hit | None:
    line = page.folded[index]
    if not line:
        return None
    if page.word_counts[index] <= 14 and _ERROR.fullmatch(line.strip(" .!")) and not page.reports(index):
        return Hit(index, index, "error_report", f"error-report link {line[:60]!r}")
    if not outside and not any(word in line for word in _LABEL_WORDS):
        return None
    disclaimers = _cues(_DISCLAIMER, _DISCLAIMER_WORDS, line)
    disclosures = _cues(_DISCLOSURE, _DISCLOSURE_WORDS, line)
    label = _LABEL.match(line)
    cues = len(disclaimers) + len(disclosures) + 2 * bool(label)
    cues += bool(cues) and bool(_SELF.search(line))
    cues += (
        bool(cues)
        and len(disclaimers) == 1
        and line.startswith(("views", "opinions", "all views", "all opinions", "the views"))
    )
    if cues < 2 or page.quotes(index):
        return None
    if not outside and not (label and cues > 2):
        return None
    words = ([label.group().strip()] if label else []) + disclaimers + disclosures
    reason = "disclaimer" if len(disclaimers) > len(disclosures) else "disclosure"
    return Hit(index, index, reason, "cues: " + "; ".join(repr(word) for word in words[:4]))


def _cues(pattern: re.Pattern[str], words: tuple[str, ...], line: str) -> list[str]:
    return sorted({match.group() for match in pattern.finditer(line)}) if any(word in line for word in words) else []
