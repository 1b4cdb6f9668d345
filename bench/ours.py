"""Our cleaning as a contestant: the text that a benchmark scores, and how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from unicodedata import normalize

from allegata.judge.judge import Judge, default_judge
from allegata.recipe.article import decided_page
from allegata.schema.problems import UsageError
from bench.cleaning_pages import TestPage
from bench.extractors import Extractor

_TITLE = "title"


@dataclass(frozen=True)
class Cleaner:
    """Our cleaner for the pages of one data set. Without `titles`, blocks in zone `title` are not in the text: a gold
    counts the headline as text, or it does not. `folds`: judges that did not learn from the site of a page."""

    titles: bool
    folds: Path | None = None

    def of(self, page: TestPage) -> Extractor:
        """The extractor for one page."""
        return partial(clean_page, titles=self.titles, judge=self._judge(page))

    def learned_from(self, digest: str) -> bool:
        """True if a page is judged by what was learned from this data set, its own site included."""
        return self.folds is None and digest in default_judge().trained_on

    def _judge(self, page: TestPage) -> Judge:
        if self.folds is None:
            return default_judge()
        from bench.train_judge import fold_of

        return self._folds[fold_of(page)]

    @cached_property
    def _folds(self) -> list[Judge]:
        from bench.train_judge import FOLDS

        assert self.folds is not None
        files = [self.folds / f"{fold}.json" for fold in range(FOLDS)]
        if missing := [file.name for file in files if not file.is_file()]:
            raise UsageError(f"{self.folds.name} lacks {', '.join(missing)}: write it with train-judge --folds")
        return [Judge.read(file) for file in files]


def clean_page(data: bytes, *, titles: bool, judge: Judge | None = None) -> str | tuple[str, float]:
    """The clean text of a page, with its confidence where it was judged."""
    source_text, decided = decided_page(data, judge=judge)
    offsets = decided.offsets(source_text)
    text = offsets.apply(source_text)
    if not titles and any(zone == _TITLE for _, zone in decided.kept):
        body = (block.span for block, zone in decided.kept if zone != _TITLE)
        text = "\n".join(offsets.span_to_clean(span).quote(text) for span in body)
    text = normalize("NFC", text.replace("\u00ad", ""))  # as extractors give it: composed, without soft hyphens
    return text if decided.confidence is None else (text, decided.confidence)
