"""Readers of what a corpus is made of and of what it publishes, with files of an invented corpus."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from allegata.annotate.passes import read_pass
from allegata.annotate.stage import read_registers
from allegata.benchmark.descriptions import Description
from allegata.benchmark.leaderboard import read_leaderboard
from allegata.benchmark.submissions import Predictions, write_submission
from allegata.benchmark.tasks import TASKS, gold_of, missing
from allegata.clean.curated_lines import read_curated_lines
from allegata.dedup.decisions import read_decisions
from allegata.engine.job import RunOptions
from allegata.engine.work import Work
from allegata.exchange.checkthat2019 import read_checkthat2019
from allegata.exchange.claimbuster import read_claimbuster
from allegata.exchange.polnear import read_polnear
from allegata.publish.manifest import render_release_manifest
from allegata.publish.pins import read_pins
from allegata.publish.text_free.edition import write_edition
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.holding_versions import holding_versions
from allegata.recipe.hydrate import hydrate
from allegata.recipe.push import prepare
from allegata.recipe.verify import verify
from allegata.schema.digests import sha256_bytes
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus, count_articles, load_corpus
from allegata.schema.redactions import read_redactions
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.row_lookup import RowLookup
from allegata.schema.scheme import read_scheme
from allegata.schema.tables import TABLES
from allegata.schema.withdrawn import read_withdrawn
from allegata.validate.stage import read_plan
from hostile_corpus import CURATED, DISPUTES, DRAFTS, PROPOSITIONS, TEXTS

_ANNOTATIONS = "annotations/"
_CURATED = f"{_ANNOTATIONS}curated"
_LINES = {
    "decisions.jsonl": {"article_id": "two", "decision": "keep", "reason": "another fire"},
    "curated_lines.jsonl": CURATED,
    "redactions.jsonl": {
        "person": "Ada Holm", "entity_id": "person-1", "placeholder": "[Person 1]", "names": ["Ada Holm"],
        "places": [{"article_id": "one", "start": 51, "end": 59, "exact": "Ada Holm", "replace": True}],
    },
    "withdrawn.jsonl": {
        "article_id": "three", "sha256": "0" * 64, "reason": "asked for", "date": "2031-04-02", "split": "train",
        "signature": "2:00",
    },
}  # fmt: skip
_BRAT = (
    b"T1\tSource 0 3\tAnn\nT2\tCue 4 8\tsaid\nT3\tContent 9 17\tit rains\nT4\tAttribution 4 8\tsaid\n"
    b"E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3\n"
)


@dataclass(frozen=True)
class Reader:
    """What is read: a folder of files, and how. `of` chooses the files that are mutated."""

    files: Mapping[str, bytes]
    read: Callable[[Path], object]
    of: str = ""


def files_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder by their paths."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def corpus_readers(root: Path, place: Path) -> dict[str, Reader]:
    """The readers of the corpus at `root` (`hostile_corpus.corpus`); `place` is a folder that is written to."""
    files = files_of(root)
    return {**_of_annotations(files), **_of_data_sets(), **_of_versions(root, files, place)}


def _of_annotations(files: Mapping[str, bytes]) -> dict[str, Reader]:
    gold = {name: data for name, data in files.items() if not name.startswith(f"{_ANNOTATIONS}gold/")}
    drafts = [f"drafts/{name}.jsonl" for name in DRAFTS]
    across = {
        "across/propositions.jsonl": _lines("proposition", PROPOSITIONS),
        "across/disputes.jsonl": _lines("dispute", DISPUTES),
    }
    single = {f"{_ANNOTATIONS}{name}": f"{json.dumps(row)}\n".encode() for name, row in _LINES.items()}
    removed = dict.fromkeys(TEXTS)
    return {
        "pass": Reader(files, _pass, _ANNOTATIONS),
        "registers": Reader(files, _registers, _ANNOTATIONS),
        "drafts": Reader(
            gold, lambda at: import_drafts(at, [at / name for name in drafts], "gold", ("reader",)), "drafts/"
        ),
        "drafts across articles": Reader(
            files | across,
            lambda at: import_drafts(at, [at / name for name in across], "gold", (), replace=True),
            "across/",
        ),
        "decisions": Reader(single, lambda at: read_decisions(at / "annotations", removed), f"{_ANNOTATIONS}decisions"),
        "curated lines": Reader(single, lambda at: read_curated_lines(at / "annotations", TEXTS), _CURATED),
        "redactions": Reader(single, lambda at: read_redactions(at / "annotations"), f"{_ANNOTATIONS}redactions"),
        "withdrawn": Reader(single, lambda at: read_withdrawn(at / "annotations"), f"{_ANNOTATIONS}withdrawn"),
        "expectations": Reader(files, _expectations, "expectations/"),
    }


def _lines(kind: str, rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps({"record": kind, **row}) + "\n" for row in rows).encode()


def _pass(root: Path) -> object:
    return read_pass(root / "annotations" / "gold", "gold", TEXTS, read_scheme(root / "annotations"))


def _registers(root: Path) -> object:
    return read_registers(root / "annotations", read_scheme(root / "annotations"))


def _expectations(root: Path) -> object:
    scheme = read_scheme(root / "annotations")
    return read_plan(root / "expectations", [*TABLES, "ledger"], frozenset(), scheme)


def _of_data_sets() -> dict[str, Reader]:
    claims = [{"sentence_id": number, "label": number % 2, "text": f"text {number}"} for number in range(3)]
    polnear = {"text/x.txt": b"Ann said it rains.", "attributions/x_aaaa.ann": _BRAT, "attributions/x_bbbb.ann": _BRAT}
    return {
        "data set checkthat2019": Reader({"debate.tsv": b"1\tA\tTaxes rose.\t1\n2\tB\tOh.\t0\n"}, read_checkthat2019),
        "data set claimbuster": Reader({"kfold.json": json.dumps(claims).encode()}, read_claimbuster),
        "data set polnear": Reader(polnear, read_polnear),
    }


def _of_versions(root: Path, files: Mapping[str, bytes], place: Path) -> dict[str, Reader]:
    run(root, options=RunOptions(work=str(place / "work")))
    version = root / "corpus" / "v1.0.0"
    published = {name: data for name, data in files_of(root).items() if name.startswith("corpus/")}
    tables = {name: data for name, data in files_of(version).items() if name.endswith(".parquet")}
    write_edition(version, place / "edition")
    edition = {f"edition/{name}": data for name, data in files_of(place / "edition").items()}
    copies = {f"copies/{name}.txt": text.encode() for name, text in TEXTS.items()}
    other = {**copies, "copies/two.txt": TEXTS["two"].replace("noon", "two").encode()}
    corpus = load_corpus(root / "corpus")
    return {
        "version": Reader(files | published, _version, "corpus/"),
        "front matter": Reader(files | published, _pushed, "corpus/v1.0.0/README.md"),
        "front matter of a source": Reader(files | published, _without_text, "corpus/v1.0.0/README.md"),
        "tables": Reader(tables, _tables),
        "front matter of an edition": Reader(edition | copies, _hydrate, "edition/README.md"),
        "text-free edition": Reader(edition | copies, _hydrate, "edition/"),
        "text-free edition, other copies": Reader(edition | other, _hydrate, "edition/"),
        "work folder": Reader(files_of(place / "work"), _work),
        "submissions": Reader(_submissions(corpus, place), partial(read_leaderboard, corpus=corpus)),
    }


def _version(root: Path) -> None:
    """All that is read of a version; what one refuses another may take for good."""
    corpus = root / "corpus"
    for read in (lambda: read_pins(root), lambda: load_corpus(corpus), lambda: verify(corpus)):
        with suppress(ProblemsFound, UsageError):
            read()
    holding_versions(corpus, ["source_text"], bool)


def _restated(root: Path) -> Path:
    """A version whose manifest names its files as they are: somebody else may have published it."""
    version = root / "corpus" / "v1.0.0"
    name_as_they_are(version)
    (root / "corpus" / "SHA256SUMS").unlink()
    return version


def _pushed(root: Path) -> None:
    prepare(_restated(root), "mill-press/flour")


def _without_text(root: Path) -> None:
    with tempfile.TemporaryDirectory() as into:
        write_edition(_restated(root), Path(into) / "into")


def _tables(folder: Path) -> None:
    """Of tables without a manifest nothing says what they should be."""
    load_corpus(folder)
    count_articles(folder)
    rows = RowLookup(folder)
    for table in rows.tables:
        rows.row(table, "one")
        rows.beginning(table, "one:")


def _hydrate(folder: Path) -> None:
    """An edition whose manifest names the files as they are: somebody else may have made it."""
    edition = folder / "edition"
    name_as_they_are(edition)
    with tempfile.TemporaryDirectory() as into:
        hydrate(edition, [folder / "copies"], Path(into) / "into")


def name_as_they_are(version: Path) -> None:
    """Change the manifest of a version with its documents, as whoever forges them would."""
    manifest = parse_manifest((version / "manifest.json").read_bytes())
    manifest.documents.update((name, sha256_bytes((version / name).read_bytes())) for name in manifest.documents)
    (version / "manifest.json").write_bytes(render_release_manifest(manifest))


def _work(folder: Path) -> None:
    """What is damaged is made again; what is not is read."""
    work = Work(str(folder))
    for stage in (path.name for path in folder.iterdir() if path.is_dir()):
        for batch in work.names(stage):
            if work.receipt(stage, batch) is not None:
                for table in work.tables(stage, batch):
                    work.read(stage, batch, table)
    work.bind({})
    work.notices()


def _submissions(corpus: PublishedCorpus, place: Path) -> dict[str, bytes]:
    """The right answers to every task that the corpus has answers to."""
    for name, task in TASKS.items():
        if missing(task, corpus):
            continue
        gold = gold_of(task, corpus)
        score = {key: float(label == "true") for key, label in gold.label.items()}
        predictions = Predictions(gold.label, score, gold.spans, gold.disputes)
        described = Description(name, "copy", corpus.name, "the right answers")
        write_submission(place / "submissions" / name / "copy", described, predictions, task, gold)
    return files_of(place / "submissions")
