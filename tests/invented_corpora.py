"""Corpora of invented stories in tests/corpora, and the way a curator goes with one: init, add, build, annotate."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Collection
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

from datasets import Dataset, load_dataset

from allegata.ingest.add import add
from allegata.publish.manifest import read_manifests
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.schema.tables import TABLES

FOLDER = Path(__file__).parent / "corpora"
RECALL, SINGLE = FOLDER / "recall", FOLDER / "single"
Rows = list[dict[str, Any]]


def warc(page: bytes, url: str) -> bytes:
    """A web archive of one page."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2032-04-02T09:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def recall(root: Path, offered: Path) -> dict[str, str]:
    """The recall of a kettle, told by six outlets after a notice of its maker: added to a new corpus in `root`.

    `offered` is an empty folder. The ids of the articles by their short names.
    """
    init(root, title="A kettle is called back", subject="one recall", language=["en", "de"])
    archive = offered / "lamp.warc"
    archive.write_bytes(warc((RECALL / "articles" / "lamp.html").read_bytes(), "https://lamp.example/borea"))
    files = [RECALL / "articles" / name for name in ("wire.txt", "coastline.txt", "tageblatt.txt", "gazette.html")]
    report = add([*files, RECALL / "articles" / "notices.jsonl", archive], root, story="kettle")
    names = {"notices.jsonl:1": "notice", "notices.jsonl:2": "tidings"}
    return {
        names.get(place, place.split(".")[0].split("@")[0]): article_id for article_id, place in report.places.items()
    }


def registers(root: Path, source: Path) -> None:
    """The registers of an invented story into the corpus `root`."""
    for name in ("entities.jsonl", "annotators.jsonl"):
        (root / "annotations" / name).write_bytes((source / name).read_bytes())


def annotate(root: Path, drafts: Path, ids: dict[str, str], folder: Path) -> None:
    """Every draft of the folder `drafts`, named after its article there, onto the corpus `root`."""
    folder.mkdir()
    copies: list[Path] = []
    across: list[Path] = []
    for draft in sorted(drafts.glob("*.jsonl")):
        if draft.name not in ("propositions.jsonl", "disputes.jsonl"):
            copies.append(folder / f"{ids[draft.stem]}.jsonl")
            copies[-1].write_bytes(draft.read_bytes())
            continue
        text = draft.read_text(encoding="utf-8")
        for name, article_id in ids.items():
            text = text.replace(f'"{name}:', f'"{article_id}:')
        across.append(folder / draft.name)
        across[-1].write_text(text, encoding="utf-8")
    import_drafts(root, copies, "gold", ("reader",))
    if across:
        import_drafts(root, across, "gold", ("reader",))


def loaded(root: Path, cache: Path, version: str | None = None, only: Collection[str] | None = None) -> dict[str, Rows]:
    """Every table, or `only` some, of the latest version or another, as `load_dataset` gives it; labels as strings."""
    manifest = next(
        found for found in reversed(read_manifests(root / "corpus")) if version is None or found.version == version
    )
    suffix = f"-v{version}" if version else ""
    tables: dict[str, Rows] = {}
    for name, facts in manifest.tables.items():
        if only is not None and name not in only:
            continue
        tables[name] = []
        if not facts.rows:
            continue
        for split in load_dataset(str(root / "corpus"), f"{name}{suffix}", cache_dir=str(cache)).values():
            tables[name] += _strings(split)
    return tables


def _strings(split: Dataset) -> Rows:
    labels = {name: feature for name, feature in split.features.items() if hasattr(feature, "int2str")}
    return [
        {
            name: labels[name].int2str(value) if name in labels and value is not None else value
            for name, value in row.items()
        }
        for row in split
    ]


def check_quotes(tables: dict[str, Rows]) -> None:
    """Every span of every table is its text, in the clean text and in the source text."""
    articles = {row["article_id"]: row for row in tables["articles"]}
    for row in articles.values():
        kept = (row["source_text"][run["source_start"] :][: run["length"]] for run in row["offset_map"])
        assert "".join(kept) == row["text"]
        cut = sum(len(one["text"]) for one in tables["removals"] if one["article_id"] == row["article_id"])
        assert len(row["text"]) + cut == len(row["source_text"])
    for name, schema in TABLES.items():
        quote = "surface" if "surface" in schema.names else "text"
        for row in tables.get(name, []) if {"start", "end", quote} <= set(schema.names) else []:
            article = articles[row["article_id"]]
            assert article["text"][row["start"] : row["end"]] == row[quote]
            source = article["source_text"][row["source_start"] : row["source_end"]]
            assert (source[0], source[-1]) == (row[quote][0], row[quote][-1])
    for row in tables["removals"]:
        source = articles[row["article_id"]]["source_text"]
        assert source[row["source_start"] : row["source_end"]] == row["text"]


_NOUNS = ("bridge", "ferry", "school", "harbour", "budget", "library", "tram", "market", "river", "museum", "park")
_NAMES = ("Ada", "Bo", "Cleo", "Dag", "Edda", "Finn", "Gro", "Hal", "Ida", "Jon", "Kai", "Liv", "Mia", "Nils", "Per")
_VERBS = ("opened", "closed", "sold", "repaired", "moved", "painted", "measured", "praised", "visited", "drew")
_TIMES = ("on Monday", "in May", "last year", "after the storm", "before noon", "at night", "by mistake")


def generated(file: Path, *, articles: int, stories: int, seed: int = 3) -> None:
    """A JSON Lines file of generated articles in stories of equal size, each about things and people of its own."""
    rng = random.Random(seed)
    with file.open("w", encoding="utf-8") as lines:
        for number in range(articles):
            story = number % stories
            things = random.Random(story).sample(_NOUNS, 4)
            people = random.Random(story).sample(_NAMES, 3)
            text = [f"The {things[0]} of story {story} in the news, part {number}"]
            for _ in range(rng.randint(2, 5)):
                said = [
                    f"{rng.choice(people)} {rng.choice(_VERBS)} the {rng.choice(things)} {rng.choice(_TIMES)} "
                    f"for {rng.randint(2, 999)} crowns."
                    for _ in range(rng.randint(2, 4))
                ]
                text.append(" ".join(said))
            row = {"text": "\n\n".join(text), "story": f"story {story}", "publisher": f"Paper {number % 7}"}
            lines.write(json.dumps(row) + "\n")
