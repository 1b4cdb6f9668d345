"""What every suite says of a published version, kept among its pages: nothing that it depends on changes with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from allegata.browse.overview import SuiteState
from allegata.engine.made_by import code_digest, packages
from allegata.recipe.verify import suite_report
from allegata.schema.digests import sha256_file
from allegata.schema.json_lines import JsonError, json_object
from allegata.validate.report import TableReport

# Where they are found again, the pages of 1,000 articles take 10.4 and 11.6 CPU seconds, not 17.6 and 18.4.
KEPT = "assets/suites.json"


def suite_states(folder: Path, pages: Path) -> tuple[Sequence[SuiteState] | None, bytes]:
    """The state of each suite on the version in `folder`, None where its tables are not those of today; and the file
    that keeps it for the next run.

    The pages of an earlier run are asked first: theirs holds if files and program are the same, byte for byte. Raises
    `ProblemsFound` where no suite can be run on the rows.
    """
    of = _digest(folder)
    try:
        kept = json_object((pages / KEPT).read_bytes())
        if kept["of"] == of:
            return _read(kept["suites"]), (pages / KEPT).read_bytes()
    except (OSError, JsonError, KeyError, TypeError, ValueError):
        pass  # there are no such pages, or they hold something else: it is made again
    report = suite_report(folder)
    found = None if report is None else [_state(table) for table in report.tables]
    stated = None if found is None else [asdict(one) for one in found]
    return found, json.dumps({"of": of, "suites": stated}, indent=1).encode()


def _state(table: TableReport) -> SuiteState:
    failing = [(outcome.expectation, outcome.failed) for outcome in table.outcomes if outcome.failed]
    return SuiteState(table.table, table.rows, table.expectations, failing)


def _digest(folder: Path) -> str:
    """sha256 of all that the states depend on: the files of the version, this program, and the packages it needs."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [f"{path.relative_to(folder).as_posix()} {sha256_file(path)}" for path in files]
    return hashlib.sha256("\n".join([code_digest(), *packages(), *parts]).encode()).hexdigest()


def _read(stated: Any) -> list[SuiteState] | None:
    if stated is None:
        return None
    return [
        SuiteState(
            one["table"], int(one["rows"]), int(one["expectations"]), [(name, int(n)) for name, n in one["failing"]]
        )
        for one in stated
    ]
