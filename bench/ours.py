"""Our cleaning as a contestant: the text that a benchmark scores, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from unicodedata import normalize

from allegata.ingest.html import read_page
from allegata.ingest.judged import layout
from allegata.judge.judge import Judge, default_judge
from allegata.recipe.article import decided_page
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.text.alignment import Letters
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
        return partial(clean_page, titles=self.titles, judge=self.judge(page))

    def learned_from(self, digest: str) -> bool:
        """True if a page is judged by what was learned from this data set, its own site included."""
        return self.folds is None and digest in default_judge().trained_on

    def judge(self, page: TestPage) -> Judge:
        """The judge of one page: that of its fold, or that of the package."""
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
        return read_judges(files)


def read_judges(files: Sequence[Path]) -> list[Judge]:
    """The judges of `files`. Raises `ProblemsFound` with every file that holds none, or one that was trained on other
    features than are counted now."""
    judges, problems = list[Judge](), list[Problem]()
    page = read_page("<p>A line</p>")
    line = layout(page, Letters.of(page.source_text))
    for file in files:
        try:
            judges.append(Judge.read(file))
            judges[-1].judge(line)
        except (ValueError, KeyError, TypeError) as error:
            what = f"is no judge that can be used here ({type(error).__name__}: {str(error)[:80]})"
            problems.append(Problem(what, "write it again: python -m bench train-judge", file=str(file)))
    if problems:
        raise ProblemsFound(problems)
    return judges


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
