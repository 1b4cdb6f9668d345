"""Which version comes next: the least bump that fits the change, and no smaller one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish.bump import (
    LEVELS,
    Change,
    advice,
    bumped,
    change_since,
    check_pinned,
    next_version,
)
from allegata.publish.diff.rows import RowKind
from allegata.publish.diff.version import Version, VersionDiff
from allegata.publish.shards import TableFiles
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.release_manifest import FileFacts, ReleaseManifest, SplitFacts, TableFacts
from allegata.schema.versions import version_key
from killing import count_steps, killed_before_step
from publish_samples import TEXTS, changed, make_tables, publish, published

Feature = dict[str, Any]
TEXT = {"dtype": "string"}
ID, NESTED = {"name": "article_id", **TEXT}, {"name": "blocks", "list": [{"name": "zone", **TEXT}]}


def labels(*names: str) -> Feature:
    return {"name": "claim_type", "dtype": {"class_label": {"names": {str(n): name for n, name in enumerate(names)}}}}


def table(digest: str, *features: Feature) -> TableFacts:
    return TableFacts(list(features), {"train": SplitFacts((FileFacts("x", "0", 1, 1),), digest)})


def manifest(**tables: TableFacts) -> ReleaseManifest:
    whole = {"articles": table("a", ID, NESTED), "claims": table("c", ID, labels("one", "two"))}
    inputs = {"raw/1.txt": "0", "annotations/gold/1.jsonl": "0"}
    return ReleaseManifest("1.2.3", {**whole, **tables}, {"croissant.json": "0"}, inputs, {"clean": "a/1"})


OLD = manifest()


@pytest.mark.parametrize(
    ("new", "level", "reason"),
    [
        (manifest(claims=table("d", ID)), "major", "column claims.claim_type dropped"),
        (
            manifest(articles=table("a", ID, {"name": "blocks", "list": []})),
            "major",
            "column articles.blocks.zone drop",
        ),
        (manifest(articles=table("a", {**ID, "dtype": "int32"}, NESTED)), "major", "column articles.article_id has an"),
        (manifest(claims=table("c", ID, labels("two", "one"))), "major", "claims.claim_type has lost or renumbered"),
        (manifest(claims=table("c", ID, labels("one"))), "major", "claims.claim_type has lost or renumbered labels"),
        (manifest(claims=table("c", ID, labels("one", "two", "3"))), "minor", "labels of claims.claim_type added"),
        (
            manifest(claims=table("c", ID, labels("one", "two"), NESTED)),
            "minor",
            "columns claims.blocks, claims.blocks.",
        ),
        (manifest(entities=table("e", ID)), "minor", "table entities added"),
        (manifest(claims=table("d", ID, labels("one", "two"))), "minor", "annotations differ in claims"),
        (replace(OLD, inputs={"raw/1.txt": "0"}), "minor", "annotation files differ: annotations/gold/1.jsonl"),
        (manifest(articles=table("b", ID, NESTED)), "patch", "rows differ in articles"),
        (replace(OLD, inputs={**OLD.inputs, "raw/1.txt": "1"}), "patch", "inputs differ: raw/1.txt"),
        (replace(OLD, algorithms={"clean": "a/2"}), "patch", "what made it differs: clean"),
        (replace(OLD, writers={"pyarrow": "1"}), "patch", "what wrote it differs: pyarrow"),
        (replace(OLD, documents={"scheme.json": "1", "croissant.json": "1"}), "patch", "documents differ: scheme.json"),
        (replace(OLD, documents={"croissant.json": "1"}), "patch", "what the version says of itself differs"),
    ],
)
def test_the_least_bump_that_fits_is_found_with_its_reason(new: ReleaseManifest, level: str, reason: str) -> None:
    change = change_since(OLD, new)
    assert change is not None
    assert change.level == level
    assert change.reason.startswith(("column", "labels ", "table ", "a", "rows ", "inputs ", "what ", "documents "))
    assert reason in change.reason


def counted(new: ReleaseManifest, articles: dict[RowKind, list[str]], *tables: str) -> VersionDiff:
    """The difference as if rows of some tables, and these articles, had been found to be others."""
    diff = VersionDiff.between(Version(Path(), OLD), Version(Path(), new))
    for kind, names in articles.items():
        diff.tables["articles"].kinds[kind] = len(names)
        diff.articles[kind] = names
    for name in tables:
        diff.tables[name].kinds["changed"] = 1
    return diff


def test_annotations_are_said_to_differ_only_where_a_row_does() -> None:
    other_order = manifest(claims=table("d", labels("one", "two"), ID))
    assert change_since(OLD, other_order, counted(other_order, {})) == Change(
        "patch", "the columns differ, or their order, in claims"
    )
    assert change_since(OLD, other_order, counted(other_order, {}, "claims")) == Change(
        "minor", "annotations differ in claims"
    )
    assert change_since(OLD, other_order) == Change("minor", "annotations differ in claims")
    wider = manifest(claims=table("d", ID, labels("one", "two"), {"name": "stance", **TEXT}))
    assert change_since(OLD, wider, counted(wider, {})) == Change("minor", "column claims.stance added")


def test_the_rows_of_tables_with_other_columns_are_compared_in_the_columns_that_both_have(tmp_path: Path) -> None:
    def written(name: str, claims: pa.Table) -> Version:
        (tmp_path / name).mkdir()
        files = TableFiles(tmp_path / name, "claims", claims.schema)
        for part in (claims.slice(0, 2), claims.slice(2)):
            files.write(part, dict.fromkeys("ab", "train"))
        types = {name: "bool" if name == "said" else "string" for name in claims.column_names}
        features = [{"name": name, "dtype": dtype} for name, dtype in types.items()]
        return Version(tmp_path / name, ReleaseManifest("1.0.0", {"claims": TableFacts(features, files.close())}))

    def differing(new: Version) -> int:
        return VersionDiff.between(old, new).counted().tables["claims"].kinds.total()

    rows = pa.table({"claim_id": ["1", "2", "3"], "article_id": ["a", "a", "b"], "said": [True, None, False]})
    old = written("old", rows)
    assert differing(written("same", rows)) == 0
    assert differing(written("order", rows.select([0, 2, 1]))) == 0
    assert differing(written("wider", rows.append_column("stance", pa.array(["x", "y", "z"])))) == 0
    other = rows.set_column(2, "said", pa.array([True, None, None]))
    assert differing(written("cell", other.select([0, 2, 1]))) == 1
    assert differing(written("fewer", rows.slice(0, 2).select([0, 2, 1]))) == 1


def test_articles_that_go_break_and_articles_that_come_do_not() -> None:
    new = manifest(articles=table("b", ID, NESTED))
    assert change_since(OLD, new, counted(new, {"removed": ["x"], "added": ["y"]})) == Change(
        "major", "1 article removed: x"
    )
    added = change_since(OLD, new, counted(new, {"added": [f"a{n}" for n in range(7)]}))
    assert added == Change("minor", "7 articles added: a0, a1, a2, a3, a4 and 2 more")
    moved = change_since(OLD, new, counted(new, {"split": ["x"], "changed": ["x"]}))
    assert moved == Change("major", "1 article in another split: x")


def test_nothing_differs_where_only_the_version_does() -> None:
    other_order = replace(OLD, version="7.0.0", tables=dict(reversed(OLD.tables.items())))
    assert change_since(OLD, other_order) == Change("patch", "the order of the tables differs")
    assert change_since(OLD, replace(OLD, version="7.0.0")) is None
    assert change_since(replace(OLD, algorithms={"a": [1]}), replace(OLD, algorithms={"a": (1,)})) is None


@given(st.tuples(*[st.integers(0, 30)] * 3), st.sampled_from(LEVELS), st.sampled_from([None, *LEVELS]))
def test_the_next_version_is_higher_and_its_step_is_neither_smaller_than_the_change_nor_larger_than_asked(
    latest: tuple[int, int, int], level: Any, bump: Any
) -> None:
    version = ".".join(map(str, latest))
    needed = "minor" if level == "major" and latest[0] == 0 else level
    if bump is not None and LEVELS.index(bump) < LEVELS.index(needed):
        with pytest.raises(UsageError, match=f"--bump {needed}"):
            next_version([version], Change(level, "because"), bump)
        return
    chosen, why = next_version([version], Change(level, "because"), bump)
    assert version_key(chosen) > latest
    assert chosen == bumped(version, bump or needed)
    assert why.endswith("because")
    check_pinned(chosen, [version], Change(level, "because"))  # what a build chooses may be pinned


def test_a_first_version_is_1_0_0_and_an_unchanged_one_stays() -> None:
    assert next_version([], None, "patch")[0] == "1.0.0"
    assert next_version(["0.9.0", "1.0.0"], None) == ("1.0.0", "")
    assert next_version(["1.0.0"], None, "major") == (
        "1.0.0",
        "nothing differs, so that --bump major publishes nothing",
    )


def test_a_pinned_version_that_is_too_small_or_taken_says_what_to_do() -> None:
    minor = Change("minor", "2 articles added: a, b")
    with pytest.raises(UsageError, match=r'minor: 2 articles added: a, b; set corpus-version = "1\.3\.0"'):
        check_pinned("1.2.4", ["1.2.3"], minor)
    with pytest.raises(UsageError, match=r"older than the published 1\.2\.3"):
        check_pinned("1.2.2", ["1.2.3"], minor)
    for good in ("1.3.0", "1.4.7", "2.0.0", "1.2.3"):
        check_pinned(good, ["1.2.3"], minor)
    check_pinned("1.2.4", ["1.2.3"], None)
    assert advice("1.2.3", ["1.2.3"], minor).startswith('set corpus-version = "1.3.0" in ')
    assert advice("1.2.2", ["1.2.2", "1.2.3"], minor).startswith("set a higher corpus-version in ")


def revised() -> dict[str, pa.Table]:
    return changed(make_tables(), "claims", "a4-k0", claim_type="denial")


def without(article: str) -> dict[str, pa.Table]:
    keep = pa.compute.field("article_id") != article
    tables = make_tables()
    return {name: rows.filter(keep) if "article_id" in rows.column_names else rows for name, rows in tables.items()}


def test_publications_choose_their_versions_one_after_the_other(tmp_path: Path) -> None:
    first = publish(tmp_path, None)
    assert (first.version, first.created, first.why) == ("1.0.0", True, "the first version")
    again = publish(tmp_path, None, bump="minor")
    assert (again.version, again.created) == ("1.0.0", False)
    second = publish(tmp_path, None, revised())
    assert (second.version, second.why) == ("1.1.0", "minor after 1.0.0: annotations differ in claims")
    third = publish(tmp_path, None, revised(), inputs={"raw/a1.txt": "2" * 64})
    assert (third.version, third.why.partition(";")[0]) == ("1.1.1", "patch after 1.1.0: inputs differ: raw/a1.txt")
    with pytest.raises(UsageError, match="--bump minor is smaller than what has changed since"):
        publish(tmp_path, None, without("a5"), bump="minor")
    last = publish(tmp_path, None, without("a5"))
    assert (last.version, last.why) == ("2.0.0", "major after 1.1.1: 1 article removed: a5")
    assert not list(tmp_path.rglob(".*.partial"))
    back = publish(tmp_path, None, make_tables(), bump="major")
    assert (back.version, back.why.partition(": ")[0]) == ("3.0.0", "major after 2.0.0 (asked for; minor fits)")
    assert set(TEXTS) >= {"a5"}


def test_a_version_that_was_damaged_is_reported_and_nothing_is_put_on_top_of_it(tmp_path: Path) -> None:
    place = published(tmp_path, None).path
    (place / "claims" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(ProblemsFound, match="is not the file that was published"):
        publish(tmp_path, None, revised())
    assert [path.name for path in (tmp_path / "corpus").glob("*v*")] == ["v1.0.0"]


@pytest.mark.parametrize("apart", [60, pytest.param(1, marks=pytest.mark.slow)])
def test_a_run_killed_at_any_step_is_finished_by_the_same_call_as_the_same_version(tmp_path: Path, apart: int) -> None:
    """Every so many steps, and in the last ones, in which what is beside the versions is replaced, every third."""
    import shutil

    old, whole = tmp_path / "old", tmp_path / "whole"
    published(old, None)
    shutil.copytree(old, whole)
    steps = count_steps(whole, lambda: publish(whole, None, revised(), bump="major"))
    expected = {path.relative_to(whole): path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    for last in [*range(1, steps - 10, apart), *range(steps - 10, steps + 1, min(3, apart))]:
        root = tmp_path / f"killed-{last}"
        shutil.copytree(old, root)
        assert killed_before_step(last, root, lambda root=root: publish(root, None, revised(), bump="major"))
        publish(root, None, revised(), bump="major")
        found = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        assert found == expected, f"killed before step {last}"
