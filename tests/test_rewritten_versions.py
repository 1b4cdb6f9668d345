"""A version that its maker rewrote, with every digest made to fit, is refused by name by whatever reads it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.pins import read_pins
from allegata.publish.readme import read_readme
from allegata.publish.text_free.edition import write_edition
from allegata.publish.verification import verify_version
from allegata.recipe.annotated import published as published_annotations
from allegata.recipe.browse import browse
from allegata.recipe.explain import explain
from allegata.recipe.holding_versions import holding_versions
from allegata.recipe.push import prepare
from allegata.recipe.verify import verify
from allegata.recipe.version_changes import version_changes
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedTables, count_articles, load_corpus
from allegata.schema.versions import versions_in
from project import ROOT, sampled
from rewritten_versions import Change, rewrite, rewrite_document

VERSION = "1.1.0"


@pytest.fixture
def root(two_versions: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_versions, tmp_path / "root"))


def without(name: str) -> Change:
    return lambda table: table.drop_columns([name])


def as_type(name: str, kind: pa.DataType) -> Change:
    def change(table: pa.Table) -> pa.Table:
        column = pa.chunked_array([pa.array([None] * len(table), kind)])
        if not pa.types.is_nested(table[name].type) and not pa.types.is_temporal(kind):
            column = table[name].cast(pa.string() if pa.types.is_string(kind) else kind)
        return table.set_column(table.column_names.index(name), pa.field(name, kind), column)

    return change


def valued(name: str, value: Any, *, row: int = 0) -> Change:
    """Another value in one row of every file; the column may be null then."""

    def change(table: pa.Table) -> pa.Table:
        place = table.column_names.index(name)
        values = table[name].to_pylist()
        values[row] = value(values[row]) if callable(value) else value
        kind = table.schema.field(name).type
        return table.set_column(place, pa.field(name, kind), pa.array(values, kind))

    return change


def renamed(name: str, other: str) -> Change:
    return lambda table: table.rename_columns([other if column == name else column for column in table.column_names])


def turned(table: pa.Table) -> pa.Table:
    return table.select([*table.column_names[1:], table.column_names[0]])


def more(table: pa.Table) -> pa.Table:
    return table.append_column("mood", pa.array([1] * len(table), pa.int64()))


def twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 1), table])


def inside(column: str, member: str, value: object) -> Change:
    """Another value in a member of every struct of a list."""
    return valued(column, lambda items: [{**item, member: value} for item in items] or [])


# What is wrong -> the table, how it is changed, and whether the manifest declares the columns as they are then.
DAMAGE: dict[str, tuple[str, Change, bool]] = {
    "a column of another type, declared": ("claims", as_type("start", pa.string()), True),
    "a column of another type, undeclared": ("claims", as_type("start", pa.string()), False),
    "a text that is a number": ("articles", as_type("text", pa.date32()), True),
    "a column of a type that no table has": ("sentences", as_type("text", pa.binary()), True),
    "a label column of numbers": ("claims", as_type("claim_type", pa.date32()), True),
    "a list that is a text": ("claims", as_type("segments", pa.string()), True),
    "without its id, declared": ("claims", without("claim_id"), True),
    "without its id, undeclared": ("claims", without("claim_id"), False),
    "without the article": ("claims", without("article_id"), True),
    "without texts": ("articles", without("text"), True),
    "without the status": ("ledger", without("status"), True),
    "another name": ("articles", renamed("source_text", "sourcetext"), True),
    "another first column": ("claims", turned, True),
    "a column that is not declared": ("claims", more, False),
    "a null id": ("claims", valued("claim_id", None), True),
    "a null text": ("articles", valued("text", None), True),
    "a null offset": ("sentences", valued("start", None), True),
    "a null list": ("claims", valued("segments", None), True),
    "a null in a segment": ("claims", inside("segments", "start", None), True),
    "a null flag": ("articles", valued("annotated", None), True),
    "a label of no set": ("claims", valued("claim_type", "rumour"), True),
    "a zone of no set": ("sentences", valued("zone", "margin"), True),
    "an id that is there twice": ("claims", twice, True),
    "an article that is there twice": ("articles", twice, True),
    "a span outside its text": ("claims", valued("end", 9_999), True),
    "a span before its text": ("entities", valued("start", -5), True),
    "a segment outside its text": ("claims", inside("segments", "end", 9_999), True),
    "a block outside its text": ("articles", inside("blocks", "source_end", 9_999), True),
    "an article that there is not": ("sentences", valued("article_id", "z9"), True),
    "a sentence that there is not": ("claims", valued("sentence_id", "z9:s0"), True),
    "a claim that there is not": ("positions", valued("claim_ids", ["z9:c0"]), True),
    "a dispute that there is not": ("positions", valued("dispute_id", "d9"), True),
}  # fmt: skip


def _pages(root: Path) -> None:
    browse(root / "corpus", VERSION, root / "pages")


def _changes(root: Path) -> None:
    with version_changes(root / "corpus", "1.0.0", VERSION) as one:
        list(one.records())


# What commands do with a version, of which they read every table, or some.
WHOLE: dict[str, Callable[[Path], object]] = {
    "score": lambda root: load_corpus(root / "corpus"),
    "browse": _pages,
    "export": lambda root: published_annotations(root / "corpus" / f"v{VERSION}", VERSION, ()),
    "verify": lambda root: verify(root / "corpus", VERSION),
    "text-free": lambda root: write_edition(root / "corpus" / f"v{VERSION}", root / "edition"),
}
SOME: dict[str, Callable[[Path], object]] = {
    "explain": lambda root: explain("x0:c0", root / "corpus"),
    "explain, an article": lambda root: explain("x0", root / "corpus"),
    "explain, characters": lambda root: explain("x0:2-9", root / "corpus"),
    "explain, a dispute": lambda root: explain("d1", root / "corpus"),
    "explain, what there is not": lambda root: explain("z7", root / "corpus"),
    "tasks": lambda root: count_articles(root / "corpus"),
    "validate, build": read_pins,
    "withdraw": lambda root: holding_versions(root / "corpus", [], lambda row: row["article_id"] < "x"),
    "redact": lambda root: holding_versions(root / "corpus", ["source_text"], lambda row: "mill" in row["source_text"]),
    "diff": _changes,
}


def report(call: Callable[[Path], object], root: Path) -> str | None:
    """What a command reports of the data; None where it says nothing. Any other exception is a fault of ours."""
    try:
        call(root)
    except ProblemsFound as found:
        return str(found)
    except UsageError:
        return None
    return None


@pytest.mark.parametrize("what", sampled(DAMAGE, *(what for at, what in enumerate(DAMAGE) if at % 4 in (0, 3))))
def test_what_a_maker_rewrote_is_refused_with_its_file_by_each_command(root: Path, what: str) -> None:
    table, change, declared = DAMAGE[what]
    files = rewrite(root, VERSION, table, change, declared=declared)
    turn = list(DAMAGE).index(what)  # each sees every second or third, the first all
    for command, call in [*WHOLE.items()][:1] + [*WHOLE.items()][1 + turn % 2 :: 2]:
        said = report(call, root)
        assert said, command
        assert any(file.rpartition("/")[0] in said for file in files), (command, said)
    for call in [*SOME.values()][turn % 3 :: 3]:
        said = report(call, root)
        assert said is None or f"v{VERSION}/{table}/" in said or f"v{VERSION}/{table}:" in said


def test_everything_that_is_wrong_is_in_one_report_with_column_and_type(root: Path) -> None:
    claims = rewrite(root, VERSION, "claims", without("claim_id"), declared=False)
    sentences = rewrite(root, VERSION, "sentences", as_type("start", pa.string()))
    ledger = rewrite(root, VERSION, "ledger", more, declared=False)
    fix = "get the version again, from whoever published it; `allegata verify` lists everything that is wrong with it"
    with pytest.raises(ProblemsFound) as found:
        PublishedTables(root / "corpus" / f"v{VERSION}").whole()
    missing = "column 'claim_id' is missing, which the manifest declares as string"
    assert [(one.file, one.what, one.fix) for one in found.value.problems] == [
        *((file, missing, fix) for file in sorted(claims)),
        *((file, "column 'mood' is not declared in the manifest", fix) for file in sorted(ledger)),
        *((file, "column 'start' is of type string, and has to be int32", fix) for file in sorted(sentences)),
    ]


def test_a_command_ends_with_a_report_of_the_data(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(root, VERSION, "claims", without("claim_id"))
    monkeypatch.chdir(root)
    for arguments in (["browse", "--output", "pages"], ["explain", "x0:c0"], ["score", "claim-spans", "x.jsonl"]):
        done = CliRunner().invoke(app, [*arguments, "--corpus", "corpus"])
        assert done.exit_code == 1
        assert f"corpus/v{VERSION}/claims/" in done.output


def test_a_column_that_the_manifest_declares_and_no_reader_knows_is_no_fault(root: Path) -> None:
    rewrite(root, VERSION, "claims", more)
    assert "mood" in load_corpus(root / "corpus").tables["claims"].column_names
    for command in ("browse", "export"):
        assert report(WHOLE[command], root) is None


@pytest.mark.parametrize("name", ["manifest.json", "scheme.json"])
def test_labels_numbered_by_no_number_and_a_scheme_without_records_are_damage(root: Path, name: str) -> None:
    folder = root / "corpus" / f"v{VERSION}"
    if name == "scheme.json":
        rewrite_document(root, VERSION, name, json.dumps({"claim": {}}).encode())
    else:
        (root / "corpus" / "SHA256SUMS").unlink()
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace('"0": ', '"first": ', 1))
    for command in ("score", "browse", "export", "verify"):
        said = report(WHOLE[command], root)
        assert said
        assert name in said


FRONTS = (
    "", "---\n", "---\nconfigs: []\n", "---\n- configs\n---\n", "---\nconfigs: 2023-01-01\n---\n", "x\n{}",
    "---\nconfigs: !!set {a}\n---\n", "---\nconfigs: {1: a, b: c}\n---\n", "---\na: [\n---\n", "\xff",
)  # fmt: skip


def test_a_readme_without_the_front_matter_of_its_tables_is_damage_and_is_not_pushed(root: Path) -> None:
    folder = root / "corpus" / f"v{VERSION}"
    old = (folder / "README.md").read_text()
    for front in FRONTS:
        rewrite_document(root, VERSION, "README.md", front.replace("{}", old).encode("latin-1", "replace"))
        _, problems = verify_version(folder, folder.name)
        assert {one.file for one in problems} == {f"{folder.name}/README.md"}, front
    with pytest.raises(ProblemsFound, match=r"README\.md: has no front matter"):
        prepare(root / "corpus", "mill-press/flour")


def test_a_readme_is_taken_apart_where_it_has_front_matter_and_is_a_problem_else(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\na: 1\n---\n# A title\n---\nmore\n")
    assert read_readme(tmp_path / "README.md", "x") == ("a: 1\n", {"a": 1}, "# A title\n---\nmore\n")
    for text in ("", "# A title\n", "---\na: 1\n", " ---\na: 1\n---\n"):
        (tmp_path / "README.md").write_text(text)
        with pytest.raises(ProblemsFound, match="x: has no front matter"):
            read_readme(tmp_path / "README.md", "x")


VERSIONS = [ROOT / "corpus" / f"v{one}" for one in versions_in(ROOT / "corpus")]


@pytest.mark.parametrize("folder", VERSIONS, ids=lambda folder: folder.name)
def test_every_published_version_is_what_readers_need(folder: Path) -> None:
    assert {"articles", "claims", "ledger"} <= PublishedTables(folder).whole().keys()


def test_columns_of_other_sizes_are_read_where_no_manifest_declares_them(tmp_path: Path) -> None:
    rows = pa.table({"article_id": ["a", "b"], "text": pa.array(["One.", "Two."], pa.large_string())})
    (tmp_path / "articles").mkdir()
    path = tmp_path / "articles" / "train.parquet"
    pq.write_table(rows.append_column("bytes", pa.array([4, 4], pa.int32())), path)
    assert load_corpus(tmp_path).articles == ["a", "b"]
    pq.write_table(rows.set_column(1, "text", pa.array([4, 4])), path)
    with pytest.raises(ProblemsFound, match="column 'text' is of type int64, and has to be string"):
        load_corpus(tmp_path)
