"""docs/taking-out.md is followed word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.manifest import read_manifests
from invented_corpora import RECALL, annotate, recall, registers

DOCS = Path(__file__).parent.parent / "docs" / "taking-out.md"


def test_the_commands_of_the_how_to_take_out_an_article_and_a_person(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    (tmp_path / "offered").mkdir()
    ids = recall(root, tmp_path / "offered")
    registers(root, RECALL)
    annotate(root, RECALL / "drafts", ids, tmp_path / "drafts")
    names = {"ARTICLE": ids["gazette"], "PERSON": "ines-varga", "another name": "Ms Varga"}
    commands = re.findall(r"^    allegata (.+)$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["withdraw"] * 2 + ["build"] + ["redact"] * 2 + ["build"]
    for command in ["build", *commands]:
        words = [names.get(word, word) for word in shlex.split(command)]
        result = CliRunner().invoke(app, [*words, "--root", str(root)])
        assert result.exit_code == 0, result.output
    assert [manifest.version for manifest in read_manifests(root / "corpus")] == ["1.0.0", "2.0.0", "2.1.0"]
