"""Versions are chained and registered, and whatever reads a version proves what it reads before it says anything."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.manifest import read_manifests, render_release_manifest
from allegata.publish.pins import read_pins
from allegata.publish.stored import read_stored
from allegata.publish.sums import check_chain, check_sums, render_sums
from allegata.publish.text_free.edition import write_edition
from allegata.recipe.annotated import published as published_annotations
from allegata.recipe.browse import browse
from allegata.recipe.explain import explain
from allegata.recipe.holding_versions import holding_versions
from allegata.recipe.hydrate import hydrate
from allegata.recipe.push import prepare
from allegata.recipe.verify import verify
from allegata.recipe.version_changes import version_changes
from allegata.schema.digests import sha256_file
from allegata.schema.problems import ProblemsFound
from allegata.schema.published import count_articles, load_corpus
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.version_files import VersionFiles, published_versions
from allegata.schema.versions import SUMS, latest, read_register, render_lines
from project import ROOT
from two_versions import publish

V1, V2 = "corpus/v1.0.0", "corpus/v1.1.0"
UNNAMED = f"is a version that {SUMS} does not name, and no publication after the last that it names"


@pytest.fixture
def root(two_versions: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(two_versions, tmp_path / "root"))


def flipped(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def found(call: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(ProblemsFound) as raised:
        call()
    assert all(problem.fix for problem in raised.value.problems)
    return {problem.file: problem.what for problem in raised.value.problems}


def outcome(call: Callable[[], object]) -> str:
    """What a command says: its result, or its report."""
    try:
        return repr(call())
    except ProblemsFound as problems:
        return str(problems)


def _changes(root: Path) -> object:
    with version_changes(root / "corpus", "1.0.0", "1.1.0") as one:
        return list(one.records())


def _annotations(root: Path) -> object:
    one = published_annotations(latest(root / "corpus"), "v1.1.0", ())
    return one.types, [(document.id, document.text, document.annotations) for document in one.documents]


def _tables(root: Path) -> object:
    one = load_corpus(root / "corpus")
    return one.name, one.splits, one.left_out, one.scheme, {name: rows.to_pylist() for name, rows in one.tables.items()}


def _pages(root: Path) -> object:
    browse(root / "corpus", None, root / "pages")
    return {path.relative_to(root): path.read_bytes() for path in (root / "pages").rglob("*") if path.is_file()}


# What each command does with the versions, and what it says of them.
READERS: dict[str, Callable[[Path], object]] = {
    "explain": lambda root: repr(explain("x0:c0", root / "corpus")),
    "explain, an old version": lambda root: repr(explain("x0", root / "corpus", "1.0.0")),
    "score": _tables,
    "tasks": lambda root: (published_scheme(latest(root / "corpus")), count_articles(root / "corpus")),
    "info": lambda root: published_versions(root / "corpus"),
    "validate, build": lambda root: read_pins(root),
    "withdraw, redact": lambda root: holding_versions(root / "corpus", ["title"], lambda row: True),
    "export, convert": _annotations,
}
DEAR: dict[str, Callable[[Path], object]] = {
    "diff": _changes,
    "browse": _pages,
    "verify": lambda root: verify(root / "corpus"),
    "verify, one version": lambda root: verify(root / "corpus", "1.0.0"),
    "push": lambda root: prepare(root / "corpus", "a/b"),
}


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_one_changed_byte_in_any_file_is_named_by_every_command_that_reads_the_file(root: Path, every: bool) -> None:
    """Of every file one command is asked, in turn, and some more are the dear ones; of the few that some commands read
    nothing else of, all. `pytest -m slow` asks every command of every file."""
    rng, everyone = random.Random(3), {**READERS, **DEAR}
    whole = {name: outcome(lambda read=read: read(root)) for name, read in everyone.items()}
    assert not [said for said in whole.values() if "→" in said]
    files = sorted(path for path in (root / "corpus").rglob("*") if path.is_file())
    named, few = dict.fromkeys(whole, 0), ("manifest.json", "scheme.json")
    manifests = (f"{V1}/manifest.json", f"{V2}/manifest.json")
    for number, path in enumerate(files):
        before = path.read_bytes()
        path.write_bytes(flipped(before, rng))
        name = path.relative_to(root).as_posix()
        chosen = [*(READERS if every or path.name in few else [list(READERS)[number % len(READERS)]])]
        chosen += DEAR if every or number % 57 == 0 or name in manifests else ()
        for command, read in ((name, everyone[name]) for name in chosen):
            said = outcome(lambda read=read: read(root))
            named[command] += name in said
            assert said == whole[command] or name in said or path.name == SUMS in said, (command, name, said)
        path.write_bytes(before)
    assert all(named.values()), named


def test_a_file_that_is_missing_or_that_a_version_does_not_have_is_named(root: Path) -> None:
    version = root / V2
    (version / "claims" / "train-00000-of-00001.parquet").rename(version / "claims" / "train-00001-of-00002.parquet")
    for read in (READERS["score"], READERS["explain"], DEAR["browse"], READERS["export, convert"]):
        assert found(lambda read=read: read(root)) == {
            f"{V2}/claims/train-00000-of-00001.parquet": f"is missing, but {SUMS} names it",
            f"{V2}/claims/train-00001-of-00002.parquet": f"is not in {SUMS}",
        }


def test_a_newest_version_without_its_manifest_is_not_passed_over_for_an_older_one(root: Path) -> None:
    (root / V2 / "manifest.json").unlink()
    for command, read in {**READERS, "browse": DEAR["browse"]}.items():
        if command != "explain, an old version":
            assert found(lambda read=read: read(root)).get(f"{V2}/manifest.json"), command


def test_a_version_holds_the_digest_of_the_manifest_before_it(root: Path) -> None:
    first, second = read_manifests(root / "corpus")
    assert first.before == {}
    assert second.before == {"version": "1.0.0", "sha256": sha256_file(root / V1 / "manifest.json")}
    assert not publish(root, None, description="another").created
    assert publish(root, None, description="a third").version == "1.2.0"
    verify(root / "corpus")


def tampered(root: Path, version: str = V1) -> None:
    """Another line in a file of the version, and its own manifest made to fit."""
    folder = root / version
    (folder / "README.md").write_bytes((folder / "README.md").read_bytes() + b"Another line.\n")
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    manifest.documents["README.md"] = sha256_file(folder / "README.md")
    (folder / "manifest.json").write_bytes(render_release_manifest(manifest))


def test_an_old_version_that_was_changed_with_its_own_manifest_is_named(root: Path) -> None:
    tampered(root)
    for call in (
        lambda: publish(root, None, description="another"),
        lambda: publish(root, "1.2.0", description="a third"),
        lambda: verify(root / "corpus"),
        lambda: verify(root / "corpus", "1.0.0"),
        lambda: verify(root / V1),
        lambda: published_versions(root / "corpus"),
    ):
        assert found(call)[f"{V1}/manifest.json"] == f"is not the file that {SUMS} names"


def test_and_though_the_register_was_changed_too_the_next_version_names_it(root: Path) -> None:
    tampered(root)
    corpus = root / "corpus"
    manifests = [VersionFiles(shutil.copytree(corpus / name, root / name)).manifest for name in ("v1.0.0", "v1.1.0")]
    (corpus / SUMS).write_bytes(render_sums(corpus, manifests))
    what = {f"{V1}/manifest.json": "is not the manifest after which 1.1.0 was published"}
    assert check_sums(corpus) == []
    assert found(lambda: verify(corpus)) == what
    assert found(lambda: publish(root, None, description="another")) == what


def test_an_old_version_that_is_missing_is_named_unless_the_register_gave_it_up(root: Path) -> None:
    shutil.rmtree(root / V1)
    missing = {f"{V1}/manifest.json": f"is missing, but {SUMS} names it"}
    for call in (
        lambda: publish(root, None, description="another"),
        lambda: read_pins(root),
        lambda: published_versions(root / "corpus"),
        lambda: explain("x0", root / "corpus", "1.0.0"),
        lambda: verify(root / "corpus", "v1.0.0"),
        lambda: _changes(root),
        lambda: prepare(root / "corpus", "a/b", "1.0.0"),
    ):
        assert found(call) == missing
    assert _tables(root)  # the newest version is whole, and nothing else is read
    register = read_register(root / "corpus")
    assert register is not None
    rest = {name: digest for name, digest in register.digests.items() if not name.startswith("v1.0.0/")}
    (root / "corpus" / SUMS).write_bytes(render_lines(rest))
    assert not publish(root, None, description="another").created
    verify(root / "corpus")


def test_a_version_that_the_register_does_not_name_is_an_interrupted_publication_only_as_the_newest(root: Path) -> None:
    before = (root / "corpus" / SUMS).read_bytes()
    publish(root, "1.2.0", description="a third")
    (root / "corpus" / SUMS).write_bytes(before)  # killed before the last file was replaced
    assert _tables(root)
    assert not publish(root, None, description="a third").created
    shutil.copytree(root / V1, root / "corpus" / "v0.9.0")
    assert found(lambda: read_pins(root))["corpus/v0.9.0"] == UNNAMED
    assert found(lambda: publish(root, None, description="a third"))["corpus/v0.9.0"] == UNNAMED


def test_a_newer_version_that_was_not_published_after_the_last_registered_one_is_refused_by_every_reader(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    for version in ("8.0.0", "9.0.0"):  # the first of another corpus, and one that is chained to it
        publish(other, version, description=f"of another corpus {version}")
        shutil.copytree(other / f"corpus/v{version}", root / f"corpus/v{version}")
        place = f"corpus/v{version}"
        readers = (
            lambda: load_corpus(root / "corpus"),
            lambda: load_corpus(root / place),  # noqa: B023 - called at once
            lambda: explain("x0:c0", root / "corpus"),
            lambda: read_pins(root),
            lambda: verify(root / "corpus"),
            lambda: publish(root, None, description="another"),
        )
        assert [found(reader)[place] for reader in readers] == [UNNAMED] * len(readers)
        shutil.move(root / place, other / "moved")
        load_corpus(root / "corpus")
        load_corpus(other / "moved")
        shutil.rmtree(other / "moved")


def test_a_file_that_no_digest_covers_is_never_read_as_one_of_a_version(root: Path) -> None:
    (root / V2 / "notes.json").write_text("{}")
    name = f"{V2}/notes.json"
    assert found(lambda: VersionFiles(root / V2).read("notes.json")) == {
        name: f"is no file of the version: {SUMS} does not name it"
    }
    (root / "corpus" / SUMS).unlink()
    assert found(lambda: VersionFiles(root / V2).read("notes.json")) == {
        "v1.1.0/notes.json": "is no file of the version: manifest.json does not name it"
    }
    assert name in found(lambda: verify(root / "corpus"))


def test_a_register_that_names_no_version_any_more_is_damaged_and_not_taken_for_none(root: Path) -> None:
    register = root / "corpus" / SUMS
    other_line_ends = register.read_bytes().replace(b"\n", b"\r\n")
    for data, what in ((b"", "is empty"), (other_line_ends, "is no line of sha256 and name")):
        register.write_bytes(data)
        for call in (lambda: explain("x0:c0", root / "corpus"), lambda: publish(root, None, description="another")):
            assert found(call) == {f"corpus/{SUMS}": what}
        assert register.read_bytes() == data


def test_a_changed_file_beside_the_versions_that_a_build_reads_is_named(root: Path) -> None:
    corpus = root / "corpus"
    (corpus / "leaderboard.json").write_text("{}")
    (corpus / SUMS).write_bytes(render_sums(corpus, read_manifests(corpus)))
    for name in ("splits.json", "leaderboard.json"):
        path = corpus / name
        before = path.read_text()
        path.write_text(before.replace("x0", "x9") + " ")
        what = {f"corpus/{name}": f"is not the file that {SUMS} names"}
        assert found(lambda: publish(root, None, description="another")) == what
        path.unlink()
        what = {f"corpus/{name}": f"is missing, but {SUMS} names it"}
        assert found(lambda: publish(root, None, description="another")) == what
        path.write_text(before)
    (corpus / "leaderboard.json").write_text("[]")
    what = {"leaderboard.json": f"is not the file that {SUMS} names"}
    assert found(lambda: read_stored(corpus, "leaderboard.json", "allegata leaderboard", repr)) == what


def test_a_file_that_no_publication_wrote_is_named(root: Path) -> None:
    strays = ["corpus/notes.txt", "corpus/old/splits.json", f"{V1}/more.parquet", f"{V1}/claims/.hidden"]
    for name in strays:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("?")
    assert found(lambda: publish(root, None, description="another")).keys() == {*strays}


def test_without_a_register_only_versions_that_no_version_is_chained_to_are_published_after(root: Path) -> None:
    (root / "corpus" / SUMS).unlink()
    call = lambda: publish(root, None, description="another")  # noqa: E731 - as in the other tests
    assert found(call) == {f"corpus/{SUMS}": "is missing, and there was one when 1.1.0 was published"}
    for version in (V1, V2):  # as an earlier program wrote them
        path = root / version / "manifest.json"
        path.write_bytes(render_release_manifest(replace(parse_manifest(path.read_bytes()), before=None)))
    assert not call().created
    assert publish(root, None, description="a third").version == "1.2.0"
    assert [bool(manifest.before) for manifest in read_manifests(root / "corpus")] == [False, False, True]
    assert check_chain(root / "corpus", read_manifests(root / "corpus")) == check_sums(root / "corpus") == []


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"null", b"5", b"{}", b'{"version": "1.1.0"}', b"\xff", b"[" * 5_000, b'{"a": ' * 5_000,
        b'{"version": 5, "tables": [], "documents": [1], "inputs": {"a": 5}, "before": [2]}',
        b'{"version": "1.1.0", "tables": {"claims": {"features": 5, "splits": [], "digest": 1}}}',
        b'{"version": "1.1.0", "tables": {}, "documents": {"../../etc/x": "00"}, "new": 1}',
        b'{"version": "1.1.0", "tables": {}, "inputs": {"a": "\\ud800"}}',
        b'{"version": "9.1.0", "tables": {}}',
    ],
)  # fmt: skip
def test_a_version_alone_with_any_other_manifest_is_reported_by_every_command(
    two_versions: Path, tmp_path: Path, data: bytes
) -> None:
    version = Path(shutil.copytree(two_versions / V2, tmp_path / "v1.1.0"))
    (version / "manifest.json").write_bytes(data)
    for call in (
        lambda: load_corpus(version),
        lambda: count_articles(version),
        lambda: explain("x0:c0", version),
        lambda: browse(version, None, tmp_path / "pages"),
        lambda: published_annotations(version, "v1.1.0", ()),
        lambda: write_edition(version, tmp_path / "edition"),
        lambda: hydrate(version, [tmp_path], tmp_path / "whole"),
        lambda: prepare(version, "a/b"),
        lambda: verify(version),
    ):
        assert {"v1.1.0/manifest.json"} <= found(call).keys()
    said = CliRunner().invoke(app, ["diff", str(version), str(two_versions / V1)])
    assert (said.exit_code, "v1.1.0/manifest.json" in said.output, type(said.exception)) == (1, True, SystemExit)


def test_pages_of_a_long_file_have_checksums_that_explain_proves(
    two_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allegata.schema.row_lookup.WHOLE", 0)  # as if every file were long
    root = Path(shutil.copytree(two_versions, tmp_path / "root"))
    path = root / V2 / "claims" / "train-00000-of-00001.parquet"
    whole = repr(json.dumps(explain("x0:c0", root / "corpus").row))
    before = path.read_bytes()
    named = 0
    for at in range(4, len(before) - int.from_bytes(before[-8:-4], "little") - 8, 97):
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        said = outcome(lambda: json.dumps(explain("x0:c0", root / "corpus").row))
        named += f"{V2}/claims/train-00000-of-00001.parquet" in said
        assert said == whole or f"{V2}/claims/train-00000-of-00001.parquet" in said
    assert named
    # A whole one is proved before an id is said not to be there.
    assert found(lambda: explain("x0:c999", root / "corpus"))


# What opens a Parquet file, and why it is not `VersionTables.open`, which proves a file of a version and holds it to
# the manifest first.
OPENERS = {
    "schema/version_tables.py": "is it",
    "schema/row_lookup.py": "reads pages of a large file, each by its checksum, and holds its columns itself",
    "publish/differences.py": "shows how a build differs from what has its place, which may be damaged",
    "publish/verification.py": "has compared every file, and finds out what is wrong with the rows themselves",
    "publish/diff/windows.py": "reads a version in the making too; of others the files are proved before",
    "publish/diff/records.py": "a file of changes is no table of a version",
    "engine/batches.py": "batches of articles to deduplicate, of anyone",
    "exchange/token_classification_read.py": "a file of another tool",
}


def test_what_opens_parquet_is_the_reader_of_versions_or_says_why_not() -> None:
    package = ROOT / "scripts" / "allegata"
    opens = re.compile(r"ParquetFile\(|ParquetDataset|\bread_(?:table|schema|metadata|parquet)\(|scan_parquet")
    found = {file.relative_to(package).as_posix() for file in package.rglob("*.py") if opens.search(file.read_text())}
    assert found == OPENERS.keys()
