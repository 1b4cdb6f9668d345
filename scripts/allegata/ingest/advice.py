"""What to do about an article that cannot be in a corpus, with the command that does it."""

from __future__ import annotations


def leave_out(article_id: str) -> str:
    """Of an article of raw/, which has an id, and of one that is being added, which has none.

    The report names the article: the advice is the same for all, and so is given once.
    """
    return "remove it: allegata remove ARTICLE" if article_id else "add the others: allegata add --skip-bad FILES…"
