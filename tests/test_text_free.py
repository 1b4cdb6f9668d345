"""The text-free edition: nobody reads a sentence in it, and with copies of the articles it is the version again."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.manifest import render_release_manifest
from allegata.publish.text_free.cells import clean_text
from allegata.publish.text_free.columns import DERIVED, KEPT, SEALED, classes, text_columns
from allegata.publish.text_free.edition import write_edition
from allegata.publish.text_free.quotes import MOST_WORDS, Quotes
from allegata.publish.text_free.seal import BLOCK, block_of, seal, unseal
from allegata.recipe.build import run
from allegata.recipe.hydrate import hydrate
from allegata.recipe.verify import verify
from allegata.schema.digests import sha256_file
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedTables
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER, SENTENCES, TABLES
from allegata.text.fingerprints import BITS, WINDOW, Letters, letters_alone, windows
from allegata.text.script_words import find_words
from corpus_readers import name_as_they_are
from invented_corpora import RECALL, annotate, recall, registers, warc
from project import ROOT

Row = dict[str, Any]
ALL = {**TABLES, "ledger": LEDGER}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of pages, texts, lines and an archive, annotated, with one version."""
    place = tmp_path_factory.mktemp("kettle")
    root = place / "root"
    (place / "offered").mkdir()
    ids = recall(root, place / "offered")
    registers(root, RECALL)
    annotate(root, RECALL / "drafts", ids, place / "drafts")
    run(root)
    return root


@pytest.fixture(scope="module")
def version(corpus: Path) -> Path:
    return corpus / "corpus" / "v1.0.0"


@pytest.fixture(scope="module")
def edition(version: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "kettle"
    write_edition(version, folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path) -> dict[str, dict[str, Row]]:
    """Every table of a version: its rows by id."""
    tables = PublishedTables(folder)
    return {name: {next(iter(row.values())): row for row in tables[name].to_pylist()} for name in tables}


# -- what can be read --------------------------------------------------------------------------------------------------


def test_every_column_of_text_is_classed_and_a_new_one_is_refused() -> None:
    known = classes(default_scheme(), ALL)
    assert {name: [*found] for name, found in known.items()} == {
        name: text_columns(schema) for name, schema in ALL.items()
    }
    more = SENTENCES.append(pa.field("paraphrase", pa.string()))
    with pytest.raises(ProblemsFound, match=r"sentences\.paraphrase has no class"):
        classes(default_scheme(), {**ALL, "sentences": more})


def test_cells_of_words_are_empty_in_all_tables(edition: Path) -> None:
    found = rows(edition)
    for table, columns in classes(default_scheme(), ALL).items():
        for path, kind in columns.items():
            texts = [*_texts([row[path.split(".")[0]] for row in found.get(table, {}).values()], path.split(".")[1:])]
            if kind in (DERIVED, SEALED):
                assert not any(texts), (table, path)
            elif kind == KEPT and path == "article_id":
                assert all(texts)


def _texts(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        yield from (text for one in value for text in _texts(one, path))
    elif isinstance(value, dict):
        yield from _texts(value[path[0]], path[1:])
    elif value is not None:
        yield value


def _all_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        yield from (
            text for one in (value.values() if isinstance(value, dict) else value) for text in _all_strings(one)
        )


def _words(text: str) -> list[str]:
    return [Letters.of(word).string for word in find_words(text)]


def _runs(text: str, length: int) -> list[tuple[str, ...]]:
    words = _words(text)
    return [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]


def test_no_sentence_can_be_read(version: Path, edition: Path) -> None:
    """Everything that is written in clear, against every sentence: no long run of its words is there; and what a reader
    can put together, names of the register at the places of their mentions and runs of three words and more one behind
    the other, is no more than the names of a sentence and some particles.
    """
    found = rows(edition)
    clear = {text for table in found.values() for row in table.values() for text in _all_strings(row)}
    short = {run for text in clear for run in _runs(text, 3)}
    for name, data in files(edition).items():
        if name.endswith(".json"):
            clear |= set(_all_strings(json.loads(data)))
        elif not name.endswith(".parquet"):
            clear |= set(data.decode().split("\n"))
    long = {run for text in clear for run in _runs(text, MOST_WORDS + 1)}
    names: dict[str, set[str]] = defaultdict(set)
    for row in found["entities"].values():
        names[row["sentence_id"]] |= set(_words(row["entity_name"] or ""))
    read = {}
    for key, row in [*rows(version)["sentences"].items(), *rows(version)["removals"].items()]:
        words = _words(row["text"])
        assert not long.intersection(_runs(row["text"], MOST_WORDS + 1))
        known = {at + n for at, run in enumerate(_runs(row["text"], 3)) if run in short for n in range(3)}
        known |= {at for at, word in enumerate(words) if word in names[key]}
        read[key] = len(known) / max(1, len(words)) if len(words) > 8 else 0
    assert len(read) > 50
    assert max(read.values()) < 0.6


def test_no_name_is_a_sentence(corpus: Path, tmp_path: Path) -> None:
    """A line of an article as a name of the register, of a story and of a file: none can be read, all come back."""
    root = Path(shutil.copytree(corpus, tmp_path / "root"))
    shutil.rmtree(root / "corpus")
    line = "The lid of the kettle may open while it pours"
    register = root / "annotations" / "entities.jsonl"
    register.write_text(register.read_text("utf-8").replace('"name": "Borea 1.7"', f'"name": "{line}"'), "utf-8")
    manifest = root / "raw" / "manifest.jsonl"
    manifest.write_text(manifest.read_text("utf-8").replace('"story": "kettle"', f'"story": "{line}"'), "utf-8")
    run(root)
    made = write_edition(root / "corpus" / "v1.0.0", tmp_path / "edition")
    assert made.words <= MOST_WORDS
    assert line not in json.dumps(rows(tmp_path / "edition"))
    assert line.encode() not in b"".join(files(tmp_path / "edition").values())
    done = hydrate(tmp_path / "edition", [root / "raw"], tmp_path / "into")
    assert (done.restored.drifts, done.restored.other_rows) == ({}, [])
    assert files(tmp_path / "into") == files(root / "corpus" / "v1.0.0")


def test_what_annotators_wrote_close_to_a_sentence_cannot_be_read_either(version: Path, edition: Path) -> None:
    clear = {text for table in rows(edition).values() for row in table.values() for text in _all_strings(row)}
    full = rows(version)
    close = {row["decontextualised"] for row in full["claims"].values()}
    close |= {row["canonical"] for table in ("propositions", "positions") for row in full[table].values()}
    assert len(close) > 40
    assert not close & clear


def test_who_reads_the_bytes_finds_no_sentence_either(version: Path, edition: Path) -> None:
    data = b"".join(files(edition).values())
    for row in rows(version)["sentences"].values():
        assert row["text"].encode() not in data


def test_hashes_say_less_than_the_letters_hold() -> None:
    """Shannon's lower bound for printed English is .6 bits a letter; a window and a block give away less than half."""
    assert BITS / WINDOW <= 0.3
    assert BLOCK * 0.6 - BITS * (BLOCK // WINDOW) >= 80


@given(st.integers(0, 5000))
def test_neither_windows_nor_blocks_overlap_so_that_none_is_guessed_letter_by_letter(length: int) -> None:
    spans = windows(length)
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert (spans[0].start, spans[-1].end) == (0, length)
    assert all(span.length >= WINDOW for span in spans) or len(spans) == 1
    blocks = sorted({block_of(letter, length) for letter in range(max(1, length))})
    assert [block.start for block in blocks[1:]] == [block.end for block in blocks[:-1]]
    assert all(block.length >= BLOCK for block in blocks) or len(blocks) == 1


@given(st.text(max_size=60), st.text(min_size=1, max_size=40), st.text(max_size=9))
def test_what_is_sealed_opens_with_all_letters_of_its_block_only(text: str, block: str, place: str) -> None:
    sealed = seal(text, block, place, "1")
    assert unseal(sealed, block, place, "1") == text
    assert unseal(sealed, block[:-1], place, "1") is None
    assert unseal(sealed, block, place, "2") is None


def test_our_own_words_are_kept_where_they_quote_no_more_than_a_few() -> None:
    quotes = Quotes()
    long, short = "Did the lid open while they pour?", "Did lids open while people pour?"
    for text in (long, short, "蓋は注ぐ間に開くのか"):
        quotes.expect(text)
    quotes.search("a", "First. Did the LID open, “while” they pour? Nobody knows. 蓋は注ぐ間に開いた。")
    assert quotes.place(long) == ("a", 5)
    assert quotes.place(short) is None
    assert quotes.longest(short) == (2, len("open while"))
    assert quotes.place("蓋は注ぐ間に開くのか") is not None  # without blanks a letter counts as a word


# -- a data set of its own ---------------------------------------------------------------------------------------------


def test_the_same_version_gives_the_same_edition(version: Path, edition: Path, tmp_path: Path) -> None:
    write_edition(version, tmp_path / "again")
    assert files(tmp_path / "again") == files(edition)


def test_it_loads_and_is_described(edition: Path, tmp_path: Path) -> None:
    import mlcroissant
    from datasets import load_dataset

    shutil.copytree(edition, tmp_path / "copy")
    claims = load_dataset(str(tmp_path / "copy"), "claims", cache_dir=str(tmp_path / "cache"))
    assert claims["train"].num_rows > 0
    assert set(claims["train"]["surface"]) == {""}
    anchors = load_dataset(str(tmp_path / "copy"), "anchors", cache_dir=str(tmp_path / "cache"))
    assert all(one["letters"] > 0 for split in anchors.values() for one in split)
    described = mlcroissant.Dataset(jsonld=str(tmp_path / "copy" / "croissant.json"))
    assert not described.metadata.ctx.issues.errors
    for table in ("anchors", "sealed", "claims"):
        assert next(iter(described.records(table)))
    assert verify(edition).without_suites == {"1.0.0": "which is without its texts"}


def test_the_command_says_how_long_the_longest_quote_is(corpus: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["publish", "--root", str(corpus), "--without-text", str(tmp_path / "e")])
    assert said.exit_code == 0, said.output
    quote = json.loads((tmp_path / "e" / "manifest.json").read_bytes())["algorithms"]["text_free"]["longest_quote"]
    assert 0 < quote["words"] <= MOST_WORDS
    assert f"shares with an article has {quote['words']} words ({quote['characters']} characters)" in said.output
    again = CliRunner().invoke(app, ["publish", "--root", str(corpus), "--without-text", str(tmp_path / "e")])
    assert (again.exit_code, "holds something already" in again.output) == (2, True)
    wrong = CliRunner().invoke(app, ["publish", "--root", str(corpus), "--version", "1.0.0"])
    assert (wrong.exit_code, "--without-text" in wrong.output) == (2, True)


@pytest.mark.parametrize("number", ["2.0.0", "2.1.0"])
def test_a_version_of_an_earlier_program_has_an_edition_too(number: str, tmp_path: Path) -> None:
    old = ROOT / "corpus" / f"v{number}"
    write_edition(old, tmp_path / "edition")
    done = hydrate(tmp_path / "edition", [ROOT / "raw"], tmp_path / "into")
    assert (done.found.others, done.found.missing, done.restored.other_rows) == ((), (), [])
    assert rows(tmp_path / "into") == rows(old)
    assert verify(tmp_path / "into").versions == (number,)
    with pytest.raises(UsageError, match=r"take 2\.0\.0 or a later one"):
        write_edition(ROOT / "corpus" / "v1.3.0", tmp_path / "none")


# -- the way back ------------------------------------------------------------------------------------------------------


def copies_of(corpus: Path, folder: Path) -> list[Path]:
    """The articles as a user may have them: without a useful name, in lines, in an archive, in another order."""
    folder.mkdir()
    manifest = [json.loads(line) for line in (corpus / "raw" / "manifest.jsonl").read_text("utf-8").splitlines()]
    raw = [(corpus / "raw" / row["file"]).read_bytes() for row in manifest]
    lines = [json.dumps({"body": data.decode(), "n": n}) for n, data in enumerate(raw[:3]) if not data.startswith(b"<")]
    (folder / "lines.ndjson").write_text("\n".join(lines) + "\n", "utf-8")
    pages = [data for data in raw if data.lstrip().startswith(b"<")]
    (folder / "crawl.warc").write_bytes(b"".join(warc(page, "https://elsewhere.example/") for page in pages))
    (folder / "deep").mkdir()
    for number, data in enumerate(raw[2:]):
        (folder / "deep" / f"{9 - number}.download").write_bytes(data)
    return [folder / "deep", folder / "crawl.warc", folder / "lines.ndjson"]


def test_with_the_same_copies_the_version_is_there_byte_for_byte(
    corpus: Path, version: Path, edition: Path, tmp_path: Path
) -> None:
    copies = copies_of(corpus, tmp_path / "copies")
    for number, order in enumerate((copies, copies[::-1])):
        into = tmp_path / str(number)
        done = hydrate(edition, order, into, text_column="body")
        assert (done.found.others, done.found.missing, done.restored.unlike) == ((), (), [])
        assert files(into) == files(version)
    assert verify(into).versions == ("1.0.0",)


def test_a_document_that_may_quote_is_opened_by_all_articles_together(
    corpus: Path, version: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(version, tmp_path / "v1.0.0"))
    quote = next(iter(rows(version)["sentences"].values()))["text"]
    (folder / "changes.json").write_text(json.dumps({"removed": quote}), "utf-8")
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    documents = {**manifest.documents, "changes.json": sha256_file(folder / "changes.json")}
    (folder / "manifest.json").write_bytes(render_release_manifest(replace(manifest, documents=documents)))
    write_edition(folder, tmp_path / "edition")
    assert quote.encode() not in b"".join(files(tmp_path / "edition").values())
    hydrate(tmp_path / "edition", [corpus / "raw"], tmp_path / "into")
    assert files(tmp_path / "into") == files(folder)


def test_where_the_writer_is_another_the_rows_are_the_same_and_it_is_said(
    corpus: Path, version: Path, edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allegata.publish import parquet

    monkeypatch.setattr(parquet.pq, "ParquetWriter", _other_writer(parquet.pq.ParquetWriter))
    args = ["hydrate", str(edition), "--from", str(corpus / "raw"), "--into", str(tmp_path / "into")]
    said = CliRunner().invoke(app, args)
    assert said.exit_code == 0, said.output
    assert "every table says what was published (logical digests agree)" in said.output
    assert f"files of other bytes: published with pyarrow {pa.__version__}" in said.output
    assert rows(tmp_path / "into") == rows(version)
    assert verify(tmp_path / "into").versions == ("1.0.0",)
    other = {name for name, data in files(tmp_path / "into").items() if data != files(version)[name]}
    assert {name for name in other if not name.endswith(".parquet")} == {"README.md", "croissant.json", "manifest.json"}


def _other_writer(writer: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **settings: writer(*args, **{**settings, "compression": "gzip"})


def changed_copies(version: Path, folder: Path, change: Callable[[str], str]) -> Path:
    folder.mkdir()
    for name, row in rows(version)["articles"].items():
        (folder / f"copy of {name[:4]}").write_text(change(row["source_text"]), "utf-8")
    return folder


@given(st.text(st.sampled_from("aÄß ﬁ&;#38xmp\u0301\u202e一") | st.characters()))
def test_letters_without_their_places_are_those_with_them(text: str) -> None:
    assert letters_alone(text) == Letters.of(text).string


def other_marks(text: str) -> str:
    """Other quotation marks, entities and blanks."""
    for one, other in (("“", '"'), ("”", "''"), ("’", "&#8217;"), ("&", "&amp;"), ("\n", "\r\n\r\n"), (", ", ",  ")):
        text = text.replace(one, other) if one != "&" else text.replace(" & ", " &amp; ")
    return f"\n  {text}\n"


def checked(version: Path, into: Path, letters_of: Callable[[str], str] = lambda text: Letters.of(text).string) -> None:
    """Nothing is lost or changed in silence: every row is there with its own words, or listed."""
    before, after = rows(version), rows(into)
    listed = {(one["table"], one["row"]): one["kind"] for one in drifts(into) if one["kind"] != "moved"}
    for table, found in before.items():
        for key, row in found.items():
            now = after.get(table, {}).get(key)
            if now is None:
                assert listed.get((table, key)) == "lost", (table, key)
            elif (table, key) not in listed and table not in ("articles", "relations"):
                for name in ("surface", "text", "decontextualised", "canonical", "evidence", "question"):
                    if isinstance(row.get(name), str):
                        assert letters_of(now[name]) == letters_of(row[name]), (table, key)
    texts = {key: row["text"] for key, row in after["articles"].items()}
    for table in ("sentences", "entities", "claims", "attributions", "time_expressions"):
        for row in after.get(table, {}).values():
            words = row.get("surface", row.get("text"))
            assert words == texts[row["article_id"]][row["start"] : row["end"]]


def drifts(into: Path) -> list[Row]:
    return [json.loads(line) for line in (into / "drifted.jsonl").read_text("utf-8").splitlines()]


def test_other_quotation_marks_entities_and_blanks_lose_nothing(version: Path, edition: Path, tmp_path: Path) -> None:
    copies = changed_copies(version, tmp_path / "copies", other_marks)
    into = tmp_path / "into"
    said = CliRunner().invoke(app, ["hydrate", str(edition), "--from", str(copies), "--into", str(into)])
    assert said.exit_code == 1, said.output
    assert "0 of 6 articles have an identical copy, 6 a similar one" in said.output
    assert " moved, 0 changed, 0 lost" in said.output
    assert ": from copy of " in said.output
    assert {one["kind"] for one in drifts(into)} == {"moved"}
    checked(version, into)
    assert {name: len(found) for name, found in rows(into).items()} == {
        name: len(found) for name, found in rows(version).items()
    }
    assert verify(into).without_suites == {}


@pytest.mark.parametrize("seed", range(2))
def test_changed_words_are_found_out_and_what_is_lost_is_listed(
    seed: int, version: Path, edition: Path, tmp_path: Path
) -> None:
    rng = random.Random(seed)

    def edited(text: str) -> str:
        words = text.split(" ")
        for _ in range(2):
            at = rng.randrange(len(words))
            words[at : at + 1] = rng.choice(([], [words[at], "perhaps"], ["otherwise"]))
        return "A line before it all.\n" + " ".join(words)

    copies = changed_copies(version, tmp_path / "copies", edited)
    done = hydrate(edition, [copies], tmp_path / "into")
    assert len(done.found.others) == 6 - len(done.found.missing)
    assert done.restored.drifts["lost"] > 0
    assert len(done.found.others) >= 4
    checked(version, tmp_path / "into")
    # What could not be opened is empty, and listed; the suites find nothing else.
    shut = {one["row"] for one in drifts(tmp_path / "into") if one["why"].startswith("it opens with words")}
    with pytest.raises(ProblemsFound) as found:
        verify(tmp_path / "into")
    told = [problem for problem in found.value.problems if "in the same way" not in problem.what]
    assert [problem for problem in told if not any(row in str(problem) for row in shut)] == []


def test_an_article_without_a_copy_is_lost_with_all_that_names_it(
    corpus: Path, version: Path, edition: Path, tmp_path: Path
) -> None:
    copies = Path(shutil.copytree(corpus / "raw", tmp_path / "raw"))
    gone = max(rows(version)["claims"].values(), key=lambda row: row["article_id"])["article_id"]
    for path in copies.glob("*"):
        if path.name.startswith(gone) or path.name == "manifest.jsonl":
            path.unlink()
    done = hydrate(edition, [copies], tmp_path / "into")
    assert done.found.missing == (gone,)
    checked(version, tmp_path / "into")
    found = rows(tmp_path / "into")
    assert gone not in json.dumps({name: table for name, table in found.items() if name != "ledger"})
    assert all(row["claim_ids"] for name in ("propositions", "positions", "disputes") for row in found[name].values())
    verify(tmp_path / "into")


def test_a_proposition_of_one_claim_is_none(corpus: Path, version: Path, edition: Path, tmp_path: Path) -> None:
    full = rows(version)
    members = [{claim.split(":")[0] for claim in row["claim_ids"]} for row in full["propositions"].values()]
    one = min(set.union(*members))
    hydrate(edition, list((corpus / "raw").glob(f"{one}.*")), tmp_path / "into")
    assert not rows(tmp_path / "into").get("propositions")
    lost = [json.loads(line) for line in (tmp_path / "into" / "drifted.jsonl").read_text("utf-8").splitlines()]
    assert {row["row"] for row in lost if row["table"] == "propositions"} == full["propositions"].keys()
    verify(tmp_path / "into")


def test_what_is_no_edition_or_damaged_is_refused(corpus: Path, version: Path, edition: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a version with its texts"):
        hydrate(version, [corpus / "raw"], tmp_path / "into")
    with pytest.raises(UsageError, match="is not a text-free edition"):
        hydrate(tmp_path, [corpus / "raw"], tmp_path / "into")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("Nothing of these articles, whatever one may think of them.")
    with pytest.raises(ProblemsFound, match="none of 1 texts is a copy"):
        hydrate(edition, [tmp_path / "other"], tmp_path / "into")
    (tmp_path / "binary.dat").write_bytes(b"\x00\xff\x00")
    done = hydrate(edition, [corpus / "raw", tmp_path / "binary.dat"], tmp_path / "read")
    assert any("binary.dat" in str(problem) for problem in done.unread)
    damaged = Path(shutil.copytree(edition, tmp_path / "damaged"))
    (damaged / "full" / "README.md").write_bytes(b"")
    with pytest.raises(ProblemsFound, match=r"full/README\.md"):
        hydrate(damaged, [corpus / "raw"], tmp_path / "into")
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("full/changes.json.sealed", b"\xff", "full/changes.json.sealed: does not open with the articles"),
        ("full/changes.json.sealed", b"QUJD", "full/changes.json.sealed: does not open with the articles"),
        ("full/manifest.json", None, "full/manifest.json: is not the manifest of the version that this is made of"),
    ],
)
def test_an_edition_that_somebody_changed_with_its_manifest_is_refused(
    corpus: Path, version: Path, edition: Path, tmp_path: Path, name: str, data: bytes | None, what: str
) -> None:
    forged = Path(shutil.copytree(edition, tmp_path / "forged"))
    (forged / name).write_bytes(data or (version / "manifest.json").read_bytes() + b"\n")
    name_as_they_are(forged)
    with pytest.raises(ProblemsFound, match=what):
        hydrate(forged, [corpus / "raw"], tmp_path / "into")
    assert not (tmp_path / "into").exists()


def test_the_clean_text_is_what_the_offset_map_has_of_the_source() -> None:
    runs = [{"source_start": 2, "length": 4}, {"source_start": 8, "length": 3}]
    assert clean_text({"offset_map": runs}, "0123456789abcdef") == "234589a"
