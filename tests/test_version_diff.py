"""`allegata diff`: what is not the same in two versions, and that nothing else is said to differ."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import second_differ
from allegata.cli.app import app
from allegata.publish.diff import windows as version_windows
from allegata.publish.diff.records import CHANGES, write_changes
from allegata.publish.diff.rows import RowChange, Shape, row_changes, unequal
from allegata.publish.diff.version import Version, VersionDiff
from allegata.publish.diff.windows import VersionTable, windows
from allegata.publish.shards import TableFiles
from allegata.recipe.version_changes import version_changes
from allegata.schema.features import yaml_features
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.release_manifest import ReleaseManifest, TableFacts, parse_manifest
from project import ROOT
from publish_samples import changed, make_tables, publish

Rows = list[dict[str, Any]]
LABELS = ("ORG", "PERSON", "PLACE")
MENTIONS = pa.schema(
    [
        ("mention_id", pa.string()), ("article_id", pa.string()), ("start", pa.int32()), ("end", pa.int32()),
        ("source_start", pa.int32()), ("source_end", pa.int32()), ("surface", pa.string()), ("label", pa.string()),
        ("note", pa.string()),
    ]
)  # fmt: skip


def mention(name: str, start: int, surface: str, label: str = "ORG", note: str | None = None) -> dict[str, Any]:
    end = start + len(surface)
    article = name.rpartition(":")[0]
    span = {"start": start, "end": end, "source_start": start + 5, "source_end": end + 5}
    return {"mention_id": name, "article_id": article, **span, "surface": surface, "label": label, "note": note}


def version(folder: Path, rows: Rows, splits: Mapping[str, str] | None = None, name: str = "entities") -> Version:
    """A version of one table in a folder of its own, its rows in the order of their ids."""
    folder.mkdir()
    table = pa.Table.from_pylist(rows, MENTIONS).sort_by("mention_id")
    files = TableFiles(folder, name, MENTIONS)
    files.write(table, splits or dict.fromkeys(table["article_id"].to_pylist(), "train"))
    facts = TableFacts(yaml_features(MENTIONS, {"label": LABELS}), files.close())
    return Version(folder, ReleaseManifest("1.0.0", {name: facts}))


def compared(place: Path, old: Rows, new: Rows) -> list[RowChange]:
    before, after = (version(place / name, rows) for name, rows in (("old", old), ("new", new)))
    return list(VersionDiff.between(before, after).rows())


def summary(changes: list[RowChange]) -> list[tuple[str | None, str | None, tuple[str, ...]]]:
    return [(one.old_id, one.new_id, one.kinds) for one in changes]


OLD = [mention("a:m1", 0, "Port Ellery"), mention("a:m2", 20, "the mill"), mention("a:m3", 40, "Mara Quill", "PERSON")]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, []),
        (OLD[:2], [("a:m3", None, ("removed",))]),
        ([*OLD, mention("b:m1", 0, "Dunmore")], [(None, "b:m1", ("added",))]),
        ([OLD[0], OLD[1], mention("a:m3", 40, "Mara Quill", "ORG")], [("a:m3", "a:m3", ("relabelled",))]),
        ([OLD[0], OLD[1], mention("a:m3", 40, "Mara Quill", "PERSON", "!")], [("a:m3", "a:m3", ("changed",))]),
        ([OLD[0], OLD[1], mention("a:m3", 44, "Mara Quill", "PERSON")], [("a:m3", "a:m3", ("moved",))]),
        ([OLD[0], OLD[1], mention("a:m3", 45, "Quill", "PERSON")], [("a:m3", "a:m3", ("moved", "changed"))]),
        # One more at the front, and all others are counted anew: their ids are others, they are not.
        (
            [mention("a:m1", 14, "noon"), mention("a:m2", 0, "Port Ellery"), mention("a:m3", 20, "the mill"),
             mention("a:m4", 40, "Mara Quill", "PERSON")],
            [(None, "a:m1", ("added",)), ("a:m1", "a:m2", ("renamed",)), ("a:m2", "a:m3", ("renamed",)),
             ("a:m3", "a:m4", ("renamed",))],
        ),
        # The same in a text that has a sentence more in front.
        (
            [mention("a:m1", 2, "noon"), mention("a:m2", 30, "Port Ellery"), mention("a:m3", 50, "the mill"),
             mention("a:m4", 70, "Mara Quill", "PERSON")],
            [(None, "a:m1", ("added",)), ("a:m1", "a:m2", ("moved", "renamed")),
             ("a:m2", "a:m3", ("moved", "renamed")), ("a:m3", "a:m4", ("moved", "renamed"))],
        ),
        ([OLD[0], mention("a:m3", 20, "the mill", "PLACE"), mention("a:m2", 40, "Mara Quill", "PERSON")],
         [("a:m3", "a:m2", ("renamed",)), ("a:m2", "a:m3", ("renamed", "relabelled"))]),
    ],
)  # fmt: skip
def test_rows_are_matched_by_id_and_by_span(tmp_path: Path, new: Rows, expected: Any) -> None:
    assert summary(compared(tmp_path, OLD, new)) == expected


def test_of_rows_at_one_place_those_that_say_the_same_are_the_same(tmp_path: Path) -> None:
    old = [mention("a:m1", 0, "the mill", "ORG"), mention("a:m2", 0, "the mill", "PLACE")]
    new = [mention("a:m7", 0, "the mill", "PLACE"), mention("a:m8", 0, "the mill", "ORG")]
    assert summary(compared(tmp_path, old, new)) == [("a:m2", "a:m7", ("renamed",)), ("a:m1", "a:m8", ("renamed",))]


def test_of_the_same_words_at_several_places_those_at_one_place_are_the_same(tmp_path: Path) -> None:
    old = [mention("a:m1", 0, "the mill"), mention("a:m2", 20, "the mill")]
    new = [mention("a:m1", 20, "the mill", "PLACE")]
    assert summary(compared(tmp_path, old, new)) == [
        ("a:m1", None, ("removed",)),
        ("a:m2", "a:m1", ("renamed", "relabelled")),
    ]


def test_a_change_has_its_places_its_words_and_its_cells(tmp_path: Path) -> None:
    (one,) = compared(tmp_path, OLD[1:2], [mention("a:m2", 24, "the mill", "PLACE", "grey")])
    assert (one.old_span, one.new_span, one.quote) == ((25, 33), (29, 37), "the mill")
    assert [(cell.column, cell.kind, cell.old, cell.new) for cell in one.cells if cell.kind != "moved"] == [
        ("label", "relabelled", "ORG", "PLACE"),
        ("note", "changed", None, "grey"),
    ]


def test_a_segment_that_only_moved_is_no_other_segment() -> None:
    kind = pa.list_(pa.struct([("start", pa.int32()), ("surface", pa.string())]))
    schema = pa.schema([("claim_id", pa.string()), ("article_id", pa.string()), ("segments", kind), ("", pa.string())])

    def rows(start: int, surface: str) -> pa.Table:
        segments = [{"start": start, "surface": surface}]
        return pa.Table.from_pylist([{"claim_id": "a:1", "article_id": "a", "segments": segments}], schema)

    shape = Shape.of("claims", schema.remove(3), schema.remove(3), frozenset())
    assert [one.kinds for one in row_changes(shape, rows(1, "x"), rows(2, "x"))] == [("moved",)]
    assert [one.kinds for one in row_changes(shape, rows(1, "x"), rows(1, "y"))] == [("changed",)]
    assert row_changes(shape, rows(1, "x"), rows(1, "x")) == []


VALUES: list[list[Any]] = [
    [None, [], [{"a": 1, "b": None}], [{"a": 1, "b": "x"}], [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}], [None]],
    [None, [], ["x"], ["x", None], ["x", "y"], [None]],
    [None, 0, 1, 2, -1],
    [None, 0.0, 0.5],
    [None, "", "x", "y"],
    [None, True, False],
    [None, {"a": None, "b": ["x"]}, {"a": 1, "b": []}, {"a": 1, "b": None}],
]


@pytest.mark.parametrize("values", VALUES)
def test_whole_columns_are_compared_as_their_values_are(values: list[Any]) -> None:
    rng = random.Random(4)
    pairs = [(a, b) for a in values for b in values] * 2
    rng.shuffle(pairs)
    kind = pa.array(values).type
    a, b = (pa.array([pair[side] for pair in pairs], kind) for side in (0, 1))
    assert unequal(a, b).tolist() == [one != other for one, other in pairs]
    assert unequal(a[5:40], b[5:40]).tolist() == [one != other for one, other in pairs[5:40]]


def test_columns_of_another_width_are_compared_and_those_of_another_kind_are_not() -> None:
    old = pa.schema([("id", pa.string()), ("n", pa.int8()), ("of", pa.string())])
    new = pa.schema([("id", pa.string()), ("n", pa.int64()), ("of", pa.list_(pa.string()))])
    shape = Shape.of("claims", old, new, frozenset())
    assert (shape.columns, shape.uncompared) == (("n",), ("of",))
    rows = [pa.table({"id": ["1"], "n": pa.array([n], kind), "": ["x"]}) for n, kind in ((3, "int8"), (3, "int64"))]
    assert row_changes(shape, *rows) == []


def many(seed: int) -> Rows:
    """Mentions of articles whose ids begin with one another, and sort otherwise than their rows."""
    rng = random.Random(seed)
    return [
        mention(f"{article}:m{number}", 10 * number + shift, rng.choice(("mill", "noon", "quay")), rng.choice(LABELS))
        for article in ("1", "10", "1-b", "2", "21", "a", "ab", "a-b")
        for shift in (rng.choice((0, 10, 33)),)
        for number in range(rng.randrange(12))
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_size_of_a_batch_and_the_split_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    splits = {"1": "train", "10": "test", "1-b": "train", "2": "validation", "21": "test", "a": "train", "ab": "train"}
    old, new = (
        version(tmp_path / name, many(2 * seed + side), splits | {"a-b": "test"}) for side, name in enumerate("xy")
    )
    whole = list(VersionDiff.between(old, new).rows())
    found = []
    for size in (1, 3, 7):
        monkeypatch.setattr(version_windows, "BATCH_ROWS", size)
        parts = list(VersionDiff.between(old, new).rows())
        found.append(sorted(parts, key=lambda one: one.new_id or one.old_id or ""))
    assert whole
    assert found == [sorted(whole, key=lambda one: one.new_id or one.old_id or "")] * 3


def test_no_more_than_a_few_batches_are_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [mention(f"{article:04d}:m{n}", 9 * n, "mill") for article in range(400) for n in range(3)]
    monkeypatch.setattr(version_windows, "BATCH_ROWS", 10)
    sides = [VersionTable(one.folder, one.manifest.tables["entities"])
             for one in (version(tmp_path / "x", rows), version(tmp_path / "y", rows[::2]))]  # fmt: skip
    sizes = [len(a) + len(b) for a, b in windows(sides, MENTIONS, by_article=True)]
    assert (sum(sizes), max(sizes) <= 2 * 10 + 2 * 3) == (1800, True)


def test_a_table_that_is_not_in_order_is_refused_by_name(tmp_path: Path) -> None:
    old, new = version(tmp_path / "x", OLD), version(tmp_path / "y", OLD[:2])
    path = tmp_path / "y" / new.manifest.tables["entities"].splits["train"].files[0].file
    pq.write_table(pq.read_table(path).take([1, 0]), path)
    with pytest.raises(ProblemsFound, match=r"y/entities/train-00000-of-00001\.parquet: its rows are not in the order"):
        VersionDiff.between(old, new).counted()
    path.write_bytes(b"PAR1")
    with pytest.raises(ProblemsFound, match="is not readable as Parquet"):
        VersionDiff.between(old, new).counted()
    path.unlink()
    with pytest.raises(ProblemsFound, match="is missing"):
        VersionDiff.between(old, new).counted()


def test_an_article_in_another_split_is_said_to_be_and_its_rows_are_no_others(tmp_path: Path) -> None:
    rows = [{**row, "mention_id": row["article_id"]} for row in (mention("a:1", 0, "x"), mention("b:1", 0, "x"))]
    old = version(tmp_path / "x", rows, {"a": "train", "b": "test"}, "articles")
    new = version(tmp_path / "y", rows, {"a": "test", "b": "test"}, "articles")
    diff = VersionDiff.between(old, new)
    (one,) = diff.rows()
    assert (one.kinds, one.new_id) == (("split",), "a")
    assert [(cell.column, cell.old, cell.new) for cell in one.cells] == [("split", "train", "test")]
    assert dict(diff.splits) == {"train": "removed"}
    assert diff.articles == {"split": ["a"]}
    mentions = [version(tmp_path / n, OLD, {"a": n}) for n in ("train", "test")]
    assert list(VersionDiff.between(*mentions).rows()) == []


def published(number: str) -> Version:
    folder = ROOT / "corpus" / f"v{number}"
    return Version(folder, parse_manifest((folder / "manifest.json").read_bytes()))


@pytest.mark.parametrize(("first", "second"), [("2.0.0", "2.1.0"), ("1.0.0", "2.1.0")])
def test_an_independent_count_of_published_versions_agrees(first: str, second: str, tmp_path: Path) -> None:
    old, new = published(first), published(second)
    diff = VersionDiff.between(old, new)
    write_changes(diff, tmp_path / "changes.parquet")
    records = pq.read_table(tmp_path / "changes.parquet").to_pylist()
    rows = [record for record in records if record["what"] == "row"]
    before, after = second_differ.tables(old.folder), second_differ.tables(new.folder)
    counted = Counter((record["table"], record["change"]) for record in rows)
    for table in before.keys() & after.keys():
        ids, cells = (
            second_differ.ids(old.folder, new.folder, table),
            second_differ.cells(old.folder, new.folder, table),
        )
        tally = diff.tables[table]
        assert (tally.before, tally.after) == (ids["both"] + ids["only old"], ids["both"] + ids["only new"])
        assert tally.before - counted[table, "removed"] == tally.after - counted[table, "added"]
        quote = next((name for name in ("surface", "text", "marker") if name in after[table]), "")
        if "source_start" in after[table]:
            others = {
                record["new_id"] for record in records
                if record["what"] == "cell" and record["table"] == table
                and record["column"] in ("source_start", "source_end", quote)
            }  # fmt: skip
            same = tally.before - counted[table, "removed"] - len(others)
            assert same == second_differ.spans_in_both(old.folder, new.folder, table, quote)
        if not counted[table, "renamed"]:
            assert counted[table, "removed"] == ids["only old"]
            found = Counter(record["column"] for record in records
                            if record["what"] == "cell" and record["table"] == table)  # fmt: skip
            assert found == Counter(dict(cells))


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments])


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions: in the second a label is another, in the third an article is gone. To be copied."""
    root = tmp_path_factory.mktemp("three")
    publish(root, None)
    tables = changed(
        make_tables(), "claims", "a4-k0", claim_type="denial", decontextualised="The mill\x1b[31m expects."
    )
    publish(root, None, tables)
    keep = pc.field("article_id") != "a5"
    publish(root, None, {n: rows.filter(keep) if "article_id" in rows.column_names else rows
                         for n, rows in tables.items()})  # fmt: skip
    return root / "corpus"


@pytest.fixture
def corpus(three: Path, tmp_path: Path) -> Path:
    return shutil.copytree(three, tmp_path / "corpus")


def test_people_see_counts_first_and_then_each_row_with_its_cells(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = diff("1.0.0", "v1.1.0", "--corpus", str(corpus))
    assert said.exit_code == 1, said.output
    assert said.output.splitlines() == [
        "1.0.0 -> 1.1.0",
        "least bump that fits: minor: annotations differ in claims",
        "",
        "table   rows before  after  added  removed  moved  renamed  relabelled  changed",
        "claims  5            5      0      0        0      0        1           1",
        "no row differs in articles, sentences, entities, attributions, time_expressions, propositions, disputes, "
        "positions, relations, entity_register, citations, removals, ledger",
        "",
        "claims",
        '~ a4-k0 [11,35) "The mill expects to win.": relabelled, changed',
        "~     claim_type: prediction -> denial",
        "~     decontextualised: The mill expects to win. -> The mill<U+001B>[31m expects.",
    ]
    monkeypatch.chdir(tmp_path_factory.mktemp("no corpus"))
    elsewhere = diff(str(corpus / "v1.0.0"), str(corpus / "v1.1.0"))
    assert elsewhere.output.splitlines()[1:] == said.output.splitlines()[1:]
    same = diff("1.0.0", "1.0.0", "--corpus", str(corpus))
    assert (same.exit_code, same.output.splitlines()[1:]) == (0, ["no difference"])


def test_of_two_long_values_the_part_that_differs_is_shown(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(40))
    for text in (f"{words} before {words}", f"{words} after {words}"):
        publish(tmp_path, None, changed(make_tables(), "claims", "a4-k0", decontextualised=text))
    said = diff("1.0.0", "1.1.0", "--corpus", str(tmp_path / "corpus")).output
    line = next(line for line in said.splitlines() if "decontextualised" in line)
    old, _, new = line.partition(" -> ")
    assert "word39 before word0" in old
    assert "word39 after word0" in new
    assert len(line) < 200


def test_without_a_name_the_latest_version_is_compared(corpus: Path) -> None:
    with version_changes(corpus, None, "1.1.0") as found:
        assert (found.first, found.second) == ("2.0.0", "1.1.0")
    (corpus / "empty").mkdir()
    with pytest.raises(UsageError, match="no version: `allegata build`"), version_changes(corpus / "empty", None):
        pass


def test_a_long_list_is_cut_and_says_how_to_see_the_rest(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.cli.version_changes._ROWS", 1)
    arguments = ("1.1.0", "2.0.0", "--corpus", str(corpus))
    short, whole = diff(*arguments).output, diff(*arguments, "--all").output
    assert "sentences\n- a5-s0" in short
    assert "  and 1 more row: --all shows them, --output DIR writes them to a file\n" in short
    assert "a5-s1" in whole
    assert "a5-s1" not in short
    assert "1 article removed: a5" in short


def test_json_and_parquet_have_everything(corpus: Path, tmp_path: Path) -> None:
    arguments = ("1.0.0", "1.1.0", "--corpus", str(corpus), "--output", str(tmp_path / "out"))
    found = json.loads(diff(*arguments, "--json").output)
    assert (found["first"], found["second"], found["equal"], found["least_bump"]) == ("1.0.0", "1.1.0", False, "minor")
    assert found["tables"]["claims"]["rows"] == {"relabelled": 1, "changed": 1}
    table = pq.read_table(tmp_path / "out" / "changes.parquet")
    assert table.schema.equals(CHANGES)
    dropped = [{key: value for key, value in row.items() if value is not None} for row in table.to_pylist()]
    assert found["changes"] == dropped
    assert [(row["what"], row["change"], row.get("column")) for row in dropped] == [
        ("row", "relabelled", None), ("row", "changed", None), ("cell", "relabelled", "claim_type"),
        ("cell", "changed", "decontextualised"),
    ]  # fmt: skip
    none = json.loads(diff("1.0.0", "1.0.0", "--corpus", str(corpus), "--json").output)
    assert (none["equal"], none["changes"]) == (True, [])


def test_old_and_new_versions_compare_both_ways() -> None:
    there = VersionDiff.between(published("0.1.0"), published("2.1.0")).counted()
    back = VersionDiff.between(published("2.1.0"), published("0.1.0")).counted()
    assert {(one.declared, one.kind, one.name) for one in there.schema} >= {
        ("table", "added", "disputes"),
        ("column", "removed", "entities.subtype"),
        ("labels", "renumbered", "claims.claim_type"),
    }
    for name, tally in there.tables.items():
        swapped = back.tables[name]
        assert (tally.before, tally.after) == (swapped.after, swapped.before)
        assert (tally.kinds["added"], tally.kinds["removed"]) == (swapped.kinds["removed"], swapped.kinds["added"])
        assert (tally.kinds["renamed"], tally.kinds["changed"]) == (swapped.kinds["renamed"], swapped.kinds["changed"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("9.9.9", "1.0.0"), "holds no version 9.9.9; it holds: 1.0.0, 1.1.0, 2.0.0"),
        (("1.0.0",), "is not a corpus"),
        ((), "is not a corpus"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(corpus: Path, arguments: tuple[str, ...], message: str) -> None:
    said = diff(*(one.format(corpus=corpus) for one in arguments), "--corpus", str(corpus))
    assert (said.exit_code, message in " ".join(said.output.split())) == (2, True), said.output


def test_a_file_where_the_folder_of_the_output_should_be_is_named(corpus: Path) -> None:
    said = diff("1.0.0", "1.1.0", "--output", f"{corpus}/README.md", "--corpus", str(corpus))
    assert (said.exit_code, f"{corpus}/README.md: is there already" in said.output) == (3, True), said.output


def test_a_damaged_version_is_reported(corpus: Path) -> None:
    out = corpus.parent / "out"
    (corpus / "v2.0.0" / "claims" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    said = diff("1.0.0", "2.0.0", "--corpus", str(corpus), "--output", str(out))
    what = "v2.0.0/claims/train-00000-of-00001.parquet: is not the file that SHA256SUMS names"
    assert (said.exit_code, what in said.output) == (1, True)
    assert not out.exists()
    (corpus / "v1.1.0" / "manifest.json").write_text("{}")
    said = diff("1.0.0", "1.1.0", "--corpus", str(corpus))
    assert (said.exit_code, "corpus/v1.1.0/manifest.json: is not the file that SHA256SUMS names" in said.output) == (
        1,
        True,
    )


def test_columns_that_both_have_are_compared_and_what_is_not_a_number_is_itself() -> None:
    old = pa.schema([("id", pa.string()), ("gone", pa.string()), ("n", pa.float64())])
    new = pa.schema([("id", pa.string()), ("n", pa.float64()), ("come", pa.string())])
    shape = Shape.of("claims", old, new, frozenset())
    assert (shape.columns, shape.uncompared) == (("n",), ())
    rows = [pa.table({"id": ["1"], "n": pa.array([n], "float64"), "": ["x"]}) for n in (float("nan"), 1.0)]
    assert row_changes(shape, rows[0], rows[0]) == []
    assert [one.kinds for one in row_changes(shape, *rows)] == [("changed",)]
