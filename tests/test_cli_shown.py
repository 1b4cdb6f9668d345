"""What people see is the text as it is: no markup, no emoji, no link, no escape sequence, and nothing cut."""

from __future__ import annotations

import ast
import inspect
import io
import json
import os
import pty
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.annotate.recomputed import Apart
from allegata.cli import cleaning, console, differences, shown
from allegata.cli.app import app
from allegata.dedup.stage import RESULT
from allegata.ingest.add import AddReport
from allegata.recipe.build import run
from allegata.recipe.differences import ArticleDifferences, Differences, NotCompared
from allegata.recipe.explained import Line
from allegata.recipe.remove import Removed
from allegata.recipe.state import Build
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.visible import visible
from allegata.text.document_changes import Change
from allegata.text.documents import Annotation
from allegata.text.spans import Span
from project import ARTICLES, ROOT, add_article, copy_root, edit_rows

HOSTILE = "[bold red]x[/] :100: [link=a.example]y[/link] [/] \x1b[31m \x07 \u202e \x9b [0] \\[x] a\tb" + "z" * 300
SEEN = visible(HOSTILE)
NEVER = {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x1F4AF)}


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A corpus with hostile text in every field that can hold some, cleaned; the rest of the state made up."""
    root = copy_root(tmp_path_factory.mktemp("hostile"))
    body = f"A first line about a mill and its flour.\n{HOSTILE}\nShare this {HOSTILE}\nThe mill said so on Monday.\n"
    add_article(root, "hostile", body.encode(), title=HOSTILE, publisher=HOSTILE)
    return run(root, "clean")


def made_up(build: Build) -> Build:
    """Every later field of the state, with hostile text wherever a string stands."""
    copies = [{"article_id": HOSTILE, "cluster_id": "a", "canonical_id": HOSTILE, "similarity": 1.0, "kind": "near"}]
    why = {"stage": "ingest", "reason": HOSTILE, "evidence": HOSTILE, "canonical_id": None}
    annotations = SimpleNamespace(
        articles={}, cross_article=SimpleNamespace(disputes=(), propositions=()), changed=(HOSTILE,), moved=1
    )
    table = SimpleNamespace(table=HOSTILE, rows=1, outcomes=(), packaged=True)
    release = SimpleNamespace(version=HOSTILE, created=True, why=HOSTILE, files=(f"{HOSTILE}/x",))
    return replace(  # with doubles of the stages' results: the console reads no more of them
        build,
        removed={HOSTILE: why},
        duplicates=SimpleNamespace(  # type: ignore[arg-type]
            articles=pa.Table.from_pylist(copies, schema=RESULT), most_similar=(HOSTILE, HOSTILE, 0.5)
        ),
        annotations=annotations,  # type: ignore[arg-type]
        validation=SimpleNamespace(tables=[table]),  # type: ignore[arg-type]
        release=release,  # type: ignore[arg-type]
        seconds={HOSTILE: 1.0},
    )


def agreement_report() -> Any:
    figures = SimpleNamespace(title=HOSTILE, header=(HOSTILE,), rows=[(HOSTILE,)])
    aside = [SimpleNamespace(article_id=HOSTILE, why=HOSTILE)]
    of = {"annotators": (HOSTILE,), "articles": (HOSTILE,), "aside": aside, "common": True}
    comparison = SimpleNamespace(name=HOSTILE, tables=[figures], **of)
    annotators = (SimpleNamespace(name=HOSTILE),)
    shown = {"annotators": annotators, "comparisons": [comparison], "first": figures, "notes": (HOSTILE,)}
    return SimpleNamespace(title=HOSTILE, **shown)


def hostile_differences() -> Differences:
    one = Annotation(HOSTILE, HOSTILE, HOSTILE, (Span(0, 1),))
    change = Change(one, None, (HOSTILE, ""), why=HOSTILE)
    article = ArticleDifferences(HOSTILE, (1, 0), (change,), same_text=False)
    alone = {"first": (HOSTILE,), "second": ()}
    losses = (NotCompared("first", "attribute", HOSTILE, HOSTILE, 1),)
    return Differences(HOSTILE, HOSTILE, (article,), alone, alone, losses, (HOSTILE,))  # type: ignore[arg-type]


PROBLEM = Problem(HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1, (0, 1))
ADDED = AddReport(("a",), ((HOSTILE, HOSTILE),), {HOSTILE: 1}, (PROBLEM,), {"a": HOSTILE})
REMOVED = Removed(("a",), (HOSTILE,), {HOSTILE: 1}, (HOSTILE,), HOSTILE)


# Every function of the console -> a call of it with hostile text, and how often the text must be seen at least.
def with_a_claim_apart() -> Any:
    article = SimpleNamespace(apart=(Apart(HOSTILE, 0, 1, HOSTILE, HOSTILE),))
    return SimpleNamespace(annotations=SimpleNamespace(articles={HOSTILE: article}))


CALLS: dict[str, tuple[Callable[[Build], object], int]] = {
    "problems": (lambda build: console.problems(ProblemsFound([PROBLEM])), 4),
    "added": (lambda build: console.added(ADDED), 6),
    "taken_out": (lambda build: console.taken_out(REMOVED), 4),
    "written": (lambda build: console.written([Path(HOSTILE)]), 1),
    "cleaning": (lambda build: cleaning.cleaning(made_up(build)), 2),
    "explanations": (lambda build: cleaning.explanations(build, ["hostile"]), 2),
    "show_lines": (lambda build: cleaning.show_lines([Line("removed", HOSTILE)]), 1),
    "as_json": (lambda build: cleaning.as_json(build, ["hostile"], in_full=True), 0),
    "removals_of": (lambda build: cleaning.removals_of(build, "hostile"), 0),
    "stated": (lambda build: print(*cleaning.stated("hostile", None)), 0),  # of the command line, for no terminal
    "write": (lambda build: cleaning.write(build, build.root / HOSTILE.replace("/", "")[:99], quiet=False), 0),
    "sentences_of": (lambda build: cleaning.sentences_of(build, "hostile"), 1),
    "duplicates": (lambda build: console.duplicates(made_up(build)), 4),
    "annotated": (lambda build: console.annotated(made_up(build)), 1),
    "agreement": (lambda build: console.agreement(agreement_report(), "tables"), 12),
    "claims_apart": (lambda _: console.claims_apart(with_a_claim_apart()), 3),
    "validation": (lambda build: console.validation(made_up(build)), 2),
    "publication": (lambda build: console.publication(made_up(build)), 3),
    "timings": (lambda build: console.timings(made_up(build)), 1),
    "everything": (lambda build: console.everything(made_up(build)), 10),
    "overview": (lambda build: console.overview(build), 2),
    "removed_at": (lambda build: print(console.removed_at(dict.fromkeys(("stage", "reason", "evidence"), "x"))), 0),
    "differences": (lambda build: differences.differences(hostile_differences()), 9),
    "differences_as_json": (lambda build: differences.differences_as_json(hostile_differences()), 0),
    "progress": (lambda build: console.progress().__enter__()[0]("clean"), 0),
}


def functions_of_the_console() -> set[str]:
    own = [
        item for module in (console, cleaning, differences) for item in inspect.getmembers(module, inspect.isfunction)
    ]
    names = {console.__name__, cleaning.__name__, differences.__name__}
    return {name for name, function in own if function.__module__ in names and not name.startswith("_")}


def test_every_function_of_the_console_is_walked() -> None:
    assert functions_of_the_console() == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_hostile_text_is_seen_as_it_is(
    name: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "agreement":
        monkeypatch.setattr("allegata.annotate.agreement_tables.tables", lambda comparison: comparison.tables)
        monkeypatch.setattr("allegata.annotate.agreement_tables.side_by_side", lambda report: report.first)
    call, least = CALLS[name]
    call(build)
    captured = capsys.readouterr()
    seen = captured.out + captured.err
    assert NEVER.isdisjoint(seen), sorted(NEVER & set(seen))
    assert seen.replace("<U+0009>", "\t").count(SEEN.replace("<U+0009>", "\t")) >= least


def on_a_terminal(write: Callable[[], object]) -> str:
    """What `write` sends to a terminal of 60 columns."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patched:
        for name in ("stdout", "stderr"):
            patched.setattr(sys, name, stream)
        for key, value in {"COLUMNS": "60", "TERM": "xterm", "FORCE_COLOR": ""}.items():
            patched.setenv(key, value)
        write()
        stream.flush()
        found = b""
        os.set_blocking(ours, False)
        while True:
            try:
                found += os.read(ours, 65_536)
            except OSError:
                break
    os.close(ours)
    return found.decode()


def test_on_a_terminal_nothing_is_interpreted_and_nothing_cut() -> None:
    text = "[bold red]x[/] :100: [link=https://a.example]y[/link] \x1b]8;;x\x07 \u202e " + "z" * 300
    for write in (lambda: shown.say(text), lambda: shown.complain(text), lambda: shown.alarm(text)):
        found = on_a_terminal(write)
        assert visible(text) in found
        assert "\x07" not in found
        assert "\u202e" not in found
    cells = on_a_terminal(lambda: shown.table(["name", "text"], [["a", text]]))
    letters = Counter("".join(line[6:] for line in cells.replace("\x1b", "").splitlines() if "text" not in line))
    assert letters["z"] == 300
    assert "[bold" in cells
    assert "💯" not in cells


def test_a_long_line_goes_on_behind_its_mark_and_only_we_style(capsys: pytest.CaptureFixture[str]) -> None:
    text = "a word \x1b[31m " * 12 + "z" * 150
    lines = [("-  ", text, "dim"), ("   ", "", "")]
    found = on_a_terminal(lambda: shown.margin(lines)).splitlines()
    bare = [line.replace("\x1b[2m", "").replace("\x1b[0m", "") for line in found]
    assert len(bare) > 6
    assert all(line.startswith("-  ") and len(line) <= 60 for line in bare[:-1])
    assert "".join("".join(line[3:] for line in bare).split()) == "".join(visible(text).split())
    shown.margin(lines)
    assert capsys.readouterr().out == f"-  {visible(text)}\n\n"


def test_elsewhere_a_row_is_a_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    shown.table(["name", "text"], [["a", "b" * 5_000], ["c\nd", "e"]])
    header, first, second = capsys.readouterr().out.splitlines()
    assert [header, second] == ["name        text", "c<U+000A>d  e"]
    assert first.split() == ["a", "b" * 5_000]


@given(st.text(), st.text(max_size=3))
def test_only_what_steers_or_hides_is_changed(text: str, keep: str) -> None:
    seen = visible(text, keep)
    assert NEVER - set(keep) - {"\U0001f4af"} <= NEVER - set(seen)
    assert visible(seen, keep) == seen
    if text.isprintable():
        assert seen == text


@pytest.mark.parametrize("text", ["فارسی می‌خواهم", "‏עברית", "👩‍🌾 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्‍ष", "soft­hyphen", "naïve — “x” → y"])
def test_letters_of_every_script_stay(text: str) -> None:
    assert visible(text) == text


def test_a_problem_is_a_line_whatever_the_data_holds() -> None:
    report = str(ProblemsFound([Problem("is a\nb", "write\nit", file="x\ny")]))
    assert report == "x<U+000A>y: is a<U+000A>b\n    → write<U+000A>it"


def test_a_character_that_the_encoding_lacks_is_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)
    shown.say("a → b \udcff")
    shown.table(["é"], [["→"]])
    stream.flush()
    assert stream.buffer.getvalue().decode("latin-1").split() == ["a", "\\u2192", "b", "<U+DCFF>", "é", "\\u2192"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["mills", "two mills", "caf\udce9's \\ mill", "a\x1b[2Jb", "-é"])
def test_the_next_line_of_init_is_one_that_a_shell_can_use(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", "--", name])
    assert done.exit_code == 0, done.output
    following = done.output.splitlines()[-1].removeprefix("next: ").removesuffix(" && allegata add FILES…")
    assert following.startswith("cd ")
    inside = subprocess.run(["bash", "-c", f"{following} && cat allegata.toml"], capture_output=True, check=False)
    assert inside.stdout == (tmp_path / name / "allegata.toml").read_bytes()


def test_the_json_of_agreement_is_exact(capsys: pytest.CaptureFixture[str]) -> None:
    from allegata.annotate.agreement_report import Report

    console.agreement(Report(HOSTILE, (HOSTILE,), ()), "json")
    assert json.loads(capsys.readouterr().out)["title"] == HOSTILE


def test_a_command_refuses_hostile_names_in_plain_text(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows[0].update(published="[bold]:100:\x1b[2J"))
    done = CliRunner().invoke(app, ["clean", "--root", str(root)])
    assert done.exit_code == 1
    assert "[bold]:100:" in done.output
    assert "\x1b" not in done.output


def test_nothing_in_the_package_prints_but_one_file() -> None:
    found = []
    for path in sorted((ROOT / "scripts" / "allegata").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name == "print" or name.endswith(("stdout.write", "stderr.write")) or name in ("typer.echo", "Console"):
                found.append(path.name)
    assert set(found) == {"shown.py"}
    assert ARTICLES
