"""The judge of lines has the last word on a plain text: what the rules take is what it goes by, not what it must do."""

from __future__ import annotations

from allegata.clean import citations, curated_lines
from allegata.clean.page import Hit, Page
from allegata.clean.rules import biography, head_matter, keywords, pull_quotes, repetition, ticker
from allegata.judge.line_facts import Lines
from allegata.judge.line_judge import JudgedLines, default_line_judge

NAME = "lines/2"
# Of 1000: a line that no rule takes leaves below the first score, one that a rule takes stays from the second on; from
# the third where the rule knows a byline, a date or a biography by its words: those of short texts look like the text.
# Precision and recall of judges that had not learned from the pages, 833 written and 150 of the web: 50, 300, 700 .980,
# .722 and .978, .669; these .977, .792 and .969, .750; 150, 500, 700 .973, .794 and .968, .751.
LEAVES, STAYS, STAYS_NAMED = 150, 300, 700
_NAMED = frozenset((biography.NAME, head_matter.NAME))
# The rules that show what they go by are not doubted: a copy, a label, a price with its mark, a numbered reference; and
# the curator is not.
SHOWN = frozenset((citations.NAME, curated_lines.NAME, keywords.NAME, pull_quotes.NAME, repetition.NAME, ticker.NAME))
# Lines of a text that is judged: one of fewer is no page, and the rules that need one see nothing there either. Lines
# that stay: where the judge would leave less, the text is all furniture or none that it knows.
_LEAST_LINES, _LEAST_LEFT = 8, 2

Decisions = list[tuple[str, Hit]]


def lines_of(page: Page) -> Lines:
    """The lines of a page and what the rules take of it, as the judge reads them."""
    return Lines(
        [block.text for block in page.blocks],
        [block.gap for block in page.blocks],
        [page.taken.get(index) for index in range(len(page.blocks))],
    )


def overrule(page: Page, decided: Decisions, seen: Page | None = None) -> tuple[Decisions, Page]:
    """`decided`, and the page after it, with the lines that the judge is sure of: out or back. It sees `seen` where a
    curator had a part in `page`: what is decided about one line moves no other."""
    if len(page.blocks) < _LEAST_LINES:
        return decided, page
    judged = default_line_judge().judge(lines_of(seen or page))
    doubted = {
        index: STAYS_NAMED if name in _NAMED else STAYS
        for name, hit in decided
        if name not in SHOWN
        for index in range(hit.first, hit.last + 1)
    }
    copied = {index for _, hit in decided if hit.repeats for index in range(hit.repeats[0], hit.repeats[1] + 1)}
    back = {index for index, least in doubted.items() if judged.scores[index] >= least}
    out = [index for index in page.free() if judged.scores[index] < LEAVES and index not in copied]
    if len(page.free()) + len(back) - len(out) < _LEAST_LEFT:
        return decided, page
    hits = [_hit(index, judged) for index in out]
    return [*curated_lines.without_blocks(decided, back), *((NAME, hit) for hit in hits)], page.bring_back(
        back
    ).without(hits)


def _hit(index: int, judged: JudgedLines) -> Hit:
    evidence = f"score {judged.scores[index]} of 1000 to be of the article, by {judged.because[index]}"
    return Hit(index, index, judged.reasons[index], evidence)
