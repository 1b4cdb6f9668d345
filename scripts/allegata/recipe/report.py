"""The recipe of the report: the corpus through the suites, and what they say as a page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.engine.job import RunOptions, without_progress

if TYPE_CHECKING:
    from allegata.engine.finish import Progress
    from allegata.validate.report import Failure, ValidationReport


@dataclass(frozen=True)
class Reported:
    """The page that was written, how many expectations ran, and how many are not met."""

    index: Path
    expectations: int
    unmet: int


def report(
    root: Path,
    output: Path,
    on_step: Callable[[str], None] = lambda step: None,
    *,
    progress: Progress = without_progress,
    options: RunOptions | None = None,
) -> Reported:
    """Run the suites on the corpus at `root`, and write what they say into the folder `output`, met or not.

    Rows are linked to their articles where build/browse of the corpus holds pages. Raises what the recipe raises
    before the suites run, `UsageError` where `output` holds other files.
    """
    from allegata.pages.templates import ASSETS
    from allegata.recipe.build import run
    from allegata.recipe.pages_folder import refuse_other_files, write_pages
    from allegata.schema.settings import read_settings
    from allegata.validate.page import STYLE, report_page
    from allegata.validate.report import SuitesUnmet
    from allegata.validate.suites import read_suites

    refuse_other_files(output)
    try:
        found = run(root, "validate", on_step, progress=progress, options=options).validation
        assert found is not None  # the last step made it
    except SuitesUnmet as unmet:
        found = unmet.report
    settings = read_settings(root)
    suites = read_suites(root / "expectations", [table.table for table in found.tables])
    page = report_page(found, suites, settings.title or settings.name, where_shown(root / "build" / "browse", output))
    styles = [(f"assets/{style.name}", style.read_bytes()) for style in (ASSETS / "pages.css", STYLE)]
    write_pages(output, [("index.html", page.encode("utf-8", "replace")), *styles])
    return Reported(output / "index.html", sum(table.expectations for table in found.tables), _unmet(found))


_LINE = re.compile(r'<p id="(line:[0-9]+)"[^>]*><span class="source">(.*?)</span><span class="clean"', re.S)
_TAG = re.compile(r'<a class="at [^>]*>[^<]*</a>|<[^>]*>')  # the numbers of claims are none of the words
_OF_A_QUOTE = 80  # characters that a line is known by


def _unmet(found: ValidationReport) -> int:
    return sum(outcome.failed > 0 for table in found.tables for outcome in table.outcomes)


def where_shown(folder: Path, output: Path) -> Callable[[Failure, str], str]:
    """Where a row is shown on the pages in `folder`, seen from `output`: its card, else the line that has its words,
    else the page of its article; of a dispute or a position, its place on the page of its story; "" for a row that they
    do not show."""
    from glob import escape
    from urllib.parse import quote

    from allegata.browse.links import Places, address, anchor_of

    places, way = Places(), quote(Path(os.path.relpath(folder, output)).as_posix())

    @cache
    def pages_of(article_id: str) -> dict[str, bytes]:
        if not article_id:
            found = sorted((folder / "stories").glob("*.html"))
        else:
            first = folder / places.article(article_id)
            found = [first, *sorted(first.parent.glob(f"{escape(first.stem)}.*.html"))]
        return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found if path.is_file()}

    def where(failure: Failure, rows: str) -> str:
        pages = pages_of(failure.article_id)
        row_id = failure.row_id.rpartition(f" {rows}[")[0] if rows else failure.row_id
        anchor = anchor_of(failure.article_id, row_id)
        holding = next((path for path, page in pages.items() if f' id="{anchor}"'.encode() in page), None)
        if not holding and failure.article_id and failure.quote:  # a sentence has no card
            holding, anchor = next(_lines_with(failure.quote, pages), (None, ""))
        if holding:
            return f"{way}/{address(f'{holding}#{anchor}')}"
        return f"{way}/{address(next(iter(pages)))}" if failure.article_id and pages else ""

    return where


def _lines_with(quote: str, pages: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The lines of the pages of an article that have the words of a row: path and anchor."""
    words = " ".join(quote.split())[:_OF_A_QUOTE]
    for path, page in pages.items():
        for match in _LINE.finditer(page.decode("utf-8", "replace")):
            if words in " ".join(unescape(_TAG.sub("", match[2])).split()):
                yield path, match[1]
