"""The standfirst: the paragraph between headline and body that extractors leave out with the page header.

In half of the missing text of the development pages (even half) it was the first paragraph of the article, in
a box named `teaser-text`, `intro`, `lead` or `excerpt` that extractors take for a teaser of another article.
It comes back only if it stands between the headline and the body and holds a sentence.
"""

from __future__ import annotations

import re

from allegata.clean.web.marks import is_marked
from allegata.clean.web.view import Line, View

_NAMES = re.compile(
    r"(?<![a-z])(?:intro|intro-?text|introduction|lead|lead-?text|teaser|teaser-?text|vorspann|excerpt|chapo|"
    r"preface|ingress|entradilla|epigraph)(?![a-z])"
)
_BOXES = frozenset(["aside", "nav", "footer", "figure", "figcaption", "form", "table", "ul", "ol", "dl"])
_LEVELS = 4  # the name stands on the line's own element or one of the three boxes around it
_WORDS = 10
_WORDS_UNNAMED = 20
_FARTHEST = 40  # lines between headline and body: date, author, share bar, caption


def find(view: View) -> list[int]:
    """Indices of the lines before the text that belong to it."""
    if not view.kept:
        return []
    first = view.kept[0]
    headline = next(
        (i for i in range(first, max(-1, first - _FARTHEST), -1) if view.lines[i].block.heading == 1), None
    )
    if headline is None:
        return []
    return [line.index for line in view.lines[headline + 1 : first] if _belongs(line)]


def _belongs(line: Line) -> bool:
    block = line.block
    if line.words < _WORDS or not line.ends_sentence or block.link_density > 0.3 or _BOXES & set(block.tags):
        return False
    if is_marked(line):
        return False
    names = "/".join(block.marks.split("/")[-_LEVELS:]).replace("_", "-")
    return line.words >= _WORDS_UNNAMED or bool(_NAMES.search(names))
