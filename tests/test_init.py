"""A new corpus folder: it asks nothing, overwrites nothing, and what it writes is a corpus at once."""

from __future__ import annotations

import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allegata.cli.app import app
from allegata.recipe.drafts import guidelines_version
from allegata.recipe.init import TEMPLATE, init
from allegata.schema.limits import Limits
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import read_scheme
from allegata.schema.settings import SETTINGS, read_settings
from allegata.schema.tables import TABLES
from project import tree

TEXT = "Bridge shut since May\n\nBrackwater Bridge has been shut since 3 May. Mara Quill said the bridge had moved.\n"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], catch_exceptions=False)


def test_a_new_folder_becomes_a_corpus_with_everything_that_a_build_reads(tmp_path: Path) -> None:
    written = init(tmp_path / "new" / "harbour")
    root = tmp_path / "new" / "harbour"
    assert sorted(path.relative_to(root).as_posix() for path in written) == sorted(tree(root))
    assert written[-1].name == SETTINGS  # a run that is killed before is no corpus yet
    assert {path.split("/")[0] for path in tree(root)} == {
        "allegata.toml", "README.md", "raw", "annotations", "expectations",
    }  # fmt: skip
    assert {path.stem for path in (root / "expectations").iterdir()} == {*TABLES, "ledger"}
    assert read_settings(root).name == "harbour"
    assert read_scheme(root / "annotations") == read_scheme(tmp_path / "nowhere")  # it only explains how to override
    assert guidelines_version(root) == "2.0"


def test_what_is_given_is_in_the_settings_and_the_rest_is_explained_and_off(tmp_path: Path) -> None:
    title = 'Böses "Wetter" \\ \u2028'
    result = call(
        "init", str(tmp_path), "--name", "wetter-2031", "--title", title, "--subject", "a storm", "--language", "de",
        "--language", "pt-BR", "--licence", "cc-by-4.0",
    )  # fmt: skip
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, f"next: cd {tmp_path} && allegata add FILES…")
    settings = read_settings(tmp_path)
    assert (settings.name, settings.title, settings.subject) == ("wetter-2031", 'Böses "Wetter" \\', "a storm")
    assert (settings.language, settings.licence) == (("de", "pt-BR"), "cc-by-4.0")
    assert (settings.description, settings.corpus_version, settings.split_by) == ("", None, None)
    assert "# Wetter" not in (tmp_path / "README.md").read_text("utf-8")
    assert (tmp_path / "README.md").read_text("utf-8").startswith('# Böses "Wetter" ')


def test_every_setting_is_in_the_template_and_may_be_switched_on(tmp_path: Path) -> None:
    from dataclasses import fields

    from allegata.schema.settings import Settings

    lines = (TEMPLATE / SETTINGS).read_text("utf-8").splitlines()
    on = "\n".join(line.removeprefix("# ") if " = " in line else "" for line in lines)
    assert {key.replace("-", "_") for key in tomllib.loads(on)} == {field.name for field in fields(Settings)}
    (tmp_path / SETTINGS).write_text(on)
    assert read_settings(tmp_path).limits == Limits(), "the template shows the defaults"
    assert tomllib.loads("\n".join(lines)) == {}


@pytest.mark.parametrize(
    ("folder", "name"), [("Böse Wetter!", "Bose-Wetter"), ("новости", "corpus"), (".hidden", "hidden")]
)
def test_without_a_name_it_is_made_of_that_of_the_folder(tmp_path: Path, folder: str, name: str) -> None:
    init(tmp_path / folder)
    assert read_settings(tmp_path / folder).name == name


def test_nothing_is_overwritten_and_one_report_names_every_file(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "raw").write_text("a file")
    before = tree(tmp_path)
    with pytest.raises(ProblemsFound) as found:
        init(tmp_path)
    assert [problem.file for problem in found.value.problems] == ["README.md", "raw"]
    assert tree(tmp_path) == before
    assert call("init", str(tmp_path)).exit_code == 1


def test_what_else_is_in_the_folder_does_not_matter_and_the_same_call_finishes_a_killed_one(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "LICENSE").write_text("free")
    init(tmp_path)
    whole = tree(tmp_path)
    for name in (SETTINGS, "annotations/GUIDELINES.md"):
        (tmp_path / name).unlink()
    assert [path.name for path in init(tmp_path)] == ["GUIDELINES.md", SETTINGS]
    assert tree(tmp_path) == whole
    assert init(tmp_path) == []


@pytest.mark.parametrize("option", [("--name", "two words"), ("--title", "\ud800")])
def test_a_setting_that_cannot_be_one_is_a_wrong_call_and_nothing_is_written(
    tmp_path: Path, option: tuple[str, str]
) -> None:
    result = call("init", str(tmp_path / "new"), *option)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "new").exists()


def test_a_project_that_is_a_corpus_already_stays_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.allegata]\nname = "x"\n')
    with pytest.raises(UsageError, match="is a corpus already"):
        init(tmp_path)


@pytest.mark.alone
def test_it_takes_less_than_half_a_second(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "allegata", "init", "x"], cwd=tmp_path, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5 * 2  # on a slow machine


def test_guidelines_say_nothing_of_one_story_and_have_the_sections_that_messages_name() -> None:
    guidelines = (TEMPLATE / "annotations" / "GUIDELINES.md").read_text("utf-8")
    assert 150 <= len(guidelines.splitlines()) <= 480
    assert "\n## 9. Draft format\n" in guidelines
    assert not {word for word in ("LinkedIn", "lawsuit", "plaintiff", "court") if word in guidelines}


def examples(text: str, heading: str) -> list[str]:
    """The lines of the first block of code after a heading."""
    return text.split(heading)[1].split("```")[1].strip().split("\n")


def test_the_drafts_registers_and_schemes_that_the_files_show_are_taken_as_they_are(tmp_path: Path) -> None:
    root = tmp_path / "harbour"
    init(root)
    (tmp_path / "one.txt").write_text(
        "Brackwater Bridge is closed as of 3 May\n\nMara Quill said the bridge had moved. Nobody knows why.\n"
    )
    added = call("add", str(tmp_path / "one.txt"), "--root", str(root)).stdout.split()[1].rstrip(":")
    readme, guidelines = ((TEMPLATE / name).read_text("utf-8") for name in ("README.md", "annotations/GUIDELINES.md"))
    (root / "annotations" / "annotators.jsonl").write_text(
        examples(readme, "`annotations/annotators.jsonl`:")[0] + "\n"
    )
    (entity,) = examples(readme, "names to `annotations/entities.jsonl`:")
    entities = {"brackwater-bridge": "FAC", "mara-quill": "PERSON"}
    (root / "annotations" / "entities.jsonl").write_text(
        "".join(
            entity.replace('"harbour-office"', f'"{name}"').replace('"ORG"', f'"{label}"') + "\n"
            for name, label in entities.items()
        )
    )
    scheme = (TEMPLATE / "annotations" / "scheme.toml").read_text("utf-8").split("\n")
    shown = [line.removeprefix("#     ") for line in scheme if line.startswith("#     ")]
    (root / "annotations" / "scheme.toml").write_text("\n".join(shown))
    changed = read_scheme(root / "annotations")
    assert "hazard" in changed.attributes("claim")
    assert "factuality_author" not in changed.attributes("claim")
    (root / "annotations" / "scheme.toml").write_text("\n".join(scheme))
    draft = tmp_path / f"{added}.jsonl"
    draft.write_text("\n".join(examples(guidelines, "## 9. Draft format")) + "\n", "utf-8")
    result = call("annotate", "--root", str(root), "--draft", str(draft), "--annotator", "me")
    assert result.exit_code == 0, result.stderr
    gold = (root / "annotations" / "gold" / f"{added}.jsonl").read_text("utf-8")
    assert '"guidelines": "2.0"' in gold


def test_init_add_build_publishes_with_no_edit_and_its_first_version_is_1_0_0(tmp_path: Path) -> None:
    root = tmp_path / "harbour"
    (tmp_path / "one.txt").write_text(TEXT)
    assert call("init", str(root)).exit_code == 0
    empty = call("build", "--root", str(root))
    assert (empty.exit_code, "allegata add FILES…" in empty.stderr) == (1, True)
    assert call("add", str(tmp_path / "one.txt"), "--root", str(root)).exit_code == 0
    built = call("build", "--root", str(root))
    assert "published corpus/v1.0.0" in built.stdout
    assert 'load it: datasets.load_dataset("./corpus", "articles", split="train")' in built.stdout
    assert "what it is: dataset_card.md; what has changed: corpus/CHANGELOG.md" in built.stdout
    assert (root / "corpus" / "CHANGELOG.md").is_file()

    (tmp_path / "two.txt").write_text("Ferry sails again\n\nThe ferry sails at nine, the harbour office said.\n")
    assert call("add", str(tmp_path / "two.txt"), "--root", str(root)).exit_code == 0
    small = call("build", "--root", str(root), "--bump", "patch")
    assert (small.exit_code, "which is minor: 1 article added: " in small.stderr) == (2, True)
    pin(root, "1.0.1")
    too_small = call("publish", "--root", str(root))
    assert (too_small.exit_code, 'set corpus-version = "1.1.0" in allegata.toml' in too_small.stderr) == (2, True)
    pin(root, "1.0.0")
    taken = call("publish", "--root", str(root))
    assert (taken.exit_code, 'set corpus-version = "1.1.0" in allegata.toml' in taken.stderr) == (1, True)
    assert [path.name for path in (root / "corpus").glob("*v*")] == ["v1.0.0"]
    pin(root, "3.0.0")
    assert "published corpus/v3.0.0" in call("publish", "--root", str(root)).stdout
    assert "all " in call("publish", "--root", str(root)).stdout  # it is proved equal


def pin(root: Path, version: str) -> None:
    with (root / SETTINGS).open("r+", encoding="utf-8") as file:
        text = [line for line in file.read().split("\n") if not line.startswith("corpus-version")]
        file.seek(0)
        file.write("\n".join([f'corpus-version = "{version}"', *text]))
        file.truncate()


def test_a_pinned_version_and_a_bump_are_refused_before_anything_is_built(tmp_path: Path) -> None:
    init(tmp_path)
    pin(tmp_path, "1.0.0")
    result = call("build", "--root", str(tmp_path), "--bump", "minor")
    assert result.exit_code == 2
    assert result.stderr.startswith('allegata: allegata.toml pins corpus-version = "1.0.0": remove the line')


def test_validate_says_which_suites_are_not_those_of_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT)
    root = tmp_path / "harbour"
    init(root)
    (root / "expectations" / "claims.json").unlink()
    assert call("add", str(tmp_path / "one.txt"), "--root", str(root)).exit_code == 0
    assert "the suite that allegata brings was used: claims" in call("validate", "--root", str(root)).stdout
