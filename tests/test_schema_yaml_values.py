"""YAML from outside is read, or refused in one sentence, in every place that reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.schema.yaml_values import yaml_value

PACKAGE = Path(__file__).parents[1] / "scripts" / "allegata"
# Values that do not fit their tag, of which PyYAML raises five exceptions of Python and its own.
DAMAGED = (
    "a: !!int ''", "a: !!float ''", "a: !!bool perhaps", "a: !!timestamp soon", "a: 2023-13-41", "a: 0b_", "a: [", "\0",
    "a: " + ":".join(["1"] + ["00"] * 400) + ".0", "? [a]\n: b", "a: !!python/name:os.system", "a: " + "[" * 4000,
    "a: &x [1]\nb: *x", "a: &x {b: 1}\n<<: *x", "a: " + "9" * 5000,
    "a: 1\nb: 2\na: 3", "b: {a: 1, a: 1}", "- a: 1\n  'a': 2",
)  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: repr(text[:20]))
def test_whatever_is_wrong_with_a_document_is_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as found:
        yaml_value(text)
    assert type(found.value) is ValueError
    assert "\n" not in str(found.value)


def test_plain_values_are_read() -> None:
    assert yaml_value("a: [1, x, 2.5, true, null]\nb: !!str 5\n") == {"a": [1, "x", 2.5, True, None], "b": "5"}


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: repr(text[:20]))
def test_a_damaged_configuration_of_potato_is_reported_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text + "\n")
    done = CliRunner().invoke(app, ["import", "potato", str(tmp_path), "--output", str(tmp_path / "out")])
    assert done.exit_code == 1, done.output
    assert "config.yaml: is no configuration: " in done.output


def test_nothing_else_in_the_package_loads_yaml() -> None:
    loading = [
        file.name
        for file in PACKAGE.rglob("*.py")
        if ".safe_load(" in (text := file.read_text()) or "yaml.load(" in text
    ]
    assert loading == ["yaml_values.py"]
