"""What to do about an article that cannot be in a corpus, with the command that does it."""

from __future__ import annotations

from allegata.schema.limits import Excess, Limits
from allegata.schema.problems import Problem


def leave_out(article_id: str) -> str:
    """Of an article of raw/, which has an id, and of one that is being added, which has none.

    The report names the article: the advice is the same for all, and so is given once.
    """
    return "remove it: allegata remove ARTICLE" if article_id else "add the others: allegata add --skip-bad FILES…"


def beyond(excess: Excess, file: str, article_id: str = "") -> Problem:
    """The problem of an article that is larger than a limit."""
    return Problem(excess.what, f"{leave_out(article_id)}; or {excess.fix}", file=file, article_id=article_id)


def too_large(data: bytes, file: str, article_id: str, limits: Limits) -> Problem | None:
    """The problem of a page or text of too many bytes."""
    if len(data) <= limits.article_bytes:
        return None
    return beyond(limits.excess("article-bytes", len(data)), file, article_id)
