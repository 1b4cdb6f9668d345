"""All commands, one after the other, on a small corpus that they make: `python tests/unplugged.py FOLDER`.

The last line that it prints is a JSON object: command -> exit code. `tests/test_no_network.py` runs it where every
contact with another machine is written down and refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.testing import CliRunner

from allegata.cli.app import app
from invented_corpora import RECALL, registers

# Two versions differ; and what needs data that nobody may hand on refuses: even then nobody is asked for them.
ENDS = {"diff": 1, "benchmark checkthat2019": 2, "benchmark claimbuster": 2, "benchmark polnear": 2}


def commands() -> list[str]:
    """Every command that the command line has, as people type it."""

    def below(command: object, path: tuple[str, ...]) -> Iterator[str]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield " ".join(path)
        for name, one in (inner or {}).items():
            yield from below(one, (*path, name))

    return sorted(below(typer.main.get_command(app), ()))


def calls(place: Path) -> Iterator[tuple[str, ...]]:
    """A call of every command; later ones use what earlier ones have written."""
    root, corpus, v1 = place / "corpus", place / "corpus" / "corpus", place / "corpus" / "corpus" / "v1.0.0"
    at = ("--root", root)
    yield "init", root, "--title", "A kettle is called back", "--language", "en", "--language", "de"
    yield "add", *at, *(RECALL / "articles" / name for name in ("gazette.html", "lamp.html", "coastline.txt"))
    rows = [json.loads(line) for line in (root / "raw" / "manifest.jsonl").read_text("utf-8").splitlines()]
    ids = {Path(row["original_name"]).stem: row["id"] for row in rows}
    registers(root, RECALL)
    for into in ("gold", "passes/one", "passes/two"):
        for name in ("gazette", "coastline"):
            draft = place / f"{ids[name]}.jsonl"
            draft.write_bytes((RECALL / "drafts" / f"{name}.jsonl").read_bytes())
            yield "annotate", "--draft", draft, "--annotator", "reader", "--into", into, *at
    for command in ("info", "clean", "deduplicate", "validate"):
        yield command, *at
    yield "pre-annotate", *at, ids["lamp"]
    yield "export", "web-annotation", place / "exported", *at
    yield "import", "web-annotation", place / "exported", *at, "--into", "passes/three", "--annotator", "reader"
    passes = [root / "annotations" / "passes" / folder for folder in ("one", "two")]
    yield "agreement", *passes, *at
    yield "adjudicate", *passes, *at
    yield "diff-annotations", *passes, *at
    yield "publish", *at
    yield "privacy", *at
    yield "redact", "Ines Varga", *at
    yield "withdraw", ids["lamp"], "--reason", "asked for", *at
    yield "build", *at, "--work", place / "work"
    yield "remove", ids["coastline"], *at
    yield "diff", "1.0.0", "2.0.0", "--corpus", corpus
    yield "publish", *at, "--without-text", place / "edition", "--version", "1.0.0"
    yield "hydrate", place / "edition", "--from", RECALL / "articles", "--into", place / "restored"
    yield "verify", "--corpus", corpus
    yield "explain", ids["gazette"], "--corpus", v1
    yield "browse", "--corpus", corpus, "--output", place / "pages"
    yield "report", *at, "--output", place / "report"
    yield "tasks", "--corpus", v1
    yield "baseline", "attributed-sentences", "length", "--corpus", v1, "--output", place / "floor"
    yield "score", "attributed-sentences", place / "floor" / "attributed-sentences" / "floor-length", "--corpus", v1
    yield "leaderboard", place / "floor", "--corpus", v1, "--no-card"
    yield "push", "owner/kettle", "--corpus", corpus, "--dry-run"
    for name in ("checkthat2019", "claimbuster", "polnear"):
        yield "benchmark", name, place / "nothing"
    yield "benchmark", "pre-annotation", "--corpus", v1


def main(place: Path) -> None:
    """Run them; what a command printed is shown where it did not end as it should."""
    ended: dict[str, int] = {}
    for call in calls(place):
        command = " ".join(str(part) for part in call[: 2 if call[0] == "benchmark" else 1])
        ran = CliRunner().invoke(app, [str(part) for part in call])
        ended[command] = max(ran.exit_code, ended.get(command, 0))
        if ran.exit_code != ENDS.get(command, 0):
            print(*call, ran.output, ran.exception, sep="\n")
    print(json.dumps(ended))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
