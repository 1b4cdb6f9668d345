"""The command line: help a newcomer can act on, three exit codes, one report on the error stream."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allegata.cli.app import app
from allegata.schema.settings import read_settings
from allegata.schema.versions import versions_in
from project import ARTICLES, ROOT, add_article, copy_root, tree

COMMANDS = ("clean", "deduplicate", "annotate", "validate", "publish", "build", "info")  # those that run the recipe
COMPARISONS = ("agreement", "adjudicate")
OTHERS = (
    "init",
    "add",
    "remove",
    "tasks",
    "score",
    "baseline",
    "leaderboard",
    "pre_annotate",
    "verify",
    "diff",
    "browse",
    "push",
    "hydrate",
    "withdraw",
    "redact",
    "privacy",
    "explain",
    "report",
)
EXCHANGE = ("export", "import_", "diff_annotations")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_root(tmp_path)


def test_help_names_every_command_the_first_one_to_run_and_the_exit_codes() -> None:
    text = call("--help").output
    assert all(command in text for command in COMMANDS + COMPARISONS)
    assert "Start with: allegata init DIR" in " ".join(text.split())
    assert "Exit code: 0 good, 1 the data fails its checks, 2 a usage error, 3 the system refuses" in " ".join(
        text.split()
    )


def test_the_versions_of_program_and_corpus_are_shown_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT / "raw")
    shown = CliRunner().invoke(app, ["--version"]).stdout
    assert shown == f"allegata {metadata.version('allegata')}\ncorpus {versions_in(ROOT / 'corpus')[-1]}\n"
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["--version"]).stdout.splitlines()[1] == "no published corpus here"


@pytest.mark.parametrize("command", COMMANDS + COMPARISONS)
def test_every_command_says_what_it_does_and_describes_its_options(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    registered = next(entry for entry in app.registered_commands if entry.callback.__name__ == command)  # type: ignore[union-attr]  # typer: every command has its callback
    assert registered.callback is not None
    description = (registered.callback.__doc__ or "").strip()
    assert len(description.split()) >= 6
    assert " ".join(description.split()[:5]) in " ".join(result.output.replace("│", " ").split())
    assert "--root" in result.output
    assert "Folder of the corpus" in result.output


def test_no_command_is_missing_from_these_tests() -> None:
    assert {entry.callback.__name__ for entry in app.registered_commands if entry.callback} == {
        *COMMANDS,
        *COMPARISONS,
        *OTHERS,
        *EXCHANGE,
    }


@pytest.mark.parametrize("command", OTHERS + EXCHANGE)
def test_the_other_commands_say_what_they_do(command: str) -> None:
    result = call(command.rstrip("_").replace("_", "-"), "--help")
    assert result.exit_code == 0
    assert len(result.output.split()) >= 15


def test_without_a_command_the_help_is_shown_and_the_call_is_wrong() -> None:
    result = call()
    assert result.exit_code == 2
    assert "Usage" in result.output


@pytest.mark.parametrize("arguments", [["nonsense"], ["build", "--nonsense"], ["clean", "--article"]])
def test_a_call_that_cannot_be_parsed_is_wrong(arguments: list[str]) -> None:
    assert call(*arguments).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_corpus_is_a_wrong_call_with_one_sentence(tmp_path: Path, command: str) -> None:
    result = call(command, "--root", str(tmp_path))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"allegata: {tmp_path} is not a corpus: there is no allegata.toml")
    assert "allegata init" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_article_is_a_wrong_call_that_names_the_known_ones() -> None:
    result = call("clean", "--root", str(ROOT), "--article", "nothing")
    assert result.exit_code == 2
    assert "there is no article 'nothing'" in result.stderr
    assert ARTICLES[4] in result.stderr
    assert "allegata info" in result.stderr


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"Share this:\n", "removed at clean: no_clean_text (no letter and no digit remains)"),
        (b" \n", "removed at ingest: no_text (the file has no letter and no digit)"),
    ],
)
@pytest.mark.parametrize("option", ["--article", "--sentences"])
def test_an_article_that_left_is_known_and_told_why(root: Path, data: bytes, why: str, option: str) -> None:
    add_article(root, "blank", data)
    result = call("clean", "--root", str(root), option, "blank")
    said = f"allegata: blank is in raw/, but {why}; see it with: allegata clean --explain blank\n"
    assert (result.exit_code, result.stderr) == (2, said)


def test_of_two_copies_both_show_their_removals(root: Path) -> None:
    add_article(root, "copy", (ROOT / "raw" / f"{ARTICLES[0]}.txt").read_bytes() + b"\n")
    shown = [call("clean", "--root", str(root), "--article", name) for name in ("copy", ARTICLES[0])]
    assert [result.exit_code for result in shown] == [0, 0]
    assert all("keyword_list" in result.stdout for result in shown)


def test_a_removal_that_fills_a_field_of_the_metadata_names_it(root: Path) -> None:
    page = b"Bridge stays open\n\nTags: bridge, council\n\n" + b"The council decided to keep the bridge. " * 9
    add_article(root, "tagged", page)
    (line,) = (
        line
        for line in call("clean", "--root", str(root), "--article", "tagged").stdout.splitlines()
        if "bridge, council" in line
    )
    assert " tags " in line


def test_adding_names_the_file_of_each_new_id(tmp_path: Path) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(f"The text of {name}.")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "allegata.toml").touch()
    lines = call("add", str(tmp_path), "--root", str(tmp_path / "corpus")).stdout.splitlines()
    ids = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()[:16] for name in ("one.txt", "two.txt")}
    assert set(lines[:2]) == {f"added {key}: {name}" for name, key in ids.items()}
    assert lines[2] == "2 added, 0 already present, 0 skipped"
    listed = call("info", "--root", str(tmp_path / "corpus")).stdout.splitlines()[1:3]
    assert {tuple(line.split()[:2]) for line in listed} == {(key, name) for name, key in ids.items()}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("info", "next version: "),
        ("clean", "removed in all: "),
        ("deduplicate", "no duplicates"),
        ("annotate", "mentions"),
        ("validate", "expectations, all met"),
    ],
)
def test_every_report_is_good_for_the_five_articles_and_writes_nothing(root: Path, command: str, says: str) -> None:
    before = tree(root)
    result = call(command, "--root", str(root))
    assert result.exit_code == 0, result.output
    assert says in result.stdout
    assert tree(root) == before


def test_the_removals_of_one_article_are_shown_with_reason_rule_and_text() -> None:
    result = call("clean", "--root", str(ROOT), "--article", ARTICLES[0])
    assert result.exit_code == 0
    for said in ("related_teaser", "keyword_list", "teasers/6", "[382,446)"):
        assert said in result.stdout


def test_an_article_is_explained_line_by_line() -> None:
    result = call("clean", "--root", str(ROOT), "--explain", ARTICLES[0], ARTICLES[4])
    assert result.exit_code == 0
    _, *articles = result.stdout.split("\n\narticle ")
    assert [text.partition(":")[0] for text in articles] == [ARTICLES[0], ARTICLES[4]]
    lines = articles[0].splitlines()
    why = next(number for number, line in enumerate(lines) if line.startswith("-- [382,446) related_teaser, teasers/"))
    assert lines[why + 1].startswith("-  ")
    assert sum(line.startswith("   ") for line in lines) > 5


def test_programs_get_a_line_of_json_an_article() -> None:
    short = [json.loads(line) for line in call("clean", "--root", str(ROOT), "--json").stdout.splitlines()]
    assert [row["article_id"] for row in short] == list(ARTICLES)
    assert short[3]["kept"] == short[3]["characters"] == 4432
    (row,) = map(json.loads, call("clean", "--root", str(ROOT), "--json", "--explain", ARTICLES[0]).stdout.splitlines())
    cut = sum(removal["end"] - removal["start"] for removal in row["removals"])
    assert (len(row["source_text"]) - cut, sum(row["removed"].values())) == (row["kept"], cut)


def only(root: Path, **texts: str) -> Path:
    """The corpus with these articles and no other."""
    shutil.rmtree(root / "annotations")
    (root / "annotations").mkdir()
    for path in (root / "raw").iterdir():
        path.write_text("") if path.name == "manifest.jsonl" else path.unlink()
    for name, text in texts.items():
        add_article(root, name, text.encode())
    return root


def test_one_table_whatever_remains_and_every_notice_in_one_place(root: Path) -> None:
    only(root, blank=" . ", gone="Share this article\n", kept="A mill burned on Monday.\n")
    result = call("clean", "--root", str(root))
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[0] for line in lines[:4]] == ["article", "blank", "gone", "kept"]
    assert lines[2][-2:] == ["site_furniture", "19"]
    assert [line[:2] for line in lines[5:8]] == [["article", "notice"], ["blank", "no_text"], ["gone", "no_clean_text"]]
    assert "-  Share this article" in call("clean", "--root", str(root), "--explain", "gone").stdout


@pytest.mark.parametrize("option", [(), ("--output", "o.parquet"), ("--explain",), ("--json",), ("--explain", "gone")])
def test_where_nothing_remains_the_table_comes_before_the_problem(root: Path, option: tuple[str, ...]) -> None:
    only(root, blank=" . ", gone="Share this article\n")
    result = call("clean", "--root", str(root), *option)
    assert result.exit_code == 1
    assert "gone" in result.stdout
    assert "no article remains: 1 no_clean_text, 1 no_text" in result.stderr
    assert not Path("o.parquet").exists()


@pytest.mark.parametrize("command", COMMANDS[1:-1])
def test_where_nothing_remains_no_later_step_has_anything_to_do(root: Path, command: str) -> None:
    done = call(command, "--root", str(only(root, blank=" . ", gone="Share this article\n")))
    assert (done.exit_code, "no article remains" in done.stderr) == (1, True)


def test_articles_that_are_not_there_are_named_at_once() -> None:
    result = call("clean", "--root", str(ROOT), "--explain", ARTICLES[0], "nosuch", "neither")
    assert result.exit_code == 2
    assert "there is no article 'nosuch', 'neither'; one of: 000_" in result.stderr


def test_articles_with_layers_can_be_written_to_a_file(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "layers.parquet"
    assert call("clean", "--root", str(ROOT), "--output", str(path)).exit_code == 0
    assert {"removals", "sentences", "blocks", "citations"} <= set(pq.read_table(path).column_names)


def test_a_file_that_cannot_be_written_is_refused_by_the_system_and_named(tmp_path: Path) -> None:
    result = call("clean", "--root", str(ROOT), "--output", str(tmp_path / "no" / "such" / "folder.parquet"))
    assert result.exit_code == 3
    assert "folder.parquet: does not exist" in result.stderr


def test_all_faults_of_raw_are_one_sorted_report_on_the_error_stream(root: Path) -> None:
    for article in (ARTICLES[3], ARTICLES[0]):
        (root / "raw" / f"{article}.txt").unlink()
    (root / "raw" / "zz.txt").write_text("unlisted")
    result = call("build", "--root", str(root))
    assert result.exit_code == 1
    assert result.stdout == ""
    heads = [line for line in result.stderr.splitlines() if line.startswith("raw/")]
    assert [head.split(":")[0] for head in heads] == [f"raw/{ARTICLES[0]}.txt", f"raw/{ARTICLES[3]}.txt", "raw/zz.txt"]
    assert result.stderr.count("→") == 2  # the cure of both missing files stands once
    assert result.stderr.splitlines()[-1] == "3 problems"
    assert "Traceback" not in result.output


@pytest.mark.parametrize("content", ["", "tool = 3\n", "= broken", "[tool.ruff]\n"])
def test_a_project_without_our_table_is_no_corpus(root: Path, content: str) -> None:
    (root / "pyproject.toml").write_text(content)
    result = call("info", "--root", str(root))
    assert (result.exit_code, "no pyproject.toml with [tool.allegata]" in result.stderr) == (2, True)


@pytest.mark.parametrize("number", ["9" * 5000, "1٣", "01", ""])
def test_a_version_is_three_numbers_that_can_be_counted(root: Path, number: str) -> None:
    (root / "pyproject.toml").write_text(f'[tool.allegata]\ncorpus-version = "1.0.{number}"\n', encoding="utf-8")
    result = call("info", "--root", str(root))
    assert (result.exit_code, "pyproject.toml:2: " in result.stderr) == (1, True)


@pytest.mark.parametrize("name", ["pyproject.toml", "allegata.toml"])
def test_settings_that_are_wrong_are_one_report_with_lines(root: Path, name: str) -> None:
    table = "[tool.allegata]\n" if name == "pyproject.toml" else "\n"
    (root / name).write_text(table + 'corpus-version = "one"\nsubject = 3\ntitel = ""\n')
    result = call("info", "--root", str(root))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "3 problems")
    assert [line.split(": ")[0] for line in result.stderr.splitlines()[:-1:2]] == [f"{name}:{n}" for n in (2, 3, 4)]


def test_settings_that_are_not_toml_are_reported_and_not_taken_for_none(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.allegata]\ncorpus-version = "1.0.0\n')
    result = call("info", "--root", str(root))
    assert result.exit_code == 1
    assert re.match(r"pyproject\.toml:2:\d+: is not TOML", result.stderr)


@pytest.mark.parametrize("command", ["info", "clean"])
def test_a_command_finds_the_corpus_from_any_folder_below_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    below = root / "notes" / "of mine"
    below.mkdir(parents=True)
    monkeypatch.chdir(root)
    above = call(command)
    monkeypatch.chdir(below)
    assert (call(command).stdout, above.exit_code) == (above.stdout, 0)


def test_paths_are_those_of_where_the_user_stands_and_the_corpus_is_the_one_above(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = root / "new" / "today"
    below.mkdir(parents=True)
    (below / "one.txt").write_text("The ferry sails at nine, the harbour office said.")
    monkeypatch.chdir(below)
    assert call("add", "one.txt").exit_code == 0
    assert not (below / "raw").exists()
    assert call("clean", "--output", "cleaned.parquet").exit_code == 0
    assert (below / "cleaned.parquet").is_file()


def test_every_command_that_reads_a_corpus_finds_it() -> None:
    import typer

    finders = {"--root", "--corpus"}
    found = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]  # a group
        for each in getattr(command, "commands", {name: command}).values():
            options = {flag: option for option in each.params for flag in finders & set(option.opts)}
            if options and name not in (
                "agreement",
                "import",
                "diff-annotations",
                "diff",
            ):  # files and folders need none
                assert any(option.callback is not None for option in options.values()), each.name
                found.add(each.name)
    assert found >= {"clean", "build", "add", "score", "leaderboard", "pre-annotate", "pre-annotation"}


def test_outside_of_a_corpus_a_command_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("build")
    assert (result.exit_code, "is not inside a corpus" in result.stderr) == (2, True)
    assert "go into the folder of a corpus, or make one with: allegata init DIR" in result.stderr


def test_info_says_what_has_no_gold_and_that_a_published_version_is_not_the_next_one(root: Path) -> None:
    (root / "annotations" / "gold" / f"{ARTICLES[1]}.jsonl").unlink()
    shutil.copytree(ROOT / "corpus", root / "corpus")
    version = read_settings(root).corpus_version
    shown = " ".join(call("info", "--root", str(root)).output.split())
    assert "gold files: 4 (1 article of raw/ has none: copies that the build removes, or not annotated" in shown
    assert "next: allegata browse" in shown
    assert "raw/ does not state it" in shown
    assert (
        f"v{version}; {version} is published: the next one needs a higher corpus-version, or none, in the settings"
        in shown
    )
    assert "next version" not in shown


def test_a_build_tells_which_published_article_it_does_not_have(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    (root / "corpus").mkdir()
    (root / "corpus" / "splits.json").write_text('{"gone": "train"}')
    shown = " ".join(call("build", "--root", str(root)).output.split())
    assert ": gone, raw/ does not hold it load it:" in shown
    assert "but not in corpus/v" in shown


def test_a_corpus_whose_articles_are_all_blank_is_shown_without_rows(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.allegata]\ncorpus-version = "1.0.0"\n', encoding="utf-8")
    (tmp_path / "raw" / "manifest.jsonl").touch()
    add_article(tmp_path, "blank", b" \n")
    shown = call("info", "--root", str(tmp_path))
    assert (shown.exit_code, "gold files: 0" in shown.output) == (0, True), shown.exception
