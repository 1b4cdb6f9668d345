"""The limits of a corpus: their settings, their documentation, and what a reader says of an input beyond one."""

from __future__ import annotations

import ast
import gzip
import importlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

import allegata
from allegata.cli.app import app
from allegata.exchange.cas.formats import CAS_XMI
from allegata.exchange.docbin import SPACY
from allegata.exchange.folder import Export, Reading
from allegata.exchange.format import Format
from allegata.ingest.add import add
from allegata.recipe.init import init
from allegata.schema.limits import _HIGHEST, _OTHERWISE, _UNITS, DEFAULTS, Limits
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.settings import limits_around, read_settings
from allegata.text.documents import Annotation, Document
from allegata.text.spans import Span
from documents import TYPES
from project import ROOT
from test_ingest_add import archive, http, record

PACKAGE = ROOT / "scripts" / "allegata"
SETTINGS = {one.name.replace("_", "-"): one.name for one in fields(Limits)}
PAGE = b"<html><body><p>A mill burned on Monday.</p></body></html>"
TEXT = b"A mill burned on Monday.\n"


# -- what is beyond a limit --------------------------------------------------------------------------------------------
# Each case makes an input and says how much of what the limit counts it has; `said` are the problems of reading it.


def problems(read: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        read()
    except ProblemsFound as found:
        return found.problems
    return ()


def added(path: Path, limits: Limits) -> tuple[Problem, ...]:
    root = path.parent / f"corpus of {path.name}"
    root.mkdir(exist_ok=True)
    return problems(lambda: add([path], root, limits=limits))


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def line_of_json(folder: Path) -> tuple[Path, int]:
    line = json.dumps({"text": TEXT.decode()}).encode()
    return written(folder / "a.jsonl", line + b"\n" + line.replace(b"Monday", b"Sun")), len(line)


def page_of_lines(folder: Path) -> tuple[Path, int]:
    return written(folder / "a.html", b"<p>A mill burned.</p>" * 7), 7


def wacz(folder: Path) -> tuple[Path, int]:
    with zipfile.ZipFile(folder / "a.wacz", "w") as file:
        file.writestr("archive/a.warc", record(http(PAGE)))
    return folder / "a.wacz", len(http(PAGE))


OFFERED: dict[str, tuple[str, Callable[[Path], tuple[Path, int]]]] = {
    "a page": ("article-bytes", lambda folder: (written(folder / "a.html", PAGE), len(PAGE))),
    "a text": ("article-bytes", lambda folder: (written(folder / "a.txt", TEXT), len(TEXT))),
    "a line of JSON": ("article-bytes", line_of_json),
    "a record": ("article-bytes", lambda folder: (archive(folder / "a.warc", record(http(PAGE))), len(http(PAGE)))),
    "a record in a packed archive": (
        "article-bytes",
        lambda folder: (archive(folder / "a.warc.gz", record(http(PAGE))), len(http(PAGE))),
    ),
    "a record in a zip file": ("article-bytes", wacz),
    "a packed body": (
        "article-bytes",
        lambda folder: (
            archive(folder / "a.warc", record(http(gzip.compress(PAGE * 90), "Content-Type: text/html"))),
            len(PAGE * 90),
        ),
    ),
    "the lines of a page": ("article-lines", page_of_lines),
    "the lines of a text": ("article-lines", lambda folder: (written(folder / "a.txt", TEXT * 7), 7)),
    "the elements of a page": ("page-elements", lambda folder: (written(folder / "a.html", PAGE), 3)),
    "a line of a page": ("line-elements", lambda folder: (written(folder / "a.html", b"<p>" + b"<b>A b</b>" * 9), 9)),
    "a row of a table": ("line-elements", lambda to: (written(to / "a.html", b"<table><tr>" + b"<td>a" * 9), 9)),
}  # fmt: skip


@pytest.mark.parametrize("case", OFFERED)
def test_an_article_at_a_limit_is_added_one_beyond_names_the_limit_and_a_raised_one_takes_it(
    tmp_path: Path, case: str
) -> None:
    setting, make = OFFERED[case]
    path, size = make(tmp_path)
    [problem, *_] = added(path, with_limit(setting, size - 1))
    assert named(problem, setting, size - 1)
    assert f"has {size:,} " in problem.what or f"states {size:,} " in problem.what or "more than the" in problem.what
    assert "--skip-bad" in problem.fix
    assert added(path, with_limit(setting, size)) == ()


def with_limit(setting: str, value: int) -> Limits:
    return replace(DEFAULTS, **{SETTINGS[setting]: value})


def named(problem: Problem, setting: str, limit: int) -> bool:
    """Whether a problem says the limit and its setting, and how to raise that."""
    says = re.search(rf"more than the {limit:,} (\w[\w ]* )?that {setting} allows", problem.what)
    return says is not None and f"raise {setting} in the table [limits] of the settings" in problem.fix


DOCUMENT = Document("d", "A mill burned.", (Annotation("m1", "mention", "ORG", (Span(2, 6),)),))


def xmi(folder: Path) -> tuple[Path, int]:
    out = Export(folder)
    CAS_XMI.write([DOCUMENT], TYPES, out)
    (folder / "TypeSystem.xml").unlink()
    return folder / "d.xmi", (folder / "d.xmi").stat().st_size


def zipped_xmi(folder: Path) -> tuple[Path, int]:
    path, size = xmi(folder)
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.write(path, "d.xmi")
    path.unlink()
    return folder / "a.zip", size


def docbin(folder: Path) -> tuple[Path, int]:
    SPACY.write([DOCUMENT], TYPES, Export(folder))
    [path] = folder.glob("*.spacy")
    return path, len(zlib.decompress(path.read_bytes()))


EXCHANGED: dict[str, tuple[str, Format, Callable[[Path], tuple[Path, int]]]] = {
    "an XMI file": ("cas-bytes", CAS_XMI, xmi),
    "an XMI file in an archive": ("cas-bytes", CAS_XMI, zipped_xmi),
    "the elements of an XMI file": (
        "cas-elements",
        CAS_XMI,
        lambda folder: (path := xmi(folder)[0], len(re.findall(rb"<\w", path.read_bytes()))),
    ),
    "a DocBin": ("docbin-bytes", SPACY, docbin),
}


@pytest.mark.parametrize("case", EXCHANGED)
def test_a_file_of_a_tool_at_a_limit_is_read_one_beyond_names_the_limit_and_a_raised_one_takes_it(
    tmp_path: Path, case: str
) -> None:
    setting, format, make = EXCHANGED[case]
    path, size = make(tmp_path)
    refusing, taking = Reading(limits=with_limit(setting, size - 1)), Reading(limits=with_limit(setting, size))
    assert list(format.read(path, TYPES, refusing)) == []
    [problem] = refusing.problems.found
    assert named(problem, setting, size - 1)
    assert [one.text for one in format.read(path, TYPES, taking)] == [DOCUMENT.text]
    assert taking.problems.found == ()


def test_every_limit_has_a_case() -> None:
    assert {setting for setting, *_ in (*OFFERED.values(), *EXCHANGED.values())} == SETTINGS.keys()


def test_a_page_and_a_text_beyond_the_default_are_read_with_a_raised_limit() -> None:
    page, text = b"<!--" + b" " * DEFAULTS.article_bytes + b"-->" + PAGE, "A mill burned.\n" * 1_000
    with pytest.raises(ProblemsFound, match="has 20,0.. bytes, more than the 20,000,000".replace("0..", "000,064")):
        allegata.clean_html(page)
    raised = allegata.Limits(article_bytes=21_000_000)
    assert "A mill burned" in allegata.clean_html(page, limits=raised).source_text
    with pytest.raises(ProblemsFound, match="1,000 lines, more than the 999 that article-lines allows"):
        allegata.clean_text(text, limits=allegata.Limits(article_lines=999))
    with pytest.raises(ProblemsFound, match="15,000 bytes, more than the 14,999 that article-bytes allows"):
        allegata.clean_text(text, limits=allegata.Limits(article_bytes=14_999))


# -- settings ----------------------------------------------------------------------------------------------------------


def settings_of(folder: Path, text: str, name: str = "allegata.toml") -> list[str]:
    (folder / name).write_text(text)
    return [problem.statement() for problem in problems(lambda: read_settings(folder))]


def test_a_limit_that_is_not_set_has_its_default(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "[limits]\ncas-bytes = 1\narticle-bytes = 500_000_000\n") == []
    assert read_settings(tmp_path).limits == Limits(cas_bytes=1, article_bytes=500_000_000)
    assert settings_of(tmp_path, "") == []
    assert read_settings(tmp_path).limits == DEFAULTS == Limits()


@pytest.mark.parametrize("table", ["limits", "tool.allegata.limits"])
def test_all_wrong_limits_are_in_one_report_with_their_lines(tmp_path: Path, table: str) -> None:
    wrong = ["0", "-1", "1.5", "true", '"20 MB"', "[1]", "500_000_001"]
    name = "allegata.toml" if table == "limits" else "pyproject.toml"
    for value in wrong:
        said = settings_of(tmp_path, f"[{table}]\narticle-bytes = {value}\nbytes = 1\n", name)
        assert [line.partition(": ")[0] for line in said] == [f"{name}:2", f"{name}:3"]
        assert said[0].partition(": ")[2].startswith("article-bytes is ")
        assert said[1].partition(": ")[2].startswith("unknown limit 'bytes'")
    (first, second) = problems(lambda: read_settings(tmp_path))
    assert first.fix == "write a whole number of bytes from 1 to 500,000,000, as article-bytes = 20_000_000"
    assert second.fix == f"use one of {', '.join(SETTINGS)}"


def test_limits_that_are_no_table_are_refused(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "limits = 5\n") == ["allegata.toml:1: limits is not a table"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_highest_value_of_a_limit_reaches_no_number_that_a_library_cannot_take(setting: str) -> None:
    highest = _HIGHEST.get(setting, _OTHERWISE)
    assert highest + 1 < 2**63
    assert getattr(DEFAULTS, SETTINGS[setting]) < highest


def test_the_limits_of_a_corpus_hold_for_what_is_read_inside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "inside" / "deeper").mkdir(parents=True)
    settings_of(tmp_path / "inside", "[limits]\ncas-bytes = 7\n")
    assert limits_around(tmp_path / "inside" / "deeper").cas_bytes == 7
    assert limits_around(tmp_path) == DEFAULTS


# -- commands ----------------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    return result.exit_code, " ".join(result.output.split())


def test_what_add_takes_by_a_raised_limit_is_read_by_every_build_until_it_is_lowered(tmp_path: Path) -> None:
    root, work = tmp_path / "corpus", tmp_path / "work"
    init(root, name="mills")
    (tmp_path / "a.txt").write_text("".join(f"The mill counted {number} bags of flour.\n" for number in range(9)))
    with (root / "allegata.toml").open("a") as file:
        file.write("\n[limits]\narticle-lines = 8\n")
    code, output = run("add", tmp_path / "a.txt", "--root", root)
    assert (code, "has 9 lines, more than the 8 that article-lines allows" in output) == (1, True)
    settings = root / "allegata.toml"
    settings.write_text(settings.read_text().replace("article-lines = 8\n", "article-lines = 9\n"))
    assert run("add", tmp_path / "a.txt", "--root", root)[0] == 0
    assert run("validate", "--root", root, "--work", work)[0] == 0
    settings.write_text(settings.read_text().replace("article-lines = 9\n", "article-lines = 8\n"))
    for options in ([], ["--work", work]):  # nothing that was made under another limit is taken
        code, output = run("validate", "--root", root, *options)
        assert (code, "has 9 lines, more than the 8 that article-lines allows" in output) == (1, True)
        assert "allegata remove ARTICLE; or raise article-lines" in output


def test_an_import_of_tables_has_the_limits_of_the_corpus_that_it_is_run_for(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    path, size = docbin(tmp_path / "files")
    settings_of(tmp_path, f"[limits]\ndocbin-bytes = {size - 1}\n")
    command = ("import", "spacy", path, "--output", tmp_path / "tables", "--root")
    assert run(*command, tmp_path)[0] == 1
    settings_of(tmp_path, "")
    assert run(*command, tmp_path)[0] == 0


# -- every reader is given them ----------------------------------------------------------------------------------------

READERS = frozenset(
    ("Ingest", "Walk", "decode_text", "hydrate", "offered", "plain_body", "parse_xml", "read_batch",
     "read_bytes", "read_files", "read_foreign", "read_page", "read_raw", "read_records", "read_stream", "read_wacz",
     "read_warc", "too_large", "unpacked", "Reading")
)  # fmt: skip
# It reads no file: it collects what is wrong with one article.
OTHERS = {("corrections.py", "Reading")}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def test_no_reader_of_a_recipe_is_without_the_limits_of_its_corpus() -> None:
    without: set[tuple[str, str]] = set()
    for room in ("ingest", "exchange", "recipe", "cli"):
        for path in (PACKAGE / room).rglob("*.py"):
            for call in calls(path):
                owner, _, name = ast.unparse(call.func).rpartition(".")
                if owner and name == "read_bytes":  # that of a path
                    continue
                given = [*call.args, *(one.value for one in call.keywords)]
                if name in READERS and not any("limits" in ast.unparse(one) for one in given):
                    without.add((path.name, name))
    assert without == OTHERS


# -- documentation -----------------------------------------------------------------------------------------------------

DOCUMENTED = (ROOT / "docs" / "limits.md").read_text("utf-8")


def rows(start: str) -> list[list[str]]:
    """The rows of the table whose first column has the heading `start`."""
    lines = DOCUMENTED.partition(f"| {start} |")[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_documentation_has_every_setting_with_its_default_and_unit() -> None:
    documented = [(name.strip("`"), default, unit) for name, default, unit, *_ in rows("setting")]
    assert documented == [(name, f"{getattr(DEFAULTS, SETTINGS[name]):,}", _UNITS[name]) for name in SETTINGS]


def fixed() -> dict[tuple[str, str], int]:
    """(module, constant) -> value, of the tables of fixed limits."""
    found = {}
    for start in ("refused beyond", "looked at no further than"):
        for _, value, where, *_ in rows(start):
            module, constant = where.replace("`", "").split()
            found[module, constant] = int(value.split()[0].replace(",", ""))
    return found


def test_the_fixed_limits_that_are_documented_are_those_of_the_code() -> None:
    assert len(fixed()) > 20
    for (module, constant), value in fixed().items():
        assert getattr(importlib.import_module(f"allegata.{module}"), constant) == value, (module, constant)


def test_every_refusal_that_names_a_constant_is_documented() -> None:
    named = set()
    for room in ("ingest", "exchange", "schema", "text", "annotate"):
        for path in (PACKAGE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                parts = node.values if isinstance(node, ast.JoinedStr) else []
                for before, value in pairwise(parts):
                    words = before.value if isinstance(before, ast.Constant) else ""
                    if isinstance(value, ast.FormattedValue) and re.search(r"(more than|at most|over) $", str(words)):
                        constants = [
                            one.id for one in ast.walk(value) if isinstance(one, ast.Name) and one.id.isupper()
                        ]
                        named |= {one.strip("_") for one in constants}
    assert named
    assert named <= {constant.strip("_") for _, constant in fixed()}
