"""The judge of lines has the last word on a plain text, but on what the curator and a few rules took: what the others
take is what it goes by, not what it must do."""

from __future__ import annotations

from allegata.clean import citations, curated_lines
from allegata.clean.page import Hit, Page
from allegata.clean.rules import keywords, pull_quotes, repetition, ticker
from allegata.judge.line_facts import Lines
from allegata.judge.line_judge import JudgedLines, default_line_judge
from allegata.text.normal import as_seen

NAME = "lines/2"
# Of 1000: a line that no rule takes leaves below the first score, one that a rule takes stays from the second on.
# Precision and recall of judges that had not learned from the pages, 833 written and 150 of the web: 50 and 300 .983,
# .720 and .978, .669; these .979, .791 and .969, .750; 150 and 500 .974, .793 and .968, .751. The next score was not
# there yet.
LEAVES, STAYS = 150, 300
# A line that a rule takes for one of these stays from this score on: of short articles they look like the text. On the
# 833 pages that takes 421 characters more that have to leave and 692 of the article; in the invented stories seven
# lines that the judge would bring back, all of them names, dates and biographies.
_HEAD, STAYS_HEAD = frozenset(("author_biography", "byline", "dateline")), 700
# Neither the curator is doubted nor rules that go by more than words and places: a copy, a numbered reference, a board;
# nor lists of keywords, where of 114 lines on the 833 pages three were of the article.
TRUSTED = frozenset((citations.NAME, curated_lines.NAME, keywords.NAME, pull_quotes.NAME, repetition.NAME, ticker.NAME))
# Lines of a text that is judged: one of fewer is no page, and the rules that need one see nothing there either. Lines
# that stay: where the judge would leave less, the text is all furniture or none that it knows.
_LEAST_LINES, _LEAST_LEFT = 8, 2

Decisions = list[tuple[str, Hit]]


def lines_of(page: Page) -> Lines:
    """The lines of a page and what the rules take of it, as the judge reads them."""
    return Lines(
        [as_seen(block.text) or block.text for block in page.blocks],
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
        index: STAYS_HEAD if hit.reason in _HEAD else STAYS
        for name, hit in decided
        if name not in TRUSTED
        for index in range(hit.first, hit.last + 1)
    }
    copied = {index for _, hit in decided if hit.repeats for index in range(hit.repeats[0], hit.repeats[1] + 1)}
    back = {index for index, least in doubted.items() if judged.scores[index] >= least}
    out = [index for index in page.free() if judged.scores[index] < LEAVES and index not in copied]
    if len(page.free()) + len(back) - len(out) < _LEAST_LEFT:
        return decided, page
    hits = [_hit(index, judged) for index in out]
    remaining = curated_lines.without_blocks(decided, back)
    return [*remaining, *((NAME, hit) for hit in hits)], page.bring_back(back).without(hits)


def _hit(index: int, judged: JudgedLines) -> Hit:
    evidence = f"score {judged.scores[index]} of 1000 to be of the article, by {judged.because[index]}"
    return Hit(index, index, judged.reasons[index], evidence)
