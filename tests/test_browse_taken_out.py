"""What was taken out stays out of the pages: also where `--raw` reads raw/, and of a version that was before it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.recipe.browse import browse

FLOUR = """Mill recalls flour

A mill in the harbour town has recalled 4,000 bags of flour from all the shops of the county.

Nobody has fallen ill so far, {}, and the rest of the flour is safe to eat.

The bags were filled in June and sold in July, most of them to bakers, said the owner of the mill.
"""
FERRY = """Ferry runs aground

The morning ferry ran aground on a sandbank off the island and waited for the tide with {} on board.

A tug pulled it free before noon, and the harbour office said that the hull had taken no damage.

The afternoon crossing left on time, and the operator promised to have the channel measured again.
"""
TEXTS = {
    "mill": FLOUR.format("the mill said on Monday morning in a long statement"),
    "copy of mill": FLOUR.format("Maud Quillby said"),
    "ferry": FERRY.format("two hundred and twelve passengers and their cars"),
    "copy of ferry": FERRY.format("many Zorvanians"),
}


def call(*command: object) -> None:
    done = CliRunner().invoke(app, [str(part) for part in command])
    assert done.exit_code == 0, done.output


def words(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Two articles, each with a copy that the version leaves out; then the person in one copy is redacted, and the
    other copy is withdrawn. The corpus has the version before and the version after; ids by name."""
    folder = tmp_path_factory.mktemp("taken out")
    root, ids = folder / "corpus", {}
    call("init", root)
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
        call("add", folder / f"{name}.txt", "--root", root)
        ids[name] = hashlib.sha256(text.encode()).hexdigest()[:16]
    call("build", "--root", root)
    browse(root / "corpus", None, folder / "before", raw=True)
    call("redact", "Maud Quillby", "--root", root)
    call("withdraw", ids["copy of ferry"], "--reason", "its publisher asked", "--root", root)
    call("build", "--root", root)
    return folder, ids


def test_before_anything_is_taken_out_raw_shows_what_the_copies_say(corpus):
    shown = words(corpus[0] / "before" / "copies")
    assert "Quillby" in shown
    assert "Zorvanians" in shown


@pytest.mark.parametrize("which", [-1, 0])
def test_raw_shows_nothing_of_a_redacted_person_or_a_withdrawn_article(which, corpus):
    folder, ids = corpus
    version = sorted(path.name for path in (folder / "corpus" / "corpus").glob("v*"))[which].removeprefix("v")
    browse(folder / "corpus" / "corpus", version, folder / version, raw=True)
    shown = words(folder / version)
    assert "Zorvanians" not in shown
    assert "Quillby" not in shown
    assert "[Person 1]" in (folder / version / "copies" / f"{ids['mill']}.html").read_text("utf-8")
    assert (folder / version / "articles" / f"{ids['ferry']}.html").exists() == (which == 0)
