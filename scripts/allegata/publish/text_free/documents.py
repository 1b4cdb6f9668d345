"""The documents of a text-free edition: README, Croissant and manifest of its own, and those of the full version.

The documents of the version lie in `full/`, for whoever restores it. Those that quote an article, or may, are sealed:
they open with the letters of all articles.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.publish.configs import README, front_matter, version_configs
from allegata.publish.croissant.document import CROISSANT
from allegata.publish.croissant.records import distribution, record_sets
from allegata.publish.manifest import render_json, render_release_manifest
from allegata.publish.markdown import sections
from allegata.publish.readme import read_readme
from allegata.publish.text_free.quotes import MOST_WORDS, Quotes
from allegata.publish.text_free.seal import seal
from allegata.publish.text_free.store import Store
from allegata.publish.text_free.tables import OWN, schemas_of
from allegata.schema.digests import sha256_bytes
from allegata.schema.files import write_file
from allegata.schema.json_lines import json_object, json_value
from allegata.schema.markup import inline
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import ReleaseManifest, TableFacts
from allegata.schema.scheme import PUBLISHED_SCHEME, Scheme
from allegata.schema.version_tables import VersionTables
from allegata.schema.versions import RELEASE_MANIFEST

FULL = "full"
SEALED_SUFFIX = ".sealed"
_CLEAR = (README, CROISSANT, PUBLISHED_SCHEME)  # made by the program, of settings and counts
_CONFIGS = ("configs", "dataset_info")


def write_documents(
    version: VersionTables,
    folder: Path,
    digest: str,
    tables: Mapping[str, TableFacts],
    algorithms: Mapping[str, Any],
    store: Store,
    quotes: Quotes,
) -> None:
    """Write all documents of an edition of `version`, whose tables are written, into `folder`.

    Raises `ProblemsFound` where what describes the edition quotes an article.
    """
    key, files = letters_of_all(store), version.version
    manifest = files.manifest
    documents: dict[str, bytes] = {f"{FULL}/{RELEASE_MANIFEST}": files.read(RELEASE_MANIFEST)}
    for name in manifest.documents:
        data = files.read(name)
        if name in _CLEAR and not _quoting(name, data, quotes):
            documents[f"{FULL}/{name}"] = data
        else:
            text = base64.b64encode(data).decode()
            documents[f"{FULL}/{name}{SEALED_SUFFIX}"] = seal(text, key, name, digest).encode()
    documents[README] = _readme(files.folder, manifest, digest, tables, algorithms)
    if CROISSANT in manifest.documents:
        croissant = json_object(files.read(CROISSANT), strict=False)
        documents[CROISSANT] = render_json(described(croissant, tables, schemas_of(version), published_scheme(files)))
    documents[PUBLISHED_SCHEME] = files.read(PUBLISHED_SCHEME)
    if quoting := [name for name in _CLEAR if name in documents and _quoting(name, documents[name], quotes)]:
        fix = f"say it in other words, in at most {MOST_WORDS} of the article's, and publish the version again"
        raise ProblemsFound([Problem("quotes an article", fix, file=name) for name in quoting])
    for name, data in documents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_file(folder / name, data)
    own = ReleaseManifest(
        manifest.version,
        tables=dict(tables),
        documents={name: sha256_bytes(data) for name, data in documents.items()},
        inputs={RELEASE_MANIFEST: digest},
        algorithms=dict(algorithms),
        writers={"pyarrow": pa.__version__},
    )
    write_file(folder / RELEASE_MANIFEST, render_release_manifest(own))


def letters_of_all(store: Store) -> str:
    """What only the letters of all articles give."""
    found = hashlib.sha256()
    for article_id in store.articles():
        letters = store.texts(article_id).letters.string
        found.update(hashlib.sha256(f"allegata-all/1\n{letters}".encode()).digest())
    return found.hexdigest()


def texts_of(name: str, data: bytes) -> Iterator[str]:
    """The texts in a document: every string of JSON, every paragraph of anything else."""
    yield from (
        _strings(json_value(data, strict=False))
        if name.endswith(".json")
        else data.decode("utf-8", "replace").split("\n\n")
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in _strings(one))


def _quoting(name: str, data: bytes, quotes: Quotes) -> bool:
    return any(quotes.place(text) for text in texts_of(name, data))


def _readme(
    version: Path,
    manifest: ReleaseManifest,
    digest: str,
    tables: Mapping[str, TableFacts],
    algorithms: Mapping[str, Any],
) -> bytes:
    """The README of the edition: what the Hub reads of the version, with the configs of these tables."""
    stated = read_readme(version / README, README).stated if README in manifest.documents else {}
    name = stated.get("pretty_name", "The corpus")
    (facts,) = algorithms.values()
    quote = facts["longest_quote"]
    text = sections(
        f"# {inline(str(name))} {manifest.version} without its texts",
        "The annotations of the version, and no sentence of its articles. Every cell that holds words of an article is "
        "empty; offsets, hashes and labels are there. With copies of the articles the whole version is restored:",
        "```sh\nallegata hydrate . --from YOUR-COPIES --into restored\n```",
        "The longest run of words that a name, question, note or description shares with an article has "
        f"{quote['words']} words ({quote['characters']} characters); nothing else is quoted but addresses and ids. "
        f"{facts['sealed']:,} cells that no offset "
        "gives back are encrypted with the articles' own letters (table `sealed`).",
        f"Restored byte for byte, the version has the manifest with SHA-256 `{digest}`.",
    )
    rest = {key: value for key, value in stated.items() if key not in _CONFIGS}
    return f"{front_matter(rest, version_configs(manifest.version, tables))}\n{text}\n".encode()


def described(
    croissant: Mapping[str, Any], tables: Mapping[str, TableFacts], schemas: Mapping[str, pa.Schema], scheme: Scheme
) -> dict[str, Any]:
    """The Croissant description of a version, with these tables in the place of its own."""
    present = {name: facts for name, facts in tables.items() if facts.splits}
    records = record_sets(present, {**schemas, **OWN}, scheme)
    return {**croissant, "distribution": distribution(present), "recordSet": records}
