"""Reading the suites: one JSON file a table, in Great Expectations' own form, checked strictly.

Great Expectations logs and drops an expectation whose type it does not know, and an empty suite succeeds
(measured with 1.24.1). A gate may not: whatever in a file would not be run is an error here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from allegata.schema.files import unreadable
from allegata.schema.json_lines import JsonError, json_object
from allegata.schema.problems import Problem, Problems

_SUITE_KEYS = {"name", "meta", "expectations"}
_EXPECTATION_KEYS = {"type", "kwargs", "meta"}
_META_KEYS = {"notes", "fix", "rows"}


@dataclass(frozen=True)
class Expectation:
    """One expectation as the file has it.

    `notes` says in plain words what it protects, `fix` what to do about a row that breaks it, `rows` names
    the nested column whose elements are checked in place of the table's rows (empty: the table's rows).
    """

    type: str
    kwargs: dict[str, Any]
    notes: str
    fix: str
    rows: str = ""


@dataclass(frozen=True)
class Suite:
    """The suite of one table. `file` is its path relative to the folder above the suites; `packaged` is true of the
    one that allegata brings, which is taken where the corpus has none.
    """

    table: str
    file: str
    notes: str
    expectations: tuple[Expectation, ...]
    packaged: bool = False


PACKAGED = Path(__file__).with_name("suites")


def read_suites(suites_dir: Path, tables: Iterable[str]) -> list[Suite]:
    """The suite of every table in `tables`, in their order, from `suites_dir/<table>.json`.

    Where the corpus has no suite of a table, the packaged one is taken: nothing is published unchecked.

    Raises ProblemsFound, with everything that is wrong at once, for a table without either, a suite without a table,
    a file that is not JSON, an unknown or a missing key, and a suite without expectations.
    """
    problems = Problems()
    names = list(tables)
    files = {path.stem: path for path in sorted(suites_dir.glob("*.json"))}
    packaged = {name: PACKAGED / f"{name}.json" for name in names if name not in files}
    for name in sorted(name for name, path in packaged.items() if not path.is_file()):
        problems.add(
            Problem(
                what=f"the table {name!r} has no suite",
                fix="write one: nothing is published unchecked",
                file=f"{suites_dir.name}/{name}.json",
            )
        )
    for name in sorted(set(files) - set(names)):
        problems.add(
            Problem(
                what=f"there is no table {name!r} to check; the tables are {', '.join(sorted(names))}",
                fix="rename the file after its table, or delete it",
                file=f"{suites_dir.name}/{name}.json",
            )
        )
    suites = []
    for name in names:
        path, is_packaged = files.get(name, PACKAGED / f"{name}.json"), name in packaged
        file = f"allegata/validate/suites/{name}.json" if is_packaged else f"{suites_dir.name}/{name}.json"
        if problem := unreadable(path, file):
            problems.add(problem)
        elif path.is_file() and (suite := _read(path, file, problems)):
            suites.append(replace(suite, packaged=is_packaged))
    problems.raise_if_any()
    return suites


def _read(path: Path, file: str, problems: Problems) -> Suite | None:
    try:
        content = json_object(path.read_bytes())
    except JsonError as error:
        problems.add(error.problem("correct the file", file))
        return None
    before = len(problems)
    complain = _Complaints(file, problems)
    if not complain.has_keys(content, "the suite", _SUITE_KEYS, _SUITE_KEYS):
        return None
    if content["name"] != path.stem:
        complain(f"its name is {content['name']!r}", f"call it {path.stem!r}, as its file and its table")
    complain.has_texts(content["meta"], "meta of the suite", {"notes"}, {"notes"})
    if not isinstance(content["expectations"], list) or not content["expectations"]:
        complain("it expects nothing, so everything would pass", "add expectations")
        return None
    expectations = []
    for number, item in enumerate(content["expectations"], 1):
        where = f"expectation {number}"
        if not complain.has_keys(item, where, _EXPECTATION_KEYS, _EXPECTATION_KEYS):
            continue
        where += f" ({item['type']})"
        if not isinstance(item["type"], str) or not isinstance(item["kwargs"], dict):
            complain(f"{where}: its type is no text or its kwargs are no object", 'write "type": "expect_…"')
        elif complain.has_texts(item["meta"], f"meta of {where}", _META_KEYS, {"notes", "fix"}):
            expectation = Expectation(item["type"], item["kwargs"], **item["meta"])
            if expectation in expectations:
                complain(f"{where} occurs twice", "keep one of them")
            expectations.append(expectation)
    if len(problems) > before:
        return None
    return Suite(path.stem, file, content["meta"]["notes"], tuple(expectations))


@dataclass(frozen=True)
class _Complaints:
    file: str
    problems: Problems

    def __call__(self, what: str, fix: str) -> None:
        self.problems.add(Problem(what=what, fix=fix, file=self.file))

    def has_keys(self, item: object, where: str, allowed: set[str], required: set[str]) -> bool:
        if not isinstance(item, dict):
            self(f"{where} is not an object", f"give it the keys {', '.join(sorted(required))}")
            return False
        unknown, missing = sorted(set(item) - allowed), sorted(required - set(item))
        if unknown:
            self(f"{where} has the unknown keys {unknown}", f"allowed are {', '.join(sorted(allowed))}")
        if missing:
            self(f"{where} lacks {missing}", f"it needs {', '.join(sorted(required))}")
        return not unknown and not missing

    def has_texts(self, item: object, where: str, allowed: set[str], required: set[str]) -> bool:
        if not self.has_keys(item, where, allowed, required):
            return False
        assert isinstance(item, dict)  # for the type checker: has_keys said so
        bad = sorted(key for key, value in item.items() if not isinstance(value, str) or not value.strip())
        if bad:
            self(f"{where}: {bad} say nothing", "say it in plain words: a curator reads this")
        return not bad
