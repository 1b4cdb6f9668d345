"""Which split each published article is in: what the versions say, and `corpus/splits.json` beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.publish.splits import PINS
from allegata.schema.files import read_file
from allegata.schema.json_lines import json_object
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.published import articles_files
from allegata.schema.versions import beside_fault, read_register, version_faults
from allegata.schema.withdrawn import WITHDRAWN, in_force, read_withdrawn

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_RESTORE = "restore it from version control"


def read_pins(root: Path) -> dict[str, str]:
    """Return the published assignment of articles to splits; empty before the first publication.

    It is read from the names of the files that hold the articles of each version, so that a version binds from
    the moment it exists; `corpus/splits.json` is written after it. A withdrawn article is bound by the line that
    withdrew it, even where no version is there any more. Raises `ProblemsFound` when a file or an articles table
    is not the published one or cannot be read, when a version is missing, and when two of them put an article into
    different splits.
    """
    pins, problems = _stored(root), Problems()
    stated_by = dict.fromkeys(pins, PINS)
    for article, withdrawal in read_withdrawn(root / "annotations").items():
        if withdrawal.split is not None:
            pins.setdefault(article, withdrawal.split)
            stated_by.setdefault(article, f"annotations/{WITHDRAWN}")
    for place, parquet in _published(root, problems):
        split = Path(place).name.partition("-")[0]
        try:
            with reading_parquet(place):
                rows = parquet.read(columns=["article_id"])
        except ProblemsFound as found:
            problems.extend(found.problems)
            continue
        for article in rows["article_id"].to_pylist():
            if pins.setdefault(article, split) != split:
                what = f"is published in split {split}, but in {pins[article]} according to {stated_by[article]}"
                problems.add(Problem(what, _RESTORE, file=place, article_id=article))
            stated_by.setdefault(article, place)
    problems.raise_if_any()
    return dict(sorted(pins.items()))


def merged_pins(root: Path, splits: Mapping[str, str]) -> dict[str, str]:
    """Return the pins of `root` after this publication: what was published and is now gone keeps its split, but for a
    withdrawn article, which `corpus/splits.json` does not list: the line that withdrew it keeps its split.

    Raises `ProblemsFound` when `splits` moves a published article.
    """
    pins = read_pins(root)
    moved = [article for article in splits if pins.get(article, splits[article]) != splits[article]]
    if moved:
        raise ProblemsFound(
            Problem(
                f"would move from {pins[article]} to {splits[article]}",
                "assign splits with the pins: a published article never moves",
                PINS,
                article,
            )
            for article in moved
        )
    withdrawn = in_force(root / "annotations")
    return {name: split for name, split in sorted({**pins, **splits}.items()) if name not in withdrawn}


def _published(root: Path, problems: Problems) -> Iterator[tuple[str, pq.ParquetFile]]:
    """The files of the articles of every version, each proved; what is not the published one is a problem."""
    corpus = (root / PINS).parent
    if register := read_register(corpus):
        problems.extend(version_faults(corpus, register))
    for folder in sorted(corpus.glob("v[0-9]*")):
        try:
            yield from articles_files(folder)
        except ProblemsFound as found:
            problems.extend(found.problems)


def _stored(root: Path) -> dict[str, str]:
    path = root / PINS
    data = read_file(path, PINS)
    if fault := beside_fault(path, data):
        raise ProblemsFound([Problem(fault, _RESTORE, PINS)])
    if data is None:
        return {}
    try:
        pins = json_object(data)
    except ValueError:
        pins = None
    if pins is None or not all(isinstance(split, str) for split in pins.values()):
        raise ProblemsFound([Problem("is not one JSON object of article ids and splits", _RESTORE, PINS)])
    return pins
