"""allegata: an annotated source corpus as a package, and the machine that makes it.

    import allegata

    article = allegata.clean_html(page)           # bytes -> text, removals, sentences, metadata
    article = allegata.clean_text(text)           # the same for a plain text
    found = allegata.deduplicate(texts)           # copies and near-copies, and which of them to keep
    corpus = allegata.open("my-corpus")           # articles, published tables, build, validate
    data = allegata.training_data("my-corpus")    # tokens with tags, pairs of claims, folds

Nothing slow is imported before it is needed. What docs/api.md does not name may change with any version.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allegata.dedup.options import DedupOptions
    from allegata.recipe.article import Article, RemovedText, ZonedText, clean_html, clean_text
    from allegata.recipe.corpus import Corpus, open_corpus
    from allegata.recipe.duplicates import Cluster, Copy, Duplicates, deduplicate
    from allegata.recipe.training import TrainingData, TrainingFold, training_data
    from allegata.schema.limits import Limits
    from allegata.schema.problems import Problem, ProblemsFound, UsageError
    from allegata.text.offsets import OffsetMap
    from allegata.text.spans import Span

    open = open_corpus
    __version__: str

__all__ = [
    "Article",
    "Cluster",
    "Copy",
    "Corpus",
    "DedupOptions",
    "Duplicates",
    "Limits",
    "OffsetMap",
    "Problem",
    "ProblemsFound",
    "RemovedText",
    "Span",
    "TrainingData",
    "TrainingFold",
    "UsageError",
    "ZonedText",
    "__version__",
    "clean_html",
    "clean_text",
    "deduplicate",
    "open",
    "training_data",
]

# What libraries report to their makers is off before one of them is imported; what a user has set stays.
for _variable, _off in {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}.items():
    os.environ.setdefault(_variable, _off)


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for (PEP 562); then it is an ordinary attribute."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = _find(name)
    return found


def _find(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("allegata")
    if name in ("Problem", "ProblemsFound", "UsageError"):
        from allegata.schema import problems

        return getattr(problems, name)
    if name == "Limits":
        from allegata.schema import limits

        return limits.Limits
    if name in ("Corpus", "open"):
        from allegata.recipe import corpus

        return corpus.open_corpus if name == "open" else corpus.Corpus
    if name in ("OffsetMap", "Span"):
        from allegata.text import offsets

        return getattr(offsets, name)
    if name in ("Cluster", "Copy", "DedupOptions", "Duplicates", "deduplicate"):
        from allegata.recipe import duplicates

        return getattr(duplicates, name)
    if name in ("TrainingData", "TrainingFold", "training_data"):
        from allegata.recipe import training

        return getattr(training, name)
    from allegata.recipe import article

    return getattr(article, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
