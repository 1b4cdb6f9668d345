"""A script of a user as a type checker sees it. Nothing runs it: `make lint` checks its types, and fails where the last
line is right."""

import allegata

article: allegata.Article = allegata.clean_text("A text.")
length: int = article.removals[0].span.length
kept: tuple[str, ...] = allegata.deduplicate({"a": "x"}).kept
places: tuple[int, ...] = allegata.deduplicate(["x"]).kept
corpus: allegata.Corpus = allegata.open(".")
version: str = allegata.__version__
article.txet  # type: ignore[attr-defined]  # noqa: B018
