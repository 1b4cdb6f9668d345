"""The command that compares versions, and what people and programs see of it."""

from __future__ import annotations

import json as json_text
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegata.cli.endings import PROBLEMS
from allegata.cli.options import LATEST, corpus_folder
from allegata.cli.shown import exact_json, margin, say, show, table
from allegata.schema.visible import shortened
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.recipe.version_changes import VersionChanges

Record = Mapping[str, Any]
_MARKS = {"added": ("+ ", "green"), "removed": ("- ", "red")}
_OTHER = ("~ ", "yellow")
_ROWS = 10  # of a table
_LONGEST = 60  # characters of a text; the files have all of it
_SIDE = "A version as 2.0.0, the folder of one, or `working`: what a build would publish now."


def diff(
    first: Annotated[str, typer.Argument(help=_SIDE, metavar="A", show_default="the latest version")] = "",
    second: Annotated[str, typer.Argument(help="Likewise.", metavar="B")] = "working",
    corpus: Annotated[
        Path, typer.Option(help="Folder of the versions.", show_default="that of the corpus here")
    ] = LATEST,
    everything: Annotated[bool, typer.Option("--all", help=f"Every row; else the first {_ROWS} of a table.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Every difference, for programs.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Folder that every difference goes to, as changes.parquet.", metavar="DIR")
    ] = None,
) -> None:
    """Show what differs between two published versions, or a version and the working state.

    Without arguments: what the next build would change. Tables, columns, labels, splits, and rows: added, removed,
    moved (other offsets), renamed (another id), relabelled, changed (another cell). Rows are matched by id and by span.
    Exit code 0: equal, 1: different.
    """
    from allegata.recipe.version_changes import version_changes
    from allegata.schema.versions import is_published

    alone = bool(first) and is_published(Path(first)) and is_published(Path(second))
    corpus = corpus if alone else corpus_folder(corpus)  # two folders need no corpus
    with version_changes(corpus, first or None, second, output) as found:
        _as_json(found) if json else _shown(found, None if everything else _ROWS)
        different = not found.diff.is_none
    if output and not json:
        say(f"wrote {found.file}")
    if different:
        raise typer.Exit(PROBLEMS)


def _shown(found: VersionChanges, most: int | None) -> None:
    """Counts a table, then what differs, at most so many rows of each table."""
    from allegata.publish.diff.rows import ROW_KINDS

    say(f"{found.first} -> {found.second}")
    if found.change is None:
        say("no difference")
        return
    say(f"least bump that fits: {found.change.level}: {found.change.reason}")
    kinds = [kind for kind in ROW_KINDS if kind != "split" or "split" in found.diff.articles]
    rows = [
        (name, f"{tally.before:,}", f"{tally.after:,}", *(f"{tally.kinds[kind]:,}" for kind in kinds))
        for name, tally in found.diff.tables.items()
        if tally.kinds or tally.before != tally.after
    ]
    if rows:
        say()
        table(("table", "rows before", "after", *kinds), rows)
    same = [name for name in found.diff.tables if name not in {row[0] for row in rows}]
    if same:
        say(f"{'no row differs in' if rows else 'no row differs:'} {', '.join(same)}")
    for name, tally in found.diff.tables.items():
        if tally.uncompared:
            say(f"not compared in {name}, for the types have nothing in common: {', '.join(tally.uncompared)}")
    _rows(found, most)


def _rows(found: VersionChanges, most: int | None) -> None:
    """The differences under a heading a table; `most` is for rows, what is declared is shown whole."""
    heading, count = "", 0
    for records in found.records():
        is_row = records[0]["what"] == "row"
        place = records[0]["table"] if is_row else records[0]["what"]
        if place != heading:
            _more(count, most)
            heading, count = place, 0
            say()
            say(place)
        count += is_row
        if most is None or count <= most:
            margin(_row(records) if is_row else map(_declared, records))
    _more(count, most)


def _more(count: int, most: int | None) -> None:
    if most is not None and count > most:
        say(f"  and {number(count - most, 'more row')}: --all shows them, --output DIR writes them to a file")


def _declared(record: Record) -> tuple[str, str, str]:
    """A line for a table, column, label set or split that is another."""
    if record["what"] == "split":
        mark, style = _MARKS[record["change"]]
        return mark, f"{record['old'] or record['new']}: {record['change']}", style
    mark, style = next((_MARKS[kind] for kind in _MARKS if record["change"].endswith(kind)), _OTHER)
    name = f"{record['table']}.{record['column']}" if record["column"] else record["table"]
    old, new = (record[side] for side in ("old", "new"))
    if record["change"].startswith("labels"):
        before, after = (json_text.loads(labels) for labels in (old, new))
        parts = [f"-{label}" for label in before if label not in after]
        parts += [f"+{label}" for label in after if label not in before]
        return *_OTHER[:1], f"{name}: {record['change']}: {', '.join(parts) or 'in another order'}", _OTHER[1]
    values = " -> ".join(value for value in (old, new) if value is not None)
    return mark, f"{name}: {record['change']}{f', {values}' if values else ''}", style


def _row(records: Sequence[Record]) -> Iterator[tuple[str, str, str]]:
    """A line for a row, and one for each of its cells."""
    first = records[0]
    kinds = [record["change"] for record in records if record["what"] == "row"]
    mark, style = _MARKS.get(kinds[0], _OTHER)
    ids = list(dict.fromkeys(first[side] for side in ("old_id", "new_id") if first[side] is not None))
    places = [
        f"[{first[f'{side}_start']},{first[f'{side}_end']})"
        for side in ("old", "new")
        if first[f"{side}_start"] is not None
    ]
    quote = (
        json_text.dumps(shortened(first["quote"], _LONGEST), ensure_ascii=False) if first["quote"] is not None else ""
    )
    parts = (" -> ".join(ids), " -> ".join(dict.fromkeys(places)), quote)
    said = "" if kinds in (["added"], ["removed"]) else f": {', '.join(kinds)}"
    yield mark, " ".join(filter(None, parts)) + said, style
    for record in records:
        if record["what"] == "cell":
            yield mark, f"    {record['column']}: {' -> '.join(_values(record['old'], record['new']))}", style


def _values(old: str | None, new: str | None) -> Iterator[str]:
    """Both values of a cell; of two long ones the part in which they begin to differ."""
    shorter = min(len(old or ""), len(new or ""))
    if old is None or new is None or shorter <= _LONGEST:
        yield from ("(none)" if value is None else shortened(value, _LONGEST) for value in (old, new))
        return
    same = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), shorter)
    start = max(same - _LONGEST // 3, 0)
    for value in (old, new):
        part = value[start : start + _LONGEST]
        yield f"{'… ' if start else ''}{part}{' …' if start + _LONGEST < len(value) else ''}"


def _as_json(found: VersionChanges) -> None:
    """One object: what `changes.json` of a version holds, then every difference, a line each."""
    from allegata.publish.diff.changelog import changes_document

    facts = changes_document(found.second, found.diff, found.change)
    del facts["format"]
    head = {"first": found.first, "second": found.second, "equal": found.diff.is_none, **facts}
    show(f'{exact_json(head)[:-1]}, "changes": [')
    waiting = ""
    for records in found.records():
        for record in records:
            if waiting:
                show(f"{waiting},")
            waiting = exact_json({key: value for key, value in record.items() if value is not None})
    show(f"{waiting}]}}")
