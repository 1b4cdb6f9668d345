"""What SECURITY.md promises: the tests that it names exist, and nothing that is read is run."""

from __future__ import annotations

import ast
import re

import pytest
import yaml

from allegata.schema import yaml_values
from allegata.schema.yaml_values import yaml_value
from project import ROOT

# What runs or loads code out of data, or another program.
RUNS = {"eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "torch.load", "yaml.load"}
RUNS |= {"marshal.loads", "joblib.load", "shelve.open", "runpy.run_path", "os.execv", "os.startfile"}
# `git log` of the package's own folder, for the leaderboard; its arguments are ours.
STARTS = {"scripts/allegata/benchmark/scorer_identity.py": {"subprocess.run"}}
# `yaml.load` with a loader of plain values, which the last test here looks at.
STARTS["scripts/allegata/schema/yaml_values.py"] = {"yaml.load"}


def test_every_test_that_is_named_exists() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
    assert len(named) > 40
    files = {name: (ROOT / "tests" / name).read_text(encoding="utf-8") for name in {name for name, _ in named}}
    assert [f"{name}::{test}" for name, test in named if f"\ndef {test}(" not in files[name]] == []


def test_every_row_names_a_test() -> None:
    rows = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) > 15
    assert [row for row in rows[1:] if "::test_" not in row.rpartition(" | ")[2]] == []


def test_the_package_runs_no_data_as_code() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "scripts").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in RUNS or name.startswith("subprocess."):
                    found.setdefault(path.relative_to(ROOT).as_posix(), set()).add(name)
    assert found == STARTS


def test_yaml_from_outside_is_plain_values() -> None:
    tree = ast.parse((ROOT / "scripts/allegata/schema/yaml_values.py").read_text(encoding="utf-8"))
    loads = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.load"]
    assert [ast.unparse(node.keywords[0].value) for node in loads] == ["_Loader"]
    assert issubclass(yaml_values._Loader, yaml.constructor.SafeConstructor)
    assert not issubclass(yaml_values._Loader, yaml.constructor.FullConstructor)
    for code in ("!!python/name:os.system", "!!python/object/apply:os.getcwd []"):
        with pytest.raises(ValueError, match="could not determine a constructor"):
            yaml_value(code)
