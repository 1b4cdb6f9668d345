"""From a result of Great Expectations to the rows that break an expectation, named and quoted."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from allegata.validate.report import Failure, Outcome
from allegata.validate.suites import Expectation

_OFFSETS = (("start", "end"), ("source_start", "source_end"))
_QUOTES = ("surface", "text", "marker")
# The columns that a failure shows of its row, beside the id.
NAMING = (*(name for pair in _OFFSETS for name in pair), *_QUOTES)


def why_stopped(result: Any) -> str | None:
    """The message of the exception that stopped an expectation; None if it ran to its end."""
    info = result.exception_info  # one dict, or one for every metric, depending on where it was raised
    raised = [each for each in ([info] if "raised_exception" in info else info.values()) if each["raised_exception"]]
    return "; ".join(sorted({one_line(each["exception_message"]) for each in raised})) or None


def outcome(table: str, expectation: Expectation, result: Any, rows: pa.Table, examples: int) -> Outcome:
    """The outcome of an expectation that ran on `rows`, with at most `examples` failures, in the order of the rows.

    A custom expectation brings findings; one of the library's own brings the numbers of the failing rows, or,
    if it is about the table, the value it observed.
    """
    if result.success:
        return Outcome(table, expectation.type, expectation.rows, 0, ())
    found: dict[str, Any] = result.result
    places: list[tuple[int | None, str]] = []
    if "findings" in found:
        for finding in found["findings"]:
            places += [(row, finding.what) for row in finding.rows[:examples].tolist() or [None]]
        places.sort(key=lambda place: (place[0] is None, place[0] or 0))
    else:
        arguments = ", ".join(f"{name}={value}" for name, value in expectation.kwargs.items())
        what = f"it breaks {expectation.type}({arguments})"
        if "observed_value" in found:
            what += f": found {found['observed_value']}"
        places = [(row, what) for row in found.get("partial_unexpected_index_list") or [None]]
    failures = tuple(_failure(table, expectation, rows, row, what) for row, what in places[:examples])
    failed = max(found.get("unexpected_count") or 0, len(failures))
    return Outcome(table, expectation.type, expectation.rows, failed, failures)


def one_line(error: object) -> str:
    """The message of an error without its line breaks."""
    return " ".join(str(error).split())


def _failure(table: str, expectation: Expectation, rows: pa.Table, row: int | None, what: str) -> Failure:
    if row is None:
        return Failure(table, expectation.type, "", None, "", None, what, expectation.fix)
    record = {name: rows[name][row].as_py() for name in rows.column_names if _is_short(table, name)}
    spans = ((record.get(start), record.get(end)) for start, end in _OFFSETS)
    span = next(((s, e) for s, e in spans if s is not None and e is not None), None)
    quote = next((str(record[name]) for name in _QUOTES if record.get(name)), None)
    article_id, row_id = article_of(rows, row), row_name(rows, row, expectation.rows)
    start = record.get("source_start")
    return Failure(table, expectation.type, article_id, span, row_id, quote, what, expectation.fix, start)


def article_of(rows: pa.Table, row: int) -> str:
    """The article of a row; empty for a row across articles."""
    return str(rows["article_id"][row].as_py() or "") if "article_id" in rows.column_names else ""


def row_name(rows: pa.Table, row: int, nested: str) -> str:
    """The id of a row, with its place in the `nested` column that it is an element of."""
    row_id = str(rows[_id_column(rows, nested)][row].as_py())
    return f"{row_id} {nested}[{rows['element'][row].as_py()}]" if nested else row_id


def _is_short(table: str, name: str) -> bool:
    return table != "articles" or name not in ("text", "source_text")


def _id_column(rows: pa.Table, nested: str) -> str:
    """The first column of a table; a row of a nested column carries the id of its row among its own."""
    if not nested:
        return str(rows.column_names[0])
    ids = [name for name in rows.column_names if name.endswith("_id") and name != "article_id"]
    return ids[0] if ids else "article_id"
