"""The recipe of the report: the corpus through the suites, and what they say as a page."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
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

    refuse_other_files(output, "report")
    try:
        found = run(root, "validate", on_step, progress=progress, options=options).validation
        assert found is not None  # the last step made it
    except SuitesUnmet as unmet:
        found = unmet.report
    settings = read_settings(root)
    suites = read_suites(root / "expectations", [table.table for table in found.tables])
    page = report_page(found, suites, settings.title or settings.name, where_shown(root / "build" / "browse", output))
    styles = [(f"assets/{style.name}", style.read_bytes()) for style in (ASSETS / "pages.css", STYLE)]
    write_pages(output, "report", [("index.html", page.encode("utf-8", "replace")), *styles])
    return Reported(output / "index.html", sum(table.expectations for table in found.tables), _unmet(found))


def _unmet(found: ValidationReport) -> int:
    return sum(outcome.failed > 0 for table in found.tables for outcome in table.outcomes)


def where_shown(folder: Path, output: Path) -> Callable[[Failure, str], str]:
    """Where a row is shown on the pages in `folder`, seen from `output`: its card, else the line that it begins on,
    else the page of its article; of a dispute or a position, its place on the page of its story; "" for a row that they
    do not show."""
    from glob import escape
    from urllib.parse import quote

    from allegata.browse.links import Places, address, anchor_of, line_anchor, position_anchor

    places, way = Places(), quote(Path(os.path.relpath(folder, output)).as_posix())

    @cache
    def pages_of(article_id: str) -> dict[str, frozenset[str]]:
        """The pages that a row of the article may be on, with their anchors."""
        if not article_id:
            found = sorted((folder / "stories").glob("*.html"))
        else:
            first = folder / places.article(article_id)
            found = [first, *sorted(first.parent.glob(f"{escape(first.stem)}.*.html"))]
        return {f"{path.parent.name}/{path.name}": _anchors(path) for path in found if path.is_file()}

    @cache
    def lines_of(article_id: str) -> list[int]:
        """Where the lines of an article begin, in its source text."""
        prefix = line_anchor(0).removesuffix("0")
        anchors = (one for held in pages_of(article_id).values() for one in held if one.startswith(prefix))
        return sorted(int(number) for one in anchors if (number := one.removeprefix(prefix)).isdecimal())

    def where(failure: Failure, rows: str) -> str:
        pages = pages_of(failure.article_id)
        row_id = failure.row_id.rpartition(f" {rows}[")[0] if rows else failure.row_id
        anchors = [anchor_of(failure.article_id, row_id)]
        if not failure.article_id:
            anchors.append(position_anchor(row_id))
        if failure.article_id and failure.source_start is not None:  # a sentence has no card
            before = bisect_right(lines_of(failure.article_id), failure.source_start)
            anchors += [line_anchor(start) for start in lines_of(failure.article_id)[:before][-1:]]
        for anchor in anchors:
            if holding := next((path for path, held in pages.items() if anchor in held), None):
                return f"{way}/{address(f'{holding}#{anchor}')}"
        return f"{way}/{address(next(iter(pages)))}" if failure.article_id and pages else ""

    return where


def _anchors(path: Path) -> frozenset[str]:
    """The anchors of a page; none of what is no page, as one that was cut off before its first element."""
    from lxml import etree, html

    try:
        return frozenset(map(str, html.fromstring(path.read_bytes()).xpath("//@id")))
    except etree.LxmlError:
        return frozenset()
