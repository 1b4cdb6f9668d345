"""Our cleaning as a contestant: the text that a benchmark scores, and how sure we are of it."""

from __future__ import annotations

from allegata.recipe.article import decided_page

_TITLE = "title"


def clean_page(data: bytes, *, titles: bool) -> str | tuple[str, float]:
    """The clean text of a page, with its confidence where it was judged.

    Without `titles`, blocks in zone `title` are not in it: a gold counts the headline as text, or it does not.
    """
    source_text, decided = decided_page(data)
    offsets = decided.offsets(source_text)
    text = offsets.apply(source_text)
    if not titles and any(zone == _TITLE for _, zone in decided.kept):
        body = (block.span for block, zone in decided.kept if zone != _TITLE)
        text = "\n".join(offsets.span_to_clean(span).quote(text) for span in body)
    return text if decided.confidence is None else (text, decided.confidence)
