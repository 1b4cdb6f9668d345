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
import json, sys
from covering_tests import ROOT, outcome, tests_in
file, function = "scripts/allegata/text/bylines.py", sys.argv[1]
tests = tests_in("tests/test_text_bylines.py")
calling = [test for test in tests if f"{file}:{function}" in test.functions]
text = (ROOT / file).read_text()
broken = text.replace("            return names", "            return ()")
endless = text.replace("    reader = _reader(languages)", "    while True: pass", 1)
assert len({text, broken, endless}) == 3
found = [outcome(calling[:1], {file: text}), outcome(calling, {file: broken}), outcome(calling, {file: endless}, 2)]
print(json.dumps([len(calling), len(tests), *found]))
"""


@pytest.mark.slow  # what `make mutants` stands on, no part of the program
def test_a_change_is_seen_by_the_tests_that_call_the_function() -> None:
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", SEEN, "authors_in"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    calling, tests, *outcomes = json.loads(done.stdout)
    assert 0 < calling <= tests
    assert outcomes == ["passed", "failed", "late"]


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
