"""An import on disk: laid out and described as a published version is, so that `load_dataset` reads it as ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.labels import SPLITS

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.schema.imported import Imported
    from allegata.schema.release_manifest import SplitFacts, TableFacts

README = "README.md"
_VERSION = "0.0.0"  # of data that nobody published with us
_OURS = re.compile(rf"{README}|[a-z_]+\.parquet|[a-z_]+/(?:{'|'.join(SPLITS)})-00000-of-00001\.parquet")


def write_imported(imported: Imported, folder: Path) -> list[tuple[str, int]]:
    """Write `TABLE/SPLIT-00000-of-00001.parquet` for each table, and a README.md that says configs and features.

    The folder appears whole, in the place of an earlier import. An article is in the split that the data set puts it
    in, else in `train`. Columns with a closed label set of ours are `ClassLabel` once loaded; what has no row is in no
    config, since `datasets` loads no empty table. Returns each file, relative to the folder, with its rows.

    Raises UsageError where the folder holds anything that no import wrote, or another process writes beside it.
    """
    from allegata.publish.configs import front_matter, version_configs
    from allegata.schema.files import whole_folder
    from allegata.schema.system_errors import naming

    written: list[tuple[str, int]] = []
    tables: dict[str, TableFacts] = {}
    with whole_folder(folder, _strange) as new:
        for name, table in imported.tables.items():
            tables[name], files = _write_table(new, name, table, imported.splits)
            written += files
        head = front_matter({"pretty_name": folder.name}, version_configs(_VERSION, tables))
        text = f'{head}\n# {folder.name}\n\nWritten by `allegata import`. `load_dataset("{folder.name}", TABLE)`.\n'
        with naming(new / README):
            (new / README).write_text(text, encoding="utf-8", newline="\n")
    return written


def _strange(old: Path) -> str | None:
    files = sorted(path.relative_to(old).as_posix() for path in old.rglob("*") if not path.is_dir())
    strange = [name for name in files if not _OURS.fullmatch(name)]
    return f"holds {', '.join(strange[:3])}, which no import wrote: name another --output" if strange else None


def _write_table(
    folder: Path, name: str, table: pa.Table, splits: Mapping[str, str]
) -> tuple[TableFacts, list[tuple[str, int]]]:
    import pyarrow.parquet as pq

    from allegata.schema.digests import sha256_file
    from allegata.schema.features import yaml_features
    from allegata.schema.release_manifest import FileFacts, SplitFacts, TableFacts
    from allegata.schema.system_errors import naming

    (folder / name).mkdir()
    found: dict[str, SplitFacts] = {}
    written = []
    for split, rows in _by_split(table, splits):
        file = f"{name}/{split}-00000-of-00001.parquet"
        path = folder / file
        with naming(path), path.open("wb") as stream:
            pq.write_table(rows, stream)
        written.append((file, rows.num_rows))
        if rows.num_rows:
            facts = FileFacts(file, sha256_file(path), path.stat().st_size, rows.num_rows)
            found[split] = SplitFacts((facts,), facts.sha256)
    return TableFacts(yaml_features(table.schema, _labels(name, table)), found), written


def _by_split(table: pa.Table, splits: Mapping[str, str]) -> Iterable[tuple[str, pa.Table]]:
    """The rows of each split that has some, or an empty table as `train`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    of = pa.array([splits.get(article, SPLITS[0]) for article in table["article_id"].to_pylist()], pa.string())
    parts = [(split, table.filter(pc.equal(of, split))) for split in SPLITS]
    return [(split, rows) for split, rows in parts if rows.num_rows] or [(SPLITS[0], table)]


def _labels(name: str, table: pa.Table) -> dict[str, tuple[str, ...]]:
    """The columns with a label set of ours, as far as the data keep to it."""
    import pyarrow.compute as pc

    from allegata.schema.scheme import default_scheme
    from allegata.schema.tables import class_labels_of

    known = class_labels_of(default_scheme()).get(name, {})
    return {
        column: labels
        for column, labels in known.items()
        if column in table.column_names and set(pc.unique(table[column]).to_pylist()) <= {*labels, None}
    }
