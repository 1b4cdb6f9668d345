"""The judge of lines has the last word on a plain text: what the rules take is what it goes by, not what it must do."""

from __future__ import annotations

from allegata.clean.curated_lines import without_blocks
from allegata.clean.page import Hit, Page
from allegata.clean.rules import frame, newsletter, teasers
from allegata.judge.line_facts import Lines
from allegata.judge.line_judge import default_line_judge

NAME = "lines/1"
# Thousandths to be of the article: below the first a line leaves that no rule takes, from the second on one stays that
# a rule takes. By a judge that had not learned from them, 185 written pages and 150 of the web: at 100 instead of 50
# the web pages lose 27,000 characters more that have to leave, and 9,500 of their articles.
LEAVES, STAYS = 50, 300
# The rules that go by the place of a line, and by signs that articles have too. Bylines and datelines are not among
# them: the judge brings those of short texts back.
DOUBTED = frozenset((frame.NAME, newsletter.NAME, teasers.NAME))
_LEAST_LINES, _LEAST_LEFT = 8, 2  # of a text that is judged, and of what is left of it

Decisions = list[tuple[str, Hit]]


def lines_of(page: Page) -> Lines:
    """The lines of a page and what the rules take of it, as the judge reads them."""
    return Lines(
        [block.text for block in page.blocks],
        [block.gap for block in page.blocks],
        [page.taken.get(index) for index in range(len(page.blocks))],
    )


def overrule(page: Page, decided: Decisions) -> tuple[Decisions, Page]:
    """`decided`, and the page after it, with the lines that the judge is sure of: out or back."""
    if len(page.blocks) < _LEAST_LINES:
        return decided, page
    judged = default_line_judge().judge(lines_of(page))
    doubted = {index for name, hit in decided if name in DOUBTED for index in range(hit.first, hit.last + 1)}
    back = sorted(index for index in doubted if judged.scores[index] >= STAYS)
    out = [index for index in page.free() if judged.scores[index] < LEAVES]
    if len(page.free()) + len(back) - len(out) < _LEAST_LEFT:
        return decided, page
    hits = [
        Hit(
            index,
            index,
            judged.reasons[index],
            f"{judged.scores[index] / 1000:.0%} likely to be of the article, by {judged.because[index]}",
            confidence=round(1 - judged.scores[index] / 1000, 3),
        )
        for index in out
    ]
    return [*without_blocks(decided, back), *((NAME, hit) for hit in hits)], page.bring_back(back).without(hits)
