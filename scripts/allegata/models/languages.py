"""In which language each article of a corpus is written."""

from __future__ import annotations

from allegata.schema.languages import UNDETERMINED
from allegata.schema.published import PublishedCorpus


def languages_of(corpus: PublishedCorpus) -> dict[str, str]:
    """The language of every article (BCP 47), `und` where the corpus does not say."""
    if not corpus.has("articles", "language"):
        return dict.fromkeys(corpus.articles, UNDETERMINED)
    rows = corpus.table("articles", "article_id", "language").to_pylist()
    return {row["article_id"]: row["language"] or UNDETERMINED for row in rows}
