"""The README stays true: help and example are the program's, its Python runs, its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.models import CommandInfo, TyperInfo

from allegata.cli.app import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "train_attribution_detector.py"
HELP = re.compile(r"<!-- help -->\n(.*?)<!-- /help -->", re.DOTALL)
SHOWN = re.compile(r"<!-- example -->\n(.*?)<!-- /example -->", re.DOTALL)


def commands() -> list[str]:
    single = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    return single + [group.name for group in app.registered_groups if group.name]


def _name(command: CommandInfo) -> str:
    return (command.name or getattr(command.callback, "__name__", "")).replace("_", "-")


def help_table() -> str:
    """The commands with the first line of their help, as the README shows them."""
    rows = []
    for command in app.registered_commands:
        if command.callback and command.callback.__doc__:
            rows.append(f"| `allegata {_name(command)}` | {command.callback.__doc__.strip().splitlines()[0]} |")
    rows += [f"| `allegata {group.name}` | {_group_help(group)} |" for group in app.registered_groups]
    return "| command | what it does |\n|---|---|\n" + "\n".join(rows) + "\n"


def _group_help(group: TyperInfo) -> str:
    """What `--help` says of a group, and its commands."""
    assert group.typer_instance
    members = [one for one in group.typer_instance.registered_commands if one.callback]
    names = [f"`{_name(one)}`" for one in members]
    return f"{(group.typer_instance.info.help or '').removesuffix('.')}: {', '.join(names)}."


def test_the_help_in_the_readme_is_the_program_s() -> None:
    found = HELP.search(README)
    assert found
    assert found.group(1) == help_table(), "run: python tests/test_readme.py"


def example() -> str:
    """The example script, as the README shows it."""
    return f"```python\n{EXAMPLE.read_text(encoding='utf-8')}```\n"


def test_the_example_in_the_readme_is_the_script() -> None:
    found = SHOWN.search(README)
    assert found
    assert found.group(1) == example(), "run: python tests/test_readme.py"


def test_every_command_the_readme_names_exists() -> None:
    named = set(re.findall(r"`(?:allegata|\.venv/bin/allegata) ([a-z-]+)", README))
    assert named <= {name.replace("_", "-") for name in commands()}


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_every_python_example_runs(block: str, tmp_path: Path) -> None:
    environment = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT / "scripts")
    predictions = tmp_path / "predictions.jsonl"
    command = [sys.executable, "-c", block, str(predictions)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if block in example():
        assert done.stdout.startswith("attributed-sentences, F1 of true: 0.")
        assert len(predictions.read_text(encoding="utf-8").splitlines()) >= 80


def test_the_pictures_are_there_small_and_described() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\((docs/pictures/[^)]+\.png)\)", README)
    assert len(shown) == 2
    for words, path in shown:
        picture = (ROOT / path).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 150_000
        assert len(words) > 20


if __name__ == "__main__":
    text = HELP.sub(lambda _: f"<!-- help -->\n{help_table()}<!-- /help -->", README)
    text = SHOWN.sub(lambda _: f"<!-- example -->\n{example()}<!-- /example -->", text)
    (ROOT / "README.md").write_text(text, encoding="utf-8")
