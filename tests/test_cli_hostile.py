"""Every command, on a corpus and with names that hold what steers a terminal: nothing of it reaches the screen."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from allegata.cli import shown
from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.recipe.exchange import export
from allegata.recipe.init import init
from hostile_strings import HOSTILE, STEERING
from publish_samples import changed, make_tables, publish

NEVER = {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), 0x2028, 0x2029)}
NEVER |= {chr(code) for code in range(0x2066, 0x206A)}
# A name of a file: of everything that steers, what one may hold.
NAME = "a\x1b[31m\u202e\x9b\r\b\n\x7f b"
TEXT = "".join(STEERING)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus whose folder, files, articles, registers, drafts and versions are full of it."""
    place = tmp_path_factory.mktemp("hostile-terminal") / NAME
    place.mkdir()
    root = place / "corpus"
    init(root, name="n", language=["en"])
    row = {"text": f"The mill {TEXT} burned on Monday.\n\nNobody was hurt, {TEXT} said the council.\n"}
    row |= dict.fromkeys(("title", "publisher", "author", "rights"), TEXT)
    (place / f"{NAME}.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({**row, "text": "Pears fell. " + TEXT}))
    articles = add([place / f"{NAME}.jsonl"], root).added
    annotations = root / "annotations"
    entity = {"id": "mill", "name": TEXT, "label": "ORG", "description": TEXT, "wikidata": None}
    entity |= {"wikidata_status": "NIL", "wikidata_evidence": None}
    (annotations / "entities.jsonl").write_text(json.dumps(entity) + "\n")
    who = {"id": TEXT, "kind": "human", "description": TEXT}
    (annotations / "annotators.jsonl").write_text(json.dumps(who) + "\n")
    (place / f"{articles[0]}.jsonl").write_text(json.dumps({"record": "mention", "s": 1, "quote": TEXT}) + "\n")
    export(root, "spans", place / "export", articles=list(articles))
    for pass_ in ("one", "two"):
        (annotations / "passes" / pass_ / f"{NAME}").mkdir(parents=True)
    tables = changed(make_tables(), "articles", "a1", title=TEXT, publisher=TEXT, author=TEXT, url=TEXT)
    publish(root, "0.1.0", tables)
    publish(root, "0.2.0", changed(tables, "articles", "a1", title="x" + TEXT, rights=TEXT), splits=None)
    return root


def articles(root: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (root / "raw" / "manifest.jsonl").open("rb")]


Call = Callable[[Path], list[object]]
# Every command -> calls of it: the corpus is read, and names that are wrong are given.
CALLS: dict[str, list[Call]] = {
    "clean": [lambda root: [], lambda root: ["--explain"], lambda root: ["--explain", "--json"], lambda root: [NAME]],
    "deduplicate": [lambda root: []],
    "annotate": [
        lambda root: [],
        lambda root: ["--draft", root.parent / f"{articles(root)[0]}.jsonl", "--annotator", TEXT, "--guidelines", TEXT],
        lambda root: ["--draft", NAME, "--annotator", NAME, "--into", NAME],
    ],
    "agreement": [lambda root: [root / "annotations" / "passes" / "one", NAME], lambda root: [NAME, NAME]],
    "adjudicate": [lambda root: [root / "annotations" / "passes" / "one", root.parent / NAME]],
    "validate": [lambda root: ["--runner", NAME]],
    "publish": [
        lambda root: ["--without-text", NAME, "--version", NAME],
        lambda root: ["--work", NAME, "--bump", NAME],
    ],
    "build": [lambda root: ["--runner", NAME], lambda root: ["--workers", NAME]],
    "info": [lambda root: []],
    "init": [
        lambda root: [root, "--title", TEXT, "--language", NAME],
        lambda root: [root.parent / "n", "--name", NAME],
    ],
    "add": [lambda root: [root.parent / f"{NAME}.jsonl"], lambda root: [root / NAME, root.parent], lambda root: [NAME]],
    "remove": [lambda root: [NAME]],
    "tasks": [lambda root: ["--corpus", root / "corpus"], lambda root: ["--corpus", NAME]],
    "score": [lambda root: [NAME, NAME, "--corpus", root / "corpus"], lambda root: ["claim-spans", NAME]],
    "baseline": [lambda root: [NAME, NAME, "--corpus", root / "corpus"], lambda root: ["claim-spans", NAME]],
    "leaderboard": [lambda root: [NAME, "--corpus", root / "corpus"]],
    "withdraw": [
        lambda root: [articles(root)[0], "--reason", TEXT, "--dry-run"],
        lambda root: [NAME, "--reason", TEXT, "--date", NAME],
    ],
    "redact": [lambda root: ["mill", "--dry-run"], lambda root: [NAME, "--dry-run", "--leave", NAME]],
    "privacy": [lambda root: [], lambda root: ["--json"], lambda root: [NAME]],
    "verify": [lambda root: [NAME]],
    "diff": [
        lambda root: ["0.1.0", "0.2.0", "--corpus", root / "corpus"],
        lambda root: ["0.1.0", "0.2.0", "--corpus", root / "corpus", "--json"],
        lambda root: [NAME, NAME],
    ],
    "browse": [lambda root: [NAME]],
    "report": [lambda root: ["--output", root]],
    "push": [lambda root: [NAME, "--corpus", root / "corpus"]],
    "explain": [
        lambda root: ["a1", "--corpus", root / "corpus"],
        lambda root: ["a1", "--corpus", root / "corpus", "--json"],
        lambda root: [NAME, "--corpus", root / "corpus"],
    ],
    "hydrate": [lambda root: [NAME, NAME]],
    "export": [lambda root: ["spans", root.parent / "again" / NAME, "--articles", NAME], lambda root: [NAME, NAME]],
    "import": [
        lambda root: ["spans", root.parent / "export", "--into", "passes/x", "--annotator", TEXT],
        lambda root: ["spans", root / "raw", "--output", root.parent / "tables"],
        lambda root: [NAME, NAME],
    ],
    "diff-annotations": [lambda root: [root.parent / "export", "gold"], lambda root: [NAME, NAME]],
    "pre-annotate": [lambda root: [NAME]],
    "benchmark": [lambda root: ["polnear", NAME], lambda root: ["claimbuster", NAME], lambda root: [NAME]],
}


def commands() -> dict[str, Any]:
    found: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    return found


def test_every_command_is_walked() -> None:
    assert not commands().keys() - CALLS.keys()


@pytest.mark.parametrize("command", CALLS)
def test_nothing_that_steers_reaches_the_screen(command: str, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(corpus)
    if command not in commands():
        pytest.skip(f"there is no command {command} any more")
    names = {option for parameter in commands()[command].params for option in parameter.opts}
    for call in CALLS[command]:
        given = [str(one) for one in call(corpus)]
        root = ["--root", str(corpus)] if "--root" in names and not {"--corpus"} & set(given) else []
        done = CliRunner().invoke(app, [command, *given, *root])
        assert done.exception is None or isinstance(done.exception, SystemExit), given
        assert done.exit_code != 4, done.output  # a fault of ours
        assert NEVER.isdisjoint(done.output), (given, sorted(NEVER & set(done.output)))
        assert done.output


@pytest.mark.parametrize("text", [*STEERING, NAME])
def test_usage_errors_show_what_was_typed(text: str) -> None:
    for given in ([text], [f"--{text}"], ["info", text], ["build", "--bump", text], ["clean", f"-{text}"]):
        done = CliRunner().invoke(app, given)
        assert NEVER.isdisjoint(done.output), given


@pytest.mark.parametrize("text", [TEXT, NAME])
def test_what_libraries_log_and_warn_of_is_shown_too(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.Logger("a library")
    with shown.libraries_shown():
        log.warning("discarded: %s", text)
        warnings.warn(text, stacklevel=1)
    seen = capsys.readouterr().err
    assert "discarded: " in seen
    assert "UserWarning: " in seen
    assert NEVER.isdisjoint(seen)


@pytest.mark.parametrize("text", [*HOSTILE, NAME, "\x7f \U0001f33e é"])
def test_json_for_programs_is_exact_on_every_terminal(text: str) -> None:
    written = shown.exact_json({text: text})
    assert json.loads(written) == {text: text}
    assert NEVER.isdisjoint(written)
    assert written.isascii()
    assert os.linesep not in written
