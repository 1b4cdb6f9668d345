"""A build with a work folder of an earlier one makes what has changed, and gives what a build from nothing gives."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pytest

import allegata.clean.stage
import allegata.dedup.longest
import allegata.dedup.steps
from allegata.engine.job import RunOptions
from allegata.ingest.manifest import read_slim
from allegata.ingest.stage import BatchSize, manifest_batches
from allegata.recipe.build import run
from allegata.recipe.redact import redact
from allegata.recipe.state import Build
from allegata.recipe.steps.articles import Ingest
from allegata.recipe.withdraw import withdraw
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import ProblemsFound
from many_articles import many_articles
from project import add_article, change_article, edit_rows, read_rows, sampled, tree, write_rows
from test_redact import ALIASES, FERRY, PERSON
from test_redact import corpus as bridge_corpus

Change = Callable[[Path, random.Random], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return many_articles(tmp_path, 24, words=60, pages=6)


def options(root: Path) -> RunOptions:
    return RunOptions(batch=6, work=str(root.with_name(f"{root.name}-work")))


def generated(root: Path) -> list[str]:
    """The articles that are none of the annotated ones."""
    return [row["id"] for row in read_rows(root / "raw" / "manifest.jsonl") if row["id"][0] in "gpn"]


def text_of(rng: random.Random) -> bytes:
    words = " ".join(rng.choice(("mill", "bread", "flour", "stone", "river", "town", "bridge")) for _ in range(40))
    return f"{words.capitalize()}.\n".encode()


def add(root: Path, rng: random.Random) -> None:
    add_article(root, f"n{rng.randrange(10**6)}", text_of(rng), language="en")


def add_copy(root: Path, rng: random.Random) -> None:
    data = (root / "raw" / f"{rng.choice(generated(root))}.txt").read_bytes()
    add_article(root, f"g{rng.randrange(10**6)}-copy", data)


def add_page(root: Path, rng: random.Random) -> None:
    page = "<html><body><article><h1>Page</h1>{}<p>Acme tells it first, every day.</p></article></body>"
    data = page.format(f"<p>{text_of(rng).decode()}</p>" * 3).encode()
    name = f"p{rng.randrange(10**6)}"
    add_article(root, name, data, media_type="text/html", url=f"https://www.acme.example/{name}")


def remove(root: Path, rng: random.Random) -> None:
    name = rng.choice(generated(root))
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.remove(next(r for r in rows if r["id"] == name)))
    (root / "raw" / f"{name}.txt").unlink()


def edit(root: Path, rng: random.Random) -> None:
    change_article(root, rng.choice([name for name in generated(root) if name[0] != "p"]), text_of(rng))


def other_metadata(root: Path, rng: random.Random) -> None:
    at = rng.randrange(5)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows[at].update(publisher=f"The Crumb {rng.random()}"))


def other_register(root: Path, rng: random.Random) -> None:
    path = root / "annotations" / "entities.jsonl"
    edit_rows(path, lambda rows: rng.choice(rows).update(name=f"Somebody {rng.randrange(100)}"))


def without_gold(root: Path, rng: random.Random) -> None:
    """A gold file less, with all that is said across articles."""
    for name in ("disputes.jsonl", "propositions.jsonl"):
        (root / "annotations" / name).unlink(missing_ok=True)
    for path in sorted((root / "annotations" / "gold").glob("*.jsonl"))[:1]:
        path.unlink()


def other_settings(root: Path, rng: random.Random) -> None:
    path = root / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    now, then = "\ninvented = true", "\ninvented = false"
    if now in text:
        text = text.replace(now, then)
    else:
        text = text.replace(then, now) if then in text else text.replace("[tool.allegata]", f"[tool.allegata]{now}", 1)
    path.write_text(text, encoding="utf-8")


CHANGES: list[Change] = [add, add_copy, add_page, remove, edit, other_metadata, other_register, other_settings]


def said(build: Build) -> dict[str, Any]:
    """Everything that is known before publication."""

    def rows(tables: Iterable[pa.Table]) -> list[dict[str, Any]]:
        return [row for table in tables for row in table.to_pylist()]

    return {
        **{name: rows(tables) for name, tables in build.tables.items()},
        **{name: table.to_pylist() for name, table in build.across.items()},
        "ledger": build.ledger_table().to_pylist(),
        "splits": dict(build.splits),
        "emptied": rows(build.emptied_batches()),
        "articles": rows(build.article_batches()),
    }


@pytest.mark.parametrize("seed", sampled(range(2), 0))
def test_after_any_changes_it_says_what_a_build_from_nothing_says(root: Path, seed: int) -> None:
    rng = random.Random(seed)
    run(root, "annotate", options=options(root))
    for step in range(4):
        for change in rng.sample(CHANGES, 2):
            change(root, rng)
        if step == 2:
            without_gold(root, rng)
        found = said(run(root, "annotate", options=options(root)))
        assert found == said(run(root, "annotate", options=RunOptions(batch=1000))), step


def kept_strings(work: Path) -> str:
    """Every table of a work folder."""
    found = []
    for path in sorted(work.rglob("*.arrow")):
        data = path.read_bytes()
        with pa.ipc.open_file(data[32:] if ".receipt." in path.name else data) as file:
            found.append(repr(file.read_all().to_pylist()))
    return "\n".join(found)


def test_who_is_redacted_and_what_is_dropped_or_withdrawn_is_so_in_the_next_build(tmp_path: Path) -> None:
    root, ids = bridge_corpus(tmp_path)
    ferry, annotations = ids["1"], root / "annotations"
    sentence = str(FERRY["text"]).rpartition("\n\n")[2].rpartition("The ferry")[2].strip()

    def drop() -> None:
        write_rows(annotations / "decisions.jsonl", [{"article_id": ferry, "decision": "drop", "reason": "a draft"}])

    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova"]),
        drop,
        (annotations / "decisions.jsonl").unlink,
        lambda: withdraw(root, [ferry], "its publisher asked for it"),
        lambda: redact(root, "per-aldin"),
    ]
    for number, change in enumerate(changes):
        change()
        found = said(run(root, "annotate", options=options(root)))
        assert found == said(run(root, "annotate")), number
        is_kept = sentence in kept_strings(Path(options(root).work or ""))
        assert is_kept == (number < 4), number  # of a withdrawn article no text is kept


def test_a_flipped_bit_in_any_file_of_the_work_folder_is_found_said_and_never_published(root: Path) -> None:
    rng, work = random.Random(1), Path(options(root).work or "")
    run(root, options=options(root))
    expected = tree(root)

    def flip(paths: Iterable[Path]) -> set[str]:
        """The batches of these files."""
        for path in paths:
            data = bytearray(path.read_bytes())
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            path.write_bytes(data)
        return {str(path.with_name(path.name.partition(".")[0])) for path in paths}

    receipts = set(work.rglob("*.receipt.arrow"))
    batches = {path.name.partition(".")[0] for path in receipts if path.parent.name == "clean"}
    for files, until in ((set(work.rglob("*.arrow")) - receipts, "publish"), (receipts, "clean")):
        lines: list[str] = []
        flipped = flip(files)
        built = run(root, until, options=options(root), on_notice=lines.append)
        assert not built.release or not built.release.created  # the same, byte for byte
        assert tree(root) == expected
        used = [name for name in flipped if until == "publish" or Path(name).parent.name in ("ingest", "clean")]
        assert {line.partition(": ")[0] for line in lines} >= set(used)
        assert {Path(name).name for name in flipped} >= batches
    note = work / "made-from.json"
    note.write_bytes(note.read_bytes().replace(b'"code"', b'"coda"'))
    lines = []
    run(root, "ingest", options=options(root), on_notice=lines.append)
    assert [line.partition(": ")[0] for line in lines] == [str(note)]


def test_what_two_copies_share_is_sought_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []
    longest = allegata.dedup.longest.longest_shared_run

    def counting(text: str, other: str) -> tuple[int, int] | None:
        sought.append(other)
        return longest(text, other)

    monkeypatch.setattr("allegata.dedup.longest.longest_shared_run", counting)
    before = run(root, "deduplicate", options=options(root)).ledger_table()
    assert sought
    del sought[:]
    add_article(root, "g3-copy", (root / "raw" / "g3.txt").read_bytes(), language="en")
    after = run(root, "deduplicate", options=options(root)).ledger_table()
    assert len(sought) == 1
    assert [row for row in after.to_pylist() if row["article_id"] != "g3-copy"] == before.to_pylist()


def test_one_more_article_is_the_only_one_that_is_cleaned(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[str] = []
    clean = allegata.clean.stage.clean

    def counting(table: pa.Table, *more: Any) -> pa.Table:
        cleaned.extend(table["article_id"].to_pylist())
        return clean(table, *more)

    monkeypatch.setattr("allegata.clean.stage.clean", counting)
    run(root, "clean", options=options(root))
    assert len(cleaned) > 30
    del cleaned[:]
    add_article(root, "g5-new", text_of(random.Random(3)))
    run(root, "clean", options=options(root))
    assert cleaned == ["g5-new"]


def test_one_more_article_is_the_only_one_that_is_signed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[str] = []
    shingled = allegata.dedup.steps.shingled_batches

    def counting(column: pa.ChunkedArray, *more: Any) -> Any:
        signed.extend(column.to_pylist())
        return shingled(column, *more)

    monkeypatch.setattr("allegata.dedup.steps.shingled_batches", counting)
    run(root, "deduplicate", options=options(root))
    assert len(signed) > 30
    del signed[:]
    new = text_of(random.Random(3))
    add_article(root, "g5-new", new)
    run(root, "deduplicate", options=options(root))
    assert signed == [new.decode()]


def test_a_copy_whose_first_is_removed_is_still_compared_with_others(root: Path) -> None:
    """Both are in one batch: what was kept of the second must be enough without the first."""
    text = (root / "raw" / "g3.txt").read_text(encoding="utf-8")
    add_article(root, "g3-copy", text.encode(), language="en")
    run(root, "deduplicate", options=options(root))
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.remove(next(r for r in rows if r["id"] == "g3")))
    (root / "raw" / "g3.txt").unlink()
    add_article(root, "g3-near", f"{text.rstrip()} And so on.\n".encode(), language="en")
    after = run(root, "deduplicate", options=options(root)).ledger_table()
    assert after.to_pylist() == run(root, "deduplicate").ledger_table().to_pylist()
    assert "near_duplicate" in after["reason"].to_pylist()


def test_a_raw_file_that_has_changed_is_refused_as_in_a_first_build(root: Path) -> None:
    run(root, "clean", options=options(root))
    (root / "raw" / "g3.txt").write_bytes(b"Another text.\n")
    with pytest.raises(ProblemsFound, match="has changed"):
        run(root, "clean", options=options(root))


def test_the_key_of_an_article_is_that_of_its_row_its_bytes_and_the_limits(root: Path) -> None:
    def keys(limits: Limits = DEFAULTS) -> dict[str, bytes]:
        (batch,) = manifest_batches(read_slim(root / "raw")[0], BatchSize(10_000))
        return dict(zip(batch["id"].to_pylist(), Ingest(root / "raw", limits).article_keys(batch), strict=True))

    def others(found: dict[str, bytes]) -> list[str]:
        return [name for name, key in found.items() if key != before[name]]

    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.reverse())
    before = keys()
    assert len(set(before.values())) == len(before)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.reverse())
    assert others(keys()) == []
    path = root / "raw" / "g3.txt"
    data = path.read_bytes()
    for bytes_now in (data[:-1] + b"?", None):
        path.unlink() if bytes_now is None else path.write_bytes(bytes_now)
        assert others(keys()) == ["g3"]
    path.write_bytes(data)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: next(r for r in rows if r["id"] == "g3").update(author="A"))
    assert others(keys()) == ["g3"]
    assert others(keys(replace(DEFAULTS, article_bytes=1_000_000))) == list(before)


def test_other_code_makes_all_of_it_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(root, "clean", options=options(root))
    work = Path(options(root).work or "")
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.receipt.arrow")}
    monkeypatch.setattr("allegata.engine.work.code_digest", lambda: "0" * 64)
    run(root, "clean", options=options(root))
    assert all(path.stat().st_mtime_ns != then for path, then in before.items())


def test_the_published_bytes_are_those_of_a_build_from_nothing(root: Path) -> None:
    rng = random.Random(7)
    run(root, options=options(root))
    again = shutil.copytree(root, root.with_name("again"))
    for place in (root, again):
        rng = random.Random(7)
        for change in (add, add_copy, remove, edit):
            change(place, rng)
        path = place / "pyproject.toml"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("corpus-version")), encoding="utf-8")
    built = run(root, options=options(root))
    fresh = run(again)
    assert built.release
    assert built.release.created
    assert built.validation == fresh.validation
    assert tree(root) == tree(again)
