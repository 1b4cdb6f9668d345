"""The judge of lines has the last word on a plain text: what the rules take is what it goes by, not what it must do."""

from __future__ import annotations

from allegata.clean.curated_lines import without_blocks
from allegata.clean.page import Hit, Page
from allegata.clean.rules import frame, newsletter, teasers
from allegata.judge.line_facts import Lines
from allegata.judge.line_judge import JudgedLines, default_line_judge

NAME = "lines/1"
# Of 1000: a line that no rule takes leaves below the first score, one that a rule takes stays from the second on.
# Chosen with judges that had not learned from the pages: on 185 by four writers precision was .972 at 300 and .967 at
# 500, recall the same; on 150 of the web 100 instead of 50 takes 27,000 characters more that have to leave, of 427,000,
# and 9,500 more of their articles.
LEAVES, STAYS = 50, 300
# The rules that go by the place of a line, and by signs that articles have too. Bylines and datelines are not among
# them: the judge brings those of short texts back.
DOUBTED = frozenset((frame.NAME, newsletter.NAME, teasers.NAME))
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
    doubted = {index for name, hit in decided if name in DOUBTED for index in range(hit.first, hit.last + 1)}
    copied = {index for _, hit in decided if hit.repeats for index in range(hit.repeats[0], hit.repeats[1] + 1)}
    back = {index for index in doubted if judged.scores[index] >= STAYS}
    out = [index for index in page.free() if judged.scores[index] < LEAVES and index not in copied]
    if len(page.free()) + len(back) - len(out) < _LEAST_LEFT:
        return decided, page
    hits = [_hit(index, judged) for index in out]
    return [*without_blocks(decided, back), *((NAME, hit) for hit in hits)], page.bring_back(back).without(hits)


def _hit(index: int, judged: JudgedLines) -> Hit:
    evidence = f"score {judged.scores[index]} of 1000 to be of the article, by {judged.because[index]}"
    return Hit(index, index, judged.reasons[index], evidence)
