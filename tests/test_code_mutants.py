"""Changed code: where it is changed, and which tests see it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
# In a process of its own: what is to be changed may not be imported.
SEEN = """
import ast, json
from covering_tests import ROOT, Change, Nodes, Runner

FILE, TESTS = "scripts/allegata/text/bylines.py", "tests/test_text_bylines.py"
CHANGED = {
    "len(plain) < 40": "len(plain) < 41",
    "len(text) > _LONGEST": "len(text) < 99999",
    "len(parts) == 1": "sum(iter(int, 1)) == 1",
}

def places(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Compare) and ast.unparse(node) in CHANGED]

def change(node):
    other = ast.parse(CHANGED[ast.unparse(node)], mode="eval").body
    node.left, node.ops, node.comparators = other.left, other.ops, other.comparators

def work(runner):
    runner.look(TESTS)
    for number in range(3):
        tests = [name for name, seen in runner.tests.items() if number in seen.places]
        ends = [kind(runner, number, tests) for kind in (by_switch, on_import)]
        found.append([0 < len(tests) < len(runner.tests), *ends])

def by_switch(runner, number, tests):
    assert runner.has_switch(number)
    return runner.outcome(number, tests, 3).end

def on_import(runner, number, tests):
    runner.has_switch = lambda number: False
    try:
        return runner.outcome(number, tests, 3).end
    finally:
        del runner.has_switch

text, found = (ROOT / FILE).read_text(), []
was = [ast.unparse(node) for node in places(ast.parse(text))]
assert sorted(was) == sorted(CHANGED)
changes = [Change(FILE, text.replace(old, new), was.index(old)) for old, new in CHANGED.items()]
Runner(changes, Nodes(places, change), work).run([TESTS])
print(json.dumps(found))
"""


@pytest.mark.slow  # what `make mutants` stands on, no part of the program
def test_a_change_is_seen_by_the_tests_that_come_to_it() -> None:
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", SEEN]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    *_, found = done.stdout.splitlines()
    assert json.loads(found) == [[True, end, end] for end in ("passed", "failed", "late")]


def test_a_mutant_is_one_change_in_a_function_that_it_names() -> None:
    from code_mutants import mutants

    found = list(mutants(200, 2611293))  # one of them is in a decorator
    assert len({(one.file, one.line, one.now) for one in found}) == len(found) > 190
    for one in found:
        before, after = ((ROOT / one.file).read_text(encoding="utf-8").split("\n"), one.source.split("\n"))
        other = [number for number, (was, now) in enumerate(zip(before, after, strict=True), 1) if was != now]
        assert other == [one.line]
        names = [node.name for node in ast.walk(ast.parse(one.source)) if isinstance(node, ast.FunctionDef)]
        assert one.function.rpartition(".")[2] in names
        assert Path(one.file).suffix == ".py"
